"""A notebook is one module over its code cells, in their order; places are mapped back to the cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from conflict_lint.analysis.source import Encoding, Source
from conflict_lint.lsp.answers import Change, Position, Range
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Place
from conflict_lint.rule import Finding, Span

CELL_MAGIC = re.compile(r"\s*%%")
MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?P<magic>[%!?][^\r\n]*|[\w.]+\?{1,2}(?=[ \t]*$))", re.MULTILINE)
ASSIGNED = re.compile(r"^(?P<target>[ \t]*[\w., \t]+=[ \t]*)(?P<magic>[%!][^\r\n]*)", re.MULTILINE)
ON_LINE = re.compile(r"on line (\d+)\b(?! of )")
ANY_LINE = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell, as the client has it."""

    uri: str
    version: int
    text: str

    def changed(self, version: int, changes: Sequence[Change], encoding: Encoding) -> Cell:
        """The cell after one notification's changes, in order."""
        text = self.text
        for change in changes:
            if change.range is None:
                text = change.text
                continue
            source = Source(text)
            start, end = (source.offset(line, source.from_units(line, units, encoding)) for line, units in change.range)
            text = text[:start] + change.text + text[max(start, end) :]
        return replace(self, version=version, text=text)

    @property
    def code(self) -> str:
        """The cell as Python, every character in its place, with a line end after it."""
        return blanked(self.text) + "\n"


def blanked(text: str) -> str:
    """A cell's text with IPython's commands replaced by something as long that is Python."""
    if CELL_MAGIC.match(text):
        return ANY_LINE.sub(lambda line: "#" * len(line[0]), text)
    if "%" not in text and "!" not in text and "?" not in text:
        return text
    text = MAGIC.sub(lambda found: found["indent"] + stood_in(found["magic"]), text)
    return ASSIGNED.sub(lambda found: found["target"] + "0" + "#" * (len(found["magic"]) - 1), text)


def stood_in(magic: str) -> str:
    """A statement that does nothing, or a comment where there is no room for one."""
    return "pass" + "#" * (len(magic) - 4) if len(magic) >= 4 else "#" * len(magic)


class Notebook(Document):
    """One open notebook."""

    def __init__(self, uri: str, version: int, cells: Iterable[Cell], place: Place, encoding: Encoding) -> None:
        self.cells = list(cells)
        super().__init__(uri, version, "".join(cell.code for cell in self.cells), place, encoding)

    def change_cells(
        self,
        version: int,
        splice: tuple[int, int],
        new: Sequence[Cell],
        texts: Iterable[tuple[str, int, Sequence[Change]]],
    ) -> None:
        """Apply one notification: ``new`` cells in place of others (from where on, how many), then changed texts."""
        self.version = version
        self.cells[splice[0] : sum(splice)] = new
        for uri, cell_version, changes in texts:
            self.cells = [
                cell.changed(cell_version, changes, self.encoding) if cell.uri == uri else cell for cell in self.cells
            ]
        self._become("".join(cell.code for cell in self.cells))

    def _become(self, text: str) -> None:
        """Replace what differs."""
        old = self.source.text
        most = min(len(old), len(text))
        head = next((i for i in range(most) if old[i] != text[i]), most)
        tail = next((i for i in range(most - head) if old[-1 - i] != text[-1 - i]), most - head)
        self.replace(head, len(old) - tail, text[head : len(text) - tail])

    @property
    def _first_lines(self) -> list[int]:
        return [0, *accumulate(len(Source(cell.code).starts) - 1 for cell in self.cells)]

    divided = True

    def uri_of(self, finding: Finding) -> str:
        """The cell in which a finding begins."""
        return self.located(finding.span)[0]

    def located(self, span: Span) -> tuple[str, int, Range]:
        """A span in the cell in which it begins; what goes on in the next one is cut off."""
        start, end = self.range(span)
        index, firsts = self._cell_at(start[0]), self._first_lines
        cell, first, after = self.cells[index], firsts[index], firsts[index + 1]
        if end[0] >= after:
            line = after - 1
            end = (line, self.source.units(line, len(self.source.line_text(line)), self.encoding))
        return cell.uri, cell.version, Range(shifted(start, -first), shifted(end, -first))

    def _cell_at(self, line: int) -> int:
        return min(bisect_right(self._first_lines, line) - 1, len(self.cells) - 1)

    def message(self, finding: Finding) -> str:
        """A finding's message, with the lines counted in their cells."""
        own = self._cell_at(self.source.position(finding.span.start)[0])

        def counted(found: re.Match[str]) -> str:
            line = int(found[1]) - 1
            cell = self._cell_at(line)
            place = f"on line {line - self._first_lines[cell] + 1}"
            return place if cell == own else f"{place} of code cell {cell + 1}"

        return ON_LINE.sub(counted, finding.message)

    def first_line(self, uri: str) -> int:
        """The line of the whole text with which a cell begins."""
        index = next((index for index, cell in enumerate(self.cells) if cell.uri == uri), 0)
        return self._first_lines[index]

    def parts(self) -> tuple[tuple[str, int], ...]:
        """The cells and their versions."""
        return tuple((cell.uri, cell.version) for cell in self.cells)


def shifted(position: Position, lines: int) -> Position:
    """A position some lines further down."""
    return position[0] + lines, position[1]
