"""Cross verdicts 比对结论: what all files together say of a shipment: the worst of them counts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tracker.db import chunks
from tracker.models.cross_checks import CROSS_OUTCOMES, CrossCheckResult


def of(session: Session, shipment_ids: Sequence[int]) -> dict[int, str]:
    """Shipment id -> the worst outcome that stands; one of which no file speaks is left out."""
    found: dict[int, str] = {}
    for part in chunks(shipment_ids):
        query = select(CrossCheckResult.shipment_id, CrossCheckResult.outcome).where(
            CrossCheckResult.shipment_id.in_(part), CrossCheckResult.standing
        )
        for key, outcome in session.execute(query):
            found[key] = min(found.get(key, outcome), outcome, key=CROSS_OUTCOMES.index)
    return found


def says(shipment_id: InstrumentedAttribute[int | None], *outcomes: str) -> ColumnElement[bool]:
    """Of whatever has such a column: a standing result about its shipment comes to one of these."""
    result = aliased(CrossCheckResult)
    found = select(result.id).where(
        result.shipment_id == shipment_id, result.standing, result.outcome.in_(outcomes)
    )
    return found.correlate(shipment_id.class_).exists()


def worst_first(shipment_id: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    """To order by: what differs first, then what has no answer, and last what nobody speaks of."""
    return case(
        *((says(shipment_id, one), place) for place, one in enumerate(CROSS_OUTCOMES)),
        else_=len(CROSS_OUTCOMES),
    )
