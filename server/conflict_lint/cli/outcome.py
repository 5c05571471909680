"""What is asked about every file of a run, and what came out."""

from __future__ import annotations

from typing import NamedTuple

from conflict_lint.analysis.imports import Summary
from conflict_lint.report import FileReport


class Task(NamedTuple):
    """What is to be done with every file.

    ``cwd`` is what shown paths are relative to, ``with_fixes`` asks for the repairs in the rows, and fixes of an
    applicability in ``apply`` are carried out. ``group`` is where earlier runs left what they found out, if anywhere.
    """

    cwd: str
    with_fixes: bool = False
    apply: frozenset[str] = frozenset()
    group: str = ""


class Seen(NamedTuple):
    """The content that was checked: its digest, and what ``stat`` said of the file, or ``b""`` if that proves nothing.

    ``depends`` are the other files whose content or absence mattered, relative to the project's root, with ``/``.
    """

    digest: bytes
    stamp: bytes
    depends: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """The report of one file, and its content before and after the fixes where they change it.

    ``summaries`` are what was found out about modules on the way.
    """

    report: FileReport
    before: bytes = b""
    after: bytes = b""
    seen: Seen | None = None
    summaries: tuple[Summary, ...] = ()
