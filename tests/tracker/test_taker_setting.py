"""Who names another body for a step, and what is refused: two people of two roles stay two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests import requirements, takers, way
from tests.guards import refused
from tests.journeys import NOW
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.takers import Taker

FIRST, PASS, FILE = "application.first_review", "application.pass", "filing.file"
ALLOCATE = "filing.allocate"


def test_one_body_for_both_of_two_steps_is_refused_on_every_day(bench: jobs.Bench) -> None:
    takers.named(bench, PASS, "league_finance", valid_from=takers.TOMORROW.date())
    with pytest.raises(Conflict, match="From 2026-05-05 on one body would both make and check"):
        takers.named(bench, FIRST, "league_finance")
    after = takers.TOMORROW.date() + timedelta(days=2)
    takers.named(bench, PASS, "league_approver", valid_from=after)
    takers.named(bench, FIRST, "league_finance", valid_from=after)
    assert way.count(bench, Taker) == 3


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"login": "league_officer"}, NotAllowed, "Only the approver of the body"),
        ({"login": "finance_approver"}, NotAllowed, "Only the approver of the body"),
        ({"league_code": "150900"}, NotAllowed, "Only the approver of the body"),
        ({"place": ALLOCATE, "login": "commerce_approver"}, NotAllowed, "Only the approver"),
        ({"role": "league_approver"}, Refused, "This body cannot take this step"),
        ({"role": "firm_manager"}, Refused, "This body cannot take this step"),
        ({"role": "commerce_officer"}, Refused, "This body cannot take this step"),
        ({"valid_from": NOW.date() - timedelta(days=1)}, Refused, "from today or a later day"),
        ({"document_no": " "}, Refused, "number of the document"),
        ({"place": "filing.approve"}, NotThere, "No other body may take this step"),
        ({"place": "application.apply"}, NotThere, "No other body may take this step"),
    ],
)
def test_what_cannot_be_set_is_refused(
    bench: jobs.Bench, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        takers.named(bench, **{"place": FIRST, "role": "league_finance", **given})
    assert way.count(bench, Taker) == 0


def test_an_office_never_agrees_to_the_step_it_takes(bench: jobs.Bench) -> None:
    requirements.asked(bench, "joint_review", PASS, "league_finance")
    with pytest.raises(Conflict, match="asked to agree to the step"):
        takers.named(bench, PASS, "league_finance")
    requirements.asked(bench, "joint_review", FILE, "league_finance")
    takers.named(bench, PASS, "league_finance", valid_from=takers.TOMORROW.date())
    with pytest.raises(Conflict, match="This office takes the step itself"):
        requirements.asked(bench, "joint_review", PASS, "league_finance")
    requirements.asked(bench, "joint_review", PASS, "league_finance", needed=False)
    requirements.asked(bench, "joint_review", PASS, "league_officer")
    requirements.asked(bench, "panel", FILE)


def test_what_was_set_stays(bench: jobs.Bench) -> None:
    takers.named(bench, FIRST, "league_finance")
    for change in ({"role": "league_officer"}, {"place": PASS}):
        refused(bench.database, "only added to", update(Taker).values(**change))
    refused(bench.database, "only added to", delete(Taker))
