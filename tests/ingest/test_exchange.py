"""Networks and changes as files: written, read back, laid over, and laid beside each other."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ingest.network import Network, faults
from ingest.network.amendment import Amendment, Naming
from ingest.network.changes import Change, changes
from ingest.network.exchange import MOST_BYTES, FileError, of, read, write
from ingest.network.official import calibrated


def test_a_network_and_an_amendment_come_back_from_their_files(network: Network) -> None:
    assert read(write(network)) == network
    corridor = replace(network.corridors[0], valid_from=date(2026, 1, 1))
    amendment = Amendment(
        (corridor,), network.places[:2], hubs=network.hubs[:1], names=(Naming("moscow", ("示例",)),)
    )
    assert read(write(amendment)) == amendment
    named: dict[str, Any] = {"names": [{"place": "moscow", "aliases": ["示例"]}]}
    assert of({"format": "route-network/1", "amendment": named}) == replace(
        amendment, corridors=(), places=(), hubs=()
    )


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"PK\x03\x04", "JSON"),
        (b"{", "第 1 行"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "format"),
        (b'{"format": "route-network/2", "network": {}}', "format"),
        (b'{"format": "route-network/1"}', "network"),
        (b'{"format": "route-network/1", "network": {}, "amendment": {}}', "network"),
        (b'{"format": "route-network/1", "network": {}}', "字段不符"),
        (b'{"format": "route-network/1", "amendment": []}', "字段不符"),
        (b" " * (MOST_BYTES + 1), "MB"),
        (b'{"format": ' + b"1" * 5000 + b"}", "JSON"),
    ],
)
def test_a_file_that_is_none_of_ours_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(FileError, match=why):
        read(raw)


def test_a_wrong_value_in_a_file_is_told_with_its_place(network: Network) -> None:
    body = json.loads(write(network))
    body["network"]["corridors"][2]["stations"][1]["km_tenths"] = "12"
    with pytest.raises(FileError, match=r"corridors: \[2\]: stations: \[1\]: km_tenths"):
        of(body)
    body["network"]["corridors"][2]["stations"][1]["km_tenths"] = 10**30
    with pytest.raises(FileError, match="km_tenths"):
        of(body)


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_a_text_with_what_no_text_has_is_told_with_its_place(network: Network, sign: str) -> None:
    body = json.loads(write(network))
    body["network"]["places"][3]["aliases"] = [f"示例{sign}"]
    with pytest.raises(FileError, match=r"places: \[3\]: aliases: \[0\]"):
        read(json.dumps(body).encode())


def test_chainages_that_are_otherwise_are_told_where_no_station_says_so(network: Network) -> None:
    first, far = network.corridors[0], network.corridor("T03")
    line = (*first.line[:-1], (*first.line[-1][:2], first.line[-1][2] + 50))
    way = far.variants[0]
    other = replace(way, stations=(replace(way.stations[0], km_tenths=1), *way.stations[1:]))
    bent = replace(way, line=(*way.line[:-1], (*way.line[-1][:2], way.line[-1][2] + 50)))
    for corridor, what in (
        (replace(first, line=line), "line_km"),
        (replace(far, variants=(other,)), "variants"),
        (replace(far, variants=(bent,)), "variants"),
    ):
        told = changes(network, Amendment((corridor,)).apply(network))
        assert [(one.id, one.what) for one in told] == [(corridor.id, what)]


def test_an_amendment_adds_replaces_and_names_and_leaves_the_rest(network: Network) -> None:
    first = replace(network.corridors[0], km_source="示例里程表")
    new = replace(network.corridor("T03"), id="T33")
    port = replace(network.port("ganqimaodu"), place="bayannur")
    named = (Naming("moscow", ("示例货场", "Moskva")),)
    found = Amendment((first, new), ports=(port,), names=named).apply(network)
    assert found.port("ganqimaodu") == port
    assert found.corridors[0] == first
    assert found.corridors[-1] == new
    assert len(found.corridors) == len(network.corridors) + 1
    assert found.place("moscow").aliases == (*network.place("moscow").aliases, "示例货场")
    assert faults(found) == []
    assert Amendment().apply(network) == network
    with pytest.raises(KeyError):
        Amendment(names=(Naming("nowhere", ("x",)),)).apply(network)


def test_an_amendment_is_overtaken_where_what_it_replaces_changed_meanwhile(
    network: Network,
) -> None:
    first, other = network.corridors[:2]
    mine = Amendment((replace(first, km_source="示例"),))
    moved = Amendment((replace(first, km_source="另一份"),)).apply(network)
    apart = Amendment((replace(other, km_source="另一份"),)).apply(network)
    assert mine.overtaken(network, moved) == (first.id,)
    assert mine.overtaken(network, apart) == ()


def test_what_one_network_says_otherwise_is_told_line_by_line(network: Network) -> None:
    assert changes(network, network) == ()
    first = network.corridors[0]
    official = {("place", "hohhot"): 0, ("place", "erenhot"): 4750}
    place = replace(network.places[0], lon_e4=network.places[0].lon_e4 + 1000, aliases=("示例",))
    after = replace(
        network,
        corridors=(calibrated(first, official, "示例里程表"), *network.corridors[2:]),
        places=(place, *network.places[1:]),
        hubs=network.hubs[1:],
    )
    told = changes(network, after)
    assert [one for one in told if one.what == "removed"] == [
        Change("corridors", "R02", "removed", network.corridor("R02").names.zh),
        Change("hubs", network.hubs[0].id, "removed", network.hubs[0].names.zh),
    ]
    km = {one.at: (one.before, one.after) for one in told if (one.id, one.what) == ("R01", "km")}
    assert km["erenhot"] == (f"{first.station('erenhot').km_tenths / 10:.1f}", "475.0")
    whats = {one.what for one in told if one.id in {"R01", place.id}}
    assert whats == {"km_source", "length", "km", "breakpoints", "moved", "aliases"}
    (moved,) = (one for one in told if one.what == "moved")
    assert moved.at == "8.0"
