"""What the records of an old workbook say that the fast reader does not: kinds of cells 单元格类型.

The same as `ingest.formats._cells` for xlsx: number cells, errors, formulas, merges, hidden rows.
"""

import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from ingest.formats._cells import MERGES_KEPT, Extent
from ingest.grid import Cell, Marks, letter

BEGIN, FINISH, LOCKED, BOUND = 0x0809, 0x000A, 0x002F, 0x0085
NUMBER, RK, MANY_RK, FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
ERROR, SHARED, LABEL, RICH = 0x0205, 0x00FD, 0x0204, 0x00D6
ROW, MERGED = 0x0208, 0x00E5
HIDDEN_ROW = 0x20
NO_NUMBER, TEXT, TRUTH, FAILED = 0xFFFF, 0, 1, 2
"""What the result of a formula is: the mark of no number, and then its kind."""
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A sheet as the book lists it: where its records begin, and whether it is visible."""

    start: int
    visible: bool


@dataclass(slots=True)
class Scanned:
    """A sheet's cells by kind, rows counted from 1 and columns from 0."""

    firsts: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, set[int]] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    merged: list[tuple[str, int, int]] = field(default_factory=list)
    formulas: int = 0
    hidden_rows: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0

    def extent(self) -> Extent:
        """Return how far the cells reach."""
        return Extent(self.rows, self.columns, self.cells)

    def marks(self, wanted: Collection[str]) -> Marks:
        """Return what is known about the cells; number cells of the wanted columns only."""
        found = {letter(column): frozenset(rows) for column, rows in self.numbers.items()}
        return Marks(
            numbers={column: rows for column, rows in found.items() if column in wanted},
            errors=self.errors,
            formulas=self.formulas,
            hidden_rows=self.hidden_rows,
            merged=tuple(self.merged),
        )

    def cell(self, row: int, column: int) -> None:
        """Count a cell with a value."""
        self.firsts[row + 1] = min(self.firsts.get(row + 1, column), column)
        self.cells += 1
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def number(self, row: int, column: int) -> None:
        """Count a number cell."""
        self.cell(row, column)
        self.numbers.setdefault(column, set()).add(row + 1)


def records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of the book or of one sheet, without those of charts inside it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == BEGIN) - (kind == FINISH)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def bounds(book: bytes) -> tuple[Bound, ...] | None:
    """Return the sheets in the order of their tabs; None for a book with a password."""
    found = []
    for kind, data in records(book, 0):
        if kind == LOCKED:
            return None
        if kind == BOUND:
            start, state = struct.unpack_from("<IB", data)
            found.append(Bound(start, visible=not state & 3))
    return tuple(found)


def scan(book: bytes, start: int) -> Scanned:
    """Look at every record of a sheet."""
    found = Scanned()
    for kind, data in records(book, start):
        if seen := SEEN.get(kind):
            seen(found, data)
    return found


def _one(found: Scanned, data: bytes) -> None:
    found.cell(*struct.unpack_from("<HH", data))


def _number(found: Scanned, data: bytes) -> None:
    found.number(*struct.unpack_from("<HH", data))


def _many(found: Scanned, data: bytes) -> None:
    row, first = struct.unpack_from("<HH", data)
    for column in range(first, first + (len(data) - 6) // 6):
        found.number(row, column)


def _formula(found: Scanned, data: bytes) -> None:
    row, column, _, kind, _, code, _, _, mark = struct.unpack_from("<HHHBBBBHH", data)
    found.formulas += 1
    if mark != NO_NUMBER:
        found.number(row, column)
    elif kind == FAILED:
        found.errors[row + 1, letter(column)] = ERRORS.get(code, "#N/A")
    elif kind in {TEXT, TRUTH}:
        found.cell(row, column)


def _error(found: Scanned, data: bytes) -> None:
    row, column, _, code, is_error = struct.unpack_from("<HHHBB", data)
    if is_error:
        found.errors[row + 1, letter(column)] = ERRORS.get(code, "#N/A")
    else:
        found.cell(row, column)


def _row(found: Scanned, data: bytes) -> None:
    found.hidden_rows += bool(struct.unpack_from("<H", data, 12)[0] & HIDDEN_ROW)


def _merged(found: Scanned, data: bytes) -> None:
    for at in range(2, len(data) - 7, 8):
        first, last, left, right = struct.unpack_from("<HHHH", data, at)
        if last > first and len(found.merged) < MERGES_KEPT:
            columns = map(letter, range(left, min(right, 255) + 1))
            found.merged += [(column, first + 1, last + 1) for column in columns]


SEEN: dict[int, Callable[[Scanned, bytes], None]] = {
    SHARED: _one,
    LABEL: _one,
    RICH: _one,
    NUMBER: _number,
    RK: _number,
    MANY_RK: _many,
    FORMULA: _formula,
    ERROR: _error,
    ROW: _row,
    MERGED: _merged,
}
"""What to do with a record of a kind; the others say nothing about cells."""
