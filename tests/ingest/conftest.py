"""What the tests of `ingest` share."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.formats import _process
from ingest.match import Ask, Match, match
from ingest.network import Corridor, Network, load_seed
from ingest.network.text import from_json
from tests.ingest import apart
from tests.ingest.match_samples import Route

DECOY = Path(__file__).parents[1] / "data" / "decoy_corridor.json"


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files without a child, which costs a start each; test_hostile.py reads with it."""
    monkeypatch.setattr(_process, "ask", apart.ask)


@pytest.fixture(scope="session")
def network() -> Network:
    """The network that the program comes with."""
    return load_seed()


@pytest.fixture(scope="session")
def wider(network: Network) -> Network:
    """The network with a corridor more, to lead astray."""
    decoy = from_json(Corridor, json.loads(DECOY.read_text(encoding="utf-8")))
    return replace(network, corridors=(*network.corridors, decoy))


@pytest.fixture(scope="session")
def route(network: Network) -> Route:
    """Match one shipment: from Hohhot by road through Erenhot to Germany unless told otherwise."""

    def one(**said: Any) -> Match:  # noqa: ANN401  any field of an Ask
        usual: dict[str, Any] = {
            "unit_key": "ROAD|1",
            "mode": "ROAD",
            "origin_place": "呼和浩特",
            "hub": "呼和浩特",
            "exit_customs": "0705",
            "dest_country": "DE",
            "dest_place": "杜伊斯堡",
        }
        return match([Ask(**{**usual, **said})], network)[0]

    return one
