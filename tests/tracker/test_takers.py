"""Another body takes a step where a document says so, and two people of two roles decide still."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from tests import divisions, levels, takers, way
from tests.journeys import NOW, RATE_FEN, WHY, act_on, moved, person
from tracker import jobs, verify
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, NotNow
from tracker.models.applications import Application
from tracker.models.divisions import Division
from tracker.models.filings import Decision, Disbursement, Filing
from tracker.models.methods import Programme
from tracker.models.takers import Taker
from tracker.settings import Settings
from tracker.steps import flow, waiting
from tracker.steps import takers as steps
from tracker.steps.agreeing import AGREE
from tracker.steps.flows import FLOWS
from tracker.steps.step import COMMERCE, FINANCE, LEAGUE_BODIES
from tracker.verify import takers as verified

FIRST, PASS, FILE = "application.first_review", "application.pass", "filing.file"
ALLOCATE, DIVIDE, PREPARE = "filing.allocate", "division.divide", "disbursement.prepare"
Subject = tuple[type[Any], int]


def reviewed(bench: jobs.Bench) -> Subject:
    way.shipped(bench)
    return Application, way.applied(bench)


def passing(bench: jobs.Bench) -> Subject:
    table, key = reviewed(bench)
    act_on(bench, table, key, "league_officer", "first_review")
    return table, key


def filing(bench: jobs.Bench) -> Subject:
    way.shipped(bench)
    key = way.filing_drafted(bench, way.passed(bench))
    act_on(bench, Filing, key, "league_officer", "prepare")
    return Filing, key


def allocating(bench: jobs.Bench) -> Subject:
    way.shipped(bench)
    key = way.filed(bench)
    way.a_fund(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    return Filing, key


def paying(bench: jobs.Bench, login: str = "league_officer") -> Subject:
    way.shipped(bench)
    allotment = way.allotted(bench, way.approved(bench), RATE_FEN)
    (key,) = way.disbursements(bench, allotment, login=login)
    return Disbursement, key


Brought = Callable[[jobs.Bench], Subject]
WAYS: Mapping[str, tuple[Brought, str, str]] = {
    FIRST: (reviewed, "league_approver", "pass"),
    PASS: (passing, "", ""),
    FILE: (filing, "", ""),
    ALLOCATE: (allocating, "finance_approver", "approve"),
    PREPARE: (paying, "league_approver", "instruct"),
}
"""Place -> what brings a thing before it, and who then checks it by which step."""
DETAILS: Mapping[str, dict[str, Any]] = {ALLOCATE: {"fund": way.FUND}}


def take(bench: jobs.Bench, subject: Subject, login: str, place: str, **more: Any) -> None:  # noqa: ANN401  of ``act_on``
    detail = dict(DETAILS.get(place, {}))
    act_on(bench, *subject, login, place.partition(".")[2], detail=detail, **more)


def kept(bench: jobs.Bench) -> Any:  # noqa: ANN401  what a detail holds
    """What the newest step's entry keeps of who was to take it."""
    with bench.database.reading() as session:
        made = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert made is not None
        return made.detail.get("taker")


def faults(bench: jobs.Bench) -> list[str]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [f"{one.where}：{one.what}" for one in report.faults]


def offered(bench: jobs.Bench, subject: Subject, login: str) -> tuple[list[str], list[str]]:
    """The steps this person is offered, and what the page says lacks."""
    table, key = subject
    with bench.database.reading() as session:
        found: flow.Subject = session.get_one(table, key)
        ahead = flow.ahead(session, found, person(session, login), NOW.date())
        lacks = [f"{one.step}: {one.conflict}" for one in ahead.lacks]
        return [step.name for step in ahead.steps], lacks


def waits(bench: jobs.Bench, login: str) -> list[tuple[str, str, int]]:
    with bench.database.reading() as session:
        found = waiting.waiting(session, person(session, login), NOW)
        return [(one.kind, one.label, one.count) for one in found]


@pytest.mark.parametrize("place", WAYS)
def test_the_named_body_takes_the_step_and_the_usual_one_does_not(
    bench: jobs.Bench, place: str
) -> None:
    (other,) = steps.NAMED[place].others
    usual = steps.NAMED[place].usual
    seq = takers.named(bench, place, other)
    brought, checker, then = WAYS[place]
    subject = brought(bench)
    before = way.count(bench, Decision)
    with pytest.raises(NotAllowed, match="does not include this step"):
        take(bench, subject, usual, place)
    assert way.count(bench, Decision) == before
    assert place.partition(".")[2] not in offered(bench, subject, usual)[0]
    assert place.partition(".")[2] in offered(bench, subject, other)[0]
    take(bench, subject, other, place)
    assert kept(bench) == {"role": other, "document_no": takers.DOCUMENT, "seq": seq}
    if then:
        act_on(bench, *subject, checker, then)
        assert kept(bench) is None, "the other of the two is whose it usually is"
    assert way.proven(bench)


def test_a_pool_is_divided_by_finance_where_the_league_says_so(
    database: Database, settings: Settings
) -> None:
    world = divisions.world(database, settings)
    takers.named(world, DIVIDE, "league_finance")
    divisions.claim(world, {"1": "1000"})
    key = divisions.draft(world)
    act_on(world, Division, key, "league_officer", "prepare")
    with pytest.raises(NotAllowed, match="does not include this step"):
        act_on(world, Division, key, "league_approver", "divide")
    act_on(world, Division, key, "league_finance", "reopen")
    assert kept(world)["role"] == "league_finance"
    act_on(world, Division, key, "league_officer", "prepare")
    act_on(world, Division, key, "league_approver", "reopen")
    assert kept(world) is None, "who always may turn it back needs no setting"
    act_on(world, Division, key, "league_officer", "prepare")
    act_on(world, Division, key, "league_finance", "divide")
    assert way.proven(world)


def test_where_nothing_is_set_each_step_is_its_usual_bodys(bench: jobs.Bench) -> None:
    subject = reviewed(bench)
    with pytest.raises(NotAllowed, match="does not include this step"):
        take(bench, subject, "league_finance", FIRST)
    take(bench, subject, "league_officer", FIRST)
    assert kept(bench) is None
    assert way.proven(bench)


def test_another_league_or_programme_keeps_its_own_way(bench: jobs.Bench) -> None:
    other = Programme(code="other", name_zh="其他", name_en="Other")
    bench.database.transact(lambda db: db.add(other))
    takers.named(bench, FIRST, "league_finance", programme="other")
    levels.colleague(bench, "league_approver", "far_approver")
    moved(bench, "far_approver", league_code="150900")
    takers.named(bench, FIRST, "league_finance", login="far_approver", league_code="150900")
    subject = reviewed(bench)
    take(bench, subject, "league_officer", FIRST)
    assert kept(bench) is None
    assert way.proven(bench)


def test_it_counts_from_its_day_on_and_until_another_is_named(bench: jobs.Bench) -> None:
    first = takers.TOMORROW
    takers.named(bench, FIRST, "league_finance", valid_from=first.date())
    later = first + timedelta(days=1)
    takers.named(bench, FIRST, "league_officer", valid_from=later.date())
    subject = reviewed(bench)
    for now, who, not_who in (
        (NOW, "league_officer", "league_finance"),
        (first, "league_finance", "league_officer"),
        (later, "league_officer", "league_finance"),
    ):
        with pytest.raises(NotAllowed, match="does not include this step"):
            take(bench, subject, not_who, FIRST, now=now)
        take(bench, subject, who, FIRST, now=now)
        act_on(bench, *subject, "league_approver", "return", now=now, **WHY)
        way.apply(bench, subject[1])
    take(bench, subject, "league_officer", FIRST, now=later)
    assert kept(bench)["role"] == "league_officer", "that it is the usual one again is said too"
    assert way.proven(bench)


def test_of_one_day_the_newest_counts(bench: jobs.Bench) -> None:
    takers.named(bench, FIRST, "league_finance")
    seq = takers.named(bench, FIRST, "league_officer", document_no="示例停〔2026〕1号")
    subject = reviewed(bench)
    take(bench, subject, "league_officer", FIRST)
    assert kept(bench) == {
        "role": "league_officer",
        "document_no": "示例停〔2026〕1号",
        "seq": seq,
    }
    assert way.proven(bench)


def test_who_takes_it_turns_it_back_and_finishes_it_either_way(bench: jobs.Bench) -> None:
    takers.named(bench, PASS, "league_finance")
    takers.named(bench, FILE, "league_finance")
    takers.named(bench, PREPARE, "league_officer")
    subject = passing(bench)
    act_on(bench, *subject, "league_finance", "return", **WHY)
    way.apply(bench, subject[1])
    act_on(bench, *subject, "league_officer", "first_review")
    with pytest.raises(NotAllowed, match="does not include this step"):
        act_on(bench, *subject, "league_approver", "decline", **WHY)
    act_on(bench, *subject, "league_finance", "decline", **WHY)
    assert way.state(bench, *subject) == "declined"
    assert way.proven(bench)


def test_what_is_to_be_paid_is_drafted_and_withdrawn_by_who_prepares_it(bench: jobs.Bench) -> None:
    takers.named(bench, PREPARE, "league_officer")
    way.shipped(bench)
    allotment = way.allotted(bench, way.approved(bench), RATE_FEN)
    drafting = ("disbursement", "Draft the disbursements", 1)
    assert drafting in waits(bench, "league_officer")
    assert drafting not in waits(bench, "league_finance")
    with pytest.raises(NotAllowed, match="Another body takes this step"):
        way.disbursements(bench, allotment, login="league_finance")
    (key,) = way.disbursements(bench, allotment, login="league_officer")
    act_on(bench, Disbursement, key, "league_officer", "withdraw")
    (key,) = way.disbursements(bench, allotment, login="league_officer")
    act_on(bench, Disbursement, key, "league_officer", "prepare")
    act_on(bench, Disbursement, key, "league_approver", "instruct")
    way.confirmed(bench, key)
    assert way.proven(bench)


def test_what_waits_follows_who_takes_the_step(bench: jobs.Bench) -> None:
    reviewing = ("application", "Finish the first review", 1)
    reviewed(bench)
    assert reviewing in waits(bench, "league_officer")
    takers.named(bench, FIRST, "league_finance")
    assert reviewing not in waits(bench, "league_officer")
    assert reviewing in waits(bench, "league_finance")
    takers.named(bench, FIRST, "league_officer")
    assert reviewing in waits(bench, "league_officer")
    assert reviewing not in waits(bench, "league_finance")


def test_what_waits_of_payments_follows_too(bench: jobs.Bench) -> None:
    takers.named(bench, PREPARE, "league_officer")
    paying(bench)
    preparing = ("disbursement", "Pass on for approval", 1)
    assert preparing in waits(bench, "league_officer")
    assert preparing not in waits(bench, "league_finance")


def test_a_thing_under_way_follows_the_setting_of_the_day_of_each_step(bench: jobs.Bench) -> None:
    subject = passing(bench)
    takers.named(bench, FIRST, "league_finance")
    take(bench, subject, "league_approver", PASS)
    assert way.proven(bench)


def test_a_maker_and_a_checker_never_become_one_role_on_the_way(bench: jobs.Bench) -> None:
    takers.named(bench, FIRST, "league_finance")
    levels.colleague(bench, "league_finance", "second")
    subject = reviewed(bench)
    take(bench, subject, "league_finance", FIRST)
    takers.named(bench, FIRST, "league_officer")
    takers.named(bench, PASS, "league_finance")
    for login in ("second", "league_officer"):
        names, (lack,) = offered(bench, subject, login)
        assert "pass" not in names
        assert lack.startswith("pass: The body that takes this step now took the step before")
    with pytest.raises(Conflict, match="took the step before: two are needed"):
        take(bench, subject, "second", PASS)
    act_on(bench, *subject, "second", "return", **WHY)
    way.apply(bench, subject[1])
    take(bench, subject, "league_officer", FIRST)
    take(bench, subject, "second", PASS)
    assert way.proven(bench)


def test_a_setting_that_is_gone_or_senseless_stops_every_step(bench: jobs.Bench) -> None:
    seq = takers.named(bench, FIRST, "league_finance")
    subject = reviewed(bench)
    unguarded(bench, update(Taker).values(role="league_approver"))
    with pytest.raises(NotNow, match="could not be looked up"):
        take(bench, subject, "league_approver", FIRST)
    unguarded(bench, delete(Taker))
    for login in ("league_officer", "league_finance"):
        with pytest.raises(NotNow, match="could not be looked up"):
            take(bench, subject, login, FIRST)
        with pytest.raises(NotNow, match="could not be looked up"):
            offered(bench, subject, login)
    assert faults(bench) == [f"经办单位（分录 {seq}）：与分录所记不符"]


def unguarded(bench: jobs.Bench, statement: Any) -> None:  # noqa: ANN401  any statement
    def work(session: Session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            for name in ("delete", "update"):
                session.execute(text(f"DROP TRIGGER IF EXISTS taker_no_{name}"))
        else:
            session.execute(text("ALTER TABLE taker DISABLE TRIGGER ALL"))
        session.execute(statement)

    bench.database.transact(work)


def test_a_step_taken_before_anything_was_set_stays_proven_and_a_forged_one_is_found(
    bench: jobs.Bench,
) -> None:
    subject = passing(bench)
    take(bench, subject, "league_approver", PASS)
    takers.named(bench, FIRST, "league_finance")
    takers.named(bench, FILE, "league_finance")
    assert way.proven(bench)
    moved(bench, "league_officer", "league_finance")
    assert any("应由 league_officer 办理，办理人是 league_finance" in one for one in faults(bench))


def test_the_table_names_bodies_of_one_level_and_keeps_makers_from_checkers() -> None:
    rows = {f"{kind}.{step.name}": step for kind in steps.KINDS for step in FLOWS[kind]}
    for place in steps.PLACES:
        level = LEAGUE_BODIES if place.usual in LEAGUE_BODIES else (*COMMERCE, *FINANCE)
        assert {*place.roles} <= {*level}
        assert len({*place.roles}) == len(place.roles) > 1
        body = {one.partition("_")[0] for one in (place.setter, place.usual)}
        assert len(body) == 1, "who gives it away is of the body whose it usually is"
        assert place.setter.endswith("_approver")
        for name in place.along:
            assert rows[f"{place.kind}.{name}"].roles == (place.usual,)
    for name, step in rows.items():
        if step.checks and not step.name.startswith(AGREE):
            assert not {*step.roles} & {*rows[f"{name.partition('.')[0]}.{step.checks}"].roles}


def test_the_tables_of_places_flows_and_verifier_say_the_same() -> None:
    assert {one.name: one.roles for one in steps.PLACES} == dict(verified.PLACES)
    assert {
        one.name: one.setter for one in steps.PLACES if one.setter != "league_approver"
    } == dict(verified.SETTERS)
    along = {name: place.name for name, place in steps.TAKEN.items() if name != place.name}
    assert along == dict(verified.ALONG)
    rows = {f"{kind}.{step.name}": step for kind in steps.KINDS for step in FLOWS[kind]}
    turned = {
        name: (tuple(one.name for one in places), rows[name].roles)
        for name, places in steps.TURNED.items()
    }
    assert turned == dict(verified.TURNED)
    told = {
        name: step.checks
        for name, step in rows.items()
        if step.checks
        and not step.name.startswith(AGREE)
        and {name, f"{name.partition('.')[0]}.{step.checks}"} & {*steps.TAKEN}
    }
    assert told == dict(verified.MAKERS)
