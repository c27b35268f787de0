"""The picture of a journey: every step stands at its chainage and its time, lying and standing."""

import re
from itertools import pairwise

import pytest

from tests.tracker.test_strips import points
from tracker.papers import journeys, strips
from tracker.papers.journeys import Gap, Journey, Step

BEGINS = 1_772_409_600
HOUR = 3600
STOPS = points(6, "zh")
MARKS = strips.laid_out(STOPS).marks


def line(picture: str) -> list[tuple[float, float]]:
    """The corners of the drawn way."""
    found = re.findall(r'<polyline points="([^"]+)"', picture)
    corners = [tuple(map(float, one.split(","))) for part in found for one in part.split()]
    return [(x, y) for x, y in dict.fromkeys(corners)]


def at_the_stops() -> Journey:
    """One that is at the first stop at first, at the next an hour later, and so on."""
    return Journey([Step(BEGINS + n * HOUR, stop[1]) for n, stop in enumerate(STOPS)])


def test_lying_each_stop_is_passed_under_its_mark_and_at_its_hour() -> None:
    corners = line(journeys.lying(STOPS, at_the_stops(), "行驶图", "zh"))
    assert [x for x, _ in corners] == [round(mark.x, 1) for mark in MARKS]
    steps = [after - before for (_, before), (_, after) in pairwise(corners)]
    assert max(steps) - min(steps) <= 0.2, "even hours are even lengths"


def test_standing_each_stop_is_passed_on_its_own_row() -> None:
    corners = line(journeys.standing(STOPS, at_the_stops(), "行驶图", "zh"))
    rows = [after - before for (_, before), (_, after) in pairwise(corners)]
    assert len(corners) == len(STOPS)
    assert set(rows) == {journeys.ROWS[len(STOPS) > journeys.MANY]}
    assert corners[-1][0] == 150.0 + journeys.SPAN


def test_between_stops_a_step_stands_in_proportion_and_beyond_them_at_the_end() -> None:
    (one, other) = MARKS[0], MARKS[1]
    middle = (one.km_tenths + other.km_tenths) // 2
    ends = [(mark.km_tenths, mark.x) for mark in MARKS]
    assert journeys.along(ends, middle) == pytest.approx((one.x + other.x) / 2, abs=0.5)
    assert journeys.along(ends, -50) == MARKS[0].x
    assert journeys.along(ends, 10**9) == MARKS[-1].x


def test_gaps_are_shaded_and_dashed_and_what_is_off_the_corridor_is_marked() -> None:
    steps = [Step(BEGINS + n * HOUR, 100 * n, n != 4) for n in range(10)]
    gaps = [
        Gap(steps[2].at, steps[3].at, bridged=True),
        Gap(steps[6].at, steps[7].at, bridged=False),
    ]
    drawn = Journey(steps, gaps, crossed_at=steps[5].at + HOUR // 2)
    for lang, words in (("zh", "过境 03-02 13:30"), ("en", "crossed 03-02 13:30")):
        for picture in (
            journeys.lying(STOPS, drawn, "<t>", lang),
            journeys.standing(STOPS, drawn, "<t>", lang),
        ):
            assert picture.count('class="gap"') == 2
            assert journeys.SHADE in picture
            assert journeys.BRIDGED in picture
            assert picture.count("stroke-dasharray") == 2
            assert picture.count('class="off"') == 1
            assert words in picture
            assert "<t>" not in picture


def test_days_are_written_in_beijings_time_and_never_too_many() -> None:
    steps = [Step(BEGINS, 0), Step(BEGINS + 40 * 24 * HOUR, STOPS[-1][1])]
    lying = journeys.lying(STOPS, Journey(steps), "t", "zh")
    days = re.findall(r">(\d\d-\d\d)<", lying)
    assert days[0] == "03-03"
    assert len(days) <= journeys.MOST_TICKS_LYING


def test_nothing_is_drawn_without_steps_or_without_a_line() -> None:
    assert journeys.picture(STOPS, Journey([]), "t", "zh") == ""
    assert journeys.picture(STOPS[:1], at_the_stops(), "t", "zh") == ""
    both = journeys.picture(STOPS, at_the_stops(), "t", "en")
    assert both.count("<svg") == 2
    still = journeys.lying(STOPS, Journey([Step(BEGINS, 30)]), "t", "zh")
    assert "<svg" in still, "a single moment is no division by nothing"
