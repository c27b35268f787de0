"""A sheet 工作表 as read: every cell text, with what is known about its kind.

Formats make grids, everything after them reads grids, so that no check knows what a file was.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from ingest.rows import Problem

MAX_COLUMNS = 256
MAX_ROWS = 1_100_000
MAX_SHEETS = 12
HEADER_WITHIN = 40
"""The heading row must be among this many first rows."""

ROW = "row"
"""The column of a part that holds the numbers of its rows."""

Cell = tuple[int, str]
"""Row number as the person sees it, and column letter."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known about cells beyond their text.

    `numbers`: rows of number cells by column letter (of the columns where it matters).
    `errors`: cells that are errors, with the error. `unsolved`: formulas without a stored result.
    `formulas` and `hidden_rows` count; `merged` are ranges (column, first row, last row) of data
    merged downwards; `widths`: rows whose number of cells differs from the heading's.
    """

    numbers: Mapping[str, frozenset[int]] = field(default_factory=dict)
    errors: Mapping[Cell, str] = field(default_factory=dict)
    unsolved: frozenset[Cell] = frozenset()
    formulas: int = 0
    hidden_rows: int = 0
    merged: tuple[tuple[str, int, int], ...] = ()
    widths: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """The non-blank rows of a sheet: `rows` are their numbers, `cells` one column a letter."""

    sheet: str
    rows: pl.Series
    cells: pl.DataFrame
    marks: Marks = field(default_factory=Marks)

    def texts(self) -> set[str]:
        """Return every text that stands in a cell."""
        return {text for column in self.cells for text in column.unique() if text}


@dataclass(frozen=True, slots=True)
class Source:
    """What a format made of a file: its sheets, or the problems that kept it from being read."""

    kind: str
    encoding: str | None = None
    grids: tuple[Grid, ...] = ()
    problems: tuple[Problem, ...] = ()


Parts = Generator[pl.DataFrame, None, Source]
"""A long sheet as it is read: some rows after the other, each part with its column `ROW`; then the
source, whose one grid still lacks them. So nobody need hold what can be handed on."""


def joined(parts: Iterable[pl.DataFrame]) -> tuple[pl.Series, pl.DataFrame]:
    """Join the parts of a sheet to row numbers and cells; parts may be narrower than others."""
    frames = [pl.DataFrame(schema={ROW: pl.UInt32}), *parts]
    whole = pl.concat(frames, how="diagonal", rechunk=True)
    return whole[ROW], whole.drop(ROW)


def drained(parts: Parts, take: Callable[[pl.DataFrame], object]) -> Source:
    """Hand every part on as it comes; return the source."""
    while True:
        try:
            take(next(parts))
        except StopIteration as end:
            source: Source = end.value
            return source


def whole(parts: Parts) -> Source:
    """Take all parts of a sheet, here and now."""
    frames: list[pl.DataFrame] = []
    source = drained(parts, frames.append)
    rows, cells = joined(frames)
    return replace(
        source, grids=tuple(replace(one, rows=rows, cells=cells) for one in source.grids)
    )


def letter(index: int) -> str:
    """Return Excel's name of a column, counted from 0: A, B ... Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def index_of(name: str) -> int:
    """Return the number of a column, counted from 0; the inverse of `letter`."""
    number = 0
    for character in name:
        number = number * 26 + ord(character) - 64
    return number - 1


def grid(sheet: str, cells: pl.DataFrame, first_row: int = 1, marks: Marks | None = None) -> Grid:
    """Make a grid of all rows of a sheet: blank cells become null, blank rows are left out."""
    text = cells.select(pl.all().cast(pl.String).replace("", None))
    rows = pl.Series("row", range(first_row, first_row + text.height), dtype=pl.UInt32)
    kept = text.select(pl.any_horizontal(pl.all().is_not_null()).alias("kept")).to_series()
    if kept.all():
        return Grid(sheet, rows, text, marks or Marks())
    return Grid(sheet, rows.filter(kept), text.filter(kept), marks or Marks())
