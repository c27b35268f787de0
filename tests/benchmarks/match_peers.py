"""The peers of matching 匹配同类做法: four ways to find the corridor of places already looked up.

Each gets coordinates, or numbers of places, not texts; each takes the corridor of the right mode
and port that the three places are nearest to, in order, and gives no km, reasons or doubts.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.match import Ask
from ingest.network import Network
from ingest.network.gazetteer import gazetteer
from ingest.network.geometry import E4, place_table

Floats = NDArray[np.float64]
LONGER = 1e-3
"""What a degree of length costs, so that of corridors alike the shorter one is taken."""


@dataclass(frozen=True)
class Known:
    """Shipments as numbers: three places each (origin, hub, far end), and what may carry them."""

    network: Network
    places: NDArray[np.int64]
    fits: NDArray[np.bool_]
    """Shipment x corridor: whether mode and office are the corridor's."""
    lines: list[shapely.LineString]

    @property
    def degrees(self) -> Floats:
        """Longitude and latitude of the three places of each shipment."""
        spots = np.array([(one.lon_e4, one.lat_e4) for one in self.network.places]) / E4
        found: Floats = spots[self.places]
        return found


def known(asks: list[Ask], network: Network) -> Known:
    """Look the names up."""
    index = gazetteer(network)
    places = [
        [index.place(text).index for text in (ask.origin_place, ask.hub, ask.dest_place)]
        for ask in asks
    ]
    ports = [one.id for one in network.ports]
    offices = [index.office(ask.exit_customs).index for ask in asks]
    fits = [
        [
            one.mode == ask.mode and (office >= len(ports) or ports[office] == one.port)
            for one in network.corridors
        ]
        for ask, office in zip(asks, offices, strict=True)
    ]
    lines = [
        shapely.LineString([(lon / E4, lat / E4) for lon, lat, _ in one.line])
        for one in network.corridors
    ]
    return Known(network, np.array(places), np.array(fits), lines)


def loop(given: Known) -> list[int]:
    """One shipment after the other, one corridor after the other, on whole lines in degrees."""
    found = []
    for three, fits in zip(given.degrees, given.fits, strict=True):
        points = [shapely.Point(one) for one in three]
        best, least = -1, float("inf")
        for number, line in enumerate(given.lines):
            away = sum(line.distance(point) for point in points)
            shares = [line.project(point, normalized=True) for point in points]
            if not fits[number] or shares[0] > shares[-1]:
                continue
            if away + LONGER * line.length < least:
                best, least = number, away + LONGER * line.length
        found.append(best)
    return found


def whole_lines(given: Known) -> list[int]:
    """All points of a column at once, against each whole line in degrees."""
    points = shapely.points(given.degrees)
    away = [shapely.distance(line, points).sum(axis=1) for line in given.lines]
    share = [shapely.line_locate_point(line, points, normalized=True) for line in given.lines]
    return _least(given, np.stack(away, 1), np.stack(share, 1))


def trees(given: Known) -> list[int]:
    """All points at once, against an STRtree of the segments of each line."""
    points = np.asarray(shapely.points(given.degrees))
    away, share = [], []
    for line in given.lines:
        vertices = shapely.get_coordinates(line)
        pieces = np.asarray(shapely.linestrings(np.stack([vertices[:-1], vertices[1:]], axis=1)))
        nearest = shapely.STRtree(pieces).nearest(points.ravel()).reshape(points.shape)
        away.append(shapely.distance(pieces[nearest], points).sum(axis=1))
        share.append(nearest / pieces.size)
    return _least(given, np.stack(away, 1), np.stack(share, 1))


def table(given: Known) -> list[int]:
    """Look every place up in the table of places x corridors, which is built before."""
    known_places = place_table(given.network)
    away = known_places.distance_km[given.places].sum(axis=1) / 100
    along = known_places.chainage[given.places].transpose(0, 2, 1)
    return _least(given, away, along.astype(np.float64))


def _least(given: Known, away: Floats, along: Floats) -> list[int]:
    """Take the nearest corridor that fits: `away` shipment x corridor, `along` with place last."""
    length = np.array([line.length for line in given.lines])
    fits = given.fits & (along[..., 0] <= along[..., -1])
    found: list[int] = np.where(fits, away + LONGER * length, np.inf).argmin(axis=1).tolist()
    return found
