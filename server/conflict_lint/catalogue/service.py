"""One service of the catalogue, decoded as far as somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from conflict_lint.catalogue.model import (
    Action,
    Advice,
    Child,
    ClassMethod,
    ErrorInfo,
    Lifecycle,
    Operation,
    Precondition,
    ResourceClass,
    SdkClass,
)
from conflict_lint.catalogue.table import Operations

Json = Any


class Service:
    """Operations, errors and resource classes of one service, by any of their names."""

    def __init__(self, name: str, data: Mapping[str, Json]) -> None:
        self.name = name
        self.provider: str = data["provider"]
        self.client_class: str = data["client"]
        self._data = data
        self._table = Operations(data["operations"])
        self._curated: Mapping[str, Json] = data["curated"]
        self._operations: dict[str, Operation | None] = {}
        self._classes: dict[str, ResourceClass | None] = {}
        self._sdk_classes: dict[str, SdkClass | None] = {}

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    # --- operations -------------------------------------------------------------------------------------------------

    @property
    def methods(self) -> Mapping[str, str]:
        """Client method -> API name (for methods that the SDK adds by hand, their own name)."""
        modelled = {method: api for api, method, *_ in self._table.rows()}
        return modelled | {name: name for name in self._data["custom"]}

    def operation(self, name: str) -> Operation | None:
        """The operation with this API name or client method name."""
        found = self._operations.get(name)
        if found is None and name not in self._operations:
            custom = (name, name, self._data["custom"].get(name), "", "", "") if name in self._data["custom"] else None
            row = custom or self._table.row(name)
            found = self._operations[name] = self._decode(*row) if row else None
        return found

    def operations(self) -> Iterator[Operation]:
        """Every operation, the managed transfers that the SDK adds last."""
        for name in (*(api for api, *_ in self._table.rows()), *self._data["custom"]):
            operation = self.operation(name)
            assert operation is not None
            yield operation

    def waiter(self, name: str) -> str | None:
        """The API name of the operation that a client's waiter polls."""
        facts = self._data["waiters"].get(name)
        return facts[0] if facts else None

    @cached_property
    def curated(self) -> tuple[Operation, ...]:
        """The operations that a person described, in the order of the file."""
        return tuple(filter(None, map(self.operation, self._curated.get("operations", {}))))

    @cached_property
    def models_errors(self) -> bool:
        """Whether the models of this service's operations declare any error at all (EC2's and most of S3's do not)."""
        return any(errors for *_, errors, _ in self._table.rows())

    def _decode(self, api: str, method: str, inputs: str, outputs: str, errors: str, flags: str) -> Operation:
        names = inputs.split()
        more = self._curated.get("operations", {}).get(api, {})
        if not errors and "calls" in more:
            called = self._table.row(more["calls"])
            errors = called[4] if called else ""
        filled = next((name.rstrip("!~") for name in names if name.endswith("~")), None)
        return Operation(
            service=self.name,
            name=api,
            method=method,
            members=tuple(name.rstrip("!~") for name in names),
            required=frozenset(name.rstrip("!~") for name in names if "!" in name),
            outputs=tuple(outputs.split()),
            errors=tuple(errors.split()),
            token=filled or self._data["tokens"].get(api),
            token_filled=filled is not None,
            readonly="r" in flags,
            effect=more.get("effect"),
            resource=more.get("resource", ""),
            **{field: tuple(more.get(field, ())) for field in ("key", "yields", "payload", "record", "failure")},
            preconditions=self._preconditions(api),
            when=more.get("when"),
            advice=more.get("advice", ""),
            calls=more.get("calls", ""),
            expression=more.get("expression", ""),
            condition=more.get("condition"),
            pinned=tuple(more.get("pinned", ())),
            batch=more.get("batch", ""),
            streams=tuple(more.get("streams", ())),
            rewinds=more.get("rewinds", ""),
            creator=more.get("creator", ""),
            missing=tuple(self.codes[code] for code in more.get("missing", ())),
            counts=tuple(more.get("counts", ())),
            nothing=more.get("nothing", {}),
            tells=more.get("tells", False),
            bodiless=more.get("bodiless", False),
            duplicates=more.get("duplicates", False),
            inert=tuple(more.get("inert", ())),
            heeds=tuple(more.get("heeds", ())),
            foreign=tuple(self.codes[code] for code in more.get("foreign", ())),
            version=tuple(more.get("version", ())),
            lifecycle=self._lifecycle(more["lifecycle"]) if "lifecycle" in more else None,
            besides=tuple(more.get("besides", ())),
            taken=tuple(more.get("taken", ())),
            tolerates=tuple(more.get("tolerates", ())),
            unnamed=tuple(more.get("unnamed", ())),
            lingers=more.get("lingers", False),
            negotiated=more.get("negotiated", False),
            repeated=more.get("repeated", ""),
            lasting=more.get("lasting", False),
            recognised=tuple(more.get("recognised", ())),
            asking=tuple(more.get("asking", ())),
            positional=tuple(names) if api in self._data["custom"] else (),
        )

    def _lifecycle(self, facts: Mapping[str, Json]) -> Lifecycle:
        refused = tuple(
            self.codes.get(code) or ErrorInfo(self.name, code, status=400) for code in facts.get("refused", ())
        )
        named, changing = tuple(facts.get("id", ())), tuple(facts.get("changing", ()))
        return Lifecycle(facts["of"], named, facts.get("gives", ""), facts.get("until", ""), refused, changing)

    def _preconditions(self, api: str) -> Mapping[str, Precondition] | None:
        facts = self._data["preconditions"].get(api)
        if facts is None:
            return None
        return {
            member: Precondition(
                member, kind, bool(required), tuple(sources), creates, since, *more[:2], *map(tuple, more[2:])
            )
            for member, kind, required, sources, creates, since, *more in facts
        }

    # --- errors -----------------------------------------------------------------------------------------------------

    @cached_property
    def exceptions(self) -> Mapping[str, ErrorInfo]:
        """Class below ``client.exceptions`` -> error. What is not here raises AttributeError when it is evaluated."""
        return {shape: self._modelled(shape, facts) for shape, facts in self._data["errors"].items()}

    @cached_property
    def codes(self) -> Mapping[str, ErrorInfo]:
        """Wire code -> error: modelled ones and those that a person listed, without the provider's common codes."""
        out = {code: self._listed(code, facts) for code, facts in self._curated["errors"].items()}
        return out | {error.code: error for error in self.exceptions.values()}

    def codes_of(self, operation: Operation) -> frozenset[str]:
        """Every wire code that this operation is known to answer, without the provider's common codes.

        A service whose model declares no errors for the operation has only its unmodelled codes here: what is missing
        from the set may still occur.
        """
        key = operation.name, operation.errors
        known = self._codes_of.get(key)
        if known is None:
            declared = {self.exceptions[shape].code for shape in operation.errors if shape in self.exceptions}
            listed = {
                code
                for code, error in self.codes.items()
                if not (error.shape or error.within) and (not error.operations or operation.name in error.operations)
            }
            known = self._codes_of[key] = frozenset(declared | listed)
        return known

    @cached_property
    def direct_codes(self) -> frozenset[str]:
        """The wire codes that answers have, and not what is inside of them."""
        return frozenset(code for code, error in self.codes.items() if not error.within)

    @cached_property
    def _codes_of(self) -> dict[tuple[str, tuple[str, ...]], frozenset[str]]:
        """By name and declared errors: rules ask for every test of a code."""
        return {}

    def _listed(self, code: str, facts: Mapping[str, Json]) -> ErrorInfo:
        operations = tuple(facts.get("operations", ()))
        return ErrorInfo(
            service=self.name,
            code=code,
            status=facts.get("status"),
            kind=facts["kind"],
            operations=operations,
            within=facts.get("within", ""),
            advice=self._advice(code),
        )

    def _modelled(self, shape: str, facts: list[Json]) -> ErrorInfo:
        code, status, retryable, kind = facts
        advice = self._advice(code or shape) or self._advice(shape)
        return ErrorInfo(self.name, code or shape, shape, status, bool(retryable), kind, advice=advice)

    def _advice(self, name: str) -> Advice | None:
        text = self._curated.get("explain", {}).get(name)
        return Advice(text["meaning"], text["why"], text["retry"], text["do"]) if text else None

    # --- classes ----------------------------------------------------------------------------------------------------

    @property
    def distribution(self) -> str:
        """The distribution whose classes these are; empty where clients are made from the model."""
        return str(self._data.get("distribution", ""))

    @cached_property
    def code_path(self) -> tuple[str, ...]:
        """Where an error of an SDK with plain classes has its wire code; empty where it has none."""
        return tuple(self._data.get("code_path", ()))

    def never(self, name: str) -> str:
        """The class that is raised instead of the one with this dotted name, which no operation raises; else empty."""
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        fitting = (
            wrong for wrong in self.never_raised if wrong.startswith(f"{package}.") and wrong.endswith(f".{last}")
        )
        return next((self.never_raised[wrong] for wrong in fitting), "")

    @property
    def spelled(self) -> Mapping[str, str]:
        """What is taken for a code because it is one elsewhere, such as in the answer's text, and the code instead."""
        found: Mapping[str, str] = self._data.get("spelled", {})
        return found

    @property
    def policy(self) -> str:
        """The parameter by which a call is given a retry policy of its own; empty where there is none."""
        return str(self._data.get("policy", ""))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Exception classes, dotted, that each stand for one kind of conflict."""
        return tuple(self._data.get("conflicts", ()))

    @property
    def lost(self) -> tuple[str, ...]:
        """Exception classes, dotted, that leave open whether a request was carried out."""
        return tuple(self._data.get("lost", ()))

    @property
    def never_raised(self) -> Mapping[str, str]:
        """Exception classes, dotted, that look as if the SDK raised them, and the class that it raises instead."""
        found: Mapping[str, str] = self._data.get("never", {})
        return found

    @property
    def sdk_modules(self) -> tuple[str, ...]:
        """The dotted modules in which its classes are found."""
        return tuple(self._data.get("modules", ()))

    @property
    def sdk_classes(self) -> frozenset[str]:
        """Names of the SDK's classes that are described."""
        return frozenset(self._data.get("classes", ()))

    def sdk_class(self, name: str) -> SdkClass | None:
        """One class of an SDK whose clients are plain Python classes."""
        if name not in self._sdk_classes:
            facts = self._data.get("classes", {}).get(name)
            self._sdk_classes[name] = self._sdk_class(name, facts) if facts else None
        return self._sdk_classes[name]

    def _sdk_class(self, name: str, facts: Mapping[str, Json]) -> SdkClass:
        methods = {}
        for method, (api, returns, takes, *more) in facts["methods"].items():
            operation = self.operation(api) if api else None
            if operation is not None and operation.method != method:
                operation = replace(operation, method=method)
            answers, needs = more or (False, ())
            methods[method] = ClassMethod(method, operation, returns, takes, answers, tuple(needs))
        attributes = facts.get("attributes", {})
        static = facts.get("static", False)
        return SdkClass(self.name, name, tuple(facts["identifiers"]), facts["made"], methods, attributes, static)

    @property
    def root(self) -> str:
        """The class of the objects that a function makes which is told the name of the service."""
        return str(self._data.get("root", ""))

    def maker(self, name: str) -> tuple[str, str] | None:
        """``(class, constructor)`` for a class of the SDK's modules, or a function, which has a dot before it."""
        classes = self._data.get("classes", {})
        if name in classes and not classes[name].get("module"):
            return name, ""
        holders = (cls for cls, facts in classes.items() if facts.get("module") and name in facts["methods"])
        return next(((cls, f".{name}") for cls in holders), None)

    # --- resources --------------------------------------------------------------------------------------------------

    @property
    def resource_classes(self) -> frozenset[str]:
        """Names of boto3's resource classes; ``ServiceResource`` is what ``boto3.resource(...)`` returns."""
        return frozenset(self._data["resources"])

    def resource_class(self, name: str) -> ResourceClass | None:
        """One class of the object layer."""
        if name not in self._classes:
            facts = self._data["resources"].get(name)
            self._classes[name] = _resource_class(self.name, name, facts) if facts else None
        return self._classes[name]


def _resource_class(service: str, name: str, facts: Mapping[str, Json]) -> ResourceClass:
    load = facts.get("load")
    collections = facts.get("collections", {}).items()
    return ResourceClass(
        service=service,
        name=name,
        identifiers=tuple(facts["identifiers"]),
        load=Action("load", load[0], load[2]) if load else None,
        load_path=load[1] if load else "",
        attributes=facts.get("attributes", {}),
        actions={method: _action(method, *rest) for method, rest in facts.get("actions", {}).items()},
        batch={method: _action(method, *rest) for method, rest in facts.get("batch", {}).items()},
        children={key: Child(key, *rest) for key, rest in facts.get("children", {}).items()},
        collections={key: Action(key, operation, bound, item) for key, (item, operation, bound) in collections},
        waiters={key: Action(key, *rest) for key, rest in facts.get("waiters", {}).items()},
    )


def _action(
    method: str, operation: str, bindings: Mapping[str, str], returns: str = "", positional: str = ""
) -> Action:
    return Action(method, operation, bindings, returns, tuple(positional.split()))
