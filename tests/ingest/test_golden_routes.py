"""Golden routes: every corridor of the seed with its length, parts, borders and known legs.

The tables stand in ``tests/data/routes``; a changed seed changes them, to be read in review.
"""

import csv
from pathlib import Path

import pytest

from ingest.network import Corridor, Network, load_seed

ROUTES = Path(__file__).parents[1] / "data" / "routes"
MOST_OFF_PERCENT = {"ROAD": 3.1, "RAIL": 8.0}
"""Rail abroad is from lines at 1:10 million, which cut the curves."""
KNOWN_WORSE = {
    ("ROAD", "yekaterinburg", "kazan"): 9.7,  # the road of 2021 goes by Perm: the M12 is younger
    ("ROAD", "hohhot", "ulanqab"): 5.1,  # the line passes outside both towns
    ("ROAD", "ulan_ude", "irkutsk"): 5.0,  # likewise, at Ulan-Ude
}


def km(tenths: int) -> str:
    """As the tables have it, without commas."""
    return f"{tenths / 10:.1f}"


def table(name: str) -> list[dict[str, str]]:
    """A table of ``tests/data/routes``."""
    with (ROUTES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def told(corridor: Corridor) -> dict[str, str]:
    """A corridor as the table has it."""
    parts = corridor.parts(corridor.start_km_tenths, corridor.end_km_tenths)
    abroad = [one for one in corridor.breakpoints if one.kind == "country"]
    return {
        "corridor": corridor.id,
        "mode": corridor.mode,
        "port": corridor.port,
        "km": km(corridor.end_km_tenths - corridor.start_km_tenths),
        "km_to_port": km(corridor.border_km_tenths - corridor.start_km_tenths),
        "parts": " ".join(f"{code}:{km(tenths)}" for _, code, tenths in parts),
        "borders": " ".join(f"{one.code}@{km(one.km_tenths)}" for one in abroad),
    }


def test_every_corridor_has_its_length_its_parts_and_its_borders(network: Network) -> None:
    assert [told(one) for one in network.corridors] == table("corridors")


@pytest.mark.parametrize("corridor", load_seed().corridors, ids=lambda one: str(one.id))
def test_parts_come_to_a_hundred_percent_and_borders_follow_the_port(corridor: Corridor) -> None:
    whole = corridor.end_km_tenths - corridor.start_km_tenths
    for part in (1, 2, 3, 7):
        end = corridor.start_km_tenths + whole * part // 7
        parts = corridor.parts(corridor.start_km_tenths, end)
        assert sum(tenths for _, _, tenths in parts) == whole * part // 7
    foreign = [
        one.km_tenths for one in corridor.breakpoints if one.kind == "country" and one.code != "CN"
    ]
    assert foreign == sorted(foreign)
    assert 0 <= foreign[0] - corridor.border_km_tenths <= 300


def test_legs_deviate_from_known_distances_by_no_more_than_is_stated(network: Network) -> None:
    rows = table("legs")
    legs = {(row["mode"], row["from"], row["to"]): row["known_km"] for row in rows}
    found = []
    for (mode, one, other), known in legs.items():
        for corridor in network.corridors:
            stops = {stop.id: stop.km_tenths for stop in corridor.stations}
            if corridor.mode != mode or not {one, other} <= set(stops):
                continue
            tenths = abs(stops[one] - stops[other])
            percent = 10 * tenths / float(known) - 100
            found.append([mode, one, other, corridor.id, km(tenths), known, f"{percent:+.1f}"])
            limit = KNOWN_WORSE.get((mode, one, other), MOST_OFF_PERCENT[mode])
            assert abs(percent) <= limit, (corridor.id, one, other)
    assert found == [list(row.values()) for row in rows]
