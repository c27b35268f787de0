"""Cells gathered row by row 逐行收集 made a sheet, within the limits, with their number cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from ingest import headings
from ingest.fields import SHEETS
from ingest.formats._cells import LONG
from ingest.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Marks, letter
from ingest.rows import Problem, problem

MAX_CELLS = 8_000_000
DOCUMENTS, AMOUNTS = frozenset({"document"}), frozenset({"decimal"})
"""Types of fields for which it matters that a cell is a number."""
REMEMBERED = 100_000
"""Texts kept only once; in a manifest most cells say what others said before."""


class Number(str):
    """The text of a cell that was a number."""

    __slots__ = ()


Texts = tuple[str | None, ...]


@dataclass(slots=True)
class Sheet:
    """A sheet while it is gathered: row number -> its cells, as far as the last one that is filled.

    Rows may come in any order. Once there are too many cells none is kept, only counted.
    """

    name: str = ""
    rows: dict[int, Texts] = field(default_factory=dict)
    height: int = 0
    width: int = 0
    last: int = 0
    errors: dict[Cell, str] = field(default_factory=dict)
    unsolved: set[Cell] = field(default_factory=set)
    formulas: int = 0
    hidden_rows: int = 0
    merged: list[tuple[str, int, int]] = field(default_factory=list)
    widths: dict[int, int] = field(default_factory=dict)
    texts: dict[type[str], dict[str, str]] = field(default_factory=lambda: {str: {}, Number: {}})

    @property
    def too_large(self) -> bool:
        """Whether this is more than a sheet may be."""
        return (
            self.width > MAX_COLUMNS or self.last > MAX_ROWS or self.height * self.width > MAX_CELLS
        )

    def put(self, number: int, cells: Mapping[int, str]) -> None:
        """Take the cells of a row by column, counted from 0; blank ones are left out."""
        filled = {column: self._once(text) for column, text in cells.items() if text}
        if not filled:
            return
        self.height += number not in self.rows
        self.width = max(self.width, max(filled) + 1)
        self.last = max(self.last, number)
        if self.too_large:
            self.rows.clear()
            return
        before = {at: text for at, text in enumerate(self.rows.get(number, ())) if text}
        row = before | filled
        self.rows[number] = tuple(map(row.get, range(max(row) + 1)))

    def _once(self, text: str) -> str:
        kept = self.texts[type(text)]
        return kept.setdefault(text, text) if len(kept) < REMEMBERED else kept.get(text, text)

    def column(self, at: int) -> Iterator[str | None]:
        """Return the cells of a column, counted from 0, in the order of the rows."""
        return (row[at] if at < len(row) else None for row in self.rows.values())


def made(sheet: Sheet) -> Grid | Problem:
    """Make the grid of a sheet, or say why it is too large."""
    if sheet.too_large:
        return _too_large(sheet)
    sheet.rows = dict(sorted(sheet.rows.items()))
    cells = pl.DataFrame(
        {
            letter(at): pl.Series(
                [None if text is None else str(text) for text in sheet.column(at)],
                dtype=pl.String,
            )
            for at in range(sheet.width)
        }
    )
    one = Grid(sheet.name, pl.Series("row", list(sheet.rows), dtype=pl.UInt32), cells)
    marks = Marks(
        numbers=_numbers(one, sheet),
        errors=sheet.errors,
        unsolved=frozenset(sheet.unsolved),
        formulas=sheet.formulas,
        hidden_rows=sheet.hidden_rows,
        merged=tuple(sheet.merged),
        widths=_odd_widths(one, sheet.widths),
    )
    return Grid(one.sheet, one.rows, one.cells, marks)


def _too_large(sheet: Sheet) -> Problem:
    if sheet.width > MAX_COLUMNS:
        args = {"count": sheet.width, "limit": MAX_COLUMNS}
        return problem("too_many_columns", sheet.name, args=args)
    args = {"count": sheet.last, "limit": min(MAX_ROWS, MAX_CELLS // max(sheet.width, 1))}
    return problem("too_many_rows", sheet.name, args=args)


def wanted(grid: Grid) -> tuple[list[str], list[str]]:
    """Return the columns of document numbers and those of amounts, once headings are known."""
    kind = headings.kind_of(grid)
    found, fields = headings.find(grid, kind=kind), SHEETS[kind]
    types = {column: fields[name].type for column, name in found.mapping.items()} if found else {}
    documents = [column for column, type_ in types.items() if type_ in DOCUMENTS]
    return documents, [column for column, type_ in types.items() if type_ in AMOUNTS]


def _numbers(grid: Grid, sheet: Sheet) -> dict[str, frozenset[int]]:
    """Return the rows of number cells where they matter: see `ingest.formats._cells.marks`."""
    documents, amounts = wanted(grid)
    least = dict.fromkeys(documents, 1) | dict.fromkeys(amounts, LONG)
    found = {}
    for at, name in enumerate(grid.cells.columns):
        if name in least:
            found[name] = frozenset(
                number
                for number, cell in zip(sheet.rows, sheet.column(at), strict=True)
                if isinstance(cell, Number) and len(cell) >= least[name]
            )
    return {name: numbers for name, numbers in found.items() if numbers}


def _odd_widths(grid: Grid, widths: Mapping[int, int]) -> dict[int, int]:
    """Return the rows below the headings that have more or fewer cells, where they are counted."""
    start = headings.start(grid, headings.kind_of(grid)) if widths else None
    if start is None:
        return {}
    return {row: width for row, width in widths.items() if row > start and width != widths[start]}
