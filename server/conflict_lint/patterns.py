"""gitignore-style patterns anchored at a directory, matched at C speed where nothing applies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable


class Patterns:
    """The patterns of one list, relative to ``base`` (an absolute directory). Paths asked about are absolute too."""

    __slots__ = ("_any", "_prefix", "_spec")

    def __init__(self, base: str, lines: Iterable[str]) -> None:
        """Compile ``lines``; raises ValueError for a pattern that gitignore's grammar does not allow."""
        import pathspec

        self._prefix = base if base.endswith(os.sep) else base + os.sep
        self._spec = pathspec.GitIgnoreSpec.from_lines(lines)
        sources = [pattern.regex.pattern for pattern in self._spec.patterns if pattern.regex is not None]
        # pathspec asks every pattern in turn, in Python; nearly always none applies, and one alternation says so.
        self._any = (
            re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", source) for source in sources)) if sources else None
        )

    def verdict(self, path: str, is_directory: bool = False) -> bool | None:
        """Tell whether ``path`` matches: True, False when ``!pattern`` takes it back, None when none applies."""
        if self._any is None or not path.startswith(self._prefix):
            return None
        relative = path[len(self._prefix) :].replace(os.sep, "/") + ("/" if is_directory else "")
        if not self._any.match(relative):
            return None
        return self._spec.check_file(relative).include
