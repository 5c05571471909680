"""The operations of a service as one text: most of them are never looked at, and a text is quickly read and small.

Each row is a line of fields: the API name, the client's method, members, outputs, errors and flags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Row = tuple[str, str, str, str, str, str]


def packed(operations: Mapping[str, Sequence[str]]) -> str:
    """The text of a table of operations: what follows the API name, by that name."""
    rows = (f"\n{api}\v{method}\t" + "\t".join(rest) for api, (method, *rest) in operations.items())
    return "".join(rows) + "\n"


class Operations:
    """The rows of a table."""

    def __init__(self, text: str) -> None:
        self._text = text

    def row(self, name: str) -> Row | None:
        """The row of an operation, by its API name or by the client's method."""
        start = self._text.find(f"\n{name}\v")
        if start < 0:
            at = self._text.find(f"\v{name}\t")
            start = self._text.rfind("\n", 0, at) if at >= 0 else -1
        return self._row(start + 1) if start >= 0 else None

    def rows(self) -> Iterator[Row]:
        """Every row."""
        start = 1
        while start < len(self._text):
            yield self._row(start)
            start = self._text.index("\n", start) + 1

    def _row(self, start: int) -> Row:
        api, _, rest = self._text[start : self._text.index("\n", start)].partition("\v")
        method, inputs, outputs, errors, flags = rest.split("\t")
        return api, method, inputs, outputs, errors, flags
