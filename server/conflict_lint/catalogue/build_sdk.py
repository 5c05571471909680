"""Compiling the SDKs whose clients are plain Python classes (``azure/*.yaml``, ``google/*.yaml`` and others).

Nothing but these files says what their operations are, so they name classes, methods and parameters as well; tests
compare all of it with the installed SDKs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, get_args

from conflict_lint.catalogue.build_methods import overlaid
from conflict_lint.catalogue.model import READS, Access, Effect
from conflict_lint.catalogue.schema import LIFECYCLE, Choice, Document, Either, Many, Problem, Record, Table, nearest
from conflict_lint.catalogue.table import packed

Json = Any

GUARD = Record(
    {
        "from": Many(),
        "creates": str,
        "required": bool,
        "since": str,
        "access": Choice(get_args(Access)),
        "also": Table(str),
        "imports": Many(),
    }
)
OPERATION = Record(
    {
        "like": str,
        "effect": Choice(get_args(Effect)),
        "resource": str,
        "advice": str,
        **dict.fromkeys(("key", "yields", "payload", "parameters", "failure", "taken", "pinned"), Many()),
        **dict.fromkeys(
            ("version", "besides", "missing", "inert", "heeds", "tolerates", "unnamed", "recognised", "asking"), Many()
        ),
        "precondition": Either("none", Table(GUARD)),
        "when": Table(object),
        "counts": Many(),
        "nothing": Table(int),
        "rewinds": str,
        "creator": str,
        "tells": bool,
        "duplicates": bool,
        "negotiated": bool,
        "lingers": bool,
        "token": str,
        "filled": bool,
        "repeated": str,
        "lasting": bool,
        "lifecycle": LIFECYCLE,
    }
)
METHOD = Record({"operation": str, "returns": str, "takes": Many(), "answers": bool})
FAMILY = Record({**OPERATION.fields, "takes": Many(), "lacks": Many()})
CLASS = Record(
    {
        "module": bool,
        "static": bool,
        "identifiers": Many(),
        "made": Table(Many()),
        "attributes": Table(str),
        "methods": Table(METHOD),
    }
)
FILE = Record(
    {
        "service": str,
        "distribution": str,
        "modules": Many(),
        "documents": Many(),
        "words": Many(),
        "classes": Table(CLASS),
        "operations": Table(OPERATION),
        "families": Table(FAMILY),
        "groups": Many(),
        "code_path": Many(),
        "codes": str,
        "reasons": Many(),
        "spelled": Table(str),
        "never": Table(str),
        "lost": Many(),
        "policy": str,
        "conflicts": Many(),
    },
    frozenset({"service", "words", "classes", "operations"}),
)
OTHERS = "*"
"""A parameter that takes no member stands for itself; this one is an object or mapping that holds the members."""
HUMPS = re.compile(r"[A-Z][a-z0-9]+[A-Z]")


def taken(takes: Iterable[str]) -> dict[str, str]:
    """Parameters in order and what each gives: ``name=blob`` gives ``blob``, ``data`` itself."""
    return {name: target or name for name, _, target in (text.partition("=") for text in takes)}


class Sdk:
    """One file: the classes and operations of one distribution.

    ``families`` are operations that exist for many things: ``replace`` stands for ``replace_node`` and all others. The
    things of each class are generated facts, those of a namespace begin with ``namespaced_``.
    """

    def __init__(
        self, document: Document, generated: Json, things: Mapping[str, str], codes: Mapping[str, str]
    ) -> None:
        """``generated`` is what signatures say, in the form of a file; ``things`` and ``codes`` are generated, too.

        They stand under the class, and under the name that a file has for its codes.
        """
        self.codes = [*codes.get(document.data.get("codes", ""), "").split(), *document.data.get("reasons", ())]
        self.document = document
        self.name: str = document.data["service"]
        self.curated = document.data
        self.data = overlaid(generated, self._whole_file()) if generated else self._whole_file()
        self.classes: dict[str, Json] = self.data["classes"]
        self.operations: dict[str, Json] = self.data["operations"]
        for verb, family in document.data.get("families", {}).items():
            for name, found in things.items():
                self._add_family(verb, family, name, found.split())

    def _add_family(self, verb: str, family: Json, name: str, things: Iterable[str]) -> None:
        """The operations of one verb that a class has."""
        cls = self.classes.setdefault(name, {"identifiers": ["account"], "made": {"": ["api_client=account"]}})
        for thing in (thing for thing in things if thing not in family.get("lacks", ())):
            out = [] if thing.startswith("namespaced_") else ["namespace"]
            facts = {key: value for key, value in family.items() if key not in ("takes", "lacks")}
            facts |= {"resource": thing, "key": [member for member in family.get("key", ()) if member not in out]}
            self.operations[f"{verb}_{thing}"] = facts
            takes = [member for member in family["takes"] if member not in out]
            cls.setdefault("methods", {})[f"{verb}_{thing}"] = {"takes": takes}

    def _whole_file(self) -> Json:
        """The file with every operation whole."""
        operations = {name: self._whole(facts) for name, facts in self.curated["operations"].items()}
        return {**self.curated, "classes": dict(self.curated["classes"]), "operations": operations}

    def _whole(self, facts: Json) -> Json:
        """An operation with what it shares with the one that it is ``like``."""
        known = self.curated["operations"].get(facts.get("like"), {})
        return {key: value for key, value in {**known, **facts}.items() if key != "like"}

    def methods(self) -> Iterator[tuple[str, str, Json, str]]:
        """Class, method, its facts and the operation that it calls; empty where it calls none that is described."""
        for name in self.classes:
            yield from ((name, *found) for found in self._methods_of(name))

    def _methods_of(self, name: str) -> Iterator[tuple[str, Json, str]]:
        for method, facts in self.classes[name].get("methods", {}).items():
            own = method if method in self.operations else ""
            yield method, facts, facts.get("operation", own)

    def members(self, operation: str) -> dict[str, None]:
        """The members of an operation, those that methods give to it in order, then what only keywords give."""
        facts = self.operations[operation]
        out = dict.fromkeys(self._given.get(operation, ()))
        guards = facts.get("precondition") or {}
        known = (facts.get(field, ()) for field in ("parameters", "when", "key", "inert", "heeds", "tolerates"))
        for names in (*known, guards):
            out.update(dict.fromkeys(re.split(r"[./]", name)[0] for name in names))
        out.update(dict.fromkeys(name for guard in guards.values() for name in guard.get("also", ())))
        return out

    @cached_property
    def _given(self) -> Mapping[str, list[str]]:
        """What methods give to each operation."""
        out: dict[str, list[str]] = {}
        for *_, method, operation in self.methods():
            out.setdefault(operation, []).extend(given(method))
        return out

    # --- checking ---------------------------------------------------------------------------------------------------

    def problems(self) -> Iterator[Problem]:
        """What is wrong: names that are nowhere described."""
        for key in sorted({"distribution", "modules"} - self.data.keys()):
            yield self.document.problem((), f'the key "{key}" is missing')
        for name, cls in self.classes.items():
            for made, takes in cls.get("made", {}).items():
                keys = ("classes", name, "made", made)
                yield from self._unknown(keys, "identifier", taken(takes).values(), self._plain(takes, cls))
        for cls_name, method, facts, operation in self.methods():
            keys = ("classes", cls_name, "methods", method)
            yield from self._unknown((*keys, "operation"), "operation", filter(None, [operation]), self.operations)
            returns = facts.get("returns", "")
            yield from self._unknown((*keys, "returns"), "class", filter(None, [returns]), self.classes)
        for name, cls in self.classes.items():
            groups = cls.get("attributes", {}).values()
            yield from self._unknown(("classes", name, "attributes"), "class", groups, self.classes)
        for operation, facts in self.operations.items():
            yield from self._operation_problems(operation, facts)

    def _plain(self, takes: Iterable[str], cls: Json) -> set[str]:
        """What parameters of a constructor may give: identifiers of the class, or nothing but themselves."""
        return {*cls.get("identifiers", ()), *(name for name in takes if "=" not in name)}

    def _operation_problems(self, operation: str, facts: Json) -> Iterator[Problem]:
        keys = ("operations", operation)
        like = filter(None, [self.document.data["operations"].get(operation, {}).get("like")])
        yield from self._unknown((*keys, "like"), "operation", like, self.operations)
        creator = filter(None, [facts.get("creator")])
        yield from self._unknown((*keys, "creator"), "operation", creator, self.operations)
        named = {**facts, "lifecycle": facts.get("lifecycle", {}).get("id", ())}
        for field in ("key", "payload", "lifecycle"):
            heads = (re.split(r"[./]", name)[0] for name in named.get(field, ()))
            yield from self._unknown((*keys, field), "member", heads, self._things)
        for member, guard in (facts.get("precondition") or {}).items():
            sources = (source(text).partition(".")[0] for text in guard.get("from", ()))
            yield from self._unknown((*keys, "precondition", member, "from"), "operation", sources, self.operations)

    @cached_property
    def _things(self) -> set[str]:
        """What parameters give to operations, and the identifiers of classes."""
        named = {name for facts in self.operations.values() for name in facts.get("parameters", ())}
        named |= {member for *_, method, _ in self.methods() for member in given(method)}
        return named | {i for cls in self.classes.values() for i in cls.get("identifiers", ())}

    def _unknown(
        self, keys: tuple[str, ...], what: str, names: Iterable[str], words: Iterable[str]
    ) -> Iterator[Problem]:
        known = set(words)
        for name in names:
            if name not in known:
                message = f'{".".join(keys)}: there is no {what} "{name}"{nearest(name, known)}'
                yield self.document.problem(keys, message)

    # --- packing ----------------------------------------------------------------------------------------------------

    def segment(self) -> Json:
        """The file as ``service.Service`` reads it."""
        kept = OPERATION.fields.keys() - {"like", "parameters", "precondition", "token", "filled"}
        return {
            "provider": self.name.partition(".")[0],
            "client": "",
            "distribution": self.data["distribution"],
            "modules": self.data["modules"],
            "operations": packed(
                {name: [name, self._inputs(name), "", "", self._flags(name)] for name in self.operations}
            ),
            **{key: {} for key in ("errors", "waiters", "custom", "resources")},
            "tokens": {
                name: facts["token"]
                for name, facts in self.operations.items()
                if "token" in facts and not facts.get("filled")
            },
            "preconditions": dict(self._preconditions()),
            "curated": {
                "operations": {
                    name: facts
                    for name, whole in self.operations.items()
                    if (facts := {key: whole[key] for key in whole if key in kept})
                },
                "errors": self._errors(),
            },
            "code_path": self.document.data.get("code_path", []),
            "never": self.document.data.get("never", {}),
            "spelled": self.document.data.get("spelled", {}),
            "lost": self.document.data.get("lost", []),
            "conflicts": self.document.data.get("conflicts", []),
            "policy": self.document.data.get("policy", ""),
            "root": self.document.data.get("root", ""),
            "classes": {name: self._class(name, cls) for name, cls in self.classes.items()},
        }

    def _flags(self, operation: str) -> str:
        """The flags as models have them: of what nobody described it is not said that it changes anything."""
        return "" if self.operations[operation].keys() & {"effect", "duplicates", "token"} else "r"

    def _inputs(self, operation: str) -> str:
        """The members as models have them: with a mark where the SDK fills in the token."""
        facts = self.operations[operation]
        token = facts.get("token", "")
        filled = [f"{token}~"] if facts.get("filled") else [token] if token else []
        return " ".join([*(name for name in self.members(operation) if name != token), *filled])

    def _errors(self) -> Json:
        """What errors are called: wire codes, and the classes that say that there is nothing."""
        missing = (name for facts in self.operations.values() for name in facts.get("missing", ()))
        errors: Json = {code: {"kind": ""} for code in self.codes}
        return errors | {name: {"status": 404, "kind": "not-found"} for name in missing}

    def _class(self, name: str, cls: Json) -> Json:
        methods = {
            method: [operation, facts.get("returns", ""), taken(facts.get("takes", ())), *_more(facts)]
            for method, facts, operation in self._methods_of(name)
        }
        made = {method: taken(takes) for method, takes in cls.get("made", {}).items()}
        more = {key: cls[key] for key in ("attributes", "module", "static") if key in cls}
        return {"identifiers": cls.get("identifiers", []), "made": made, "methods": methods, **more}

    def _preconditions(self) -> Iterator[tuple[str, Json]]:
        for name, facts in self.operations.items():
            if "precondition" in facts:
                yield name, [_guard(member, guard) for member, guard in (facts["precondition"] or {}).items()]

    def words(self) -> tuple[set[str], set[str], set[str]]:
        """The names of methods that write, those of all methods and classes, and of methods that are only not harmless.

        Plain ones of methods have a dot before them. What was only generated is no word that anybody looks for.
        """
        effects = {name: _effect(facts) for name, facts in self.operations.items()}
        known = [(cls, m, api) for cls, m, _, api in self.methods() if effects.get(api, "read")]
        writes = {method for _, method, api in known if effects.get(api, "read") not in READS}
        owners = {cls for cls, _, _ in known}
        owners |= {n for n, cls in self.classes.items() if owners & {*cls.get("attributes", {}).values()}}
        acts = {m for _, m, _, api in self.methods() if not effects.get(api, "read") and self._acts(api)}
        names = {*self.curated["classes"], *owners, *(word_of(method) for _, method, _ in known)}
        return {*map(word_of, writes)}, names, {*map(word_of, acts)}

    def groups(self) -> Iterator[tuple[str, str]]:
        """The attributes of clients that hold objects with methods that are described, and their classes.

        Without those that can be given a precondition: clients that are not known here may have such a name as well.
        """
        known = [(cls, self.operations[operation]) for cls, _, _, operation in self.methods() if operation]
        described = {cls for cls, facts in known if facts.get("effect")}
        described -= {cls for cls, facts in known if facts.get("effect") and facts.get("precondition")}
        attributes = {pair for cls in self.classes.values() for pair in cls.get("attributes", {}).items()}
        yield from ((name, cls) for name, cls in sorted(attributes) if "_" in name and cls in described)

    def _acts(self, operation: str) -> bool:
        """Whether an operation does something again when it is sent again."""
        return bool(self.operations[operation].get("duplicates"))

    def judged(self) -> set[str]:
        """The words of what is judged besides writes.

        They are in handlers that may never run (codes, with a dot, and classes), and in names of tokens.
        """
        never = {name.rpartition(".")[2] for name in self.document.data.get("never", ())}
        tokens = (self.operations[name].get("token", "") for name in self.curated["operations"])
        never |= {re.split(r"\W", token.rpartition(".")[2])[0] for token in tokens if token}
        return never.union(f".{name}" for name in self.document.data.get("code_path", ())[-1:])


def twice(sdks: Iterable[Sdk], others: Iterable[str]) -> Iterator[Problem]:
    """The names under which there is something else already."""
    known = {*others}
    for sdk in sdks:
        if sdk.name in known:
            yield sdk.document.problem(("service",), f'the service "{sdk.name}" is described already')
        known.add(sdk.name)


def given(method: Mapping[str, Json]) -> list[str]:
    """The members that a method's parameters give."""
    return [target for target in taken(method.get("takes", ())).values() if target != OTHERS]


def source(text: str) -> str:
    """An operation and the path in what it answers: ``read_item[_etag]`` as ``read_item.[_etag]``."""
    return re.sub(r"^([\w/]+)\[", r"\1.[", text)


def telling(word: str) -> bool:
    """Whether a word says enough by itself; others count only beside the SDK's own name."""
    return "_" in word or bool(HUMPS.search(word))


def word_of(method: str) -> str:
    """A name as a word to look for: one of a method that says too little by itself has a dot before it."""
    return method if telling(method) else f".{method}"


def _effect(facts: Json) -> str:
    """What an operation does to triage: what starts a change, or is refused while one goes on, changes something."""
    return str(facts.get("effect", "update" if "lifecycle" in facts else ""))


def _more(method: Mapping[str, Json]) -> list[Json]:
    """What only some methods have: whether they answer, and what they cannot do without."""
    more = [method.get("answers", False), method.get("needs", [])]
    return more if any(more) else []


def _guard(member: str, facts: Mapping[str, Json]) -> Json:
    return [
        member,
        "sdk",
        facts.get("required", False),
        [source(text) for text in facts.get("from", ())],
        facts.get("creates", ""),
        facts.get("since", ""),
        facts.get("access", "attribute"),
        facts.get("also", {}),
        facts.get("imports", []),
    ]
