"""Workbooks 工作簿 (xlsx, xlsm): opened in a process of their own, under limits of memory and time.

Macros are never looked at. Hidden sheets are never read.
"""

from ingest.formats import _package, _sheets
from ingest.grid import Source

KINDS = ("zip",)
NAME, APART = "xlsx", 0


def read(raw: bytes) -> Source:
    """Read a workbook."""
    if trouble := _package.guard(raw):
        return Source(NAME, None, (), (trouble,))
    grids, problems = _sheets.workbook(raw)
    return Source(NAME, None, tuple(grids), tuple(problems))
