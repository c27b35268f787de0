"""Replays: what a draft would pay for real shipments, beside what stands, and nothing kept."""

from datetime import date

import pytest

from tests import journeys, way
from tests.journeys import STATED, a_trip
from tracker import jobs
from tracker.db import Database
from tracker.errors import Refused
from tracker.models.methods import Method
from tracker.models.money import Assessment, Entry
from tracker.settings import Settings
from tracker.steps import replay

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def drafted(bench: jobs.Bench, rate: str = "700.00") -> int:
    """A further version of the league's method with this rate."""
    params = {**STATED, "rate": rate}
    return journeys.method_drafted(bench, a_trip.id, params, date(2026, 5, 1))


def ran(bench: jobs.Bench, key: int, days: tuple[date, date] = YEAR) -> replay.Replay:
    with bench.database.reading() as session:
        return replay.replay(session, bench.registry, session.get_one(Method, key), *days)


def test_a_draft_is_held_against_what_stands_by_firm_month_and_shipment(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    way.shipped(bench, 1, first=9, login="other_clerk")
    made = ran(bench, drafted(bench))
    assert made.total == replay.Sums(4, 200_000, 280_000)
    assert [(sums.shipments, sums.change_fen) for _, sums in made.by_firm] == [
        *((3, 60_000), (1, 20_000)),
    ]
    assert [month for month, _ in made.by_month] == ["2026-03"]
    assert made.outcomes == [("awarded", "awarded", 4)]
    assert {row.change_fen for row in made.changed()} == {20_000}


def test_it_gives_the_stored_amounts_where_the_method_is_the_one_that_stands(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 2)
    made = ran(bench, 1)
    assert made.changed() == []
    assert made.total.before_fen == made.total.after_fen == 100_000


def test_nothing_is_kept_and_settled_shipments_count_too(bench: jobs.Bench) -> None:
    way.disbursed(bench, 2)
    key = drafted(bench)
    before = (way.count(bench, Entry), way.count(bench, Assessment), way.stages(bench))
    assert ran(bench, key).total.change_fen == 40_000
    assert (way.count(bench, Entry), way.count(bench, Assessment), way.stages(bench)) == before


def test_a_shipment_that_waited_for_a_method_is_told_apart_from_one_that_got_nothing(
    waiting: jobs.Bench,
) -> None:
    way.shipped(waiting, 1)
    made = ran(waiting, drafted(waiting))
    assert made.outcomes == [("", "awarded", 1)]
    with waiting.database.reading() as session:
        found = replay.tallies(session, made, made.rows[0].key)
    assert found is not None
    _, before, after = found
    assert before is None
    assert after.award_fen == 70_000


def test_only_the_days_asked_for_count(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = drafted(bench)
    assert ran(bench, key, (date(2026, 4, 1), date(2026, 4, 30))).rows == ()
    with pytest.raises(Refused, match="before the first"):
        ran(bench, key, YEAR[::-1])


@pytest.fixture
def waiting(database: Database, settings: Settings) -> jobs.Bench:
    """The world before any method is recorded."""
    return journeys.peopled(database, settings)
