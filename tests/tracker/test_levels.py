"""From an amount on one more person must agree; a level that is not found is never skipped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from tests import levels, way
from tests.guards import refused
from tests.journeys import NOW, RATE_FEN, WHY, act_on, person
from tracker import jobs, verify
from tracker.access.levels import visible_levels
from tracker.errors import Conflict, NotAllowed, NotNow, Refused
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Decision, Disbursement, Filing
from tracker.models.levels import Level
from tracker.models.methods import Programme
from tracker.models.recoveries import Recovery
from tracker.steps import agreements, amounts, flow
from tracker.steps.agreeing import AGREE, LEVELLED
from tracker.steps.flows import FLOWS
from tracker.verify.levels import MAKERS

TWO = 2 * RATE_FEN


def unknown(*_: object) -> int:
    raise KeyError("没有")


def proposed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A filing of so many trucks that Commerce's officer proposed, and one more approver there."""
    levels.colleague(bench, "commerce_approver", "leader")
    way.shipped(bench, trucks)
    key = way.filed(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    return key


def offered(bench: jobs.Bench, key: int, login: str) -> list[str]:
    with bench.database.reading() as session:
        subject = session.get_one(Filing, key)
        return [
            step.name for step in flow.allowed(session, subject, person(session, login), NOW.date())
        ]


def test_from_the_amount_on_one_more_person_agrees_before_the_step_counts(
    bench: jobs.Bench,
) -> None:
    levels.settled(bench, from_fen=TWO)
    key = proposed(bench)
    assert offered(bench, key, "commerce_approver") == ["return", "decline", "agree_endorse"]
    with pytest.raises(Conflict, match="one more person must agree"):
        act_on(bench, Filing, key, "commerce_approver", "endorse")
    act_on(bench, Filing, key, "leader", "agree_endorse")
    assert "endorse" in offered(bench, key, "commerce_approver")
    assert not {"endorse", "agree_endorse"} & {*offered(bench, key, "leader")}
    with pytest.raises(NotAllowed, match="You agreed to it before"):
        act_on(bench, Filing, key, "leader", "endorse")
    with pytest.raises(Conflict, match="No further agreement of yours"):
        act_on(bench, Filing, key, "commerce_approver", "agree_endorse")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    with bench.database.reading() as session:
        made = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert made is not None
        assert made.detail == {
            "amount_fen": TWO,
            "programme": "freight",
            "levels": [["CJ-00001", TWO, "leader"]],
        }
    assert way.proven(bench)


def test_below_the_amount_and_without_a_level_two_people_are_enough(bench: jobs.Bench) -> None:
    levels.settled(bench, from_fen=TWO + 1)
    levels.settled(bench, step="approve", role="finance_approver", body="finance", from_fen=1)
    levels.ended(bench, 2, "finance")
    key = proposed(bench)
    assert "agree_endorse" not in offered(bench, key, "leader")
    with pytest.raises(Conflict, match="No further agreement of yours"):
        act_on(bench, Filing, key, "leader", "agree_endorse")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    assert way.proven(bench)


def test_two_levels_need_two_people_more_and_never_the_maker(bench: jobs.Bench) -> None:
    levels.settled(bench, from_fen=1)
    levels.settled(bench, from_fen=TWO, role="commerce_officer")
    key = proposed(bench)
    levels.colleague(bench, "commerce_officer", "second_officer")
    act_on(bench, Filing, key, "second_officer", "agree_endorse")
    with pytest.raises(Conflict, match="one more person must agree"):
        act_on(bench, Filing, key, "commerce_approver", "endorse")
    with pytest.raises(NotAllowed, match="another person must check"):
        act_on(bench, Filing, key, "commerce_officer", "agree_endorse")
    with pytest.raises(NotAllowed, match="You agreed to it before"):
        act_on(bench, Filing, key, "second_officer", "agree_endorse")
    act_on(bench, Filing, key, "leader", "agree_endorse")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    assert way.proven(bench)


def test_what_goes_back_and_comes_again_is_agreed_to_again(bench: jobs.Bench) -> None:
    levels.colleague(bench, "league_approver", "leader")
    levels.settled(
        bench, subject_kind="application", step="pass", role="league_approver", from_fen=1
    )
    way.shipped(bench)
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    act_on(bench, Application, key, "leader", "agree_pass")
    act_on(bench, Application, key, "league_approver", "return", **WHY)
    way.apply(bench, key)
    act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(Conflict, match="one more person must agree"):
        act_on(bench, Application, key, "league_approver", "pass")
    act_on(bench, Application, key, "leader", "agree_pass")
    act_on(bench, Application, key, "league_approver", "pass")
    assert way.proven(bench)


def test_every_step_that_may_be_asked_for_it_is_held_along_the_whole_way(
    bench: jobs.Bench,
) -> None:
    for like in ("league_approver", "commerce_approver", "finance_approver"):
        levels.colleague(bench, like, f"{like}_2")
    for kind, named in LEVELLED.items():
        for name, (_, roles) in named.items():
            body = "finance" if "finance_approver" in roles else "commerce"
            role = next(one for one in roles if one.endswith("_approver"))
            said = {"subject_kind": kind, "step": name, "role": role, "from_fen": 1}
            levels.settled(bench, body, **said, programme="freight")
    way.shipped(bench)
    way.a_fund(bench)

    def taken(table: type[Any], key: int, login: str, name: str) -> None:
        with pytest.raises(Conflict, match="one more person must agree"):
            act_on(bench, table, key, login, name)
        act_on(bench, table, key, f"{login}_2", AGREE + name)
        act_on(bench, table, key, login, name)

    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    taken(Application, key, "league_approver", "pass")
    key = way.filing_drafted(bench, key)
    act_on(bench, Filing, key, "league_officer", "prepare")
    taken(Filing, key, "league_approver", "file")
    act_on(bench, Filing, key, "commerce_officer", "propose")
    taken(Filing, key, "commerce_approver", "endorse")
    act_on(bench, Filing, key, "finance_officer", "allocate", detail={"fund": way.FUND})
    taken(Filing, key, "finance_approver", "approve")
    key = way.allotment_drafted(bench, key, RATE_FEN)
    act_on(bench, Allotment, key, "finance_officer", "prepare")
    taken(Allotment, key, "finance_approver", "allot")
    (key,) = way.disbursements(bench, key)
    act_on(bench, Disbursement, key, "league_finance", "prepare")
    taken(Disbursement, key, "league_approver", "instruct")
    way.confirmed(bench, key)
    key = way.recovery_drafted(bench, key)
    act_on(bench, Recovery, key, "league_officer", "prepare")
    taken(Recovery, key, "league_approver", "recover")
    act_on(bench, Recovery, key, "league_officer", "propose_lift", **WHY)
    taken(Recovery, key, "league_approver", "lift")
    assert way.proven(bench)


@pytest.mark.parametrize("name", ["carry_over", "lapse"])
def test_what_is_left_of_an_allotment_is_not_decided_on_without_the_further_person(
    bench: jobs.Bench, name: str
) -> None:
    levels.colleague(bench, "finance_approver", "director")
    said = {"subject_kind": "allotment", "step": name, "role": "finance_approver"}
    levels.settled(bench, "finance", **said, from_fen=RATE_FEN)
    way.shipped(bench)
    way.a_fund(bench)
    way.approve(bench, filing := way.filed(bench))
    key = way.allotted(bench, filing, RATE_FEN)
    act_on(bench, Allotment, key, "finance_officer", f"propose_{name}", **WHY)
    with pytest.raises(Conflict, match="one more person must agree"):
        act_on(bench, Allotment, key, "finance_approver", name)
    act_on(bench, Allotment, key, "director", AGREE + name)
    act_on(bench, Allotment, key, "finance_approver", name)
    assert way.proven(bench)


def test_a_level_of_another_programme_or_of_other_days_is_not_met(bench: jobs.Bench) -> None:
    first = NOW.date() + timedelta(days=1)
    levels.settled(bench, from_fen=1, valid_from=first)
    other = Programme(code="other", name_zh="其他", name_en="Other")
    bench.database.transact(lambda db: db.add(other))
    levels.settled(bench, from_fen=1, programme="other")
    key = proposed(bench)
    with bench.database.reading() as session:
        found = agreements.in_force(session, "filing", "endorse", None, NOW.date())
        assert [one.code for one in found] == ["CJ-00002"], "of no single programme: every one's"
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    assert way.proven(bench)


def test_a_failed_look_up_stops_the_step_and_skips_no_level(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels.settled(bench, from_fen=10**9)
    key = proposed(bench)
    before = way.count(bench, Decision)
    monkeypatch.setitem(amounts.MEASURES, "filing", unknown)
    with pytest.raises(NotNow, match="could not be looked up"):
        act_on(bench, Filing, key, "commerce_approver", "endorse")
    monkeypatch.undo()
    assert way.count(bench, Decision) == before
    act_on(bench, Filing, key, "commerce_approver", "endorse")


def test_a_level_that_is_gone_stops_the_step_and_the_verifier_names_it(
    bench: jobs.Bench,
) -> None:
    level = levels.settled(bench, from_fen=1)
    key = proposed(bench)

    def lose(session: Session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER level_no_delete"))
        else:
            session.execute(text("ALTER TABLE level DISABLE TRIGGER ALL"))
        session.execute(delete(Level).where(Level.id == level))

    bench.database.transact(lose)
    with pytest.raises(NotNow, match="could not be looked up"):
        act_on(bench, Filing, key, "commerce_approver", "endorse")
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert [one.where for one in report.faults] == ["审批层级 CJ-00001"]


def test_what_was_drafted_of_a_level_stays(bench: jobs.Bench) -> None:
    key = levels.settled(bench)
    for change in ({"from_fen": 1}, {"role": "auditor"}, {"valid_to": date(2030, 1, 1)}):
        changed = update(Level).where(Level.id == key).values(**change)
        refused(bench.database, "level: what was drafted stays", changed)
    refused(bench.database, "only added to", delete(Level))


def test_two_people_put_a_level_in_force_and_end_it(bench: jobs.Bench) -> None:
    key = levels.drafted(bench)
    act_on(bench, Level, key, "commerce_officer", "submit")
    with pytest.raises(NotAllowed, match="set by another body"):
        act_on(bench, Level, key, "finance_approver", "settle")
    act_on(bench, Level, key, "commerce_approver", "return", **WHY)
    key = levels.settled(bench, valid_to=NOW.date() + timedelta(days=30))
    levels.ended(bench, key)
    with bench.database.reading() as session:
        assert session.get_one(Level, key).valid_to == NOW.date()
    with pytest.raises(Conflict, match="moved on"):
        act_on(bench, Level, key, "commerce_approver", "end")
    later = levels.settled(bench, valid_from=NOW.date() + timedelta(days=9))
    levels.ended(bench, later)
    assert way.proven(bench)


def test_leagues_see_what_counts_for_them_and_firms_nothing(bench: jobs.Bench) -> None:
    levels.settled(bench)
    levels.drafted(bench)
    seen = {"clerk": 0, "admin": 0, "league_officer": 1, "finance_officer": 2, "auditor": 2}
    with bench.database.reading() as session:
        for login, count in seen.items():
            query = visible_levels(person(session, login))
            assert len(session.scalars(query).all()) == count, login


def test_a_level_never_reaches_back(bench: jobs.Bench) -> None:
    key = levels.drafted(bench, valid_from=NOW.date() - timedelta(days=1))
    act_on(bench, Level, key, "commerce_officer", "submit")
    with pytest.raises(Conflict, match="never reaches back"):
        act_on(bench, Level, key, "commerce_approver", "settle")


@pytest.mark.parametrize(
    ("login", "other", "error", "said"),
    [
        ("commerce_approver", {}, NotAllowed, "Only an officer"),
        ("finance_officer", {}, NotAllowed, "set by another body"),
        (
            "commerce_officer",
            {"step": "approve", "role": "finance_approver"},
            NotAllowed,
            "another",
        ),
        ("commerce_officer", {"step": "decline"}, Refused, "No level can be set"),
        ("commerce_officer", {"subject_kind": "matter"}, Refused, "No level can be set"),
        ("commerce_officer", {"role": "league_approver"}, Refused, "of the body"),
        ("commerce_officer", {"from_fen": 0}, Refused, "amount above zero"),
        ("commerce_officer", {"document_no": " "}, Refused, "document number"),
        ("commerce_officer", {"valid_to": date(2026, 1, 1)}, Refused, "before the first"),
    ],
)
def test_what_cannot_be_a_level_is_refused(
    bench: jobs.Bench, login: str, other: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        levels.drafted(bench, login, **other)
    assert way.count(bench, Level) == 0


def test_the_verifier_knows_each_step_a_level_may_be_set_for_and_its_maker() -> None:
    known = {
        f"{kind}.{name}": next(step.checks for step in FLOWS[kind] if step.name == name)
        for kind, named in LEVELLED.items()
        for name in named
    }
    assert known == MAKERS
    assert set(LEVELLED) == set(amounts.MEASURES) == set(amounts.PROGRAMMES)
