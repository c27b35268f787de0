"""Preview 预览: what a checked manifest would earn, matched and assessed dry, nothing kept."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, match
from ingest.shipments import ShipmentUnit, group
from rules.facts import ShipmentFacts
from rules.registry import Registry
from tracker.models.cargo import Manifest
from tracker.models.methods import Method, Programme
from tracker.models.networks import NetworkVersion
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
    for order, (unit, found) in enumerate(_matched(session, units), start=1):
        league = leagues.get(found.league or "") if found.status == "matched" else None
        if league is None:
            continue
        method = methods.in_force(session, league.id, programme.id, unit.departure_date)
        if method is None:
            continue
        known = facts.from_values(
            unit, found.as_json(), order=order, firm=manifest.firm.uscc, league=league.code
        )
        dry.append((method, known))
    return assessment.estimate(session, registry, dry) if dry else None


def _matched(session: Session, units: Sequence[ShipmentUnit]) -> list[tuple[ShipmentUnit, Match]]:
    """The units of days on which a network is in force, each with its match, by version."""
    versions: dict[int, NetworkVersion] = {}
    by_version: dict[int, list[ShipmentUnit]] = defaultdict(list)
    for unit in units:
        version = networks.in_force(session, unit.departure_date)
        if version is not None:
            versions[version.id] = version
            by_version[version.id].append(unit)
    return [
        (unit, found)
        for key, members in sorted(by_version.items())
        for unit, found in zip(members, match(members, networks.opened(versions[key])), strict=True)
    ]
