"""Suspicion 坐标系存疑: whether a track lies beside its corridor as if its datum were another.

A warning only. By the study behind it a line drawn 300 m off raises it falsely one time in eight,
a line 1 km off every other time.
"""

from typing import get_args

import numpy as np

from ingest.network import Corridor
from ingest.tracks.course import TENTHS
from ingest.tracks.datum import shifted, wgs84
from ingest.tracks.nearest import E4, METRES, RADIUS_KM
from ingest.tracks.track import Datum, Floats, Track

WITHIN_KM = 3.0
LEAST_KM = 50
"""Of the corridor in China that must have been driven."""
LEAST_SHARE, MOST_SHARE = 0.5, 1.5
"""Of the shift that must be found: one is the whole of it."""
MOST_DOUBT = 0.15
"""Standard error of that share."""
DEGREE_KM = RADIUS_KM * np.pi / 180


def suspected(track: Track, corridor: Corridor, away: Floats, chain: Floats) -> Datum | None:
    """Return the datum that a track seems to have been written in, None where nothing is odd.

    `away` and `chain` are the distances of its points from the line and their chainages, in km.

    Were the positions written in another datum than the declared one, they would lie off the line
    by a known shift; how much of it is found across the line is a least-squares fit, over one mean
    a kilometre, so that halts do not count. Maps are shifted in China, so only that part is looked
    at.
    """
    near = (away < WITHIN_KM) & (chain * TENTHS < corridor.border_km_tenths)
    at = chain[near].astype(np.int64)
    counts = np.bincount(at)
    known = np.flatnonzero(counts)
    if len(known) < LEAST_KM:
        return None
    lon, lat, chain = (
        (np.bincount(at, values[near]) / np.maximum(counts, 1))[known]
        for values in (track.lon, track.lat, chain)
    )
    across, normal = _across(corridor, lon, lat, chain)
    found: list[tuple[float, Datum]] = []
    for datum in get_args(Datum):
        if datum == track.datum:
            continue
        there = wgs84(*shifted(lon, lat, track.datum), datum)
        shift = (np.column_stack(_km(lon - there[0], lat - there[1], lat)) * normal).sum(axis=1)
        share = float(shift @ across / (shift @ shift))
        rest = across - share * shift
        doubt = float(np.sqrt(rest @ rest / (len(rest) - 1) / (shift @ shift)))
        if LEAST_SHARE < share < MOST_SHARE and doubt < MOST_DOUBT:
            found.append((float(rest @ rest), datum))
    return min(found)[1] if found else None


def _across(corridor: Corridor, lon: Floats, lat: Floats, chain: Floats) -> tuple[Floats, Floats]:
    """Return how far in km points lie to the left of the line, and the unit vectors to the left."""
    line = np.array(corridor.line, dtype=np.float64)
    at = np.clip(np.searchsorted(line[:, 2], chain * METRES, side="right"), 1, len(line) - 1)
    begin, stop = line[at - 1], line[at]
    share = (chain * METRES - begin[:, 2]) / (stop[:, 2] - begin[:, 2])
    foot = (begin + share[:, None] * (stop - begin))[:, :2] / E4
    ahead = (stop - begin)[:, :2] / E4
    east, north = _km(ahead[:, 0], ahead[:, 1], lat)
    normal = np.column_stack([-north, east]) / np.maximum(np.hypot(east, north), 1e-9)[:, None]
    off = np.column_stack(_km(lon - foot[:, 0], lat - foot[:, 1], lat))
    return (off * normal).sum(axis=1), normal


def _km(lon: Floats, lat: Floats, around: Floats) -> tuple[Floats, Floats]:
    """Return small differences of degrees as km to the east and to the north."""
    return lon * DEGREE_KM * np.cos(np.radians(around)), lat * DEGREE_KM
