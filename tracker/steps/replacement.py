"""Replacement 替换: an upload takes the place of a committed one, as a whole or not at all.

Rows that are missing in it leave, changed ones change, equal ones stay. It goes in whole: else one
line would count by a file that is withdrawn, and a row that only waits to be mended would lose its
place in the queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.corrections import ManifestReplacement
from tracker.models.money import Item, ItemStage
from tracker.steps import confirmations, left_out, shipments, succession

MOST_NAMED = 10
"""Shipments named in one sentence."""


@dataclass(frozen=True)
class Leaving:
    """A line of the replaced upload that the new one does not say."""

    line_id: int
    shipment_id: int
    label: str
    waybill_no: str
    sheet: str
    row_no: int


@dataclass(frozen=True)
class Hindrance:
    """Why a replacement cannot go in: English msgids and their values."""

    message: str
    mend: str
    values: dict[str, object]


class Hindered(Conflict):
    """A replacement cannot go in as a whole, and waits for its firm."""


GONE = Hindrance(
    mark("The upload that it is to replace stands no longer."),
    mark("Withdraw this one and upload it by itself."),
    {},
)
MENDING = mark("%(count)s rows are still to be mended or answered.")
MENDING_MEND = mark("A replacement goes in as a whole: mend them first, or leave them out.")
UNSAID = mark("%(count)s changed rows are not confirmed yet.")
UNSAID_MEND = mark("Look at them side by side and confirm those that are right.")
SETTLED = mark("Money of %(labels)s has been applied for, so they can neither leave nor change.")
SETTLED_MEND = mark(
    "Keep their rows as they were; upload what changed of them by itself, and ask the league to"
    " adjust it, or to return the application first."
)


def of(session: Session, manifest: Manifest) -> ManifestReplacement | None:
    """What the upload is to replace, if it is to replace another."""
    return session.get(ManifestReplacement, manifest.id)


def successors(session: Session, manifest: Manifest) -> list[Manifest]:
    """Uploads made to replace this one that wait, or did so; the newest first."""
    query = (
        select(Manifest)
        .join(ManifestReplacement, ManifestReplacement.manifest_id == Manifest.id)
        .where(
            ManifestReplacement.replaced_id == manifest.id,
            Manifest.state.not_in(("refused", "withdrawn")),
        )
    )
    return list(session.scalars(query.order_by(Manifest.id.desc())))


def require_replaceable(session: Session, manifest: Manifest) -> None:
    """Raise ``Conflict`` unless the upload stands and nothing else is to replace it."""
    if manifest.state != "committed":
        raise Conflict(
            mark("Only a committed upload is replaced."),
            mark("Withdraw this one and upload the corrected file by itself."),
        )
    if waiting := successors(session, manifest):
        raise Conflict(
            mark("Upload no. %(number)s is to replace it already."),
            mark("Commit or withdraw that one first."),
            number=waiting[0].id,
        )


def standing_by(session: Session, manifest: Manifest) -> list[tuple[Leaving, str, str, str]]:
    """The lines that stand by rows of the upload, with the row's unit key, waybill and content."""
    query = (
        select(CargoLine.id, Shipment.id, Shipment.label, CargoLine.waybill_no)
        .add_columns(ManifestRow.sheet, ManifestRow.row_no)
        .add_columns(ManifestRow.unit_key, CargoLine.line_key, CargoLine.content_sha256)
        .join(Shipment, Shipment.id == CargoLine.shipment_id)
        .join(ManifestRow, ManifestRow.id == CargoLine.manifest_row_id)
        .where(ManifestRow.manifest_id == manifest.id, CargoLine.standing)
        .order_by(ManifestRow.sheet, ManifestRow.row_no)
    )
    return [(Leaving(*row[:6]), *row[6:]) for row in session.execute(query)]


def wholly_by(session: Session, manifest: Manifest) -> frozenset[int]:
    """The shipments all of whose standing lines stand by rows of the upload."""
    lines = standing_by(session, manifest)
    ids = {line.line_id for line, *_ in lines}
    found = {line.shipment_id for line, *_ in lines}
    others = {
        shipment_id
        for (shipment_id, _), (line_id, _) in succession.standing(session, sorted(found)).items()
        if line_id not in ids
    }
    return frozenset(found - others)


def leaving(session: Session, manifest: Manifest, replaced: Manifest) -> list[Leaving]:
    """The lines of the replaced upload of which the new one, once read, says nothing."""
    query = select(
        ManifestRow.unit_key, ManifestRow.line_key, ManifestRow.content_sha256
    ).add_columns(ManifestRow.before_id, ManifestRow.state)
    said: set[tuple[str, str, str]] = set()
    beside: set[int] = set()
    for *key, before_id, state in session.execute(
        query.where(ManifestRow.manifest_id == manifest.id)
    ):
        if state == "unchanged":
            said.add((key[0], key[1], key[2]))
        elif state in confirmations.CHANGING_STATES and before_id is not None:
            beside.add(before_id)
    beside -= _apart(session, manifest)
    return [
        line
        for line, *key in standing_by(session, replaced)
        if line.line_id not in beside and tuple(key) not in said
    ]


def hindrances(
    session: Session, link: ManifestReplacement, gone: Sequence[Leaving]
) -> list[Hindrance]:
    """Why the replacement cannot go in as it was read, with what leaves; empty where it can."""
    manifest = link.manifest
    if link.replaced.state != "committed":
        return [GONE]
    found: list[Hindrance] = []
    settled_rows = session.scalars(
        left_out.settled(manifest)
        .join(Shipment, ManifestRow.unit_key == Shipment.unit_key)
        .where(Shipment.firm_id == manifest.firm_id)
        .with_only_columns(Shipment.label)
    ).all()
    rows = session.scalar(select(func.count()).select_from(left_out.to_mend(manifest).subquery()))
    if count := (rows or 0) + left_out.further_rows(session, manifest):
        found.append(Hindrance(MENDING, MENDING_MEND, {"count": count}))
    changing = _changing(session, manifest)
    labels = {line.shipment_id: line.label for line in gone}
    labels |= {one.id: one.label for _, _, one in changing}
    fixed = shipments.settled(session, sorted(labels))
    fixed |= {one.id for row, _, one in changing if row.reason == "settled"}
    if unsaid := sum(word == "wait" and one.id not in fixed for _, word, one in changing):
        found.append(Hindrance(UNSAID, UNSAID_MEND, {"count": unsaid}))
    if settled := {labels[key] for key in fixed} | set(settled_rows):
        found.append(Hindrance(SETTLED, SETTLED_MEND, {"labels": named(sorted(settled))}))
    return found


def require_whole(session: Session, manifest: Manifest) -> None:
    """Raise ``Hindered`` with the first hindrance, where it is to replace one and there is one."""
    link = of(session, manifest)
    if link is None:
        return
    for one in hindrances(session, link, leaving(session, manifest, link.replaced)):
        raise Hindered(one.message, one.mend, **one.values)


def named(labels: Sequence[str]) -> str:
    """Some labels for a sentence, and how many there are where that is too many to read."""
    few = "、".join(labels[:MOST_NAMED])
    return few if len(labels) <= MOST_NAMED else f"{few} … ({len(labels)})"


def accrued_fen(session: Session, firm_id: int) -> int:
    """What stands accrued for a firm, in fen."""
    query = (
        select(func.sum(ItemStage.balance))
        .join(Item, Item.id == ItemStage.item_id)
        .where(Item.firm_id == firm_id, ItemStage.stage == "accrued")
    )
    return int(session.scalar(query) or 0)


def _changing(session: Session, manifest: Manifest) -> list[tuple[ManifestRow, str, Shipment]]:
    """The rows that would change what stands, what was said of each, and whose line it is."""
    rows = [(row, word) for row, word in confirmations.words(session, manifest) if word != "apart"]
    of_line: dict[int | None, Shipment] = {}
    for part in chunks([row.before_id for row, _ in rows]):
        query = select(CargoLine.id, Shipment).join(Shipment, Shipment.id == CargoLine.shipment_id)
        of_line |= dict(session.execute(query.where(CargoLine.id.in_(part))).all())
    return [(row, word, of_line[row.before_id]) for row, word in rows]


def _apart(session: Session, manifest: Manifest) -> set[int]:
    """Lines that a row was laid beside and is said to have nothing to do with."""
    verdicts = confirmations.holding(session, manifest).values()
    return {said.before_id for said in verdicts if said.verdict == "apart"}
