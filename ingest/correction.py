"""Cells put right 更正: what a person says that a cell says, before anything is judged.

The bytes stay; only what is made of them changes. A correction is judged like any other cell.
"""

from dataclasses import replace

import polars as pl

from ingest import clean
from ingest.answers import Said
from ingest.grid import Grid, Marks
from ingest.headings import Heading


def corrected(grid: Grid, heading: Heading, said: Said) -> Grid:
    """Put the answered cells below the headings in their place; a corrected cell has no marks."""
    held = set(grid.rows.filter(grid.rows > heading.last)) if said.cells else set()
    cells = {
        (row, letter): value
        for (row, letter), value in said.cells.items()
        if row in held and letter in grid.cells
    }
    if not cells:
        return grid
    by_letter: dict[str, dict[int, str | None]] = {}
    for (row, letter), value in cells.items():
        by_letter.setdefault(letter, {})[row] = value or None
    changed = [_column(grid, letter, values) for letter, values in by_letter.items()]
    return replace(
        grid, cells=grid.cells.with_columns(changed), marks=_unmarked(grid.marks, set(cells))
    )


def _column(grid: Grid, letter: str, values: dict[int, str | None]) -> pl.Series:
    at = grid.rows.is_in(pl.Series(list(values), dtype=pl.UInt32).implode()).arg_true()
    new = pl.Series([values[row] for row in grid.rows.gather(at)], dtype=pl.String)
    return grid.cells[letter].clone().scatter(at, new)


def _unmarked(marks: Marks, cells: set[tuple[int, str]]) -> Marks:
    numbers = {
        letter: frozenset(row for row in rows if (row, letter) not in cells)
        for letter, rows in marks.numbers.items()
    }
    errors = {cell: text for cell, text in marks.errors.items() if cell not in cells}
    return replace(marks, numbers=numbers, errors=errors, unsolved=marks.unsolved - cells)


def filled(cells: pl.Series, settled: pl.Series, value: str) -> pl.Series:
    """Let every blank cell say the value; one whose fault is already known is not blank."""
    odd = cells.filter(cells.str.contains(clean.ODD).fill_null(value=False)).unique()
    blanks = [text for text in odd.to_list() if not clean.tidy(text)]
    blank = cells.is_null() | cells.is_in(pl.Series(blanks, dtype=pl.String).implode())
    return cells.set(blank.fill_null(value=True) & ~settled, value)
