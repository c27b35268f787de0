"""Taking in 入库: the rows of an upload that may count begin to, with all that follows from them.

Rows that change what stands go in once somebody confirmed them; the others wait in their upload and
can be confirmed after the rest was committed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, func, select, type_coerce, update
from sqlalchemy.orm import Session

from ingest import contents
from ingest.shipments import ShipmentUnit
from rules.registry import Registry
from tracker import bulk
from tracker.models.cargo import Manifest, ManifestRow, Shipment
from tracker.models.corrections import ManifestReplacement
from tracker.steps import (
    booking,
    confirmations,
    cross_asking,
    further,
    keeping,
    replacement,
    shipments,
    sorting,
    standing,
    tracks,
)

ACCEPTED_STATES = ("new", "changed", "replaces", "contested")
"""Of good rows that go in, some of them once they are confirmed."""
COUNTED_STATES = ("new", "unchanged", "contested")
"""Of rows that count from the commit on without anybody's confirmation, where none is asked."""


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
    taken = [
        (row_id, one)
        for row_id, one in _sorted_again(session, manifest, verdicts, link)
        if one.state in ACCEPTED_STATES
        and (confirmations.lets_in(verdicts, one) or (trial and one.reason != "settled"))
    ]
    if link is not None and not trial:
        replacement.require_whole(session, manifest)
    seq = booking.next_seq(session)
    touched, units = _let_in(session, manifest, taken, now)
    _count(session, manifest, [row_id for row_id, one in taken if one.before_id is not None], seq)
    if link is not None:
        touched += _give_way(session, link, {one.id for one in touched})
    deed = booking.Deed(manifest, "manifest.commit", actor, now)
    booking.book(session, registry, deed, touched, seq, units)
    told = further.take_in(session, manifest)
    _follow_anew(session, told - {one.id for one in touched}, seq, now)
    manifest.state = "committed"
    manifest.committed_at = manifest.committed_at or now
    session.flush()


def _follow_anew(session: Session, told: set[int], seq: int, now: datetime) -> None:
    """Legs may come after their shipments, and say how far a tractor pulled them."""
    found = shipments.by_id(session, told)
    tracks.ask_for(session, list(found.values()), f"further:{seq}", now)
    cross_asking.ask_for(session, list(found.values()), f"further:{seq}", now)


def states_now(session: Session, manifest: Manifest) -> set[str]:
    """The states of the good rows as the books stand now, kept with the rows."""
    link = replacement.of(session, manifest)
    verdicts = confirmations.holding(session, manifest)
    return {one.state for _, one in _sorted_again(session, manifest, verdicts, link)}


def _sorted_again(
    session: Session,
    manifest: Manifest,
    verdicts: confirmations.Verdicts,
    link: ManifestReplacement | None,
) -> list[keeping.Taken]:
    """The rows that do not count yet, sorted anew among all of the upload, and kept so."""
    query = select(ManifestRow.id, ManifestRow.sheet, ManifestRow.row_no, ManifestRow.taken_seq)
    query = query.add_columns(ManifestRow.state, ManifestRow.reason, ManifestRow.before_id)
    said = query.add_columns(type_coerce(ManifestRow.fields, Text)).where(
        ManifestRow.manifest_id == manifest.id, ManifestRow.fields.is_not(None)
    )
    rows = session.execute(said.order_by(ManifestRow.row_no)).all()
    lines = contents.read(
        rows[0].sheet if rows else "", [row.row_no for row in rows], [row[-1] for row in rows]
    )
    leaving = replacement.wholly_by(session, link.replaced) if link else frozenset()
    apart = confirmations.apart(verdicts)
    sorted_anew = sorting.sort(session, manifest.firm_id, lines, apart, leaving)
    found: list[keeping.Taken] = []
    changed: list[dict[str, object]] = []
    for at, one in zip(sorted_anew.places["at"], sorted_anew, strict=True):
        row = rows[at]
        if row.taken_seq is not None:
            continue
        found.append((row.id, one))
        if (row.state, row.reason, row.before_id) != (one.state, one.reason, one.before_id):
            said_anew = {"state": one.state, "reason": one.reason, "before_id": one.before_id}
            changed.append({"id": row.id, **said_anew})
    if changed:
        session.execute(update(ManifestRow), changed)
    return found


def _let_in(
    session: Session, manifest: Manifest, taken: Sequence[keeping.Taken], now: datetime
) -> tuple[list[Shipment], dict[int, ShipmentUnit]]:
    """Keep the rows as lines; what they correct stands no longer, and its place is theirs."""
    corrected = {
        one.before_id: one
        for _, one in taken
        if one.state == "replaces" and one.before_id is not None
    }
    last = session.scalar(select(func.max(Shipment.accepted_seq))) or 0
    stopped = standing.stop(session, corrected)
    touched, units = keeping.keep(session, manifest.firm_id, taken, now)
    kept = {one.id for one in touched}
    left = list({one.id: one for one in stopped.values() if one.id not in kept}.values())
    standing.rest(session, left)
    by_key = {one.unit_key: one for one in touched}
    for line_id, old in sorted(stopped.items(), key=lambda pair: pair[1].accepted_seq):
        new = by_key[corrected[line_id].unit_key]
        if old.state == "withdrawn" and new.accepted_seq > last:
            standing.pass_on(session, old, new)
    return [*touched, *left], units


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
    session.execute(values.where(bulk.among(session, ManifestRow.id, confirmed)))
