"""Confirmations 确认: rows that change what stands, seen side by side and said to be right.

A row that changes a standing line, or takes its place under another key, goes in only once somebody
has seen both and said so; until then it waits in its upload, also after the rest was committed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tracker.books import audit
from tracker.db import chunks
from tracker.errors import Conflict, Refused, mark
from tracker.models.cargo import Manifest, ManifestRow
from tracker.models.corrections import RowConfirmation
from tracker.models.people import User
from tracker.steps.sorting import Sorted
from tracker.steps.succession import Place

OPEN_STATES = ("checked", "committed")
"""Of a manifest whose rows may be confirmed."""
CHANGING_STATES = ("changed", "replaces", "contested")
"""Row states that may need a confirmation: where a line stands that they would change."""
Verdicts = Mapping[Place, RowConfirmation]


def changing(manifest: Manifest) -> Select[ManifestRow]:
    """The rows that change what stands, whether or not they went in; in the order of the file."""
    query = select(ManifestRow).where(
        ManifestRow.manifest_id == manifest.id,
        ManifestRow.before_id.is_not(None),
        ManifestRow.state.in_(CHANGING_STATES),
    )
    return query.order_by(ManifestRow.sheet, ManifestRow.row_no)


def waiting(manifest: Manifest) -> Select[ManifestRow]:
    """Those of the rows that have not gone in."""
    return changing(manifest).where(ManifestRow.taken_seq.is_(None))


def unsaid() -> ColumnElement[bool]:
    """Of a manifest: that it was committed and rows of it still wait for a person's word."""
    held = select(ManifestRow.id).where(
        ManifestRow.manifest_id == Manifest.id,
        ManifestRow.before_id.is_not(None),
        ManifestRow.state.in_(CHANGING_STATES),
        ManifestRow.taken_seq.is_(None),
        ManifestRow.reason != "settled",
    )
    return (Manifest.state == "committed") & held.exists()


def holding(session: Session, manifest: Manifest) -> Verdicts:
    """Sheet and row -> the last word about it."""
    query = select(RowConfirmation).where(RowConfirmation.manifest_id == manifest.id)
    said = session.scalars(query.order_by(RowConfirmation.id))
    return {(one.sheet, one.row_no): one for one in said}


def apart(verdicts: Verdicts) -> frozenset[Place]:
    """The rows that were said to be no corrections of another key."""
    return frozenset(place for place, said in verdicts.items() if said.verdict == "apart")


def holds(said: RowConfirmation | None, before_id: int | None, content_sha256: str | None) -> bool:
    """Whether what was said is about this row beside this line."""
    return said is not None and (said.before_id, said.content_sha256) == (before_id, content_sha256)


def lets_in(verdicts: Verdicts, one: Sorted) -> bool:
    """Whether a sorted row may go in: it changes nothing that stands, or somebody confirmed it."""
    if one.before_id is None:
        return True
    said = verdicts.get(one.place)
    return (
        one.reason != "settled"
        and said is not None
        and said.verdict == "confirm"
        and holds(said, one.before_id, one.content_sha256)
    )


def words(session: Session, manifest: Manifest) -> list[tuple[ManifestRow, str]]:
    """The rows that wait, each with the last word about it beside its line; ``wait`` of none."""
    verdicts = holding(session, manifest)
    found = []
    for row in session.scalars(waiting(manifest)):
        said = verdicts.get((row.sheet, row.row_no))
        word = said.verdict if said and holds(said, row.before_id, row.content_sha256) else "wait"
        found.append((row, word))
    return found


def confirmed(session: Session, manifest: Manifest) -> bool:
    """Whether somebody's word lets in a row that has not gone in.

    A correction does not go in by it once money of the earlier line has been applied for; what is
    said to be another shipment does.
    """
    return any(
        word == "apart" or (word == "confirm" and row.reason != "settled")
        for row, word in words(session, manifest)
    )


def give(
    session: Session,
    user: User,
    manifest: Manifest,
    verdict: str,
    rows: Sequence[int] | None,
    now: datetime,
) -> int:
    """Keep what was said of these rows, or of all that wait; returns of how many.

    Raises ``Conflict`` where the upload is neither checked nor committed or a row no longer waits,
    ``Refused`` for a row that changes its content only and is said to be another one, and for a
    correction of what has been applied for.
    """
    if manifest.state not in OPEN_STATES:
        raise Conflict(
            mark("Rows of this upload cannot be confirmed now."), mark("Open the upload again.")
        )
    chosen = _chosen(session, manifest, verdict, rows)
    _require(verdict, chosen)
    session.add_all(
        RowConfirmation(
            manifest_id=manifest.id,
            sheet=row.sheet,
            row_no=row.row_no,
            content_sha256=row.content_sha256 or "",
            before_id=row.before_id or 0,
            verdict=verdict,
            user_id=user.id,
            confirmed_at=now,
        )
        for row in chosen
    )
    audit.done(
        session, user, f"manifest.{verdict}", f"manifest {manifest.id}", now, {"rows": len(chosen)}
    )
    session.flush()
    return len(chosen)


def _require(verdict: str, chosen: Sequence[ManifestRow]) -> None:
    if verdict == "apart" and any(row.state != "replaces" for row in chosen):
        raise Refused(
            mark("A row with the same key as a standing line is that line."),
            mark("Confirm the change, or leave the row waiting."),
        )
    if verdict == "confirm" and any(row.reason == "settled" for row in chosen):
        raise Refused(
            mark("Money of the earlier line has been applied for, so it no longer changes."),
            mark("Ask the league to return the application first, then upload again."),
        )


def _chosen(
    session: Session, manifest: Manifest, verdict: str, rows: Sequence[int] | None
) -> list[ManifestRow]:
    """The rows that are meant; "all" leaves out those that cannot be meant."""
    if rows is None:
        able = waiting(manifest)
        if verdict == "apart":
            able = able.where(ManifestRow.state == "replaces")
        if verdict == "confirm":
            able = able.where(ManifestRow.reason != "settled")
        found = list(session.scalars(able))
    else:
        found = []
        for part in chunks(sorted(set(rows))):
            found += session.scalars(waiting(manifest).where(ManifestRow.id.in_(part)))
        if len(found) != len(set(rows)):
            raise Conflict(
                mark("A row is no longer waiting to be confirmed."),
                mark("Look at it again and decide on what you see."),
            )
    if not found:
        raise Refused(mark("No row was chosen."), mark("Tick the rows that are right."))
    return found
