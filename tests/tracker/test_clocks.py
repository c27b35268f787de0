"""Clocks: whose days run, how they stand still, and that nobody's time is shortened meanwhile."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import way
from tests.due import due
from tests.guards import refused
from tests.journeys import NOW, WHY, act_on, person
from tracker import jobs
from tracker.errors import NotAllowed, NotThere, Refused
from tracker.models.applications import Application
from tracker.models.filings import Filing
from tracker.steps import clocks, deadlines, waiting, workdays

MENDED = NOW + timedelta(days=14)
"""2026-05-18, a Monday; the tests' own moment is the 4th, a day off up to the 5th."""


def runs(bench: jobs.Bench, table: type[Any], key: int) -> clocks.Running | None:
    with bench.database.reading() as session:
        return clocks.of(session, session.get_one(table, key))


def returned(bench: jobs.Bench, key: int, now: datetime) -> None:
    act_on(bench, Application, key, "league_officer", "return", now=now, **WHY)


@pytest.fixture(autouse=True)
def calendar(bench: jobs.Bench) -> None:
    """The days off of the year are written down."""
    bench.database.transact(lambda session: workdays.begin(session, NOW))


@pytest.fixture(name="applied")
def has_applied(bench: jobs.Bench) -> int:
    """Five working days for the first review and three to mend; an application that went in."""
    due(bench, "first_review", 5)
    due(bench, "supplement", 3)
    way.shipped(bench)
    return way.applied(bench)


def test_without_a_deadline_no_clock_runs(bench: jobs.Bench) -> None:
    way.shipped(bench)
    assert runs(bench, Application, way.applied(bench)) is None


def test_a_clock_counts_working_days_from_the_day_after(bench: jobs.Bench, applied: int) -> None:
    found = runs(bench, Application, applied)
    assert found
    assert (found.clock.name, found.since, found.used) == ("first_review", NOW.date(), 0)
    assert found.due_on == date(2026, 5, 11), "the 9th is a Saturday that is worked"
    assert not found.late(found.due_on)
    assert found.late(date(2026, 5, 12))


def test_a_clock_stands_still_while_somebody_else_has_it(bench: jobs.Bench, applied: int) -> None:
    returned(bench, applied, NOW + timedelta(days=3))
    firms = runs(bench, Application, applied)
    assert firms
    assert (firms.clock.name, firms.since, firms.used, firms.due_on) == (
        "supplement",
        date(2026, 5, 7),
        0,
        date(2026, 5, 11),
    )
    way.apply(bench, applied, now=MENDED)
    found = runs(bench, Application, applied)
    assert found
    assert (found.clock.name, found.since, found.used) == ("first_review", MENDED.date(), 2)
    assert found.due_on == date(2026, 5, 21), "three of the five days are left"


def test_days_that_are_used_up_leave_the_day_itself(bench: jobs.Bench, applied: int) -> None:
    returned(bench, applied, NOW + timedelta(days=10))
    way.apply(bench, applied, now=MENDED)
    found = runs(bench, Application, applied)
    assert found
    assert (found.used, found.due_on) == (8, MENDED.date())


def test_each_return_gives_the_firm_its_days_anew(bench: jobs.Bench, applied: int) -> None:
    returned(bench, applied, NOW)
    way.apply(bench, applied, now=NOW + timedelta(days=7))
    returned(bench, applied, MENDED)
    found = runs(bench, Application, applied)
    assert found
    assert (found.used, found.due_on) == (0, date(2026, 5, 21))


def test_what_runs_keeps_its_days_when_the_deadline_changes(
    bench: jobs.Bench, applied: int
) -> None:
    due(bench, "first_review", 1, NOW + timedelta(hours=1))
    found = runs(bench, Application, applied)
    assert found
    assert found.working_days == 5
    returned(bench, applied, NOW + timedelta(hours=2))
    way.apply(bench, applied, now=MENDED)
    found = runs(bench, Application, applied)
    assert found
    assert found.working_days == 5, "it goes on, it does not begin"


def test_none_is_a_deadline_too_for_what_begins_later(bench: jobs.Bench) -> None:
    due(bench, "first_review", 5)
    due(bench, "first_review", 0)
    way.shipped(bench)
    assert runs(bench, Application, way.applied(bench)) is None


def test_the_province_sets_its_own_for_every_league(bench: jobs.Bench) -> None:
    due(bench, "commerce_review", 10, login="commerce_approver")
    due(bench, "finance_review", 4, login="finance_approver")
    way.shipped(bench)
    way.a_fund(bench)
    key = way.filed(bench)
    found = runs(bench, Filing, key)
    assert found
    assert (found.clock.name, found.due_on) == ("commerce_review", date(2026, 5, 18))
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "endorse", now=MENDED)
    found = runs(bench, Filing, key)
    assert found
    assert (found.clock.name, found.due_on) == ("finance_review", date(2026, 5, 22))


def test_what_waits_is_told_with_the_first_last_day(bench: jobs.Bench, applied: int) -> None:
    assert applied
    with bench.database.reading() as session:
        found = waiting.waiting(session, person(session, "league_officer"), NOW)
        first = {(one.kind, one.narrow.get("state")): one.first for one in found}
    assert first["application", "applied"] == date(2026, 5, 11)


@pytest.mark.parametrize(
    ("login", "clock", "days", "wrong", "words"),
    [
        ("league_officer", "first_review", 5, NotAllowed, "Others set this deadline"),
        ("league_approver", "commerce_review", 5, NotAllowed, "Others set this deadline"),
        ("league_approver", "lunch", 5, NotThere, "no such deadline"),
        ("league_approver", "first_review", 251, Refused, "from 0 to 250 working days"),
        ("league_approver", "first_review", -1, Refused, "from 0 to 250 working days"),
    ],
)
def test_who_may_not_and_what_makes_no_sense_is_refused(
    bench: jobs.Bench, login: str, clock: str, days: int, wrong: type[Exception], words: str
) -> None:
    with pytest.raises(wrong, match=words):
        due(bench, clock, days, login=login)


def test_a_deadline_rests_on_a_document(bench: jobs.Bench) -> None:
    def work(session: Session) -> None:
        who = person(session, "league_approver")
        deadlines.choose(session, who, "first_review", 5, "  ", NOW)

    with pytest.raises(Refused, match="number of the document"):
        bench.database.transact(work)


def test_a_deadline_is_only_added_to_and_told_in_the_ledger(bench: jobs.Bench) -> None:
    due(bench, "first_review", 5)
    due(bench, "first_review", 6)
    with bench.database.reading() as session:
        (one,) = deadlines.standing(session)
        assert one.working_days == 6
    changed, removed = "UPDATE deadline SET working_days = 9", "DELETE FROM deadline"
    refused(bench.database, "only added to", changed, removed)
    assert way.proven(bench)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 60),
    st.dictionaries(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.booleans(), max_size=30),
)
def test_so_many_days_after_is_so_many_days_counted(
    day: date, days: int, known: dict[date, bool]
) -> None:
    last = workdays.after(day, days, known)
    assert workdays.count(day, last, known) == days
    assert workdays.count(day, last - timedelta(days=1), known) < max(days, 1)
