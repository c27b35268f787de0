"""The sheets of an xlsx 工作表, read with the fast reader inside the child process."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import fastexcel
import polars as pl

from ingest.formats import _cells, _listed, _package
from ingest.grid import MAX_COLUMNS, MAX_SHEETS, Grid, grid, letter
from ingest.rows import Problem, problem

MAX_CELLS = 24_000_000


def workbook(raw: bytes) -> tuple[list[Grid], list[Problem]]:
    """Read every visible sheet as text, with the kinds of its cells."""
    archive = zipfile.ZipFile(io.BytesIO(raw))
    if _package.declared(archive):
        return [], [problem("doctype")]
    sheets = _package.parts(archive)
    hidden = [sheet.name for sheet in sheets if not sheet.visible]
    problems = [problem("hidden_sheet", value="、".join(hidden))] if hidden else []
    reader = fastexcel.read_excel(raw)
    grids = []
    for sheet in [sheet for sheet in sheets if sheet.visible][:MAX_SHEETS]:
        made = _sheet(archive, reader, sheet)
        if isinstance(made, Problem):
            return [], [made]
        if made:
            grids.append(made)
    return grids, problems


def _sheet(
    archive: zipfile.ZipFile, reader: fastexcel.ExcelReader, sheet: _package.Part
) -> Grid | Problem | None:
    usual = _cells.usual(_package.pieces(archive, sheet.member))
    scanned = partial(_package.pieces if usual else _rewritten, archive, sheet.member)
    size = _cells.extent(scanned())
    if trouble := too_large(size, sheet.name):
        return trouble
    cells = reader.load_sheet(sheet.name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if not cells.width or not size.cells:
        return None
    if trouble := hole(cells, sheet.name):
        return trouble
    return _placed(sheet.name, cells, scanned)


def _rewritten(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        yield from _cells.rewritten(file)


def too_large(size: _cells.Extent, name: str) -> Problem | None:
    """Say why the rectangle around the cells is too large to be read."""
    span = size.rows * size.columns
    if span > MAX_CELLS or (span > MAX_CELLS // 8 and span > 50 * size.cells):
        cell = f"{letter(size.columns - 1)}{size.rows}"
        return problem("far_cell", name, value=cell, args={"count": span, "sheet_name": name})
    if size.columns > MAX_COLUMNS:
        args = {"count": size.columns, "limit": MAX_COLUMNS}
        return problem("too_many_columns", name, args=args)
    return None


def hole(cells: pl.DataFrame, name: str) -> Problem | None:
    """Say which row holds a NUL: it ends a text in many a program, and no database keeps it."""
    holes = pl.any_horizontal(pl.all().str.contains("\0", literal=True))
    rows = cells.select(holes.alias("hole")).to_series().arg_true()
    return problem("nul", name, value=str(rows[0] + 1)) if len(rows) else None


def _placed(name: str, cells: pl.DataFrame, scanned: Callable[[], Iterator[bytes]]) -> Grid:
    made = placed(name, cells, lambda row: _cells.first_column(scanned(), row))
    documents, amounts = _listed.wanted(made)
    return replace(made, marks=_cells.marks(scanned(), documents, amounts))


def placed(name: str, cells: pl.DataFrame, first: Callable[[int], int]) -> Grid:
    """Name the columns by their letters, which the reader counts from the first used one.

    `first` tells the first column with a value in a row; one row's cells show the difference.
    """
    offset = 0
    for number, row in enumerate(cells.iter_rows(), 1):
        seen = next((index for index, cell in enumerate(row) if cell is not None), None)
        if seen is not None:
            offset = max(first(number) - seen, 0)
            break
    cells.columns = [letter(index + offset) for index in range(cells.width)]
    return grid(name, cells)
