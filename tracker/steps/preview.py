"""Preview 预览: what a checked manifest would earn, matched and assessed dry, nothing kept.

Whole columns at a time, with the rule of the method in force; facts are those of `steps.facts`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Ask, Match, match
from ingest.matching.asked import NAMES
from ingest.network import Network
from ingest.units import Units, units
from rules.batch import Facts
from rules.facts import FACTS
from rules.registry import Registry
from tracker.models.cargo import Manifest, Shipment
from tracker.models.methods import Method
from tracker.models.people import Firm, League
from tracker.steps import assessment, facts, methods, networks, pins, programmes
from tracker.steps.shipments import units_of
from tracker.steps.sorting import Sorting

EARNING = ("new", "changed", "replaces")
"""States of rows that would earn something."""
ASKED = list(NAMES[1:])
"""What the route of a unit depends on."""
FOUND = {
    **dict.fromkeys(("status", "league", "hub", "port", "corridor_id"), pl.String),
    **dict.fromkeys(("distance_km_tenths", "domestic_km_tenths", "province_km_tenths"), pl.Int64),
}
ROUTED = {"unit": pl.UInt32, **FOUND}


def estimate(
    session: Session, registry: Registry, manifest: Manifest, accepted: Sorting
) -> int | None:
    """Fen the new and changed rows would earn as the books stand; None when nothing can be told.

    Contested rows earn nothing. The result is a preview only: the queue of acceptance decides.
    """
    going = accepted.only(EARNING)
    if not len(going):
        return None
    made = going.units if len(going) == len(going.lines) else units(going.chosen())
    routes = _set_by_hand(session, manifest.firm, made, _routed(session, made))
    routes = routes.filter(pl.col("status") == "matched")
    return _priced(session, registry, [facts.columns(made, routes, manifest.firm.uscc)])


def on_route(
    session: Session, registry: Registry, found: Sequence[Shipment], routes: Mapping[int, Match]
) -> int | None:
    """Fen that shipments taken in would earn on these routes, by id; None where nobody knows."""
    known: list[pl.DataFrame] = []
    by_firm: dict[str, list[Shipment]] = defaultdict(list)
    for one in found:
        if one.id in routes:
            by_firm[one.firm.uscc].append(one)
    for uscc, some in by_firm.items():
        by_key = {one.unit_key: routes[one.id] for one in some}
        lines = [line for unit in units_of(session, some).values() for line in unit.lines]
        made = units(lines)
        rows = [
            (place, *(getattr(by_key[key], name) for name in FOUND))
            for place, key in enumerate(made.table["unit_key"])
            if key in by_key
        ]
        known.append(facts.columns(made, pl.DataFrame(rows, ROUTED, orient="row"), uscc))
    return _priced(session, registry, known)


def _priced(session: Session, registry: Registry, known: Sequence[pl.DataFrame]) -> int | None:
    """Fen they would earn by the methods in force, after all that stands."""
    leagues = {league.code: league.id for league in session.scalars(select(League))}
    programme = programmes.of_code(session)
    found: dict[int, list[pl.DataFrame]] = defaultdict(list)
    dry: dict[int, Method] = {}
    days = ("league", "departure_day")
    every = (one for frame in known for one in frame.group_by(*days, maintain_order=True))
    for (code, day), some in every:
        league = leagues.get(str(code))
        method = league and methods.in_force(
            session, league, programme.id, date.fromisoformat(str(day))
        )
        if method:
            dry[method.id] = method
            found[method.id].append(some)
    batches = [(dry[key], _batch(pl.concat(parts))) for key, parts in found.items()]
    return assessment.estimate(session, registry, batches) if batches else None


def _batch(known: pl.DataFrame) -> Facts:
    ordered = known.sort("order")
    return Facts.of_columns({name: ordered[name].to_list() for name in FACTS})


def _routed(session: Session, made: Units) -> pl.DataFrame:
    """What is found of each unit's route by the network in force on its day, if there is one."""
    asked = made.table.with_row_index("unit").select("unit", "departure_date", *ASKED)
    asked = asked.with_columns(pl.col(ASKED).fill_null(""))
    parts = [pl.DataFrame(schema=ROUTED)]
    for network, days in _networks(session, asked["departure_date"]):
        some = asked.filter(pl.col("departure_date").is_in(pl.Series(days).implode()))
        routes = some.select(ASKED).unique(maintain_order=True)
        asks = [Ask(unit_key="", **one) for one in routes.to_dicts()]
        routes = routes.with_row_index("route")
        matched = match(asks, network)
        rows = [tuple(getattr(one, name) for name in FOUND) for one in matched]
        told = pl.DataFrame(rows, FOUND, orient="row").with_row_index("route")
        asking = some.join(routes, on=ASKED).select("unit", "route")
        parts.append(asking.join(told, on="route").select(list(ROUTED)))
    return pl.concat(parts)


def _set_by_hand(session: Session, firm: Firm, made: Units, routes: pl.DataFrame) -> pl.DataFrame:
    """The routes with those that a reviewer set, of units that say what they said then."""
    if not (by_key := pins.of_firm(session, firm.id)):
        return routes
    keys = pl.Series(list(by_key)).implode()
    some = made.table.with_row_index("unit").filter(pl.col("unit_key").is_in(keys))
    rows = []
    for one in some.select("unit", "unit_key", "departure_date", *ASKED).iter_rows(named=True):
        words, pin = {name: one[name] or "" for name in ASKED}, by_key[one["unit_key"]]
        version = networks.in_force(session, date.fromisoformat(str(one["departure_date"])))
        if version is None or pin.asked_sha256 != pins.sha256(words):
            continue
        network = networks.opened(version).on(date.fromisoformat(str(one["departure_date"])))
        if route := pins.routed(words, pin.corridor, pin.places, network):
            rows.append((one["unit"], *(getattr(route, name) for name in FOUND)))
    told = pl.DataFrame(rows, ROUTED, orient="row")
    return pl.concat([routes.join(told, on="unit", how="anti"), told])


def _networks(session: Session, days: pl.Series) -> Iterator[tuple[Network, list[str]]]:
    """The networks in force on these days, as seen then, each with its days."""
    found: dict[Network, list[str]] = defaultdict(list)
    for text in days.unique().sort().to_list():
        day = date.fromisoformat(text)
        version = networks.in_force(session, day)
        if version is not None:
            found[networks.opened(version).on(day)].append(text)
    yield from found.items()
