"""Old workbooks: the same lines as from CSV, and nothing that a cell's kind says passes unseen."""

import struct

import pytest

from ingest import examine
from ingest.rows import Report
from tests.ingest.manifest_samples import DAY, codes, only, rail, read, road, table, told
from tests.ingest.old_workbook_samples import (
    Page,
    Value,
    at,
    cells_of,
    compound,
    record,
    xls_bytes,
)

pytestmark = pytest.mark.usefixtures("in_this_process")
CELLS = table([road(1), road(2), rail(3)])
PACKAGES, WEIGHT = CELLS[0].index("件数"), CELLS[0].index("毛重(KG)")


def taken(*more: bytes, said: dict[tuple[int, int], Value] | None = None) -> Report:
    page = Page("明细", cells_of(CELLS) | (said or {}), more)
    return examine(xls_bytes(page), "表.xlsx", day=DAY)


def test_an_old_workbook_holds_the_lines_of_the_same_table() -> None:
    report = taken()
    assert (report.file.kind, report.file.sheet) == ("xls", "明细")
    assert told(report) == told(read(CELLS))


def test_many_lines_are_read() -> None:
    cells = table([road(number) for number in range(1, 900)])
    report = examine(xls_bytes(Page("明细", cells_of(cells))), day=DAY)
    assert told(report) == told(read(cells))


def test_rows_and_columns_have_the_names_that_the_person_sees() -> None:
    cells = {(row + 3, column + 2): cell for (row, column), cell in cells_of(CELLS).items()}
    report = examine(xls_bytes(Page("明细", cells)), day=DAY)
    assert (report.file.header_row, report.file.mapping["C"]) == (4, "waybill_no")
    assert [line.row for line in report.lines] == [5, 6, 7]


@pytest.mark.parametrize("number", [705202500000001.0, 7.05e16, 12345.0])
def test_a_document_number_kept_as_a_number_is_refused(number: float) -> None:
    problem = only(taken(said={(2, 0): number}), "digits_lost")
    assert (problem.row, problem.column) == (3, "A")


def test_short_numbers_are_document_numbers_that_lost_digits_as_well() -> None:
    short = record(0x027E, at(5, 0) + struct.pack("<I", (12345 << 2) | 2))
    many = record(0x00BD, struct.pack("<HH", 6, 0) + struct.pack("<HI", 0, 6) * 2 + b"\1\0")
    report = taken(short, many)
    assert {one.row for one in report.problems if one.code == "digits_lost"} == {6, 7}


def test_amounts_may_be_numbers() -> None:
    report = taken(said={(1, PACKAGES): 120.0, (1, WEIGHT): 0.1 + 0.2})
    assert codes(report) == []
    assert report.lines[0]["gross_weight_kg"] == "0.3"


def test_an_error_cell_is_a_fault_and_not_a_blank() -> None:
    error = record(0x0205, at(1, PACKAGES) + b"\x2a\1")
    result = struct.pack("<BBBBHH", 2, 0, 7, 0, 0, 0xFFFF) + bytes(8)
    formula = record(0x0006, at(2, PACKAGES) + result)
    page = cells_of(CELLS)
    del page[1, PACKAGES], page[2, PACKAGES]
    report = examine(xls_bytes(Page("明细", page, [error, formula])), day=DAY)
    found = [(one.code, one.row, one.value) for one in report.problems]
    assert found == [("error_cell", 2, "#N/A"), ("error_cell", 3, "#DIV/0!")]


def test_hidden_rows_are_told_and_merged_cells_fill_down() -> None:
    cells = cells_of(CELLS)
    del cells[2, 1]
    hidden = record(0x0208, struct.pack("<HHHHHHI", 3, 0, 15, 255, 0, 0, 0x20))
    merged = record(0x00E5, struct.pack("<HHHHH", 1, 1, 2, 1, 1))
    report = examine(xls_bytes(Page("明细", cells, [hidden, merged])), day=DAY)
    assert {"hidden_rows", "merged_filled"} <= set(codes(report))


@pytest.mark.parametrize("state", [1, 2])
def test_hidden_sheets_are_never_read(state: int) -> None:
    hidden = Page("机密", cells_of(table([road(9)])), state=state)
    report = examine(xls_bytes(hidden, Page("明细", cells_of(CELLS))), day=DAY)
    assert only(report, "hidden_sheet").value == "机密"
    assert (report.file.sheet, len(report.lines)) == ("明细", 3)


@pytest.mark.parametrize(
    "raw",
    [
        compound({"EncryptedPackage": b"x" * 9000, "EncryptionInfo": b""}),
        xls_bytes(Page("明细", {}), more=[record(0x002F, bytes(54))]),
    ],
)
def test_a_password_is_said(raw: bytes) -> None:
    assert codes(examine(raw, day=DAY)) == ["encrypted"]


def test_a_nul_in_a_cell_refuses_the_file_and_names_the_row() -> None:
    report = taken(said={(2, 0): "CMR\0 2"})
    assert [(one.code, one.value) for one in report.problems] == [("nul", "3")]


def test_a_far_cell_is_told() -> None:
    assert only(taken(said={(65535, 255): 1.0}), "far_cell").value == "IV65536"
