"""Manifests 发运明细表: stored first, read and checked, previewed, committed, withdrawn.

The bytes are kept before anything looks at them. Every row ends in exactly one state and the states
add up to the rows read. Good rows can go in while bad ones come back.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ingest import contents, examine
from ingest.rows import Problem, Report
from rules.registry import Registry
from tracker import blobs, bulk
from tracker.books import audit, queue
from tracker.db import canonical, local_day
from tracker.errors import Conflict, NotAllowed, mark
from tracker.models.cargo import MENDED_STATES, Manifest, ManifestProblem, ManifestRow, Shipment
from tracker.models.corrections import ManifestReplacement
from tracker.models.people import User
from tracker.steps import (
    answers,
    confirmations,
    further,
    preview,
    replacement,
    taking_in,
    uploads,
)
from tracker.steps.sorting import Sorting, sort
from tracker.steps.taking_in import ACCEPTED_STATES

VALUE_CHARACTERS = 500
PLACE = ("manifest_id", "sheet", "row_no", "state")
GOOD = ("unit_key", "line_key", "content_sha256", "reason", "before_id", "fields")
CLEAN_STATES = frozenset({"new", "unchanged", "not_data"})
"""Of rows that leave nothing for a person to decide."""


def store(
    session: Session,
    user: User,
    file_name: str,
    sha256: str,
    size_bytes: int,
    now: datetime,
    replaces: Manifest | None = None,
) -> Manifest:
    """Make the upload a manifest and ask for it to be read, in one transaction.

    It may be to replace a committed one. Raises ``NotAllowed`` for anyone but a firm's people,
    ``Conflict`` for bytes that stand already, and as ``replacement.require_replaceable``.
    """
    if user.firm_id is None:
        raise NotAllowed(mark("Only a firm uploads manifests."))
    _stands_once(session, user.firm_id, sha256)
    if replaces is not None:
        replacement.require_replaceable(session, replaces)
    manifest = Manifest(
        firm_id=user.firm_id,
        user_id=user.id,
        file_name=file_name[:255],
        sha256=sha256,
        size_bytes=size_bytes,
        uploaded_at=now,
    )
    session.add(manifest)
    session.flush()
    if replaces is not None:
        session.add(ManifestReplacement(manifest_id=manifest.id, replaced_id=replaces.id))
    _ask_reading(session, manifest, now)
    _audit(session, user, "manifest.upload", manifest, now)
    return manifest


def read_again(session: Session, user: User, manifest: Manifest, now: datetime) -> None:
    """Ask for the file to be read anew with the answers given since.

    Raises as ``answers.require_open``, and ``Conflict`` where a refused file was uploaded again
    since and stands.
    """
    answers.require_open(manifest)
    if manifest.state == "refused":
        _stands_once(session, manifest.firm_id, manifest.sha256)
    manifest.state = "received"
    manifest.readings += 1
    manifest.rows_done = 0
    _ask_reading(session, manifest, now)
    _audit(session, user, "manifest.read_again", manifest, now)
    session.flush()


def _stands_once(session: Session, firm_id: int, sha256: str) -> None:
    same = select(Manifest).where(Manifest.firm_id == firm_id, Manifest.sha256 == sha256)
    uploads.require_once(session, same.where(Manifest.state.not_in(("refused", "withdrawn"))))


def _ask_reading(session: Session, manifest: Manifest, now: datetime) -> None:
    slot = f"check_manifest:{manifest.id}:{manifest.readings}"
    queue.enqueue(session, "check_manifest", slot, {"manifest": manifest.id}, now)


def read(
    session: Session,
    manifest: Manifest,
    raw: bytes,
    now: datetime,
    progress: Callable[[int, int], None],
) -> Report:
    """Read and check the bytes with the answers so far; slow, so before any lock is taken."""
    return examine(
        raw,
        manifest.file_name,
        day=local_day(now),
        firm_code=manifest.firm.uscc,
        answers=answers.given(session, manifest),
        remembered=answers.remembered(session, manifest),
        progress=progress,
        books=further.books(session, manifest),
    )


def read_stored(session: Session, home: Path, manifest: Manifest) -> Report:
    """The stored bytes read and checked again, as on the day of the upload."""
    raw = blobs.read(home, manifest.sha256)
    return read(session, manifest, raw, manifest.uploaded_at, lambda _done, _all: None)


@dataclass(frozen=True)
class Sifted:
    """The good rows beside what stood when they were read, and what they would earn, in fen."""

    rows: Sorting
    estimate_fen: int | None


def sift(session: Session, registry: Registry, manifest: Manifest, report: Report) -> Sifted:
    """Sort the good rows against what stands and estimate the subsidy; slow, so before any lock.

    It is for the preview: what goes in is sorted anew, under the lock.
    """
    link = replacement.of(session, manifest)
    apart = confirmations.apart(confirmations.holding(session, manifest))
    leaving = replacement.wholly_by(session, link.replaced) if link else frozenset()
    rows = sort(session, manifest.firm_id, report.lines, apart, leaving)
    accepted = rows.only(ACCEPTED_STATES)
    return Sifted(rows, preview.estimate(session, registry, manifest, accepted))


def keep(
    session: Session, registry: Registry, manifest: Manifest, report: Report, sifted: Sifted
) -> None:
    """Keep what reading found; of a replacement, try out what it would change.

    Nothing is kept of an upload that was withdrawn while it was read.
    """
    if manifest.state != "received":
        return
    session.execute(delete(ManifestRow).where(ManifestRow.manifest_id == manifest.id))
    session.execute(delete(ManifestProblem).where(ManifestProblem.manifest_id == manifest.id))
    bulk.insert_all(session, (_problem(manifest, problem) for problem in report.problems))
    bulk.write(session, ManifestRow, (*PLACE, *GOOD), _good(manifest, sifted.rows))
    bulk.write(session, ManifestRow, (*PLACE, "reason", "cells"), _others(manifest, report))
    further.keep(session, manifest, report)
    manifest.reading = {**report.file.as_json(), "outcome": report.outcome}
    manifest.rows_done = manifest.rows_total = report.rows_read
    manifest.state = "refused" if report.outcome == "reject" else "checked"
    manifest.estimate_fen = sifted.estimate_fen
    session.flush()
    link = replacement.of(session, manifest)
    if link is not None and manifest.state == "checked":
        link.difference_fen = _tried_out(session, registry, manifest)
        session.flush()


def _tried_out(session: Session, registry: Registry, manifest: Manifest) -> int | None:
    """By how many fen the firm's accrued money would change; None where it cannot go in."""
    before = replacement.accrued_fen(session, manifest.firm_id)
    attempt = session.begin_nested()
    try:
        taking_in.take_in(session, registry, manifest, "system", manifest.uploaded_at, trial=True)
        return replacement.accrued_fen(session, manifest.firm_id) - before
    except replacement.Hindered:
        return None
    finally:
        attempt.rollback()


@dataclass(frozen=True)
class Preview:
    """What committing would do; the counts of the row states add up to the rows read."""

    counts: Mapping[str, int]
    rows_read: int
    shipments: int
    estimate_fen: int | None


def preview_of(session: Session, manifest: Manifest) -> Preview:
    """The preview of a checked manifest."""
    rows = session.execute(
        select(ManifestRow.state, ManifestRow.unit_key).where(
            ManifestRow.manifest_id == manifest.id
        )
    )
    states: Counter[str] = Counter()
    units: set[str] = set()
    for state, unit_key in rows:
        states[state] += 1
        if state in ACCEPTED_STATES and unit_key:
            units.add(unit_key)
    return Preview(dict(states), manifest.rows_total, len(units), manifest.estimate_fen)


def ask_commit(
    session: Session, user: User, manifest: Manifest, now: datetime, *, by_itself: bool = False
) -> None:
    """Ask for the good rows to go in, or those confirmed since.

    ``by_itself`` where no person asks; see ``commit``. Raises ``Conflict`` unless the manifest
    waits for that, and as ``replacement.require_whole``.
    """
    waits = manifest.state == "checked" or (
        manifest.state == "committed" and confirmations.confirmed(session, manifest)
    )
    if not waits:
        raise Conflict(
            mark("This manifest is not waiting to be committed."),
            mark("Look at its state; a committed one needs nothing more."),
        )
    replacement.require_whole(session, manifest)
    manifest.state = "committing"
    queue.enqueue(
        session,
        "commit_manifest",
        queue.next_slot(session, f"commit_manifest:{manifest.id}"),
        {"manifest": manifest.id, "login": user.login, "by_itself": by_itself},
        now,
    )
    _audit(session, user, "manifest.commit", manifest, now)


def wait_again(session: Session, manifest: Manifest, now: datetime) -> None:
    """The job that was to commit was given up: the firm may ask again, or withdraw."""
    if manifest.state == "committing":
        _back(manifest)
        _record(session, "system", "manifest.commit", manifest, now, outcome="failed")


def commit(
    session: Session,
    registry: Registry,
    manifest: Manifest,
    actor: str,
    now: datetime,
    *,
    by_itself: bool = False,
) -> None:
    """Take the good rows in, match, assess and accrue: all in the caller's one transaction.

    ``by_itself`` where no person asked: what has to be decided since it was checked leaves all of
    it to a person. A job that was given up and is started again takes nothing in of an upload
    withdrawn meanwhile. A replacement that cannot go in whole any more waits for the firm again,
    and its page says why.
    """
    if manifest.state not in {"checked", "committing"}:
        return
    if by_itself and not taking_in.states_now(session, manifest) <= CLEAN_STATES:
        _back(manifest)
        session.flush()
        return
    attempt = session.begin_nested()
    try:
        taking_in.take_in(session, registry, manifest, actor, now)
    except replacement.Hindered:
        attempt.rollback()
        _back(manifest)
        _record(session, "system", "manifest.commit", manifest, now, outcome="refused")
        return
    attempt.commit()


def withdraw(session: Session, user: User, manifest: Manifest, now: datetime) -> None:
    """Take back an upload that has not been committed; nothing is deleted."""
    if manifest.state not in {"checked", "received"}:
        raise Conflict(
            mark("Only an upload that has not been committed can be withdrawn here."),
            mark("Upload a corrected file instead: its changed rows replace the earlier ones."),
        )
    manifest.state = "withdrawn"
    _audit(session, user, "manifest.withdraw", manifest, now)
    session.flush()


def shipments_of(session: Session, manifest: Manifest) -> list[Shipment]:
    """The shipments that rows of this manifest went into."""
    keys = select(ManifestRow.unit_key).where(ManifestRow.manifest_id == manifest.id)
    query = select(Shipment).where(
        Shipment.firm_id == manifest.firm_id, Shipment.unit_key.in_(keys)
    )
    return list(session.scalars(query.order_by(Shipment.accepted_seq)))


def _problem(manifest: Manifest, problem: Problem) -> ManifestProblem:
    return ManifestProblem(
        manifest_id=manifest.id,
        severity=problem.severity,
        code=problem.code,
        sheet=problem.sheet[:120],
        row_no=problem.row,
        column_letter=problem.column,
        field=problem.field,
        value=None if problem.value is None else problem.value[:VALUE_CHARACTERS],
        values=_plain(problem.args),
    )


def _good(manifest: Manifest, rows: Sorting) -> Iterator[tuple[object, ...]]:
    for some in rows.slices():
        lines = some.chosen()
        said = some.places.select(
            pl.lit(manifest.id),
            pl.lit(lines.sheet[:120]).alias("sheet"),
            lines.rows.alias("row_no"),
            *("state", "unit_key", "line_key", "content_sha256", "reason", "before_id"),
            contents.texts(lines.values).alias("fields"),
        )
        yield from said.iter_rows()


def _others(manifest: Manifest, report: Report) -> Iterator[tuple[object, ...]]:
    ended = {"asked": report.waiting, "refused": report.refused, "doubled": report.doubled}
    for state, lines in ended.items():
        for line in lines:
            cells = canonical(dict(line.raw)) if state in MENDED_STATES else None
            yield manifest.id, line.sheet[:120], line.row, state, "", cells
    for one in report.skipped:
        yield manifest.id, one.sheet[:120], one.row, "not_data", one.reason, None


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _back(manifest: Manifest) -> None:
    """Let it wait for the firm again, as before it was to be committed."""
    manifest.state = "committed" if manifest.committed_at else "checked"


def _audit(session: Session, user: User, action: str, manifest: Manifest, now: datetime) -> None:
    _record(session, user.login, action, manifest, now)


def _record(
    session: Session,
    login: str,
    action: str,
    manifest: Manifest,
    now: datetime,
    outcome: str = "done",
) -> None:
    audit.record(
        session,
        at=now,
        login=login,
        action=action,
        subject=f"manifest {manifest.id}",
        outcome=outcome,
    )
