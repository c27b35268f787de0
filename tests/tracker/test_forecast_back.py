"""A sheet of need that comes back says what to expect, and nothing that was altered."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tracker.errors import Refused
from tracker.papers import demand_book, demand_detail, forecast_back
from tracker.papers.content import Document
from tracker.papers.demand import Demand, code_of
from tracker.papers.forecast_back import Comparison, Known, Row, compared, read
from tracker.papers.typed_rows import Wrong
from tracker.steps import forecast_lines
from tracker.steps.forecast_lines import MOST_EXPECTED, REASON_LENGTH, Line, Stated

OPEN = Line(
    quarter=3,
    uscc="91150100EXAMPLE001",
    firm="示例物流",
    corridor="",
    route="",
    method=1,
    in_force=True,
    known=2,
    accrued_fen=100_000,
    applied_fen=0,
    filed_fen=0,
    approved_fen=0,
    mean_from="own",
    mean_count=3,
    mean_sum_fen=100_000,
    recent=3,
    recent_days=64,
    days=92,
    ahead=0,
    suggested=4,
    expected=4,
)
OVER = replace(OPEN, quarter=1, days=0, suggested=0, expected=0)
NEW = replace(OPEN, uscc="", firm="", known=0, accrued_fen=0, suggested=0, expected=0)
UNKNOWN = replace(NEW, quarter=4, mean_from="nothing", mean_count=0, mean_sum_fen=0)
LINES = (OVER, OPEN, NEW, UNKNOWN)
AMOUNTS = st.integers(1, 10**9)
WORDS = st.text("示例依据abc 1", min_size=1, max_size=20).map(lambda text: " ".join(text.split()))


def known(before: Line, now: Line | None = None) -> Known:
    code = code_of("XQ-00001", before)
    return Known(code, f"Q{before.quarter}", before, before if now is None else now)


def row(line: Line, expected: object = "", reason: str = "", mean: str = "") -> Row:
    said = str(expected) if expected != "" else str(line.expected)
    return Row(7, code_of("XQ-00001", line), line.firm, said, mean, reason)


def wrong(one: Row, line: Line) -> Wrong:
    found = compared([one], [known(line)])
    assert not found.proposed
    (told,) = found.problems
    return told


def workbook(*lines: Line) -> bytes:
    return demand_book.write(
        Demand(
            league="示例市",
            programme="运费补贴",
            code="XQ-00001",
            version_no=3,
            document_no="示例〔2026〕1号",
            basis="示例依据",
            year=2026,
            first_quarter=1,
            last_quarter=4,
            computed_on=date(2026, 3, 5),
            seq=9,
            head_hash="0" * 64,
            made_at=datetime(2026, 3, 5, tzinfo=UTC),
            ledger_fen=sum(one.known_fen for one in lines),
            is_sample=True,
            lines=lines,
            documents=(
                Document(
                    version_no=1,
                    document_no="示例〔2026〕2号",
                    title="示例办法",
                    rule_id="tests/none",
                    rule_sha256="0" * 64,
                    valid_from=date(2026, 1, 1),
                    valid_to=None,
                    is_sample=True,
                    parameters=(),
                ),
            ),
        )
    )


def back(raw: bytes, *lines: Line) -> Comparison:
    return compared(read(raw).rows, [known(one) for one in lines])


def retyped(raw: bytes, *cells: tuple[int, str, object]) -> bytes:
    """The workbook as another program saves it: retyped, its formulas without what they come to."""
    book = load_workbook(io.BytesIO(raw))
    at = {heading: place for place, heading in enumerate(demand_detail.HEADINGS, 1)}
    for line, heading, value in cells:
        sheet = book[demand_detail.NAME]
        sheet.cell(demand_detail.FIRST_ROW + line, at[heading]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_sheet_as_it_was_made_says_what_stands() -> None:
    stated = forecast_lines.stated(UNKNOWN, Stated(20, "两家企业已签约", 45_000))
    lines = (OVER, forecast_lines.stated(OPEN, Stated(40, "每日一班")), NEW, stated)
    raw = workbook(*lines)
    assert read(raw).version_no == 3
    for one in (raw, retyped(raw)):
        assert back(one, *lines) == Comparison(4, (), ())


def test_what_is_typed_is_proposed_line_by_line() -> None:
    cells = [
        (1, demand_detail.EXPECTED, 40),
        (1, demand_detail.REASON, "每日一班"),
        (3, demand_detail.EXPECTED, 20),
        (3, demand_detail.STATED_MEAN, 450.1),
        (3, demand_detail.REASON, "两家企业已签约"),
    ]
    found = back(retyped(workbook(*LINES), *cells), *LINES)
    assert (found.same, found.problems) == (2, ())
    first, last = found.proposed
    assert (first.said, first.made.expected_fen) == (Stated(40, "每日一班"), 40 * 33_333)
    assert (last.said, last.made.expected_fen) == (
        Stated(20, "两家企业已签约", 45_010),
        20 * 45_010,
    )


def test_cells_for_typing_are_yellow_open_and_only_where_something_is_to_come() -> None:
    sheet = load_workbook(io.BytesIO(workbook(*LINES)))[demand_detail.NAME]
    at = {heading: place for place, heading in enumerate(demand_detail.HEADINGS, 1)}

    def opened(heading: str) -> list[bool]:
        cells = [sheet.cell(demand_detail.FIRST_ROW + place, at[heading]) for place in range(4)]
        yellow = [cell.fill.fgColor.rgb == "FFFFF9E5" for cell in cells]
        assert yellow == [not cell.protection.locked for cell in cells]
        return yellow

    assert opened(demand_detail.EXPECTED) == [False, True, True, True]
    assert opened(demand_detail.REASON) == [False, True, True, True]
    assert opened(demand_detail.STATED_MEAN) == [False, False, False, True]
    assert not any(opened(demand_detail.KNOWN))
    rules = sheet.data_validations.dataValidation
    assert len(rules) == 3
    last = demand_detail.FIRST_ROW + len(LINES) - 1
    assert all(str(one.sqref).endswith(str(last)) for one in rules)


def test_a_figure_of_the_ledger_that_was_altered_is_told_and_not_taken_over() -> None:
    cells = [
        (1, demand_detail.ACCRUED, 5_000),
        (2, demand_detail.SAMPLE_COUNT, 0),
        (2, demand_detail.MEAN, 450),
        (3, demand_detail.DAYS, "多"),
        (3, demand_detail.MEAN, 450),
    ]
    found = back(retyped(workbook(*LINES), *cells), *LINES)
    assert not found.proposed
    told = [(one.row, one.code, dict(one.args)) for one in found.problems]
    first = demand_detail.FIRST_ROW
    assert told == [
        (first + 1, "altered", {"heading": "未申报", "said": "5000", "stands": "1,000.00"}),
        (first + 2, "altered", {"heading": "均值样本票数", "said": "0", "stands": "3"}),
        (first + 2, "altered", {"heading": "单票均值", "said": "450", "stands": "333.33"}),
        (first + 3, "altered", {"heading": "季内余日", "said": "多", "stands": "92"}),
    ]


def test_rows_of_others_rows_twice_and_missing_rows_are_told() -> None:
    lines = [known(OPEN), known(NEW)]
    found = compared([row(OPEN), row(OPEN), row(UNKNOWN)], lines)
    assert [one.code for one in found.problems] == ["twice", "twice", "unknown", "missing"]
    assert [one.row for one in found.problems] == [7, 7, 7, 0]


@pytest.mark.parametrize("said", [" ", "many", "1.5", "NaN", "1e999999"])
def test_a_number_that_is_none_is_told(said: str) -> None:
    told = wrong(row(OPEN, said), OPEN)
    assert (told.code, told.args) == ("expected", {"text": said})


def test_a_mean_that_is_no_amount_is_told() -> None:
    told = wrong(row(UNKNOWN, 5, "示例", "4.005"), UNKNOWN)
    assert (told.code, told.args) == ("mean", {"text": "4.005"})


def test_a_reason_that_lacks_or_is_too_long_is_told_and_never_cut() -> None:
    assert wrong(row(OPEN, 5), OPEN).what.startswith("A reason is needed")
    (kept,) = compared([row(OPEN, 5, "长" * REASON_LENGTH)], [known(OPEN)]).proposed
    assert len(kept.made.reason) == REASON_LENGTH
    told = wrong(row(OPEN, 5, "长" * (REASON_LENGTH + 1)), OPEN)
    assert (told.code, told.args) == ("long", {"most": REASON_LENGTH})


def test_what_cannot_be_stated_is_told_as_the_page_tells_it() -> None:
    assert wrong(row(OVER, 5, "补报"), OVER).what.startswith("Quarter %(quarter)s is over")
    assert wrong(row(OPEN, -1, "减少"), OPEN).what.startswith("So many shipments")
    told = wrong(row(OPEN, 5, "示例", "450"), OPEN)
    assert told.what.startswith("What a shipment brings is stated only where")


def test_a_cell_nobody_touched_leaves_alone_what_was_stated_since() -> None:
    before = forecast_lines.stated(UNKNOWN, Stated(5, "意向", 30_000))
    stated = Stated(20, "已签约", 45_000)
    now = forecast_lines.stated(UNKNOWN, stated)
    standing = [known(before, now)]
    untouched = row(before, 5, "意向", "300")
    assert compared([untouched], standing) == Comparison(1, (), ())
    (found,) = compared([replace(untouched, expected="30", reason="加开")], standing).proposed
    assert found.said == Stated(30, "加开", 45_000)
    (found,) = compared([replace(untouched, reason="依据示例合同")], standing).proposed
    assert found.said == Stated(20, "依据示例合同", 45_000)
    (found,) = compared([replace(untouched, mean="500")], standing).proposed
    assert found.said == Stated(20, "已签约", 50_000), "the reason is that of the twenty"
    taken_back = [known(before, UNKNOWN)]
    (found,) = compared([replace(untouched, mean="500")], taken_back).proposed
    assert found.said == Stated(0, "意向", 50_000), "the sheet's own where none stands"
    learnt = [known(before, replace(OPEN, quarter=4, suggested=0, expected=0))]
    (found,) = compared([replace(untouched, expected="30", reason="加开")], learnt).proposed
    assert found.said == Stated(30, "加开"), "the ledger knows the mean by now"


def test_a_line_the_newest_version_has_no_longer_is_told_once_something_is_typed() -> None:
    gone = replace(known(OPEN), line=None)
    assert compared([row(OPEN)], [gone]).same == 1
    (told,) = compared([row(OPEN, 5, "示例")], [gone]).problems
    assert told.code == "gone"


def test_what_was_stated_is_taken_back_by_the_suggested_number() -> None:
    stated = forecast_lines.stated(OPEN, Stated(40, "每日一班"))
    (found,) = compared([row(stated, 4)], [known(stated)]).proposed
    assert found.made == OPEN


def test_what_is_no_sheet_of_need_is_refused_with_the_headings_it_lacks() -> None:
    with pytest.raises(Refused, match="预计票数、自报单票均值、调整理由"):
        read("运单号,车牌号\r\n1,2\r\n".encode("gb18030"))
    bare = ",".join(forecast_back.READ[name] for name in forecast_back.NEEDED)
    assert read(f"{bare}\nx,1,,\n".encode()).version_no == 0


@given(st.integers(-5, MOST_EXPECTED + 5), WORDS | st.just(""), AMOUNTS | st.none())
def test_what_is_typed_is_what_is_stated_or_is_told(
    expected: int, reason: str, mean: int | None
) -> None:
    typed = f"{mean // 100}.{mean % 100:02}" if mean else ""
    for line in LINES:
        said = Stated(expected, reason, mean)
        found = compared([row(line, expected, reason, typed)], [known(line)])
        try:
            made = forecast_lines.stated(line, said)
        except Refused:
            untouched = said == Stated(line.expected, line.reason)
            assert [one.code for one in found.problems] == ([] if untouched else ["stated"])
            continue
        assert not found.problems
        assert [one.made for one in found.proposed] == ([] if made == line else [made])


@settings(max_examples=20)  # each writes and reads a workbook
@given(st.lists(st.tuples(st.integers(0, MOST_EXPECTED), WORDS, AMOUNTS), min_size=3, max_size=3))
def test_what_was_stated_and_printed_comes_back_as_it_stands(
    said: list[tuple[int, str, int]],
) -> None:
    lines = [OVER]
    for line, (expected, reason, mean) in zip(LINES[1:], said, strict=True):
        stated = Stated(expected, reason, mean if line.states_mean else None)
        lines.append(forecast_lines.stated(line, stated))
    assert back(workbook(*lines), *lines) == Comparison(4, (), ())
