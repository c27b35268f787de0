"""What a league asks for before a step lies before it, or the step is not taken."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from tests import crossed, evidences, levels, requirements, way
from tests.guards import refused
from tests.journeys import NOW, WHY, act_on, moved, person
from tracker import jobs, verify
from tracker.errors import Conflict, NotAllowed, NotNow, NotThere, Refused
from tracker.models.applications import Application
from tracker.models.evidence import Evidence
from tracker.models.filings import Decision, Filing
from tracker.models.methods import Programme
from tracker.models.requirements import REQUIREMENTS, Requirement
from tracker.steps import evidence, flow, requirement_checks, waiting
from tracker.steps import requirements as steps
from tracker.steps.evidence_links import Subject
from tracker.steps.flows import FLOWS
from tracker.steps.step import LEAGUE_BODIES
from tracker.verify import requirements as verified

FIRST, PASS, PREPARE, FILE = verified.STEPS
TAKERS = {FIRST: "league_officer", PASS: "league_approver"}
TAKERS |= {PREPARE: "league_officer", FILE: "league_approver"}
LACKS = {
    "cross_check": "No cross-check speaks of 1 shipments of .*蒙A10000",
    "third_party": "No report of a third party is attached",
    "joint_review": "Another office must agree",
    "panel": "minutes of the panel",
}


def brought(bench: jobs.Bench, place: str, **filing: Any) -> tuple[type[Any], int]:  # noqa: ANN401  of a drafted filing
    """One truck's money, just before the step."""
    way.shipped(bench)
    key = way.applied(bench)
    if place == FIRST:
        return Application, key
    act_on(bench, Application, key, "league_officer", "first_review")
    if place == PASS:
        return Application, key
    act_on(bench, Application, key, "league_approver", "pass")
    key = way.filing_drafted(bench, key, **filing)
    if place == FILE:
        act_on(bench, Filing, key, "league_officer", "prepare")
    return Filing, key


def take(bench: jobs.Bench, table: type[Any], key: int, place: str) -> None:
    act_on(bench, table, key, TAKERS[place], place.partition(".")[2])


def mend(bench: jobs.Bench, name: str, table: type[Any], key: int, place: str) -> None:
    """Do what lacks."""
    if name == "cross_check":
        requirements.compared(bench)
    elif name == "third_party":
        requirements.reported(bench, 1)
    else:
        act_on(bench, table, key, "league_finance", f"agree_{place.partition('.')[2]}")


def kept(bench: jobs.Bench) -> dict[str, Any]:
    """What the newest step's entry keeps of what was asked for."""
    with bench.database.reading() as session:
        made = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert made is not None
        found: dict[str, Any] = made.detail.get("required", {})
        return found


def lacks(bench: jobs.Bench, table: type[Any], key: int, login: str) -> list[str]:
    with bench.database.reading() as session:
        subject: flow.Subject = session.get_one(table, key)
        ahead = flow.ahead(session, subject, person(session, login), NOW.date())
        return [f"{one.step}: {one.conflict}" for one in ahead.lacks]


LEVEL = {"subject_kind": "application", "step": "pass", "role": "league_officer", "from_fen": 1}
EACH = [(kind.name, place) for kind in steps.KINDS for place in kind.places if kind.name != "panel"]


@pytest.mark.parametrize(("name", "place"), EACH)
def test_a_step_is_not_taken_before_what_its_league_asks_for(
    bench: jobs.Bench, name: str, place: str
) -> None:
    requirements.asked(bench, name, place)
    table, key = brought(bench, place)
    before = way.count(bench, Decision)
    with pytest.raises(Conflict, match=LACKS[name]):
        take(bench, table, key, place)
    assert way.count(bench, Decision) == before
    mend(bench, name, table, key, place)
    assert not lacks(bench, table, key, "league_officer")
    take(bench, table, key, place)
    assert list(kept(bench)) == [name]
    assert way.proven(bench)


@pytest.mark.parametrize("place", [PREPARE, FILE])
def test_a_panel_is_asked_for_where_its_minutes_are_to_lie(bench: jobs.Bench, place: str) -> None:
    requirements.asked(bench, "panel", place)
    table, key = brought(bench, place)
    with pytest.raises(Conflict, match=LACKS["panel"]):
        take(bench, table, key, place)
    if place == FILE:
        act_on(bench, Filing, key, "league_officer", "reopen")
    act_on(bench, Filing, key, "league_officer", "withdraw")
    key = way.filing_drafted(bench, 1, panel=requirements.PANEL)
    act_on(bench, Filing, key, "league_officer", "prepare")
    act_on(bench, Filing, key, "league_approver", "file")
    assert way.proven(bench)


def test_nothing_is_asked_for_until_the_league_says_so_nor_once_it_says_otherwise(
    bench: jobs.Bench,
) -> None:
    for name in steps.NAMED:
        requirements.asked(bench, name)
        requirements.asked(bench, name, needed=False)
    requirements.asked(bench, "panel", needed=True)
    requirements.asked(bench, "panel", FILE, needed=False)
    other = Programme(code="other", name_zh="其他", name_en="Other")
    bench.database.transact(lambda db: db.add(other))
    requirements.asked(bench, "third_party", programme="other")
    table, key = brought(bench, FILE)
    assert not lacks(bench, table, key, "league_officer")
    take(bench, table, key, FILE)
    assert not kept(bench)
    assert way.proven(bench)


def test_what_was_taken_before_the_league_asked_stays_valid(bench: jobs.Bench) -> None:
    table, key = brought(bench, FILE)
    for name in steps.NAMED:
        requirements.asked(bench, name)
    take(bench, table, key, FILE)
    assert way.proven(bench)


def test_all_may_be_asked_for_before_one_step_and_each_is_kept(bench: jobs.Bench) -> None:
    for name in steps.NAMED:
        requirements.asked(bench, name, FILE)
    table, key = brought(bench, FILE, panel=requirements.PANEL)
    assert [one.partition(":")[0] for one in lacks(bench, table, key, "league_officer")] == [
        "file",
        "file",
    ]
    assert not lacks(bench, table, key, "auditor"), "it is the league that has to mend it"
    for name in ("cross_check", "third_party"):
        mend(bench, name, table, key, FILE)
    with pytest.raises(Conflict, match="joint review"):
        take(bench, table, key, FILE)
    mend(bench, "joint_review", table, key, FILE)
    take(bench, table, key, FILE)
    with bench.database.reading() as session:
        report = session.scalars(select(Evidence)).one()
        assert kept(bench) == {
            "cross_check": {"lines": 1, "looked_at": []},
            "third_party": {"SB-2026-0001": [report.sha256]},
            "joint_review": ["league_finance", "league_finance"],
            "panel": [requirements.PANEL[0], "2026-03-20"],
        }
    assert way.proven(bench)


def test_what_differs_is_part_of_what_is_decided_on_by_both(bench: jobs.Bench) -> None:
    requirements.asked(bench, "cross_check", PASS)
    requirements.compared(bench, 毛重="6000")
    table, key = brought(bench, PASS)
    take(bench, table, key, PASS)
    ((code, outcome),) = kept(bench)["cross_check"]["looked_at"]
    assert (code.split("|")[1], outcome) == ("BA10000", "differs")
    assert way.proven(bench)


def test_a_difference_that_comes_after_the_review_makes_it_be_reviewed_anew(
    bench: jobs.Bench,
) -> None:
    requirements.asked(bench, "cross_check", PASS)
    table, key = brought(bench, PASS)
    requirements.compared(bench, 毛重="6000")
    with pytest.raises(Conflict, match="changed since the step before"):
        take(bench, table, key, PASS)
    act_on(bench, Application, key, "league_approver", "return", **WHY)
    way.apply(bench, key)
    act_on(bench, Application, key, "league_officer", "first_review")
    take(bench, table, key, PASS)
    assert way.proven(bench)


def test_the_worst_of_all_files_counts_and_one_that_is_withdrawn_says_nothing(
    bench: jobs.Bench,
) -> None:
    requirements.asked(bench, "cross_check", FIRST)
    table, key = brought(bench, FIRST)
    agreeing = requirements.compared(bench)
    differing = requirements.compared(bench, 毛重="6000")
    near = requirements.compared(bench, 毛重="8001")
    with bench.database.reading() as session:
        (line,) = requirement_checks.lines(session, session.get_one(Application, key))
        assert (line.outcome, line.label[-6:]) == ("differs", "A10000")
    for one in (agreeing, differing, near):
        crossed.withdraw(bench, one)
    jobs.drain(bench)
    with pytest.raises(Conflict, match=LACKS["cross_check"]):
        take(bench, table, key, FIRST)


def test_of_many_lines_without_data_a_few_are_named_and_all_counted(bench: jobs.Bench) -> None:
    requirements.asked(bench, "cross_check", FIRST)
    way.shipped(bench, 7)
    key = way.applied(bench)
    with pytest.raises(Conflict, match=r"of 7 shipments of SB-2026-0001: .*10004……") as error:
        take(bench, Application, key, FIRST)
    assert "10005" not in str(error.value)


def test_another_office_agrees_whatever_the_amount_and_never_its_own_making(
    bench: jobs.Bench,
) -> None:
    requirements.asked(bench, "joint_review", PASS, "league_officer")
    levels.colleague(bench, "league_officer", "second")
    table, key = brought(bench, PASS)
    with bench.database.reading() as session:
        asked = waiting.waiting(session, person(session, "second"), NOW)
        assert [one.count for one in asked if one.label == "Agree to passing it"] == [1]
    with pytest.raises(NotAllowed, match="another person must check"):
        act_on(bench, table, key, "league_officer", "agree_pass")
    with pytest.raises(Conflict, match="No further agreement of yours"):
        act_on(bench, table, key, "league_finance", "agree_pass")
    act_on(bench, table, key, "second", "agree_pass")
    take(bench, table, key, PASS)
    assert kept(bench) == {"joint_review": ["league_officer", "second"]}
    assert way.proven(bench)


def test_an_agreement_counts_for_the_office_that_is_asked_now_and_nobody_twice(
    bench: jobs.Bench,
) -> None:
    levels.settled(
        bench, subject_kind="application", step="pass", role="league_officer", from_fen=1
    )
    requirements.asked(bench, "joint_review", PASS, "league_officer")
    for login in ("second", "third"):
        levels.colleague(bench, "league_officer", login)
    table, key = brought(bench, PASS)
    act_on(bench, table, key, "second", "agree_pass")
    requirements.asked(bench, "joint_review", PASS, "league_finance")
    with pytest.raises(Conflict, match="joint review"):
        take(bench, table, key, PASS)
    act_on(bench, table, key, "league_finance", "agree_pass")
    take(bench, table, key, PASS)
    assert way.proven(bench)


def test_an_agreement_given_to_a_joint_review_is_no_second_one_for_a_level(
    bench: jobs.Bench,
) -> None:
    requirements.asked(bench, "joint_review", PASS, "league_officer")
    for login in ("second", "third"):
        levels.colleague(bench, "league_officer", login)
    table, key = brought(bench, PASS)
    act_on(bench, table, key, "second", "agree_pass")
    requirements.asked(bench, "joint_review", PASS, needed=False)
    levels.settled(
        bench, subject_kind="application", step="pass", role="league_officer", from_fen=1
    )
    act_on(bench, table, key, "second", "agree_pass")
    requirements.asked(bench, "joint_review", PASS, "league_officer")
    with pytest.raises(Conflict, match="joint review"):
        take(bench, table, key, PASS)
    act_on(bench, table, key, "third", "agree_pass")
    take(bench, table, key, PASS)
    assert way.proven(bench)


def test_a_report_is_the_firms_or_the_leagues_and_none_once_withdrawn(bench: jobs.Bench) -> None:
    requirements.asked(bench, "third_party", FIRST)
    table, key = brought(bench, FIRST)
    evidences.linked(
        bench,
        evidences.added(bench, "stamped_scan", "league_officer"),
        Subject("application", key),
        login="league_officer",
    )
    report = requirements.reported(bench, key)

    def withdraw(session: Session) -> None:
        found, user = session.get_one(Evidence, report), person(session, "league_officer")
        evidence.withdraw(session, user, found, "错发（示例）", NOW)

    bench.database.transact(withdraw)
    with pytest.raises(Conflict, match=LACKS["third_party"]):
        take(bench, table, key, FIRST)
    requirements.reported(bench, key, "clerk")
    take(bench, table, key, FIRST)
    assert way.proven(bench)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"login": "league_officer"}, NotAllowed, "Only the league's approver"),
        ({"login": "commerce_approver"}, NotAllowed, "Only the league's approver"),
        ({"place": PASS}, Refused, "cannot lie before this step"),
        ({"role": "league_finance"}, Refused, "cannot be asked to agree"),
        ({"name": "joint_review", "role": "league_approver"}, Refused, "cannot be asked to agree"),
        ({"document_no": " "}, Refused, "number of the document"),
        ({"name": "published"}, NotThere, "no such requirement"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    bench: jobs.Bench, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        requirements.asked(bench, **{"name": "panel", **given})
    assert way.count(bench, Requirement) == 0


def test_a_choice_that_is_gone_stops_the_step_and_the_verifier_names_it(bench: jobs.Bench) -> None:
    seq = requirements.asked(bench, "panel", PREPARE)
    table, key = brought(bench, PREPARE)
    unguarded(bench, delete(Requirement))
    with pytest.raises(NotNow, match="could not be looked up"):
        take(bench, table, key, PREPARE)
    with pytest.raises(NotNow, match="could not be looked up"):
        lacks(bench, table, key, "league_officer")
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert [one.where for one in report.faults] == [f"环节要求（分录 {seq}）"]


def test_a_choice_that_nobody_understands_stops_the_step(bench: jobs.Bench) -> None:
    requirements.asked(bench, "panel", PREPARE)
    table, key = brought(bench, PREPARE, panel=requirements.PANEL)
    unguarded(bench, update(Requirement).values(place="filing.propose"))
    with pytest.raises(NotNow, match="could not be looked up"):
        take(bench, table, key, PREPARE)
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert [one.what for one in report.faults] == ["与分录所记不符"]


def unguarded(bench: jobs.Bench, statement: Any) -> None:  # noqa: ANN401  any statement
    def work(session: Session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            for name in ("delete", "update"):
                session.execute(text(f"DROP TRIGGER requirement_no_{name}"))
        else:
            session.execute(text("ALTER TABLE requirement DISABLE TRIGGER ALL"))
        session.execute(statement)

    bench.database.transact(work)


def test_what_was_chosen_stays(bench: jobs.Bench) -> None:
    requirements.asked(bench, "panel")
    for change in ({"needed": False}, {"place": FILE}):
        refused(bench.database, "only added to", update(Requirement).values(**change))
    refused(bench.database, "only added to", delete(Requirement))


def test_what_other_leagues_ask_for_binds_nobody_else(bench: jobs.Bench) -> None:
    levels.colleague(bench, "league_approver", "far_approver")
    moved(bench, "far_approver", league_code="150900")
    for name in steps.NAMED:
        requirements.asked(bench, name, login="far_approver")
    table, key = brought(bench, FILE)
    take(bench, table, key, FILE)
    with bench.database.reading() as session:
        assert [one.name for one in steps.otherwise(session)] == list(steps.NAMED)
    assert way.proven(bench)


def test_the_tables_of_kinds_flows_and_verifier_say_the_same() -> None:
    assert tuple(steps.NAMED) == REQUIREMENTS
    assert {*verified.NAMES} == {*verified.PROOFS} == {*REQUIREMENTS}
    assert {*steps.PLACES} == {*verified.STEPS}
    rows = {f"{kind}.{step.name}": step for kind, each in FLOWS.items() for step in each}
    for kind in steps.KINDS:
        for place in kind.places:
            assert not {*kind.roles} & {*rows[place].roles}, "nobody agrees to their own step"
            assert {*kind.roles} <= {*LEAGUE_BODIES}
            if kind.check is None:
                flow_, _, step = place.partition(".")
                assert f"{flow_}.agree_{step}" in rows
    for flow_, states in steps.AHEAD.items():
        ahead = {step for each in states.values() for step in each}
        assert {f"{flow_}.{step}" for step in ahead} <= {*steps.PLACES}
        for state, each in states.items():
            assert state in rows[f"{flow_}.{each[0]}"].before
