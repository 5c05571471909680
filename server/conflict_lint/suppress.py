"""Suppression comments: ``# conflict-lint: ignore[CL101] reason`` and ``# conflict-lint: ignore-file[CL101]``.

Only the brackets decide what is suppressed; whatever follows them is the reason. A comment that is not understood
suppresses nothing and is a finding itself (CL902), and so is one that has nothing to suppress (CL901).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from conflict_lint.rule import Confidence, Finding, Repair, Severity, Span
from conflict_lint.spelling import did_you_mean

MARK = "conflict-lint:"
UNUSED, BAD = "CL901", "CL902"

# Compiled when the first suppression is met, not at every start.
# Strings and comments, in the order in which the tokenizer would meet them. It works on code that does not parse too:
# a quote that is not closed ends with its line, a triple quote with the text.
_STRING_OR_COMMENT = r"""
      (?P<comment> \# [^\r\n]* )
    | \"{3} [^"\\]* (?: (?: \\. | "(?!"") ) [^"\\]* )* (?: \"{3} | \Z )
    | '{3}  [^'\\]* (?: (?: \\. | '(?!'') ) [^'\\]* )* (?: '{3}  | \Z )
    | "     [^"\\\r\n]* (?: \\ (?: \r\n | . ) [^"\\\r\n]* )* "?
    | '     [^'\\\r\n]* (?: \\ (?: \r\n | . ) [^'\\\r\n]* )* '?
    """
# A directive ends where another tool's begins in the same comment.
_DIRECTIVE = (
    r"\#\s*conflict-lint:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<rules>[^\]]*)\])?.*?(?=\s*\#\s*(?:[\w-]+:|noqa\b|nosec\b)|$)"
)
_LINE_END = re.compile(r"\r\n|\r|\n")


class Directive(NamedTuple):
    """One suppression comment.

    ``span`` covers it, ``removal`` what has to go with it (the blanks before it, or its whole line), ``brackets`` the
    list of rules. ``rules`` holds each rule's code and the word it was written as, ``line`` is 0-based, and
    ``problem`` says why it suppresses nothing.
    """

    span: Span
    removal: Span
    brackets: Span
    line: int
    on_own_line: bool
    whole_file: bool
    rules: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the rules that it suppresses."""
        return () if self.problem else tuple(code for code, _ in self.rules)


def comments(text: str) -> Iterator[Span]:
    """Yield where the comments of ``text`` are; what looks like one inside a string is none."""
    for match in re.finditer(_STRING_OR_COMMENT, text, re.VERBOSE | re.DOTALL):
        if match["comment"] is not None:
            yield Span(*match.span())


def directives(text: str, known: Mapping[str, str]) -> tuple[Directive, ...]:
    """Return the suppression comments of ``text`` in file order; ``known`` maps the codes of all rules to names."""
    if MARK not in text:
        return ()
    lines, directive = _Lines(text), re.compile(_DIRECTIVE)
    return tuple(
        _directive(comment, match, lines, known)
        for comment in comments(text)
        for match in directive.finditer(text, comment.start, comment.end)
    )


def apply(
    text: str,
    findings: Iterable[Finding],
    statement_span_of: Callable[[Span], Span],
    known: Mapping[str, str],
    ran: Collection[str],
) -> tuple[list[Finding], int]:
    """Leave out the suppressed findings, and append what is wrong with the suppressions themselves.

    ``statement_span_of`` gives the statement that a finding's span belongs to; a directive holds for it from any of
    its lines, or from the comment lines directly above. ``known`` maps all codes to names, ``ran`` holds the codes of
    the rules that ran: only they can prove a suppression unused. Returns the findings left and the number left out.
    """
    findings = list(findings)
    found = directives(text, known)
    if not found:
        return findings, 0
    lines = _Lines(text)
    kept: list[Finding] = []
    used: set[tuple[Directive, str]] = set()
    for finding in findings:
        scope = lines.scope(statement_span_of(finding.span))
        uses = {(each, finding.code) for each in found if finding.code in each.codes and _covers(each, scope)}
        used |= uses
        if not uses:
            kept.append(finding)
    suppressed = len(findings) - len(kept)
    for directive in found:
        kept += _judged(directive, {code for each, code in used if each == directive}, known, ran)
    return kept, suppressed


def _covers(directive: Directive, scope: tuple[int, int, int]) -> bool:
    above, first, last = scope
    nearby = above <= directive.line <= last and (directive.on_own_line or directive.line >= first)
    return directive.whole_file or nearby


def _judged(directive: Directive, used: set[str], known: Mapping[str, str], ran: Collection[str]) -> Iterator[Finding]:
    if directive.problem:
        if BAD in ran:
            yield _finding(BAD, Severity.ERROR, directive, directive.problem, known)
        return
    unused = [code for code in directive.codes if code in ran and code not in used and code not in (UNUSED, BAD)]
    if not unused or UNUSED not in ran or UNUSED in directive.codes:
        return
    where = "in this file" if directive.whole_file else "here"
    names = " or ".join(f"{code} ({known[code]})" for code in unused)
    left = ", ".join(word for code, word in directive.rules if code not in unused)
    repair = Repair(
        "remove-suppression", {"comment": directive.brackets if left else directive.removal}, {"replacement": left}
    )
    message = f"nothing to suppress: no {names} {where}"
    yield _finding(UNUSED, Severity.WARNING, directive, message, known, repair)


def _finding(
    code: str, severity: Severity, directive: Directive, message: str, known: Mapping[str, str], *repairs: Repair
) -> Finding:
    return Finding(code, known[code], severity, Confidence.HIGH, message, directive.span, repairs=repairs)


def _directive(comment: Span, match: re.Match[str], lines: _Lines, known: Mapping[str, str]) -> Directive:
    span, verb = Span(*match.span()), match["verb"]
    brackets = Span(*match.span("rules")) if match["rules"] is not None else Span(span.end, span.end)
    words = [word for word in map(str.strip, (match["rules"] or "").split(",")) if word]
    by_name = {name: code for code, name in known.items()}
    line = lines.number(span.start)
    on_own_line = not lines.text[lines.starts[line] : comment.start].strip()
    return Directive(
        span,
        lines.whole(line) if on_own_line and span == comment else lines.with_blanks_before(span),
        brackets,
        line,
        on_own_line,
        verb == "ignore-file",
        tuple((by_name.get(word, word), word) for word in words),
        _problem(verb, match["rules"], words, {*known, *by_name}),
    )


def _problem(verb: str, brackets: str | None, words: list[str], known: Collection[str]) -> str:
    """Say what keeps a directive from meaning something, or return ``''``."""
    if verb not in ("ignore", "ignore-file"):
        reason = f'"{verb}" is no directive{did_you_mean(verb, ("ignore", "ignore-file"))}'
    elif brackets is None:
        reason = f'the rules are missing: write "{verb}[CL101] reason"'
    elif not words:
        reason = "the brackets name no rule"
    elif unknown := [word for word in words if word not in known]:
        reason = f'no rule is called "{unknown[0]}"{did_you_mean(unknown[0], known)}'
    else:
        return ""
    return f"this comment suppresses nothing: {reason}"


class _Lines:
    """The lines of a text, as Python ends them."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def number(self, offset: int) -> int:
        """Return the 0-based line of an offset."""
        return bisect_right(self.starts, offset) - 1

    def whole(self, line: int) -> Span:
        """Return the span of a line, its end included."""
        return Span(self.starts[line], self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text))

    def with_blanks_before(self, span: Span) -> Span:
        """Return ``span`` and the blanks before it."""
        line = self.text[self.starts[self.number(span.start)] : span.start]
        return Span(span.start - (len(line) - len(line.rstrip())), span.end)

    def scope(self, statement: Span) -> tuple[int, int, int]:
        """Return the lines from which a directive reaches ``statement``: the first comment above it, first, last."""
        first, last = self.number(statement.start), self.number(max(statement.start, statement.end - 1))
        above = first
        while above and self.text.startswith("#", self._indented(above - 1)):
            above -= 1
        return above, first, last

    def _indented(self, line: int) -> int:
        whole = self.text[self.starts[line] : self.starts[line + 1]]
        return self.starts[line] + len(whole) - len(whole.lstrip(" \t\f"))
