"""The seed network 种子路网, read from the files beside it (ODbL; see its ATTRIBUTION.md)."""

import csv
import json
from functools import cache
from pathlib import Path

from ingest.network import text
from ingest.network.checks import faults
from ingest.network.model import (
    Corridor,
    Country,
    Hub,
    League,
    Mode,
    Names,
    Network,
    Place,
    Port,
)

SEED = Path(__file__).parent / "seed"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
MODES: tuple[Mode, ...] = ("ROAD", "RAIL")


@cache
def load_seed() -> Network:
    """Return the network the tracker starts from: corridors T01-T06 and R01-R05."""
    body = json.loads((SEED / "corridors.json").read_text(encoding="utf-8"))
    network = Network(
        corridors=tuple(text.from_json(Corridor, each) for each in body),
        places=tuple(_place(row) for row in _rows("places")),
        ports=tuple(_port(row) for row in _rows("ports")),
        hubs=tuple(_hub(row) for row in _rows("hubs")),
        leagues=load_leagues(),
        countries=tuple(
            Country(row["code"], _names(row), _list(row["aliases"])) for row in _rows("countries")
        ),
        attribution=ATTRIBUTION,
    )
    wrong = [str(fault) for fault in faults(network)]
    assert not wrong, wrong
    return network


@cache
def load_leagues() -> tuple[League, ...]:
    """Return the 14 units 盟市 that set methods: twelve leagues and cities, and two port cities."""
    return tuple(
        League(row["code"], _names(row), row["within"] or None) for row in _rows("leagues")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _names(row: dict[str, str]) -> Names:
    return Names(row["zh"], row["en"], row["ru"])


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _place(row: dict[str, str]) -> Place:
    return Place(
        id=row["id"],
        names=_names(row),
        country=row["country"],
        league=row["league"] or None,
        lon_e4=int(row["lon_e4"]),
        lat_e4=int(row["lat_e4"]),
        aliases=_list(row["aliases"]),
        source=row["source"],
    )


def _hub(row: dict[str, str]) -> Hub:
    return Hub(row["id"], row["place"], _names(row), row["basis"])


def _port(row: dict[str, str]) -> Port:
    modes = _list(row["modes"])
    return Port(
        id=row["id"],
        names=_names(row),
        modes=tuple(mode for mode in MODES if mode in modes),
        place=row["place"] or None,
        offices=_list(row["offices"]),
        town_offices=_list(row["town_offices"]),
        aliases=_list(row["aliases"]),
    )
