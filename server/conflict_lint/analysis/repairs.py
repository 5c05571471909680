"""The repairs that findings offer, as values for the catalogue's templates. Only what is in sight is repaired."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..rule import Repair
from .events import SdkCall
from .operations import OBJECT
from .stale import Stale
from .values import EACH, Place, Record, part_of
from .witness import LostUpdate, guarded, same_resource

if TYPE_CHECKING:
    from ..catalogue.model import Precondition


def precondition_repairs(lost: LostUpdate, writes: Sequence[SdkCall]) -> tuple[Repair, ...]:
    """What ``fixes`` needs to guard the write with what the read answered; nothing where they are in two functions.

    Other writes of the same resource between the two are named too: after one of them the version read is an old one.
    """
    write, read = lost.write, lost.source
    if isinstance(read, Record) or write.frames != read.frames or write.function != read.function or read.deferred:
        return ()
    if write.place.chunk is not read.place.chunk or write.opaque:
        return ()
    between = [call for call in writes if read.order < call.order < write.order and call.place != write.place]
    between = [call for call in between if call.operation.resource == read.operation.resource]
    between = [call for call in between if same_resource(call, read)]
    if any(call.frames != write.frames or call.place.chunk is not write.place.chunk for call in between):
        return ()
    preconditions = write.operation.preconditions or {}
    places = {"write": write.call, "read": read.call}
    places |= {f"between{number}": call.call for number, call in enumerate(between)}
    creates = next((f"{p.member}={p.creates}" for p in preconditions.values() if p.creates), "")
    for member, precondition in preconditions.items():
        if "." in member:
            continue  # no argument of the call
        for source in precondition.sources:
            operation, _, path = source.partition(".")
            if operation == read.operation.name and precondition.kind == "sdk" and read.operation.effect == "read":
                values = version_values(precondition, path)
                values["methods"] = f"{read.operation.method} {write.operation.method}"
                return (Repair("pass-version", values=values, places=places),)
            if operation == read.operation.name and EACH not in path:
                values = {"member": member, "output": path, "creates": creates, "since": precondition.since}
                return (Repair("pass-precondition", values=values, places=places),)
        if precondition.kind == "condition-expression" and read.data_paths:
            return condition_repair(lost, read, member, places)
    return ()


def owners_of(taking: SdkCall, release: SdkCall) -> Iterator[tuple[str, str, str]]:
    """The attributes of a lock that are the taker's own: name, attribute of ``self``, and type where it is typed."""
    given = (release.arguments.get(member) for member in release.operation.key)
    keys = {name for key in given if key is not None for name in key.names()}
    for member in taking.operation.payload:
        document = taking.arguments.get(member)
        for name in sorted(document.names() if document is not None else ()):
            value = document.named(name) if document is not None else None
            kinds = sorted(value.names()) if value is not None else []
            inner = value.named(kinds[0]) if value is not None and len(kinds) == 1 else value
            part = part_of(inner.key) if inner is not None else None
            if part is not None and part[0] == ("self",) and isinstance(part[1], str) and name not in keys:
                yield name, part[1], kinds[0] if kinds else ""


def written_owners(taking: SdkCall, release: SdkCall) -> Iterator[tuple[str, str, str]]:
    """The same as they are written in the call, where what the attributes of ``self`` hold was made in sight."""
    text = taking.call.chunk.text[taking.call.start : taking.call.end]
    try:
        call = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    given = (release.arguments.get(member) for member in release.operation.key)
    keys = {name for key in given if key is not None for name in key.names()}
    for argument in call.keywords if isinstance(call, ast.Call) else ():
        if argument.arg not in taking.operation.payload or not isinstance(argument.value, ast.Dict):
            continue
        for key, value in zip(argument.value.keys, argument.value.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) else None
            attribute, kind = of_self(value)
            if attribute and isinstance(name, str) and name not in keys:
                yield name, attribute, kind


def of_self(node: ast.expr) -> tuple[str, str]:
    """The attribute of ``self`` that an expression is, and its type where it is typed; empty where it is none."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            return attribute, ""
        case ast.Dict(
            keys=[ast.Constant(value=str(kind))], values=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)]
        ):
            return attribute, kind
    return "", ""


def creation_repairs(write: SdkCall, check: SdkCall, creating: Precondition | None) -> tuple[Repair, ...]:
    """What ``fixes`` needs to make a write create only; a helper that others call to overwrite is left alone."""
    if write.frames:
        return ()
    if write.operation.creator:
        own = {*write.operation.payload, *(name.partition("/")[0] for name in write.operation.key)}
        plain = write.arguments.keys() <= own and not write.opaque
        values = {"method": write.operation.creator}
        return (Repair("create-instead", values=values, places={"write": write.call}),) if plain else ()
    if creating is None or guarded(write) or write.operation.negotiated:
        return ()
    keys = (check.arguments.get(member) for member in check.operation.key)
    names = sorted(name for key in keys if key is not None for name in key.names())
    if "{key}" in creating.creates and not names:
        return ()
    values = {
        "member": creating.member,
        "creates": creating.creates,
        "since": creating.since,
        "key": names[0] if names else "",
        "imports": "\n".join(creating.imports),
        **(write.operation.condition or {}),
    }
    return (Repair("create-only", values=values, places={"write": write.call}),)


def version_values(precondition: Precondition, path: str) -> dict[str, str]:
    """How the version is read and passed: the path as code, and the other arguments, one on a line."""
    parts = re.findall(r"\[(\w+)\]|(\w+)", path)
    code = "".join(f'["{item}"]' if item else f".{attribute}" for item, attribute in parts)
    return {
        "member": precondition.member,
        "path": code,
        "access": precondition.access,
        "creates": precondition.creates,
        "since": precondition.since,
        "also": "\n".join(f"{name}={value}" for name, value in precondition.also.items()),
        "imports": "\n".join(precondition.imports),
    }


def condition_repair(lost: LostUpdate, read: SdkCall, member: str, places: dict[str, Place]) -> tuple[Repair, ...]:
    """A condition on the attributes that the write changes, as far as their names are in sight."""
    depth, operation = len(read.data_paths[0]), lost.write.operation
    if len(read.data_paths) != 1 or depth != 1 or operation.condition is None:
        return ()
    if operation.expression and operation.expression not in lost.write.arguments:
        return ()  # the older way to say what changes cannot be combined with a condition
    attributes = {path[depth] for path in lost.paths if len(path) > depth}
    whole = {path for path in lost.paths if len(path) <= depth}
    if whole:
        attributes |= {name for name in lost.touched if isinstance(name, str)}
        if not lost.touched or None in lost.touched or any(not isinstance(name, str) for name in lost.touched):
            return ()
    if not attributes or any("[]" in name or "\0" in name for name in attributes):
        return ()
    keys = {
        name for value in map(read.arguments.get, read.operation.key) if value is not None for name in value.names()
    }
    values = {
        "member": member,
        "form": lost.write.form,
        "document": read.data_paths[0][0],
        "attributes": "\n".join(sorted(attributes)),
        "keys": "\n".join(sorted(keys)),
        **(operation.condition or {}),
        "whole": "yes" if whole else "",
        "nested": "yes" if whole and lost.nested else "",
    }
    return (Repair("condition-on-read", values=values, places=places),)


def version_arguments(found: Stale) -> dict[str, str]:
    """Which arguments of a refused write carry the version and the document, for ``moves.read_again``."""
    call, condition = found.call, found.call.operation.condition
    text = call.arguments[found.member].const if condition and found.member in call.arguments else None
    compared = re.findall(r":\w+", text) if isinstance(text, str) else []
    versions = [(condition or {}).get("values", "")] if compared else [found.member]
    documents = [member.partition("[")[0] for member in call.operation.payload]
    return {
        "order": " ".join(call.operation.members if call.form == OBJECT else ()),
        "versions": " ".join(versions),
        "documents": " ".join(documents),
        "compared": " ".join(compared),
    }
