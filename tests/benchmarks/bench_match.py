"""How fast 100,000 shipments are matched, against a loop that projects each one with shapely.

Run: python tests/benchmarks/bench_match.py [count]. The ratio of one run counts, not the rates.
The loop does less: it takes coordinates, not texts, and gives no reasons.
"""

import random
import sys
import time
from collections.abc import Callable

from shapely import LineString, Point

from ingest.match import Ask, match
from ingest.network import Network, Place, load_seed
from ingest.network.gazetteer import gazetteer

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


def timed(work: Callable[[], object]) -> float:
    """Processor seconds of the work: other work on the machine counts less than on the clock."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    """Print both rates and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    network = load_seed()
    asks = made(network, count)
    first = timed(lambda: match(asks[:1], network))
    fast = count / timed(lambda: match(asks, network))
    slow = LOOPED / timed(lambda: loop(asks[:LOOPED], network))
    found = match(asks, network)
    matched = sum(one.status == "matched" for one in found)
    sys.stdout.write(
        f"match: {count:,} shipments, {matched:,} matched; tables built in {first * 1000:.0f} ms\n"
        f"columns {fast:,.0f}/s, loop over shapely {slow:,.0f}/s, ratio {fast / slow:,.0f}\n"
    )


if __name__ == "__main__":
    main()
