"""How loud a finding is: by itself, because settings and reports need no more of the vocabulary of rules."""

from __future__ import annotations

import enum


class Severity(enum.IntEnum):
    """How loud a finding is; the order is that of ``--fail-on``."""

    HINT = 1
    INFORMATION = 2
    WARNING = 3
    ERROR = 4

    def __str__(self) -> str:
        return self.name.lower()
