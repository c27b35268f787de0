"""Applying 申报准备: what a firm can apply for, by league and quarter, and what waits and why."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.cargo import Shipment
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import League, User
from tracker.steps import application as steps
from tracker.web import asked, lacking
from tracker.web.lacking import Lacking

QUARTERS_BACK = 6
MONTHS_IN_QUARTER = 3


@dataclass(frozen=True)
class Asked:
    """For which league, programme and days a firm would apply."""

    league: League
    programme: Programme
    period_from: date
    period_to: date


@dataclass(frozen=True)
class Open:
    """A quarter in which something can be applied for: how many shipments, and how much."""

    asked: Asked
    quarter: str
    count: int
    amount_fen: int


@dataclass(frozen=True)
class Found:
    """What stands of the period asked for."""

    ready: list[tuple[Item, int]]
    """Can be applied for, with the fen accrued."""
    lacking: list[tuple[Item, int, list[str]]]
    """Has money accrued, but something is missing."""
    waiting: list[Shipment]
    """The first of those that earn nothing yet."""
    waiting_count: int
    lacks: list[Lacking]
    """What those with money accrued still lack before applying, with their numbers."""

    @property
    def ready_fen(self) -> int:
        """What could be applied for now."""
        return sum(fen for _, fen in self.ready)


def asked_period(session: Session) -> Asked | None:
    """What the address asks to apply for; None while something of it is missing."""
    league = session.scalar(select(League).where(League.code == asked.text("league")))
    programme = session.scalar(select(Programme).where(Programme.code == asked.text("programme")))
    first, last = asked.day("from"), asked.day("to")
    if league is None or programme is None or first is None or last is None:
        return None
    return Asked(league, programme, first, last)


def found(session: Session, user: User, wanted: Asked) -> Found:
    """What the firm can apply for in the period, and what it cannot yet."""
    assert user.firm_id is not None, "only a firm applies"
    period = (wanted.league, wanted.programme, wanted.period_from, wanted.period_to)
    items = steps.open_items(session, user.firm_id, *period)
    judged = [(item, fen, steps.missing(item)) for item, fen in items]
    waiting = _waiting(user, wanted)
    count = session.scalar(select(func.count()).select_from(waiting.subquery()))
    first = waiting.order_by(Shipment.departure_date, Shipment.id).limit(asked.PAGE_ROWS)
    return Found(
        ready=[(item, fen) for item, fen, missing in judged if not missing],
        lacking=[one for one in judged if one[2]],
        waiting=list(session.scalars(first)),
        waiting_count=count or 0,
        lacks=lacking.among(
            steps.open_shipments(user.firm_id, *period),
            league=wanted.league.code,
            **{"from": str(wanted.period_from), "to": str(wanted.period_to)},
        ),
    )


def open_quarters(session: Session, user: User) -> list[Open]:
    """Everything the firm can apply for, by league, programme and quarter, the newest first."""
    assert user.firm_id is not None, "only a firm applies"
    sums: dict[tuple[int, int, int], tuple[int, int]] = {}
    for league_id, programme_id, day, count, fen in steps.open_days(session, user.firm_id):
        key = (quarter_of(day), league_id, programme_id)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + count, before[1] + fen)
    return [
        Open(
            Asked(
                session.get_one(League, league_id),
                session.get_one(Programme, programme_id),
                *days_of(quarter),
            ),
            name_of(quarter),
            *sums[quarter, league_id, programme_id],
        )
        for quarter, league_id, programme_id in sorted(
            sums, key=lambda key: (-key[0], key[1], key[2])
        )
    ]


def quarters(today: date) -> list[tuple[str, date, date]]:
    """The newest quarters with their first and last day, the running one first."""
    running = quarter_of(today)
    return [
        (name_of(quarter), *days_of(quarter))
        for quarter in range(running, running - QUARTERS_BACK, -1)
    ]


def quarter_of(day: date) -> int:
    """The quarter of a day, counted from the year zero."""
    return day.year * 4 + (day.month - 1) // MONTHS_IN_QUARTER


def name_of(quarter: int) -> str:
    """As people write it: ``2026 Q1``."""
    return str(gettext("%(year)s Q%(number)s", year=quarter // 4, number=quarter % 4 + 1))


def days_of(quarter: int) -> tuple[date, date]:
    """Its first and last day."""
    return _first_day(quarter), _first_day(quarter + 1) - timedelta(days=1)


def _first_day(quarter: int) -> date:
    year, part = divmod(quarter, 4)
    return date(year, part * MONTHS_IN_QUARTER + 1, 1)


def _waiting(user: User, wanted: Asked) -> Select[Shipment]:
    """The firm's shipments of the period that earn nothing yet because something is missing.

    None under a programme that is not about shipments.
    """
    nowhere = Shipment.league_id.is_(None)
    return access.visible_shipments(user).where(
        literal(wanted.programme.subject == "shipment"),
        Shipment.departure_date.between(wanted.period_from, wanted.period_to),
        (Shipment.league_id == wanted.league.id) | nowhere,
        (Shipment.waits_for != "") | nowhere | (Shipment.state == "contested"),
    )
