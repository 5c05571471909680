"""``json-lines``: one finding of the ``json`` format a line, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conflict_lint.report import Report


def render(report: Report) -> Iterator[str]:
    """Yield a line for each finding."""
    for row in report.rows:
        yield json.dumps(row) + "\n"
