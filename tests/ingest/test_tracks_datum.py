"""Datums of tracks: GCJ-02 and BD-09 inverted inside China and nowhere else; suspicion warns."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.network import Corridor, Network
from ingest.network.geometry import GEOD, locate
from ingest.tracks import Track, check, wgs84
from ingest.tracks.datum import in_china, shifted
from ingest.tracks.nearest import REACH_KM, nearest
from ingest.tracks.track import Datum, Floats
from tests.ingest.track_samples import position

SHIFTED: tuple[Datum, ...] = ("GCJ02", "BD09")
ABROAD = {
    "Zamyn-Uud": (111.907, 43.72),
    "Ulaanbaatar": (106.9, 47.9),
    "Zabaikalsk": (117.33, 49.65),
    "Chita": (113.5, 52.03),
    "Irkutsk": (104.3, 52.3),
    "Omsk": (73.4, 55.0),
    "Almaty": (76.9, 43.24),
    "Bishkek": (74.6, 42.87),
    "Vladivostok": (131.9, 43.1),
    "Pyongyang": (125.75, 39.03),
}
INSIDE = {
    "Erenhot": (111.98, 43.65),
    "Manzhouli": (117.45, 49.59),
    "Hohhot": (111.7, 40.8),
    "Khorgos": (80.42, 44.21),
    "Kashgar": (75.99, 39.47),
    "Heihe": (127.5, 50.24),
    "Lhasa": (91.1, 29.65),
    "Taipei": (121.5, 25.0),
    "Sansha": (112.3, 16.8),
}


def suspected_of(track: Track, corridor: Corridor) -> object:
    """The datum that a check of the track warns of."""
    found = [one for one in check(track, corridor).findings if one.code == "datum_suspected"]
    return found[0].values["datum"] if found else None


def one(lon: float, lat: float) -> tuple[Floats, Floats]:
    return np.array([lon]), np.array([lat])


def test_the_formulas_agree_with_published_converters() -> None:
    beijing = one(116.404, 39.915)
    gcj = np.array(shifted(*beijing, "GCJ02")).ravel()
    assert gcj == pytest.approx([116.41024449916938, 39.91640428150164], abs=1e-9)
    bd = np.array(shifted(*wgs84(*beijing, "GCJ02"), "BD09")).ravel()
    assert bd == pytest.approx([116.41036949371029, 39.92133699351021], abs=1e-7)


@given(st.floats(85, 122), st.floats(28, 49), st.sampled_from(SHIFTED))
@example(104.5, 41.75, "GCJ02")
@settings(max_examples=80)
def test_a_position_inside_china_comes_back_within_a_metre(
    lon: float, lat: float, datum: Datum
) -> None:
    there = shifted(*one(lon, lat), datum)
    back = wgs84(*there, datum)
    _, _, metres = GEOD.inv(lon, lat, float(back[0][0]), float(back[1][0]))
    # at the border a position may be one outside, or one inside that was shifted out: none can tell
    near_border = len({bool(in_china(*spot)[0]) for spot in (one(lon, lat), there, back)}) > 1
    assert metres < (2000 if near_border else 0.01)
    _, _, moved = GEOD.inv(lon, lat, float(there[0][0]), float(there[1][0]))
    assert not in_china(*one(lon, lat))[0] or 20 < moved < 3000


@pytest.mark.parametrize("datum", SHIFTED)
@pytest.mark.parametrize("place", ABROAD)
def test_a_position_abroad_stays_where_it_is(place: str, datum: Datum) -> None:
    assert np.array(wgs84(*one(*ABROAD[place]), datum)).ravel().tolist() == [*ABROAD[place]]


@pytest.mark.parametrize("place", INSIDE)
def test_china_is_where_maps_are_shifted(place: str) -> None:
    assert in_china(*one(*INSIDE[place]))[0]


def test_the_gate_turns_near_the_border_of_every_corridor(network: Network) -> None:
    for corridor in network.corridors:
        border = corridor.border_km_tenths / 10
        lon, lat = position(corridor, np.array([border - 2.5, border + 2.5]))
        assert in_china(lon, lat).tolist() == [True, False], corridor.id


def test_nearest_is_exact_within_its_reach(network: Network) -> None:
    chance = np.random.default_rng(3)
    for name in ("T05", "R02"):
        corridor = network.corridor(name)
        ends = corridor.start_km_tenths / 10, corridor.end_km_tenths / 10
        lon, lat = position(corridor, chance.uniform(*ends, 2000))
        lon, lat = lon + chance.normal(0, 0.15, 2000), lat + chance.normal(0, 0.15, 2000)
        away, chain = nearest(corridor).locate(lon, lat)
        metres, tenths = locate(corridor, lon, lat)
        near = np.isfinite(away)
        assert near.any()
        assert not near.all()
        assert np.abs(away - metres)[near].max() < 0.25
        assert np.abs(chain * 10 - tenths)[near].max() < 0.51
        assert metres[~near].min() > REACH_KM * 0.99
        assert np.isnan(chain[~near]).all()


def driven(network: Network, datum: Datum, declared: Datum, noise: float = 0.0005) -> Track:
    corridor = network.corridor("T01")
    lon, lat = position(corridor, np.linspace(1, 900, 1500))
    chance = np.random.default_rng(5)
    raw = shifted(lon + chance.normal(0, noise, 1500), lat + chance.normal(0, noise, 1500), datum)
    lon, lat = wgs84(*raw, declared)
    return Track("", np.arange(1500) * 60, lon, lat, np.arange(1500), declared)


@pytest.mark.parametrize(
    ("datum", "declared", "suspected"),
    [
        ("WGS84", "WGS84", None),
        ("GCJ02", "GCJ02", None),
        ("BD09", "BD09", None),
        ("GCJ02", "WGS84", "GCJ02"),
        ("BD09", "WGS84", "BD09"),
        ("WGS84", "GCJ02", "WGS84"),
        ("BD09", "GCJ02", "BD09"),
    ],
)
def test_a_datum_that_was_declared_wrongly_is_suspected(
    network: Network, datum: Datum, declared: Datum, suspected: Datum | None
) -> None:
    corridor = network.corridor("T01")
    assert suspected_of(driven(network, datum, declared), corridor) == suspected


def test_nothing_is_suspected_of_a_short_or_foreign_track(network: Network) -> None:
    corridor = network.corridor("T01")
    track = driven(network, "GCJ02", "WGS84")
    assert suspected_of(track.between(0, 60 * 60), corridor) is None
    assert suspected_of(track.between(60 * 900, None), corridor) is None
