"""What a hover says: the rule behind a diagnostic, and the catalogue's entry for an error code or exception class."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from conflict_lint.catalogue import Catalogue
from conflict_lint.rule import Finding, Span

if TYPE_CHECKING:
    from conflict_lint.analysis.chunks import Chunk, Module
    from conflict_lint.catalogue.model import Entry
    from conflict_lint.engine import RuleInfo

SECTION = "What to do"
ASIDE = ("With ", "Note", "See also", "Rules")  # sections that only the whole entry shows
ENTRIES = 3  # a code that many services share has an entry for each advice; more than these nobody reads in a hover


def about_finding(finding: Finding, rule: RuleInfo) -> str:
    """The finding's message, then what its rule is about and what to do."""
    parts = [f"**{finding.code} {finding.name}**: {finding.message}"]
    if rule.summary:
        parts.append(rule.summary)
    if advice := section(rule.docs, SECTION):
        parts.append(f"**{SECTION}**\n\n{advice}")
    return "\n\n".join(parts)


def section(docs: str, title: str) -> str:
    """The text of one section of a rule's page; empty where it has none."""
    _, _, rest = f"\n{docs}".partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip()


def about_error(catalogue: Catalogue, name: str, text: str) -> str:
    """What the catalogue knows of an error; of the services that ``text`` names, if it names any that have it."""
    named = [s for s in catalogue.error_services(name) if f'"{s}"' in text or f"'{s}'" in text]
    queries = [f"{service}.{name}" for service in named] or [name]
    entries = [entry for query in queries for entry in catalogue.explain(query)]
    return "\n\n".join(map(shortened, entries[:ENTRIES]))


def shortened(entry: Entry) -> str:
    """An entry without what one does not read in a hover, and where the whole of it is."""
    told = tuple(section for section in entry.sections if not section[0].startswith(ASIDE))
    if len(told) == len(entry.sections):
        return entry.markdown()
    return f"{replace(entry, sections=told).markdown()}\n\nWith code: `conflict-lint explain {entry.identity}`"


def error_name(module: Module, offset: int, catalogue: Catalogue) -> tuple[str, Span] | None:
    """The error code or exception class that stands at ``offset`` where such a name is looked for, and its span.

    Strings count where they are compared or matched, or are among the alternatives of a test (the keywords and
    functions that the catalogue names included); names count below ``client.exceptions``.
    """
    index = max(bisect_right(module.starts, offset) - 1, 0)
    if index >= len(module.chunks):
        return None
    chunk, start = module.chunks[index], module.starts[index]
    path = tuple(enclosing(chunk, offset - start))
    if not path:
        return None
    node = path[-1]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_tested(path, catalogue):
        name, begin = node.value, chunk.offset_of(node)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "exceptions":
        name, begin = node.attr, chunk.end_of(node) - len(node.attr)
    else:
        return None
    if not begin <= offset - start or not (name in catalogue.common_codes or catalogue.error_services(name)):
        return None
    return name, Span(start + begin, start + chunk.end_of(node))


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


def is_tested(path: tuple[ast.AST, ...], catalogue: Catalogue) -> bool:
    """Whether the constant at the end of ``path`` is tested for, maybe as one of several."""
    construct = catalogue.construct
    for node in path[-2::-1]:
        if isinstance(node, (ast.Compare, ast.MatchValue)):
            return True
        if isinstance(node, ast.keyword):
            return node.arg in construct.code_keywords
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in ("frozenset", "set", "tuple", "list"):
                return name in construct.code_predicates
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            return isinstance(path[path.index(node) + 1], (ast.Tuple, ast.List, ast.Set, ast.Call))
        elif not isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return False
    return False
