"""Made-up shipments 编造的货物, each with the truth of it: the same for the same seed.

The truth comes from how a shipment was drawn and from lines walked in steps, not from matching.
Names are written in any language and code the network knows, as people write them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.match import Ask
from ingest.network import Corridor, Network, Place
from tests.ingest.pen import Pen

ON_KM, OFF_KM = 10.0, 55.0
"""So near a line a place is on it, so far away off it; what lies between is not drawn."""
STEP_KM, EARTH_KM = 2.0, 6_371.0
KINDS = {"right": 70, "wrong_port": 10, "swapped": 8, "outside": 12}
"""What is made up, and how many of a hundred."""
CHINA = "CN"
GATHERED = ("义乌", "成都", "Xi'an", "苏州市", "广州", "重庆", "郑州", "Шанхай", "Dongguan", "")
"""Where goods come from that a hub gathers; no place of the network."""
ELSEWHERE = (
    ("东京", "JP"), ("首尔", "KR"), ("Istanbul", "土耳其"), ("Тбилиси", "GE"), ("Hà Nội", "VN"),
    ("马德里", "西班牙"), ("Milano", "IT"), ("Вена", "AT"), ("塔什干", "UZ"), ("Lyon", "法国"),
)  # fmt: skip
"""Towns and countries no corridor serves."""
AXES = ("lon_e4", "lat_e4")


class Made(NamedTuple):
    """A shipment, what was done to it, and the truth: corridor and tenths of km, if any.

    `port` is the one that is declared where it is a wrong one.
    """

    ask: Ask
    kind: str
    corridor: str = ""
    start: int = -1
    end: int = -1
    slack: int = 0
    """Tenths of km by which the truth may be off, as it was walked in steps."""
    port: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is on a corridor; `by_variant` where only an alternative passes it."""

    km_tenths: int
    station: bool = True
    by_variant: bool = False


def made_up(network: Network, count: int, seed: int) -> list[Made]:
    """Make up shipments."""
    return list(Maker(network, seed).shipments(count))


class Maker:
    """Draws shipments and writes them down."""

    def __init__(self, network: Network, seed: int) -> None:
        self.network = network
        self.chance = random.Random(seed)  # noqa: S311  repeatable, not secret
        self.pen = Pen(network, self.chance)

    def shipments(self, count: int) -> Iterator[Made]:
        """Yield made-up shipments of every kind."""
        kinds = self.chance.choices(list(KINDS), list(KINDS.values()), k=count)
        for number, kind in enumerate(kinds):
            made = getattr(self, f"_{kind}")()
            yield made._replace(ask=replace(made.ask, unit_key=f"{kind}|{number}"))

    def _right(self) -> Made:
        """Nothing is wrong but how it is written."""
        drawn = self.chance.choice(self.network.corridors)
        near, far = self._ends(drawn)
        truth = self._holding(drawn, near, far)
        spots = [self.spots[truth.id][one.id] for one in (near, far)]
        start, end = (spot.km_tenths for spot in spots)
        slack = 50 * sum(not spot.station for spot in spots)
        return Made(self._ask(drawn, near, far), "right", truth.id, start, end, slack)

    def _wrong_port(self) -> Made:
        """It names a port that is not on the way: of elsewhere, or of the other mode."""
        made, drawn, _, _ = self._plain("wrong_port")
        port = self.chance.choice([one for one in self.network.ports if one.id != drawn.port])
        mine = self.network.port(drawn.port)
        towns = () if port.place == mine.place else port.town_offices
        office = self.pen.port(port, towns)
        return made._replace(ask=replace(made.ask, exit_customs=office), port=port.id)

    def _swapped(self) -> Made:
        """Origin and destination stand in each other's place."""
        made, _, near, far = self._plain("swapped")
        ask = made.ask
        country = self.chance.choice([near.country, far.country, ""])
        origin, dest = ask.dest_place, ask.origin_place
        if not (origin and dest):
            inward = ask.direction == "I"
            origin, dest = map(self.pen.place, (near, far) if inward else (far, near))
        swapped = replace(ask, origin_place=origin, dest_place=dest, dest_country=country)
        return made._replace(ask=swapped)

    def _outside(self) -> Made:
        """One end, or both, lie off every corridor of the mode."""
        made, drawn, near, far = self._plain("outside")
        ways = self.chance.choice(["far", "near", "both", "land", "unknown"])
        off = self.off[drawn.mode]
        if ways in ("far", "both"):
            far = self.chance.choice([one for one in off if one.country != CHINA])
        if ways in ("near", "both"):
            near = self.chance.choice([one for one in off if one.country == CHINA])
        ask = self._ask(drawn, near, far)
        inward = ask.direction == "I"
        if ways in ("near", "both"):
            hub = self.pen.place(near) if self.chance.random() < 0.5 else ""
            key = "dest_place" if inward else "origin_place"
            ask = replace(ask, hub=hub, **{key: self.pen.place(near)})
        elif ways == "unknown":
            key = "dest_place" if inward else "origin_place"
            ask = replace(ask, hub="", **{key: self.chance.choice(GATHERED)})
        elif ways == "land":
            town, land = self.chance.choice(ELSEWHERE)
            keys = ("origin_place", "origin_country") if inward else ("dest_place", "dest_country")
            ask = replace(ask, **dict(zip(keys, (town, land), strict=True)))
        return made._replace(ask=ask)

    def _plain(self, kind: str) -> tuple[Made, Corridor, Place, Place]:
        drawn = self.chance.choice(self.network.corridors)
        near, far = self._ends(drawn)
        return Made(self._ask(drawn, near, far), kind), drawn, near, far

    def _ask(self, drawn: Corridor, near: Place, far: Place) -> Ask:
        chance, pen = self.chance, self.pen
        inward = chance.random() < 0.3
        said = chance.choice(["both", "both", "origin", "hub"])
        home = chance.choice(GATHERED) if said == "hub" else pen.place(near)
        ends = [home, pen.place(far)]
        land = chance.choice(["", pen.country(far.country)])
        return Ask(
            unit_key="",
            mode=drawn.mode,
            direction="I" if inward else "E",
            origin_place=ends[inward],
            hub="" if said == "origin" else pen.place(near),
            exit_customs=pen.port(self.network.port(drawn.port)),
            border_station=chance.choice(["", "", self._station(drawn)]),
            dest_country=pen.country(CHINA) if inward else land,
            dest_place=ends[not inward],
            origin_country=land if inward else chance.choice(["", CHINA]),
        )

    def _station(self, drawn: Corridor) -> str:
        """The first station across the border."""
        after = (
            one.id
            for one in drawn.stations
            if one.kind == "place" and one.km_tenths > drawn.border_km_tenths
        )
        return self.network.place(next(after)).names.zh

    def _ends(self, drawn: Corridor) -> tuple[Place, Place]:
        """A place in China before the border and one abroad behind it, stations half the time."""
        spots = self.spots[drawn.id]
        stations = {name for name, spot in spots.items() if spot.station}
        found = []
        for home in (True, False):
            side = [
                name
                for name, spot in spots.items()
                if (self.network.place(name).country == CHINA) is home
                and (spot.km_tenths <= drawn.border_km_tenths) is home
            ]
            few = [name for name in side if name in stations]
            found.append(self.network.place(self.chance.choice(few or side)))
            if self.chance.random() < 0.5:
                found[-1] = self.network.place(self.chance.choice(side))
        return found[0], found[1]

    def _holding(self, drawn: Corridor, near: Place, far: Place) -> Corridor:
        """The shortest corridor that holds both ends; one that needs no variant before others."""
        both = (near.id, far.id)
        holding = [
            (any(self.spots[one.id][end].by_variant for end in both), one.end_km_tenths, one.id)
            for one in self.network.corridors
            if one.port == drawn.port and all(end in self.spots[one.id] for end in both)
        ]
        return self.network.corridor(min(holding)[2])

    @cached_property
    def away(self) -> dict[str, dict[str, tuple[float, int, bool]]]:
        """Of each corridor and place: km off, tenths of km along, and whether of a variant."""
        places = self.network.places
        lon, lat = (np.array([getattr(one, axis) for one in places]) for axis in AXES)
        found = {}
        for corridor in self.network.corridors:
            near, at = _walked(corridor.line, lon, lat)
            by = np.zeros(len(places), dtype=bool)
            for variant in corridor.variants:
                beside, along = _walked(variant.line, lon, lat)
                nearer = (near > ON_KM) & (beside < near)
                near, at, by = (
                    np.where(nearer, beside, near), np.where(nearer, along, at), by | nearer
                )  # fmt: skip
            rows = zip(near.tolist(), at.tolist(), by.tolist(), strict=True)
            found[corridor.id] = dict(zip((one.id for one in places), rows, strict=True))
        return found

    @cached_property
    def spots(self) -> dict[str, dict[str, Spot]]:
        """The places on each corridor, without those that are neither on nor off one like it."""
        found: dict[str, dict[str, Spot]] = {}
        for corridor in self.network.corridors:
            stops = {one.id: one.km_tenths for one in corridor.stations if one.kind == "place"}
            by = {
                one.id: one.km_tenths
                for way in corridor.variants
                for one in way.stations
                if one.id not in stops
            }
            found[corridor.id] = {name: Spot(km) for name, km in stops.items()}
            found[corridor.id] |= {name: Spot(km, by_variant=True) for name, km in by.items()}
            for name, (km, at, variant) in self.away[corridor.id].items():
                clear = self._clear(name, corridor.mode)
                inside = corridor.start_km_tenths < at < corridor.end_km_tenths
                if km <= ON_KM and clear and inside and name not in found[corridor.id]:
                    found[corridor.id][name] = Spot(at, station=False, by_variant=variant)
        return found

    def _clear(self, name: str, mode: str) -> bool:
        """Whether a place is plainly on or plainly off each corridor of the mode."""
        kms = (self.away[one.id][name][0] for one in self.network.corridors if one.mode == mode)
        return all(km <= ON_KM or km > OFF_KM for km in kms)

    @cached_property
    def off(self) -> dict[str, list[Place]]:
        """The places off every corridor of a mode."""
        return {
            mode: [
                place
                for place in self.network.places
                if all(
                    self.away[one.id][place.id][0] > OFF_KM
                    for one in self.network.corridors
                    if one.mode == mode
                )
            ]
            for mode in ("ROAD", "RAIL")
        }


def _walked(
    line: tuple[tuple[int, int, int], ...], lon_e4: NDArray[np.int64], lat_e4: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Km from the nearest of many points along a line, and its chainage in tenths of km."""
    vertices = np.array(line, dtype=np.float64)
    metres = np.append(np.arange(vertices[0, 2], vertices[-1, 2], STEP_KM * 1000), vertices[-1, 2])
    x, y = (np.radians(np.interp(metres, vertices[:, 2], vertices[:, n]) / 1e4) for n in (0, 1))
    lon, lat = (np.radians(axis / 1e4)[:, None] for axis in (lon_e4, lat_e4))
    half = np.sin((y - lat) / 2) ** 2 + np.cos(y) * np.cos(lat) * np.sin((x - lon) / 2) ** 2
    nearest = half.argmin(axis=1)
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(half.min(axis=1)))
    return km, np.rint(metres[nearest] / 100).astype(np.int64)
