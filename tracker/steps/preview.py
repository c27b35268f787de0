"""Preview 预览: what a checked manifest would earn, matched and assessed dry, nothing kept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, match
from ingest.shipments import ShipmentUnit, group
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
    in_force: dict[tuple[int, date], Method | None] = {}
    dry: list[tuple[Method, ShipmentFacts]] = []
    for order, (unit, found) in enumerate(_matched(session, units), start=1):
        league = leagues.get(found.league or "") if found.status == "matched" else None
        if league is None:
            continue
        day = unit.departure_date
        if (league.id, day) not in in_force:
            in_force[league.id, day] = methods.in_force(session, league.id, programme.id, day)
        method = in_force[league.id, day]
        if method is not None:
            known = facts.from_values(
                unit, found.as_json(), order=order, firm=manifest.firm.uscc, league=league.code
            )
            dry.append((method, known))
    return assessment.estimate(session, registry, dry) if dry else None


def _matched(
    session: Session, units: Sequence[ShipmentUnit]
) -> Iterator[tuple[ShipmentUnit, Match]]:
    """Each unit with its match by the network in force on its day; without one it is left out."""
    by_day: dict[date, list[ShipmentUnit]] = defaultdict(list)
    for unit in units:
        by_day[unit.departure_date].append(unit)
    for day, members in sorted(by_day.items()):
        version = networks.in_force(session, day)
        if version is not None:
            yield from zip(members, match(members, networks.opened(version)), strict=True)
