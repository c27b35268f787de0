"""Windows: within which days a firm applies, and what happens before, after and beyond them."""

from datetime import date, timedelta

import pytest

from tests import way
from tests.due import taken
from tests.guards import refused
from tests.journeys import NOW, WHY, act_on, person
from tests.way import PERIOD
from tracker import jobs
from tracker.errors import NotAllowed, Refused
from tracker.models.applications import Application
from tracker.steps import waiting

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture(name="draft")
def is_drafted(bench: jobs.Bench) -> int:
    """An application for a quarter that did not go in."""
    way.shipped(bench)
    return way.drafted(bench)


def test_within_the_days_it_goes_in_on_the_last_too(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY - DAY, TODAY)
    way.apply(bench, draft)
    assert "applied" in way.stages(bench)


def test_before_the_first_day_it_waits(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY + DAY, TODAY + 9 * DAY)
    with pytest.raises(Refused, match="from 2026-05-05 on"):
        way.apply(bench, draft)
    way.apply(bench, draft, now=NOW + DAY)


def test_after_the_last_day_it_is_refused_until_the_league_opens_it_again(
    bench: jobs.Bench, draft: int
) -> None:
    taken(bench, TODAY - 9 * DAY, TODAY - DAY)
    with pytest.raises(Refused, match="up to 2026-05-03"):
        way.apply(bench, draft)
    taken(bench, TODAY - 9 * DAY, TODAY + DAY, document_no="示例商字〔2026〕7号")
    way.apply(bench, draft)


def test_the_manager_may_not_sign_after_the_last_day_either(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY, TODAY)
    act_on(bench, Application, draft, "clerk", "prepare")
    with pytest.raises(Refused, match="up to 2026-05-04"):
        act_on(bench, Application, draft, "manager", "apply", now=NOW + DAY)


def test_what_was_returned_goes_in_again_after_the_last_day(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY, TODAY)
    way.apply(bench, draft)
    act_on(bench, Application, draft, "league_officer", "return", **WHY)
    way.apply(bench, draft, now=NOW + 9 * DAY)
    assert "applied" in way.stages(bench)


def test_what_the_firm_took_back_goes_in_within_the_days_only(
    bench: jobs.Bench, draft: int
) -> None:
    taken(bench, TODAY, TODAY)
    way.apply(bench, draft)
    act_on(bench, Application, draft, "manager", "recall")
    with pytest.raises(Refused, match="up to 2026-05-04"):
        way.apply(bench, draft, now=NOW + DAY)
    way.apply(bench, draft)


def test_a_period_that_reaches_beyond_the_call_is_refused(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY, TODAY, (PERIOD[0], PERIOD[1] - DAY))
    with pytest.raises(Refused, match="reaches beyond"):
        way.apply(bench, draft)


def test_other_periods_go_in_when_the_firm_likes(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY - DAY, TODAY - DAY, (date(2026, 4, 1), date(2026, 6, 30)))
    way.apply(bench, draft)
    assert "applied" in way.stages(bench)


def told(bench: jobs.Bench) -> list[tuple[int, date | None]]:
    """How many shipments the manager is told to apply for in time, and by when."""
    with bench.database.reading() as session:
        found = waiting.waiting(session, person(session, "manager"), NOW)
        return [(one.count, one.first) for one in found if one.label == "Apply in time"]


def test_the_firm_is_told_by_when_to_apply(bench: jobs.Bench, draft: int) -> None:
    taken(bench, TODAY, TODAY + 9 * DAY)
    assert told(bench) == [], "the only shipment is in the draft"
    act_on(bench, Application, draft, "clerk", "withdraw")
    assert told(bench) == [(1, TODAY + 9 * DAY)]
    taken(bench, TODAY + DAY, TODAY + 9 * DAY)
    assert told(bench) == []


def test_a_shipment_in_two_calls_is_counted_once_by_the_first_day_to_end(bench: jobs.Bench) -> None:
    way.shipped(bench)
    taken(bench, TODAY, TODAY + 9 * DAY)
    taken(bench, TODAY, TODAY + 5 * DAY, (PERIOD[0], date(2026, 6, 30)))
    assert told(bench) == [(1, TODAY + 5 * DAY)]


def test_days_that_are_turned_round_or_set_by_others_are_refused(bench: jobs.Bench) -> None:
    with pytest.raises(Refused, match="end before they begin"):
        taken(bench, TODAY, TODAY - DAY)
    with pytest.raises(Refused, match="end before they begin"):
        taken(bench, TODAY, TODAY, (PERIOD[1], PERIOD[0]))
    with pytest.raises(Refused, match="number of the document"):
        taken(bench, TODAY, TODAY, document_no=" ")
    for login in ("league_officer", "commerce_approver"):
        with pytest.raises(NotAllowed, match="league's approver"):
            taken(bench, TODAY, TODAY, login=login)


def test_a_window_is_only_added_to_and_told_in_the_ledger(bench: jobs.Bench) -> None:
    taken(bench, TODAY, TODAY)
    changed = "UPDATE application_window SET closes_on = '2027-01-01'"
    refused(bench.database, "only added to", changed, "DELETE FROM application_window")
    assert way.proven(bench)
