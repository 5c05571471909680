"""Which SDK operation a call is. The layers, surest first: construction, annotation, signature, name.

*Construction* followed the object from where it was made; *annotation* read a stub class; *signature* found exactly one
operation whose method name and keywords fit, or a client by the name of its service in a set of clients; *name* has the
names of method and receiver alone, and is never enough for a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..catalogue import Catalogue
from ..catalogue.model import READS, Action, Child, Operation, ResourceClass, SdkClass
from ..rule import Confidence
from .values import Handle, Value, constant

CONFIDENCE = {
    "construction": Confidence.HIGH,
    "annotation": Confidence.HIGH,
    "signature": Confidence.MEDIUM,
    "name": Confidence.LOW,
}
STUB = re.compile(r"\b(?:\w+\.)*[A-Z]\w+")
CLIENT = re.compile(r"client|conn", re.IGNORECASE)
SETS = re.compile(r"(client|resource)s$", re.IGNORECASE)
BATCH = "batch"
COLLECTION = "collection"
OBJECT = "object"
LISTINGS = frozenset({"all", "filter", "limit", "page_size", "pages"})


@dataclass(frozen=True, slots=True)
class Bound:
    """An operation ready to be called: what its receiver supplies, and how it was recognised."""

    operation: Operation
    layer: str
    form: str
    supplied: Mapping[str, Value]
    positional: tuple[str, ...] = ()
    returns: str = ""
    opens_batch: bool = False


class Resolver:
    """Finds operations in the catalogue; remembers nothing about the analysed code."""

    def __init__(self, catalogue: Catalogue, named: frozenset[str] = frozenset()) -> None:
        """``named`` are the services that the module names in a literal: they decide where several fit."""
        self.catalogue = catalogue
        self.named = named
        self.roots = catalogue.construct.roots
        """The top-level packages of the SDKs."""

    def construct(self, name: str, service: str) -> Handle | None:
        """The client or resource that a callable named ``name`` makes when it is given ``service`` as a literal."""
        if service not in self.catalogue.services:
            return None
        lowered = name.lower()
        if "client" in lowered and "token" not in lowered:
            return Handle(service, "client", "construction")
        if "resource" in lowered and self.catalogue.service(service).resource_classes:
            return Handle(service, "ServiceResource", "construction")
        return None

    def member(self, holder: str, name: str) -> Handle | None:
        """The client or resource that ``holder.name`` is, where ``holder`` is called ``clients`` or ``resources``."""
        found = SETS.search(holder)
        service = name.replace("_", "-")
        if found is None or service not in self.catalogue.services:
            return None
        if found[1].lower() == "client":
            return Handle(service, "client", "signature")
        root = self.catalogue.service(service).resource_class("ServiceResource")
        return Handle(service, "ServiceResource", "signature") if root else None

    def annotated(self, text: str, origin: Callable[[str], str]) -> Handle | None:
        """The SDK object that an annotation names, optional and generic wrappers included.

        ``origin`` tells where a name was imported from, with dots; empty if it was not.
        """
        for dotted in STUB.findall(text):
            head, _, name = dotted.rpartition(".")
            made = self.catalogue.maker(absolute(dotted, origin))
            if made is not None:
                return Handle(made[0], made[1], "annotation")
            module = origin(head.partition(".")[0]) if head else origin(name).rpartition(".")[0]
            found = self.catalogue.stub(name, module)
            if found is not None:
                service, kind = found
                return Handle(service, kind, "annotation")
        return None

    def method(self, handle: Handle, name: str) -> Bound | None:
        """The operation behind ``handle.name``."""
        service = self.catalogue.service(handle.service)
        cls = self.sdk_class(handle)
        if cls is not None:
            described = cls.methods.get(name)
            if described is None or described.operation is None:
                return None
            supplied = dict(zip(cls.identifiers, handle.ids, strict=False))
            return Bound(described.operation, handle.layer, OBJECT, supplied, returns=described.returns)
        if handle.kind == "client":
            operation = service.operation(name)
            if operation is None or operation.method != name:
                return None
            form = "custom" if operation.positional else "client"
            return Bound(operation, handle.layer, form, {}, operation.positional)
        if handle.kind == BATCH:
            return self.batched(handle, name)
        if handle.kind == COLLECTION:
            return self.collected(handle, name)
        resource = service.resource_class(handle.kind)
        if resource is None:
            return None
        action = resource.actions.get(name) or (resource.load if name in {"load", "reload"} else None)
        return self.action(handle, resource, action) if action else None

    def chained(self, path: str, method: str, keywords: frozenset[str]) -> Handle | None:
        """The object that methods without arguments lead to, by the keywords of the one that is called on it.

        All that the method cannot do without must be there, and nothing that it does not take. Where several services
        have such an object (versions of one API), the last one described is meant.
        """
        way = f"{path.rpartition('.')[2]}.{method}"
        for service in reversed(self.catalogue.chains(way)):
            known = self.catalogue.service(service)
            for kind in sorted(known.sdk_classes):
                if kind == path or kind.endswith(f".{path}"):
                    found = known.sdk_class(kind)
                    described = found.methods.get(method) if found is not None else None
                    operation = described.operation if described is not None else None
                    if described is None or operation is None or operation.effect is None:
                        continue
                    if keywords <= described.takes.keys() and keywords.issuperset(described.needs):
                        return Handle(service, kind, "signature")
        return None

    def grouped(self, attribute: str, method: str, given: int) -> SdkClass | None:
        """The class of the objects that only one SDK's clients have under this name, by a method and its arguments."""
        found = self.catalogue.group(attribute)
        cls = self.catalogue.service(found[0]).sdk_class(found[1]) if found is not None else None
        described = cls.methods.get(method) if cls is not None else None
        operation = described.operation if described is not None else None
        if cls is None or operation is None or operation.effect is None:
            return None
        needed = len({*operation.key, *operation.payload} - {*cls.identifiers})
        return cls if given >= needed and ("_" in method or operation.effect in READS) else None

    def sdk_class(self, handle: Handle) -> SdkClass | None:
        """The class that an object of an SDK with plain Python classes is of; None for everything else."""
        known = handle.service in self.catalogue.sdks
        return self.catalogue.service(handle.service).sdk_class(handle.kind) if known else None

    def batched(self, handle: Handle, name: str) -> Bound | None:
        """One write of a batch: the single operation's shape under the batch's name and preconditions."""
        service = self.catalogue.service(handle.service)
        batch, single = service.operation(handle.operation), service.operation(name)
        if batch is None or single is None:
            return None
        operation = replace(
            single, name=batch.name, preconditions=batch.preconditions, advice=batch.advice, inert=batch.inert
        )
        resource = service.resource_class(handle.owner)
        action = resource.actions.get(name) if resource else None
        bound = self.action(handle, resource, action) if resource and action else None
        return Bound(operation, handle.layer, BATCH, bound.supplied if bound else {})

    def collected(self, handle: Handle, name: str) -> Bound | None:
        """A method of a collection such as ``bucket.objects``: a listing, or one action on everything in it."""
        service = self.catalogue.service(handle.service)
        resource = service.resource_class(handle.owner)
        action = resource.collections.get(handle.operation) if resource else None
        if resource is None or action is None:
            return None
        if name in LISTINGS:
            return self.action(handle, resource, action)
        members = service.resource_class(action.returns)
        batch = members.batch.get(name) if members else None
        operation = service.operation(batch.operation) if batch else None
        return Bound(operation, handle.layer, "resource", {}) if operation else None

    def unknown_child(self, name: str, arguments: Sequence[Value]) -> Handle | None:
        """The resource that ``something.Bucket(name)`` makes, where only one service has such a class."""
        found = children(self.catalogue).get(name, ())
        if len(found) != 1:
            return None
        service, child = found[0]
        if len(arguments) != len(child.positional):
            return None
        return Handle(service, child.resource, "signature", tuple(arguments))

    def action(self, handle: Handle, resource: ResourceClass, action: Action) -> Bound | None:
        """An action of a resource, with the inputs that the resource's identifiers supply."""
        operation = self.catalogue.service(handle.service).operation(action.operation)
        if operation is None:
            return None
        ids = dict(zip(resource.identifiers, handle.ids, strict=False))
        supplied: dict[str, Value] = {}
        for member, source in action.bindings.items():
            if source.startswith("="):
                supplied[member] = constant(source[1:])
            elif source in ids:
                supplied[member] = ids[source]
        form = "custom" if action.positional else "resource"
        opens = action.method == operation.batch
        return Bound(operation, handle.layer, form, supplied, action.positional, action.returns, opens)

    def child(self, handle: Handle, name: str, arguments: Iterable[Value]) -> Handle | None:
        """The resource that ``handle.name(arguments)`` is."""
        resource = self.catalogue.service(handle.service).resource_class(handle.kind)
        child = resource.children.get(name) if resource else None
        if resource is None or child is None:
            return None
        own = dict(zip(resource.identifiers, handle.ids, strict=False))
        given = iter(arguments)
        ids: list[Value] = []
        for identifier, source in child.identifiers.items():
            value = own.get(source) if source else next(given, None)
            ids.append(value if value is not None else Value(("identifier", id(handle), identifier)))
        return Handle(handle.service, child.resource, handle.layer, tuple(ids))

    def signature(
        self, method: str, keywords: frozenset[str], spread: bool, hint: str, quoted: Callable[[str], bool]
    ) -> Bound | None:
        """The one operation that fits a method name and its keywords; ``hint`` is the receiver's own name.

        Keywords decide. With none in sight, the receiver has to be called after a client or after the one service that
        has the method, and that gives the ``name`` layer only. ``quoted`` tells whether a service's name is a string
        literal of the module.
        """
        found = self.chosen(self._fitting(method, keywords, spread), hint, quoted)
        if found is None or found.layer != "name":
            return found
        return found if CLIENT.search(hint) or found.operation.service.replace("-", "") in hint.lower() else None

    def chosen(self, fitting: Iterable[Bound], hint: str, quoted: Callable[[str], bool]) -> Bound | None:
        """Of operations that fit equally well, the one whose service the module or the receiver's name speaks of."""
        left = list(fitting)
        for speaks in (
            self.named.__contains__,
            lambda service: service.replace("-", "") in hint.lower(),
            quoted,
        ):
            if len(left) > 1:
                left = [bound for bound in left if speaks(bound.operation.service)] or left
        return left[0] if len(left) == 1 else None

    def paginated(self, method: str, hint: str, quoted: Callable[[str], bool]) -> Handle | None:
        """The paginator of the one operation that has this method name, for a client of an unknown service."""
        fitting = (Bound(operation, "signature", "client", {}) for operation in self.catalogue.operations(method))
        found = self.chosen(fitting, hint, quoted)
        return Handle(found.operation.service, "paginator", "signature", (), method) if found else None

    def transfer(self, method: str, given: int, keywords: frozenset[str], hint: str) -> Bound | None:
        """A managed transfer with ``given`` positional arguments, on a receiver called after what has such a method.

        Bucket, key and file are told apart by position, so all that the method cannot do without must be there.
        """
        for operation in self.catalogue.operations(method):
            if not operation.positional:
                continue
            service = self.catalogue.service(operation.service)
            needed = {*operation.key, *operation.payload, *operation.yields}
            forms = [
                (action.positional, needed - set(action.bindings))
                for kind in sorted(service.resource_classes)
                if hint.lower().endswith(kind.lower())
                and (resource := service.resource_class(kind))
                and (action := resource.actions.get(method))
            ]
            if CLIENT.search(hint) or service.name.replace("-", "") in hint.lower():
                forms.append((operation.positional, needed))
            for positional, parts in forms:
                if keywords <= set(positional) and parts <= keywords | set(positional[:given]):
                    return Bound(operation, "signature", "custom", {}, positional)
        return None

    def _fitting(self, method: str, keywords: frozenset[str], spread: bool) -> Iterable[Bound]:
        for operation in self.catalogue.operations(method):
            if not keywords.issubset(operation.members):
                continue
            if keywords and (
                spread or operation.required - {operation.token if operation.token_filled else None} <= keywords
            ):
                yield Bound(operation, "signature", "client", {})
            elif not keywords and "_" in method and (spread or not operation.required) and not operation.positional:
                yield Bound(operation, "name", "client", {})
        if any(keyword[:1].isupper() for keyword in keywords):
            for service, resource, action in resource_actions(self.catalogue).get(method, ()):
                acted = self.catalogue.service(service).operation(action.operation)
                if acted is None or action.positional or not keywords.issubset(acted.members):
                    continue
                supplied = set(action.bindings)
                if supplied and not supplied & keywords and (spread or acted.required <= keywords | supplied):
                    yield Bound(acted, "signature", "resource:" + resource, {})


@lru_cache(maxsize=4)
def children(catalogue: Catalogue) -> Mapping[str, list[tuple[str, Child]]]:
    """Names of resource classes that a service resource makes, with the services that do."""
    out: dict[str, list[tuple[str, Child]]] = {}
    for name in catalogue.resource_services:
        root = catalogue.service(name).resource_class("ServiceResource")
        for child in root.children.values() if root else ():
            out.setdefault(child.name, []).append((name, child))
    return out


@lru_cache(maxsize=4)
def resource_actions(catalogue: Catalogue) -> Mapping[str, list[tuple[str, str, Action]]]:
    """Method -> the first resource class of each service that has it."""
    out: dict[str, list[tuple[str, str, Action]]] = {}
    for name in catalogue.resource_services:
        service = catalogue.service(name)
        seen: set[tuple[str, str]] = set()
        for kind in sorted(service.resource_classes):
            resource = service.resource_class(kind)
            for method, action in resource.actions.items() if resource else ():
                if (method, action.operation) not in seen:
                    seen.add((method, action.operation))
                    out.setdefault(method, []).append((name, kind, action))
    return out


def absolute(dotted: str, origin: Callable[[str], str]) -> str:
    """A dotted name of a module as it is called where it comes from."""
    head, _, rest = dotted.partition(".")
    return f"{origin(head) or head}.{rest}" if rest else origin(head)
