"""The laws that every repair obeys: it compiles, the finding is gone, no new one comes, nothing else changes.

``test_fixes`` asserts them over examples and generated programs, ``corpus/repairs.py`` over published packages.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
import warnings
from collections import Counter
from functools import lru_cache

from conflict_lint import engine, fixes
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView
from conflict_lint.rule import Finding, Fix

ROUNDS = 10
LINE_END = re.compile(r"\r\n|\r|\n")

Offers = list[tuple[Finding, Fix]]


class Program:
    """One file of a project, whose text is tried in many versions."""

    def __init__(self, root: str, path: str) -> None:
        self.view, self.path = ProjectView(root), path
        self.findings = lru_cache(maxsize=64)(self._findings)
        self.offers = lru_cache(maxsize=64)(self._offers)

    def _findings(self, text: str) -> tuple[Finding, ...]:
        return engine.check(Source(text, self.path), self.view, Settings()).findings

    def _offers(self, text: str) -> Offers:
        """The findings of a text that have a fix, each with its first one."""
        source = Source(text, self.path)
        found = self.findings(text)
        return [(finding, offered[0]) for finding in found if (offered := fixes.fixes_for(source, finding))]

    def in_bulk(self, text: str) -> list[Fix]:
        """The fixes that may be applied without anybody looking: suggestions have holes."""
        return [fix for _, fix in self.offers(text) if fix.applicability != "suggestion"]

    def identities(self, text: str) -> Counter[tuple[str, str, str]]:
        """The findings of a text, known by what does not depend on lines."""
        found = self.findings(text)
        return Counter((f.code, f.function, re.sub(r" on line \d+", "", f.message)) for f in found)

    def repaired(self, text: str) -> str:
        """A text with the fixes of its findings, and of what these leave, until there are none."""
        for _ in range(ROUNDS):
            offered = self.in_bulk(text)
            if not offered:
                return text
            text = fixes.apply(text, offered)
        raise AssertionError(f"no end after {ROUNDS} rounds:\n{text}")

    def hold(self, text: str) -> str:
        """Assert the laws for every fix of a text alone and for all together; returns the text with all."""
        for finding, fix in self.offers(text):
            self.hold_alone(text, finding, fix)
        return self.hold_together(text)

    def hold_alone(self, text: str, finding: Finding, fix: Fix) -> None:
        """Assert the laws for one fix."""
        before, after = self.identities(text), fixes.apply(text, [fix])
        told = f"{fix.title}:\n{after}"
        assert sorted(fix.edits, key=lambda edit: edit.span) == list(fix.edits), told
        assert all(a.span.end <= b.span.start for a, b in zip(fix.edits, fix.edits[1:], strict=False)), told
        assert compiles(after), told
        assert self.identities(after).total() < before.total(), told
        assert not self.identities(after) - before, told
        assert set(LINE_END.findall(after)) <= set(LINE_END.findall(text)), told
        lines = Counter(line.strip() for line in LINE_END.split(text))
        touched = sum(1 + text.count("\n", edit.span.start, edit.span.end) for edit in fix.edits)
        assert (lines - Counter(line.strip() for line in LINE_END.split(after))).total() <= touched, told
        if fix.applicability == "suggestion":
            assert not Counter(comments(text)) - Counter(comments(after)), told
            assert "..." in after, "a suggestion has a hole"
        elif finding.code != "CL901":
            assert comments(after) == comments(text), told
        if fix.applicability == "safe":
            assert shape(after) == shape(text), told

    def hold_together(self, text: str) -> str:
        """Assert the laws for all fixes of a text; returns it with all."""
        whole = self.repaired(text)
        assert compiles(whole)
        assert not self.identities(whole) - self.identities(text), whole
        assert not self.in_bulk(whole), whole
        assert all(count == 1 or imports(text)[name] == count for name, count in imports(whole).items()), whole
        assert loaded(whole) - loaded(text) <= bound(whole), whole
        return whole


def compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(text, "program.py", "exec")
    return True


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return [token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT]


def loaded(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def bound(text: str) -> set[str]:
    """Every name that a text binds somewhere."""
    out = set(dir(builtins))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            out |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return out


def imports(text: str) -> Counter[str]:
    """The plain imports of a module's own level, one name each."""
    return Counter(
        ast.unparse(type(node)(**{**vars(node), "names": [alias]}))
        for node in ast.parse(text).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )


def shape(text: str) -> str:
    """What a text does, but for the spelling of strings and attributes."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        elif isinstance(node, ast.Attribute):
            node.attr = ""
    return ast.dump(tree)
