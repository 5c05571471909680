"""What an update sets, attribute by attribute: only an attribute's own former value is carried back into it.

To derive one attribute from another, or to set one that was only looked at, leaves the others as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .events import SdkCall
from .values import EACH, Origin, Value, flowing, part_of

PLAIN = re.compile(r"([#\w.\[\]]+)\s*=\s*(:\w+)\s*(?=,|$|\b(?:ADD|REMOVE|DELETE|SET)\b)")
"""What an update expression sets to a value that is sent, and the placeholder of that value."""

CREATED = re.compile(r"_?(?:created|creation)(?:[_A-Z]|$)", re.IGNORECASE)


def incoming(write: SdkCall) -> set[Origin]:
    """Where the written document's data came from; what the server itself computes does not count."""
    out = {origin for value in write.rest for origin in value.flow()} if write.operation.payload else set()
    for member in write.operation.payload:
        value = write.argument(member.partition("[")[0])
        for attribute, part in assigned(write, value) if value is not None else ():
            out |= {origin for origin in part.flow() if carries(origin, attribute)}
    return out


def assigns(write: SdkCall) -> bool:
    """Whether a write sets values as they are, so far as that is in sight; the service may compute them itself."""
    text = write.arguments.get(write.operation.expression) if write.operation.expression else None
    return text is None or not isinstance(text.const, str) or PLAIN.search(text.const) is not None


def assigned(write: SdkCall, payload: Value) -> Iterator[tuple[str, Value]]:
    """The attributes that a write sets, each with its value; an empty name where they are out of sight."""
    expression = write.operation.expression
    text = write.arguments.get(expression) if expression else None
    for one in payload.alternatives():
        if text is not None and isinstance(text.const, str) and one.fields is not None and not one.opaque:
            for target, placeholder in PLAIN.findall(text.const):
                value = one.named(placeholder)
                if value is not None:
                    yield attribute_of(write, target), value
        elif one.items and write.operation.effect == "update":
            yield from map(step_of, one.items)
        elif expression and in_sight(one):
            for name, value in (one.fields or {}).items():
                yield from copied(value) or [("" if text is not None or name.startswith("\0") else name, value)]
        elif one.fields and write.operation.effect == "update" and one.closed():
            yield from map(field_of, one.fields.items())
        else:
            yield "", one


def in_sight(document: Value) -> bool:
    """Whether all data of a mapping is in the fields that are known, be it under names that are out of sight."""
    if document.fields is None or document.spread or None in document.touched or document.reply is not None:
        return False
    known = {origin[:2] for origin in flowing(document.fields.values())}
    return all(origin[:2] in known for origin in document.origins)


def copied(value: Value) -> list[tuple[str, Value]]:
    """What a loop over a mapping in sight has put under a name, beside what says its type: each of its attributes."""
    for one in (value, *(value.fields or {}).values()):
        part, mapping = part_of(one.key), one.parent
        if part is not None and part[1] == ("each",) and mapping is not None and mapping.closed():
            return [(name, field) for part in mapping.parts() for name, field in (part.fields or {}).items()]
    return []


def attribute_of(write: SdkCall, target: str) -> str:
    """The top-level attribute that a path in an update expression leads into, its placeholder resolved."""
    head = re.split(r"[.\[]", target)[0]
    names = write.arguments.get((write.operation.condition or {}).get("names", ""))
    if not head.startswith("#"):
        return head
    value = names.named(head) if names is not None else None
    return value.const if value is not None and isinstance(value.const, str) else ""


def step_of(step: Value) -> tuple[str, Value]:
    """The top-level attribute that a step of a JSON patch leads into, and its value."""
    path, value = step.named("path"), step.named("value")
    if path is None or value is None or not isinstance(path.const, str) or not path.const.startswith("/"):
        return "", step
    return path.const.split("/")[1], value


def field_of(field: tuple[str, Value]) -> tuple[str, Value]:
    """The top-level attribute that a mapping of new values sets, and its value; no name where it groups others."""
    name, value = field
    return ("" if value.fields is not None else name.partition(".")[0]), value


def carries(origin: Origin, attribute: str) -> bool:
    """Whether data may be the former value of an attribute that others change, as far as its name is known.

    What tells when something was created, and by whom, is never changed.
    """
    source, path, _ = origin
    if not isinstance(source, SdkCall):
        return True
    inner = next((path[len(data) :] for data in source.data_paths if path[: len(data)] == data), ())
    names = [name for name in inner if name != EACH]
    return not names or (not CREATED.match(names[0]) and attribute in ("", names[0]))
