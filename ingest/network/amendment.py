"""Amendment 路网修改: corridors, places and names to be put into a network, as one value.

What a league proposes, and what a file brings that is no whole network. It is laid over whatever
network is in force on its day, so that others may change other things in the meantime.
"""

from dataclasses import dataclass, replace

from ingest.network import text
from ingest.network.model import Corridor, Network, Place


@dataclass(frozen=True, slots=True)
class Naming:
    """Further names 别名 by which a place is known."""

    place: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amendment:
    """Corridors and places, new or in the place of those of the same id; names to be added."""

    corridors: tuple[Corridor, ...] = ()
    places: tuple[Place, ...] = ()
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
        places = {one.id: one for one in network.places} | {one.id: one for one in self.places}
        for naming in self.names:
            place = places[naming.place]
            aliases = tuple(dict.fromkeys((*place.aliases, *naming.aliases)))
            places[naming.place] = replace(place, aliases=aliases)
        corridors = {one.id: one for one in network.corridors}
        corridors |= {one.id: one for one in self.corridors}
        return replace(network, corridors=tuple(corridors.values()), places=tuple(places.values()))

    def overtaken(self, then: Network, now: Network) -> tuple[str, ...]:
        """Return the ids of what it replaces that is otherwise now than it was then."""
        mine = [(one.id, "corridors") for one in self.corridors]
        mine += [(one.id, "places") for one in self.places]
        return tuple(
            name for name, kind in mine if _named(then, kind, name) != _named(now, kind, name)
        )


def _named(network: Network, kind: str, name: str) -> object:
    return next((one for one in getattr(network, kind) if one.id == name), None)
