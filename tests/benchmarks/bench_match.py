"""How fast 100,000 shipments are matched, against four other ways to find their corridor.

The ratio of one run counts, not the rates. The peers do less: they take coordinates, not texts,
and give neither km nor reasons.
"""

import gc
import random
from functools import partial

from ingest.match import Ask, match
from ingest.network import Network, Place, load_seed
from tests.benchmarks import match_peers
from tests.benchmarks.match_peers import known
from tests.benchmarks.measure import say, seconds

COUNT = 100_000
PEERS = {
    "naive loop over whole lines": (match_peers.loop, 60),
    "shapely on whole lines, in columns": (match_peers.whole_lines, 200),
    "STRtree of segments per corridor": (match_peers.trees, 5_000),
    "place table, no texts, no reasons": (match_peers.table, COUNT),
}
"""The peers, and how many shipments each is timed on; most are too slow for all."""
LIKE = 0.9
"""At least so many find the corridor that we do; fewer would be another task."""


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


def test_matching_100_000_shipments() -> None:
    network = load_seed()
    asks = made(network, COUNT)
    first = seconds(lambda: match(asks[:1], network), 1)
    fast = COUNT / seconds(lambda: match(asks, network), 2)
    gc.disable()  # as timeit does: with it, the collector also walks what the caller holds
    alone = COUNT / seconds(lambda: match(asks, network), 2)
    gc.enable()
    found = match(asks, network)
    matched = sum(one.status == "matched" for one in found)
    assert matched > COUNT // 2
    say(
        f"match, {COUNT:,} shipments, {matched:,} matched: {fast:,.0f}/CPU-s "
        f"({alone:,.0f} without the garbage collector), "
        f"tables built in {first * 1000:.0f} ms"
    )
    ids = [one.id for one in network.corridors]
    for name, (peer, count) in PEERS.items():
        given = known(asks[:count], network)
        told = peer(given)
        same = sum(ids[n] == one.corridor_id for n, one in zip(told, found[:count], strict=True))
        rate = count / seconds(partial(peer, given), 2)
        assert same > count * LIKE
        ratio = fast / rate
        say(f"  {name}: {rate:,.0f}/CPU-s, ratio {ratio:,.2f}, same corridor {same / count:.1%}")
