"""A firm's year: stated by firm and league, confirmed, corrected by difference, due once."""

import hashlib
import json
import re

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import evidences, matters, way
from tests.journeys import FIRM, LEAGUE, NOW, act_on, person
from tests.settlements import recomputed, rows_of
from tests.tampering import Execute, tamper
from tracker import access, blobs, jobs, verify
from tracker.access.evidence import visible_evidence
from tracker.access.ledger import visible_entries
from tracker.db import Database, canonical
from tracker.errors import Conflict, NotAllowed, NotThere, Refused
from tracker.models.evidence import Evidence
from tracker.models.filings import Filing
from tracker.models.matters import Matter, MatterVersion
from tracker.models.money import Assessment, Entry
from tracker.models.people import League
from tracker.settings import Settings
from tracker.steps import evidence, hints, matter_facts
from tracker.steps import matters as steps
from tracker.steps.evidence_links import Subject
from tracker.web import books

PLATFORMS = "中小外贸企业入驻跨境电商平台"
YUAN = 100


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with its method recorded."""
    return matters.world(database, settings)


def test_a_confirmed_year_accrues_and_its_correction_accrues_the_difference(
    world: jobs.Bench,
) -> None:
    key = matters.submitted(world)
    with pytest.raises(Refused, match="Not stated yet"):
        act_on(world, Matter, key, "league_officer", "confirm")
    assert way.stages(world) == {}
    matters.state(world, key, "league_officer", matters.SMALL, "示例名录第1号")
    act_on(world, Matter, key, "league_officer", "confirm")
    assert matters.due(world) == {"SX-2026-0001": ("awarded", 20_000 * YUAN)}
    matters.corrected(world, key, {**matters.ENTERED, "platforms": 2})
    assert way.stages(world) == {"accrued": 40_000 * YUAN}
    act_on(world, Matter, key, "clerk", "correct")
    assert way.stages(world) == {"accrued": 40_000 * YUAN}, "what was confirmed stands meanwhile"
    matters.state(world, key, "clerk", {**matters.ENTERED, "turnover_cent": 999_999})
    act_on(world, Matter, key, "clerk", "submit")
    act_on(world, Matter, key, "league_officer", "confirm")
    assert matters.due(world) == {"SX-2026-0001": ("refused", 0)}
    with world.database.reading() as session:
        made = session.scalars(select(Assessment).order_by(Assessment.id.desc())).first()
        assert made is not None
        found = hints.of(session, world.registry, made)
        assert found is not None
        assert "本事项记为 9,999.99 美元" in found.hints[0].zh
        assert "多 0.01 美元" in found.hints[0].zh
    assert way.stages(world) == {}
    assert way.proven(world)


def test_the_cap_of_a_firm_counts_across_its_matters(
    database: Database, settings: Settings
) -> None:
    world = matters.world(database, settings, limit="all_ever")
    two = {**matters.ENTERED, "platforms": 2}
    first = matters.confirmed(world, two, year=2025)
    matters.confirmed(world, two)
    matters.confirmed(world, two, login="other_clerk")
    assert [fen for _, fen in matters.due(world).values()] == [4_000_000, 1_000_000, 4_000_000]
    matters.corrected(world, first, matters.ENTERED)
    assert [fen for _, fen in matters.due(world).values()] == [2_000_000, 3_000_000, 4_000_000]
    assert way.proven(world)


def test_a_pool_is_shared_in_the_order_of_confirmation(world: jobs.Bench) -> None:
    matters.record(world, matters.STATED, "stated", pool={"2026": "120.00"}, most="70.00")
    one = matters.confirmed(world, {}, programme="stated", league={"assessed_fen": 7_000})
    matters.confirmed(
        world, {}, login="other_clerk", programme="stated", league={"assessed_fen": 9_000}
    )
    assert [fen for _, fen in matters.due(world).values()] == [7_000, 5_000]
    act_on(world, Matter, one, "clerk", "withdraw")
    assert [fen for _, fen in matters.due(world).values()][1] == 7_000, "the pool is free again"
    with world.database.reading() as session:
        other = person(session, "other_clerk")
        told = session.scalars(visible_entries(other).where(Entry.kind == "accrue")).all()
        freed = [entry for entry in told if FIRM in entry.cause]
        assert [books.cause(other, entry) for entry in freed] == ["accrue:matter"]
        assert [books.actor(other, entry) for entry in freed] == [""], "whose it was is not told"
    matters.confirmed(world, {**matters.ENTERED, "platforms": 3})
    assert ("awarded", 50_000 * YUAN) in matters.due(world).values()
    assert way.proven(world)


def test_a_year_is_stated_once_in_all_leagues(world: jobs.Bench) -> None:
    key = matters.drafted(world)
    with pytest.raises(Conflict, match="already: SX-2026-0001"):
        matters.drafted(world)

    def twice(session: Session) -> None:
        league = session.scalars(select(League).where(League.code != LEAGUE)).first()
        assert league is not None
        one = session.get_one(Matter, key)
        session.add(
            Matter(
                code="SX-2026-9999",
                firm_id=one.firm_id,
                league_id=league.id,
                programme_id=one.programme_id,
                year=one.year,
                first_day=one.first_day,
                last_day=one.last_day,
                title="另一盟市",
                newest_no=1,
            )
        )
        session.flush()

    with pytest.raises(DBAPIError, match=r"already there|uq_matter_held"):
        world.database.transact(twice)
    act_on(world, Matter, key, "clerk", "withdraw")
    assert matters.drafted(world) != key
    matters.drafted(world, year=2025)
    with pytest.raises(Refused, match="no recorded method for this year"):
        matters.drafted(world, year=2027)
    with pytest.raises(NotAllowed):
        matters.drafted(world, login="league_officer")


def test_each_side_states_its_own_facts_in_its_turn(world: jobs.Bench) -> None:
    key = matters.drafted(world)
    with pytest.raises(Refused, match="does not ask for: small"):
        matters.state(world, key, "clerk", matters.SMALL)
    with pytest.raises(Conflict, match="not your turn"):
        matters.state(world, key, "league_officer", matters.SMALL)
    with pytest.raises(Refused, match="cannot be"):
        matters.state(world, key, "clerk", {"platforms": 10**9})
    assert matters.state(world, key, "clerk", {"platforms": 1, "cost_fen": None}) == 2
    assert matters.state(world, key, "clerk", {"platforms": 1}) == 2, "nothing new"
    with pytest.raises(Refused, match="Not stated yet"):
        act_on(world, Matter, key, "clerk", "submit")
    matters.state(world, key, "clerk", matters.ENTERED)
    act_on(world, Matter, key, "clerk", "submit")
    with pytest.raises(Conflict, match="not your turn"):
        matters.state(world, key, "clerk", {"platforms": 2})
    matters.state(world, key, "league_officer", matters.SMALL)
    with pytest.raises(Refused, match="rest is not stated"):
        act_on(world, Matter, key, "league_officer", "confirm")
    with world.database.reading() as session:
        tally = steps.preview(session, world.registry, session.get_one(Matter, key))
        assert (tally.outcome, tally.award_fen) == ("awarded", 20_000 * YUAN)
    why = ("evidence_missing", "缺合同（示例）")
    act_on(world, Matter, key, "league_officer", "return", reason_code=why[0], reason=why[1])
    with world.database.reading() as session:
        last = steps.version(session, session.get_one(Matter, key))
        assert last.league_facts == {"small": True}, "what the league stated is kept"


def test_a_league_opens_its_own_part_again_with_a_reason(world: jobs.Bench) -> None:
    key = matters.confirmed(world)
    with pytest.raises(Refused, match="reason is needed"):
        act_on(world, Matter, key, "league_officer", "reopen")
    why = ("calculation", "名录有误（示例）")
    act_on(world, Matter, key, "league_officer", "reopen", reason_code=why[0], reason=why[1])
    matters.state(world, key, "league_officer", {"small": False}, "示例名录第2号")
    assert way.stages(world) == {"accrued": 20_000 * YUAN}
    act_on(world, Matter, key, "league_officer", "confirm")
    assert matters.due(world) == {"SX-2026-0001": ("refused", 0)}
    assert way.proven(world)


def test_a_matter_waits_for_its_method_and_is_assessed_when_it_is_recorded(
    world: jobs.Bench,
) -> None:
    key = matters.confirmed(world)
    with world.database.reading() as session:
        one = session.get_one(Matter, key)
        offered = steps.offers(session, one.firm, NOW.date())
        assert [(each.year, each.method.version_no) for each in offered] == [(2025, 1)]
    matters.record(world, matters.PLATFORMS, "platforms", matters.YEAR[0], each="30000.00")
    assert matters.due(world) == {"SX-2026-0001": ("awarded", 30_000 * YUAN)}
    assert way.proven(world)


def test_what_was_stated_is_only_added_to(world: jobs.Bench) -> None:
    key = matters.confirmed(world)
    for name, value in (("year", 2025), ("accepted_seq", 1)):

        def change(session: Session, name: str = name, value: int = value) -> None:
            setattr(session.get_one(Matter, key), name, value)

        with pytest.raises(DBAPIError, match="whose it is stays"):
            world.database.transact(change)

    def reword(session: Session) -> None:
        one = session.scalars(select(MatterVersion)).first()
        assert one is not None
        one.basis = "另一依据"

    with pytest.raises(DBAPIError, match="only added to"):
        world.database.transact(reword)


TAMPERED = {
    "UPDATE matter_version SET league_facts = '{}' WHERE version_no = 3": "与其哈希不符",
    "UPDATE matter_version SET sha256 = 'x' WHERE version_no = 2": "与其哈希不符",
    "DELETE FROM matter_version WHERE version_no = 1": "已填报，现已缺失",
    "UPDATE matter SET version_no = 2": "与核实它的分录不符",
    "UPDATE matter SET accepted_seq = 2": "与核实它的分录不符",
    (
        "UPDATE assessment SET facts = replace(facts, '\"cost_fen\":0', '\"cost_fen\":1')"
    ): "重算|申报内容不符",
    (
        "UPDATE assessment SET facts = replace(facts, '\"jobs\":null', '\"jobs\":5')"
    ): "第 3 版申报内容不符",
    (
        "INSERT INTO matter (code, firm_id, league_id, programme_id, year, first_day, last_day,"
        " title, newest_no, version_no, state, waits_for, revision) SELECT 'SX-2', firm_id,"
        " league_id, programme_id, year, first_day, last_day, title, 0, 0, 'draft', '', 1"
        " FROM matter"
    ): "同一年度填报了两次",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_the_verifier_finds_facts_that_were_not_stated(world: jobs.Bench, statement: str) -> None:
    matters.confirmed(world)
    assert way.proven(world)
    url = world.settings.database_url

    def work(execute: Execute) -> None:
        execute(statement)

    tamper(url, work)
    faults = verify.verify(url).faults
    assert faults, "not found"
    assert re.search(TAMPERED[statement], str(faults[0])), faults


def test_the_verifier_finds_a_statement_reworded_together_with_its_hash(world: jobs.Bench) -> None:
    matters.confirmed(world)

    def work(execute: Execute) -> None:
        ((title, firm, league),) = execute(
            "SELECT title, firm_facts, league_facts FROM matter_version WHERE version_no = 3"
        )
        facts = [json.loads(firm), json.loads(league)]
        content = canonical(["SX-2026-0001", 3, title, *facts, "另一依据"])
        execute(
            "UPDATE matter_version SET basis = ?, sha256 = ? WHERE version_no = 3",
            *("另一依据", hashlib.sha256(content.encode()).hexdigest()),
        )

    tamper(world.settings.database_url, work)
    faults = verify.verify(world.settings.database_url).faults
    assert "与审计日志所记的哈希不符" in str(faults[0])


def test_a_firm_and_a_league_see_their_own_matters(world: jobs.Bench) -> None:
    key = matters.drafted(world)

    def sees(login: str) -> bool:
        with world.database.reading() as session:
            try:
                access.see(session, access.visible_matters(person(session, login)), key)
            except NotThere:
                return False
            return True

    before = {name: sees(name) for name in ("clerk", "other_clerk", "league_officer", "auditor")}
    assert before == {
        "clerk": True,
        "other_clerk": False,
        "league_officer": False,
        "auditor": True,
    }
    matters.state(world, key, "clerk", matters.ENTERED)
    act_on(world, Matter, key, "clerk", "submit")
    assert sees("league_officer")
    assert not sees("commerce_officer")
    assert not sees("finance_officer")
    told = ("clerk", "league_officer", "auditor", "other_clerk", "commerce_officer")
    assert [way.decisions(world, login, "matter") for login in told] == [1, 1, 1, 0, 0]


def test_a_rule_about_shipments_is_none_for_such_a_programme(world: jobs.Bench) -> None:
    with pytest.raises(Refused, match="about shipments"):
        matters.record(world, matters.PLATFORMS, "freight")


def test_facts_are_split_between_firm_and_league() -> None:
    assert matter_facts.split(("cost_fen", "small")) == (("cost_fen",), ("small",))


def test_its_money_goes_all_the_way_and_comes_back(world: jobs.Bench) -> None:
    key = matters.confirmed(world)
    matters.confirmed(world, login="other_clerk")
    period = matters.YEAR
    with pytest.raises(Refused, match="nothing to apply for"):
        way.drafted(world, programme="platforms")  # the first quarter: the year ends later
    application = way.drafted(world, programme="platforms", period=period)
    with pytest.raises(Conflict, match="is applied for"):
        act_on(world, Matter, key, "clerk", "correct")
    way.apply(world, application)
    with pytest.raises(Conflict, match="is applied for"):
        act_on(world, Matter, key, "clerk", "withdraw")
    filing = way.filed(world, application)
    with world.database.reading() as session:
        sheet = session.get_one(Filing, filing).sheet_sha256
        seen = access.see(session, access.visible_matters(person(session, "commerce_officer")), key)
        assert seen.code == "SX-2026-0001"
    raw = blobs.read(world.settings.home, sheet)
    row, _total = rows_of(raw)
    assert (row["事项编号"], row["事项名称"]) == ("SX-2026-0001", f"{PLATFORMS}（2026年度）")
    assert row["运单数"] is None
    assert recomputed(raw) > 0
    way.a_fund(world, 20_000 * YUAN)
    way.approve(world, filing)
    (paid,) = way.disbursements(world, way.allotted(world, filing, 20_000 * YUAN))
    way.instructed(world, paid)
    way.confirmed(world, paid)
    assert way.stages(world) == {"disbursed": 20_000 * YUAN, "accrued": 20_000 * YUAN}
    back = way.demanded(world, way.recovery_drafted(world, paid))
    way.came_back(world, back, 20_000 * YUAN, "示例缴款书1号")
    assert way.stages(world) == {"accrued": 20_000 * YUAN}
    assert way.proven(world)


def test_evidence_that_the_league_looked_at_stays_and_more_may_be_added(world: jobs.Bench) -> None:
    key = matters.drafted(world)
    first, more = (evidences.added(world, "other", note=note) for note in ("合同", "补充"))
    evidences.linked(world, first, Subject("matter", key))
    matters.state(world, key, "clerk", matters.ENTERED)
    act_on(world, Matter, key, "clerk", "submit")
    evidences.linked(world, more, Subject("matter", key))

    def away(session: Session) -> None:
        user, found = person(session, "clerk"), session.get_one(Evidence, first)
        evidence.withdraw(session, user, found, "误传", NOW)

    with pytest.raises(Conflict, match="reviewers look at it"):
        world.database.transact(away)
    with world.database.reading() as session:
        shown = steps.shown(session, session.get_one(Matter, key))
        assert len(shown["evidence"]) == 2
        seen = visible_evidence(person(session, "league_officer"))
        assert len(session.scalars(seen).all()) == 2
        assert not session.scalars(visible_evidence(person(session, "other_clerk"))).all()
    act_on(
        world, Matter, key, "league_officer", "return", reason_code="other", reason="重传（示例）"
    )
    world.database.transact(away)
