"""Parcel lists 包裹清单: counted and hashed, taken in with their upload, held against others.

A list is known by its shipment; another content is a new version, and the newest of a committed
upload stands. The numbers of its parcels are looked for in every list of the firm that departed
within six months, by their hashes: no parcel has a row of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, select, true
from sqlalchemy.orm import Session

from ingest import parcels
from ingest.links import Books, Claimed
from ingest.rows import ParcelList as Read
from tracker.db import chunks
from tracker.models.cargo import Manifest, Shipment
from tracker.models.further import ParcelList
from tracker.steps import replacement
from tracker.steps.legs import counting, shipments_of, state_of, version_of


def forget(session: Session, manifest: Manifest) -> None:
    """Take away what an earlier reading kept; none of it has gone in."""
    session.execute(delete(ParcelList).where(ParcelList.manifest_id == manifest.id))


def keep(session: Session, manifest: Manifest, made: Sequence[Read]) -> None:
    """Keep the lists, each with its state as the books stand."""
    kept = [
        ParcelList(
            manifest_id=manifest.id,
            unit_key=one.unit_key,
            departure_date=date.fromisoformat(one.departure_date),
            row_count=one.rows,
            parcel_count=one.parcels,
            list_count=one.lists,
            value_fen=None if one.value_fen is None else dict(one.value_fen),
            weight_g=one.weight_g,
            hashes=one.hashes,
            content_sha256=one.content_sha256,
            state="held",
        )
        for one in made
    ]
    session.add_all(kept)
    known = shipments_of(session, manifest, [one.unit_key for one in kept])
    _sort(session, manifest, kept, known)


def take_in(session: Session, manifest: Manifest, known: Mapping[str, int]) -> None:
    """Let the lists of an upload count whose shipments are there: unit key -> shipment id.

    One with a parcel that went in with another shipment since the file was read stays out.
    """
    query = select(ParcelList).where(
        ParcelList.manifest_id == manifest.id, ParcelList.shipment_id.is_(None)
    )
    kept = session.scalars(query.order_by(ParcelList.id)).all()
    made = [Claimed(one.unit_key, one.departure_date, one.hashes) for one in kept]
    lists = Books(lambda _asked: (), lambda first, last: claims(session, manifest, first, last))
    taken = parcels.overlapping(made, lists)
    stand = _sort(session, manifest, kept, known)
    last = _newest(session, sorted(set(known.values())), true())
    for one in kept:
        key = known.get(one.unit_key)
        if key is None or one.unit_key in taken:
            one.state = "held" if key is None else "claimed"
            continue
        one.shipment_id = key
        one.version_no = version_of(one, stand.get(key), last.get(key))


def of(session: Session, shipment: Shipment) -> ParcelList | None:
    """The parcel list of a shipment that stands, if there is one."""
    return _newest(session, [shipment.id], counting(session)).get(shipment.id)


def claims(session: Session, manifest: Manifest, first: date, last: date) -> Iterator[Claimed]:
    """The lists that stand for the firm's shipments that departed from one day to another.

    Those of an upload that this one is to replace are not held against it.
    """
    link = replacement.of(session, manifest)
    leaving = link.replaced_id if link else None
    shipments = dict(
        session.execute(
            select(Shipment.id, Shipment.unit_key)
            .join(ParcelList, ParcelList.shipment_id == Shipment.id)
            .where(
                Shipment.firm_id == manifest.firm_id,
                Shipment.state != "withdrawn",
                ParcelList.departure_date.between(first, last),
            )
        ).all()
    )
    for part in chunks(sorted(shipments)):
        for key, one in _newest(session, part, counting(session)).items():
            if one.manifest_id != leaving:
                yield Claimed(shipments[key], one.departure_date, one.hashes)


def _newest(
    session: Session, ids: Sequence[int], of_upload: ColumnElement[bool]
) -> dict[int, ParcelList]:
    """Shipment id -> the newest version of its list that went in by such an upload."""
    found: dict[int, ParcelList] = {}
    for part in chunks(ids):
        query = (
            select(ParcelList)
            .join(Manifest, Manifest.id == ParcelList.manifest_id)
            .where(ParcelList.shipment_id.in_(part), of_upload)
            .order_by(ParcelList.version_no, ParcelList.id)
        )
        found |= {one.shipment_id: one for one in session.scalars(query) if one.shipment_id}
    return found


def _sort(
    session: Session, manifest: Manifest, kept: Sequence[ParcelList], known: Mapping[str, int]
) -> dict[int, ParcelList]:
    """Say of each list what it is against what stands; returns those that stand."""
    stand = _newest(session, sorted(set(known.values())), counting(session, manifest))
    for one in kept:
        one.state = state_of(one, stand.get(known.get(one.unit_key, 0)))
    session.flush()
    return stand
