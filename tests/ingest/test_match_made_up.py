"""Matching of made-up shipments: names with slips and aliases, wrong ports, any order."""

import random
from dataclasses import replace

from ingest.match import Ask, match
from ingest.network import Network, Place


def _spoil(name: str, chance: random.Random) -> str:
    """One slip of the pen in a name long enough to survive it."""
    at = chance.randrange(1, len(name) - 2)
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + ("某" if name[0] >= "一" else "q") + name[at + 1 :],
        ]
    )


def _written(place: Place, chance: random.Random) -> str:
    names = [name for name in (place.names.zh, place.names.en, place.names.ru) if name]
    name = chance.choice([*names, *place.aliases, place.names.zh + "市", place.names.zh + "站"])
    longest = max(names, key=len)
    return _spoil(longest, chance) if len(longest) >= 8 and chance.random() < 0.2 else name


def _made(network: Network, count: int) -> tuple[list[Ask], list[str]]:
    """Made-up shipments, and the shortest corridor that holds each: an oracle of a few lines."""
    chance = random.Random(20)  # noqa: S311  repeatable, not secret
    asks, truth = [], []
    for number in range(count):
        drawn = chance.choice(network.corridors)
        stops = [one for one in drawn.stations if one.kind == "place"]
        border = drawn.border_km_tenths
        near = chance.choice([one.id for one in stops if one.km_tenths <= border])
        far = chance.choice([one.id for one in stops if one.km_tenths > border])
        port = network.port(drawn.port)
        inward = chance.random() < 0.3
        ends = [_written(network.place(one), chance) for one in (near, far)]
        asks.append(
            Ask(
                unit_key=str(number),
                mode=drawn.mode,
                direction="I" if inward else "E",
                origin_place=ends[inward],
                hub=_written(network.place(near), chance) if chance.random() < 0.8 else "",
                exit_customs=chance.choice([*port.offices, *port.town_offices, *port.aliases]),
                dest_country="CN" if inward else network.place(far).country,
                dest_place=ends[not inward],
            )
        )
        holding = [
            one
            for one in network.corridors
            if one.port == drawn.port
            and {near, far} <= {stop.id for stop in one.stations if stop.kind == "place"}
        ]
        truth.append(min(holding, key=lambda one: one.end_km_tenths - one.start_km_tenths).id)
    return asks, truth


def test_two_thousand_made_up_shipments_find_their_corridor(network: Network) -> None:
    asks, truth = _made(network, 2000)
    found = match(asks, network)
    wrong = [
        (ask, one) for ask, one, corridor in zip(asks, found, truth, strict=True)
        if one.corridor_id != corridor
    ]  # fmt: skip
    assert len(wrong) <= 2, wrong[:3]
    for one in found:
        if one.status == "matched":
            assert sum(tenths for _, _, tenths in one.parts) == one.distance_km_tenths
            assert one.province_km_tenths is not None
            assert one.domestic_km_tenths is not None
            assert 0 < one.province_km_tenths <= one.domestic_km_tenths


def test_every_made_up_wrong_port_is_flagged(network: Network) -> None:
    asks, _ = _made(network, 500)
    others = {"E": "0603", "M": "0705"}
    ports = {one.unit_key: one.port for one in match(asks, network)}
    wrong = [
        replace(ask, exit_customs=others["E" if "erenhot" in str(ports[ask.unit_key]) else "M"])
        for ask in asks
        if ask.mode == "ROAD"
    ]
    assert wrong
    assert all(one.status != "matched" for one in match(wrong, network))


def test_the_order_of_the_shipments_changes_nothing(network: Network) -> None:
    asks, _ = _made(network, 200)
    assert match(asks[::-1], network)[::-1] == match(asks, network)
