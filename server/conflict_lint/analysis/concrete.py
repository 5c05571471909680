"""libcst at arm's length: it is loaded when first needed, and never sees what could crash or stall it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .guards import DEPTH, Refused, on_deep_stack, refusal, too_deep
from .guards import parse as parse_abstract
from .scan import literals
from .source import code_points, line_starts

if TYPE_CHECKING:
    import libcst

__all__ = ["Refused", "parse"]


def parse(text: str) -> libcst.Module:
    """The concrete tree of a module or one statement; raises ``Refused`` where there is none or the text is hostile."""
    if reason := refusal(text):
        raise Refused(reason)
    tree = parse_abstract(text)
    if too_deep(tree.body) or _long_chain(text, tree):
        raise Refused("it is nested too deeply")
    return on_deep_stack(_parse, text)


def _long_chain(text: str, tree: ast.Module) -> bool:
    """Whether there is a chain that is flat in ``ast`` and deep in libcst."""
    strings: set[tuple[int, int, int, int]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            if len(node.values) > DEPTH:
                return True
        elif isinstance(node, (ast.Constant, ast.JoinedStr)):
            strings.add((node.lineno - 1, node.col_offset, (node.end_lineno or 1) - 1, node.end_col_offset or 0))
        elif isinstance(node, (ast.alias, ast.ImportFrom)):
            name = node.name if isinstance(node, ast.alias) else node.module or ""
            if name.count(".") > DEPTH:
                return True
    starts = line_starts(text)
    for line, column, end_line, end_column in strings:
        start, end = code_points(text, starts[line], column), code_points(text, starts[end_line], end_column)
        if end - start > DEPTH and literals(text, start, end) > DEPTH:
            return True
    return False


def _parse(text: str) -> libcst.Module:
    import libcst

    try:
        return libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        raise Refused(error.message, error.raw_line, error.raw_column) from None
    except (RecursionError, MemoryError):
        raise Refused("it is nested too deeply") from None
