"""The settlement workbook: exact to the fen, recomputable, and nobody's text is ever a formula."""

import io
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from rules.lines import Factor, pay_line
from rules.outcome import Tally
from tests import spreadsheet
from tests.settlements import (
    UNITS,
    cells_of,
    content,
    every_kind,
    fen,
    of_shape,
    one,
    paid,
    recomputed,
    rows_of,
)
from tracker.papers import detail, settlement, summary, workbook, working
from tracker.papers.content import Document
from tracker.papers.parameters import Parameter

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "{=1}", "<r>x</r>")


@pytest.mark.no_cover
@pytest.mark.parametrize("rounding", ["half_up", "down"])
def test_formulas_recompute_every_amount_to_the_fen(rounding: str) -> None:
    details = every_kind(rounding)
    raw = settlement.write(content(details))
    assert recomputed(raw) > 10 * len(details)
    *lines, total = rows_of(raw)
    assert [fen(row[detail.ASSESSED]) for row in lines] == [
        each.tally.award_fen for each in details
    ]
    assert fen(total[detail.APPROVED]) == sum(each.approved_fen for each in details)
    kinds = {line.kind for each in details for line in each.tally.lines if line.cut_fen}
    assert kinds == {"cap", "cap_total"}, "both caps bite somewhere"


def test_every_step_a_composed_rule_has_recomputes_to_the_fen() -> None:
    pools = {"caps-coupled": "9999.99", "pool-in-proportion": "99.99", "reference-gap": ""}
    details = [d for n, pool in (pools | {"volume-tiers": ""}).items() for d in of_shape(n, pool)]
    lines = [line for each in details for line in each.tally.lines]
    assert {line.kind for line in lines if line.cut_fen} == {"whole_total", "prorate", "less"}
    raw = settlement.write(content(details))
    assert recomputed(raw) > 5 * len(details)
    sheet = load_workbook(io.BytesIO(raw))["测算过程"]
    said = {row[3].value for row in sheet.iter_rows(min_row=5)} - {None}
    assert said == {working.KINDS[line.kind] for line in lines}


def test_an_award_points_at_its_working_and_the_working_at_its_factors() -> None:
    details = every_kind("half_up")
    book = load_workbook(io.BytesIO(settlement.write(content(details))))
    awarded = sum(each.tally.outcome == "awarded" for each in details)
    column = detail.letter(detail.ASSESSED)
    amounts = [cell.value for cell in book[detail.NAME][column][detail.FIRST_ROW - 1 :]]
    assert sum(str(value).startswith("='测算过程'!") for value in amounts) == awarded > 10
    formulas = [
        str(cell.value)
        for row in book["测算过程"].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    for begins in ("=ROUND(ROUND(", "=MIN(", "=INT("):
        assert any(text.startswith(begins) for text in formulas), begins


def test_a_changed_entry_changes_everything_that_rests_on_it() -> None:
    details = [one(paid(100_000), 1), one(paid(50_000), 2)]
    raw = settlement.write(content(details))
    book = spreadsheet.opened(raw)
    book.formulas[detail.NAME][f"{detail.letter(detail.LATER)}{detail.FIRST_ROW}"] = 12.34
    last = detail.FIRST_ROW + len(details)
    total = book.computed((detail.NAME, f"{detail.letter(detail.APPROVED)}{last}"))
    assert total == Fraction("1487.66")
    places = [place for place in book.places() if place[0] == summary.NAME]
    assert [place[1] for place in places if book.computed(place) == total], "汇总 follows"


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("amount", "shown"),
    [(4_999, 0.0), (5_000, 0.01), (1_005_000, 1.01), (1_015_000, 1.02), (12_345_678, 12.35)],
)
def test_ten_thousands_round_half_up_while_yuan_stay_exact(amount: int, shown: float) -> None:
    raw = settlement.write(content([one(paid(amount))]))
    recomputed(raw)
    first = load_workbook(io.BytesIO(raw), data_only=True)[summary.NAME]
    row = next(row for row in first.iter_rows(values_only=True) if row[0] == 1)
    assert (row[4], fen(row[9])) == (shown, amount)


def test_a_product_too_near_the_middle_is_a_number_and_says_so() -> None:
    near = Factor("比例", "share", Fraction(10**12 // 2 + 1, 10**12), UNITS["per_km"])
    line = pay_line(
        "第二条", (near, Factor("里程", "km", Fraction(1, 100), UNITS["km"])), None, 1, "half_up"
    )
    raw = settlement.write(content([one(Tally("awarded", 1, 1, (line,)))]))
    sheet = load_workbook(io.BytesIO(raw))["测算过程"]
    row = [cell.value for cell in sheet[5]]
    assert 0.01 in row
    assert "按精确分数计算，此行为数值" in row


# --- text, looks and the page -----------------------------------------------------------------


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula_a_link_or_mark_up(text: str) -> None:
    details = [
        one(
            paid(5_000),
            firm=text,
            uscc=text,
            label=text,
            papers=text,
            corridor=text,
            method=text,
            reason=text,
            later_reason=text,
            code=text,
        )
    ]
    document = Document(
        title=text,
        document_no=text,
        version_no=1,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        rule_id=text,
        rule_sha256=text,
        is_sample=True,
        parameters=(Parameter(text, text, text, text, text),),
    )
    raw = settlement.write(
        content(details, basis=text, performance_target=text, documents=(document,))
    )
    plain = settlement.write(content([one(paid(5_000))]))
    count = [sum(cell.data_type == "f" for cell in cells_of(each)) for each in (raw, plain)]
    assert count[0] == count[1]
    texts = [cell for cell in cells_of(raw) if str(cell.value).strip() == text.strip()]
    assert len(texts) > 10
    assert {cell.data_type for cell in texts} == {"s"}
    assert not [cell for cell in cells_of(raw) if cell.hyperlink]


def test_numbers_of_documents_are_text_and_stay_so_when_edited() -> None:
    raw = settlement.write(content([one(paid(5_000), papers="0012", uscc="911501000000000000")]))
    cells = [cell for cell in cells_of(raw) if cell.value in ("0012", "911501000000000000")]
    assert [(cell.data_type, cell.number_format) for cell in cells] == [("s", "@")] * 2


def test_text_longer_than_a_cell_ends_in_an_ellipsis() -> None:
    raw = settlement.write(content([one(paid(5_000))], basis="据" * 40_000))
    longest = max(len(str(cell.value)) for cell in cells_of(raw))
    assert longest == workbook.LONGEST_TEXT


def test_each_sheet_prints_on_its_paper_with_headings_on_every_page() -> None:
    raw = settlement.write(content([one(paid(5_000))]))
    sheets_of = load_workbook(io.BytesIO(raw)).worksheets
    assert [sheet.page_setup.paperSize for sheet in sheets_of] == [9, 8, 8, 9]
    for sheet in sheets_of:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
            0,
            True,
        )
        assert sheet.print_title_rows
        assert sheet.print_area
        assert "示例" in str(sheet.oddHeader.center.text)
        assert "BS-00001　台账 #7 a1a1a1a1a1a1a1a1" in str(sheet.oddFooter.left.text)
    signed = [sheet.title for sheet in sheets_of if detail.SIGNING in _texts(sheet)]
    assert signed == [summary.NAME, detail.NAME]
    assert {detail.SAMPLE in _texts(sheet) for sheet in sheets_of} == {True}


def _texts(sheet: Worksheet) -> set[object]:
    return {cell.value for row in sheet.iter_rows() for cell in row}


@pytest.mark.no_cover
def test_what_is_no_sample_is_not_called_one() -> None:
    raw = settlement.write(content([one(paid(5_000))], is_sample=False))
    for sheet in load_workbook(io.BytesIO(raw)).worksheets:
        assert not sheet.oddHeader.center.text
        assert detail.SAMPLE not in _texts(sheet)


def test_the_title_says_subsidy_once() -> None:
    raw = settlement.write(content([one(paid(5_000))]))
    titles = [str(sheet["A1"].value) for sheet in load_workbook(io.BytesIO(raw)).worksheets]
    assert titles[:2] == [
        "示例市卡班运费补贴资金清算明细表（汇总）",
        "示例市卡班运费补贴资金清算明细表（明细）",
    ]


def test_no_amount_is_wider_than_its_column() -> None:
    most = 99_999_999_999_99
    raw = settlement.write(content([one(paid(most), number) for number in (1, 2)]))
    found = load_workbook(io.BytesIO(raw), data_only=True)
    seen = 0
    for sheet in found.worksheets:
        widths = {
            number: column.width
            for column in sheet.column_dimensions.values()
            for number in range(column.min, column.max + 1)
        }
        for row in sheet.iter_rows():
            for cell in row:
                if cell.number_format == "#,##0.00" and cell.value is not None:
                    assert len(f"{cell.value:,.2f}") < widths[cell.column], cell.coordinate
                    seen += 1
    assert seen > 20


def test_a_row_is_as_high_as_its_longest_text() -> None:
    details = [one(paid(5_000), 1), one(paid(5_000), 2, reason="请补充运费发票与报关单。" * 10)]
    raw = settlement.write(content(details, basis="第一段\n" * 3 + "依据" * 200))
    found = load_workbook(io.BytesIO(raw))
    heights = [found[detail.NAME].row_dimensions[row].height for row in (5, 6)]
    assert heights[0] < 60
    assert heights[1] > 200
    basis = next(row for row in found[summary.NAME].iter_rows() if "第一段" in str(row[0].value))
    assert found[summary.NAME].row_dimensions[basis[0].row].height > 7 * workbook.LINE


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("十个半角宽", 10, 1),
        ("十个半角宽再", 10, 2),
        ("SL260106312303 / XQ00869919", 16, 2),
        ("A" * 35, 10, 4),
        ("一\n二\n三", 10, 3),
    ],
)
def test_lines_of_a_wrapped_text_are_counted(text: str, width: float, lines: int) -> None:
    assert workbook.lines(text, width) == lines


def test_a_row_is_never_higher_than_a_spreadsheet_allows() -> None:
    assert workbook.height("行\n" * 100, 10) == workbook.HIGHEST_ROW


def test_a_reduction_can_only_be_typed_between_nothing_and_the_amount_to_the_fen() -> None:
    raw = settlement.write(content([one(paid(5_000), 1), one(paid(5_000), 2)]))
    (check,) = load_workbook(io.BytesIO(raw))[detail.NAME].data_validations.dataValidation
    assert str(check.sqref) == "V5:V6"
    assert check.formula1 == "AND(ISNUMBER(V5),V5>=0,V5<=U5,ROUND(V5,2)=V5)"


@pytest.mark.no_cover
@pytest.mark.parametrize("text", ["a\ufffeb", "a\uffffb", "a\x00b", "a]]>&<b", "_x0041_", "🚚"])
def test_no_sign_in_a_text_spoils_the_file(text: str) -> None:
    raw = settlement.write(content([one(paid(5_000), firm=text, label=text)], basis=text))
    assert recomputed(raw) > 10
