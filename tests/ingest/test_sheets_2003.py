"""XML spreadsheets 2003: the same lines as from CSV, and nothing hidden or lost is taken."""

import pytest

from ingest import examine
from ingest.rows import Report
from tests.ingest.manifest_samples import DAY, codes, only, rail, read, road, table, told
from tests.ingest.markup_samples import data, lines, page, xml_book, xml_bytes

pytestmark = pytest.mark.usefixtures("in_this_process")
CELLS = table([road(1), road(2), rail(3)])
ROWS = lines(CELLS)
HIDDEN = "<WorksheetOptions xmlns='urn:x'><Visible>SheetHidden</Visible></WorksheetOptions>"


def taken(rows: str, *more: str) -> Report:
    return examine(xml_book(*more, page(rows)), "表.xls", day=DAY)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_an_xml_spreadsheet_holds_the_lines_of_the_same_table(encoding: str) -> None:
    report = examine(xml_bytes(CELLS, encoding), day=DAY)
    assert (report.file.kind, report.file.sheet) == ("xml2003", "明细")
    assert told(report) == told(read(CELLS))


def test_hidden_worksheets_are_never_read() -> None:
    report = taken(ROWS, page(lines(table([road(9)])), "机密", HIDDEN))
    assert codes(report) == ["hidden_sheet"]
    assert len(report.lines) == 3


def test_a_hidden_worksheet_may_be_too_large() -> None:
    wide = page(
        lines(table([road(9)])).replace("<Cell>", '<Cell ss:Index="999">', 1), "机密", HIDDEN
    )
    assert codes(taken(ROWS, wide)) == ["hidden_sheet"]


def test_numbers_are_no_document_numbers_and_dates_are_days() -> None:
    rows = ROWS.replace(data("CMR202500001"), data("7.0520250000000003E+16", "Number"))
    rows = rows.replace(data("18500.5"), data("1.85005E4", "Number"))
    rows = rows.replace(data("2025-03-01"), data("2025-03-01T00:00:00.000", "DateTime"))
    report = taken(rows)
    assert only(report, "digits_lost").row == 2
    assert {(line["gross_weight_kg"], line["departure_date"]) for line in report.lines} == {
        ("18500.5", "2025-03-01")
    }


def test_indexes_say_where_rows_and_cells_are() -> None:
    rows = ROWS.replace("<Row>", '<Row ss:Index="5">', 1)
    rows = rows.replace(data("运单号"), data("运单号", more=' ss:Index="3"'), 1)
    rows = rows.replace("<Row><Cell>", '<Row><Cell ss:Index="3">')
    report = taken(rows)
    assert (report.file.header_row, report.file.mapping["C"]) == (5, "waybill_no")
    assert [line.row for line in report.lines] == [6, 7, 8]


def test_merged_cells_hidden_rows_errors_and_formulas_are_told() -> None:
    batch = CELLS[1][1]
    rows = ROWS.replace(data(batch), data(batch, more=' ss:MergeDown="1"'))
    rows = rows.replace(data(CELLS[2][1]), "<Cell/>").replace("<Row>", '<Row ss:Hidden="1">', 1)
    rows = rows.replace(data("120"), data("#N/A", "Error"), 1)
    rows = rows.replace(data("120"), '<Cell ss:Formula="=1+1"></Cell>', 1)
    found = {(one.code, one.row) for one in taken(rows).problems}
    assert found >= {
        ("merged_filled", 2),
        ("hidden_rows", None),
        ("error_cell", 2),
        ("formula_empty", 3),
    }


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (xml_bytes(CELLS)[:-40], "spreadsheet_broken"),
        (xml_bytes(CELLS).replace(b"<Row>", b"<Row>" * 5000, 1), "spreadsheet_broken"),
        (xml_bytes(CELLS).replace(b"\n<?mso", b'<!DOCTYPE a [<!ENTITY x "y">]><?mso'), "doctype"),
        (xml_bytes(CELLS).replace(b"\n<?mso", b"<!DOCTYPE a []><?mso"), "doctype"),
        (xml_bytes(CELLS) + b"\xff\xff", "bad_encoding"),
        (xml_book(page(ROWS.replace("<Row>", '<Row ss:Index="99999999">', 1))), "too_many_rows"),
        (
            xml_book(page(ROWS.replace("<Cell>", '<Cell ss:Index="99999999">', 1))),
            "too_many_columns",
        ),
        (xml_book(page("<Row/>" * 18_000_000)), "markup_limits"),
        (xml_book(), "no_sheet"),
    ],
)
def test_hostile_spreadsheets_are_one_problem(raw: bytes, code: str) -> None:
    assert codes(examine(raw, day=DAY)) == [code]
