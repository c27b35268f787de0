"""Track parts 轨迹区段: how far a tractor pulled, where the legs say that others pulled the rest.

A tractor that hands its trailer over at the port and drives home has not turned back: it is checked
between the ends of its own legs. A trailer goes the whole way, and so does a tractor of all legs.
"""

import re
import unicodedata
from collections.abc import Sequence

from ingest.match import Match
from ingest.network import Network
from ingest.network.gazetteer import gazetteer
from ingest.network.model import Corridor
from tracker.models.further import Leg

Part = tuple[int, int]
"""Chainages in tenths of km, the lower one first."""
NOISE = re.compile(r"[\s·•.\-_]")


def plain(plate: str) -> str:
    """A plate as it is compared: capitals, no blanks, dots or hyphens."""
    return NOISE.sub("", unicodedata.normalize("NFKC", plate)).upper()


def pulled(
    plate: str, direction: str, legs: Sequence[Leg], match: Match, network: Network
) -> Part | None:
    """Between which chainages this tractor pulled; None where it may have gone the whole way.

    ``legs`` are those that stand, in their order. Where the place of a change is not on the
    corridor, the border is taken, where tractors change.
    """
    own = [one for one in legs if plain(str(one.fields.get("tractor_plate", ""))) == plain(plate)]
    if not own or len(own) == len(legs) or match.corridor_id is None:
        return None
    corridor = network.corridor(match.corridor_id)
    whole = (match.start_km_tenths or 0, match.end_km_tenths or 0)
    near, far = whole if direction == "E" else whole[::-1]
    if own[0] is not legs[0]:
        near = _changed_at(str(own[0].fields.get("from_place", "")), corridor, network)
    if own[-1] is not legs[-1]:
        far = _changed_at(str(own[-1].fields.get("to_place", "")), corridor, network)
    low, high = (min(max(at, whole[0]), whole[1]) for at in sorted((near, far)))
    return (low, high) if low < high else None


def _changed_at(place: str, corridor: Corridor, network: Network) -> int:
    """Where on the corridor the trailer was handed over: there, or else at the border."""
    found = gazetteer(network).place(place).index
    name = network.places[found].id if found >= 0 else ""
    at = {one.id: one.place for one in network.ports}
    for station in corridor.stations:
        if name == (station.id if station.kind == "place" else at.get(station.id)):
            return station.km_tenths
    return corridor.border_km_tenths
