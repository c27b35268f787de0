"""Every role, stage and state has a label, and every unfinished state says whose turn it is."""

from __future__ import annotations

import pytest

from tracker.models.adjustments import ADJUSTMENT_STATES
from tracker.models.applications import APPLICATION_STATES
from tracker.models.cargo import MANIFEST_STATES, ROUTE_STATES, ROW_STATES, SHIPMENT_STATES
from tracker.models.cross_checks import CROSS_FILE_STATES, CROSS_OUTCOMES
from tracker.models.divisions import DIVISION_STATES
from tracker.models.filings import ALLOTMENT_STATES, DISBURSEMENT_STATES, FILING_STATES
from tracker.models.forecasts import FORECAST_STATES
from tracker.models.further import LIST_STATES
from tracker.models.inbox import INBOX_FILE_STATES
from tracker.models.levels import LEVEL_STATES
from tracker.models.matters import MATTER_STATES
from tracker.models.methods import METHOD_STATES
from tracker.models.money import LIMIT_STAGES, MONEY_STAGES
from tracker.models.packages import PACKAGE_STATES
from tracker.models.people import ROLES
from tracker.models.proposals import PROPOSAL_STATES
from tracker.models.publications import OBJECTION_STATES, PUBLICATION_STATES
from tracker.models.recoveries import RECOVERY_STATES
from tracker.models.tracks import TRACK_FILE_STATES
from tracker.models.work import JOB_STATES
from tracker.steps.codes import STAGES
from tracker.web import labels
from tracker.web.cross_views import ROW_STATES as CROSS_ROWS

LIVES = {
    "manifest": MANIFEST_STATES,
    "track_file": TRACK_FILE_STATES,
    "cross_check_file": CROSS_FILE_STATES,
    "cross_check": CROSS_OUTCOMES,
    "cross_row": CROSS_ROWS,
    "row": ROW_STATES,
    "further": ("accepted", *LIST_STATES, "doubled", "refused", "asked", "not_data"),
    "shipment": SHIPMENT_STATES,
    "route": ROUTE_STATES,
    "method": METHOD_STATES,
    "matter": MATTER_STATES,
    "application": APPLICATION_STATES,
    "filing": FILING_STATES,
    "forecast": FORECAST_STATES,
    "adjustment": ADJUSTMENT_STATES,
    "division": DIVISION_STATES,
    "proposal": PROPOSAL_STATES,
    "publication": PUBLICATION_STATES,
    "objection": OBJECTION_STATES,
    "level": LEVEL_STATES,
    "allotment": ALLOTMENT_STATES,
    "disbursement": DISBURSEMENT_STATES,
    "recovery": RECOVERY_STATES,
    "inbox_file": INBOX_FILE_STATES,
    "package": PACKAGE_STATES,
    "job": JOB_STATES,
}
TONES = {"plain", "busy", "good", "warn", "bad"}


def test_every_role_and_every_stage_has_a_label() -> None:
    assert set(labels.ROLES) == {*ROLES, "system"}
    assert set(STAGES) == {*MONEY_STAGES, *LIMIT_STAGES}


def test_every_state_has_a_label_and_a_tone_and_no_label_is_of_no_state() -> None:
    assert set(labels.STATES) == set(LIVES)
    for kind, states in LIVES.items():
        assert {labels.look(kind, state).tone for state in states} <= TONES
        assert set(labels.STATES[kind]) <= set(states)


def test_a_state_without_a_label_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        labels.look("filing", "lost")


def test_whose_turn_it_is_follows_from_the_flow() -> None:
    assert labels.turn("application", "applied") == ("league_officer",)
    assert labels.turn("application", "first_reviewed") == ("league_approver",)
    assert labels.turn("filing", "endorsed") == ("finance_officer",)
    assert labels.turn("disbursement", "instructed") == ("league_finance",)
    assert labels.turn("disbursement", "disbursed") == ()
    assert labels.turn("recovery", "recoverable") == ("league_finance",)
    assert labels.turn("recovery", "lifting") == ("league_approver",)
    assert labels.turn("row", "refused") == ()


def test_every_role_that_has_a_turn_has_a_label() -> None:
    for kind, states in LIVES.items():
        for state in states:
            assert set(labels.turn(kind, state)) <= set(labels.ROLES)
