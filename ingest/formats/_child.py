"""The process that opens one workbook 读取工作簿的子进程 and may die of it without harm.

It limits its own memory and time before it looks at the bytes, reads them from standard input, and
writes the sheets to standard output: the length of a JSON head, the head, then Arrow data.
"""

import io
import json
import resource
import struct
import sys
import zipfile
from typing import BinaryIO

import fastexcel
import polars as pl

from ingest import headings
from ingest.fields import FIELDS
from ingest.formats import _cells, _package
from ingest.grid import MAX_COLUMNS, Grid, grid, letter
from ingest.rows import Problem, problem

MEMORY = 3 * 2**30
"""Address space in bytes. Far above what is resident: allocators and threads reserve generously."""
SECONDS = 90
MAX_SHEETS = 12
MAX_CELLS = 24_000_000
DOCUMENTS, AMOUNTS = frozenset({"document"}), frozenset({"decimal"})
"""Types of fields for which it matters that a cell is a number."""
Head = dict[str, object]


def main() -> None:
    """Read standard input, write standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write(*workbook(sys.stdin.buffer.read()), sys.stdout.buffer)


def write(grids: list[Grid], problems: list[Problem], out: BinaryIO) -> None:
    """Write what was read, for `ingest.formats.workbook` to take up."""
    head = json.dumps([[_head(one) for one in grids], [_problem(one) for one in problems]])
    out.write(struct.pack(">I", len(head)) + head.encode("ascii"))
    for one in grids:
        data = io.BytesIO()
        frame = one.cells.with_columns(one.rows.alias("row"))
        frame.write_ipc(data, compression="uncompressed")
        out.write(struct.pack(">Q", data.tell()))
        out.write(data.getbuffer())


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
    size = _cells.extent(_scanned(archive, sheet))
    if trouble := _too_large(size, sheet.name):
        return trouble
    cells = reader.load_sheet(sheet.name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if not cells.width or not size.cells:
        return None
    return _placed(sheet.name, cells, _scanned(archive, sheet))


def _scanned(archive: zipfile.ZipFile, sheet: _package.Part) -> bytes:
    """Unpack a sheet for a scan; twice, so that it is not held while the cells are read."""
    xml = _package.member(archive, sheet.member)
    return xml if _cells.usual(xml) else _cells.rewritten(xml)


def _too_large(size: _cells.Extent, name: str) -> Problem | None:
    span = size.rows * size.columns
    if span > MAX_CELLS or (span > MAX_CELLS // 8 and span > 50 * size.cells):
        cell = f"{letter(size.columns - 1)}{size.rows}"
        return problem("far_cell", name, value=cell, args={"count": span, "sheet_name": name})
    if size.columns > MAX_COLUMNS:
        args = {"count": size.columns, "limit": MAX_COLUMNS}
        return problem("too_many_columns", name, args=args)
    return None


def _placed(name: str, cells: pl.DataFrame, xml: bytes) -> Grid:
    """Name the columns by their letters, which the reader counts from the first used one."""
    offset = _offset(cells, xml)
    cells.columns = [letter(index + offset) for index in range(cells.width)]
    made = grid(name, cells)
    found = headings.find(made)
    types = {column: FIELDS[field].type for column, field in found.mapping.items()} if found else {}
    documents, amounts = (
        [column for column, type_ in types.items() if type_ in wanted]
        for wanted in (DOCUMENTS, AMOUNTS)
    )
    return Grid(name, made.rows, made.cells, _cells.marks(xml, documents, amounts))


def _offset(cells: pl.DataFrame, xml: bytes) -> int:
    """Return the number of blank columns left of the reader's first: compare one row's cells."""
    for number, row in enumerate(cells.iter_rows(), 1):
        first = next((index for index, cell in enumerate(row) if cell is not None), None)
        if first is not None:
            return max(_cells.first_column(xml, number) - first, 0)
    return 0


def _head(one: Grid) -> Head:
    marks = one.marks
    return {
        "sheet": one.sheet,
        "numbers": {column: sorted(rows) for column, rows in marks.numbers.items()},
        "errors": [[row, column, text] for (row, column), text in marks.errors.items()],
        "unsolved": sorted(marks.unsolved),
        "formulas": marks.formulas,
        "hidden_rows": marks.hidden_rows,
        "merged": marks.merged,
    }


def _problem(one: Problem) -> Head:
    return {"code": one.code, "sheet": one.sheet, "value": one.value, "args": dict(one.args)}


if __name__ == "__main__":
    main()
