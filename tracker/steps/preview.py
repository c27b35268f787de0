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
    units = _units([one for one in accepted if one.state != "contested"])
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
    in_force = {
        day: networks.in_force(session, day) for day in {unit.departure_date for unit in units}
    }
    versions = {version.id: version for version in in_force.values() if version is not None}
    by_version: dict[int, list[ShipmentUnit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: unit.departure_date):
        version = in_force[unit.departure_date]
        if version is not None:
            by_version[version.id].append(unit)
    for key, members in by_version.items():
        yield from zip(members, match(members, networks.opened(versions[key])), strict=True)


def _units(accepted: Sequence[shipments.Sorted]) -> list[ShipmentUnit]:
    """The units of the lines, in the order of their keys; anew only where not all lines go in."""
    lines: dict[str, list[shipments.Sorted]] = defaultdict(list)
    for one in accepted:
        lines[one.unit_key].append(one)
    units: list[ShipmentUnit] = []
    for members in lines.values():
        whole = members[0].unit
        all_in = len(members) == len(whole.lines)
        units += [whole] if all_in else group([one.line for one in members])
    return sorted(units, key=lambda unit: unit.unit_key)
