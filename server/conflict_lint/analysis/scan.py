"""Where statements begin, seen from strings, brackets and indentation alone, so that broken text can be cut too.

The scanner reads forward and never back, and from one statement's beginning it looks no further than the first words
of the next one. So it can start again at any statement, and after an edit it soon finds the old cuts again.

Two layers do the work: patterns (``_body``) skip whole function bodies at C speed; what they cannot balance in one go
(a half-typed bracket, an f-string in an f-string) goes to ``_Nest``, which keeps a stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

_NEWLINE = r"(?:\r\n|\r(?!\n)|\n)"
_BLANK = rf"(?:[ \t\f]*(?:\#[^\r\n]*)?{_NEWLINE})"
_GAP = rf"(?:[ \t\f]|\\{_NEWLINE})+"
_PLAIN = r"[^\\'\"#()\[\]{}\r\n]"

# Words that begin a statement and can never stand at the beginning of a line inside brackets: there, a bracket was
# left open. Decorators are such a place too, if a definition follows (``@`` alone may be a matrix product).
_KEYWORD = (
    rf"(?:(?:def|class|import|return|raise|try|while|with|del|assert|pass|break|continue|global|nonlocal|elif|except|"
    rf"finally)\b|async{_GAP}(?:def|with)\b|from[ \t]+[\w.]+[ \t]+import\b)"
)
_INNER_NEWLINE = rf"{_NEWLINE}(?![ \t\f]*(?:@|{_KEYWORD}))"


def _quoted(quote: str) -> str:
    """Strings on one line that end there whatever their prefix; alternatives exclude each other (no backtracking)."""
    text = rf"[^{quote}\\\r\n]*"
    literal = rf"[^{quote}\\\r\n{{}}]*"
    field = r"\{[^'\"\\\r\n{}#]*\}"
    return (
        rf"(?<![fFtTrR])(?:{quote}{text}(?:\\[^\r\n]{text})*{quote}(?!{quote})|{quote * 3}[^{quote}\\]*{quote * 3})"
        rf"|(?<=[fFtTrR]){quote}{literal}(?:(?:\\[^\r\n{{}}]|\{{\{{|\}}\}}|{field}){literal})*{quote}(?!{quote})"
    )


_STRING = _quoted('"') + "|" + _quoted("'")
# A comment must not be shortened by backtracking, hence the look-ahead.
_COMMENT = r"\#[^\r\n]*(?=[\r\n]|\Z)"


def _bracketed(levels: int) -> str:
    """Balanced brackets; how often is bounded so that the matcher's own stack is."""
    inner = f"{_STRING}|{_COMMENT}|{_INNER_NEWLINE}" + (f"|{_bracketed(levels - 1)}" if levels > 1 else "")
    return rf"[(\[{{]{_PLAIN}*(?:(?:{inner}){_PLAIN}*){{0,300}}[)\]}}]"


_FIELD = re.compile(rf"(?:[^\\'\"#()\[\]{{}}\r\n:]+|{_COMMENT}){{0,1000}}")
_RESYNC = re.compile(rf"[ \t\f]*{_KEYWORD}")
_DEFINITION = re.compile(rf"[ \t\f]*(?:async{_GAP}def|def|class)\b")

_LONG = {q: re.compile(rf"[^\\{q}]*(?:(?:\\.|{q}(?!{q}{q}))[^\\{q}]*)*", re.DOTALL) for q in "'\""}
_SHORT = {q: re.compile(rf"[^\\{q}\r\n]*(?:\\(?:\r\n|.)[^\\{q}\r\n]*)*", re.DOTALL) for q in "'\""}
_LITERAL = {
    **{q: re.compile(rf"(?:[^\\{q}\r\n{{}}]+|\\N\{{[\w -]*\}}|\\(?:\r\n|[^{{}}]))*", re.DOTALL) for q in "'\""},
    **{q * 3: re.compile(rf"(?:[^\\{q}{{}}]+|\\N\{{[\w -]*\}}|\\[^{{}}])*", re.DOTALL) for q in "'\""},
}
_F_PREFIX = re.compile(r"(?<!\w)(?:[ft]r?|r[ft])\Z", re.IGNORECASE)
# After these an operand may come, so a quote opens a string; elsewhere an f-string's own quote ends it.
_OPERAND_NEXT = re.compile(
    r"(?:[^\w)\]}'\"\s!]|\b(?:and|or|not|in|is|if|else|await|for|yield|from))\s*(?:\b[a-zA-Z]{1,2})?\Z"
)
_BETWEEN_STRINGS = re.compile(r"(?:[^'\"#]|#[^\r\n]*)*")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_FURTHEST_OPENER = 32


# The large patterns take milliseconds to compile, so each waits until it is needed.


@cache
def _inside() -> re.Pattern[str]:
    """Skips text inside brackets, up to a line on which a statement may begin."""
    return re.compile(rf"(?:{_PLAIN}+|{_STRING}|{_COMMENT}|{_INNER_NEWLINE}|{_bracketed(2)}){{0,1000}}")


@cache
def _decorators() -> re.Pattern[str]:
    """Whole decorator lines, with what is empty between them."""
    arguments = rf"{_PLAIN}*(?:(?:{_STRING}|{_bracketed(2)}){_PLAIN}*){{0,100}}"
    return re.compile(rf"(?:[ \t\f]*@{arguments}(?:{_COMMENT})?{_NEWLINE}{_BLANK}*)+")


@lru_cache(maxsize=32)
def _body(lead: str | None) -> re.Pattern[str]:
    """Skips text outside brackets; over a line end too if the next line is indented deeper than ``lead``, or empty."""
    skip = f"{_PLAIN}+|{_STRING}|{_bracketed(2)}|{_COMMENT}"
    if lead is not None:
        skip += rf"|{_NEWLINE}(?={lead}[ \t]+[^ \t\f]|[ \t]*[#\r\n])"
    return re.compile(rf"(?:{skip}){{0,1000}}")


def _skipper(lead: str) -> re.Pattern[str]:
    # few leads are common; the others do not deserve a pattern of their own
    simple = len(lead) <= 12 and (not lead or lead.count(lead[0]) == len(lead)) and "\f" not in lead
    return _body(lead if simple else None)


class Block(NamedTuple):
    """A class whose members are being cut: columns of its header and members (-1: none seen yet), and its name."""

    indent: int
    members: int
    name: str


Kind = Literal["statement", "class", "function"]


class Head(NamedTuple):
    """What the first lines of a chunk say: all that matters for cutting the text after it.

    ``owner`` names the enclosing classes, ``indent`` counts code points, ``blocks`` are the classes open after it.
    """

    kind: Kind
    owner: tuple[str, ...]
    name: str
    indent: int
    blocks: tuple[Block, ...]


_HEAD = re.compile(
    rf"{_BLANK}*(?P<end>[ \t\f]*(?:\#[^\r\n]*)?\Z)?(?P<lead>[ \t\f]*)"
    rf"(?:(?P<at>@)|(?:async{_GAP}(?=def))?(?P<define>def|class)\b(?:{_GAP}(?P<name>\w+))?"
    rf"|(?P<clause>(?:elif|else|except|finally)\b))?"
)


class _Chunk:
    """The chunk that is being read; a decorated definition shows its kind only after its decorators."""

    __slots__ = ("blocks", "decorated", "indent", "kind", "name", "owner", "skip", "start")

    def __init__(self, start: int, blocks: tuple[Block, ...], lead: str) -> None:
        self.start = start
        self.blocks = blocks
        self.owner = tuple(block.name for block in blocks)
        self.kind: Kind = "statement"
        self.name = ""
        self.indent = len(lead)
        self.decorated = False
        self.skip = _skipper(lead)

    def read(self, head: re.Match[str], column: int) -> None:
        """Take in a line that stands at the level of the chunk's first line."""
        self.decorated = head["at"] is not None
        if define := head["define"]:
            self.kind, self.name = ("class" if define == "class" else "function"), head["name"] or ""
            if define == "class":
                self.blocks = (*self.blocks, Block(column, -1, self.name))
                self.skip = _body(None)

    def goes_on(self, head: re.Match[str], column: int, blocks: tuple[Block, ...]) -> bool:
        """Whether a line belongs to this chunk: a deeper one, a clause, or what is decorated."""
        if len(blocks) != len(self.owner):
            return False
        if column > (blocks[-1].members if blocks else 0):
            return True
        if self.decorated:
            self.read(head, column)
            return True
        return self.kind == "statement" and head["clause"] is not None

    def cut(self) -> tuple[int, Head]:
        """Where the chunk begins, and its head."""
        return self.start, Head(self.kind, self.owner, self.name, self.indent, self.blocks)


def cuts(text: str, start: int = 0, blocks: tuple[Block, ...] = ()) -> Iterator[tuple[int, Head]]:
    """Beginnings (code points) and heads of the chunks of ``text`` from ``start`` on.

    A chunk must begin at ``start``; ``blocks`` are the classes open before it.

    Line ends and comments after a statement belong to its chunk; those at the file's beginning to the first one.
    """
    chunk: _Chunk | None = None
    position = start
    while True:
        head = _HEAD.match(text, position)
        assert head is not None  # every part of the pattern is optional
        if head["end"] is not None:
            break
        lead = head["lead"]
        column = _column(lead)
        while blocks and column <= blocks[-1].indent:
            blocks = blocks[:-1]
        if chunk is None or not chunk.goes_on(head, column, blocks):
            if chunk:
                yield chunk.cut()
            if blocks:
                blocks = (*blocks[:-1], blocks[-1]._replace(members=column))
            chunk = _Chunk(head.start("lead") if chunk else start, blocks, lead)
            chunk.read(head, column)
        blocks = chunk.blocks
        position = _line_end(text, head.end("lead"), chunk.skip)
    if chunk:
        yield chunk.cut()
    elif len(text) > start:
        yield _Chunk(start, (), "").cut()


def _column(lead: str) -> int:
    """The column that CPython gives to an indentation: tabs stop at 8, a form feed starts again."""
    if lead.count(" ") == len(lead):
        return len(lead)
    return len(lead.rpartition("\f")[2].expandtabs(8))


def _line_end(text: str, position: int, skip: re.Pattern[str]) -> int:
    """Where the logical line ends, and with it those that ``skip`` goes over: a line end, or the end of the text."""
    while True:
        position = skip.match(text, position).end()  # type: ignore[union-attr]  # it may match nothing, but it matches
        char = text[position : position + 1]
        if char in "\r\n":  # or ""
            return position
        if char in "([{\"'":
            position = _Nest(text).pass_over(position)
        elif char == "\\":
            position = _after_backslash(text, position)
        elif char in ")]}":
            position += 1


def literals(text: str, start: int, end: int) -> int:
    """How many string literals stand side by side in ``text[start:end]``, a string expression."""
    count = 0
    while (position := _BETWEEN_STRINGS.match(text, start, end).end()) < end:  # type: ignore[union-attr]
        start = _Nest(text).pass_over(position)
        count += 1
    return count


def _after_backslash(text: str, position: int) -> int:
    if text.startswith("\r\n", position + 1):
        return position + 3
    return position + (2 if text.startswith(("\n", "\r"), position + 1) else 1)


def _string_end(text: str, position: int) -> int:
    """The end of the plain string whose quotes open at ``position``; at worst the end of the line or the text."""
    quote = text[position]
    if text.startswith(quote * 3, position):
        end = _LONG[quote].match(text, position + 3).end()  # type: ignore[union-attr]
        return min(end + 3, len(text))
    end = _SHORT[quote].match(text, position + 1).end()  # type: ignore[union-attr]
    return end + 1 if text.startswith(quote, end) else end


class _Nest:
    """Passes over one bracket or string, whatever is nested in it.

    The stack holds open brackets, the quotes of open f-strings, and for these ``$`` for a replacement field and ``:``
    for its format specification. Closed by its partner, a thing closes what is still open in it.
    """

    __slots__ = ("stack", "strings", "text", "undecorated")

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[str] = []
        self.strings: list[int] = []  # where in the stack the f-strings are
        self.undecorated = 0  # no "@" before this place decorates a definition

    def pass_over(self, position: int) -> int:
        """The end of what opens at ``position``, or of the line where it has to be given up, or of the text."""
        position = self.open(position)
        while self.stack:
            step = self.literal if self.stack[-1][0] in "\"':" else self.code
            following = step(position)
            if following < 0:
                return ~following
            position = following
        return position

    def open(self, position: int) -> int:
        text = self.text
        char = text[position]
        if char in "([{":
            self.stack.append(char)
            return position + 1
        if text[position - 1 : position] not in "fFtTrR" or not _F_PREFIX.search(text[max(position - 3, 0) : position]):
            return _string_end(text, position)
        quote = char * 3 if text.startswith(char * 3, position) else char
        self.strings.append(len(self.stack))
        self.stack.append(quote)
        return position + len(quote)

    def drop(self, size: int) -> None:
        """Close everything above the stack's first ``size`` things."""
        del self.stack[size:]
        while self.strings and self.strings[-1] >= size:
            self.strings.pop()

    def code(self, position: int) -> int:
        """One step inside a bracket or a replacement field; the complement of a place means to give up there."""
        text, stack = self.text, self.stack
        position = (_FIELD if stack[-1] == "$" else _inside()).match(text, position).end()  # type: ignore[union-attr]
        char = text[position : position + 1]
        if not char:
            return ~position
        if char in "\r\n":
            return self.line_end(position)
        if char in "\"'":
            return self.quote(position)
        if char in "([{":
            return self.open(position)
        if char == "\\":
            return _after_backslash(text, position)
        if char in ")]}":
            self.close(char)
            return position + 1
        if char == ":" and stack[-1] == "$":
            stack.append(":")
            return position + 1
        return position

    def close(self, char: str) -> None:
        stack = self.stack
        lowest = max(self.strings[-1] + 1 if self.strings else 0, len(stack) - _FURTHEST_OPENER)
        for index in range(len(stack) - 1, lowest - 1, -1):
            if stack[index] == _PAIRS[char] or (char == "}" and stack[index] == "$"):
                self.drop(index)
                return

    def quote(self, position: int) -> int:
        """A quote in code: it opens a string, or ends the f-string around the code, where no operand can be."""
        around = self.stack[self.strings[-1]] if self.strings else ""
        before = self.text[max(position - 40, 0) : position]
        if around and self.text.startswith(around, position) and not _OPERAND_NEXT.search(before):
            self.drop(self.strings[-1])
            return position + len(around)
        return self.open(position)

    def line_end(self, position: int) -> int:
        following = position + (2 if self.text.startswith("\r\n", position) else 1)
        if not any(len(self.stack[index]) == 3 for index in self.strings[-_FURTHEST_OPENER:]) and self.begins(
            following
        ):
            return ~position
        return following

    def begins(self, position: int) -> bool:
        """Whether a statement begins on this line although a bracket is open."""
        if _RESYNC.match(self.text, position):
            return True
        if position < self.undecorated:
            return False
        run = _decorators().match(self.text, position)
        if run is None:
            return False
        self.undecorated = run.end()
        return _DEFINITION.match(self.text, run.end()) is not None

    def literal(self, position: int) -> int:
        """One step in the text of an f-string, or in a format specification."""
        text, stack = self.text, self.stack
        quote = stack[self.strings[-1]]
        position = _LITERAL[quote].match(text, position).end()  # type: ignore[union-attr]
        char = text[position : position + 1]
        if not char:
            return ~position
        specification = stack[-1] == ":"
        if text.startswith(quote, position):
            self.drop(self.strings[-1])
            return position + len(quote)
        if char in "\r\n" and len(quote) == 1:
            self.drop(self.strings[-1])
            return position
        if char == "}" and specification:
            self.drop(len(stack) - 2)
        elif char == "{":
            if not specification and text.startswith("{{", position):
                return position + 2
            stack.append("$")
        return position + 1
