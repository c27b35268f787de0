"""Preview 预览: what a checked manifest would earn, matched and assessed dry, nothing kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import match
from ingest.shipments import group
from rules.facts import ShipmentFacts
from rules.registry import Registry
from tracker.models.cargo import Manifest
from tracker.models.methods import Method, Programme
from tracker.models.people import League
from tracker.steps import assessment, facts, methods, networks, shipments

FREIGHT = "freight"
"""The programme that manifests are for."""


def estimate(
    session: Session,
    registry: Registry,
    manifest: Manifest,
    accepted: Sequence[shipments.Sorted],
) -> int | None:
    """Fen the new and changed rows would earn as the books stand; None when nothing can be told.

    Contested rows earn nothing. The result is a preview only: the queue of acceptance decides.
    """
    units = group([one.line for one in accepted if one.state != "contested"])
    leagues = {league.code: league for league in session.scalars(select(League))}
    programme = session.scalars(select(Programme).where(Programme.code == FREIGHT)).one()
    dry: list[tuple[Method, ShipmentFacts]] = []
    for order, unit in enumerate(units, start=1):
        day = unit.departure_date
        version = networks.in_force(session, day)
        if version is None:
            continue
        (found,) = match([unit], networks.opened(version))
        league = leagues.get(found.league or "") if found.status == "matched" else None
        if league is None:
            continue
        method = methods.in_force(session, league.id, programme.id, day)
        if method is None:
            continue
        known = facts.from_values(
            unit, found.as_json(), order=order, firm=manifest.firm.uscc, league=league.code
        )
        dry.append((method, known))
    return assessment.estimate(session, registry, dry) if dry else None
