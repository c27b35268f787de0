"""Subjects 测算对象: what an item is due for, a shipment or a matter, named in one place.

A programme is about one kind of them; both have a key, a label, a day, a place in the queue, and
stand or do not.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.interfaces import ORMOption

from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.models.matters import Matter
from tracker.models.methods import Programme
from tracker.models.money import Item

Subject = Shipment | Matter


@dataclass(frozen=True)
class Kind:
    """One kind of subject: its table, and how an item names it."""

    name: str
    """Of the table."""
    table: type[Any]
    item_key: Any
    """The item's column that names one."""
    withdrawn: str
    """Reason code of money that goes back because one stands no longer."""
    lawless: str
    """What one waits for that no method covers, as a msgid."""
    programme_id: Any = None
    """The column that says of which programme one is; None where each is of all of its kind."""

    def within(self, programme_id: int) -> tuple[ColumnElement[bool], ...]:
        """Those of the programme, as conditions."""
        return () if self.programme_id is None else (self.programme_id == programme_id,)


SHIPMENT = Kind(
    "shipment",
    Shipment,
    Item.shipment_id,
    "withdrawn",
    mark("No method is in force on the departure day."),
)
MATTER = Kind(
    "matter",
    Matter,
    Item.matter_id,
    "matter_withdrawn",
    mark("No method is in force on the last day of the year."),
    Matter.programme_id,
)
KINDS = {"shipment": SHIPMENT, "period": MATTER}
"""Subject of a rule and of a programme -> what the items are due for."""

DAY: ColumnElement[date] = func.coalesce(Shipment.departure_date, Matter.last_day)
LABEL: ColumnElement[str] = func.coalesce(Shipment.label, Matter.code)


def of(programme: Programme) -> Kind:
    """What the items of the programme are due for."""
    return KINDS[programme.subject]


def kind_of(subject: Subject) -> Kind:
    """The kind of one of them."""
    return MATTER if isinstance(subject, Matter) else SHIPMENT


def joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A query over items that may ask for ``DAY`` and ``LABEL`` of what they are due for."""
    return query.outerjoin(Shipment, Shipment.id == Item.shipment_id).outerjoin(
        Matter, Matter.id == Item.matter_id
    )


def eager(*path: Any) -> tuple[ORMOption, ...]:  # noqa: ANN401  relationships that lead to an item
    """What a ``joined`` query reads with each item: what it is due for."""
    return tuple(contains_eager(*path, one) for one in (Item.shipment, Item.matter))
