"""Names beyond the function: module-level names, attributes of ``self``, properties. Looked up once for all runs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from . import facts as f
from .frames import Arguments, Frame, Imported, Instance, Method, relabelled
from .link import CONSTRUCTORS, ChunkFacts, ClassLink, FunctionLink, ModuleLink
from .operations import Resolver
from .values import UNKNOWN, Value, joined, owned

if TYPE_CHECKING:
    from .evaluate import Run

PROPERTIES = ("property", "cached_property", "reify", "cached")


class Globals:
    """Values of module-level names and of ``self`` attributes, shared by all runs over one module."""

    def __init__(self, link: ModuleLink, resolver: Resolver, relevant: frozenset[ChunkFacts]) -> None:
        self.link = link
        self.resolver = resolver
        self.relevant = relevant
        self.names: dict[str, tuple[Value, frozenset[ChunkFacts]]] = {}
        self.attributes: dict[tuple[int, str], tuple[Value | None, frozenset[ChunkFacts]]] = {}
        self.pending: set[Hashable] = set()


def module_name(run: Run, name: str) -> Value:
    """A module-level name: function, class, import or assigned value."""
    shared = run.shared
    known = shared.names.get(name)
    if known is None:
        if ("global", name) in shared.pending:
            return Value(("global", name))
        shared.pending.add(("global", name))
        inner = run.fresh()
        known = shared.names[name] = (resolve_global(inner, name), frozenset(inner.trace.consulted))
        shared.pending.discard(("global", name))
    run.trace.consulted |= known[1]
    return owned(known[0], run.copies)


def origin_of(run: Run, name: str) -> str:
    """Where a module-level name was imported from, with dots; empty if it was not."""
    target = module_name(run, name).first("target") if name in run.link.imported else None
    return target.origin if isinstance(target, Imported) else ""


def resolve_global(run: Run, name: str) -> Value:
    """The value of a module-level name, from the chunks that bind it."""
    chunks = run.link.globals.get(name, [])
    values: list[Value] = []
    for chunk in chunks:
        run.trace.consulted.add(chunk)
        run.frames.append(Frame(chunk, "<module>", {}))
        run.block(chunk.body)
        value = run.frames.pop().variables.get(name)
        if value is not None:
            values.append(value)
    unit = run.link.function(name)
    if unit is not None:
        run.trace.consulted.add(unit.facts)
        values.append(Value(("function", name), target=unit))
    cls = run.link.classes.get(name)
    if cls is not None:
        run.trace.consulted.add(cls.header)
        values.append(Value(("class", name), target=cls))
    if not values:
        return Value(("name", name))
    found = joined(values)
    found.shared = isinstance(found.target, (FunctionLink, ClassLink, Imported))
    if found.target is None and found.const is UNKNOWN and found.items is None and not found.options:
        found.key = ("global", name)
    return found


def member_of(run: Run, obj: Value, cls: ClassLink, name: str) -> Value:
    """An attribute of an object of this module: what the class, its methods and its properties make it."""
    key = ("attr", obj.key, name)
    unit = cls.getter(name)
    if unit is not None and unit.decorated(*PROPERTIES):
        frames = run.depth
        if any(frame.function is unit.function for frame in run.frames) or frames >= run.MAX_FRAMES:
            return Value(key)
        value = run.enter(unit, obj, Arguments(), run.frame.site)
        return relabelled(value, key)
    if unit is not None:
        return Value(key, target=Method(obj, name))
    held = class_attribute(run, cls, name)
    return relabelled(held, key) if held is not None else Value(key)


def class_attribute(run: Run, cls: ClassLink, name: str) -> Value | None:
    """What any method or the class body assigns to ``run.<name>``."""
    shared = run.shared
    known = shared.attributes.get((id(cls), name))
    if known is None:
        token = ("attribute", id(cls), name)
        if token in shared.pending:
            return None
        shared.pending.add(token)
        inner = run.fresh()
        known = shared.attributes[id(cls), name] = (
            resolve_attribute(inner, cls, name),
            frozenset(inner.trace.consulted),
        )
        shared.pending.discard(token)
    run.trace.consulted |= known[1]
    return owned(known[0], run.copies) if known[0] is not None else None


def resolve_attribute(run: Run, cls: ClassLink, name: str) -> Value | None:
    """The value of an attribute of ``self``, from the class body and the methods that assign it."""
    values: list[Value] = []
    for parent in cls.lineage():
        for chunk, statements in parent.statements:
            run.trace.consulted.add(chunk)
            frame = Frame(chunk, cls.name, {})
            run.frames.append(frame)
            run.block(s for s in statements if isinstance(s, (f.Assign, f.Import)))
            run.frames.pop()
            if name in frame.variables:
                values.append(frame.variables[name])
    for unit in cls.assigning(name):
        if unit.name not in CONSTRUCTORS and unit.facts not in run.shared.relevant:
            continue
        receiver = Value(("run",), target=Instance(cls))
        run.enter(unit, receiver, Arguments(), None, root=True)
        value = receiver.children.get(("attr", name))
        if value is not None:
            values.append(value)
        if value is not None and value.first("handle"):
            break
    return joined(values) if values else None
