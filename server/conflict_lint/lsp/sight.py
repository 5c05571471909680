"""What stands at a place of a text: its syntax, and what the function around it does. For hovers and completion."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from conflict_lint import engine
from conflict_lint.catalogue import Catalogue
from conflict_lint.rule import Span

if TYPE_CHECKING:
    from conflict_lint.analysis.chunks import Chunk
    from conflict_lint.analysis.following import Following
    from conflict_lint.analysis.units import Unit
    from conflict_lint.analysis.values import Place
    from conflict_lint.project import ProjectView


class Sight:
    """One state of a text. Offsets are code points of the whole text."""

    def __init__(self, view: ProjectView, path: str, text: str, following: Following | None = None) -> None:
        """``following`` is what the analysis made of this text; what has no finding is not cut, but may be asked about.

        It must not be edited while this is in use.
        """
        self.text = text
        self._modules = engine.modules_of(view)
        self.catalogue: Catalogue = self._modules.catalogue
        self._following = following or engine.followed(self._modules, path, text, False)
        self._modules.begin(path, text, self._following)
        self._units: dict[Chunk | None, Unit | None] = {}

    def chunk(self, offset: int) -> tuple[Chunk, int] | None:
        """The chunk around an offset, and where it begins."""
        module = self._following.module
        index = max(bisect_right(module.starts, offset) - 1, 0)
        return (module.chunks[index], module.starts[index]) if module.chunks else None

    def nodes(self, offset: int) -> tuple[ast.AST, ...]:
        """The nodes around an offset, from the statement inwards; none where the statement does not parse."""
        found = self.chunk(offset)
        return tuple(enclosing(found[0], offset - found[1])) if found else ()

    def span(self, node: ast.AST, offset: int) -> Span:
        """Where a node of the chunk around ``offset`` stands."""
        found = self.chunk(offset)
        assert found is not None
        chunk, start = found
        return Span(start + chunk.offset_of(node), start + chunk.end_of(node))

    def unit(self, offset: int) -> Unit | None:
        """The function around an offset with all it reaches, or the module's own statements."""
        found = self.chunk(offset)
        key = found[0] if found and found[0].kind == "function" else None
        if key not in self._units:
            self._units[key] = self._followed(key)
        return self._units[key]

    def _followed(self, chunk: Chunk | None) -> Unit | None:
        linked = self._following.linked()
        if chunk is None:
            return linked.follow_module()
        facts = next((facts for facts in linked.link.chunks if facts.chunk is chunk), None)
        return linked.follow(facts) if facts is not None else None

    def is_at(self, place: Place | None, offset: int) -> bool:
        """Whether a place in this text holds an offset."""
        span = self.placed(place, offset)
        return span is not None and span.start <= offset <= span.end

    def placed(self, place: Place | None, offset: int) -> Span | None:
        """A place in the chunk around an offset, as a span of the text; None where it is in another chunk."""
        found = self.chunk(offset)
        if place is None or found is None or place.chunk is not found[0]:
            return None
        return Span(found[1] + place.start, found[1] + place.end)

    def origin(self, name: str) -> str:
        """What a dotted name means by the imports of this module; itself where nothing is imported so."""
        head, dot, rest = name.partition(".")
        origins = dict(self._modules.outline(self._following.path).imports)
        return origins.get(head, head) + dot + rest


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for such an expression, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""


def enclosing(chunk: Chunk, offset: int) -> Iterator[ast.AST]:
    """The nodes around an offset into the chunk, from the statement inwards."""
    nodes: Iterable[ast.AST] = chunk.tree() or ()
    while inner := next((node for node in flattened(nodes) if holds(chunk, node, offset)), None):
        yield inner
        # before Python 3.12 what is inside an f-string has places of its own kind
        nodes = () if isinstance(inner, ast.JoinedStr) else ast.iter_child_nodes(inner)


def flattened(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """``nodes`` with those that have no place of their own (arguments, comprehensions) replaced by their children."""
    for node in nodes:
        if hasattr(node, "lineno"):
            yield node
        else:
            yield from flattened(ast.iter_child_nodes(node))


def holds(chunk: Chunk, node: ast.AST, offset: int) -> bool:
    """Whether the offset is in the node, its decorators included."""
    first = min((node, *getattr(node, "decorator_list", ())), key=lambda each: each.lineno)
    return chunk.offset_of(first) <= offset <= chunk.end_of(node)
