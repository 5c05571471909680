"""Facts: what one chunk says, as plain symbolic data, independent of every other chunk.

A fact tree is the part of the syntax that the analysis can use: expressions reduced to how values flow, statements
reduced to the order of events and the branches between them. Offsets (``start``, ``end``) count code points from the
beginning of the chunk, so a chunk that merely moved keeps its facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType

Constant = str | bytes | int | float | complex | bool | EllipsisType | None


@dataclass(slots=True, eq=False)
class Expr:
    """An expression; ``start`` and ``end`` are code points from the start of the chunk."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Name(Expr):
    """A plain name."""

    id: str


@dataclass(slots=True, eq=False)
class Const(Expr):
    """A literal."""

    value: Constant


@dataclass(slots=True, eq=False)
class Attr(Expr):
    """``obj.name``; the name itself ends at ``end``."""

    obj: Expr
    name: str


@dataclass(slots=True, eq=False)
class Item(Expr):
    """``obj[key]``."""

    obj: Expr
    key: Expr


@dataclass(slots=True, eq=False)
class Arg:
    """One argument; ``name`` is the keyword, ``*`` or ``**`` for unpacking, ``None`` when positional."""

    name: str | None
    value: Expr


@dataclass(slots=True, eq=False)
class Call(Expr):
    """A call."""

    func: Expr
    args: tuple[Arg, ...]


@dataclass(slots=True, eq=False)
class Map(Expr):
    """A dict display; a ``None`` key is ``**value``."""

    items: tuple[tuple[Expr | None, Expr], ...]


@dataclass(slots=True, eq=False)
class Seq(Expr):
    """A list, tuple or set display."""

    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Star(Expr):
    """``*value`` inside a display."""

    value: Expr


@dataclass(slots=True, eq=False)
class Text(Expr):
    """An f-string, or strings joined by ``+`` or ``%``: equal parts make equal text."""

    parts: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Choice(Expr):
    """``a if test else b``, ``a or b``, ``a and b`` (``op`` is ``if``, ``or``, ``and``): one of the options."""

    op: str
    tests: tuple[Expr, ...]
    options: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Test(Expr):
    """A comparison or negation: its value is a truth value, nothing of the operands flows through it."""

    ops: tuple[str, ...]
    operands: tuple[Expr, ...]


SLICE = "[:]"


@dataclass(slots=True, eq=False)
class Mix(Expr):
    """Any other operator: everything flows through it. ``op`` is set for ``|``, ``&`` and slices (``SLICE``)."""

    parts: tuple[Expr, ...]
    op: str = ""


@dataclass(slots=True, eq=False)
class Bind(Expr):
    """``name := value``."""

    name: str
    value: Expr


@dataclass(slots=True, eq=False)
class Yield(Expr):
    """``yield value``."""

    value: Expr | None


@dataclass(slots=True, eq=False)
class Comp(Expr):
    """A comprehension: ``element`` (``key`` too for dicts) for each of the generators."""

    key: Expr | None
    element: Expr
    loops: tuple[tuple[Expr, Expr, tuple[Expr, ...]], ...]
    is_map: bool


@dataclass(slots=True, eq=False)
class Lambda(Expr):
    """A lambda, as a function with one return."""

    function: Function


@dataclass(slots=True, eq=False)
class Stmt:
    """A statement."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class Do(Stmt):
    """An expression evaluated for its effect."""

    value: Expr


@dataclass(slots=True, eq=False)
class Assign(Stmt):
    """``targets = value``; ``annotation`` as written, without quotes."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: str


@dataclass(slots=True, eq=False)
class Augment(Stmt):
    """``target op= value``; ``op`` is set for ``-``, which adds nothing to a set."""

    target: Expr
    value: Expr
    op: str = ""


@dataclass(slots=True, eq=False)
class Delete(Stmt):
    """``del targets``."""

    targets: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Outer(Stmt):
    """``nonlocal`` (``kind``) or ``global``: these names belong to a function around this one, or to the module."""

    kind: str
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Import(Stmt):
    """Imports: local name -> dotted origin (leading dots for relative imports)."""

    names: tuple[tuple[str, str], ...]


@dataclass(slots=True, eq=False)
class Leave(Stmt):
    """``return``, ``raise``, ``break`` or ``continue``, with the value if there is one."""

    kind: str
    value: Expr | None


@dataclass(slots=True, eq=False)
class If(Stmt):
    """A branch."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Loop(Stmt):
    """``for target in source`` or, without a target, ``while source``."""

    target: Expr | None
    source: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Handler:
    """``except types as name``; ``types`` is empty for a bare ``except``."""

    start: int
    types: tuple[Expr, ...]
    name: str | None
    body: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Try(Stmt):
    """``try`` in full."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class With(Stmt):
    """``with`` and ``async with``."""

    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Param:
    """A parameter; ``kind`` is ``""``, ``*`` or ``**``."""

    name: str
    annotation: str
    default: Expr | None
    kind: str


@dataclass(slots=True, eq=False)
class Function:
    """A function's facts; ``start`` and ``end`` span the whole definition."""

    start: int
    end: int
    name: str
    params: tuple[Param, ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...]
    returns: str


@dataclass(slots=True, eq=False)
class Define(Stmt):
    """A function definition as a statement."""

    function: Function


@dataclass(slots=True, eq=False)
class ClassDef(Stmt):
    """A class definition: base class expressions and the statements of its body."""

    name: str
    bases: tuple[Expr, ...]
    body: tuple[Stmt, ...]


def does_nothing(function: Function) -> bool:
    """Whether a function's body is a docstring, ``pass`` or ``...``, and no more."""
    return all(isinstance(s, Do) and isinstance(s.value, Const) for s in function.body)
