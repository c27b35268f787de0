"""Cross verdicts 比对结论: what all files together say of a shipment: the worst of them counts."""

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.models.cross_checks import CROSS_OUTCOMES, CrossCheckResult


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
