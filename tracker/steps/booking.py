"""Booking 入账: what follows when lines of shipments changed: claims, entry, routes and money.

Committing, replacing and withdrawing an upload end alike, in the caller's one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from ingest.shipments import ShipmentUnit
from rules.registry import Registry
from tracker.books import ledger
from tracker.models.cargo import Manifest, Shipment
from tracker.models.money import Entry
from tracker.steps import accrual, claims, near_pairs, routing, shipments, standing


@dataclass(frozen=True)
class Deed:
    """What was done with an upload, by whom and when."""

    manifest: Manifest
    kind: str
    """Kind of the entry: ``manifest.commit`` or ``manifest.withdraw``."""
    actor: str
    now: datetime


def book(
    session: Session,
    registry: Registry,
    deed: Deed,
    touched: Sequence[Shipment],
    seq: int,
    known: Mapping[int, ShipmentUnit] = MappingProxyType({}),
) -> Entry:
    """Settle who may claim, write the entry, match and accrue; ``seq`` is the entry's sequence.

    The rows that begin to count bear the sequence already: an assertion fails for another. What is
    ``known`` of the shipments is not put together again: no line changes any more.
    """
    units = shipments.units_of(session, [one for one in touched if one.id not in known])
    units |= known
    standing.contest(session, touched, units)
    manifest = deed.manifest
    stem = f"manifest:{manifest.firm.uscc}:{manifest.sha256}"
    if deed.kind == "manifest.withdraw":
        stem += ":withdraw"
    cause = ledger.next_cause(session, stem)
    entry = ledger.tell(
        session,
        deed.kind,
        cause,
        deed.actor,
        {
            "firm": manifest.firm.uscc,
            "sha256": manifest.sha256,
            "shipments": [[one.unit_key, one.version_no, one.state] for one in touched],
        },
        deed.now,
    )
    assert entry.seq == seq, f"the entry came to be {entry.seq}, not {seq}"
    claims.release(session, touched, units, entry.seq)
    stand = [one for one in touched if one.state == "standing"]
    claims.hold(session, stand, units)
    why = accrual.Cause(cause, deed.actor, deed.now)
    near_pairs.find(session, stand, units, replace(why, key=f"near:{cause}"))
    routing.route(session, registry, touched, units, why, f"entry:{entry.seq}")
    return entry


def next_seq(session: Session) -> int:
    """The sequence of the entry that ``book`` will write; the lock is held, so nothing gets in."""
    return ledger.head(session).seq + 1
