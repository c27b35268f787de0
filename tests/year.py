"""A year 一年: four leagues and twelve firms from the first manifest to the year's close, by steps.

Every act is a person's, through the doors the pages use, on the day on which it would be taken.
Firms and figures are made up 示例.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.registry import Registry
from tests import journeys
from tracker import jobs
from tracker.db import Database
from tracker.demo.people import SampleFirm
from tracker.models.people import Firm, League
from tracker.settings import Settings
from tracker.steps import (
    beginnings,
)

YEAR = 2025
FIRMS_OF_A_LEAGUE = 3
BODY = "91150100MA0YEAR{:02d}"
LEAGUE_ROLES = ("league_officer", "league_approver", "league_finance")
PROVINCE_ROLES = tuple(role for role in journeys.ROLES if not role.startswith("league_"))


@dataclass(frozen=True)
class Unit:
    """A league of the year: where its trucks set out and what it pays a truck."""

    code: str
    hub: str
    port: str
    rate_fen: int


UNITS = (
    Unit("150100", "呼和浩特", "0705", 50_001),
    Unit("150900", "乌兰察布", "0705", 33_333),
    Unit("152501", "二连浩特", "0705", 20_010),
    Unit("150781", "满洲里", "0603", 41_099),
)


RULES = {one.code: journeys.trip_rule(f"tests/year/{one.code}", one.code) for one in UNITS}
REGISTRY = Registry({one.id: one for one in RULES.values()}, [])


@dataclass(frozen=True)
class Quarter:
    """One of the year's four, with the day on which firms apply for it."""

    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(YEAR, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.date() - timedelta(days=self.after.day)

    @property
    def after(self) -> datetime:
        """The tenth of the month after it."""
        month = 3 * self.number + 1
        return datetime(YEAR + month // 13, (month - 1) % 12 + 1, 10, 3, 0, tzinfo=UTC)


def begun(database: Database, settings: Settings) -> jobs.Bench:
    """The year's world: leagues, network, firms, people in every role."""
    bench = jobs.Bench(database, settings, REGISTRY)
    early = datetime(YEAR, 1, 2, 3, 0, tzinfo=UTC)
    database.transact(lambda session: beginnings.seed(session, early))
    database.transact(_people)
    return bench


def firms(unit: Unit) -> Iterator[str]:
    """Login stems of the league's firms."""
    yield from (f"firm{number}" for number in _numbers(unit))


def _numbers(unit: Unit) -> range:
    begin = UNITS.index(unit) * FIRMS_OF_A_LEAGUE
    return range(begin, begin + FIRMS_OF_A_LEAGUE)


def uscc(number: int) -> str:
    """The made-up credit code of a firm."""
    return SampleFirm("", BODY.format(number), "", "").uscc


def _people(session: Session) -> None:
    leagues = {one.code: one for one in session.scalars(select(League))}

    for unit in UNITS:
        for number in _numbers(unit):
            firm = Firm(uscc=uscc(number), name=f"示例企业{number + 1:02d}", is_sample=True)
            session.add(firm)
            session.flush()
            for role in ("clerk", "manager"):
                session.add(journeys.user(f"firm{number}_{role}", f"firm_{role}", firm.id))
        league_id = leagues[unit.code].id
        session.add_all(
            journeys.user(f"{unit.code}_{role}", role, league_id=league_id) for role in LEAGUE_ROLES
        )
    session.add_all(journeys.user(role, role) for role in PROVINCE_ROLES)
    session.flush()
