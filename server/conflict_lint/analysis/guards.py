"""What keeps hostile text from crashing, hanging or starving the parsers.

``ast`` crashes Python 3.10 on long operator chains, and every version on a small stack; libcst crashes on deep nesting
everywhere. So statements of enormous length are refused, what might be deep is parsed on a thread with a large stack,
and no tree deeper than ``DEPTH`` gets out: code that walks it may recurse.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

LENGTH = 250_000
"""Code points in one statement, or one method."""
DEPTH = 100
"""Levels of syntax in one statement; the deepest in 11,500 files of published packages has 35."""

_STACK = 64 << 20
_DEEPENING_WORDS = ("not", "lambda", "await", "elif", "else", " and ", " or ")
_NOT_DEEPENING = bytes(set(range(256)) - set(b"([{.+-*/%@&|^~<>"))
_LINE = re.compile(r" (?:on line \d+|\(detected at line \d+\))")

_Result = TypeVar("_Result")


class Refused(ValueError):  # noqa: N818 - it is an answer, not an accident
    """Text that cannot or must not be parsed; ``line`` (1-based) and ``column`` (0-based code points) say where."""

    def __init__(self, reason: str, line: int = 1, column: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column


def refusal(text: str) -> str | None:
    """Why one statement's text must not be parsed at all, or None."""
    if len(text) > LENGTH:
        return f"the statement is too long ({len(text):,} characters; at most {LENGTH:,} are analysed)"
    return None


def parse(text: str) -> ast.Module:
    """The syntax tree of a text whose statements are not refused; raises ``Refused``, and nothing else, if it has none.

    The tree may be too deep: see ``too_deep``.
    """
    null = text.find("\0")
    if null >= 0:
        raise Refused("there is a null byte", text.count("\n", 0, null) + 1, null - text.rfind("\n", 0, null) - 1)
    try:
        return on_deep_stack(_parse, text) if may_be_deep(text) else _parse(text)
    except SyntaxError as error:
        raise Refused(_LINE.sub("", error.msg), error.lineno or 1, max((error.offset or 1) - 1, 0)) from None
    except (RecursionError, MemoryError):
        raise Refused("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise Refused("it has characters that no encoding can express (lone surrogates)") from None
    except ValueError as error:
        raise Refused(str(error)) from None


_parsing = threading.Lock()


def _parse(text: str) -> ast.Module:
    # The filters are global to the process. Invalid escapes warn here, and would be errors under ``-W error``.
    with _parsing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def may_be_deep(text: str) -> bool:
    """Whether the text has enough operators, brackets and the like to nest ``DEPTH`` of them (usually: it does not)."""
    if len(text) <= DEPTH:
        return False
    characters = len(text.encode("utf-8", "surrogatepass").translate(None, _NOT_DEEPENING))
    return characters > DEPTH or characters + sum(map(text.count, _DEEPENING_WORDS)) > DEPTH


def too_deep(nodes: Iterable[ast.AST], limit: int = DEPTH) -> bool:
    """Whether a tree has more than ``limit`` levels, not counting those inside short expressions on one line."""
    level = list(nodes)
    for _ in range(limit):
        level = [child for node in level for child in _large_children(node)]
        if not level:
            return False
    return True


def _large_children(node: ast.AST) -> Iterator[ast.AST]:
    for value in node.__dict__.values():
        for child in value if type(value) is list else (value,):
            if isinstance(child, ast.AST) and not (isinstance(child, ast.expr) and _short(child)):
                yield child


def _short(node: ast.expr) -> bool:
    return node.lineno == node.end_lineno and (node.end_col_offset or 0) - node.col_offset < DEPTH


_deep: ThreadPoolExecutor | None = None
_starting = threading.Lock()
_here = threading.local()


def on_deep_stack(function: Callable[..., _Result], *arguments: object) -> _Result:
    """Call ``function`` on a thread with 64 MB of stack that lives as long as the process; raises what it raises."""
    global _deep
    if getattr(_here, "deep", False):
        return function(*arguments)
    with _starting:
        if _deep is None:
            _deep = _deep_thread()
        deep = _deep
    return deep.submit(function, *arguments).result()


def _deep_thread() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1, "deep-stack", lambda: setattr(_here, "deep", True))
    before = 0
    with contextlib.suppress(ValueError, RuntimeError):  # the platform may not allow this size
        before = threading.stack_size(_STACK)
    pool.submit(int).result()
    with contextlib.suppress(ValueError, RuntimeError):
        threading.stack_size(before)
    return pool


def _forget() -> None:
    """A forked child has no thread, and its locks may be held by threads that are gone."""
    global _deep, _starting, _parsing
    _deep, _starting, _parsing = None, threading.Lock(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
