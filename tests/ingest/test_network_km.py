"""A network whose kilometres are shorter than the straight line is not taken."""

from dataclasses import replace

import pytest

from ingest.network import Corridor, Network, faults


def halved(corridor: Corridor) -> Corridor:
    """The corridor with half of each of its kilometres, on the same line."""
    return replace(
        corridor,
        stations=tuple(replace(one, km_tenths=one.km_tenths // 2) for one in corridor.stations),
        breakpoints=tuple(
            replace(one, km_tenths=one.km_tenths // 2) for one in corridor.breakpoints
        ),
        line=tuple((lon, lat, metre // 2) for lon, lat, metre in corridor.line),
        variants=(),
    )


@pytest.mark.parametrize("number", [0, -1])
def test_a_way_shorter_than_the_straight_line_says_between_which_stations(
    network: Network, number: int
) -> None:
    corridor = network.corridors[number]
    told = faults(replace(network, corridors=(halved(corridor),)))
    assert {fault.code for fault in told} == {"shorter"}
    assert corridor.id in told[0].where
    assert "直线距离" in told[0].text("zh")
    assert "straight line" in told[0].text("en")


def test_a_way_as_long_as_it_is_driven_is_taken(network: Network) -> None:
    assert faults(network) == []
