"""Categories 暂缓类别: which lines of filings meet one, as they and their shipments stand now."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import bulk
from tracker.models.cargo import CargoLine, Route, Shipment
from tracker.models.filings import FilingLine
from tracker.steps import oddities

Meets = Callable[[Session, Sequence[FilingLine], str], Collection[int]]


def _corridor(session: Session, lines: Sequence[FilingLine], value: str) -> Collection[int]:
    query = select(Route.shipment_id).where(Route.standing, Route.corridor == value)
    return _of_shipments(session, lines, query, Route.shipment_id)


def _vehicle(session: Session, lines: Sequence[FilingLine], value: str) -> Collection[int]:
    query = select(Shipment.id).where(Shipment.mode == value)
    return _of_shipments(session, lines, query, Shipment.id)


def _cargo(session: Session, lines: Sequence[FilingLine], value: str) -> Collection[int]:
    query = select(CargoLine.shipment_id).where(
        CargoLine.standing, CargoLine.supervision_mode == value
    )
    return _of_shipments(session, lines, query, CargoLine.shipment_id)


def _oddity(session: Session, lines: Sequence[FilingLine], value: str) -> Collection[int]:
    found = oddities.of(session, sorted(_by_shipment(lines)))
    odd = {key for key, told in found.items() if any(one.code == value for one in told)}
    return _items(lines, odd)


def _of_shipments(
    session: Session,
    lines: Sequence[FilingLine],
    query: Any,  # noqa: ANN401  of one column
    column: Any,  # noqa: ANN401  the shipment's
) -> Collection[int]:
    rows = bulk.looked_up(session, query, column, sorted(_by_shipment(lines)))
    return _items(lines, {row[0] for row in rows})


def _by_shipment(lines: Sequence[FilingLine]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        if line.item.shipment_id is not None:
            found[line.item.shipment_id].append(line.item_id)
    return found


def _items(lines: Sequence[FilingLine], shipments: Collection[int]) -> Collection[int]:
    return {one for key, items in _by_shipment(lines).items() if key in shipments for one in items}


MEETS: Mapping[str, Meets] = {
    "line": lambda _, lines, value: {one.item_id for one in lines if one.item.code == value},
    "firm": lambda _, lines, value: {one.item_id for one in lines if one.item.firm.uscc == value},
    "programme": lambda _, lines, value: {
        one.item_id for one in lines if one.item.programme.code == value
    },
    "corridor": _corridor,
    "oddity": _oddity,
    "vehicle": _vehicle,
    "cargo": _cargo,
}
"""Category -> the items of these lines that meet a value of it."""
