"""Contests 重复主张: shipments that two claim, and those that look like one, both sides together.

A contested shipment claims a unit, a box, a batch or a crossing that another shipment holds. A near
duplicate claims nothing twice, yet says the same vehicle or box, day and direction under two firms.
A reviewer reads both sides; a firm learns of its own only that it is taken.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from tracker.db import chunks
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.steps import claims, shipments

MOST = 200
"""Pairs of each kind, the newest first: a page that people read."""
GROUNDS: dict[str, str] = {
    "unit": mark("the same trip"),
    "box": mark("the same box on the same day"),
    "batch": mark("the same batch or carnet and vehicle"),
    "vehicle": mark("the same vehicle crossing on the same day"),
    "near": mark("the same vehicle or box on the same day, under another firm and other numbers"),
}
"""What two shipments have in common -> English msgid."""


@dataclass(frozen=True)
class Contest:
    """Two shipments side by side: the one that holds, and the later one."""

    holder: Shipment
    other: Shipment
    grounds: tuple[str, ...]
    """Of ``GROUNDS``; ``near`` alone where both stand."""


def contests(session: Session, sides: Select[Shipment]) -> list[Contest]:
    """Every pair of which both sides are among these, contested ones first, the newest first."""
    found = _contested(session, sides)
    told = {frozenset((one.holder.id, one.other.id)) for one in found}
    alike = _alike(session, sides)
    return found + [one for one in alike if {one.holder.id, one.other.id} not in told]


def _contested(session: Session, sides: Select[Shipment]) -> list[Contest]:
    """Contested shipments with each that holds something they claim."""
    later = session.scalars(
        sides.where(Shipment.state == "contested")
        .order_by(Shipment.accepted_seq.desc())
        .limit(MOST)
    ).all()
    units = shipments.units_of(session, later)
    wanted = {one.id: claims.of(units[one.id]) for one in later if one.id in units}
    held = claims.taken(session, (text for own in wanted.values() for _, text in own))
    grounds: dict[tuple[int, int], list[str]] = defaultdict(list)
    for key, own in wanted.items():
        for claim in own:
            holder = held.get(claim)
            if holder is not None and holder != key and claim[0] not in grounds[holder, key]:
                grounds[holder, key].append(claim[0])
    stands = sides.where(Shipment.state == "standing")
    holders = _among(session, stands, [holder for holder, _ in grounds])
    by_key = {one.id: one for one in later}
    return [
        Contest(holders[holder], by_key[key], tuple(kinds))
        for (holder, key), kinds in grounds.items()
        if holder in holders and kinds
    ]


def _among(session: Session, sides: Select[Shipment], keys: Sequence[int]) -> dict[int, Shipment]:
    found: dict[int, Shipment] = {}
    for part in chunks(sorted(set(keys))):
        found |= {one.id: one for one in session.scalars(sides.where(Shipment.id.in_(part)))}
    return found


def _alike(session: Session, sides: Select[Shipment]) -> list[Contest]:
    """Standing shipments of two firms with one label, day and direction."""
    seen = sides.where(Shipment.state == "standing").with_only_columns(Shipment.id)
    first, second = aliased(Shipment), aliased(Shipment)
    query = (
        select(first, second)
        .join(
            second,
            (first.departure_date == second.departure_date)
            & (first.label == second.label)
            & (first.direction == second.direction)
            & (first.mode == second.mode)
            & (first.firm_id != second.firm_id)
            & (first.accepted_seq < second.accepted_seq),
        )
        .where(first.id.in_(seen), second.id.in_(seen))
        .order_by(second.accepted_seq.desc())
        .limit(MOST)
    )
    return [Contest(one, other, ("near",)) for one, other in session.execute(query)]
