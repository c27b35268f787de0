"""Routing 线路匹配之后: shipments find their routes, and their money and their tracks follow."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from ingest.shipments import ShipmentUnit
from rules.registry import Registry
from tracker.models.cargo import Shipment
from tracker.steps import accrual, matching, programmes, tracks


def route(
    session: Session,
    registry: Registry,
    touched: Sequence[Shipment],
    units: Mapping[int, ShipmentUnit],
    cause: accrual.Cause,
    slot: str,
) -> None:
    """Match those that stand, accrue what all of them now earn, have their tracks followed anew.

    ``units`` are theirs, put together; ``slot`` names this one event among all that ask for tracks.
    """
    matching.place(session, [one for one in touched if one.state == "standing"], units)
    accrual.accrue(session, registry, programmes.of_code(session), touched, cause, units)
    tracks.ask_for(session, touched, slot, cause.now)
    session.flush()
