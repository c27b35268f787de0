"""Legs 分段: kept with their upload, taken in with its rows, and the ones that stand.

A leg is known by its shipment and number. The same leg again is no new one; another content is a
new version, and the newest of a committed upload stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from ingest.rows import Further
from ingest.shipments import content_sha256
from tracker.db import chunks
from tracker.models.cargo import Manifest, Shipment
from tracker.models.further import FurtherSheet, Leg, ParcelList
from tracker.steps import replacement, standing

Kept = Leg | ParcelList


@dataclass(frozen=True)
class Told:
    """A leg with the upload and the row that says it."""

    leg: Leg
    manifest_id: int
    file_name: str
    sheet: str


def forget(session: Session, manifest: Manifest) -> None:
    """Take away what an earlier reading kept; none of it has gone in."""
    sheets = select(FurtherSheet.id).where(FurtherSheet.manifest_id == manifest.id)
    session.execute(delete(Leg).where(Leg.further_sheet_id.in_(sheets)))


def keep(session: Session, manifest: Manifest, kept: FurtherSheet, read: Further) -> None:
    """Keep the legs that can go in, each with its state as the books stand."""
    assert read.lines != ()
    rows = [
        Leg(
            further_sheet_id=kept.id,
            row_no=line.row,
            unit_key=unit,
            leg_no=int(line["leg_no"]),
            fields=dict(line.fields),
            content_sha256=content_sha256(line),
            state="held",
        )
        for line, unit in zip(read.lines, read.units, strict=True)
    ]
    session.add_all(rows)
    _sort(session, manifest, rows)


def take_in(session: Session, manifest: Manifest, known: Mapping[str, int]) -> None:
    """Let the legs of an upload count whose shipments are there: unit key -> shipment id."""
    rows = session.scalars(
        select(Leg)
        .join(FurtherSheet, FurtherSheet.id == Leg.further_sheet_id)
        .where(FurtherSheet.manifest_id == manifest.id, Leg.shipment_id.is_(None))
        .order_by(Leg.id)
    ).all()
    stand = _sort(session, manifest, rows, known)
    last = _by_key(session, _every(), known.values())
    for row in rows:
        row.shipment_id = known.get(row.unit_key)
        if row.shipment_id is not None:
            key = row.shipment_id, row.leg_no
            row.version_no = version_of(row, stand.get(key), last.get(key))


def state_of(row: Kept, before: Kept | None) -> str:
    """What a row is beside what stands: new, changed or unchanged."""
    if before is None:
        return "new"
    return "unchanged" if before.content_sha256 == row.content_sha256 else "changed"


def version_of(row: Kept, before: Kept | None, last: Kept | None) -> int:
    """The version of a row, given what stands and the last one that ever went in.

    A number stands for one content, also when an upload that said another was taken back.
    """
    if row.state == "unchanged":
        last = before
    if last is None:
        return 1
    return (last.version_no or 0) + (last.content_sha256 != row.content_sha256)


def counting(session: Session, manifest: Manifest | None = None) -> ColumnElement[bool]:
    """Of an upload: that what it says counts, or did until this one took its place."""
    link = replacement.of(session, manifest) if manifest else None
    counts = Manifest.state.in_(standing.COUNTING)
    return counts | (Manifest.id == link.replaced_id) if link else counts


def of(session: Session, shipment: Shipment) -> list[Told]:
    """The legs of a shipment that stand, in the order of the journey."""
    query = _every().where(Leg.shipment_id == shipment.id, counting(session))
    return list(_newest(session, query).values())


def of_each(session: Session, shipment_ids: Iterable[int]) -> dict[int, list[Leg]]:
    """Shipment id -> its legs that stand, in the order of the journey; of those that have any."""
    found: dict[int, list[Leg]] = {}
    stand = _by_key(session, _every().where(counting(session)), shipment_ids)
    for (key, _number), leg in sorted(stand.items(), key=lambda one: (one[0][0] or 0, one[0][1])):
        assert key is not None, "a leg that stands has its shipment"
        found.setdefault(key, []).append(leg)
    return found


def _every() -> Select[Leg, int, str, str]:
    return (
        select(Leg, Manifest.id, Manifest.file_name, FurtherSheet.sheet)
        .join(FurtherSheet, FurtherSheet.id == Leg.further_sheet_id)
        .join(Manifest, Manifest.id == FurtherSheet.manifest_id)
        .where(Leg.version_no.is_not(None))
        .order_by(Leg.leg_no, Leg.version_no, Leg.id)
    )


def _newest(
    session: Session, query: Select[Leg, int, str, str]
) -> dict[tuple[int | None, int], Told]:
    return {
        (leg.shipment_id, leg.leg_no): Told(leg, key, name, sheet)
        for leg, key, name, sheet in session.execute(query)
    }


def _by_key(
    session: Session, query: Select[Leg, int, str, str], ids: Iterable[int]
) -> dict[tuple[int | None, int], Leg]:
    """Shipment and number -> the newest leg of the query."""
    found: dict[tuple[int | None, int], Leg] = {}
    for part in chunks(sorted(set(ids))):
        told = _newest(session, query.where(Leg.shipment_id.in_(part)))
        found |= {key: one.leg for key, one in told.items()}
    return found


def _sort(
    session: Session,
    manifest: Manifest,
    rows: Sequence[Leg],
    known: Mapping[str, int] | None = None,
) -> dict[tuple[int | None, int], Leg]:
    """Say of each leg what it is against what stands; returns those that stand by their keys.

    Once ``known`` are all the shipments there are, a leg of another one is held.
    """
    units = [row.unit_key for row in rows]
    ids = shipments_of(session, manifest, units) if known is None else known
    stand = _by_key(session, _every().where(counting(session, manifest)), ids.values())
    for row in rows:
        before = stand.get((ids.get(row.unit_key, 0), row.leg_no))
        held = known is not None and row.unit_key not in known
        row.state = "held" if held else state_of(row, before)
    session.flush()
    return stand


def shipments_of(session: Session, manifest: Manifest, units: Iterable[str]) -> dict[str, int]:
    """Unit key -> id of the firm's shipment of that key."""
    found: dict[str, int] = {}
    for part in chunks(sorted(set(units))):
        query = select(Shipment.unit_key, Shipment.id).where(
            Shipment.firm_id == manifest.firm_id, Shipment.unit_key.in_(part)
        )
        found |= dict(session.execute(query).all())
    return found
