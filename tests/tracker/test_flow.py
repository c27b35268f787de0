"""Flows: wrong role, wrong state, the maker again, a stale look, a missing reason: all refused."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import forecasts, levels, publications, way
from tests.journeys import NOW, RATE_FEN, act_on, person
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.adjustments import ADJUSTMENT_STATES
from tracker.models.applications import APPLICATION_STATES, Application, ApplicationLine
from tracker.models.divisions import DIVISION_STATES
from tracker.models.filings import (
    ALLOTMENT_STATES,
    DISBURSEMENT_STATES,
    FILING_STATES,
    Allotment,
    Decision,
    Disbursement,
    Filing,
)
from tracker.models.forecasts import FORECAST_STATES, Forecast
from tracker.models.levels import LEVEL_STATES, Level
from tracker.models.matters import MATTER_STATES
from tracker.models.methods import METHOD_STATES, Method
from tracker.models.money import Entry
from tracker.models.people import ROLES, User
from tracker.models.proposals import PROPOSAL_STATES
from tracker.models.publications import OBJECTION_STATES, PUBLICATION_STATES, Objection
from tracker.models.recoveries import RECOVERY_STATES, Recovery
from tracker.models.work import AuditEvent
from tracker.steps import act, flow
from tracker.steps.agreeing import AGREE
from tracker.steps.codes import REASON_CODES
from tracker.steps.flows import FLOWS
from tracker.steps.step import Step

STATES = {
    "method": METHOD_STATES,
    "matter": MATTER_STATES,
    "application": APPLICATION_STATES,
    "filing": FILING_STATES,
    "allotment": ALLOTMENT_STATES,
    "disbursement": DISBURSEMENT_STATES,
    "forecast": FORECAST_STATES,
    "adjustment": ADJUSTMENT_STATES,
    "division": DIVISION_STATES,
    "recovery": RECOVERY_STATES,
    "proposal": PROPOSAL_STATES,
    "publication": PUBLICATION_STATES,
    "objection": OBJECTION_STATES,
    "level": LEVEL_STATES,
}
TABLES: dict[str, type[Any]] = {
    "application": Application,
    "filing": Filing,
    "allotment": Allotment,
    "disbursement": Disbursement,
    "recovery": Recovery,
    "forecast": Forecast,
    "objection": Objection,
    "level": Level,
    "method": Method,
}
WALKED = [kind for kind in TABLES if kind != "method"]
STEPS = [(kind, step) for kind, steps in FLOWS.items() for step in steps]
every_step = pytest.mark.parametrize(
    ("kind", "step"), STEPS, ids=[f"{kind}.{step.name}" for kind, step in STEPS]
)


@every_step
def test_a_step_speaks_of_known_states_roles_and_makers(kind: str, step: Step) -> None:
    names = {one.name for one in FLOWS[kind]}
    assert {*step.before, step.after} <= set(STATES[kind])
    assert set(step.roles) <= set(ROLES)
    assert step.checks is None or step.checks in names
    assert set(act.SHOWN) == set(FLOWS)


def test_what_goes_back_or_ends_badly_needs_a_reason() -> None:
    backward = {"return", "decline", "fail", "bounce", "propose_lift"}
    backward |= {"sustain", "dismiss", "propose_lapse", "propose_carry_over", "propose_end"}
    corrected = {("matter", "reopen"), ("publication", "withdraw"), ("forecast", "recall")}
    needing = {(kind, step.name) for kind, step in STEPS if step.needs_reason}
    assert {name for _, name in needing - corrected} == backward
    assert corrected <= needing
    assert {step.name for _, step in STEPS if step.name in backward and not step.needs_reason} == (
        set()
    )


def test_wherever_money_leaves_a_hand_two_people_are_needed() -> None:
    two = {
        f"{kind}.{step.name}"
        for kind, step in STEPS
        if step.checks and not step.name.startswith(AGREE)
    }
    assert two == {
        *("method.record", "application.apply", "application.pass", "application.decline"),
        *("filing.file", "filing.endorse", "filing.approve", "filing.decline"),
        *("allotment.allot", "disbursement.instruct", "recovery.recover", "recovery.lift"),
        *("division.divide", "forecast.submit", "proposal.approve", "adjustment.adjust"),
        *("allotment.lapse", "allotment.carry_over"),
        *("objection.sustain", "objection.dismiss"),
        *("level.settle", "level.end"),
    }


def at_level(bench: jobs.Bench) -> tuple[int, str]:
    key = levels.drafted(bench)
    act_on(bench, Level, key, "commerce_officer", "submit")
    return key, "settle"


def at_forecast(bench: jobs.Bench) -> tuple[int, str]:
    way.shipped(bench)
    key = forecasts.drafted(bench)
    act_on(bench, Forecast, key, "league_officer", "prepare")
    return key, "submit"


def at_objection(bench: jobs.Bench) -> tuple[int, str]:
    way.shipped(bench)
    passed = way.passed(bench)
    publications.published(bench)
    key = publications.objected(bench, passed)
    act_on(bench, Objection, key, "league_officer", "submit")
    return key, "dismiss"


BESIDE: Mapping[str, Callable[[jobs.Bench], tuple[int, str]]] = {
    "method": lambda _: (1, "record"),
    "level": at_level,
    "forecast": at_forecast,
    "objection": at_objection,
}
"""What does not lie on the way of money, brought there."""


def at(bench: jobs.Bench, kind: str) -> tuple[int, str]:
    """A subject of each kind, before a step that checks another; with that step's name."""
    if kind in BESIDE:
        return BESIDE[kind](bench)
    way.shipped(bench)
    if kind == "application":
        key = way.drafted(bench)
        act_on(bench, Application, key, "clerk", "prepare")
        return key, "apply"
    if kind == "filing":
        key = way.filing_drafted(bench, way.passed(bench))
        act_on(bench, Filing, key, "league_officer", "prepare")
        return key, "file"
    filing = way.approved(bench)
    if kind == "allotment":
        key = way.allotment_drafted(bench, filing, RATE_FEN)
        act_on(bench, Allotment, key, "finance_officer", "prepare")
        return key, "allot"
    (key,) = way.disbursements(bench, way.allotted(bench, filing, RATE_FEN))
    if kind == "recovery":
        way.instructed(bench, key)
        way.confirmed(bench, key)
        key = way.recovery_drafted(bench, key)
        act_on(bench, Recovery, key, "league_officer", "prepare")
        return key, "recover"
    act_on(bench, Disbursement, key, "league_finance", "prepare")
    return key, "instruct"


def standing(bench: jobs.Bench) -> tuple[int, int, dict[str, int]]:
    return way.count(bench, Entry), way.count(bench, Decision), way.stages(bench)


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", [kind for kind in WALKED if kind != "level"])
def test_only_the_right_role_takes_a_step_and_only_once(bench: jobs.Bench, kind: str) -> None:
    key, name = at(bench, kind)
    step = flow.step_named(kind, name)
    before = standing(bench)
    logins = {"firm_clerk": "clerk", "firm_manager": "manager"}
    for role in ROLES:
        if role not in step.roles:
            with pytest.raises(NotAllowed, match="does not include this step"):
                act_on(bench, TABLES[kind], key, logins.get(role, role), name)
    assert standing(bench) == before
    (role,) = step.roles
    why: dict[str, Any] = publications.UPHELD if step.needs_reason else {}
    act_on(bench, TABLES[kind], key, logins.get(role, role), name, **why)
    with pytest.raises(Conflict, match="moved on since you looked"):
        act_on(bench, TABLES[kind], key, logins.get(role, role), name)


@pytest.mark.parametrize("kind", WALKED)
def test_the_maker_is_never_the_checker(bench: jobs.Bench, kind: str) -> None:
    key, name = at(bench, kind)
    step = flow.step_named(kind, name)

    def work(session: Session) -> None:
        subject = session.get_one(TABLES[kind], key)
        maker = flow.history(session, subject)[-1]
        user = session.get_one(User, maker.user_id)
        user.role = step.roles[0]
        assert step not in flow.allowed(session, subject, user, NOW.date())
        taking = act.taking_of(session, subject, user=user, now=NOW, **publications.UPHELD)
        act.act(session, subject, name, taking, act.shown_sha256(session, subject))

    before = standing(bench)
    with pytest.raises(NotAllowed, match="another person must check it"):
        bench.database.transact(work)
    assert standing(bench) == before


def test_a_checker_is_shown_what_the_maker_was(bench: jobs.Bench) -> None:
    key, _ = at(bench, "application")

    def change(session: Session) -> None:
        session.get_one(Application, key).bank_account = "9999"

    bench.database.transact(change)
    with pytest.raises(Conflict, match="changed since the step before"):
        act_on(bench, Application, key, "manager", "apply")


def test_one_decides_on_what_one_saw(bench: jobs.Bench) -> None:
    key, _ = at(bench, "application")

    def work(session: Session) -> None:
        subject = session.get_one(Application, key)
        taking = act.taking_of(session, subject, user=person(session, "manager"), now=NOW)
        act.act(session, subject, "apply", taking, "0" * 64)

    with pytest.raises(Conflict, match="changed since you looked"):
        bench.database.transact(work)


def test_a_step_that_does_not_exist_is_refused(bench: jobs.Bench) -> None:
    key, _ = at(bench, "application")
    with pytest.raises(Refused, match="no such step"):
        act_on(bench, Application, key, "manager", "jump")


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        ("", "", "A reason is needed"),
        ("calculation", "  ", "A reason is needed"),
        ("", "重量不符", "A reason is needed"),
        ("because", "重量不符", "no such reason code"),
    ],
)
def test_a_step_back_says_why_in_code_and_words(
    bench: jobs.Bench, code: str, words: str, said: str
) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    with pytest.raises(Refused, match=said):
        act_on(bench, Application, key, "league_officer", "return", reason_code=code, reason=words)
    assert way.stages(bench) == {"applied": RATE_FEN}


def test_one_who_left_takes_no_step(bench: jobs.Bench) -> None:
    key, _ = at(bench, "application")

    def leave(session: Session) -> None:
        person(session, "manager").active = False

    bench.database.transact(leave)
    with pytest.raises(NotAllowed):
        act_on(bench, Application, key, "manager", "apply")
    with bench.database.reading() as session:
        subject = session.get_one(Application, key)
        assert flow.allowed(session, subject, person(session, "manager"), NOW.date()) == []
        names = [
            one.name for one in flow.allowed(session, subject, person(session, "clerk"), NOW.date())
        ]
        assert names == ["reopen", "withdraw"]


def test_each_step_leaves_a_decision_an_entry_and_an_audit_event(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    with bench.database.reading() as session:
        subject = session.get_one(Application, key)
        prepare, apply = flow.history(session, subject)
        assert (apply.maker_id, apply.maker_decision_id) == (prepare.user_id, prepare.id)
        assert (apply.state_before, apply.state_after) == ("prepared", "applied")
        entry = session.scalars(select(Entry).where(Entry.seq == apply.seq)).one()
        assert (entry.kind, entry.actor) == ("application.apply", "manager")
        told = select(func.count()).where(AuditEvent.action == "application.apply")
        assert session.scalar(told) == 1


def test_returning_deletes_nothing(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    before = {table: way.count(bench, table) for table in (Entry, Decision, ApplicationLine)}
    act_on(
        bench,
        Application,
        key,
        "league_officer",
        "return",
        reason_code="evidence_missing",
        reason="缺少报关单",
    )
    after = {table: way.count(bench, table) for table in before}
    assert after == {Entry: before[Entry] + 1, Decision: before[Decision] + 1, ApplicationLine: 1}


def test_approving_after_a_decline_is_said_and_changes_nothing(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    decline = {"reason_code": "not_ecommerce", "reason": "一般贸易货物"}
    take: Callable[[str], int] = lambda step: act_on(  # noqa: E731  three times the same call
        bench,
        Application,
        key,
        "league_approver",
        step,
        reason_code=decline["reason_code"],
        reason=decline["reason"],
    )
    take("decline")
    assert way.stages(bench) == {}
    with pytest.raises(Conflict, match="moved on"):
        take("pass")
    with bench.database.reading() as session:
        assert session.get_one(Application, key).state == "declined"


def test_reason_codes_are_words_people_can_choose() -> None:
    assert all(text and code == code.lower() for code, text in REASON_CODES.items())
