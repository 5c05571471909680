"""Parts of values: attributes, items, elements."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING

from .frames import ExceptionClass, Imported, Instance, Method, hint_of, words_of
from .link import ClassLink
from .names import member_of, module_attribute
from .operations import OBJECT
from .sdk import sdk_attribute
from .values import EACH, NO_ORIGINS, ErrorPath, Origin, Place, Record, Value, joined, mixed, part_of

if TYPE_CHECKING:
    from .evaluate import Run

OPERATION_WORD = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$")
IDENTIFIER = re.compile(r"(?:^|_)(?:id|arn|uuid)$")


def attribute_of(run: Run, obj: Value, name: str) -> Value:
    """``obj.name`` where it is not called."""
    stored = obj.children.get(("attr", name))
    if stored is not None:
        return stored
    value = joined([plain_attribute(run, one, name) for one in obj.alternatives()])
    obj.keep(("attr", name), value)
    return value


def plain_attribute(run: Run, obj: Value, name: str) -> Value:
    """``obj.name`` of one alternative."""
    key = ("attr", obj.key, name)
    if obj.handle:
        return sdk_attribute(run, obj, obj.handle, name)
    if obj.error:
        return Value(key, error=ErrorPath(obj.error.attempt, (*obj.error.path, name)))
    target = obj.target
    if isinstance(target, Imported):
        found = module_attribute(run, target, name)
        foreign = isinstance(found.target, Imported) and not found.target.path
        member = run.resolver.member(target.origin, name) if foreign else None
        return Value(key, handle=member) if member else found
    if isinstance(target, (Instance, ClassLink)):
        return member_of(run, obj, target.cls if isinstance(target, Instance) else target, name)
    member = run.resolver.member(hint_of(obj), name)
    if member is not None:
        return Value(key, handle=member)
    part = part_of(obj.key)
    if part is not None and part[1] == "exceptions":
        return Value(key, target=ExceptionClass("", name, part[0]))
    if name == "response":
        return Value(key, error=ErrorPath(None, ("response",)), parent=obj)
    out = Value(key, origins=origins_of(obj, name), parent=obj)
    out.target = Method(obj, name) if OPERATION_WORD.match(name) else None
    if obj.reply and obj.reply[0].form == OBJECT:
        out.reply = (obj.reply[0], (*obj.reply[1], name))
    elif obj.reply:
        out.origins |= obj.flow()
    return out


def item_of(run: Run, obj: Value, key: Hashable, place: Place | None = None) -> Value:
    """``obj[key]`` for a constant or a value's key."""
    if not obj.options:
        return plain_item(run, obj, key, place)
    some = [one for one in obj.options if one.items != []]  # nothing is taken out of an empty list
    return joined([plain_item(run, one, key, place) for one in some or obj.options])


def plain_item(run: Run, obj: Value, key: Hashable, place: Place | None) -> Value:
    """``obj[key]`` of one alternative."""
    if obj.fields is not None and isinstance(key, str):
        if key in obj.fields:
            return obj.fields[key]
        if obj.spread:
            known = obj.named(key)
            return known if known is not None else item_of(run, innermost(obj), key, place)
    if obj.items is not None and isinstance(key, int) and -len(obj.items) <= key < len(obj.items):
        return obj.items[key]
    found = obj.children.get(("item", key))
    if found is not None:
        return found
    out = Value(("item", obj.key, key), origins=obj.flow() if obj.record else origins_of(obj, key), parent=obj)
    name = key if isinstance(key, str) else EACH
    if obj.reply:
        out.reply = (obj.reply[0], (*obj.reply[1], name))
        out.origins = NO_ORIGINS
    elif obj.error and isinstance(key, (str, int)):
        out.error = ErrorPath(obj.error.attempt, (*obj.error.path, name))
    elif isinstance(key, str) and key in run.resolver.catalogue.record_names and place is not None:
        out.record = Record(obj.key, key, place)
    obj.keep(("item", key), out)
    return out


def origins_of(obj: Value, part: Hashable) -> frozenset[Origin]:
    """Where a part of an object comes from: the identifier of what a call out of sight has made is new."""
    made = isinstance(obj.key, tuple) and obj.key[:1] == ("call",)
    return NO_ORIGINS if made and isinstance(part, str) and IDENTIFIER.search(words_of(part)) else obj.origins


def innermost(obj: Value) -> Value:
    """What lies under the first of all spreads: where a key comes from that no display in sight sets."""
    return next((part for part in obj.parts() if part.fields is None or not part.spread), Value(("spread", obj.key)))


def element_of(run: Run, source: Value) -> Value:
    """What a loop over ``source`` yields."""
    values: list[Value] = []
    for one in source.alternatives():
        if one.items is not None:
            values.append(joined(one.items) if one.items else Value(("each", one.key)))
        elif one.target == "pairs" and one.parent is not None:
            pair = Value(("pair", one.key), parent=one.parent)
            value = plain_item(run, one.parent, ("each",), None)
            if one.parent.fields is not None:
                value.origins |= one.parent.flow()
            pair.items = [mixed(("key", one.key), [one.parent]), value]
            values.append(pair)
        elif one.target == "numbered" and one.parent is not None:
            pair = Value(("pair", one.key), parent=one.parent)
            pair.items = [Value(("index", one.key)), element_of(run, one.parent)]
            values.append(pair)
        else:
            values.append(plain_item(run, one, ("each",), None))
    return joined(values)
