"""Amendment 路网修改: corridors, places, ports, hubs and names put into a network, as one value.

What a league proposes, and what a file brings that is no whole network. It is laid over whatever
network is in force on its day, so that others may change other things in the meantime.
"""

from dataclasses import dataclass, replace
from typing import Any

from ingest.network import text
from ingest.network.model import Corridor, Hub, Network, Place, Port

KINDS = ("corridors", "places", "ports", "hubs")
"""Lists of a network that it may change, whose things have ids."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Further names 别名 by which a place is known."""

    place: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    """Things new or in the place of those of the same id; names of places to be added."""

    corridors: tuple[Corridor, ...] = ()
    places: tuple[Place, ...] = ()
    ports: tuple[Port, ...] = ()
    hubs: tuple[Hub, ...] = ()
    names: tuple[Naming, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return JSON values, the same every time."""
        return text.as_json(self)

    @classmethod
    def from_json(cls, body: dict[str, object]) -> "Amendment":
        """Read what `as_json` gave; raises ValueError for what is none."""
        return text.from_json(cls, body)

    def apply(self, network: Network) -> Network:
        """Return the network with it laid over; raises KeyError for a name of no place."""
        lists = {kind: _laid(network, self, kind) for kind in KINDS}
        places = {one.id: one for one in lists["places"]}
        for naming in self.names:
            place = places[naming.place]
            aliases = tuple(dict.fromkeys((*place.aliases, *naming.aliases)))
            places[naming.place] = replace(place, aliases=aliases)
        return replace(
            network,
            corridors=lists["corridors"],
            places=tuple(places.values()),
            ports=lists["ports"],
            hubs=lists["hubs"],
        )

    def overtaken(self, then: Network, now: Network) -> tuple[str, ...]:
        """Return the ids of what it replaces that is otherwise now than it was then."""
        mine = [(one.id, kind) for kind in KINDS for one in getattr(self, kind)]
        return tuple(
            name for name, kind in mine if _named(then, kind, name) != _named(now, kind, name)
        )


def _laid(network: Network, amendment: Amendment, kind: str) -> tuple[Any, ...]:
    """A list of the network with what the amendment puts into it; what is new comes last."""
    found = {one.id: one for one in getattr(network, kind)}
    return tuple((found | {one.id: one for one in getattr(amendment, kind)}).values())


def _named(network: Network, kind: str, name: str) -> object:
    return next((one for one in getattr(network, kind) if one.id == name), None)
