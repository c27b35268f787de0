"""Matters 申报事项: a small world with a method about a firm's year, and what its people do."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.registry import Registry, every_rule
from tests import journeys
from tests.journeys import NOW, act_on, person
from tracker import jobs
from tracker.db import Database
from tracker.models.matters import Matter
from tracker.models.money import Assessment, Item
from tracker.settings import Settings
from tracker.steps import beginnings, matters, programmes

PLATFORMS = "shapes/measure-3-platforms"
STATED = "shapes/measure-stated-amount"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
RULES = (PLATFORMS, STATED)
FIRST = date(2025, 1, 1)
ENTERED: Mapping[str, Any] = {"platforms": 1, "cost_fen": 0, "turnover_cent": 1_000_000}
"""One platform entered: 20,000 yuan."""
SMALL: Mapping[str, Any] = {"small": True}


def world(database: Database, settings: Settings, **params: str) -> jobs.Bench:
    """Places, people, and a method for small firms that enter platforms, recorded."""
    rules = every_rule().rules
    known = Registry({one: rules[one] for one in RULES}, [])
    made = journeys.peopled(database, settings, known)
    database.transact(beginnings.measures)
    record(made, PLATFORMS, "platforms", FIRST, **params)
    return made


def record(
    bench: jobs.Bench, rule_id: str, programme: str, first: date = FIRST, **params: object
) -> int:
    """Draft, submit and record a method with the rule's own sample numbers; returns its id."""
    numbers = {**bench.registry.rules[rule_id].sample_params, **params}
    key = journeys.method_drafted(bench, rule_id, numbers, first, programme=programme)
    journeys.record(bench, key)
    return key


def drafted(
    bench: jobs.Bench, login: str = "clerk", year: int = 2026, programme: str = "platforms"
) -> int:
    """A matter begun by the firm; returns its id."""

    def work(session: Session) -> int:
        league = journeys.league(session)
        under = programmes.of_code(session, programme)
        return matters.draft(session, person(session, login), league, under, year, NOW).id

    return bench.database.transact(work)


def state(
    bench: jobs.Bench, key: int, login: str, facts: Mapping[str, Any], basis: str = ""
) -> int:
    """What a person says of it; returns the number of the version."""

    def work(session: Session) -> int:
        said = matters.Statement(facts, basis=basis)
        user, matter = person(session, login), session.get_one(Matter, key)
        return matters.state(session, bench.registry, user, matter, said, NOW).version_no

    return bench.database.transact(work)


def submitted(
    bench: jobs.Bench,
    facts: Mapping[str, Any] = ENTERED,
    login: str = "clerk",
    year: int = 2026,
    programme: str = "platforms",
) -> int:
    """A matter the firm stated and submitted."""
    key = drafted(bench, login, year, programme)
    state(bench, key, login, facts)
    act_on(bench, Matter, key, login, "submit")
    return key


def confirmed(
    bench: jobs.Bench,
    facts: Mapping[str, Any] = ENTERED,
    login: str = "clerk",
    year: int = 2026,
    programme: str = "platforms",
    league: Mapping[str, Any] = SMALL,
) -> int:
    """One the league looked at, stated its part of, and confirmed."""
    key = submitted(bench, facts, login, year, programme)
    state(bench, key, "league_officer", league, "示例名录第1号")
    act_on(bench, Matter, key, "league_officer", "confirm")
    return key


def corrected(bench: jobs.Bench, key: int, facts: Mapping[str, Any], login: str = "clerk") -> None:
    """Opened by the firm, stated otherwise, and confirmed again."""
    act_on(bench, Matter, key, login, "correct")
    state(bench, key, login, facts)
    act_on(bench, Matter, key, login, "submit")
    act_on(bench, Matter, key, "league_officer", "confirm")


def due(bench: jobs.Bench) -> dict[str, tuple[str, int]]:
    """Code of each matter -> outcome and award of its standing assessment."""
    with bench.database.reading() as session:
        newest = select(func.max(Assessment.id)).group_by(Assessment.item_id)
        query = (
            select(Matter.code, Assessment.outcome, Assessment.award_fen)
            .join(Item, Item.matter_id == Matter.id)
            .join(Assessment, Assessment.item_id == Item.id)
            .where(Assessment.id.in_(newest))
            .order_by(Matter.code)
        )
        return {code: (outcome, fen) for code, outcome, fen in session.execute(query)}
