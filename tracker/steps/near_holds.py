"""Near holds 疑似重复待核实: an application is not passed while a pair of it is not cleared.

What the league takes off wholly holds nothing, so a line that is the other's trip is reduced to
nothing and the rest passes; then, or where its application is declined, the one trip that is left
passes too. A pair that is found once an application has passed holds the
application of its other side: of the two, one at least comes to its pass later. Each league clears
a pair for its own shipments, and who passes an application is not who cleared its pairs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Shipment
from tracker.models.filings import Decision
from tracker.models.money import Item
from tracker.models.near_pairs import FIRST, SECOND, NearPair, NearVerdict, stands
from tracker.models.people import User

BEFORE = ("application", "pass")
"""Flow and step before which every pair is cleared."""
AHEAD = ("applied", "first_reviewed")
"""States of an application in which that step still lies ahead."""
PASSED = ("passed", "in_filing", "closed")
DECLINED = select(Decision.subject_id).where(
    Decision.subject_kind == "application", Decision.step == "decline"
)
"""Applications that their league declined; what the province declines is not its finding."""
MOST_NAMED = 5
"""Pairs named in a refusal; the others are counted."""


@dataclass(frozen=True)
class Held:
    """A line of an application, a pair that it is in, and what its league found of that."""

    pair: NearPair
    label: str
    """Of the application's own shipment."""
    shipment_id: int
    verdict: NearVerdict | None
    other_off: bool
    """Whether the other side was taken off for good: of one trip, this side is what is left."""

    @property
    def cleared(self) -> bool:
        """Whether the league found two trips, or one of which nothing else is left."""
        if self.verdict is None:
            return False
        return self.verdict.verdict == "apart" or self.other_off


def of(session: Session, application: Application) -> list[Held]:
    """Every pair that stands with what is left of the application, by its code."""
    own = (
        select(Item.shipment_id)
        .join(ApplicationLine, ApplicationLine.item_id == Item.id)
        .where(
            ApplicationLine.application_id == application.id,
            ApplicationLine.reduced_fen < ApplicationLine.applied_fen,
        )
    )
    query = (
        select(NearPair, Shipment.label, Shipment.id)
        .join(FIRST, FIRST.id == NearPair.first_id)
        .join(SECOND, SECOND.id == NearPair.second_id)
        .join(Shipment, or_(Shipment.id == NearPair.first_id, Shipment.id == NearPair.second_id))
        .where(stands(), Shipment.id.in_(own))
        .order_by(NearPair.id, Shipment.id)
    )
    rows = session.execute(query).all()
    said = newest(session, [pair.id for pair, *_ in rows], application.league_id)
    sides = [
        (pair, label, key, {pair.first_id, pair.second_id} - {key}) for pair, label, key in rows
    ]
    off = taken_off(session, application, {other for *_, others in sides for other in others})
    return [
        Held(pair, label, key, said.get(pair.id), others <= off)
        for pair, label, key, others in sides
    ]


def taken_off(
    session: Session, application: Application, shipment_ids: Collection[int]
) -> set[int]:
    """Those of the shipments that first reviews took off wholly or declined.

    What was passed so or declined is final; the same passing takes off what is in this application.
    """
    query = (
        select(Item.shipment_id)
        .join(ApplicationLine, ApplicationLine.item_id == Item.id)
        .join(Application, Application.id == ApplicationLine.application_id)
        .where(
            or_(
                and_(
                    Application.state.in_(PASSED) | (Application.id == application.id),
                    ApplicationLine.reduced_fen == ApplicationLine.applied_fen,
                ),
                Application.id.in_(DECLINED),
            )
        )
    )
    found: set[int] = set()
    for part in chunks(sorted(shipment_ids)):
        found |= {key for key in session.scalars(query.where(Item.shipment_id.in_(part))) if key}
    return found


def newest(session: Session, pair_ids: Sequence[int], league_id: int) -> dict[int, NearVerdict]:
    """Id of each of these pairs -> what the league found of it last."""
    found: dict[int, NearVerdict] = {}
    for part in chunks(sorted(set(pair_ids))):
        query = select(NearVerdict).where(
            NearVerdict.pair_id.in_(part), NearVerdict.league_id == league_id
        )
        found |= {one.pair_id: one for one in session.scalars(query.order_by(NearVerdict.id))}
    return found


def found_as(
    verdict: str, league: int | InstrumentedAttribute[Any] | ColumnElement[Any]
) -> ColumnElement[bool]:
    """Of a pair: whether this is what the league found last; blank: it found nothing yet."""
    of_pair = and_(NearVerdict.pair_id == NearPair.id, NearVerdict.league_id == league)
    if not verdict:
        return ~select(NearVerdict.id).where(of_pair).exists()
    later = aliased(NearVerdict)
    same = and_(later.pair_id == NearVerdict.pair_id, later.league_id == NearVerdict.league_id)
    last = select(func.max(later.id)).where(same).scalar_subquery()
    return (
        select(NearVerdict.id)
        .where(of_pair, NearVerdict.verdict == verdict, NearVerdict.id == last)
        .exists()
    )


def open_of(query: Select[NearPair], league_id: int) -> Select[NearPair]:
    """Of visible pairs those that stand and of which the league has found nothing yet."""
    return query.where(stands(), found_as("", league_id))


def require(session: Session, kind: str, subject: Any, step: str, user: User) -> list[int]:  # noqa: ANN401  any subject of a flow
    """Refuse a pass that a pair holds; returns the entries that cleared its pairs, for its own.

    The firm reads the entry of its pass, so that names no pair. Raises ``Conflict``, with the pairs
    named, and where the person cleared one of them.
    """
    if (kind, step) != BEFORE:
        return []
    held = of(session, subject)
    if lack := _lack(subject, held):
        raise lack
    own = [one for one in held if one.verdict and one.verdict.user_id == user.id]
    if own:
        raise Conflict(
            mark("You cleared %(pairs)s yourself; another person passes the application."),
            mark("Two people are required: ask a colleague to check."),
            pairs=_named(own),
        )
    return sorted({one.verdict.seq for one in held if one.verdict})


def lacking(session: Session, kind: str, subject: Any) -> list[Conflict]:  # noqa: ANN401  likewise
    """What a further step of the league waits for; nothing where no pair holds it."""
    if kind != BEFORE[0] or subject.state not in AHEAD:
        return []
    lack = _lack(subject, of(session, subject))
    return [lack] if lack else []


def _lack(subject: Application, held: Sequence[Held]) -> Conflict | None:
    uncleared = [one for one in held if not one.cleared]
    if not uncleared:
        return None
    return Conflict(
        mark(
            "Of %(code)s, %(count)s pairs of shipments that look alike are not cleared: %(pairs)s."
        ),
        mark(
            "Compare both sides under Claimed twice and say what each pair is; of one trip one side"
            " is taken off wholly, then the other passes, or the application is returned or"
            " declined."
        ),
        code=subject.code,
        count=len({one.pair.id for one in uncleared}),
        pairs=_named(uncleared),
    )


def _named(held: Sequence[Held]) -> str:
    named = "、".join(f"{one.pair.code}（{one.label}）" for one in held[:MOST_NAMED])
    return named + ("……" if len(held) > MOST_NAMED else "")
