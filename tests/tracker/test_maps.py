"""The map of corridors: where towns and lines stand, how thick, and that names keep apart."""

from itertools import combinations

import pytest
import shapely

from ingest.network import load_seed
from tracker.papers.maps import IDLE, NARROW, THICKEST, WIDE, Mark, Picture, Window, drawn

NETWORK = load_seed()
SHIPMENTS = {"R03": 16, "R05": 4, "T01": 12}


def picture(window: Window = WIDE, language: str = "zh") -> Picture:
    made = drawn(NETWORK, NETWORK.corridors, SHIPMENTS, window, language)
    assert made is not None
    return made


def marks(made: Picture) -> dict[str, Mark]:
    return {mark.name: mark for mark in made.marks}


def test_north_is_up_and_a_hub_lies_where_it_lies() -> None:
    found = marks(picture())
    assert found["呼和浩特"].x < found["乌兰察布"].x < found["满洲里"].x
    assert found["满洲里"].y < found["二连浩特"].y < found["呼和浩特"].y
    assert found["杜伊斯堡"].x < found["莫斯科"].x < found["呼和浩特"].x


def test_a_town_bears_every_sign_it_has() -> None:
    found = marks(picture())
    assert found["二连浩特"].signs == ("hub", "port")
    assert found["呼和浩特"].signs == ("hub",)
    assert found["莫斯科"].signs == ("station",)


def test_what_corridors_share_is_one_line_as_thick_as_their_shipments_together() -> None:
    ways = picture().ways
    shared = [way for way in ways if {"R03", "R05"} <= set(way.corridors)]
    assert shared
    assert {(way.shipments, way.width) for way in shared} == {(20, THICKEST)}
    assert {way.width for way in ways if not way.shipments} == {IDLE}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("window", [WIDE, *NARROW], ids=lambda window: window.name)
def test_hubs_and_ports_are_named_and_no_two_names_overlap(window: Window, language: str) -> None:
    made = picture(window, language)
    for mark in made.marks:
        assert mark.label or mark.signs == ("station",), mark.name
    boxes = [shapely.box(*mark.label.box) for mark in made.marks if mark.label]
    assert len(boxes) > 4
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    frame = shapely.box(0, 0, made.width, made.height)
    assert all(frame.contains(box) for box in boxes)


def test_a_window_into_which_no_corridor_comes_is_no_picture() -> None:
    assert drawn(NETWORK, NETWORK.corridors, {}, Window("sea", -90, -80, 100, 12), "zh") is None
    assert drawn(NETWORK, (), {}, WIDE, "zh") is None
