"""Objects that stand for documents: of dataclasses and of models, made of mappings and turned into them again.

The methods by which that is done come from libraries that are out of sight; where a class of the project defines one
of these names itself, its own method is followed instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .frames import Arguments, Instance
from .link import ClassLink
from .names import class_attribute
from .values import UNKNOWN, Value, joined

if TYPE_CHECKING:
    from .evaluate import Run

TO_MAPPING = frozenset({"model_dump", "dict", "to_dict", "as_dict", "asdict", "_asdict", "vars"})
FROM_MAPPING = frozenset({"model_validate", "parse_obj", "from_dict"})


def made_from(cls: ClassLink, call: object, args: Arguments) -> Value:
    """An object of a class of which nothing is known but the mapping that it is made of."""
    out = Value(("object", id(call), cls.name), target=Instance(cls))
    out.spread = [*args.positional[:1], *args.spreads]
    out.origins = frozenset(origin for value in args.values() for origin in value.flow())
    return out


def as_mapping(run: Run, value: Value, names: list[str]) -> Value | None:
    """The mapping that an object of a class of the project is turned into; None where it is no such object.

    ``names`` are those that its class declares. What an object has that was made of a mapping is there already; of
    others the constant defaults are added.
    """
    found = [mapping(run, one, names) for one in value.alternatives() if isinstance(one.target, Instance)]
    return joined(found) if found else None


def mapping(run: Run, obj: Value, names: list[str]) -> Value:
    """One of them."""
    out = Value(("mapping", obj.key), origins=obj.origins)
    out.fields = {str(key[1]): v for key, v in obj.children.items() if isinstance(key, tuple) and key[0] == "attr"}
    out.spread = list(obj.spread)
    if not obj.spread and isinstance(obj.target, Instance):
        missing = ((name, class_attribute(run, obj.target.cls, name)) for name in names if name not in out.fields)
        out.fields.update({name: held for name, held in missing if held is not None and held.const is not UNKNOWN})
    return out
