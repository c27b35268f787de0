"""Lacking 还缺什么: what shipments still need before applying, in words and where it is listed."""

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import Select, select

from ingest.fields import FIELDS
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Shipment
from tracker.models.money import Item
from tracker.steps import lacking as steps
from tracker.steps.lacking import Lack
from tracker.web import context, rooms
from tracker.web.filters import tongue


@dataclass(frozen=True)
class Lacking:
    """Something that shipments lack: how many do, and where they are listed."""

    name: str
    label: str
    count: int
    url: str


def lack_label(lack: Lack) -> str:
    """What is lacking, in words: a field by its heading."""
    return str(gettext(lack.label)) if lack.label else FIELDS[lack.name].label(tongue())


def lacks_of(shipment: Shipment) -> list[str]:
    """What one shipment still lacks, in words."""
    return [lack_label(one) for one in of(shipment)]


def of(shipment: Shipment) -> list[Lack]:
    """What one shipment still lacks."""
    return steps.of(context.session(), [shipment.id]).get(shipment.id, [])


def of_application(application: Application) -> list[Lacking]:
    """What the shipments of an application still lack, with their numbers."""
    lines = select(ApplicationLine.item_id).where(ApplicationLine.application_id == application.id)
    keys = select(Item.shipment_id).where(Item.id.in_(lines))
    return among(keys, application=str(application.id))


def among(keys: Select[int | None], **asked: str) -> list[Lacking]:
    """What shipments still lack, each with the list of those that do."""
    return [
        Lacking(
            one.name,
            lack_label(one),
            count,
            rooms.address("shipments.shipments", lacks=one.name, **asked),
        )
        for one, count in steps.counts(context.session(), keys)
    ]
