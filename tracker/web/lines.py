"""Lines 明细: the lines of an application or a filing as people review them, the odd ones first.

Beside each amount stands what was computed, what was taken off and why, what data of customs, ports
or railways say of it, and in words what makes the line stand out: reduced already, against its
track, contested, waiting, an unsure route, far above the average; to reviewers also its oddities,
on a page and not in a whole list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from tracker.errors import mark
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Route, Shipment
from tracker.models.filings import Filing, FilingLine
from tracker.models.matters import Matter
from tracker.models.money import Assessment, Item
from tracker.models.people import Firm
from tracker.steps import cross_verdicts, flow, lacking, track_verdicts
from tracker.steps import filing as filings
from tracker.web import adjusted, asked, cross_views, oddities
from tracker.web.lacking import lack_label

Rows = Select[*tuple[Any, ...]]
"""A query of several columns."""
Counts = dict[int, int]
"""Key of a list -> how many."""
LOW_CONFIDENCE = 200
"""Per mille; a route whose margin to the next is smaller is unsure."""
TIMES_AVERAGE = 2
"""An amount above this many times the average of its list is high."""
SORTS = ("odd", "crossed", "day", "-day", "amount", "-amount")
BATCH = 500
ENDED = ("declined", "withdrawn")
"""States of either list from which nothing is paid."""


@dataclass(frozen=True)
class Sums:
    """Of all lines of a list, in fen: applied for, reduced twice, and what is left."""

    count: int
    amount_fen: int
    """Of this list: applied for, or filed."""
    applied_fen: int
    first_fen: int
    """Taken off by the league."""
    later_fen: int | None
    """Taken off by Commerce; on an application only once the filing is decided."""
    ended: bool = False
    """Declined or withdrawn: nothing of it is left."""
    held_fen: int = 0
    """Left of lines that are held: it stays filed."""
    gone: int = 0
    """Of a filing: lines the league took off wholly, in these sums and not among the lines."""

    @property
    def reduced_fen(self) -> int:
        """What both reviews took off."""
        return self.first_fen + (self.later_fen or 0)

    @property
    def approved_fen(self) -> int:
        """What is left of what was applied for."""
        return 0 if self.ended else self.applied_fen - self.reduced_fen - self.held_fen

    @property
    def average_fen(self) -> int:
        """The mean amount of a line, rounded down; zero of none."""
        return self.amount_fen // self.count if self.count else 0


@dataclass(frozen=True)
class Cut:
    """核减: what one review took off a line, and why."""

    fen: int
    reason_code: str = ""
    reason: str = ""

    @property
    def why(self) -> str:
        """The reason's code in words, and the words beside it."""
        code = str(gettext(flow.REASON_CODES[self.reason_code])) if self.reason_code else ""
        return " — ".join(part for part in (code, self.reason) if part)


@dataclass(frozen=True)
class Shown:
    """One line as it shows: computed, applied, reduced and approved side by side."""

    id: int
    item: Item
    firm: str
    computed_fen: int | None
    applied_fen: int
    first: Cut
    """By the league, at first review."""
    later: Cut | None
    """By Commerce; on an application only once the filing is decided."""
    amount_fen: int
    """Of this list: applied for, or filed."""
    own: Cut
    """The one of the two that this list is reviewed with."""
    flags: tuple[str, ...]
    cross_checks: tuple[cross_views.ResultView, ...] = ()
    """What files of third parties say of it, the worst first."""
    ended: bool = False
    """Declined or withdrawn: nothing of it is left."""
    held: bool = False
    """On hold: not part of what is decided with the others."""
    corridor: str = ""
    """Of its route; nothing of a matter, or where none was matched."""

    @property
    def reduced_fen(self) -> int:
        """What this list's own review took off."""
        return self.own.fen

    @property
    def reason_code(self) -> str:
        """Why."""
        return self.own.reason_code

    @property
    def reason(self) -> str:
        """Why, in words."""
        return self.own.reason

    @property
    def approved_fen(self) -> int:
        """What is left of the line after both reviews."""
        return 0 if self.ended or self.held else self.left_fen

    @property
    def held_fen(self) -> int:
        """What is left of the line and held back."""
        return self.left_fen if self.held else 0

    @property
    def left_fen(self) -> int:
        """Applied for, less what both reviews took off."""
        return self.applied_fen - self.first.fen - (self.later.fen if self.later else 0)


def sums(session: Session, subject: Application | Filing) -> Sums:
    """How many lines there are and what they come to."""
    table, parent, amount = _columns(type(subject))
    counted = select(func.count(table.id), func.sum(amount)).where(parent == subject.id)
    count, amount_fen = session.execute(counted).one()
    applied = select(
        func.count(ApplicationLine.id),
        func.sum(ApplicationLine.applied_fen),
        func.sum(ApplicationLine.reduced_fen),
    )
    of_all, applied_fen, first_fen = session.execute(applied.where(_of_application(subject))).one()
    decided = select(func.sum(FilingLine.reduced_fen)).where(_of_filing(subject))
    later_fen = session.scalar(decided)
    return Sums(
        count=count,
        amount_fen=int(amount_fen or 0),
        applied_fen=int(applied_fen or 0),
        first_fen=int(first_fen or 0),
        later_fen=None if later_fen is None else int(later_fen),
        ended=subject.state in ENDED,
        held_fen=filings.totals(session, subject).held_fen if isinstance(subject, Filing) else 0,
        gone=of_all - count,
    )


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
    return _shown(session, subject, query.limit(rows).offset(offset), total, with_oddities=True)


def every(session: Session, subject: Application | Filing) -> Iterable[Shown]:
    """All lines by day, for a download."""
    total = sums(session, subject)
    query = _query(subject, total.average_fen, "day")
    for start in range(0, total.count, BATCH):
        yield from _shown(
            session, subject, query.limit(BATCH).offset(start), total, with_oddities=False
        )


def odd_count(session: Session, kind: type[Application | Filing], keys: list[int]) -> Counts:
    """Key of a list -> how many of its lines stand out for other reasons than their amount."""
    table, parent, _ = _columns(kind)
    counted = _joined(select(parent, func.count(table.id)), table)
    query = counted.where(parent.in_(keys), odd_score(table) > 0).group_by(parent)
    return {int(key): int(count) for key, count in session.execute(query)}


def most_odd(kind: type[Application | Filing]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """To order many lists by: those with most lines that stand out, then the largest."""
    table, parent, amount = _columns(kind)
    of_each: tuple[Any, Any] = (
        _joined(select(func.count(table.id)), table).where(odd_score(table) > 0),
        select(func.sum(amount)),
    )
    odd, large = (
        query.where(parent == kind.id).correlate(kind).scalar_subquery().desc() for query in of_each
    )
    return odd, large


def odd_score(table: Any) -> ColumnElement[int]:  # noqa: ANN401  either of the two tables of lines
    """The heavier the sooner: reduced, against its track or others' data, contested, and so on."""
    unsure = (Route.state != "matched") | (Route.confidence < LOW_CONFIDENCE) | Route.id.is_(None)
    unsure = unsure & Item.shipment_id.is_not(None)
    return (
        case((table.reduced_fen > 0, 128), else_=0)
        + case((track_verdicts.speaks_against(Item.shipment_id), 64), else_=0)
        + case((cross_verdicts.says(Item.shipment_id, "differs"), 32), else_=0)
        + case((Shipment.state == "contested", 16), else_=0)
        + case(((Shipment.waits_for != "") | (Matter.waits_for != ""), 8), else_=0)
        + case((unsure, 4), else_=0)
        + case((cross_verdicts.says(Item.shipment_id, "no_answer"), 2), else_=0)
    )


def flags(
    subject: subjects.Subject,
    route: Route | None,
    total: Sums,
    line: Any,  # noqa: ANN401  of either table
    lacks: Sequence[lacking.Lack] = (),
    shown: track_verdicts.Shown = track_verdicts.NONE,
    odd: Sequence[str] = (),
) -> tuple[str, ...]:
    """What makes the line stand out, in words."""
    unsure = route is None or route.state != "matched" or route.confidence < LOW_CONFIDENCE
    unsure = unsure and isinstance(subject, Shipment)
    found = (
        (isinstance(line, FilingLine) and line.held, mark("on hold")),
        (line.reduced_fen > 0, mark("reduced")),
        (shown.track == "contradicted", mark("a track speaks against it")),
        (subject.state == "contested", mark("contested by another claim")),
        (subject.waits_for != "", mark("waits for something")),
        (unsure, mark("route not sure")),
        (_amount(line) > TIMES_AVERAGE * total.average_fen, mark("more than twice the average")),
    )
    said = [gettext(word) for holds, word in found if holds]
    said += [gettext("lacks: %(what)s", what=lack_label(one)) for one in lacks]
    return (*said, *odd)


def _columns(kind: type[Application | Filing]) -> tuple[Any, Any, Any]:
    """Table of the lines, its column for the list, its column for the amount."""
    if issubclass(kind, Application):
        return ApplicationLine, ApplicationLine.application_id, ApplicationLine.applied_fen
    return FilingLine, FilingLine.filing_id, FilingLine.filed_fen


def _joined(query: Rows, table: Any) -> Rows:  # noqa: ANN401  either of two tables
    on_route = and_(Route.shipment_id == Shipment.id, Route.standing)
    query = subjects.joined(query.join(Item, Item.id == table.item_id))
    return query.outerjoin(Route, on_route)


def _query(subject: Application | Filing, average_fen: int, sort: str) -> Rows:
    table, parent, amount = _columns(type(subject))
    high = case((amount > TIMES_AVERAGE * average_fen, 1), else_=0)
    orders: dict[str, tuple[Any, ...]] = {
        "odd": ((odd_score(table) + high).desc(), amount.desc()),
        "crossed": (cross_verdicts.worst_first(Item.shipment_id), subjects.DAY),
        "day": (subjects.DAY,),
        "-day": (subjects.DAY.desc(),),
        "amount": (amount,),
        "-amount": (amount.desc(),),
    }
    query = _joined(select(table, Item, Route, Firm.name), table)
    query = query.join(Firm, Firm.id == Item.firm_id).where(parent == subject.id)
    query = query.options(*subjects.eager())
    return query.order_by(*orders[sort], Item.code)


def _shown(
    session: Session,
    subject: Application | Filing,
    query: Rows,
    total: Sums,
    *,
    with_oddities: bool,
) -> list[Shown]:
    rows = session.execute(query).all()
    items = [item.id for _, item, _, _ in rows]
    keys = [item.shipment_id for _, item, _, _ in rows if item.shipment_id]
    lacks, verdicts = lacking.of(session, keys), track_verdicts.of(session, keys)
    crossed = cross_views.of_shipments(keys)
    computed = _computed(session, items)
    odd = oddities.told(keys) if with_oddities else {}
    beside = adjusted.told(session, subject, items)
    first = select(ApplicationLine).where(ApplicationLine.item_id.in_(items))
    applied = {one.item_id: one for one in session.scalars(first.where(_of_application(subject)))}
    later = select(FilingLine).where(FilingLine.item_id.in_(items))
    decided = {one.item_id: one for one in session.scalars(later.where(_of_filing(subject)))}
    return [
        Shown(
            id=line.id,
            item=item,
            firm=firm,
            computed_fen=computed.get(item.id),
            applied_fen=applied[item.id].applied_fen,
            first=_cut(applied[item.id]),
            later=_cut(decided[item.id]) if item.id in decided else None,
            amount_fen=_amount(line),
            own=_cut(line),
            flags=flags(
                item.subject,
                route,
                total,
                line,
                lacks.get(item.shipment_id or 0, ()),
                verdicts.get(item.shipment_id or 0, track_verdicts.NONE),
                (*beside.get(item.id, ()), *odd.get(item.shipment_id or 0, ())),
            ),
            cross_checks=tuple(crossed.get(item.shipment_id or 0, ())),
            ended=subject.state in ENDED,
            held=isinstance(line, FilingLine) and line.held,
            corridor=(route.corridor or "") if route else "",
        )
        for line, item, route, firm in rows
    ]


def _cut(line: ApplicationLine | FilingLine) -> Cut:
    return Cut(line.reduced_fen, line.reason_code, line.reason)


def _amount(line: ApplicationLine | FilingLine) -> int:
    return line.applied_fen if isinstance(line, ApplicationLine) else line.filed_fen


def _of_application(subject: Application | Filing) -> ColumnElement[bool]:
    """Which lines of applications belong here; of a filing also those wholly reduced before."""
    if isinstance(subject, Application):
        return ApplicationLine.application_id == subject.id
    of_filing = select(FilingLine.application_id).where(FilingLine.filing_id == subject.id)
    belongs = ApplicationLine.application_id.in_(of_filing)
    own = select(FilingLine.item_id).where(FilingLine.filing_id == subject.id)
    filed = ApplicationLine.item_id.in_(own)
    return belongs & (filed if subject.rest_of else filed | filings.TAKEN_OFF)


def _of_filing(subject: Application | Filing) -> ColumnElement[bool]:
    """Which lines of filings belong here; of an application only those that were decided."""
    if isinstance(subject, Filing):
        return FilingLine.filing_id == subject.id
    return (FilingLine.application_id == subject.id) & filings.decided()


def _computed(session: Session, items: list[int]) -> dict[int, int]:
    newest = (
        select(func.max(Assessment.id))
        .where(Assessment.item_id.in_(items))
        .group_by(Assessment.item_id)
    )
    query = select(Assessment.item_id, Assessment.award_fen).where(Assessment.id.in_(newest))
    return dict(session.execute(query).all())
