"""Names beyond the function: module-level names, attributes of ``self``, properties. Looked up once for all runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from . import facts as f
from .frames import Arguments, Frame, Imported, Instance, Method, instance_of, relabelled
from .link import CONSTRUCTORS, ClassLink, FunctionLink, ModuleLink
from .values import UNKNOWN, Value, identified, joined, owned
from .volatile import renamed

if TYPE_CHECKING:
    from .evaluate import Run

ROOM = 7
"""How far look-ups lead on to others, at most: a name takes 1 of it, a method or constructor ``METHOD_ROOM``."""
METHOD_ROOM = 3
OPTIONAL = re.compile(r"^(?:typing\.)?Optional\[|\]$|\s*\|\s*None$|^None\s*\|\s*")
DOTTED = re.compile(r"[\w.]+")
PROPERTIES = ("property", "cached_property", "reify", "cached")


def module_name(run: Run, name: str) -> Value:
    """A module-level name of the module at hand: function, class, import or assigned value."""
    return name_in(run, run.link, name)


def name_in(run: Run, link: ModuleLink, name: str) -> Value:
    """A module-level name of some module of the project; imports within the project are followed."""
    link, name = link.defining(name, run.trace.looked)
    found = link.shared.look_up(run, name, lambda inner: resolve_global(inner, name))
    return owned(found, run.copies) if found is not None else Value(("global", link.path, name))


def import_of(run: Run, origin: str) -> Value:
    """What an import of ``origin`` binds: an object of another module of the project, a module, or what is foreign."""
    link = run.link
    found = link.found(origin, run.trace.looked)
    if found is not None and not found.rest:
        return Value(("import", found.path), target=Imported(origin, link.path, found.path))
    member = link.member(found)
    if member is None:
        return Value(("import", origin), target=Imported(origin, link.path))
    return name_in(run, *member)


def module_attribute(run: Run, module: Imported, name: str) -> Value:
    """An attribute of an imported module: a name in it, a module inside it, or something foreign."""
    modules = run.link.modules
    linked = modules.link(module.path) if module.path else None
    if linked is not None:
        link, own = linked.link.defining(name, run.trace.looked)
        if link.binds(own):
            return name_in(run, link, own)
    origin = f"{module.origin}{'' if module.origin.endswith('.') else '.'}{name}"
    run.trace.looked.add((module.importer, "import", origin))
    found = modules.find(origin, module.importer)
    path = found.path if found is not None and not found.rest else ""
    return Value(("import", path or origin), target=Imported(origin, module.importer, path))


def origin_of(run: Run, name: str) -> str:
    """Where a module-level name was imported from, with dots; empty if it was not."""
    target = module_name(run, name).first("target") if name in run.link.imported else None
    return target.origin if isinstance(target, Imported) else ""


def annotate(run: Run, value: Value, annotation: str) -> None:
    """Let a value be the SDK object, or the object of a class of the project, that its annotation names."""
    if value.first("handle"):
        return
    handle = run.resolver.annotated(annotation, partial(origin_of, run))
    if handle:
        value.handle = handle
    elif value.target is None and value.plain and value.const is UNKNOWN:
        cls = annotated_class(run, annotation)
        if cls is not None:
            value.target = Instance(cls)


def annotated_class(run: Run, annotation: str) -> ClassLink | None:
    """The one class of the project that an annotation such as ``Store`` or ``Store | None`` names."""
    wanted = OPTIONAL.sub("", annotation.strip("'\""))
    if not DOTTED.fullmatch(wanted):
        return None
    run.trace.looked.add((run.link.path, "class", wanted))
    return run.link.class_named(wanted)


def resolve_global(run: Run, name: str) -> Value:
    """The value of a name that the run's module defines, from the chunks that bind it."""
    chunks = run.link.globals.get(name, [])
    values: list[Value] = []
    for chunk in chunks:
        run.trace.consulted.add(chunk)
        run.push(Frame(run.shared, chunk, "<module>", {}))
        run.block(chunk.body)
        value = run.pop().variables.get(name)
        if value is not None:
            values.append(value)
    if values and all(value.const is None for value in values):
        values = list(bound_later(run, name)) or values
    unit = run.link.function(name)
    if unit is not None:
        run.trace.consulted.add(unit.facts)
        values.append(Value(("function", run.link.path, name), target=unit))
    cls = run.link.classes.get(name)
    if cls is not None:
        run.trace.consulted.add(cls.header)
        values.append(Value(("class", run.link.path, name), target=cls))
    if not values:
        return Value(("name", name))
    found = joined(values)
    found.shared = isinstance(found.target, (FunctionLink, ClassLink, Imported))
    if found.target is None and found.const is UNKNOWN and found.items is None and not found.options:
        found.key = identified(renamed(found.key, ("global", run.link.path, name)))
    return found


def bound_later(run: Run, name: str) -> Iterator[Value]:
    """What functions bind a global to that is None at first."""
    run.trace.looked.add((run.link.path, "setting", name))
    for unit in filter(None, map(run.link.unit, run.link.setting(name))):
        after = run.shared.look_up(run, ("setting", unit.facts), partial(globals_after, unit=unit), METHOD_ROOM)
        value = after.fields.get(name) if after is not None and after.fields else None
        if value is not None:
            yield value


def globals_after(run: Run, unit: FunctionLink) -> Value:
    """The globals that a function binds, called with unknown arguments, as fields."""
    run.trace.consulted.add(unit.facts)
    run.enter(unit, None, Arguments(), None, root=True)
    out = Value(("globals", id(unit.function)))
    out.fields = dict(run.globals)
    return out


def member_of(run: Run, obj: Value, cls: ClassLink, name: str) -> Value:
    """An attribute of an object of this module: what the class, its methods and its properties make it."""
    key = ("attr", obj.key, name)
    home = cls.link.path
    run.trace.looked.update(((home, "method", name, cls.name), (home, "attribute", name, cls.name)))
    unit = cls.getter(name)
    if unit is not None and unit.decorated(*PROPERTIES):
        frames = run.depth
        if any(frame.function is unit.function for frame in run.frames) or frames >= run.most_frames:
            return Value(key)
        value = run.enter(unit, obj, Arguments(), run.frame.site)
        return relabelled(value, key)
    if unit is not None:
        return Value(key, target=Method(obj, name))
    held = class_attribute(run, cls, name)
    return relabelled(kept_beside(run, obj, cls, held), key) if held is not None else Value(key)


def kept_beside(run: Run, obj: Value, cls: ClassLink, held: Value) -> Value:
    """An SDK object that a constructor has made of its parameters, as made of the attributes that keep those."""
    handle = held.handle
    if handle is None or not any(is_parameter(value) for value in handle.ids):
        return held
    made = constructed_once(run, cls)
    fields = made.fields.items() if made is not None and made.fields else ()
    names = {value.key: name for name, value in fields if is_parameter(value)}
    ids = tuple(Value(("attr", obj.key, names[v.key])) if v.key in names else v for v in handle.ids)
    return Value(held.key, origins=held.origins, handle=replace(handle, ids=ids), reply=held.reply, place=held.place)


def is_parameter(value: Value) -> bool:
    """Whether a value is a parameter of a constructor, and nothing else is known of it."""
    return isinstance(value.key, tuple) and value.key[:1] == ("param",) and value.plain


def class_attribute(run: Run, cls: ClassLink, name: str) -> Value | None:
    """What the class body, a constructor or any other method assigns to ``self.<name>``; the run's own copy of it."""
    made = constructed_once(run, cls)
    value = made.fields.get(name) if made is not None and made.fields else None
    values = [value] if value is not None else []
    if value is None or not value.first("handle"):
        values.extend(assigned_later(run, cls, name))
    return joined([owned(value, run.copies) for value in values]) if values else None


def constructed_once(run: Run, cls: ClassLink) -> Value | None:
    """``constructed_object``, looked up once for all runs; None where look-ups have led too far."""
    return cls.link.shared.look_up(run, (cls,), lambda inner: constructed_object(inner, cls), METHOD_ROOM)


def constructed_object(run: Run, cls: ClassLink) -> Value:
    """An object of the class after its constructors: its attributes as fields. Each constructor is followed once."""
    found: dict[str, list[Value]] = {}
    for parent in cls.lineage():
        for chunk, statements in parent.statements:
            run.trace.consulted.add(chunk)
            frame = Frame(parent.link.shared, chunk, cls.name, {})
            run.push(frame)
            run.block(s for s in statements if isinstance(s, (f.Assign, f.Import)))
            run.pop()
            for name, value in frame.variables.items():
                found.setdefault(name, []).append(value)
    for unit in cls.constructors():
        for name, value in attributes_after(run, cls, unit).items():
            found.setdefault(name, []).append(value)
    out = Value(("object", id(cls)))
    out.fields = {name: joined(values) for name, values in found.items()}
    return out


def leads_back(run: Run, unit: FunctionLink, cls: ClassLink) -> bool:
    """Whether an inherited method may call methods of a class nearer to the object that call SDK operations."""
    if unit.owner is None or unit.owner is cls or unit.link is cls.link:  # in one module the names have led there
        return False
    run.trace.looked.add((cls.link.path, "methods", "", cls.name))
    nearer = [method for method in cls.overriding(unit) if method.facts.traits.calls]
    worth = {method.facts for method in nearer if method.facts in method.link.shared.relevant}
    run.trace.entered |= worth
    run.trace.declined.update(method.facts for method in nearer if method.facts not in worth)
    return bool(worth)


def assigned_later(run: Run, cls: ClassLink, name: str) -> Iterator[Value]:
    """What methods other than constructors assign to ``self.<name>``, as far as they are worth entering."""
    for unit in cls.assigning(name):
        if unit.name in CONSTRUCTORS:
            continue
        if unit.facts not in unit.link.shared.relevant and not leads_back(run, unit, cls):
            run.trace.declined.add(unit.facts)
            continue
        follow = partial(object_after, cls=cls, unit=unit)
        after = cls.link.shared.look_up(run, (cls, unit.facts), follow, METHOD_ROOM, leaves=METHOD_ROOM)
        value = after.fields.get(name) if after is not None and after.fields else None
        if value is not None:
            yield value
        if value is not None and value.first("handle"):
            break


def object_after(run: Run, cls: ClassLink, unit: FunctionLink) -> Value:
    """An object of the class after one of its methods: the attributes that it assigns, as fields."""
    out = Value(("object", id(cls)))
    out.fields = attributes_after(run, cls, unit)
    return out


def attributes_after(run: Run, cls: ClassLink, unit: FunctionLink) -> dict[str, Value]:
    """The attributes of ``self`` after a method with unknown arguments."""
    receiver = instance_of(cls)
    run.enter(unit, receiver, Arguments(), None, root=True)
    return {str(key[1]): v for key, v in receiver.children.items() if isinstance(key, tuple) and key[0] == "attr"}
