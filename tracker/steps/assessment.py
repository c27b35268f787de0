"""Assessment 测算: run the rule of the method in force over the shipments it covers.

What should stand accrued is a function of the standing shipments in order of acceptance and the
recorded methods. Money that has been applied for is settled: its stored consumption opens the
counters, and it is never recomputed here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    stands: Assessment | None = None
    """What stands of it, of whichever version of the method."""
    untouched: bool = False
    """The facts are those of the assessment that stands."""


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
        opening = _opening(_standing_assessments(session, method), frozenset())
        total += sum(assess(rule, method.params, [known for _, known in members], opening).awards)
    return total


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
    if not unsettled:
        return None
    stands = _standing_assessments(session, method)
    dues = [
        _due(session, shipment, method, stands.get(shipment.id), anew=shipment.id in changed)
        for shipment in unsettled
    ]
    opening = _opening(stands, frozenset(one.id for one in unsettled))
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


def _due(
    session: Session, shipment: Shipment, method: Method, stands: Assessment | None, *, anew: bool
) -> Due:
    untouched = (
        stands is not None
        and not anew
        and stands.method_id == method.id
        and stands.shipment_version_no == shipment.version_no
    )
    if stands is not None and untouched:
        return Due(shipment, method, ShipmentFacts.from_json(stands.facts), stands, untouched=True)
    return Due(shipment, method, facts.of(session, shipment), stands)


def _opening(stands: Mapping[int, Assessment], exclude: frozenset[int]) -> dict[str, int]:
    """Counters as the standing assessments of the league's programme leave them.

    All versions of the method count: a firm's year goes on when a document is amended.
    """
    totals: dict[str, int] = defaultdict(int)
    for shipment_id, one in stands.items():
        if shipment_id not in exclude:
            for counter, use in one.consumption.items():
                totals[counter] += use["used"]
    return dict(totals)


def _standing_assessments(session: Session, method: Method) -> dict[int, Assessment]:
    """Shipment -> the newest assessment in the method's league and programme."""
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
    return dict(session.execute(query).all())
