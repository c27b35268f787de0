"""Network words 路网用语: what people read for the parts of a network and for what changed."""

from collections.abc import Mapping, Sequence
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
    "line_km": mark("km along the line, by up to %(station)s km"),
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

COMPUTED = "computed_from_osm"


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
    language, names = tongue(), names_of(*networks)
    parts = {
        one.code: one.names.text(language)
        for network in networks
        for listed in (network.leagues, network.countries)
        for one in listed
    }
    return [
        Told(
            kind=gettext(KINDS[one.kind]),
            id=one.id,
            what=gettext(WHATS[one.what], station=names.get(one.at, one.at)),
            before=_said(one.what, one.before, parts),
            after=_said(one.what, one.after, parts),
        )
        for one in found
    ]


def names_of(*networks: Network) -> dict[str, str]:
    """Id of each place and port -> its name; a later network's comes first."""
    language = tongue()
    return {
        one.id: one.names.text(language)
        for network in networks
        for listed in (network.places, network.ports)
        for one in listed
    }


def _said(what: str, value: str, parts: Mapping[str, str]) -> str:
    """A value in words: codes of leagues and countries by their names."""
    if what == "km_source" and value == COMPUTED:
        return str(gettext("computed from OpenStreetMap"))
    if what != "breakpoints":
        return value
    pairs = [one.partition("@") for one in value.split()]
    return " · ".join(f"{parts.get(code, code)} {km}" for code, _, km in pairs)
