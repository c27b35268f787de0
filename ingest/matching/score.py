"""Score 评分: how well every corridor 通道 fits every route asked for, as columns.

Weights and tolerances are those of the study behind design/routes.md: origin .20, hub .15,
port .35, far end .30, each falling off with its distance from the corridor; a wrong order costs
0.7, and of corridors that hold the whole route the shorter one is preferred. A place that only a
variant passes weighs half, so that a corridor registered through it is preferred.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.network import Network
from ingest.network.geometry import REGISTERED, Floats, Ints, place_table

Bools = NDArray[np.bool_]
MODES = ("ROAD", "RAIL")
ORIGIN, HUB, PORT, FAR = 0.20, 0.15, 0.35, 0.30
TOLERANCE_KM, REACH_KM, TOWN_KM = 40.0, 50.0, 30.0
"""A place fades over 40 km and is off a corridor beyond 50; a border station lies within 30."""
OUT_OF_ORDER, OTHER_PORT_OF_TOWN, BY_STATION = 0.3, 0.5, 0.8
BY_VARIANT = 0.5
COUNTRY_OF_END, COUNTRY_PASSED = 0.6, 0.4
SLACK_TENTHS, SAME_TENTHS, SAME_SHARE = 10, 20, 0.01
"""Routes are the same in substance: one port, within 2 km at home and 1 % (or 2 km) in all."""


class Wanted(NamedTuple):
    """A route asked for, as indices (-1 blank, -2 unknown) and trust per mille."""

    mode: int
    imported: bool
    near: int
    near_trust: int
    hub: int
    hub_trust: int
    office: int
    border: int
    far: int
    far_trust: int
    country: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What a network says, as arrays over its corridors; one row more stands for "not known"."""

    distance_km: Floats
    chainage: Ints
    weight: Floats
    """1 on the registered line, less where only a variant passes."""
    rail: Ints
    border: Ints
    length: Ints
    town: Ints
    port: Ints
    office_fit: Floats
    country_fit: Floats
    country_entry: Ints
    country_reach: Ints


@dataclass(frozen=True, slots=True)
class Scores:
    """What was found, asked x corridor: fitness and the chainages the km run between."""

    evidence: Floats
    rank: Floats
    start: Ints
    end: Ints
    port_fit: Floats
    in_order: Bools
    eligible: Bools
    start_on: Bools
    far_on: Bools


@dataclass(frozen=True, slots=True)
class Choice:
    """The best corridor of each, the next one that differs in substance, and those that do not."""

    best: Ints
    runner: Ints
    margin: Floats
    same: Bools


@lru_cache(maxsize=8)
def tables(network: Network) -> Tables:
    """Build the arrays of a network, once."""
    places = place_table(network)
    corridors = network.corridors
    where = {place.id: index for index, place in enumerate(network.places)}
    towns = {port.id: where.get(port.place or "", -1) for port in network.ports}
    numbers = {port.id: index for index, port in enumerate(network.ports)}
    fit, entry, reach = _countries(network)
    return Tables(
        distance_km=places.distance_km,
        chainage=places.chainage,
        weight=np.where(places.variant == REGISTERED, 1.0, BY_VARIANT),
        rail=np.array([MODES.index(corridor.mode) for corridor in corridors]),
        border=np.array([corridor.border_km_tenths for corridor in corridors]),
        length=np.array([one.end_km_tenths - one.start_km_tenths for one in corridors]),
        town=np.array([towns[corridor.port] for corridor in corridors]),
        port=np.array([numbers[corridor.port] for corridor in corridors]),
        office_fit=_offices(network, towns),
        country_fit=fit,
        country_entry=entry,
        country_reach=reach,
    )


def score(wanted: list[Wanted], table: Tables) -> Scores:
    """Score every corridor for every route wanted."""
    column = {
        name: np.array([getattr(one, name) for one in wanted], dtype=np.int64)[:, None]
        for name in Wanted._fields
    }
    near, hub, far = (np.maximum(column[name], -1)[:, 0] for name in ("near", "hub", "far"))
    start_on, start, fit = _start(near, hub, column, table)
    far_on, end, end_fit, reach = _far(far, column, table)
    port_fit = _port(column, table)
    in_order = (start <= table.border + SLACK_TENTHS) & (end >= table.border - SLACK_TENTHS)
    in_order &= start < end
    evidence = fit + PORT * port_fit + FAR * end_fit
    evidence = np.where(in_order, evidence, evidence * OUT_OF_ORDER)
    mode_fits = (column["mode"] < 0) | (column["mode"] == table.rail)
    eligible = mode_fits & start_on & far_on
    used = np.clip((reach - start) / table.length, 0.0, 1.0)
    rank = np.where(eligible, evidence * (0.7 + 0.3 * used), 0.0)
    return Scores(evidence, rank, start, end, port_fit, in_order, eligible, start_on, far_on)


def choose(scores: Scores, table: Tables) -> Choice:
    """Take the best corridor of each; the margin is to the next that differs in substance."""
    best = scores.rank.argmax(axis=1)
    mine = best[:, None]
    total = scores.end - scores.start
    home = table.border - scores.start
    off_total = np.abs(total - np.take_along_axis(total, mine, 1))
    off_home = np.abs(home - np.take_along_axis(home, mine, 1))
    same = off_total <= np.maximum(SAME_TENTHS, SAME_SHARE * np.take_along_axis(total, mine, 1))
    same &= (off_home <= SAME_TENTHS) & (table.port == table.port[mine]) & scores.eligible
    others = np.where(same, 0.0, scores.rank)
    np.put_along_axis(others, mine, 0.0, 1)
    runner = others.argmax(axis=1)
    first, second = scores.rank.max(axis=1), others.max(axis=1)
    np.put_along_axis(same, mine, values=False, axis=1)
    return Choice(best, np.where(second > 0, runner, -1), first - second, same)


def _start(
    near: Ints, hub: Ints, column: dict[str, Ints], table: Tables
) -> tuple[Bools, Ints, Floats]:
    """Whether the route begins on the corridor, where its km begin, and what that weighs."""
    near_km, hub_km = table.distance_km[near], table.distance_km[hub]
    known = column["hub"] >= 0
    start_on = np.where(known, hub_km <= REACH_KM, near_km <= REACH_KM)
    start = np.where(known, table.chainage[hub], table.chainage[near])
    weight = ORIGIN * _fade(near_km) * table.weight[near] * column["near_trust"] / 1000
    weight += HUB * _fade(hub_km) * table.weight[hub] * column["hub_trust"] / 1000
    return start_on, start, weight


def _far(far: Ints, column: dict[str, Ints], table: Tables) -> tuple[Bools, Ints, Floats, Ints]:
    """Whether the far end is on the corridor, where km end, what it weighs, how far it reaches."""
    country = np.maximum(column["country"], -1)[:, 0]
    far_km, known = table.distance_km[far], column["far"] >= 0
    entry, named = table.country_entry[country], column["country"] >= 0
    far_on = np.where(known, far_km <= REACH_KM, ~named | (entry >= 0))
    end = np.where(known, table.chainage[far], np.where(entry >= 0, entry, table.border))
    reach = np.where(known, end, np.where(named, table.country_reach[country], table.border))
    by_place = _fade(far_km) * table.weight[far] * column["far_trust"] / 1000
    return far_on, end, np.where(known, by_place, table.country_fit[country]), reach


def _port(column: dict[str, Ints], table: Tables) -> Floats:
    office, border = (np.maximum(column[name], -1)[:, 0] for name in ("office", "border"))
    beside = np.abs(table.chainage[border] - table.border) <= TOWN_KM * 10
    beside &= table.distance_km[border] <= TOWN_KM
    by_station = np.where(beside, BY_STATION, 0.0)
    return np.where(column["office"] >= 0, table.office_fit[office], by_station)


def _fade(distance_km: Floats) -> Floats:
    found: Floats = np.exp(-((distance_km / TOLERANCE_KM) ** 2))
    return found


def _offices(network: Network, towns: dict[str, int]) -> Floats:
    """Fit of each port, then of each town (the row of its place), with each corridor's port."""
    count = len(network.ports)
    fit = np.zeros((count + len(network.places) + 1, len(network.corridors)))
    for column, corridor in enumerate(network.corridors):
        town = towns[corridor.port]
        for row, port in enumerate(network.ports):
            if port.id == corridor.port:
                fit[row, column] = 1.0
            elif town >= 0 and towns[port.id] == town:
                fit[row, column] = OTHER_PORT_OF_TOWN
        if town >= 0:
            fit[count + town, column] = 1.0
    return fit


def _countries(network: Network) -> tuple[Floats, Ints, Ints]:
    """Fit, chainage of entry (-1 where there is no station) and of the last station, by country."""
    shape = (len(network.countries) + 1, len(network.corridors))
    fit = np.zeros(shape)
    entry, reach = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, country in enumerate(network.countries):
        for column, corridor in enumerate(network.corridors):
            begin = corridor.entry_km_tenths(country.code)
            stops = [
                station.km_tenths
                for station in corridor.stations
                if station.kind == "place" and network.place(station.id).country == country.code
            ]
            if begin is None or begin < corridor.border_km_tenths or not stops:
                continue
            fit[row, column] = (
                COUNTRY_OF_END if country.code == corridor.country else COUNTRY_PASSED
            )
            entry[row, column], reach[row, column] = begin, max(stops)
    return fit, entry, reach
