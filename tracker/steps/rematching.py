"""Rematching 重新匹配: a new version of the network looks at the shipments that wait unmatched.

Only at those: a shipment that is matched keeps its route, and its money, until its lines are
corrected or a reviewer changes it on purpose.
"""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker.db import chunks
from tracker.models.cargo import Route, Shipment
from tracker.models.networks import NetworkVersion
from tracker.steps import accrual, networks, routing, shipments

BATCH = 2_000
"""Shipments put together at a time, to bound memory."""


def waiting(session: Session, version: NetworkVersion) -> list[Shipment]:
    """The standing shipments that wait unmatched on the version's days, in order of acceptance."""
    query = (
        select(Shipment)
        .outerjoin(Route, (Route.shipment_id == Shipment.id) & Route.standing)
        .where(
            Shipment.state == "standing",
            Shipment.departure_date.between(*networks.days_of(session, version)),
            or_(Route.id.is_(None), Route.state != "matched"),
        )
    )
    return list(session.scalars(query.order_by(Shipment.accepted_seq)))


def match_waiting(
    session: Session, registry: Registry, sha256: str, actor: str, now: datetime
) -> int:
    """Match them anew and accrue what they now earn; returns how many found their route."""
    query = select(NetworkVersion).where(NetworkVersion.sha256 == sha256)
    version = session.scalars(query).one()
    found = 0
    for number, part in enumerate(chunks(waiting(session, version), BATCH)):
        units = shipments.units_of(session, part)
        cause = accrual.Cause(f"network:{sha256}:{number}", actor, now)
        routing.route(session, registry, part, units, cause, f"network:{sha256[:16]}:{number}")
        found += sum(one.league is not None for one in part)
    return found
