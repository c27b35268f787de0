"""Adjusting 差额测算: what is settled, computed anew at its own place, and what that comes to.

The rows of a correction go in, the rule of the day of departure is run; then each item's difference
is posted. What is more accrues beside what stands, but never above the
award: reductions that reviewers made stand. What is less goes back as far as it stands accrued; the
rest is in others' hands, and is an excess that is demanded back once it is paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.orm import Session

from ingest import contents
from rules.registry import Registry
from rules.tally import Run
from tracker import bulk
from tracker.books import ledger
from tracker.errors import Conflict, mark
from tracker.models import subjects
from tracker.models.adjustments import Adjustment
from tracker.models.cargo import Manifest, ManifestRow, Shipment
from tracker.models.filings import DisbursementLine
from tracker.models.methods import Method
from tracker.models.money import STANDING_STAGES, Assessment, Item
from tracker.steps import (
    accrual,
    assessment,
    booking,
    keeping,
    methods,
    shipments,
    sorting,
)

HELD_STAGES = tuple(stage for stage in STANDING_STAGES if stage != "recoverable")
"""Where money counts as had: what is demanded back is not."""
SETTLED_ROW = ("refused", "settled")
"""State and reason of a row that says otherwise than what was applied for."""


@dataclass(frozen=True)
class Figures:
    """What computing one item anew comes to, in fen; see ``models.adjustments``."""

    item_id: int
    before_fen: int
    after_fen: int
    moved_fen: int
    excess_fen: int


def rows_of(session: Session, manifest: Manifest, unit_keys: Sequence[str]) -> list[ManifestRow]:
    """The rows of the upload that say otherwise of these settled units, in their order."""
    state, reason = SETTLED_ROW
    query = select(ManifestRow).where(
        ManifestRow.manifest_id == manifest.id,
        ManifestRow.state == state,
        ManifestRow.reason == reason,
        ManifestRow.taken_seq.is_(None),
    )
    found = bulk.looked_up(session, query, ManifestRow.unit_key, sorted(set(unit_keys)))
    return sorted((row for (row,) in found), key=lambda row: (row.sheet, row.row_no))


def differing(
    session: Session, registry: Registry, method: Method, items: Sequence[Item]
) -> list[int]:
    """Ids of the items that come out otherwise under the method; reads alone, so before a lock."""
    stood = assessment.newest(session, [item.id for item in items])
    held = assessment.opening_of(session, method, frozenset())
    kind = subjects.of(method.programme)
    known = assessment.FACTS[kind.name](session, [item.subject for item in items])
    found: list[int] = []
    for item in items:
        old = stood[item.id]
        ran = assessment.run_anew(session, registry, method, item.subject, old, held, known)
        if ran is not None and ran[1].awards[0] != old.award_fen:
            found.append(item.id)
    return found


def tried(
    session: Session,
    registry: Registry,
    adjustment: Adjustment,
    items: Sequence[Item],
    cause: accrual.Cause,
) -> list[Figures]:
    """What carrying it out would come to; nothing stays done. Raises as ``carry_out``."""
    attempt = session.begin_nested()
    try:
        return carry_out(session, registry, adjustment, items, cause)
    finally:
        attempt.rollback()


def carry_out(
    session: Session,
    registry: Registry,
    adjustment: Adjustment,
    items: Sequence[Item],
    cause: accrual.Cause,
) -> list[Figures]:
    """Let the correction in and post every difference, in the caller's one transaction.

    Raises ``Conflict`` where the rows say what stands by now, where a shipment would be another
    league's or claim what another holds, and where its amount could not be computed.
    """
    found = shipments.by_id(session, [item.shipment_id for item in items if item.shipment_id])
    league_ids = {one.id: one.league_id for one in found.values()}
    if adjustment.manifest is not None:
        _let_in(session, registry, adjustment.manifest, list(found.values()), cause)
    for one in found.values():
        _require_there(one, league_ids[one.id])
    queue = sorted(items, key=lambda item: item.subject.accepted_seq or 0)
    figures: list[Figures] = []
    held: dict[int, dict[str, int]] = {}
    stood = assessment.newest(session, [item.id for item in items])
    ahead: dict[int, tuple[Method, int]] = {}
    for item in queue:
        method = _method(session, item)
        if method.id not in held:
            held[method.id] = assessment.opening_of(session, method, frozenset())
            ahead[method.id] = (method, item.subject.accepted_seq or 0)
        old, before = stood[item.id], held[method.id]
        ran = assessment.run_anew(session, registry, method, item.subject, old, before)
        figures.append(_post(session, method, item, old, ran, cause, before))
    for method, seq in ahead.values():
        rest = assessment.run_from(session, registry, method, seq)
        if rest is not None:
            accrual.post(session, method, *rest, cause)
    session.flush()
    return figures


def _let_in(
    session: Session,
    registry: Registry,
    manifest: Manifest,
    found: Sequence[Shipment],
    cause: accrual.Cause,
) -> None:
    """Keep the rows as versions of the settled lines, with all that follows but their money."""
    rows = rows_of(session, manifest, [one.unit_key for one in found])
    texts = select(ManifestRow.id, type_coerce(ManifestRow.fields, Text))
    said = dict(bulk.looked_up(session, texts, ManifestRow.id, [row.id for row in rows]))
    lines = contents.read(
        rows[0].sheet if rows else "", [row.row_no for row in rows], [said[row.id] for row in rows]
    )
    made = sorting.sort(session, manifest.firm_id, lines)
    taken: list[keeping.Taken] = [
        (rows[at].id, one)
        for at, one in zip(made.places["at"], made, strict=True)
        if (one.state, one.reason) == SETTLED_ROW
    ]
    if not taken:
        raise Conflict(
            mark("These rows say nothing else than what stands by now."),
            mark("Withdraw the request; nothing is left to adjust."),
        )
    seq = booking.next_seq(session)
    touched, units = keeping.keep(session, manifest.firm_id, taken, cause.now)
    went_in = update(ManifestRow).values(state="changed", reason="", taken_seq=seq)
    went_in = went_in.execution_options(synchronize_session=False)
    session.execute(went_in.where(bulk.among(session, ManifestRow.id, [key for key, _ in taken])))
    deed = booking.Deed(manifest, "manifest.commit", cause.actor, cause.now)
    booking.book(session, registry, deed, touched, seq, units)


def _require_there(one: Shipment, league_id: int | None) -> None:
    if one.state != "standing":
        raise Conflict(
            mark("By this correction %(shipment)s claims what another shipment holds."),
            mark("Decline it, and look at both sides among the contested shipments."),
            shipment=one.label,
        )
    if one.league_id != league_id:
        raise Conflict(
            mark("By this correction %(shipment)s is no longer on a route of this league."),
            mark("Decline it; what was paid is demanded back, and the other league is applied to."),
            shipment=one.label,
        )


def _method(session: Session, item: Item) -> Method:
    found = methods.in_force(session, item.league_id, item.programme_id, item.subject.day)
    if found is None:
        raise Conflict(
            mark("No method is in force on the day of %(shipment)s any more."),
            mark("Decline it; what was paid for no method is demanded back."),
            shipment=item.subject.label,
        )
    return found


def _post(
    session: Session,
    method: Method,
    item: Item,
    old: Assessment,
    ran: tuple[assessment.Due, Run] | None,
    cause: accrual.Cause,
    held: dict[str, int],
) -> Figures:
    """Post the item's difference and keep what it takes of each counter for those after it."""
    stages = ledger.item_balances(session, item.id)
    if ran is None:
        return _figures(session, item, old.award_fen, old.award_fen, stages)
    due, run = ran
    if run.outcomes[0] == "waiting":
        raise Conflict(
            mark("By this correction the amount of %(shipment)s could not be computed: %(why)s"),
            mark("Decline it, or have what lacks told first."),
            shipment=item.subject.label,
            why="；".join(reason.zh for reason in run.tally(0).reasons),
        )
    figures = _figures(session, item, old.award_fen, run.awards[0], stages)
    own = accrual.Cause(f"{cause.key}:{item.subject.accepted_seq}", cause.actor, cause.now)
    target = {due.subject.id: stages.get("accrued", 0) + figures.moved_fen}
    accrual.post(session, method, [due], run, own, accrued_fen=target)
    for key, use in old.consumption.items():
        held[key] = held.get(key, 0) - int(use["used"])
    for key, took in run.consumption(0).items():
        held[key] = held.get(key, 0) + took
    return figures


def _figures(
    session: Session, item: Item, before: int, after: int, stages: Mapping[str, int]
) -> Figures:
    has = sum(stages.get(stage, 0) for stage in HELD_STAGES)
    if after > before:
        declined = has == 0 and not _was_paid(session, item)
        moved = 0 if declined else max(min(after - before, after - has), 0)
    else:
        moved = -min(stages.get("accrued", 0), max(has - after, 0))
    return Figures(item.id, before, after, moved, max(has + moved - after, 0))


def _was_paid(session: Session, item: Item) -> bool:
    """Whether it was ever instructed: then nothing left of it means it came back, not declined."""
    query = select(DisbursementLine.id).where(DisbursementLine.item_id == item.id)
    return session.scalar(query.limit(1)) is not None
