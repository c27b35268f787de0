"""How fast 100,000 shipments are matched, against a loop that projects each one with shapely.

The ratio of one run counts, not the rates. The loop does less: it takes coordinates, not texts,
and gives no reasons.
"""

import random

from shapely import LineString, Point

from ingest.match import Ask, match
from ingest.network import Network, Place, load_seed
from ingest.network.gazetteer import gazetteer
from tests.benchmarks.measure import say, seconds

COUNT = 100_000
LOOPED = 60
"""Shipments the loop is timed on; it is too slow for all."""


def made(network: Network, count: int) -> list[Ask]:
    """Make up shipments along the corridors, written in any language the gazetteer knows."""
    chance = random.Random(7)  # noqa: S311  repeatable, not secret
    found = []
    for number in range(count):
        corridor = chance.choice(network.corridors)
        stops = [one for one in corridor.stations if one.kind == "place"]
        border = corridor.border_km_tenths
        near = network.place(chance.choice([one.id for one in stops if one.km_tenths <= border]))
        far = network.place(chance.choice([one.id for one in stops if one.km_tenths > border]))
        port = network.port(corridor.port)
        found.append(
            Ask(
                unit_key=str(number),
                mode=corridor.mode,
                origin_place=written(near, chance),
                hub=written(near, chance),
                exit_customs=chance.choice([*port.offices, *port.town_offices]),
                dest_country=far.country,
                dest_place=written(far, chance),
            )
        )
    return found


def written(place: Place, chance: random.Random) -> str:
    """Write a place in one of the ways people do."""
    names = (place.names.zh, place.names.en, place.names.ru, f"{place.names.zh}市", *place.aliases)
    return chance.choice([name for name in names if name])


def loop(asks: list[Ask], network: Network) -> list[str]:
    """Match one shipment after the other: distance of its places from every line, in degrees."""
    index = gazetteer(network)
    lines = {
        corridor.id: LineString([(lon / 1e4, lat / 1e4) for lon, lat, _ in corridor.line])
        for corridor in network.corridors
    }
    found = []
    for ask in asks:
        points = []
        for text in (ask.origin_place, ask.hub, ask.dest_place):
            place = network.places[index.place(text).index]
            points.append(Point(place.lon_e4 / 1e4, place.lat_e4 / 1e4))
        office = index.office(ask.exit_customs).index
        best, least = "", float("inf")
        for corridor in network.corridors:
            line = lines[corridor.id]
            away = sum(line.distance(point) for point in points)
            shares = [line.project(point, normalized=True) for point in points]
            fits = office >= len(network.ports) or network.ports[office].id == corridor.port
            if corridor.mode != ask.mode or not fits or shares[0] > shares[-1]:
                continue
            if away + 1e-3 * line.length < least:
                best, least = corridor.id, away + 1e-3 * line.length
        found.append(best)
    return found


def test_matching_100_000_shipments() -> None:
    network = load_seed()
    asks = made(network, COUNT)
    first = seconds(lambda: match(asks[:1], network), 1)
    fast = COUNT / seconds(lambda: match(asks, network), 2)
    slow = LOOPED / seconds(lambda: loop(asks[:LOOPED], network), 2)
    matched = sum(one.status == "matched" for one in match(asks, network))
    assert matched > COUNT // 2
    say(
        f"match, {COUNT:,} shipments, {matched:,} matched: {fast:,.0f}/CPU-s, "
        f"tables built in {first * 1000:.0f} ms; loop over shapely {slow:,.0f}/CPU-s, "
        f"ratio {fast / slow:,.0f}"
    )
