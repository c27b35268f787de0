"""Taking in 入库: the rows of an upload that may count begin to, with all that follows from them.

Rows that change what stands go in once somebody confirmed them; the others wait in their upload and
can be confirmed after the rest was committed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ingest.rows import Line
from rules.registry import Registry
from tracker.db import chunks
from tracker.models.cargo import Manifest, ManifestRow, Shipment
from tracker.models.corrections import ManifestReplacement
from tracker.steps import booking, confirmations, further, replacement, shipments, standing

ACCEPTED_STATES = ("new", "changed", "replaces", "contested")
"""Of good rows that go in, some of them once they are confirmed."""
COUNTED_STATES = ("new", "unchanged", "contested")
"""Of rows that count from the commit on without anybody's confirmation, where none is asked."""
Taken = list[tuple[ManifestRow, shipments.Sorted]]


def take_in(
    session: Session,
    registry: Registry,
    manifest: Manifest,
    actor: str,
    now: datetime,
    *,
    trial: bool = False,
) -> None:
    """Take the good rows in, match, assess and accrue: all in the caller's one transaction.

    A ``trial`` takes every row that can be confirmed as confirmed; its caller rolls it back.
    Raises ``replacement.Hindered`` for a replacement that cannot go in as a whole.
    """
    manifest.state = "committing"  # its rows count from here on
    link = replacement.of(session, manifest)
    verdicts = confirmations.holding(session, manifest)
    taken: Taken = []
    for row, one in _sorted_again(session, manifest, verdicts, link):
        row.state, row.reason, row.before_id = one.state, one.reason, one.before_id
        may = confirmations.lets_in(verdicts, one) or (trial and one.reason != "settled")
        if one.state in ACCEPTED_STATES and may:
            taken.append((row, one))
    session.flush()
    if link is not None and not trial:
        replacement.require_whole(session, manifest)
    seq = booking.next_seq(session)
    touched = _let_in(session, manifest, taken, now)
    _count(session, manifest, [row.id for row, one in taken if one.before_id is not None], seq)
    if link is not None:
        touched += _give_way(session, link, {one.id for one in touched})
    booking.book(
        session, registry, booking.Deed(manifest, "manifest.commit", actor, now), touched, seq
    )
    further.take_in(session, manifest)
    manifest.state = "committed"
    manifest.committed_at = manifest.committed_at or now
    session.flush()


def states_now(session: Session, manifest: Manifest) -> set[str]:
    """The states of the good rows as the books stand now, kept with the rows."""
    found: set[str] = set()
    link = replacement.of(session, manifest)
    for row, one in _sorted_again(
        session, manifest, confirmations.holding(session, manifest), link
    ):
        row.state, row.reason, row.before_id = one.state, one.reason, one.before_id
        found.add(one.state)
    return found


def _sorted_again(
    session: Session,
    manifest: Manifest,
    verdicts: confirmations.Verdicts,
    link: ManifestReplacement | None,
) -> Iterator[tuple[ManifestRow, shipments.Sorted]]:
    """The rows that do not count yet, sorted anew among all of the upload."""
    query = select(ManifestRow).where(
        ManifestRow.manifest_id == manifest.id, ManifestRow.fields.is_not(None)
    )
    rows = session.scalars(query.order_by(ManifestRow.row_no)).all()
    by_place = {(row.sheet, row.row_no): row for row in rows}
    lines = [Line(row.sheet, row.row_no, row.fields or {}) for row in rows]
    leaving = replacement.wholly_by(session, link.replaced) if link else frozenset()
    apart = confirmations.apart(verdicts)
    for one in shipments.sort(session, manifest.firm_id, lines, apart, leaving):
        row = by_place[one.place]
        if row.taken_seq is None:
            yield row, one


def _let_in(session: Session, manifest: Manifest, taken: Taken, now: datetime) -> list[Shipment]:
    """Keep the rows as lines; what they correct stands no longer, and its place is theirs."""
    corrected = {
        one.before_id: one
        for _, one in taken
        if one.state == "replaces" and one.before_id is not None
    }
    last = session.scalar(select(func.max(Shipment.accepted_seq))) or 0
    stopped = standing.stop(session, corrected)
    touched = shipments.keep(session, manifest.firm_id, taken, now)
    kept = {one.id for one in touched}
    left = list({one.id: one for one in stopped.values() if one.id not in kept}.values())
    standing.rest(session, left)
    by_key = {one.unit_key: one for one in touched}
    for line_id, old in sorted(stopped.items(), key=lambda pair: pair[1].accepted_seq):
        new = by_key[corrected[line_id].unit_key]
        if old.state == "withdrawn" and new.accepted_seq > last:
            standing.pass_on(session, old, new)
    return [*touched, *left]


def _give_way(session: Session, link: ManifestReplacement, kept: set[int]) -> list[Shipment]:
    """The replaced upload counts no longer; the shipments that changed by that, beside the kept."""
    replaced = link.replaced
    replaced.state = "withdrawn"
    session.flush()
    said = standing.said_by(session, replaced)
    changed = standing.told_anew(session, replaced.firm_id, said)
    if fixed := shipments.settled(session, [one.id for one in changed]):
        labels = sorted(one.label for one in changed if one.id in fixed)
        values = {"labels": replacement.named(labels)}
        raise replacement.Hindered(replacement.SETTLED, replacement.SETTLED_MEND, **values)
    return [one for one in changed if one.id not in kept]


def _count(session: Session, manifest: Manifest, confirmed: Sequence[int], seq: int) -> None:
    """Let the rows that went in, or that say what stands already, count from this entry on."""
    values = update(ManifestRow).values(taken_seq=seq)
    values = values.execution_options(synchronize_session=False)
    session.execute(
        values.where(
            ManifestRow.manifest_id == manifest.id,
            ManifestRow.taken_seq.is_(None),
            ManifestRow.before_id.is_(None),
            ManifestRow.state.in_(COUNTED_STATES),
        )
    )
    for part in chunks(confirmed):
        session.execute(values.where(ManifestRow.id.in_(part)))
