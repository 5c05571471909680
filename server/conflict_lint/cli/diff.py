"""Unified diffs of what the fixes change."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from conflict_lint.analysis.source import decode
from conflict_lint.cli.outcome import Outcome

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def unified(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the diff of one file, as ``patch`` reads them."""
    before, after = (_LINE.findall(decode(data)) for data in (outcome.before, outcome.after))
    for line in difflib.unified_diff(before, after, outcome.report.path, outcome.report.path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
