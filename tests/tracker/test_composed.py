"""Rules a league composes: kept for good, pinned by methods, proved by the books alone."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.composed.look import look
from rules.facts import ShipmentFacts
from rules.params import Money, RuleParams
from rules.registry import Registry
from rules.rule import Rule, rule
from rules.tally import assess
from tests import journeys
from tests.guards import refused
from tests.journeys import NOW, person, row
from tests.tampering import Execute, tamper
from tests.tracker.test_registered_rules import took_in
from tests.way import accrued, proven
from tracker import jobs, packages, verify
from tracker.access.composed import visible_composed, visible_composed_drafts
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused, TrackerError
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment
from tracker.models.people import User
from tracker.settings import Settings
from tracker.steps import composed, hints, methods, trials

NOTHING = Registry({}, [])
DEFINITION: dict[str, Any] = {
    **composed.blank("shipment"),
    "title": {"zh": "每车次定额，企业年度封顶（示例）", "en": "sample"},
    "source": "示例办〔2026〕9号",
    "params": [
        {
            "name": "rate",
            "kind": "money",
            "per": "trip",
            "zh": "标准",
            "en": "r",
            "sample": "500.00",
        },
        {"name": "most", "kind": "money", "zh": "上限", "en": "m", "sample": "1200.00"},
    ],
    "articles": [
        {
            "article": "第二条",
            "step": "nothing",
            "when": {"flag": "empty"},
            "zh": "空驶",
            "en": "e",
        },
        {"article": "第三条", "step": "pay", "factors": ["rate", "trips"]},
        {"article": "第四条", "step": "cap_total", "factors": ["most"], "per": ["firm", "year"]},
    ],
}
DEARER = json.loads(json.dumps(DEFINITION).replace("500.00", "700.00"))


class Params(RuleParams):
    """The same numbers in code."""

    rate = Money(per="trip", doc="标准", en="r")
    most = Money(doc="上限", en="m")


@rule(id="tests/same", league="", programme="freight", title="同一规则", params=Params)
def in_code(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """The same rule in code."""
    t.nothing("第二条", s.empty, "空驶", "e")
    amount = t.pay("第三条", p.rate * s.trips)
    return t.cap_total("第四条", amount, p.most, per=("firm", "year"))


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with its people, no method and no installed rule."""
    return journeys.peopled(database, settings, NOTHING)


def keep(
    bench: jobs.Bench, definition: dict[str, Any] = DEFINITION, number: int | None = None
) -> str:
    """Keep it as the league's officer; returns its id."""
    return bench.database.transact(
        lambda session: (
            composed.add(
                session, person(session, "league_officer"), definition, NOW, number=number
            ).rule_id
        )
    )


def register(
    bench: jobs.Bench, rule_id: str, first: date = date(2026, 1, 1), last: date | None = None
) -> int:
    """Draft, try and record a method by this rule with the rule's own sample numbers."""

    def work(session: Session) -> int:
        officer = person(session, "league_officer")
        found = methods.chosen(session, bench.registry, officer, rule_id)
        made = methods.draft(
            session,
            bench.registry,
            officer,
            programme=session.scalars(select(Programme)).one(),
            rule_id=rule_id,
            params=dict(found.sample_params),
            title=found.title,
            document_no=f"示例办〔2026〕{first.month}号",
            issued_on=date(2025, 12, 1),
            valid_from=first,
            valid_to=last,
        )
        trial = trials.attempt(session, found, made, officer, NOW)
        assert trial.broken == []
        return made.id

    key = bench.database.transact(work)
    journeys.record(bench, key)
    return key


def test_a_method_by_a_composed_rule_pays_to_the_fen_what_the_same_rule_in_code_pays(
    world: jobs.Bench,
) -> None:
    register(world, keep(world))
    took_in(world, 1, 2, 3)
    assert accrued(world) == {"1": 50_000, "2": 50_000, "3": 20_000}
    with world.database.reading() as session:
        made = session.scalars(select(Assessment).order_by(Assessment.id)).all()
        method = made[0].method
        same = rule_in_code_pays(method, [one.facts for one in made])
        assert [one.award_fen for one in made] == same
        told = hints.of(session, world.registry, made[2])
        assert told is not None
        assert told.why != hints.NOT_AS_RECORDED
    assert proven(world)


def rule_in_code_pays(method: Method, facts: list[dict[str, Any]]) -> list[int]:
    run = assess(in_code, method.params, [ShipmentFacts.from_json(one) for one in facts])
    return list(run.awards)


def test_a_version_that_is_added_leaves_what_the_earlier_pays(world: jobs.Bench) -> None:
    first = keep(world)
    register(world, first, last=date(2026, 3, 31))
    second = keep(world, DEARER, 1)
    assert (first, second) == ("composed/150100/1/1", "composed/150100/1/2")
    register(world, second, date(2026, 4, 1))
    rows = [
        row("W1", "蒙A10001"),
        row("W2", "蒙A10002", 发车日期="2026-04-02", 出境日期="2026-04-04"),
    ]
    journeys.take_in(world, *rows)
    assert accrued(world) == {"1": 50_000, "2": 70_000}
    assert proven(world)


def test_a_package_proves_the_money_years_later_by_itself(
    world: jobs.Bench, tmp_path: Path
) -> None:
    register(world, keep(world))
    took_in(world, 1)
    made = packages.pack(world.database, world.settings.home, tmp_path / "p.zip", NOW)
    report = verify.verify(str(made.path))
    assert (report.assessments, report.faults) == (1, ())


ALTERED = {
    "UPDATE composed_rule SET definition = replace(definition, '第三条', '第五条')": "与其哈希不符",
    "UPDATE composed_rule SET sha256 = 'x'": "与其哈希不符",
    "UPDATE composed_rule SET version_no = 7": "与定义不符",
    "UPDATE composed_rule SET definition = '{}'": "定义不成规则",
    "DELETE FROM composed_rule": "现已缺失",
}
"""What somebody who owns the database may do to a version, and what the verifier says of it."""


def test_a_definition_that_was_tampered_with_is_found_and_computes_nothing(
    world: jobs.Bench,
) -> None:
    key = register(world, keep(world))
    took_in(world, 1)
    for _ in ALTERED:
        keep(world)
    kept = [f"composed/150100/{number}/1" for number in range(1, len(ALTERED) + 2)]

    def work(execute: Execute) -> None:
        for rule_id, statement in zip(kept, ALTERED, strict=False):
            execute(f"{statement} WHERE rule_id = ?", rule_id)
        ((said,),) = execute("SELECT definition FROM composed_rule WHERE rule_id = ?", kept[-1])
        dearer = said.replace("500.00", "900.00")
        execute(
            "UPDATE composed_rule SET definition = ?, sha256 = ? WHERE rule_id = ?",
            *(dearer, hashlib.sha256(dearer.encode()).hexdigest(), kept[-1]),
        )

    tamper(world.settings.database_url, work)
    faults = verify.verify(world.settings.database_url).faults
    told = {fault.where: fault.what for fault in faults}
    for rule_id, what in zip(kept, (*ALTERED.values(), "与审计日志所记"), strict=True):
        assert what in told[f"组合规则 {rule_id}"]
    assert any("无法重算" in what for where, what in told.items() if where.startswith("测算"))
    with world.database.reading() as session:
        with pytest.raises(Conflict, match="no longer the one"):
            methods.pinned(world.registry, session.get_one(Method, key))
        broken = session.scalars(select(ComposedRule).where(ComposedRule.rule_id == kept[3])).one()
        with pytest.raises(Conflict, match="cannot be used"):
            composed.rule(broken)


def test_the_books_of_a_version_that_had_no_composed_rules_verify(bench: jobs.Bench) -> None:
    def work(execute: Execute) -> None:
        execute("DROP TABLE composed_rule")

    tamper(bench.settings.database_url, work)
    assert proven(bench)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE composed_rule SET title = 'x'",
        "DELETE FROM composed_rule",
    ],
)
def test_a_kept_version_is_never_edited_even_by_raw_sql(world: jobs.Bench, statement: str) -> None:
    keep(world)
    refused(world.database, "only added to", statement)


def other_league(session: Session, user: User) -> User:
    """The same person, of another league; nothing of it is kept."""
    league = journeys.league(session, "150900")
    session.expunge(user)
    user.league_id, user.league = league.id, league
    return user


def test_another_league_sees_and_uses_neither_a_rule_nor_a_draft(world: jobs.Bench) -> None:
    rule_id = keep(world)
    world.database.transact(
        lambda session: composed.begin(session, person(session, "league_officer"), DEFINITION, NOW)
    )
    with world.database.reading() as session:
        for login, seen, drafts in (
            *(("league_officer", 1, 1), ("commerce_officer", 1, 0), ("finance_approver", 1, 0)),
            *(("auditor", 1, 1), ("clerk", 0, 0), ("admin", 0, 0)),
        ):
            user = person(session, login)
            assert len(session.scalars(visible_composed(user)).all()) == seen, login
            found = session.scalars(visible_composed_drafts(user)).all()
            assert len(found) == drafts, login
        stranger = other_league(session, person(session, "league_officer"))
        assert not session.scalars(visible_composed(stranger)).all()
        assert not session.scalars(visible_composed_drafts(stranger)).all()
        with pytest.raises(Conflict, match="cannot be used"):
            methods.chosen(session, world.registry, stranger, rule_id)
        draft = session.scalars(select(ComposedDraft)).one()
        with pytest.raises(NotAllowed, match="another league"):
            composed.save(session, stranger, draft, DEFINITION, 1, NOW)


def test_what_is_no_rule_is_not_kept_and_says_why(world: jobs.Bench) -> None:
    bare = {**DEFINITION, "articles": DEFINITION["articles"][1:2]}
    refusals: list[tuple[Callable[[], object], type[TrackerError], str]] = [
        (lambda: keep(world, bare), Refused, "上限"),
        (lambda: keep(world, DEFINITION, 3), Refused, "no composed rule of this number"),
        (lambda: keep(world, DEFINITION, 1), Conflict, "exactly what version"),
    ]
    keep(world)
    for attempt, kind, told in refusals:
        with pytest.raises(kind) as refused:
            attempt()
        assert told in refused.value.message % refused.value.values
    with world.database.reading() as session:
        assert len(session.scalars(select(ComposedRule)).all()) == 1
        with pytest.raises(NotAllowed, match="Only a league officer"):
            composed.add(session, person(session, "auditor"), DEFINITION, NOW)


def test_a_draft_is_closed_once_it_is_kept_or_thrown_away(world: jobs.Bench) -> None:
    def draft(session: Session) -> tuple[User, ComposedDraft]:
        officer = person(session, "league_officer")
        return officer, composed.begin(session, officer, DEFINITION, NOW)

    def kept(session: Session) -> None:
        officer, one = draft(session)
        composed.keep(session, officer, one, NOW, is_sample=True)
        with pytest.raises(Conflict, match="kept or thrown away"):
            composed.save(session, officer, one, DEARER, one.revision, NOW)

    def thrown(session: Session) -> None:
        officer, one = draft(session)
        composed.save(session, officer, one, DEARER, one.revision, NOW)
        with pytest.raises(Conflict, match="after you opened it"):
            composed.save(session, officer, one, DEARER, 1, NOW)
        composed.discard(session, officer, one, NOW)
        assert not session.scalars(visible_composed_drafts(officer)).all()

    world.database.transact(kept)
    world.database.transact(thrown)


def test_every_fault_of_a_definition_in_work_is_told_at_once_and_what_can_be_read_is() -> None:
    whole = look({**DEFINITION, "format": 1, "id": "x", "league": "", "programme": "x"})
    assert isinstance(whole.rule, Rule)
    broken = json.loads(json.dumps(whole.rule.definition))
    broken["params"][1]["sample"] = "一千"
    broken["articles"][0]["when"] = {"flag": "nothing"}
    broken["articles"].append({"article": "第五条", "step": "cap"})
    found = look(broken)
    assert found.rule is None
    assert [one.where for one in found.wrong] == ["articles.3.factors", "sample.most"]
    assert found.said[1] == ("第三条 补贴金额为标准 × 车次。", "第三条 Pays r × trips.")
    assert found.said[3] is None
    unfit = json.loads(json.dumps(whole.rule.definition))
    unfit["articles"][1]["factors"] = ["rate", "distance_km"]
    (wrong,) = look(unfit).wrong
    assert wrong.where == "articles.1", "the engine's own word about units stands at its article"
    deep: Any = {"flag": "empty"}
    for _ in range(50):
        deep = {"not": deep}
    unfit["articles"][0]["when"] = deep
    assert "嵌套过深" in look(unfit).wrong[0].zh
    unfit["source"] = "示例\u0000"
    assert "控制符" in look(unfit).wrong[0].zh
