"""A small world whose method divides its pool in proportion: 100 yuan, claims as the freight."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.params import Money, RuleParams, Table
from rules.registry import Registry
from rules.rule import Rule, rule
from tests import journeys
from tests.journeys import act_on, person, row
from tracker import jobs
from tracker.db import Database
from tracker.models.cargo import Shipment
from tracker.models.divisions import Division
from tracker.models.methods import Programme
from tracker.models.money import Assessment, Item
from tracker.settings import Settings
from tracker.steps import division

POOL = "第四条|year=2026"
PARAMS = {**journeys.STATED, "pool": {"2025": "100.00", "2026": "100.00"}}


class Params(RuleParams):
    """What there is each year."""

    pool = Table(by="year", of=Money(), doc="资金总额", en="pool of the year", article="第四条")


@rule(
    id="tests/pool",
    league=journeys.LEAGUE,
    programme="freight",
    title="资金总额按比例分配（示例）",
    params=Params,
    sample=PARAMS,
)
def a_pool(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """Divide a pool in proportion to the freight of loaded trips."""
    t.require("第一条", ~s.empty, "空驶不予补贴", "empty runs earn nothing")
    t.count("第二条", per=("firm", "year"))
    return t.prorate("第四条", t.pay("第三条", s.freight), p.pool[t.year], per=("year",))


@rule(
    id="tests/pool-once",
    league=journeys.LEAGUE,
    programme="freight",
    title="资金总额一次分配（示例）",
    params=Params,
    sample=PARAMS,
)
def a_pool_once(s: Any, p: Any, t: Any) -> Any:  # noqa: ANN401  columns or plain numbers alike
    """The same, and nothing for who comes later."""
    amount = t.pay("第三条", s.freight)
    return t.prorate_once("第四条", amount, p.pool[t.year], per=("year",))


def world(database: Database, settings: Settings, formula: Rule = a_pool) -> jobs.Bench:
    """Places, people and the recorded method."""
    made = journeys.peopled(database, settings, Registry({formula.id: formula}, []))
    record(made, formula, PARAMS, date(2026, 1, 1))
    return made


def record(bench: jobs.Bench, formula: Rule, params: Mapping[str, Any], first: date) -> int:
    """Draft, submit and record a method of this rule from a day on; returns its id."""
    key = journeys.method_drafted(bench, formula.id, params, first)
    journeys.record(bench, key)
    return key


def claim(bench: jobs.Bench, freight: Mapping[str, str], login: str = "clerk", **other: str) -> int:
    """Take in a truck of each last figure of a plate with its freight; returns the upload's id."""
    rows = [
        row(f"W{login[0]}{name}", f"蒙A1000{name}", 运费=yuan, **other)
        for name, yuan in freight.items()
    ]
    return journeys.take_in(bench, *rows, login=login)


def draft(bench: jobs.Bench, counter: str = POOL, login: str = "league_officer") -> int:
    """Draft a division of the pool; returns its id."""

    def work(session: Session) -> int:
        programme = session.scalars(select(Programme)).one()
        user = person(session, login)
        return division.draft(session, bench.registry, user, programme, counter).id

    return bench.database.transact(work)


def divide(bench: jobs.Bench, counter: str = POOL) -> int:
    """Draft, prepare and divide; returns the division's id."""
    key = draft(bench, counter)
    act_on(bench, Division, key, "league_officer", "prepare")
    act_on(bench, Division, key, "league_approver", "divide")
    return key


def outcomes(bench: jobs.Bench) -> dict[str, str]:
    """Plate's last figure -> outcome of the standing assessment."""
    with bench.database.reading() as session:
        newest = select(func.max(Assessment.id)).group_by(Assessment.item_id)
        query = (
            select(Shipment.label, Assessment.outcome)
            .join(Item, Item.shipment_id == Shipment.id)
            .join(Assessment, Assessment.item_id == Item.id)
            .where(Assessment.id.in_(newest))
        )
        return {label[-1]: outcome for label, outcome in session.execute(query)}


def with_rules(bench: jobs.Bench, *further: Rule) -> jobs.Bench:
    """The same world where these rules are installed too."""
    known = {**bench.registry.rules, **{one.id: one for one in further}}
    return replace(bench, registry=Registry(known, []))
