"""Network words 路网用语: what people read for the parts of a network and for what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from ingest.network import Network
from ingest.network.changes import Change
from tracker.errors import mark
from tracker.web.filters import tongue

KINDS: dict[str, str] = {
    "corridors": mark("Corridor"),
    "places": mark("Place"),
    "ports": mark("Port"),
    "hubs": mark("Hub"),
    "leagues": mark("League"),
    "countries": mark("Country"),
}
WHATS: dict[str, str] = {
    "added": mark("added"),
    "removed": mark("removed"),
    "names": mark("names"),
    "mode": mark("mode of transport"),
    "modes": mark("mode of transport"),
    "port": mark("exit port"),
    "km_source": mark("source of the km"),
    "valid_from": mark("first day registered"),
    "valid_to": mark("last day registered"),
    "length": mark("whole distance (km)"),
    "km": mark("km at %(station)s"),
    "breakpoints": mark("leagues and countries from km"),
    "line": mark("the line (vertices)"),
    "variants": mark("variants"),
    "moved": mark("moved by %(station)s km"),
    "aliases": mark("further names"),
    "country": mark("country"),
    "league": mark("league"),
    "source": mark("source"),
    "place": mark("place"),
    "offices": mark("customs offices"),
    "town_offices": mark("customs offices of the town"),
    "basis": mark("registered by"),
    "within": mark("lies within"),
}
"""What changed -> msgid; ``station`` is where, or how far."""


@dataclass(frozen=True)
class Told:
    """A change in words."""

    kind: str
    id: str
    what: str
    before: str
    after: str


def told(found: Sequence[Change], *networks: Network) -> list[Told]:
    """Changes in words, with the names of stations as any of the networks has them."""
    language = tongue()
    names: dict[str, str] = {}
    for network in networks:
        names |= {one.id: one.names.text(language) for one in network.places}
        names |= {one.id: one.names.text(language) for one in network.ports}
    return [
        Told(
            kind=gettext(KINDS[one.kind]),
            id=one.id,
            what=gettext(WHATS[one.what], station=names.get(one.at, one.at)),
            before=one.before,
            after=one.after,
        )
        for one in found
    ]
