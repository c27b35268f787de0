"""Further sheets 附表: legs and parcel lists go the way of the upload they came with.

Read with what stands, kept when the file was read, taken in by the same transaction as its rows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ingest.links import Books, Claimed
from ingest.rows import Report
from ingest.shipments import SEPARATOR
from tracker.db import chunks
from tracker.models.cargo import CargoLine, Manifest, Shipment
from tracker.models.further import FurtherSheet, Leg, ParcelList
from tracker.steps import legs, parcels

STAY_OUT = {"waiting": "asked", "refused": "refused", "doubled": "doubled"}
"""Where rows ended that do not simply go in -> the state of a row that a person has to see."""


def books(session: Session, manifest: Manifest) -> Books:
    """What legs and parcels of an upload are held against, of what stands for its firm."""

    def lines(asked: Mapping[str, Sequence[str]]) -> Iterator[Mapping[str, str]]:
        return _lines(session, manifest, asked)

    def lists(first: date, last: date) -> Iterator[Claimed]:
        return parcels.claims(session, manifest, first, last)

    return Books(lines, lists)


def keep(session: Session, manifest: Manifest, report: Report) -> None:
    """Keep what the further sheets say instead of what an earlier reading kept."""
    legs.forget(session, manifest)
    parcels.forget(session, manifest)
    session.execute(delete(FurtherSheet).where(FurtherSheet.manifest_id == manifest.id))
    for read in report.further:
        kept = FurtherSheet(
            manifest_id=manifest.id,
            kind=read.kind,
            sheet=read.sheet[:120],
            header_row=read.header_row,
            mapping=dict(read.mapping),
            unknown=dict(read.unknown),
            rows_read=read.rows_read,
            states=read.states,
        )
        session.add(kept)
        session.flush()
        if read.kind == "legs" and read.lines:
            legs.keep(session, manifest, kept, read)
    parcels.keep(session, manifest, report.parcels)


def take_in(session: Session, manifest: Manifest) -> set[int]:
    """Let legs and lists count whose shipments are there, in the caller's transaction.

    Returns the ids of these shipments.
    """
    units = {
        *session.scalars(
            select(Leg.unit_key)
            .join(FurtherSheet, FurtherSheet.id == Leg.further_sheet_id)
            .where(FurtherSheet.manifest_id == manifest.id)
        ),
        *session.scalars(select(ParcelList.unit_key).where(ParcelList.manifest_id == manifest.id)),
    }
    known = legs.shipments_of(session, manifest, units)
    legs.take_in(session, manifest, known)
    parcels.take_in(session, manifest, known)
    return set(known.values())


def sheets(session: Session, manifest: Manifest) -> list[FurtherSheet]:
    """The further sheets of an upload, in the order of the file."""
    query = select(FurtherSheet).where(FurtherSheet.manifest_id == manifest.id)
    return list(session.scalars(query.order_by(FurtherSheet.id)))


def lists(session: Session, manifest: Manifest) -> list[ParcelList]:
    """The parcel lists of an upload, by shipment."""
    query = select(ParcelList).where(ParcelList.manifest_id == manifest.id)
    return list(session.scalars(query.order_by(ParcelList.unit_key)))


def leg_states(session: Session, manifest: Manifest) -> Mapping[str, int]:
    """How many legs of an upload are new, changed, unchanged, held."""
    query = (
        select(Leg.state)
        .join(FurtherSheet, FurtherSheet.id == Leg.further_sheet_id)
        .where(FurtherSheet.manifest_id == manifest.id)
    )
    return Counter(session.scalars(query))


def leaving(session: Session, manifest: Manifest, replaced: Manifest) -> tuple[int, int]:
    """How many legs and lists that count by the replaced upload the new one does not say."""
    old, new = (_said(session, one, counts=one is replaced) for one in (replaced, manifest))
    return len(old[0] - new[0]), len(old[1] - new[1])


def stay_out(session: Session, manifest: Manifest) -> Mapping[str, int]:
    """Of the further sheets' rows those that leave an upload to a person, by state."""
    found: Counter[str] = Counter()
    for sheet in sheets(session, manifest):
        for name, state in STAY_OUT.items():
            found[state] += int(sheet.states.get(name, 0))
    return +found


def _said(
    session: Session, manifest: Manifest, *, counts: bool
) -> tuple[set[tuple[str, int]], set[str]]:
    """The legs and the lists that an upload says, or only those of it that went in."""
    told = (
        select(Leg.unit_key, Leg.leg_no)
        .join(FurtherSheet, FurtherSheet.id == Leg.further_sheet_id)
        .where(FurtherSheet.manifest_id == manifest.id)
    )
    listed = select(ParcelList.unit_key).where(ParcelList.manifest_id == manifest.id)
    if counts:
        told = told.where(Leg.shipment_id.is_not(None))
        listed = listed.where(ParcelList.shipment_id.is_not(None))
    return {(unit, number) for unit, number in session.execute(told)}, {*session.scalars(listed)}


def _lines(
    session: Session, manifest: Manifest, asked: Mapping[str, Sequence[str]]
) -> Iterator[Mapping[str, str]]:
    """The standing lines of the firm's shipments that one of these numbers names."""
    mine = Shipment.firm_id == manifest.firm_id, Shipment.state != "withdrawn"
    found: set[int] = set()
    for part in chunks(asked["waybill_no"]):
        query = select(CargoLine.shipment_id).join(Shipment, Shipment.id == CargoLine.shipment_id)
        lines = query.where(*mine, CargoLine.standing, CargoLine.waybill_no.in_(part))
        found |= set(session.scalars(lines))
    numbers = {number for name in asked if name != "waybill_no" for number in asked[name]}
    if numbers:
        every = session.execute(select(Shipment.id, Shipment.unit_key).where(*mine))
        found |= {key for key, unit in every if not numbers.isdisjoint(unit.split(SEPARATOR))}
    for keys in chunks(sorted(found)):
        said = select(Shipment.unit_key, CargoLine.fields).join(
            CargoLine, CargoLine.shipment_id == Shipment.id
        )
        for unit, fields in session.execute(
            said.where(Shipment.id.in_(keys), CargoLine.standing).order_by(CargoLine.id)
        ):
            yield {**fields, "unit_key": unit}
