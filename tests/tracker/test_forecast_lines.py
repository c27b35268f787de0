"""The lines of a forecast without a database: on what a mean rests, over what the pace is taken."""

from datetime import date, timedelta

import pytest

from tracker.steps import forecast_lines
from tracker.steps.forecast_books import days_of
from tracker.steps.forecast_lines import Line, Quarter, Row

TODAY = date(2026, 5, 4)
QUARTERS = (Quarter(3, date(2026, 7, 1), date(2026, 9, 30), 2, in_force=True),)


def row(uscc: str, corridor: str, day: date, fen: int, **other: int) -> Row:
    values = {"method": 2, "count": 1, "settled": 1} | other
    return Row(
        uscc=uscc,
        firm=f"示例{uscc}",
        corridor=corridor,
        route=f"通道{corridor}" if corridor else "",
        day=day,
        accrued_fen=fen,
        applied_fen=0,
        filed_fen=0,
        approved_fen=0,
        **values,
    )


def told(*rows: Row, quarters: tuple[Quarter, ...] = QUARTERS) -> dict[tuple[str, str], Line]:
    return {(one.uscc, one.corridor): one for one in forecast_lines.of(list(rows), quarters, TODAY)}


def test_a_mean_rests_on_the_nearest_that_is_known() -> None:
    day = date(2026, 4, 1)
    lines = told(
        row("A", "T01", day, 1_000),
        row("A", "T01", day, 2_001),
        row("A", "T02", day, 0, settled=0),
        row("B", "T02", day, 7_000),
        row("C", "T02", day, 0, settled=0),
        row("C", "T03", day, 0, settled=0),
        row("D", "", day, 500),
    )
    found = {place: (one.mean_from, one.mean_fen) for place, one in lines.items()}
    assert found == {
        ("A", "T01"): ("own_corridor", 1_501),
        ("A", "T02"): ("own", 1_501),
        ("B", "T02"): ("own_corridor", 7_000),
        ("C", "T02"): ("corridor", 7_000),
        ("C", "T03"): ("league", 2_625),
        ("D", ""): ("own", 500),
        ("", ""): ("league", 2_625),
    }
    assert lines["A", "T01"].mean_count == 2
    assert lines["C", "T03"].mean_sum_fen == 10_501
    assert lines["A", "T01"].route == "通道T01"


def test_what_another_version_of_the_method_brought_comes_last() -> None:
    day = date(2026, 4, 1)
    lines = told(row("A", "T01", day, 1_000, method=1), row("B", "T01", day, 300, method=0))
    assert lines["A", "T01"].mean_from == "earlier"
    assert lines["A", "T01"].mean_fen == 650


def test_the_pace_is_of_the_last_year_and_never_of_a_few_days() -> None:
    young = told(row("A", "", TODAY, 100, count=3))["A", ""]
    assert (young.recent, young.recent_days, young.suggested) == (3, 30, 9)
    old = told(
        row("A", "", TODAY - timedelta(days=500), 100, count=50),
        row("A", "", TODAY - timedelta(days=365), 100, count=50),
        row("A", "", TODAY - timedelta(days=364), 100, count=365),
        row("A", "", TODAY + timedelta(days=1), 100, count=50),
    )["A", ""]
    assert (old.recent, old.recent_days, old.suggested) == (365, 365, 92)


def test_a_half_is_rounded_up() -> None:
    assert [forecast_lines.halves_up(part, 2) for part in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert forecast_lines.halves_up(1, 3) == 0


def test_a_quarter_that_is_over_has_only_what_stands() -> None:
    first = Quarter(1, date(2026, 1, 1), date(2026, 3, 31), 2, in_force=True)
    second = Quarter(2, date(2026, 4, 1), date(2026, 6, 30), 2, in_force=True)
    rows = (row("A", "", date(2026, 1, 2), 100), row("B", "", date(2026, 4, 2), 900))
    lines = forecast_lines.of(list(rows), (first, second), TODAY)
    assert [(one.quarter, one.uscc, one.known, one.days) for one in lines] == [
        (1, "A", 1, 0),
        (2, "A", 0, 57),
        (2, "B", 1, 57),
        (2, "", 0, 57),
    ]


@pytest.mark.parametrize(
    ("quarter", "days"),
    [
        (1, (date(2026, 1, 1), date(2026, 3, 31))),
        (2, (date(2026, 4, 1), date(2026, 6, 30))),
        (4, (date(2026, 10, 1), date(2026, 12, 31))),
    ],
)
def test_a_quarter_has_its_days(quarter: int, days: tuple[date, date]) -> None:
    assert days_of(2026, quarter) == days


def test_lines_are_kept_and_read_again() -> None:
    lines = list(told(row("A", "T01", TODAY, 1_000)).values())
    assert forecast_lines.read([one.as_json() for one in lines]) == lines


def test_what_stands_already_in_the_days_to_come_is_not_expected_once_more() -> None:
    second = Quarter(2, date(2026, 4, 1), date(2026, 6, 30), 2, in_force=True)
    rows = (
        row("A", "", date(2026, 4, 5), 100, count=30),
        row("A", "", date(2026, 5, 20), 100, count=7),
        row("B", "", date(2026, 6, 1), 100, count=2),
    )
    lines = told(*rows, quarters=(second,))
    assert (lines["A", ""].ahead, lines["A", ""].suggested) == (7, 50)
    assert (lines["B", ""].ahead, lines["B", ""].suggested) == (2, 0)
