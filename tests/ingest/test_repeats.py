"""Numbers borne twice, trailers and tractors that cross too often, and empty trains, in words."""

from datetime import date

import pytest

from ingest.oddities import bare_crossings, empty_train, trailer_again, twice

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


@pytest.mark.parametrize("kind", ["seal", "carnet", "batch"])
def test_a_number_that_others_bear_is_told_with_the_nearest_day(kind: str) -> None:
    told = twice(kind, "XX12345678", DAY, [date(2026, 2, 1), NEXT])
    assert told is not None
    assert (told.code, told.args) == (f"{kind}_twice", ("XX12345678", "2", "2026-03-03"))
    assert "另见于 2 个车次" in told.text()
    assert "2026-03-03" in told.text("en")


def test_a_number_that_no_other_bears_is_not_told() -> None:
    assert twice("seal", "XX12345678", DAY, []) is None


def test_a_trailer_behind_two_tractors_within_days_is_told_and_behind_one_it_is_not() -> None:
    told = trailer_again("蒙A1234挂", {DAY: {"蒙A10001"}, NEXT: {"蒙A10002"}})
    assert told is not None
    assert told.args == ("蒙A1234挂", "2026-03-02", "2026-03-03")
    assert trailer_again("蒙A1234挂", {DAY: {"蒙A10001"}, NEXT: {"蒙A10001"}}) is None
    assert trailer_again("蒙A1234挂", {}) is None


def test_two_tractors_on_one_day_are_told_with_that_day() -> None:
    told = trailer_again("蒙A1234挂", {DAY: {"蒙A10001", "蒙A10002"}})
    assert told is not None
    assert told.args[1:] == ("2026-03-02", "2026-03-02")


def test_a_tractor_that_crosses_four_times_for_one_loaded_trailer_is_told() -> None:
    crossings = [(NEXT, False), (DAY, True), (NEXT, False), (DAY, False)]
    told = bare_crossings("А123ВС75", crossings)
    assert told is not None
    assert told.args == ("А123ВС75", "2026-03-02", "2026-03-03", "4", "1")
    assert "同向过境 4 次，其中带载货挂车 1 次" in told.text()


@pytest.mark.parametrize("loaded", [[], [(DAY, True)], [(DAY, True), (NEXT, True)]])
def test_a_tractor_that_pulls_a_loaded_trailer_each_time_is_not_told(
    loaded: list[tuple[date, bool]],
) -> None:
    assert bare_crossings("А123ВС75", loaded) is None


def test_a_lorry_without_trailers_that_crosses_empty_is_not_told() -> None:
    assert bare_crossings("蒙A10001", [(DAY, False), (NEXT, False)]) is None


def test_a_train_with_more_than_a_tenth_of_empties_is_told_with_its_share() -> None:
    told = empty_train("X8001", DAY, 41, 5)
    assert told is not None
    assert told.args == ("X8001", "2026-03-02", "41", "5", "12", "10")
    assert empty_train("X8001", DAY, 50, 5) is None
