"""Official km take the place of what the line measures, and everything on the line follows."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.network import Corridor, Network, faults, load_seed
from ingest.network.official import TableError, calibrated, cut, differences

T03 = load_seed().corridor("T03")
STOPS: list[tuple[str, str]] = [(one.kind, one.id) for one in T03.stations]
OFFICIAL = {("place", "ulanqab"): 1400, ("place", "erenhot"): 4750, ("place", "moscow"): 75_000}
DOCUMENT = "示例里程表〔2026〕1号"


def test_stations_of_the_table_have_its_km_and_the_rest_follow_in_proportion() -> None:
    found = calibrated(T03, OFFICIAL, DOCUMENT)
    assert {key: found.station(key[1]).km_tenths for key in OFFICIAL} == OFFICIAL
    assert found.km_source == DOCUMENT
    old, new = (one.station("zamyn_uud").km_tenths for one in (T03, found))
    low, high = (T03.station(name).km_tenths for name in ("erenhot", "moscow"))
    assert new == round(4750 + (old - low) * (75_000 - 4750) / (high - low))
    assert found.end_km_tenths - 75_000 == T03.end_km_tenths - high
    shift = 1400 - T03.station("ulanqab").km_tenths
    assert found.start_km_tenths == T03.start_km_tenths + shift
    assert [point.code for point in found.breakpoints] == [point.code for point in T03.breakpoints]
    assert found.line[0][:2] == T03.line[0][:2]
    samara = found.variants[0].stations[-1].km_tenths
    assert found.station("omsk").km_tenths < samara < 75_000


def test_a_corridor_with_official_km_is_as_sound_as_before() -> None:
    network = load_seed()
    others = [one for one in network.corridors if one.id != "T03"]
    mended = replace(network, corridors=(*others, calibrated(T03, OFFICIAL, DOCUMENT)))
    assert faults(mended) == []


@given(st.lists(st.integers(1, 12_000), min_size=len(STOPS), max_size=len(STOPS)))
def test_whatever_km_a_table_gives_they_stand_and_add_up(steps: list[int]) -> None:
    official: dict[tuple[str, str], int] = {}
    at = 0
    for key, step in zip(STOPS, steps, strict=True):
        at += step
        official[key] = at
    found = calibrated(T03, official, DOCUMENT)
    assert [one.km_tenths for one in found.stations] == list(official.values())
    assert all(here[2] < there[2] for here, there in pairwise(found.line))
    parts = found.parts(found.start_km_tenths, found.end_km_tenths)
    assert sum(tenths for _, _, tenths in parts) == found.end_km_tenths - found.start_km_tenths


def test_a_table_that_does_not_fit_says_so() -> None:
    with pytest.raises(TableError, match="almaty"):
        calibrated(T03, {("place", "almaty"): 10}, DOCUMENT)
    with pytest.raises(TableError, match="erenhot"):
        calibrated(T03, {**OFFICIAL, ("place", "erenhot"): 1400}, DOCUMENT)
    with pytest.raises(TableError, match="不在通道上"):
        calibrated(T03, {}, DOCUMENT)


def test_a_part_of_a_corridor_keeps_its_chainages_and_is_sound(network: Network) -> None:
    found: Corridor = cut(T03, ("place", "ulanqab"), ("place", "warsaw"))
    assert (found.stations[0].id, found.stations[-1].id) == ("ulanqab", "warsaw")
    assert found.station("minsk") == T03.station("minsk")
    assert found.line[0][2] == found.start_km_tenths * 100
    assert found.variants == T03.variants
    assert faults(replace(network, corridors=(found,))) == []
    assert cut(T03, ("place", "hohhot"), ("place", "irkutsk")).variants == ()
    with pytest.raises(TableError, match="依次"):
        cut(T03, ("place", "minsk"), ("place", "warsaw"))


def test_the_stations_a_table_changes_are_told() -> None:
    found = calibrated(T03, OFFICIAL, DOCUMENT)
    told = {
        one.station[1]: (one.before, one.after) for one in differences(T03.stations, found.stations)
    }
    assert told["moscow"] == (T03.station("moscow").km_tenths, 75_000)
    gone = differences(T03.stations, T03.stations[1:])
    assert [(one.station, one.after) for one in gone] == [(STOPS[0], None)]
