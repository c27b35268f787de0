"""Contests 重复主张: shipments that claim what another holds, both sides together.

A contested shipment claims a unit, a box, a batch or a crossing that another shipment holds; what
claims nothing twice and yet may be one trip is in ``near_pairs``. A reviewer reads both sides; a
firm learns of its own only that it is taken.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from tracker.db import chunks
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.steps import claims, shipments

MOST = 200
"""Contested shipments, the newest first: a page that people read."""
GROUNDS: dict[str, str] = {
    "unit": mark("the same trip"),
    "box": mark("the same box on the same day"),
    "batch": mark("the same batch or carnet and vehicle"),
    "vehicle": mark("the same vehicle crossing on the same day"),
}
"""What two shipments claim alike -> English msgid."""


@dataclass(frozen=True)
class Contest:
    """Two shipments side by side: the one that holds, and the later one."""

    holder: Shipment
    other: Shipment
    grounds: tuple[str, ...]
    """Of ``GROUNDS``."""


def contests(session: Session, sides: Select[Shipment]) -> list[Contest]:
    """Contested shipments with each that holds something they claim, both among these sides."""
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
