"""Pins 人工定线: what a reviewer decided of a shipment's route, found again whenever it is matched.

A pin holds as long as the shipment says of its route what it said when it was pinned; it is judged
by the network of the day like any other, and where that has no such corridor the shipment waits.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.match import Match
from ingest.match import pin as pinned
from ingest.matching.asked import NAMES
from ingest.network import Network
from tracker import bulk
from tracker.db import canonical
from tracker.models.cargo import Shipment
from tracker.models.pins import Pin

SAID = tuple(name for name in NAMES if name != "unit_key")
"""What a shipment says of its route."""
ENDS = {
    "E": {"near": ("origin_place", "hub"), "far": ("dest_place",), "country": "dest_country"},
    "I": {"near": ("dest_place", "hub"), "far": ("origin_place",), "country": "origin_country"},
}
"""Direction -> where the end in China, the end abroad and its country are said."""


def said(shipment: Shipment) -> dict[str, Any]:
    """What the shipment says of its route, in the words of its lines."""
    own = {"mode": shipment.mode, "direction": shipment.direction}
    return {name: own.get(name) or shipment.unit.get(name) or "" for name in SAID}


def sha256(words: Mapping[str, Any]) -> str:
    """By which shipments that say the same are known."""
    return hashlib.sha256(canonical(dict(words)).encode()).hexdigest()


def meant(words: Mapping[str, Any], places: Mapping[str, str], network: Network) -> dict[str, Any]:
    """The words with the places that a reviewer says they mean; KeyError for an unknown place."""
    made = {**words, "unit_key": ""}
    ends: Mapping[str, Any] = ENDS[str(words["direction"]) if words["direction"] in ENDS else "E"]
    for end in ("near", "far"):
        if key := places.get(end):
            place = network.place(key)
            made |= dict.fromkeys(ends[end], place.names.zh)
            if end == "far":
                made[ends["country"]] = place.country
    return made


def routed(
    words: Mapping[str, Any], corridor: str, places: Mapping[str, str], network: Network
) -> Match | None:
    """The route on this corridor; None where the network has none such, or no end lies on it."""
    try:
        return pinned(meant(words, places, network), corridor, network)
    except (KeyError, ValueError):
        return None


def newest(session: Session, shipment: Shipment) -> Pin | None:
    """The pin that was set last, whether or not it still holds."""
    query = select(Pin).where(Pin.shipment_id == shipment.id)
    return session.scalar(query.order_by(Pin.id.desc()).limit(1))


def of_firm(session: Session, firm_id: int) -> dict[str, Pin]:
    """Unit key -> the newest pin, of the firm's shipments that have one."""
    last = select(func.max(Pin.id)).group_by(Pin.shipment_id)
    query = (
        select(Shipment.unit_key, Pin)
        .join(Pin, Pin.shipment_id == Shipment.id)
        .where(Shipment.firm_id == firm_id, Pin.id.in_(last))
    )
    return dict(session.execute(query).all())


def standing(session: Session, found: Sequence[Shipment]) -> dict[int, Pin]:
    """Shipment id -> its newest pin, where the shipment still says what it said then."""
    keys = [one.id for one in found]
    newest = select(func.max(Pin.id)).group_by(Pin.shipment_id)
    query = select(Pin).where(Pin.id.in_(newest))
    by_id = {one.id: one for one in found}
    return {
        one.shipment_id: one
        for (one,) in bulk.looked_up(session, query, Pin.shipment_id, keys)
        if one.asked_sha256 == sha256(said(by_id[one.shipment_id]))
    }
