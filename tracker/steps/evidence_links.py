"""Evidence links 佐证关系: which belongs to what; to a shipment also by its lines and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.db import chunks
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, ManifestRow
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.money import Item


@dataclass(frozen=True)
class Subject:
    """A thing that evidence belongs to, and the part of the total that falls on it."""

    kind: str
    id: int
    part_fen: int | None = None


def of(session: Session, found: Evidence) -> list[EvidenceLink]:
    """All standing links, in the order in which they were made."""
    query = select(EvidenceLink).where(
        EvidenceLink.evidence_id == found.id, EvidenceLink.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(EvidenceLink.id)))


def parts_sum(session: Session, found: Evidence) -> int:
    """What the standing parts come to."""
    query = select(func.sum(EvidenceLink.part_fen)).where(
        EvidenceLink.evidence_id == found.id, EvidenceLink.removed_at.is_(None)
    )
    return int(session.scalar(query) or 0)


def covering(keys: Select[Any] | Sequence[int]) -> ColumnElement[bool]:
    """Of links: those to the shipments of these keys, to their lines, to the files they are of.

    A file keeps proving what it brought in, though each of its lines was corrected since.
    """
    lines = select(CargoLine.id).where(CargoLine.shipment_id.in_(keys))
    files = (
        select(ManifestRow.manifest_id)
        .join(CargoLine, CargoLine.manifest_row_id == ManifestRow.id)
        .where(CargoLine.shipment_id.in_(keys))
    )
    return or_(
        attached("shipment", keys),
        attached("cargo_line", lines),
        attached("manifest", files),
    )


def shown(session: Session, application: Application) -> list[list[Any]]:
    """The firm's evidence of an application as part of what is decided on: kinds, hashes, parts."""
    items = (
        select(Item)
        .join(ApplicationLine, ApplicationLine.item_id == Item.id)
        .where(ApplicationLine.application_id == application.id)
    )
    shipments, matters = (
        items.with_only_columns(key).where(key.is_not(None))
        for key in (Item.shipment_id, Item.matter_id)
    )
    own = attached("application", [application.id])
    told = own | covering(shipments) | attached("matter", matters)
    return _told(session, told & (Evidence.firm_id == application.firm_id))


def shown_of(session: Session, kind: str, key: int) -> list[list[Any]]:
    """The evidence of one thing as part of what is decided on."""
    return _told(session, attached(kind, [key]))


def attached(kind: str, keys: Select[Any] | Sequence[int]) -> ColumnElement[bool]:
    """Of links: those to these things themselves."""
    return (EvidenceLink.subject_kind == kind) & EvidenceLink.subject_id.in_(keys)


def _told(session: Session, which: ColumnElement[bool]) -> list[list[Any]]:
    columns = (
        *(Evidence.kind, Evidence.sha256, Evidence.document_no, Evidence.total_fen),
        *(Evidence.currency, EvidenceLink.subject_kind, EvidenceLink.subject_id),
        EvidenceLink.part_fen,
    )
    query = select(*columns).join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    query = query.where(EvidenceLink.removed_at.is_(None), which)
    ordered = query.order_by(Evidence.sha256, EvidenceLink.subject_kind, EvidenceLink.subject_id)
    return [list(row) for row in session.execute(ordered)]


def alike(session: Session, found: Evidence) -> dict[str, list[Evidence]]:
    """Other standing evidence to be warned of: the same bytes of another owner, the same number."""
    others = select(Evidence).where(Evidence.id != found.id, Evidence.withdrawn_at.is_(None))
    told = {"bytes": others.where(Evidence.sha256 == found.sha256)}
    if found.document_no:
        told["number"] = others.where(
            Evidence.kind == found.kind, Evidence.document_no == found.document_no
        )
    return {
        name: list(session.scalars(query.order_by(Evidence.id))) for name, query in told.items()
    }


def doubled(session: Session, keys: Sequence[int]) -> set[int]:
    """Those of the evidence whose bytes or number stand elsewhere too, as in ``alike``."""
    other = aliased(Evidence)
    same = (other.sha256 == Evidence.sha256) | (
        (other.kind == Evidence.kind)
        & (other.document_no == Evidence.document_no)
        & (Evidence.document_no != "")
    )
    query = select(Evidence.id).join(other, (other.id != Evidence.id) & same)
    query = query.where(Evidence.id.in_(keys), other.withdrawn_at.is_(None))
    return set(session.scalars(query))


def shipments_of(session: Session, wanted: Sequence[Subject]) -> set[int]:
    """Keys of the shipments that these things are, or are of."""
    keys = {one.id for one in wanted if one.kind == "shipment"}
    lines = [one.id for one in wanted if one.kind == "cargo_line"]
    files = [one.id for one in wanted if one.kind == "manifest"]
    for part in chunks(lines):
        keys |= set(session.scalars(select(CargoLine.shipment_id).where(CargoLine.id.in_(part))))
    for part in chunks(files):
        query = select(CargoLine.shipment_id).join(CargoLine.row)
        keys |= set(session.scalars(query.where(ManifestRow.manifest_id.in_(part))))
    return keys
