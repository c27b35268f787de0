"""Answers: bytes and what was said about them are read again, and come out as they were meant."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import examine, headings
from ingest.answers import Answer
from ingest.fields import FIELDS
from ingest.readings import offers
from ingest.rows import Report
from tests.ingest.manifest_samples import (
    DAY,
    GIVEN,
    Table,
    check,
    codes,
    only,
    rail,
    read,
    road,
    table,
    told,
)
from tests.ingest.workbook_samples import put

pytestmark = pytest.mark.usefixtures("in_this_process")


def _two_sheets() -> bytes:
    made = openpyxl.Workbook()
    for name, number in (("一月", 1), ("二月", 2)):
        page = made.create_sheet(name)
        for line in table([road(number)]):
            page.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _headed(name: str, text: str) -> Table:
    head, *rest = table([road(1), road(2)])
    return [[text if cell == FIELDS[name].zh else cell for cell in head], *rest]


def test_the_sheet_that_was_named_is_read_and_not_asked_about_again() -> None:
    raw = _two_sheets()
    asked = examine(raw, day=DAY)
    assert asked.file.sheets == ("一月", "二月")
    assert asked.file.as_json()["sheets"] == ["一月", "二月"]
    offered = offers(only(asked, "several_sheets"))
    assert [one.answer.value for one in offered] == ["一月", "二月"]
    second = examine(raw, day=DAY, answers=[offered[1].answer])
    assert (codes(second), second.file.sheet) == ([], "二月")
    assert second.lines[0]["waybill_no"] == road(2)["waybill_no"]


def test_a_sheet_that_is_not_there_is_asked_about_as_before() -> None:
    report = examine(_two_sheets(), day=DAY, answers=[Answer(kind="sheet", value="三月")])
    assert codes(report) == ["several_sheets"]


def test_the_heading_row_is_the_one_that_was_named_whatever_it_says() -> None:
    body = table([road(1)])[1]
    names = [name for name in FIELDS if road(1).get(name)]
    cells = [["甲"] * len(body), [f"列{place}" for place in range(len(body))], body]
    columns = [
        Answer(kind="column", column=chr(65 + place), value=name)
        for place, name in enumerate(names)
    ]
    assert codes(read(cells)) == ["no_header"]
    report = read(cells, answers=[Answer(kind="header", row=2), *columns])
    assert (report.outcome, report.file.header_row) == ("accept", 2)
    assert read(cells, answers=[Answer(kind="header", row=9)]).outcome == "reject"


def test_a_column_without_a_heading_means_what_was_said() -> None:
    cells = _headed("packages", "")
    report = read(cells, answers=[Answer(kind="column", column="N", value="packages")])
    assert [line["packages"] for line in report.lines] == ["120", "120"]
    assert report.file.mapping["N"] == "packages"


def test_a_doubled_heading_is_settled_by_either_column() -> None:
    cells = [[*row, row[0] + ("" if place == 0 else "B")] for place, row in enumerate(
        table([road(1)])
    )]  # fmt: skip
    doubled = only(read(cells), "doubled_heading")
    this, none = (one.answer for one in offers(doubled))
    number = road(1)["waybill_no"]
    assert read(cells, answers=[this]).lines[0]["waybill_no"] == number + "B"
    assert read(cells, answers=[none]).lines[0]["waybill_no"] == number


def test_an_unclear_heading_means_what_was_chosen() -> None:
    cells = _headed("trip_batch_no", "航次号")
    offered = offers(only(read(cells), "heading_unclear"))
    assert [one.answer.value for one in offered] == [*headings.MAY_MEAN, ""]
    for one in offered:
        report = read(cells, answers=[one.answer])
        assert (report.outcome, codes(report)) == ("accept", [])
        assert report.file.mapping.get("B", "") == one.answer.value


def test_what_a_heading_meant_before_is_remembered_below_what_is_said_now() -> None:
    cells = _headed("goods_name", "东西")
    assert "missing_column" in codes(read(cells))
    known = {headings.norm("东西"): "goods_name"}
    assert codes(read(cells, remembered=known)) == []
    unlike = read(cells, remembered=known, answers=[Answer(kind="column", column="M")])
    assert codes(unlike) == ["missing_column"]
    assert unlike.file.unknown["M"] == "东西"


def test_blank_cells_are_filled_and_written_ones_are_left() -> None:
    rows = [road(1, goods_name="-"), road(2), road(3, goods_name="")]
    report = check(*rows, answers=[Answer(kind="fill", field="goods_name", value="鞋")])
    assert [line["goods_name"] for line in report.lines] == ["鞋", "服装", "鞋"]
    assert codes(report) == []


def test_a_field_without_a_column_is_filled_and_no_longer_missing() -> None:
    cells = [row[:-1] for row in table([road(1), road(2)])]
    assert codes(read(cells)) == ["missing_column"]
    fill = Answer(kind="fill", field="gross_weight_kg", value="500")
    assert [one["gross_weight_kg"] for one in read(cells, answers=[fill]).lines] == ["500"] * 2
    bad = Answer(kind="fill", field="gross_weight_kg", value="-5")
    assert set(codes(read(cells, answers=[bad]))) == {"too_small"}


def test_a_corrected_cell_says_what_was_said_and_has_no_marks() -> None:
    raw = put({(2, "waybill_no"): 70520250000000001, (3, "packages"): "=1+1"})
    assert {"digits_lost", "formula_empty"} <= set(codes(examine(raw, day=DAY)))
    answers = [
        Answer(kind="cell", row=2, column="A", value="CMR777"),
        Answer(kind="cell", row=3, column=_letter(raw, "packages"), value="9"),
    ]
    report = examine(raw, day=DAY, answers=answers)
    assert (report.outcome, len(report.lines)) == ("accept", 3)
    assert report.lines[0]["waybill_no"] == report.lines[0].raw["A"] == "CMR777"
    assert report.lines[1]["packages"] == "9"


def _letter(raw: bytes, name: str) -> str:
    mapping = examine(raw, day=DAY).file.mapping
    return next(letter for letter, field in mapping.items() if field == name)


def test_the_last_of_several_answers_holds() -> None:
    said = [Answer(kind="cell", row=2, column="N", value=value) for value in ("7", "8")]
    assert check(road(1), answers=said).lines[0]["packages"] == "8"


def test_a_row_left_out_is_skipped_with_its_reason_and_the_rows_still_add_up() -> None:
    rows = [road(1), road(1, packages="7"), road(2)]
    conflict = only(check(*rows), "conflicting_row")
    for offer, left in zip(offers(conflict), ("120", "7"), strict=True):
        report = check(*rows, answers=[offer.answer])
        assert (codes(report), report.lines[0]["packages"]) == ([], left)
        assert report.skipped[-1].message() == "人工剔除的行"
        assert sum(report.states.values()) == report.rows_read


def test_headings_are_never_left_out_or_corrected() -> None:
    answers = [Answer(kind="leave_out", row=1), Answer(kind="cell", row=1, column="A", value="x")]
    assert told(check(road(1), answers=answers)) == told(check(road(1)))


def test_what_was_confirmed_goes_in_as_a_notice_and_the_other_rows_wait() -> None:
    rows = [road(1, supervision_mode="8888"), road(2, supervision_mode="8888")]
    first = next(one for one in check(*rows).problems if one.row == 2)
    (offer,) = offers(first)
    report = check(*rows, answers=[offer.answer])
    assert [(one.row, one.severity) for one in report.problems] == [(2, "notice"), (3, "ask")]
    assert report.lines[0]["supervision_mode"] == "8888"


def test_a_fault_of_most_of_a_column_is_confirmed_at_once() -> None:
    rows = [road(number, supervision_mode="8888") for number in range(20)]
    (offer,) = offers(only(check(*rows), "unknown_code"))
    assert len(check(*rows, answers=[offer.answer]).lines) == 20


def test_what_is_refused_cannot_be_confirmed() -> None:
    answer = Answer(kind="confirm", row=2, field="packages", code="too_small")
    assert check(road(1, packages="0"), answers=[answer]).outcome == "reject"
    assert offers(only(check(road(1, packages="0")), "too_small")) == ()


def test_two_faults_of_a_row_stay_two_and_one_answer_settles_one() -> None:
    rows = [road(1, supervision_mode="8888", departure_date="03/01/2025")]
    both = check(*rows)
    assert sorted(codes(both)) == ["ambiguous_date", "unknown_code"]
    first = offers(only(both, "unknown_code"))[0].answer
    assert len(check(*rows, answers=[first]).waiting) == 1
    second = offers(only(both, "ambiguous_date"))[1].answer
    assert len(check(*rows, answers=[first, second]).lines) == 1


PLANTED: dict[str, tuple[str, str, int, str]] = {
    "exit_customs": ("705", "leading_zero", 0, "0705"),
    "hs_code": ("409000000", "leading_zero", 0, "0409000000"),
    "departure_date": ("02/03/2025", "ambiguous_date", 1, "2025-02-03"),
    "arrival_date": ("25-03-09", "two_digit_year", 0, "2025-03-09"),
    "border_exit_date": ("45720", "serial_date", 0, "2025-03-04"),
    "packages": ("1.200,00", "ambiguous_number", 0, "1200"),
    "gross_weight_kg": ("18.5吨", "unit_in_cell", 0, "18500"),
    "net_weight_kg": ("500 kg", "unit_in_cell", 0, "500"),
    "transport_mode": ("3", "mode_three", 1, "ROAD"),
    "supervision_mode": ("8888", "unknown_code", 0, "8888"),
    "train_no": ("X8001", "train_on_road", 0, "X8001"),
    "load_state": ("空", "empty_with_weight", 0, "EMPTY"),
}


@given(st.sampled_from(sorted(PLANTED)), st.integers(1, 20), st.integers(0, 19), st.booleans())
@GIVEN
def test_the_offered_answer_brings_the_row_in_as_it_was_meant_and_changes_no_other(
    name: str,
    count: int,
    place: int,
    mixed: bool,  # noqa: FBT001  hypothesis gives it
) -> None:
    bad, code, which, meant = PLANTED[name]
    rows = [rail(n) if mixed and n % 2 else road(n) for n in range(count)]
    rows.insert(place % (count + 1), road(99) | {name: bad})
    row = place % (count + 1) + 2
    asked = check(*rows)
    assert [line.row for line in asked.waiting] == [row]
    answers = [offers(only(asked, code))[which].answer]
    report: Report = check(*rows, answers=answers)
    assert told(report) == told(check(*rows, answers=answers))
    assert (report.outcome, len(report.lines)) == ("accept", count + 1)
    for line in report.lines:
        if line.row == row:
            assert line[name] == meant
        else:
            assert line in list(asked.lines)


def test_in_a_column_of_decimal_commas_no_comma_is_taken_for_thousands_unasked() -> None:
    said = ("8.500,25", "10,500", "9,000.5", "700")
    rows = [road(number, gross_weight_kg=text) for number, text in enumerate(said, 1)]
    asked = check(*rows)
    assert [one["waybill_no"] for one in asked.waiting] == [
        rows[0]["waybill_no"],
        rows[1]["waybill_no"],
    ]
    (comma, point) = (one.answer for one in offers(asked.problems[1]))
    weights = [line["gross_weight_kg"] for line in check(*rows, answers=[comma]).lines]
    assert weights == ["8500.25", "10.5", "9000.5", "700"]
    assert check(*rows, answers=[point]).lines[0]["gross_weight_kg"] == "10500"


def test_alone_a_comma_before_three_digits_groups_thousands() -> None:
    (line,) = check(road(1, gross_weight_kg="10,500")).lines
    assert line["gross_weight_kg"] == "10500"


def test_a_correction_is_judged_like_any_cell() -> None:
    answer = Answer(kind="cell", row=2, column="N", value="0")
    assert codes(check(road(1), answers=[answer])) == ["too_small"]
