"""Old workbooks 旧格式工作簿 (.xls, .et of WPS): opened in a process of their own, under limits.

Hidden sheets are never taken. Compound files also hold documents of other programs, and workbooks
with a password; both are told from the names of their streams.
"""

from dataclasses import replace

import fastexcel

from ingest.formats import _listed, _records, _sheets
from ingest.formats._compound import Compound
from ingest.grid import MAX_SHEETS, Grid, Source
from ingest.rows import Problem, problem

KINDS = ("ole",)
NAME, APART = "xls", 0
LOCKED = frozenset({"EncryptedPackage", "EncryptionInfo"})
BOOKS = ("Workbook", "WORKBOOK", "Book", "BOOK")


def read(raw: bytes) -> Source:
    """Read an old workbook."""
    found = _grids(raw)
    if isinstance(found, Problem):
        return Source(NAME, None, (), (found,))
    grids, hidden = found
    problems = (problem("hidden_sheet", value="、".join(hidden)),) if hidden else ()
    return Source(NAME, None, tuple(grids), problems)


def _grids(raw: bytes) -> tuple[list[Grid], list[str]] | Problem:
    """Return the visible sheets and the names of the hidden ones, or why there are none."""
    file = Compound(raw)
    if not LOCKED.isdisjoint(file.entries):
        return problem("encrypted")
    name = next((name for name in BOOKS if name in file.entries), None)
    if name is None:
        return problem("old_workbook")
    book = file.stream(name)
    bounds = _records.bounds(book)
    if bounds is None:
        return problem("encrypted")
    reader = fastexcel.read_excel(raw)
    sheets = list(zip(reader.sheet_names, bounds, strict=True))
    grids: list[Grid] = []
    for sheet, bound in [one for one in sheets if one[1].visible][:MAX_SHEETS]:
        made = _sheet(reader, sheet, _records.scan(book, bound.start))
        if isinstance(made, Problem):
            return made
        if made:
            grids.append(made)
    return grids, [sheet for sheet, bound in sheets if not bound.visible]


def _sheet(
    reader: fastexcel.ExcelReader, name: str, found: _records.Scanned
) -> Grid | Problem | None:
    if trouble := _sheets.too_large(found.extent(), name):
        return trouble
    cells = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if not cells.width or not found.cells:
        return None
    if trouble := _sheets.hole(cells, name):
        return trouble
    made = _sheets.placed(name, cells, lambda row: found.firsts.get(row, 0))
    documents, amounts = _listed.wanted(made)
    return replace(made, marks=found.marks({*documents, *amounts}))
