"""What cannot be true as stated is told with its figures; what can be is not."""

from datetime import date, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.oddities import LEAST_OTHERS, MESSAGES, box_too_soon, freight_far, too_fast

DAY = date(2026, 3, 2)
BOX = "MSKU1234565"
OTHERS = [5_000_000] * LEAST_OTHERS


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def test_a_box_back_before_its_way_out_can_have_ended_is_told_with_the_days() -> None:
    told = box_too_soon(BOX, DAY, later(2), "ROAD", 74_420)
    assert told is not None
    assert told.args == (BOX, "2026-03-02", "2026-03-04", "2", "7,442.0", "100")
    assert "隔 2 天" in told.text()
    assert "2 days apart" in told.text("en")


def test_a_box_back_once_its_way_out_can_have_ended_is_not_told() -> None:
    assert box_too_soon(BOX, DAY, later(3), "ROAD", 74_420) is None
    assert box_too_soon(BOX, DAY, later(2), "RAIL", 74_420) is None


def test_a_way_to_the_border_that_no_lorry_drives_is_told_with_its_speed() -> None:
    told = too_fast(DAY, DAY, "ROAD", 30_000)
    assert told is not None
    assert told.args == ("2026-03-02", "2026-03-02", "3,000.0", "125.0", "100")
    assert "时速 125.0 公里" in told.text()


@pytest.mark.parametrize(("days", "km_tenths"), [(0, 24_000), (1, 30_000), (-1, 90_000)])
def test_a_way_that_can_be_driven_or_days_that_go_backwards_are_not_told(
    days: int, km_tenths: int
) -> None:
    assert too_fast(DAY, later(days), "ROAD", km_tenths) is None


def test_a_freight_far_from_the_median_is_told_and_one_within_three_times_is_not() -> None:
    high, low = freight_far(15_000_300, "CNY", OTHERS), freight_far(1_600_000, "CNY", OTHERS)
    assert high is not None
    assert low is not None
    assert (high.code, high.args) == ("freight_high", ("300", "10", "50,000.00", "CNY"))
    assert (low.code, low.args[0]) == ("freight_low", "32")
    assert freight_far(15_000_000, "CNY", OTHERS) is None
    assert freight_far(1_666_667, "CNY", OTHERS) is None


def test_a_freight_beside_too_few_others_is_not_told() -> None:
    assert freight_far(99_000_000, "CNY", OTHERS[1:]) is None


@given(
    st.integers(1, 3 * 10**8).flatmap(
        lambda least: st.lists(st.integers(least, 3 * least), min_size=11, max_size=31)
    )
)
def test_a_freight_among_others_of_which_none_is_three_times_another_is_never_told(
    alike: list[int],
) -> None:
    assert freight_far(alike[0], "CNY", alike[1:]) is None


def test_every_sentence_says_the_same_figures_in_both_languages() -> None:
    for zh, en in MESSAGES.values():
        places = [{part[1] for part in Formatter().parse(one)} - {None} for one in (zh, en)]
        assert places[0] == places[1]
