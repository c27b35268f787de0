"""Where on a corridor 通道 a point is: distance from the line and chainage 里程 along it.

Nearest segments are found in spherical Mercator, which is conformal, so nearest is right; metres
are geodesic. Chainage comes from the chainages the vertices carry, never from summed legs.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from ingest.network.model import Corridor, Network, Variant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GEOD = Geod(ellps="WGS84")
E4 = 10_000.0
METRES_PER_TENTH = 100
BESIDE_KM = 10.0
"""A place so near the registered line is on it, however near a variant runs."""
REGISTERED = -1
"""Instead of a variant's index: the registered line itself."""


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Distance in km, chainage in tenths of km and variant, of every place x corridor.

    The last row stands for a place that is blank or unknown: infinitely far, chainage 0.
    """

    distance_km: Floats
    chainage: Ints
    variant: Ints
    """Index of the variant the place is nearest to; REGISTERED for the registered line."""


def locate(way: Corridor | Variant, lon: Floats, lat: Floats) -> tuple[Floats, Ints]:
    """Return the distance in km from a line and the chainage in tenths of km of points.

    Of a corridor it is the registered line; a variant's points have registered chainages too.
    `lon`, `lat` are WGS-84 degrees of the same length.
    """
    line = np.array(way.line, dtype=np.float64)
    vertices = line[:, :2] / E4
    flat = _mercator(vertices[:, 0], vertices[:, 1])
    points = _mercator(lon, lat)
    ends = np.stack([flat[:-1], flat[1:]], axis=1)
    tree = shapely.STRtree(np.array([shapely.LineString(pair) for pair in ends], dtype=np.object_))
    nearest = tree.nearest(shapely.points(points))
    begin, step = ends[nearest, 0], ends[nearest, 1] - ends[nearest, 0]
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((points - begin) * step).sum(axis=1) / square, 0.0, 1.0)
    foot = vertices[nearest] + share[:, None] * (vertices[nearest + 1] - vertices[nearest])
    _, _, metres = GEOD.inv(foot[:, 0], foot[:, 1], lon, lat)
    chain = line[nearest, 2] + share * (line[nearest + 1, 2] - line[nearest, 2])
    return np.asarray(metres) / 1000, np.rint(chain / METRES_PER_TENTH).astype(np.int64)


@lru_cache(maxsize=8)
def place_table(network: Network) -> PlaceTable:
    """Project every place onto every corridor, once a network; a station keeps its own chainage.

    A place off the registered line stands where the nearest variant passes it.
    """
    lon = np.array([place.lon_e4 for place in network.places]) / E4
    lat = np.array([place.lat_e4 for place in network.places]) / E4
    shape = (len(network.places) + 1, len(network.corridors))
    distance, chainage = np.full(shape, np.inf), np.zeros(shape, dtype=np.int64)
    variant = np.full(shape, REGISTERED, dtype=np.int64)
    row = {place.id: index for index, place in enumerate(network.places)}
    for column, corridor in enumerate(network.corridors):
        near, found = locate(corridor, lon, lat)
        by = np.full(lon.shape, REGISTERED, dtype=np.int64)
        for index, way in enumerate(corridor.variants):
            beside, along = locate(way, lon, lat)
            nearer = (near > BESIDE_KM) & (beside < near)
            near, found = np.where(nearer, beside, near), np.where(nearer, along, found)
            by = np.where(nearer, index, by)
        distance[:-1, column], variant[:-1, column] = near, by
        chainage[:-1, column] = np.clip(found, corridor.start_km_tenths, corridor.end_km_tenths)
        for index, stop in (
            *(
                (index, stop)
                for index, way in enumerate(corridor.variants)
                for stop in way.stations
            ),
            *((REGISTERED, stop) for stop in corridor.stations),  # which has the last word
        ):
            if stop.kind == "place":
                at = (row[stop.id], column)
                distance[at], chainage[at], variant[at] = 0.0, stop.km_tenths, index
    return PlaceTable(distance, chainage, variant)


def _mercator(lon: Floats, lat: Floats) -> Floats:
    x = np.radians(lon)
    y = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return np.column_stack([x, y]) * 6_371_008.8
