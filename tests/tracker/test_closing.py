"""Closing: the day after a call's last day the ledger says what went in, and what did not."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import way
from tests.due import taken
from tests.journeys import NOW, RATE_FEN
from tracker import jobs
from tracker.jobs import nightly
from tracker.models.money import Entry
from tracker.steps import closing, windows

TODAY = NOW.date()
DAY = timedelta(days=1)


def closed(bench: jobs.Bench, days: int = 1) -> list[closing.Closing]:
    """What is told after the clock's round so many days later."""

    def work(session: Session) -> None:
        closing.close(session, NOW + days * DAY)

    bench.database.transact(work)
    with bench.database.reading() as session:
        return list(closing.of(session, windows.standing(session)).values())


def test_what_went_in_and_what_did_not_is_told_once_the_last_day_is_over(
    bench: jobs.Bench,
) -> None:
    taken(bench, TODAY, TODAY)
    way.shipped(bench, 2)
    way.applied(bench)
    way.shipped(bench, 1, first=5, login="other_clerk")
    way.drafted(bench, login="other_clerk")
    assert closed(bench, days=0) == [], "the last day is not over"
    (told,) = closed(bench)
    assert (told.applications, told.applied_fen, told.not_in) == (1, 2 * RATE_FEN, 1)
    assert closed(bench, days=2) == [told], "told once"
    with bench.database.reading() as session:
        session.scalars(select(Entry).where(Entry.kind == closing.CLOSED)).one()
    assert way.proven(bench)


def test_a_call_that_nobody_answered_is_closed_too(bench: jobs.Bench) -> None:
    taken(bench, TODAY, TODAY)
    (told,) = closed(bench)
    assert (told.applications, told.applied_fen, told.not_in) == (0, 0, 0)


def test_a_period_that_is_opened_again_closes_again_by_itself(bench: jobs.Bench) -> None:
    taken(bench, TODAY, TODAY)
    (first,) = closed(bench)
    taken(bench, TODAY, TODAY + 9 * DAY)
    assert closed(bench, days=2) == []
    (again,) = closed(bench, days=10)
    assert again.seq > first.seq


def test_the_clock_asks_for_it_only_where_a_call_is_over(bench: jobs.Bench) -> None:
    def asked() -> bool:
        return bool(nightly.any_to_close(bench))

    assert not asked()
    taken(bench, TODAY - 9 * DAY, TODAY - DAY)  # the machine's day is later than the tests'
    assert asked()
    jobs._tick(bench, "close_periods")  # noqa: SLF001  what the clock calls
    jobs.drain(bench)
    assert not asked()
    with bench.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == closing.CLOSED)).one()
    assert entry.actor == "system"
