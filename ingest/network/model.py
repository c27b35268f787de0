"""The network 路网 as values: corridors 通道, places 地点, hubs 集结中心, ports 口岸, leagues 盟市.

A network is immutable and known by its hash; the tracker keeps each version and hands it back.
Numbers are integers: km in tenths, degrees in ten-thousandths (WGS-84), chainage of a vertex in
metres, so that the same network has the same bytes everywhere.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from ingest.network import text

Mode = Literal["ROAD", "RAIL"]
PartKind = Literal["league", "country"]
Vertices = tuple[tuple[int, int, int], ...]
"""Longitude and latitude in ten-thousandths of a degree, chainage in metres."""
Part = tuple[PartKind, str, int]
"""Kind, code and tenths of km. A `country` part `CN` is China outside the leagues."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call a thing, Chinese first."""

    zh: str
    en: str
    ru: str = ""

    def text(self, lang: str = "zh") -> str:
        """Return the name in the language, the Chinese one where it has none."""
        return {"en": self.en, "ru": self.ru}.get(lang, self.zh) or self.zh


@dataclass(frozen=True, slots=True)
class League:
    """A unit that sets its own method 盟市; `code` is GB/T 2260, `within` the league around it."""

    code: str
    names: Names
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 alpha-2 code, with what else manifests call it."""

    code: str
    names: Names
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A town or station 地点; `league` is the GB/T 2260 code of the unit it lies in."""

    id: str
    names: Names
    country: str
    league: str | None
    lon_e4: int
    lat_e4: int
    aliases: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """A port 口岸. The highway and the railway port of one town are two ports.

    `offices` are customs offices of this port alone, `town_offices` those that name only the town,
    where the mode of transport decides. `place` is the town, None where it is off every corridor.
    """

    id: str
    names: Names
    modes: tuple[Mode, ...]
    place: str | None = None
    offices: tuple[str, ...] = ()
    town_offices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """A registered hub 集结中心 at a place; `basis` says what it is registered by."""

    id: str
    place: str
    names: Names
    basis: str


@dataclass(frozen=True, slots=True)
class Station:
    """A place or port on a corridor and its chainage, the km that count."""

    kind: Literal["place", "port"]
    id: str
    km_tenths: int


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """From this chainage on the corridor runs in this league or country, until the next one."""

    km_tenths: int
    kind: PartKind
    code: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A legal alternative 备选路段: it leaves the registered line and comes back to it.

    Its vertices carry the chainages of the registered line, whose km are paid whichever way was
    driven; so do its stations, places that only the alternative passes.
    """

    id: str
    names: Names
    basis: str
    """By what document or practice it is legal."""
    line: Vertices
    stations: tuple[Station, ...] = ()


@dataclass(frozen=True, slots=True)
class Corridor:
    """A registered line 通道 from its hub outwards, with km, parts, and where it runs.

    `line` only says where on the corridor something is. Km that count are differences of chainage.
    `km_source` says where the km come from: `computed_from_osm` is a calculation; anything else
    names the official document.
    """

    id: str
    mode: Mode
    names: Names
    port: str
    km_source: str
    stations: tuple[Station, ...]
    breakpoints: tuple[Breakpoint, ...]
    line: Vertices
    variants: tuple[Variant, ...] = field(default=(), metadata=text.LATER)
    valid_from: date | None = field(default=None, metadata=text.LATER)
    """First day of departure it is registered for; None where it always was."""
    valid_to: date | None = field(default=None, metadata=text.LATER)
    """Last day of departure; None until further notice."""

    def holds_on(self, day: date) -> bool:
        """Whether it is registered for departures of that day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    @property
    def start_km_tenths(self) -> int:
        """Chainage of the first station."""
        return self.stations[0].km_tenths

    @property
    def end_km_tenths(self) -> int:
        """Chainage of the last station."""
        return self.stations[-1].km_tenths

    @property
    def border_km_tenths(self) -> int:
        """Chainage of the exit port, where the corridor leaves China."""
        return self.station(self.port, "port").km_tenths

    @property
    def country(self) -> str:
        """The country the corridor ends in."""
        return self.breakpoints[-1].code

    def station(self, name: str, kind: str = "place") -> Station:
        """Return the station of that id; raises KeyError where the corridor does not stop there."""
        for station in self.stations:
            if (station.id, station.kind) == (name, kind):
                return station
        raise KeyError(f"corridor {self.id} has no {kind} {name}")

    def pieces(self) -> tuple[tuple[Breakpoint, int], ...]:
        """Return each part of the corridor with the chainage at which it ends."""
        ends = [point.km_tenths for point in self.breakpoints[1:]]
        return tuple(zip(self.breakpoints, [*ends, self.end_km_tenths], strict=True))

    def parts(self, one_km_tenths: int, other_km_tenths: int) -> tuple[Part, ...]:
        """Apportion the km between two chainages; they add up to the distance exactly.

        A part that is entered twice (Russia, Kazakhstan, Russia) is summed, in order of entry.
        """
        low, high = sorted((one_km_tenths, other_km_tenths))
        found: dict[tuple[PartKind, str], int] = {}
        for point, end in self.pieces():
            tenths = min(high, end) - max(low, point.km_tenths)
            if tenths > 0:
                found[point.kind, point.code] = found.get((point.kind, point.code), 0) + tenths
        return tuple((kind, code, tenths) for (kind, code), tenths in found.items())

    def entry_km_tenths(self, country: str) -> int | None:
        """Return the chainage at which the corridor first enters a foreign country."""
        entries = (point.km_tenths for point in self.breakpoints if point.code == country)
        return next(entries, None)


@dataclass(frozen=True)
class Network:
    """All corridors, places, ports, hubs, leagues and countries of one version 路网版本."""

    corridors: tuple[Corridor, ...]
    places: tuple[Place, ...]
    ports: tuple[Port, ...]
    hubs: tuple[Hub, ...]
    leagues: tuple[League, ...]
    countries: tuple[Country, ...]
    attribution: str = field(default="")
    before: str = field(default="", metadata=text.LATER)
    """SHA-256 of the version this one was made from; empty for one that was made from none."""

    def __hash__(self) -> int:
        """Hash by content, computed once."""
        return hash(self.sha256)

    def as_json(self) -> dict[str, object]:
        """Return the network as JSON values: strings, integers, lists; the same every time."""
        return text.as_json(self)

    @classmethod
    def from_json(cls, body: dict[str, object]) -> "Network":
        """Read what `as_json` gave; raises ValueError for what is none.

        Whether the parts fit together is for `checks.faults` to say, before a network is kept.
        """
        return text.from_json(cls, body)

    def on(self, day: date) -> "Network":
        """The network as shipments that leave on that day see it: the corridors valid then."""
        names = tuple(one.id for one in self.corridors if one.holds_on(day))
        return self if len(names) == len(self.corridors) else _narrowed(self, names)

    @cached_property
    def sha256(self) -> str:
        """The network's name: SHA-256 of its canonical JSON."""
        return text.sha256(self.as_json())

    def corridor(self, name: str) -> Corridor:
        """Return a corridor by id; raises KeyError."""
        return self._corridors[name]

    def port(self, name: str) -> Port:
        """Return a port by id; raises KeyError."""
        return self._ports[name]

    def place(self, name: str) -> Place:
        """Return a place by id; raises KeyError."""
        return self._places[name]

    def country_names(self, code: str) -> Names:
        """Return a country's names; the code itself where it is not listed."""
        return self._countries.get(code, Names(code, code, code))

    @cached_property
    def _corridors(self) -> dict[str, Corridor]:
        return {corridor.id: corridor for corridor in self.corridors}

    @cached_property
    def _ports(self) -> dict[str, Port]:
        return {port.id: port for port in self.ports}

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def _countries(self) -> dict[str, Names]:
        return {country.code: country.names for country in self.countries}


@lru_cache(maxsize=64)
def _narrowed(network: Network, names: tuple[str, ...]) -> Network:
    return replace(network, corridors=tuple(map(network.corridor, names)))
