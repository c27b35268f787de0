"""Alike 疑似重复: two shipments that may be one trip, told twice with a slip of the pen.

One character away is not enough by itself: a fleet's plates, waybills and seals are consecutive,
and of 300 trucks that leave on a day about twenty pairs have neighbouring plates by chance. So a
number one character away counts only where the two also bear something that one trip alone can
bear: a tractor, trailer, carnet or seal; or a waybill or batch together with the same goods to the
gram. One waybill carried by a convoy stays what it is, for each truck's own load differs. The same
box twice within two days the same way is told by itself: nothing goes to Europe and back in that
time. What goes the other way, or on by another mode, is a journey of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ingest.shipments import ShipmentUnit

NEAR_DAYS = 2
"""Days between two departures of one box that are too few for a way there and back."""
LEAST_CHARACTERS = 5
"""Of a number that can tell: neighbours among shorter ones are everywhere."""
LONE = ("truck", "trailer", "carnet", "seal")
"""What one trip alone bears on a day in a direction."""
COMMON = ("waybill", "batch")
"""What several trucks may share; it tells only together with the same goods."""
KINDS = (*LONE, "box", *COMMON)


class Ground(NamedTuple):
    """One number that both bear, or that is one character away."""

    kind: str
    """Of ``KINDS``."""
    one: str
    other: str


@dataclass(frozen=True)
class Said:
    """What is compared of a shipment."""

    mode: str
    direction: str
    left: date
    numbers: Mapping[str, frozenset[str]]
    """Kind -> the numbers it bears."""
    goods: tuple[int, int]
    """Gross weight in grams, and packages; both of all its lines."""


def said(unit: ShipmentUnit) -> Said:
    """What is compared of a unit."""
    tell = {kind: frozenset(filter(tells, found)) for kind, found in borne(unit).items()}
    goods = (unit.gross_weight_g, unit.packages)
    return Said(unit.mode, unit.direction, unit.departure_date, tell, goods)


def borne(unit: ShipmentUnit) -> dict[str, set[str]]:
    """Kind -> every number that the unit bears, whether it tells or not."""
    seals = {seal.strip() for line in unit.lines for seal in line["seal_no"].split(";")}
    found = {
        "truck": {unit.truck_plate},
        "trailer": {unit.trailer_plate},
        "carnet": {unit.tir_carnet_no},
        "seal": seals,
        "box": {box.container_no for box in unit.containers},
        "waybill": {line["waybill_no"] for line in unit.lines},
        "batch": {unit.trip_batch_no},
    }
    return {kind: {number for number in numbers if number} for kind, numbers in found.items()}


def tells(number: str) -> bool:
    """Whether a number can tell one trip from others: dashes and zeros in its place cannot."""
    return len(number) >= LEAST_CHARACTERS and len(set(number)) > 1


def one_away(one: str, other: str) -> bool:
    """Whether one character was replaced, left out or added, or two neighbours were swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    first, most = 0, min(len(one), len(other))
    while first < most and one[first] == other[first]:
        first += 1
    last = 0
    while last < most - first and one[-1 - last] == other[-1 - last]:
        last += 1
    left, right = one[first : len(one) - last], other[first : len(other) - last]
    swapped = len(left) == len("ab") and left == right[::-1]
    return swapped or max(len(left), len(right)) == 1


def grounds(one: Said, other: Said, *, two_firms: bool) -> tuple[Ground, ...]:
    """Why the two may be one trip, in the order of ``KINDS``; nothing where they need not be.

    Of two firms, one tractor the same way on one day is enough: what bars that by its day at the
    border sees nothing where the firms state two.
    """
    days = abs((one.left - other.left).days)
    if (one.mode, one.direction) != (other.mode, other.direction) or days > NEAR_DAYS:
        return ()
    equal = [
        Ground(kind, number, number)
        for kind in KINDS
        for number in sorted(one.numbers[kind] & other.numbers[kind])
    ]
    boxes = [ground for ground in equal if ground.kind == "box"]
    if days:
        return tuple(boxes)
    near = [
        Ground(kind, mine, theirs)
        for kind in KINDS
        if not one.numbers[kind] & other.numbers[kind]
        for mine in sorted(one.numbers[kind])
        for theirs in sorted(other.numbers[kind])
        if one_away(mine, theirs)
    ]
    counting = LONE + (COMMON if one.goods == other.goods and one.goods[0] else ())
    both = {ground.kind for ground in equal}
    if boxes or (near and both & {*counting}) or (two_firms and "truck" in both):
        return tuple(sorted([*equal, *near], key=lambda ground: KINDS.index(ground.kind)))
    return ()
