"""The network 路网: corridors, places, hubs, ports and leagues as immutable, hashed values."""

from ingest.network.checks import Fault, faults
from ingest.network.model import (
    Breakpoint,
    Corridor,
    Country,
    Hub,
    League,
    Names,
    Network,
    Part,
    Place,
    Port,
    Station,
    Variant,
)
from ingest.network.seed import load_leagues, load_seed

__all__ = [
    "Breakpoint",
    "Corridor",
    "Country",
    "Fault",
    "Hub",
    "League",
    "Names",
    "Network",
    "Part",
    "Place",
    "Port",
    "Station",
    "Variant",
    "faults",
    "load_leagues",
    "load_seed",
]
