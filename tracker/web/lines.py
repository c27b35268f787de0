"""Lines 明细: the lines of an application or a filing as people review them, the odd ones first.

Beside each amount stands what was computed, what was taken off and why, and in words what makes the
line stand out: reduced already, contested, waiting, an unsure route, far above the average.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from tracker.errors import mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Route, Shipment
from tracker.models.filings import Filing, FilingLine
from tracker.models.money import Assessment, Item
from tracker.models.people import Firm
from tracker.steps import application, flow
from tracker.web import asked

Rows = Select[*tuple[Any, ...]]
"""A query of several columns."""
LOW_CONFIDENCE = 200
"""Per mille; a route whose margin to the next is smaller is unsure."""
TIMES_AVERAGE = 2
"""An amount above this many times the average of its list is high."""
SORTS = ("odd", "day", "-day", "amount", "-amount")
BATCH = 500


@dataclass(frozen=True)
class Sums:
    """Of all lines of a list, in fen."""

    count: int
    amount_fen: int
    reduced_fen: int

    @property
    def approved_fen(self) -> int:
        """What is left when what was taken off is gone."""
        return self.amount_fen - self.reduced_fen

    @property
    def average_fen(self) -> int:
        """The mean amount of a line, rounded down; zero of none."""
        return self.amount_fen // self.count if self.count else 0


@dataclass(frozen=True)
class Shown:
    """One line as it shows."""

    id: int
    shipment: Shipment
    firm: str
    item_code: str
    computed_fen: int | None
    amount_fen: int
    reduced_fen: int
    reason_code: str
    reason: str
    flags: tuple[str, ...]

    @property
    def approved_fen(self) -> int:
        """What is left of the line."""
        return self.amount_fen - self.reduced_fen

    @property
    def reason_label(self) -> str:
        """The reason's code in words."""
        return str(gettext(flow.REASON_CODES[self.reason_code])) if self.reason_code else ""


def sums(session: Session, subject: Application | Filing) -> Sums:
    """How many lines there are and what they come to."""
    table, parent, amount = _columns(subject)
    counted = select(func.count(table.id), func.sum(amount), func.sum(table.reduced_fen))
    count, amount_fen, reduced_fen = session.execute(counted.where(parent)).one()
    return Sums(count, int(amount_fen or 0), int(reduced_fen or 0))


def page(
    session: Session, subject: Application | Filing, total: Sums, sort: str
) -> tuple[list[Shown], asked.Paged]:
    """The lines of the page asked for, in this order."""
    paged = asked.paged(total.count)
    return part(session, subject, total, sort, paged.rows, paged.offset), paged


def part(
    session: Session,
    subject: Application | Filing,
    total: Sums,
    sort: str,
    rows: int,
    offset: int,
) -> list[Shown]:
    """So many lines from an offset, in this order."""
    query = _query(subject, total.average_fen, sort)
    return _shown(session, subject, query.limit(rows).offset(offset), total)


def every(session: Session, subject: Application | Filing) -> Iterable[Shown]:
    """All lines by day, for a download."""
    total = sums(session, subject)
    query = _query(subject, total.average_fen, "day")
    for start in range(0, total.count, BATCH):
        yield from _shown(session, subject, query.limit(BATCH).offset(start), total)


def odd_count(session: Session, keys: list[int]) -> dict[int, int]:
    """Application -> how many of its lines stand out for other reasons than their amount."""
    counted = select(ApplicationLine.application_id, func.count(ApplicationLine.id))
    query = (
        _joined(counted, ApplicationLine)
        .where(ApplicationLine.application_id.in_(keys), odd_score(ApplicationLine) > 0)
        .group_by(ApplicationLine.application_id)
    )
    return dict(session.execute(query).all())


def odd_score(table: Any) -> ColumnElement[int]:  # noqa: ANN401  either of the two tables of lines
    """The heavier the sooner: reduced, contested, waiting, unsure route."""
    unsure = (Route.state != "matched") | (Route.confidence < LOW_CONFIDENCE) | Route.id.is_(None)
    return (
        case((table.reduced_fen > 0, 16), else_=0)
        + case((Shipment.state == "contested", 8), else_=0)
        + case((Shipment.waits_for != "", 4), else_=0)
        + case((unsure, 2), else_=0)
    )


def flags(shipment: Shipment, route: Route | None, total: Sums, line: Any) -> tuple[str, ...]:  # noqa: ANN401
    """What makes the line stand out, in words."""
    amount = line.applied_fen if isinstance(line, ApplicationLine) else line.filed_fen
    unsure = route is None or route.state != "matched" or route.confidence < LOW_CONFIDENCE
    found = (
        (line.reduced_fen > 0, mark("reduced")),
        (shipment.state == "contested", mark("contested by another claim")),
        (shipment.waits_for != "", mark("waits for something")),
        (unsure, mark("route not sure")),
        (amount > TIMES_AVERAGE * total.average_fen, mark("more than twice the average")),
    )
    said = [gettext(word) for holds, word in found if holds]
    lacking = application.missing(line.item)
    said += [gettext("lacks: %(what)s", what=gettext(one)) for one in lacking]
    return tuple(said)


def _columns(subject: Application | Filing) -> tuple[Any, Any, Any]:
    if isinstance(subject, Application):
        parent = ApplicationLine.application_id == subject.id
        return ApplicationLine, parent, ApplicationLine.applied_fen
    return FilingLine, FilingLine.filing_id == subject.id, FilingLine.filed_fen


def _joined(query: Rows, table: Any) -> Rows:  # noqa: ANN401
    on_route = and_(Route.shipment_id == Shipment.id, Route.standing)
    return (
        query.join(Item, Item.id == table.item_id)
        .join(Shipment, Shipment.id == Item.shipment_id)
        .outerjoin(Route, on_route)
    )


def _query(subject: Application | Filing, average_fen: int, sort: str) -> Rows:
    table, parent, amount = _columns(subject)
    high = case((amount > TIMES_AVERAGE * average_fen, 1), else_=0)
    orders: dict[str, tuple[Any, ...]] = {
        "odd": ((odd_score(table) + high).desc(), amount.desc()),
        "day": (Shipment.departure_date,),
        "-day": (Shipment.departure_date.desc(),),
        "amount": (amount,),
        "-amount": (amount.desc(),),
    }
    query = _joined(select(table, Shipment, Route, Item, Firm.name), table)
    query = query.join(Firm, Firm.id == Item.firm_id).where(parent)
    return query.order_by(*orders[sort], Item.code)


def _shown(
    session: Session, subject: Application | Filing, query: Rows, total: Sums
) -> list[Shown]:
    rows = session.execute(query).all()
    computed = _computed(session, [item.id for _, _, _, item, _ in rows])
    of_application = isinstance(subject, Application)
    return [
        Shown(
            id=line.id,
            shipment=shipment,
            firm=firm,
            item_code=item.code,
            computed_fen=computed.get(item.id),
            amount_fen=line.applied_fen if of_application else line.filed_fen,
            reduced_fen=line.reduced_fen,
            reason_code=line.reason_code,
            reason=line.reason,
            flags=flags(shipment, route, total, line),
        )
        for line, shipment, route, item, firm in rows
    ]


def _computed(session: Session, items: list[int]) -> dict[int, int]:
    newest = (
        select(func.max(Assessment.id))
        .where(Assessment.item_id.in_(items))
        .group_by(Assessment.item_id)
    )
    query = select(Assessment.item_id, Assessment.award_fen).where(Assessment.id.in_(newest))
    return dict(session.execute(query).all())
