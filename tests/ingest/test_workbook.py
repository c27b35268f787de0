"""Workbooks as people and programs really write them: nothing is damaged, nothing passes unseen."""

from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from ingest import examine
from ingest.fields import FIELDS
from ingest.formats import workbook
from ingest.rows import Report
from tests.ingest.manifest_samples import (
    DAY,
    codes,
    only,
    raw_workbook,
    road,
    table,
    xlsx_bytes,
)
from tests.ingest.workbook_samples import ROWS, at, book, put, shaped, sheet

pytestmark = pytest.mark.usefixtures("in_this_process")
NAMES = [name for name in FIELDS if any(row.get(name) for row in ROWS)]
NUMBERS = ["CMR202500001", "CMR202500002", "CMR202500003"]


def taken(raw: bytes) -> Report:
    return examine(raw, day=DAY)


def waybills(report: Report) -> list[str]:
    return [line["waybill_no"] for line in report.lines]


def test_a_plain_workbook_is_read_row_by_row() -> None:
    report = taken(xlsx_bytes(table(ROWS)))
    assert (report.file.kind, report.file.sheet, report.file.header_row) == ("xlsx", "明细", 1)
    assert [(line.row, line["waybill_no"]) for line in report.lines] == list(
        zip((2, 3, 4), NUMBERS, strict=True)
    )


def test_rows_and_columns_have_the_names_that_the_person_sees() -> None:
    def fill(made: openpyxl.Workbook) -> None:
        for down, line in enumerate(table([road(1), road(2, packages="0")])):
            for across, cell in enumerate(line):
                made.active.cell(5 + 3 * down, 28 + across, cell)

    report = taken(book(fill))
    problem = only(report, "too_small")
    assert (report.file.header_row, problem.row, problem.column) == (5, 11, "AO")
    assert report.file.headings["AB"] == "运单号"
    assert report.lines[0].raw["AB"] == "CMR202500001"


def test_titles_and_headings_in_two_languages_are_understood() -> None:
    def fill(made: openpyxl.Workbook) -> None:
        page = made.active
        page.append(["中欧卡班发运明细表"])
        page.merge_cells("A1:P1")
        page.append(["填报单位：示例国际物流有限公司", None, None, "2025年6月"])
        page.append([])
        page.append([FIELDS[name].zh for name in NAMES])
        page.append([FIELDS[name].en for name in NAMES])
        for line in table(ROWS)[1:]:
            page.append(line)

    report = taken(book(fill))
    assert report.file.header_row == 4
    assert waybills(report) == NUMBERS
    assert {skipped.row: skipped.reason for skipped in report.skipped} == {
        1: "skip_title",
        2: "skip_title",
        4: "skip_heading",
        5: "skip_units",
    }


def test_group_headings_above_the_headings_lend_their_names_to_merged_columns() -> None:
    cells = table(ROWS)
    goods = at("packages") - 1

    def fill(made: openpyxl.Workbook) -> None:
        page = made.active
        page.append(["货物" if place == goods else None for place in range(len(NAMES))])
        page.cell(1, 1, "运单号")
        page.append([None, *cells[0][1:]])
        page.merge_cells("A1:A2")
        for line in cells[1:]:
            page.append(line)

    report = taken(book(fill))
    assert report.file.mapping["A"] == "waybill_no"
    assert waybills(report) == NUMBERS


SHOWN = ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy", "[$-404]e/m/d", "d-mmm-yy"]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_a_real_date_is_its_day_however_it_is_shown(*, epoch_1904: bool) -> None:
    rows = [road(number) for number, _ in enumerate(SHOWN)]

    def fill(page: Worksheet) -> None:
        if epoch_1904:
            page.parent.epoch = CALENDAR_MAC_1904
        for row, shown in enumerate(SHOWN, 2):
            day = page.cell(row, at("departure_date", rows), date(2025, 3, 1))
            time = page.cell(row, at("border_exit_date", rows), datetime(2025, 3, 4, 23, 59, 30))  # noqa: DTZ001  a cell has no zone
            day.number_format = shown
            time.number_format = f"{shown} hh:mm"

    report = taken(sheet(fill, rows))
    assert codes(report) == []
    assert {(line["departure_date"], line["border_exit_date"]) for line in report.lines} == {
        ("2025-03-01", "2025-03-04")
    }


def test_a_date_that_is_only_a_number_is_asked_about() -> None:
    problem = only(taken(put({(2, "departure_date"): 45717})), "serial_date")
    assert "2025-03-01" in problem.message()


@pytest.mark.parametrize("number", [705202500000001, 70520250000000012, 7.05e16, 12345])
def test_a_document_number_kept_as_a_number_is_refused_and_never_repaired(number: float) -> None:
    problem = only(taken(put({(3, "waybill_no"): number})), "digits_lost")
    assert (problem.row, problem.column, problem.severity) == (3, "A", "refuse")
    assert "文本" in problem.remedy()


def test_codes_kept_as_numbers_are_asked_about_where_a_zero_is_lost() -> None:
    report = taken(put({(2, "exit_customs"): 705, (3, "supervision_mode"): 9610}))
    problem = only(report, "leading_zero")
    assert (problem.row, problem.value, problem.args["expected"]) == (2, "705", "0705 二连公路")


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("0.30000000000000004", "0.3"),
        ("18500.500000000001", "18500.5"),
        ("1500.0000000000000", "1500"),
        ("1500", "1500"),
    ],
)
def test_number_cells_are_rounded_to_the_digits_they_hold(stored: str, read: str) -> None:
    cell = '<c r="O2" t="inlineStr"><is><t>18500.5</t></is></c>'
    assert cell in shaped([road()])
    raw = raw_workbook(shaped([road()]).replace(cell, f'<c r="O2"><v>{stored}</v></c>'))
    (line,) = taken(raw).lines
    assert line["gross_weight_kg"] == read


def test_a_formula_without_a_stored_result_is_a_fault_of_its_cell() -> None:
    report = taken(put({(3, "packages"): "=60*2"}))
    problem = only(report, "formula_empty")
    assert (problem.row, problem.field) == (3, "packages")
    assert waybills(report) == [NUMBERS[0], NUMBERS[2]]


def test_a_formula_with_a_stored_result_is_read_with_a_notice() -> None:
    cells = "".join(
        f'<c r="{column}2" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABCDEFGHIJKLMNO", table([road()])[1], strict=True)
        if column != "N"
    )
    formula = '<c r="N2"><f>60*2</f><v>120</v></c>'
    report = taken(raw_workbook(shaped([road()], cells + formula)))
    assert codes(report) == ["formula"]
    assert report.lines[0]["packages"] == "120"


def test_an_error_cell_is_a_fault_and_not_a_blank() -> None:
    errors = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"]
    rows = [road(number) for number in range(10)]

    def fill(page: Worksheet) -> None:
        for row, error in enumerate(errors, 2):
            page.cell(row, at("goods_name", rows), error).data_type = "e"
            page.cell(row + 5, at("goods_name", rows), error).data_type = "s"

    report = taken(sheet(fill, rows))
    assert [(one.code, one.row, one.value) for one in report.problems] == [
        ("error_cell", row, error) for row, error in enumerate([*errors, *errors], 2)
    ]


def test_hidden_sheets_are_never_read_and_hidden_rows_are() -> None:
    def fill(page: Worksheet) -> None:
        page.row_dimensions[3].hidden = True
        for name, state in (("旧数据", "hidden"), ("机密", "veryHidden")):
            other = page.parent.create_sheet(name, 0)
            other.append(table(ROWS)[0])
            other.append(table([road(9)])[1])
            other.sheet_state = state

    report = taken(sheet(fill))
    assert codes(report) == ["hidden_sheet", "hidden_rows"]
    assert set(str(report.problems[0].value).split("、")) == {"旧数据", "机密"}
    assert waybills(report) == NUMBERS
    assert report.outcome == "accept"


def test_two_sheets_of_data_are_asked_about() -> None:
    def fill(page: Worksheet) -> None:
        notes = page.parent.create_sheet("填表说明", 0)
        notes.append(["请按模板填写"])
        july = page.parent.create_sheet("七月")
        for line in table([road(8)]):
            july.append(line)

    report = taken(sheet(fill))
    assert only(report, "several_sheets").value == "Sheet、七月"
    assert (report.outcome, waybills(report)) == ("ask", NUMBERS)


def test_a_workbook_without_a_visible_sheet_of_data_says_so() -> None:
    def fill(page: Worksheet) -> None:
        page.sheet_state = "hidden"
        page.parent.create_sheet("空")

    assert codes(taken(sheet(fill))) == ["hidden_sheet", "no_sheet"]


def test_merged_identifiers_fill_down_inside_the_merge_only() -> None:
    rows = [road(1), road(1, container_no=""), road(2)]
    rows[1] |= {"trip_batch_no": "", "waybill_no": ""}

    def fill(page: Worksheet) -> None:
        page.merge_cells("A2:A3")
        page.merge_cells("B2:B3")

    report = taken(sheet(fill, rows))
    assert {one.code for one in report.problems} == {"merged_filled", "conflicting_row"}
    assert report.waiting[0]["waybill_no"] == NUMBERS[0]
    assert waybills(report) == [NUMBERS[0], NUMBERS[1]]


def test_a_merged_amount_counts_once_and_is_asked_about() -> None:
    rows = [road(1), road(2, gross_weight_kg=""), road(3)]

    def fill(page: Worksheet) -> None:
        column = at("gross_weight_kg", rows)
        page.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)

    report = taken(sheet(fill, rows))
    assert codes(report) == ["merged_amount", "merged_amount"]
    assert [line["gross_weight_kg"] for line in report.waiting] == ["18500.5", ""]


def test_an_optional_amount_that_is_merged_is_told_and_kept() -> None:
    rows = [road(1, freight="100", freight_currency="CNY"), road(2, freight_currency="CNY")]

    def fill(page: Worksheet) -> None:
        column = at("freight", rows)
        page.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)

    report = taken(sheet(fill, rows))
    assert {(one.code, one.severity) for one in report.problems} == {("merged_amount", "notice")}
    assert [line["freight"] for line in report.lines] == ["100", ""]


def test_a_leading_apostrophe_is_not_part_of_the_value() -> None:
    report = taken(put({(2, "waybill_no"): "'CMR202500001"}))
    assert report.lines[0]["waybill_no"] == NUMBERS[0]
    assert report.lines[0].raw["A"] == "'CMR202500001"


def test_strings_may_stand_in_their_cells() -> None:
    assert waybills(taken(raw_workbook(shaped(ROWS)))) == NUMBERS


def test_names_may_carry_a_prefix() -> None:
    prefixed = (
        shaped(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    )
    assert waybills(taken(raw_workbook(prefixed))) == NUMBERS


def test_faults_are_seen_in_cells_that_are_written_unusually() -> None:
    cells = shaped(ROWS).replace('<c r="N3" t="inlineStr"><is><t>120</t></is></c>', "{bad}")
    cells = cells.replace("{bad}", '<c t="e" r="N3"><f>1/0</f><v>#DIV/0!</v></c>')
    cells = cells.replace(
        '<c r="A4" t="inlineStr"><is><t>CMR202500003</t></is></c>', '<c s="0" r="A4"><v>7</v></c>'
    )
    main = "</sheetData>"
    merged = f'{main}<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    report = taken(
        raw_workbook(cells.replace(main, merged).replace('<row r="2"', '<row r="2" hidden="1"'))
    )
    assert {(one.code, one.row) for one in report.problems} >= {
        ("hidden_rows", None),
        ("merged_filled", 2),
        ("digits_lost", 4),
    }


def test_cells_may_have_no_address() -> None:
    lines = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line)
        + "</row>"
        for line in table([road(1), road(2, packages="0")])
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    raw = f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
    report = taken(raw_workbook(raw))
    assert only(report, "too_small").column == "N"
    assert waybills(report) == NUMBERS[:1]


@pytest.mark.parametrize("hole", ["_x0000_", "\0"])
def test_a_nul_in_a_cell_refuses_the_file_and_names_the_row(hole: str) -> None:
    """No database keeps one, and it ends a text in many a program."""
    report = taken(raw_workbook(shaped(ROWS).replace("CMR202500002", f"CMR{hole}2")))
    assert [(one.code, one.sheet, one.value) for one in report.problems] == [("nul", "明细", "3")]
    assert (report.outcome, report.rows_read) == ("reject", 0)


def test_parts_may_be_named_from_the_root() -> None:
    raw = raw_workbook(shaped(ROWS), target="/xl/worksheets/s.xml")
    assert waybills(taken(raw)) == NUMBERS


def test_only_so_many_sheets_are_read() -> None:
    def fill(made: openpyxl.Workbook) -> None:
        for number in range(14):
            made.create_sheet(f"第{number}页").append(["说明"])

    assert len(workbook.read(book(fill)).grids) <= 12
