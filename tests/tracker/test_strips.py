"""The strip of a route: what must be named is named, and no two names stand on each other."""

from itertools import combinations, pairwise

import pytest

from ingest.network import load_seed
from tracker.papers.strips import AIR, WIDTH, Mark, Point, laid_out, width_of

NETWORK = load_seed()


def points(number: int, language: str) -> list[Point]:
    corridor = NETWORK.corridors[number]
    found: list[Point] = []
    for place, station in enumerate(corridor.stations):
        is_port = station.kind == "port"
        names = (NETWORK.port if is_port else NETWORK.place)(station.id).names
        ends = {0: "hub", len(corridor.stations) - 1: "abroad"}
        kind = "port" if is_port else ends.get(place, "station")
        found.append((names.text(language), station.km_tenths, kind))
    return found


def overlap(one: Mark, other: Mark) -> bool:
    if one.lane != other.lane or not one.lane:
        return False
    return abs(one.x - other.x) < (width_of(one.name) + width_of(other.name)) / 2


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", range(len(NETWORK.corridors)))
def test_on_every_corridor_no_two_names_stand_on_each_other(number: int, language: str) -> None:
    drawn = laid_out(points(number, language))
    assert not [pair for pair in combinations(drawn.marks, 2) if overlap(*pair)]
    assert all(mark.lane for mark in drawn.marks if mark.kind != "station")
    assert all(one.x < other.x for one, other in pairwise(drawn.marks))
    assert AIR <= drawn.marks[0].x < drawn.marks[-1].x <= WIDTH - AIR


def test_a_station_without_room_is_a_dot_between_its_neighbours() -> None:
    crowd = [
        ("甲", 0, "hub"),
        *((f"第{n}站", n, "station") for n in range(1, 9)),
        ("乙", 10_000, "port"),
    ]
    drawn = laid_out(crowd)
    lanes = [mark.lane for mark in drawn.marks]
    assert lanes[0]
    assert lanes[-1]
    assert 0 in lanes[1:-1]
    assert [run.km_tenths for run in drawn.runs] == [10_000], "km are told between what is named"


def test_a_route_of_one_point_draws_nothing() -> None:
    assert laid_out([("甲", 0, "hub")]).marks == ()
