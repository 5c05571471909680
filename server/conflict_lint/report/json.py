"""``json``: one document, the contract that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conflict_lint.report import SCHEMA, Report


def render(report: Report) -> Iterator[str]:
    """Yield the document, one finding a line so that it can be compared by eye and by diff."""
    rows = ",\n".join(json.dumps(row) for row in report.rows)
    yield f'{{"schema": "{SCHEMA}", "findings": [\n{rows}\n], "summary": {json.dumps(report.summary)}}}\n'
