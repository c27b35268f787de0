"""Near pairs 疑似重复: what was taken in against what stands, and what holds an application.

``ingest.alike`` says which two shipments may be one trip. Such two bear at least one number alike,
so others are looked up by the numbers that a shipment bears, each through an index, and never all
with all: five look-ups for an upload, whatever stands besides. A pair is told by an entry and kept;
it is of two versions, so that what changes is looked at anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import alike
from ingest.alike import NEAR_DAYS, Ground, Said
from ingest.shipments import SEPARATOR, ShipmentUnit
from tracker import bulk
from tracker.books import ledger, queue
from tracker.db import chunks, next_number
from tracker.models.cargo import CargoLine, ClaimKey, Shipment, WatchKey
from tracker.models.near_pairs import NearPair
from tracker.steps import flow, shipments
from tracker.steps.accrual import Cause

FOUND = "near_pair.find"
"""Kind of the entry."""
WATCHED = ("seal", "carnet", "trailer", "batch")
MOST_BEARERS = 50
"""Shipments of a day that bear one number: where there are more, it tells no trip from others."""
MOST_TOLD = 500
"""Pairs in one entry."""
SWEEP = "find_near_pairs"
"""Kind of the job that looks through what stood before pairs were kept."""
SWEPT = 2_000
"""Shipments that it looks through under one lock."""
Keys = tuple[int, int]
"""Ids of the two sides, the smaller first."""


def find(
    session: Session, touched: Sequence[Shipment], units: Mapping[int, ShipmentUnit], why: Cause
) -> list[NearPair]:
    """Keep and tell the pairs that these standing shipments are in, and that are not known yet.

    What they bear is claimed and watched already. The verdict on a pair of earlier versions stands
    with that pair alone.
    """
    said = {one.id: alike.said(units[one.id]) for one in touched}
    wanted = set(_alike(session, said, {one.id: one for one in touched}))
    found = shipments.by_id(session, {key for keys in wanted for key in keys})
    rows = {key: one for key, one in found.items() if one.stands}
    wanted = {keys for keys in wanted if rows.keys() >= {*keys}}
    lacking = [one for key, one in rows.items() if key not in said]
    known = said | {
        key: alike.said(unit) for key, unit in shipments.units_of(session, lacking).items()
    }
    met: list[tuple[Shipment, Shipment, tuple[Ground, ...]]] = []
    for first, second in sorted(wanted - _kept(session, wanted, rows)):
        sides = rows[first], rows[second]
        two_firms = sides[0].firm_id != sides[1].firm_id
        why_alike = alike.grounds(known[first], known[second], two_firms=two_firms)
        if why_alike:
            met.append((*sides, why_alike))
    made: list[NearPair] = []
    for number, part in enumerate(chunks(met, MOST_TOLD), 1):
        made += _tell(session, part, known, Cause(f"{why.key}:{number}", why.actor, why.now))
    return made


def sweep(session: Session, after: int, now: datetime) -> None:
    """Look through what stood before pairs were kept, from a shipment on, and ask for the rest."""
    query = select(Shipment).where(Shipment.id > after, Shipment.state == "standing")
    part = list(session.scalars(query.order_by(Shipment.id).limit(SWEPT)))
    if part:
        last = part[-1].id
        why = Cause(f"near:sweep:{last}", "system", now)
        find(session, part, shipments.units_of(session, part), why)
        queue.enqueue(session, SWEEP, f"{SWEEP}:{last}", {"after": last}, now)


def _alike(
    session: Session, said: Mapping[int, Said], touched: Mapping[int, Shipment]
) -> Iterator[Keys]:
    """Pairs that bear a number alike, or a box within days, with one of the touched in each."""
    for bearers in _bearers(session, said, touched):
        if 1 < len(bearers) <= MOST_BEARERS:
            for one, other in combinations(sorted(bearers), 2):
                if one in said or other in said:
                    yield one, other
    yield from _boxes(session, said)


def _bearers(
    session: Session, said: Mapping[int, Said], touched: Mapping[int, Shipment]
) -> Iterator[set[int]]:
    """For each number and day of departure, the shipments that bear it."""
    ids, days = sorted(said), {one.departure_date for one in touched.values()}
    watched = select(WatchKey.kind, WatchKey.claim).where(
        WatchKey.released_seq.is_(None), WatchKey.kind.in_(WATCHED)
    )
    claims = {claim for _, claim in bulk.looked_up(session, watched, WatchKey.shipment_id, ids)}
    bearing = select(WatchKey.kind, WatchKey.claim, Shipment.departure_date, Shipment.id)
    bearing = bearing.join(Shipment, Shipment.id == WatchKey.shipment_id)
    bearing = bearing.where(WatchKey.released_seq.is_(None), WatchKey.kind.in_(WATCHED))
    yield from _groups(bulk.looked_up(session, bearing, WatchKey.claim, sorted(claims)), days)
    labels = {one.label for one in touched.values() if one.mode == "ROAD"}
    called = select(Shipment.label, Shipment.departure_date, Shipment.id)
    called = called.where(Shipment.mode == "ROAD", Shipment.state == "standing")
    yield from _groups(bulk.looked_up(session, called, Shipment.label, sorted(labels)), days)
    waybills = {number for one in said.values() for number in one.numbers["waybill"]}
    carried = select(CargoLine.waybill_no, Shipment.departure_date, Shipment.id)
    carried = carried.join(Shipment, Shipment.id == CargoLine.shipment_id)
    carried = carried.where(CargoLine.standing, Shipment.state == "standing")
    yield from _groups(
        bulk.looked_up(session, carried, CargoLine.waybill_no, sorted(waybills)), days
    )


def _groups(rows: Iterable[tuple[Any, ...]], days: set[date]) -> Iterator[set[int]]:
    """Shipments by what is before their id, which ends with the day they left: one of these."""
    found: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for *number, day, key in rows:
        if day in days:
            found[*number, day].add(key)
    yield from found.values()


def _boxes(session: Session, said: Mapping[int, Said]) -> Iterator[Keys]:
    """Pairs with the same box, the same way, within days; on one day a claim bars the second."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for key, one in said.items():
        for box in one.numbers["box"]:
            for days in range(-NEAR_DAYS, NEAR_DAYS + 1):
                day = (one.left + timedelta(days=days)).isoformat()
                wanted[SEPARATOR.join((box, day, one.direction))].append(key)
    query = select(ClaimKey.claim, ClaimKey.shipment_id)
    query = query.where(ClaimKey.kind == "box", ClaimKey.released_seq.is_(None))
    for claim, other in bulk.looked_up(session, query, ClaimKey.claim, sorted(wanted)):
        for key in wanted[claim]:
            if key != other:
                yield min(key, other), max(key, other)


def _kept(session: Session, wanted: Iterable[Keys], rows: Mapping[int, Shipment]) -> set[Keys]:
    """Those that are kept already, as both sides are now."""
    query = select(
        NearPair.first_id, NearPair.second_id, NearPair.first_version_no, NearPair.second_version_no
    )
    firsts = sorted({first for first, _ in wanted})
    return {
        (first, second)
        for first, second, *versions in bulk.looked_up(session, query, NearPair.first_id, firsts)
        if first in rows
        and second in rows
        and versions == [rows[first].version_no, rows[second].version_no]
    }


def _tell(
    session: Session,
    part: Sequence[tuple[Shipment, Shipment, tuple[Ground, ...]]],
    known: Mapping[int, Said],
    why: Cause,
) -> list[NearPair]:
    """Post the entry, and keep its pairs."""
    number = next_number(session, NearPair.id)
    told: list[dict[str, Any]] = [
        {
            "code": f"YS-{number + place:05d}",
            "sides": [[one.firm.uscc, one.unit_key, one.version_no] for one in (first, second)],
            "grounds": [list(ground) for ground in why_alike],
            "shown": _hash(known[first.id], known[second.id]),
        }
        for place, (first, second, why_alike) in enumerate(part)
    ]
    entry = ledger.tell(session, FOUND, why.key, why.actor, {"pairs": told}, why.now)
    made = [
        NearPair(
            code=one["code"],
            first_id=first.id,
            first_version_no=first.version_no,
            second_id=second.id,
            second_version_no=second.version_no,
            grounds=one["grounds"],
            shown_sha256=one["shown"],
            found_at=why.now,
            seq=entry.seq,
        )
        for one, (first, second, _) in zip(told, part, strict=True)
    ]
    session.add_all(made)
    session.flush()
    return made


def _hash(*sides: Said) -> str:
    return flow.shown_sha256({"sides": [compared(one) for one in sides]})


def compared(said: Said) -> dict[str, Any]:
    """What is compared of a side, as its hash is made of it."""
    return {
        "mode": said.mode,
        "direction": said.direction,
        "left": said.left.isoformat(),
        "goods": list(said.goods),
        **{kind: sorted(numbers) for kind, numbers in said.numbers.items()},
    }
