"""What a shipment says of its route, read with the gazetteer 地名表: texts -> terms, as columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ingest.matching.score import MODES, Wanted
from ingest.network import Network
from ingest.network.gazetteer import BLANK, EXACT, UNKNOWN, Term, gazetteer

CHINA = "CN"
Ints = NDArray[np.int32]
Thing = TypeVar("Thing", str, Term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A shipment as far as its route matters; `ingest.shipments.ShipmentUnit` fits as it is.

    `mode` is ROAD or RAIL, `direction` E (out) or I (in), `exit_customs` a customs office code or
    a port's name; blank or None is "not said".
    """

    unit_key: str
    mode: str
    direction: str = "E"
    origin_place: str | None = ""
    hub: str | None = ""
    exit_customs: str | None = ""
    border_station: str | None = ""
    dest_country: str | None = ""
    dest_place: str | None = ""
    origin_country: str | None = ""


NAMES = (
    "unit_key",
    "mode",
    "direction",
    "origin_place",
    "hub",
    "exit_customs",
    "border_station",
    "dest_country",
    "dest_place",
    "origin_country",
)


class Asked(NamedTuple):
    """One route asked for: near end (China) and far end (abroad), whichever way it is driven."""

    mode: str
    direction: str
    near: Term
    hub: Term
    office: Term
    border: Term
    country: Term
    far: Term

    def wanted(self, network: Network) -> Wanted:
        """Turn the terms into the numbers the score works on."""
        far = self.far if self.far_agrees(network) else Term(UNKNOWN, 0, self.far.said)
        hub = self.near if self.hub_by_place(network) else self.hub
        return Wanted(
            mode=MODES.index(self.mode) if self.mode in MODES else -1,
            imported=self.direction == "I",
            near=self.near.index,
            near_trust=self.near.trust,
            hub=hub.index,
            hub_trust=hub.trust,
            office=self.office.index,
            border=self.border.index,
            far=far.index,
            far_trust=far.trust,
            country=self.country.index,
        )

    def hub_by_place(self, network: Network) -> bool:
        """Whether no known hub is named but the near end is a registered one."""
        return self.hub.index < 0 <= self.near.index and (
            network.places[self.near.index].id in {hub.place for hub in network.hubs}
        )

    def far_agrees(self, network: Network) -> bool:
        """Whether the far place may stand: a name read loosely must lie in the declared country.

        One in China stands however it is read: then the ends are swapped, and a person must look.
        """
        exact = self.far.trust == EXACT or not self.country_differs(network)
        return exact or network.places[self.far.index].country == CHINA

    def near_abroad(self, network: Network) -> bool:
        """Whether the end that should be in China lies abroad."""
        return self.near.index >= 0 and network.places[self.near.index].country != CHINA

    def country_differs(self, network: Network) -> bool:
        """Whether the far place lies in another country than the declared one."""
        if self.far.index < 0 or self.country.index < 0:
            return False
        declared = network.countries[self.country.index].code
        return network.places[self.far.index].country != declared


def read(
    shipments: Iterable[object], network: Network
) -> tuple[list[str], list[bytes], dict[bytes, Asked]]:
    """Read shipments: their keys, the route each asks for, and every different route once.

    A route is known by the numbers of its terms as bytes: a tuple for each shipment would be walked
    by the garbage collector over and over, which took half the time of matching 100,000.
    """
    columns = _columns(list(shipments))
    index = gazetteer(network)
    terms: dict[Term, int] = {}
    said: dict[str, int] = {}

    def land(text: str | None) -> Term:
        """Find a country where a place was meant; that it is none is no fault."""
        found = index.country(text)
        return found if found.index >= 0 else BLANK

    numbers = [
        *(_numbers(columns[name], str, said) for name in ("mode", "direction")),
        *(_numbers(columns[name], index.place, terms) for name in ("origin_place", "hub")),
        _numbers(columns["exit_customs"], index.office, terms),
        _numbers(columns["border_station"], index.place, terms),
        _numbers(columns["dest_country"], index.country, terms),
        _numbers(columns["dest_place"], index.place, terms),
        _numbers(columns["dest_place"], land, terms),
        _numbers(columns["origin_country"], index.country, terms),
        _numbers(columns["origin_place"], land, terms),
    ]
    table = np.ascontiguousarray(np.column_stack(numbers), dtype=np.int32)
    whole = np.dtype((np.void, table.itemsize * table.shape[1]))
    combos = cast("list[bytes]", table.view(whole).ravel().tolist())
    texts, listed = list(said), list(terms)
    routes = {}
    for combo in dict.fromkeys(combos):
        mode, direction, *rest = np.frombuffer(combo, dtype=np.int32).tolist()
        found = [listed[number] for number in rest]
        routes[combo] = _asked(texts[mode], texts[direction], found, network)
    return list(map(str, columns["unit_key"])), combos, routes


def _columns(shipments: list[object]) -> dict[str, list[object]]:
    """Read objects, or mappings, column by column."""
    try:
        return {name: list(map(attrgetter(name), shipments)) for name in NAMES}
    except AttributeError:
        return {name: [_said(one, name) for one in shipments] for name in NAMES}


def _said(shipment: object, name: str) -> object:
    return shipment.get(name) if isinstance(shipment, Mapping) else getattr(shipment, name)


def _numbers(
    column: Sequence[object], find: Callable[[str], Thing], things: dict[Thing, int]
) -> Ints:
    """Number what the texts of a column mean, looking every different text up once."""
    known = {
        text: things.setdefault(find(str(text) if text else ""), len(things))
        for text in set(column)
    }
    return np.fromiter(map(known.__getitem__, column), dtype=np.int32, count=len(column))


def _asked(mode: str, direction: str, terms: Sequence[Term], network: Network) -> Asked:
    origin, hub, office, border, to, dest, dest_land, of, origin_land = terms
    if direction == "I":
        near, far, country = dest, origin, _foreign(of, origin_land, to, network)
    else:
        near, far, country = origin, dest, _foreign(to, dest_land, BLANK, network)
    if far.index < 0 <= country.index and country in (dest_land, origin_land):
        far = BLANK
    return Asked(mode, direction, near, hub, office, border, country, far)


def _foreign(first: Term, second: Term, third: Term, network: Network) -> Term:
    """Take the first known country abroad: of the field, of the place's own text, of the other."""
    for term in (first, second, third):
        if term.index >= 0 and network.countries[term.index].code != CHINA:
            return term
    return BLANK
