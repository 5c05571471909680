"""What a repair promises, stated over all orders in which two writers can meet."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conflict_lint import engine, fixes
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView
from races.interleave import Run, orders

REFUSALS = {"PreconditionFailed", "ConditionalRequestConflict", "ConditionalCheckFailedException"}


@dataclass(frozen=True)
class Race:
    """A program and what two writers do with it at the same time.

    ``writers`` are expressions evaluated in the program's namespace, by the writer's letter. ``reset`` makes the first
    state; ``kept`` says whose updates are in the state that is left.
    """

    program: str
    writers: Mapping[str, str]
    reset: Callable[[], object]
    kept: Callable[[], set[str]]
    names: Mapping[str, Any]

    @property
    def bad(self) -> str:
        return textwrap.dedent(self.program).lstrip("\n")

    @property
    def fixed(self) -> str:
        return repaired(self.bad)

    def runs(self, text: str) -> list[tuple[Run, set[str]]]:
        """Every order of the program ``text``, with the writers whose updates were kept."""
        names = dict(self.names)
        exec(compile(text, "<program>", "exec"), names)
        writers = {name: eval(f"lambda: {call}", names) for name, call in self.writers.items()}
        return [(run, self.kept()) for run in orders(writers, self.reset)]


def repaired(text: str) -> str:
    """``text`` with every repair that is offered for it."""
    for _ in range(10):
        source = Source(text, "program.py")
        findings = engine.check(source, ProjectView("."), Settings()).findings
        offered = [fix for finding in findings for fix in fixes.fixes_for(source, finding)[:1]]
        if not offered:
            return text
        text = fixes.apply(text, offered)
    raise AssertionError("the repairs do not come to an end")


def judge(race: Race) -> None:
    """The program loses updates and nobody is told; repaired, it loses none, and works where nobody interferes."""
    bad = race.runs(race.bad)
    assert len(bad) > len(race.writers), "the writers never meet"
    assert all(not any(run.codes.values()) for run, _ in bad), "the bad program fails"
    assert all(kept == set(race.writers) for run, kept in bad if run.serial), "the bad program does not work alone"
    assert any(kept != set(race.writers) for run, kept in bad), "the bad program loses nothing"
    text = race.fixed
    assert text != race.bad, "no repair is offered"
    for run, kept in race.runs(text):
        told = f"order {run.order}, errors {dict(run.codes)}, kept {sorted(kept)}, of\n{text}"
        assert set(run.codes.values()) <= {"", *REFUSALS}, told
        assert kept == run.succeeded, told
        assert run.succeeded, told
        if run.serial:
            assert kept == set(race.writers), told
