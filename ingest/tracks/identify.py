"""Identify 辨认: which corridor a track really follows, of those there are."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ingest.network import Corridor
from ingest.tracks.motion import noise_of, on_route
from ingest.tracks.nearest import nearest
from ingest.tracks.track import Floats, Track

SQUARE_DEGREES = 0.1
"""A place counts once, however long somebody stood there."""
MOST_PLACES = 400


class Fit(NamedTuple):
    """How well a track fits a corridor: the share per mille of its places that lie on it."""

    corridor_id: str
    permille: int


def identify(track: Track, corridors: Iterable[Corridor]) -> tuple[Fit, ...]:
    """Return how well the corridors fit, best first; of equals the shorter one."""
    lon, lat = places(track.lon, track.lat)
    fits = sorted(
        (-share(lon, lat, corridor), corridor.end_km_tenths, corridor.id) for corridor in corridors
    )
    return tuple(Fit(name, -least) for least, _, name in fits)


def places(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the first point in every square of the map, at most some hundreds."""
    squares = np.floor(lon / SQUARE_DEGREES) * 4000 + np.floor(lat / SQUARE_DEGREES)
    _, firsts = np.unique(squares, return_index=True)
    firsts = np.sort(firsts)
    if len(firsts) > MOST_PLACES:
        firsts = firsts[np.linspace(0, len(firsts) - 1, MOST_PLACES).astype(np.int64)]
    return lon[firsts], lat[firsts]


def share(lon: Floats, lat: Floats, corridor: Corridor) -> int:
    """Return the share per mille of places that lie on a corridor."""
    if not len(lon):
        return 0
    away, _ = nearest(corridor).locate(lon, lat)
    return round(1000 * float(on_route(away, noise_of(away)).mean()))
