"""Old workbooks of the corpus: .xls of Excel and .et of WPS, with numbers, hidden sheets, locks."""

import struct
from collections.abc import Callable

from tests.corpus.stock import column, laid, lines
from tests.ingest.old_workbook_samples import Page, cells_of, compound, record, xls_bytes

ROWS = lines(1, 2, 17)
GOOD = laid(ROWS)
HIDDEN = 1
LOCKED = record(0x002F, struct.pack("<HHHH", 1, 1, 0, 0) + bytes(48))
"""What says that a password is needed."""


def _book(name: str = "明细") -> Page:
    return Page(name, cells_of(GOOD))


def _numbers() -> bytes:
    """Keep a waybill number and a day as numbers, an amount too."""
    cells = cells_of(GOOD)
    cells[1, 0] = 705202500000001.0
    cells[2, column("departure_date", ROWS)] = 45717.0
    cells[3, column("gross_weight_kg", ROWS)] = 18500.5
    return xls_bytes(Page("明细", cells))


def _marked() -> bytes:
    """Merge the batch numbers of two rows, hide a row, and put an error into a cell."""
    place = column("trip_batch_no", ROWS)
    cells = cells_of(GOOD)
    goods = (1, column("goods_name", ROWS))
    del cells[goods], cells[2, place]
    merged = record(0x00E5, struct.pack("<HHHHH", 1, 1, 2, place, place))
    hidden = record(0x0208, struct.pack("<HHHHHHI", 3, 0, 20, 255, 0, 0, 0x20))
    error = record(0x0205, struct.pack("<HHHBB", *goods, 0, 0x2A, 1))
    return xls_bytes(Page("明细", cells, [hidden, error, merged]))


FILES: dict[str, Callable[[], bytes]] = {
    "old-workbook.xls": lambda: xls_bytes(_book()),
    "wps.et": lambda: xls_bytes(_book("Sheet1")),
    "old-workbook-numbers.xls": _numbers,
    "old-workbook-marks.xls": _marked,
    "old-workbook-hidden-sheet.xls": lambda: xls_bytes(
        Page("旧数据", cells_of(laid(lines(3))), state=HIDDEN), _book()
    ),
    "old-workbook-two-sheets.xls": lambda: xls_bytes(
        _book("一月"), Page("二月", cells_of(laid(lines(3))))
    ),
    "old-workbook-locked.xls": lambda: xls_bytes(_book(), more=[LOCKED]),
    "old-workbook-cut-off.xls": lambda: xls_bytes(_book())[:4096],
    "letter.xls": lambda: compound({"WordDocument": b"\xec\xa5\xc1\x00"}),
}
