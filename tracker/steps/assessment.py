"""Assessment 测算: run the rule of the method in force over the shipments it covers.

What should stand accrued is a function of the standing shipments in order of acceptance and the
recorded methods. Money that has been applied for is settled: its stored consumption opens the
counters, and it is never recomputed here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.facts import ShipmentFacts
from rules.registry import Registry
from rules.tally import Run, assess
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Item
from tracker.steps import facts, methods, shipments


@dataclass(frozen=True)
class Due:
    """One shipment under one method, ready for the rule."""

    shipment: Shipment
    method: Method
    facts: ShipmentFacts


def estimate(
    session: Session, registry: Registry, dry: Sequence[tuple[Method, ShipmentFacts]]
) -> int:
    """Fen that shipments not yet committed would earn after all that stands."""
    by_method: dict[int, list[tuple[Method, ShipmentFacts]]] = defaultdict(list)
    for method, known in dry:
        by_method[method.id].append((method, known))
    total = 0
    for members in by_method.values():
        method = members[0][0]
        rule = methods.pinned(registry, method)
        opening = _opening(session, method, frozenset())
        total += sum(assess(rule, method.params, [known for _, known in members], opening).awards)
    return total


def newest(session: Session, item_id: int) -> Assessment | None:
    """The assessment that stands for an item."""
    query = select(Assessment).where(Assessment.item_id == item_id)
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


def method_of(session: Session, programme: Programme, shipment: Shipment) -> Method | None:
    """The method for a standing, matched shipment; without one it says why it waits."""
    if shipment.state != "standing" or shipment.league_id is None:
        return None
    method = methods.in_force(session, shipment.league_id, programme.id, shipment.departure_date)
    shipment.waits_for = "" if method else mark("No method is in force on the departure day.")
    return method


def run_pool(
    session: Session, registry: Registry, method: Method, changed: frozenset[int]
) -> tuple[list[Due], Run] | None:
    """The rule over every unsettled shipment of the method, in order of acceptance.

    ``changed`` names the shipments whose facts must be taken anew; the others' are as stored.
    """
    rule = methods.pinned(registry, method)
    members = _members(session, method)
    settled = shipments.settled(session, [shipment.id for shipment in members])
    unsettled = [shipment for shipment in members if shipment.id not in settled]
    stored = _stored_facts(session, method, unsettled, changed)
    dues = [
        Due(shipment, method, stored.get(shipment.id) or facts.of(session, shipment))
        for shipment in unsettled
    ]
    if not dues:
        return None
    opening = _opening(session, method, frozenset(one.id for one in unsettled))
    return dues, assess(rule, method.params, [due.facts for due in dues], opening)


def _members(session: Session, method: Method) -> list[Shipment]:
    query = (
        select(Shipment)
        .where(
            Shipment.league_id == method.league_id,
            Shipment.state == "standing",
            Shipment.departure_date >= method.valid_from,
        )
        .order_by(Shipment.accepted_seq)
    )
    if method.valid_to is not None:
        query = query.where(Shipment.departure_date <= method.valid_to)
    return list(session.scalars(query))


def _stored_facts(
    session: Session, method: Method, members: Sequence[Shipment], changed: frozenset[int]
) -> dict[int, ShipmentFacts]:
    """Facts of shipments that nothing touched, from their standing assessment."""
    wanted = {shipment.id: shipment for shipment in members if shipment.id not in changed}
    found: dict[int, ShipmentFacts] = {}
    for shipment_id, one in _standing_assessments(session, method):
        shipment = wanted.get(shipment_id)
        if shipment is not None and one.shipment_version_no == shipment.version_no:
            found[shipment_id] = ShipmentFacts.from_json(one.facts)
    return found


def _opening(session: Session, method: Method, exclude: frozenset[int]) -> dict[str, int]:
    """Counters as the standing assessments of the league's programme leave them.

    All versions of the method count: a firm's year goes on when a document is amended.
    """
    totals: dict[str, int] = defaultdict(int)
    for shipment_id, one in _standing_assessments(session, method, all_versions=True):
        if shipment_id not in exclude:
            for counter, use in one.consumption.items():
                totals[counter] += use["used"]
    return dict(totals)


def _standing_assessments(
    session: Session, method: Method, *, all_versions: bool = False
) -> list[tuple[int, Assessment]]:
    last = (
        select(func.max(Assessment.id))
        .join(Item, Item.id == Assessment.item_id)
        .where(Item.league_id == method.league_id, Item.programme_id == method.programme_id)
        .group_by(Assessment.item_id)
    )
    query = (
        select(Item.shipment_id, Assessment)
        .join(Item, Item.id == Assessment.item_id)
        .where(Assessment.id.in_(last))
    )
    if not all_versions:
        query = query.where(Assessment.method_id == method.id)
    return list(session.execute(query))
