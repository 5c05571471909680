"""libcst at arm's length: it is loaded when first needed, and never sees what could crash or stall it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .guards import DEPTH, Refused, on_deep_stack, refusal, too_deep
from .guards import parse as parse_abstract

if TYPE_CHECKING:
    import libcst

__all__ = ["Refused", "parse"]


def parse(text: str) -> libcst.Module:
    """The concrete tree of a module or one statement; raises ``Refused`` where there is none or the text is hostile."""
    if reason := refusal(text):
        raise Refused(reason)
    body = parse_abstract(text).body
    if too_deep(body) or _long_chain(body):
        raise Refused("it is nested too deeply")
    return on_deep_stack(_parse, text)


def _long_chain(nodes: Iterable[ast.AST]) -> bool:
    """Whether there is a chain that is flat in ``ast`` and deep in libcst."""
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.BoolOp):
                if len(node.values) > DEPTH:
                    return True
            elif isinstance(node, ast.alias):
                if node.name.count(".") > DEPTH:
                    return True
            elif isinstance(node, ast.ImportFrom) and (node.module or "").count(".") > DEPTH:
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
