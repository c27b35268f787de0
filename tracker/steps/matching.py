"""Matching 匹配线路: which corridor each shipment took, by the network in force on its day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, match
from ingest.network import Network
from ingest.shipments import ShipmentUnit
from tracker import bulk
from tracker.db import chunks
from tracker.errors import mark
from tracker.models.cargo import Route, Shipment
from tracker.models.networks import NetworkVersion
from tracker.models.people import League
from tracker.models.pins import Pin
from tracker.steps import networks, pins

WAITS = {
    "unmatched": mark("No registered corridor fits; a reviewer must look at it."),
    "ambiguous": mark("Several corridors fit; a reviewer must choose."),
}


def place(session: Session, touched: Sequence[Shipment], units: Mapping[int, ShipmentUnit]) -> None:
    """Match the shipments and keep each route as a new version; sets the shipment's league.

    A route that says the same as the standing one is not kept again.
    """
    leagues = {league.code: league for league in session.scalars(select(League))}
    days = {shipment.departure_date for shipment in touched}
    in_force = {day: networks.in_force(session, day) for day in days}
    versions = {version.id: version for version in in_force.values() if version is not None}
    seen = {day: networks.opened(one).on(day) for day, one in in_force.items() if one}
    alike: dict[tuple[int, Network], list[Shipment]] = defaultdict(list)
    for shipment in touched:
        version = in_force[shipment.departure_date]
        if version is None:
            shipment.waits_for = mark("No network of corridors is in force on this day.")
            shipment.league = None
        else:
            alike[version.id, seen[shipment.departure_date]].append(shipment)
    old, by_hand = standing(session, touched), pins.standing(session, touched)
    routes: list[Route] = []
    for (key, network), members in alike.items():
        version = versions[key]
        found = match([units[shipment.id] for shipment in members], network)
        if by_hand:
            found = _by_hand(members, found, by_hand, network)
        bodies: dict[Match, dict[str, object]] = {}  # the same routes again and again
        for shipment, one in zip(members, found, strict=True):
            _set(shipment, one, leagues)
            same = one._replace(unit_key="")
            if same not in bodies:
                bodies[same] = same.as_json()
            route = _route(shipment, version, one, bodies[same] | {"unit_key": one.unit_key})
            before = old.get(shipment.id)
            if before is None or not _same(before, route):
                routes.append(route)
                if before is not None:
                    before.standing = False
    session.flush()
    bulk.insert_all(session, routes)


def _by_hand(
    members: Sequence[Shipment],
    found: Sequence[Match],
    by_hand: Mapping[int, Pin],
    network: Network,
) -> tuple[Match, ...]:
    """The routes with those that a reviewer set; one that fits the network no more waits anew."""
    made = []
    for shipment, one in zip(members, found, strict=True):
        pin = by_hand.get(shipment.id)
        set_on = pin and pins.routed(pins.said(shipment), pin.corridor, pin.places, network)
        made.append(set_on._replace(unit_key=one.unit_key) if set_on else one)
    return tuple(made)


def standing(session: Session, found: Sequence[Shipment]) -> dict[int, Route]:
    """Shipment id -> its standing route."""
    routes: dict[int, Route] = {}
    for keys in chunks([shipment.id for shipment in found]):
        query = select(Route).where(Route.shipment_id.in_(keys), Route.standing)
        routes |= {route.shipment_id: route for route in session.scalars(query)}
    return routes


def _set(shipment: Shipment, found: Match, leagues: dict[str, League]) -> None:
    shipment.league = leagues.get(found.league or "") if found.status == "matched" else None
    shipment.waits_for = WAITS.get(found.status, "")


def _same(old: Route, new: Route) -> bool:
    return old.network_version_id == new.network_version_id and old.match == new.match


def _route(
    shipment: Shipment, version: NetworkVersion, found: Match, body: dict[str, object]
) -> Route:
    return Route(
        shipment_id=shipment.id,
        network_version_id=version.id,
        shipment_version_no=shipment.version_no,
        state=found.status,
        corridor=found.corridor_id,
        hub=found.hub,
        port=found.port,
        league_code=found.league,
        distance_km_tenths=found.distance_km_tenths,
        confidence=found.confidence,
        match=body,
    )
