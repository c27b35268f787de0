"""Datums 坐标系: GCJ-02 and BD-09 back to WGS-84, inside China only, where maps are shifted.

Formulas as published in many converters (ellipsoid Krasovsky 1940); those have no inverse, which
is found by fixed point: three rounds leave less than a millimetre. Converters on package indexes
hold a rectangle for China and shift Zamyn-Uud, Irkutsk and Almaty by 250-640 m; here a polygon
decides (see ATTRIBUTION.md).
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import shapely

from ingest.tracks.track import Bools, Datum, Floats

AXIS, ECCENTRICITY2 = 6_378_245.0, 0.006_693_421_622_965_943
"""Krasovsky 1940: semi-major axis in metres, eccentricity squared."""
ROUNDS = 3
BD_TURN = np.pi * 3000 / 180
BD_LON, BD_LAT = 0.0065, 0.006
CHINA = Path(__file__).with_name("china.json")


def wgs84(lon: Floats, lat: Floats, datum: Datum) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees of positions in a datum; what lies outside China stays as it is."""
    if datum == "WGS84" or not len(lon):
        return lon, lat
    there_lon, there_lat = _inverse(lon, lat, FORWARD[datum])
    inside = in_china(there_lon, there_lat)
    return np.where(inside, there_lon, lon), np.where(inside, there_lat, lat)


def shifted(lon: Floats, lat: Floats, datum: Datum) -> tuple[Floats, Floats]:
    """Return positions in a datum of WGS-84 degrees; what lies outside China stays as it is."""
    if datum == "WGS84" or not len(lon):
        return lon, lat
    inside = in_china(lon, lat)
    there_lon, there_lat = FORWARD[datum](lon, lat)
    return np.where(inside, there_lon, lon), np.where(inside, there_lat, lat)


def in_china(lon: Floats, lat: Floats) -> Bools:
    """Tell where maps of China are shifted; `lon` and `lat` are WGS-84 degrees."""
    return np.asarray(shapely.contains_xy(_china(), lon, lat), dtype=np.bool_)


@cache
def _china() -> shapely.Polygon:
    body = json.loads(CHINA.read_text(encoding="utf-8"))
    polygon = shapely.Polygon(np.array(body["ring_e4"]).reshape(-1, 2) / 10_000)
    shapely.prepare(polygon)
    return polygon


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS-84 to GCJ-02, wherever it is."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = 20.0 * (np.sin(6.0 * x * np.pi) + np.sin(2.0 * x * np.pi))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (both + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (both + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - ECCENTRICITY2 * np.sin(radians) ** 2
    meridian = AXIS * (1.0 - ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel = AXIS / np.sqrt(magic) * np.cos(radians)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS-84 to BD-09, wherever it is: GCJ-02, turned and moved a second time."""
    x, y = _gcj02(lon, lat)
    far = np.hypot(x, y) + 2e-5 * np.sin(y * BD_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BD_TURN)
    return far * np.cos(angle) + BD_LON, far * np.sin(angle) + BD_LAT


FORWARD = {"GCJ02": _gcj02, "BD09": _bd09}


def _inverse(lon: Floats, lat: Floats, forward: object) -> tuple[Floats, Floats]:
    assert callable(forward)
    there_lon, there_lat = lon, lat
    for _ in range(ROUNDS):
        back_lon, back_lat = forward(there_lon, there_lat)
        there_lon, there_lat = there_lon + lon - back_lon, there_lat + lat - back_lat
    return there_lon, there_lat
