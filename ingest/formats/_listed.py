"""Cells gathered one by one 逐格收集 made a sheet, within the limits, with their number cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from ingest import headings
from ingest.fields import FIELDS
from ingest.formats._cells import LONG
from ingest.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, Marks, letter
from ingest.rows import Problem, problem

MAX_CELLS = 8_000_000
DOCUMENTS, AMOUNTS = frozenset({"document"}), frozenset({"decimal"})
"""Types of fields for which it matters that a cell is a number."""


class Number(str):
    """The text of a cell that was a number."""

    __slots__ = ()


@dataclass(slots=True)
class Sheet:
    """A sheet while its cells are gathered: row number -> column, counted from 0 -> text."""

    name: str = ""
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    unsolved: set[Cell] = field(default_factory=set)
    formulas: int = 0
    hidden_rows: int = 0
    merged: list[tuple[str, int, int]] = field(default_factory=list)


def made(sheet: Sheet) -> Grid | Problem:
    """Make the grid of a sheet, or say why it is too large."""
    rows = {number: cells for number, cells in sorted(sheet.rows.items()) if any(cells.values())}
    width = max((column + 1 for cells in rows.values() for column in cells), default=0)
    if trouble := _too_large(sheet.name, rows, width):
        return trouble
    cells = pl.DataFrame(
        {
            letter(column): pl.Series(
                [str(row[column]) if row.get(column) else None for row in rows.values()],
                dtype=pl.String,
            )
            for column in range(width)
        }
    )
    one = Grid(sheet.name, pl.Series("row", list(rows), dtype=pl.UInt32), cells)
    marks = Marks(
        numbers=_numbers(one, rows),
        errors=sheet.errors,
        unsolved=frozenset(sheet.unsolved),
        formulas=sheet.formulas,
        hidden_rows=sheet.hidden_rows,
        merged=tuple(sheet.merged),
    )
    return Grid(one.sheet, one.rows, one.cells, marks)


def _too_large(name: str, rows: Mapping[int, object], width: int) -> Problem | None:
    if width > MAX_COLUMNS:
        args = {"count": width, "limit": MAX_COLUMNS}
        return problem("too_many_columns", name, args=args)
    last = max(rows, default=0)
    if last > MAX_ROWS or len(rows) * width > MAX_CELLS:
        args = {"count": last, "limit": min(MAX_ROWS, MAX_CELLS // max(width, 1))}
        return problem("too_many_rows", name, args=args)
    return None


def wanted(grid: Grid) -> tuple[list[str], list[str]]:
    """Return the columns of document numbers and those of amounts, once headings are known."""
    found = headings.find(grid)
    types = {column: FIELDS[name].type for column, name in found.mapping.items()} if found else {}
    documents = [column for column, type_ in types.items() if type_ in DOCUMENTS]
    return documents, [column for column, type_ in types.items() if type_ in AMOUNTS]


def _numbers(grid: Grid, rows: Mapping[int, Mapping[int, str]]) -> dict[str, frozenset[int]]:
    """Return the rows of number cells where they matter: see `ingest.formats._cells.marks`."""
    documents, amounts = wanted(grid)
    least = dict.fromkeys(documents, 1) | dict.fromkeys(amounts, LONG)
    found = {}
    for column, name in enumerate(grid.cells.columns):
        if name in least:
            found[name] = frozenset(
                number
                for number, cells in rows.items()
                if isinstance(cell := cells.get(column), Number) and len(cell) >= least[name]
            )
    return {name: numbers for name, numbers in found.items() if numbers}
