"""Dates: what people write becomes ISO in Beijing; what can be read two ways is asked about."""

from datetime import date

import pytest

from ingest.columns import judge
from ingest.fields import FIELDS
from tests.ingest.manifest_samples import DAY

DEPARTURE, HUB_IN = FIELDS["departure_date"], FIELDS["hub_in_at"]


@pytest.mark.parametrize(
    "said",
    [
        "2025-03-01",
        "2025-3-1",
        "2025/3/1",
        "2025.03.01",
        "2025年3月1日",
        "2025年03月01",
        "20250301",
        "20250301103000",
        "202503011030",
        "2025-03-01 10:30",
        "2025-03-01 10:30:59.123",
        "2025-03-01T10:30:00+08:00",
        "2025-02-28T16:30:00Z",
        "2025-02-28 19:30 +03:00".replace(" +", "+"),
        "2025年3月1日10时30分",
        "2025年3月1日 10点30分05秒",
    ],
)
def test_a_clear_date_is_read_as_the_day_in_beijing(said: str) -> None:
    verdict = judge(DEPARTURE, said, DAY)
    assert (verdict.value, verdict.code) == ("2025-03-01", None)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("03/04/2025", "ambiguous_date"),
        ("3-4-2025", "ambiguous_date"),
        ("31/01/2025", "ambiguous_date"),
        ("32/13/2025", "bad_date"),
        ("25-03-01", "two_digit_year"),
        ("25/3/1", "two_digit_year"),
        ("25年3月1日", "two_digit_year"),
        ("45717", "serial_date"),
        ("45717.5", "serial_date"),
        ("2025-02-30", "bad_date"),
        ("2025-13-01", "bad_date"),
        ("2025-02-29", "bad_date"),
        ("20250230", "bad_date"),
        ("2025-03-01 25:00", "bad_date"),
        ("2025-03-01 abc", "bad_date"),
        ("2025-03-01 10:00+99:00", "bad_date"),
        ("0001-01-01 00:00+14:00", "bad_date"),
        ("9999-12-31 23:59-12:00", "bad_date"),
        ("待定", "bad_date"),
        ("0000-00-00", "bad_date"),
        ("2025-03", "bad_date"),
        ("2025-07-01", "future_date"),
        ("2005-03-01", "old_date"),
    ],
)
def test_an_unclear_or_unreal_date_is_never_guessed(said: str, code: str) -> None:
    assert judge(DEPARTURE, said, DAY).code == code


def test_a_serial_number_shows_the_day_it_would_be() -> None:
    assert judge(DEPARTURE, "45717", DAY).args["expected"] == "2025-03-01"


def test_today_is_not_the_future_and_tomorrow_is() -> None:
    assert judge(DEPARTURE, "2025-06-30", DAY).code is None
    assert judge(DEPARTURE, "2025-06-30", date(2025, 6, 29)).code == "future_date"


def test_a_time_keeps_its_time_of_day_in_beijing() -> None:
    assert judge(HUB_IN, "2025-03-01 02:30Z", DAY).value == "2025-03-01T10:30:00+08:00"
    assert judge(HUB_IN, "2025-03-01 10:30", DAY).value == "2025-03-01T10:30:00+08:00"


def test_a_time_without_a_time_of_day_is_midnight_with_a_notice() -> None:
    verdict = judge(HUB_IN, "2025-03-01", DAY)
    assert (verdict.value, verdict.code) == ("2025-03-01T00:00:00+08:00", "no_time")
    assert judge(HUB_IN, "待定", DAY).code == "bad_date"
    assert judge(HUB_IN, "2026-03-01 10:00", DAY).code == "future_date"
