"""Routing 线路匹配之后: shipments find their routes; their money, tracks, cross-checks follow."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from ingest.shipments import ShipmentUnit
from rules.registry import Registry
from tracker.models.cargo import Shipment
from tracker.steps import accrual, cross_asking, matching, programmes, tracks


def route(
    session: Session,
    registry: Registry,
    touched: Sequence[Shipment],
    units: Mapping[int, ShipmentUnit],
    cause: accrual.Cause,
    slot: str,
) -> None:
    """Match those that stand, accrue what all of them now earn, have the rest looked at anew.

    ``units`` are theirs, put together; ``slot`` names this one event among all that ask for tracks
    to be followed and files to be compared.
    """
    matching.place(session, [one for one in touched if one.state == "standing"], units)
    accrual.accrue(session, registry, programmes.of_code(session), touched, cause, units)
    tracks.ask_for(session, touched, slot, cause.now)
    cross_asking.ask_for(session, touched, slot, cause.now)
    session.flush()
