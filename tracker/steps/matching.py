"""Matching 匹配线路: which corridor each shipment took, by the network in force on its day."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, match
from tracker.errors import mark
from tracker.models.cargo import Route, Shipment
from tracker.models.networks import NetworkVersion
from tracker.models.people import League
from tracker.steps import networks, shipments

WAITS = {
    "unmatched": mark("No registered corridor fits; a reviewer must look at it."),
    "ambiguous": mark("Several corridors fit; a reviewer must choose."),
}


def place(session: Session, touched: Sequence[Shipment]) -> None:
    """Match the shipments and keep each route as a new version; sets the shipment's league.

    A route that says the same as the standing one is not kept again.
    """
    leagues = {league.code: league.id for league in session.scalars(select(League))}
    by_version: dict[int, list[Shipment]] = defaultdict(list)
    versions: dict[int, NetworkVersion] = {}
    for shipment in touched:
        version = networks.in_force(session, shipment.departure_date)
        if version is None:
            shipment.waits_for = mark("No network of corridors is in force on this day.")
            shipment.league_id = None
            continue
        versions[version.id] = version
        by_version[version.id].append(shipment)
    for key, members in by_version.items():
        units = [shipments.unit_of(session, shipment) for shipment in members]
        found = match(units, networks.opened(versions[key]))
        for shipment, one in zip(members, found, strict=True):
            _keep(session, shipment, versions[key], one, leagues)
    session.flush()


def standing(session: Session, shipment: Shipment) -> Route | None:
    """The shipment's standing route."""
    return session.scalar(select(Route).where(Route.shipment_id == shipment.id, Route.standing))


def _keep(
    session: Session,
    shipment: Shipment,
    version: NetworkVersion,
    found: Match,
    leagues: dict[str, int],
) -> None:
    shipment.league_id = leagues.get(found.league or "") if found.status == "matched" else None
    shipment.waits_for = WAITS.get(found.status, "")
    body = found.as_json()
    old = standing(session, shipment)
    if old is not None:
        if old.network_version_id == version.id and old.match == body:
            return
        old.standing = False
        session.flush()
    session.add(
        Route(
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
    )
