"""Workbooks 工作簿 (xlsx, xlsm): opened in a process of their own, under limits of memory and time.

Macros are never looked at. Hidden sheets are never read.
"""

from ingest.formats import _package, _process, _sheets
from ingest.grid import Source

KINDS = ("zip",)


def read(raw: bytes) -> Source:
    """Read a workbook; whatever it does to its process becomes one problem."""
    if trouble := _package.guard(raw):
        return Source("xlsx", None, (), (trouble,))
    return _process.read(__name__, "xlsx", raw)


def inside(raw: bytes) -> Source:
    """Read a workbook in the child process."""
    grids, problems = _sheets.workbook(raw)
    return Source("xlsx", None, tuple(grids), tuple(problems))
