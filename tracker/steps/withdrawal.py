"""Withdrawal 撤回: a committed upload is taken back, while none of its money is applied for.

It is taken back as a whole or not at all: a file that says "withdrawn" must count for nothing, and
what has been applied for is in other people's hands. To take back a part, the file is replaced.
Nothing is deleted: lines stop standing, or what stood before them stands again; shipments of which
nothing stands are withdrawn and release their claims; accrued money goes back by difference. Who
lost a claim against one of them stays contested: being second is not undone by somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker.books import audit, queue
from tracker.db import chunks
from tracker.errors import Conflict, mark
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.money import Item, ItemStage
from tracker.models.people import User
from tracker.steps import booking, replacement, shipments, standing

JOB = "withdraw_manifest"


@dataclass(frozen=True)
class Affected:
    """What a withdrawal would touch: shipments with lines of the upload, and their money.

    Lines that were put right under another key may come back, so theirs are touched too.
    """

    shipments: tuple[Shipment, ...]
    settled: frozenset[int]
    """Ids of those whose money has been applied for: they stand in the way."""
    accrued_fen: Mapping[int | None, int]
    """Id -> what stands accrued for it, where something does."""
    lines: int
    """Lines that stand by rows of the upload."""


def affected(session: Session, manifest: Manifest) -> Affected:
    """What taking the upload back would touch, as the books stand."""
    lines = replacement.standing_by(session, manifest)
    earlier = select(CargoLine.shipment_id).where(
        CargoLine.id.in_(
            select(ManifestRow.before_id).where(
                ManifestRow.manifest_id == manifest.id,
                ManifestRow.before_id.is_not(None),
                ManifestRow.state == "replaces",
                ManifestRow.taken_seq.is_not(None),
            )
        )
    )
    ids = sorted({line.shipment_id for line, *_ in lines} | set(session.scalars(earlier)))
    found = shipments.by_id(session, ids).values()
    accrued: dict[int | None, int] = {}
    for part in chunks(ids):
        query = (
            select(Item.shipment_id, func.sum(ItemStage.balance))
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(Item.shipment_id.in_(part), ItemStage.stage == "accrued")
            .group_by(Item.shipment_id)
        )
        accrued |= {key: int(fen) for key, fen in session.execute(query)}
    fixed = shipments.settled(session, ids)
    queue = sorted(found, key=lambda one: one.accepted_seq)
    return Affected(tuple(queue), frozenset(fixed), accrued, len(lines))


def asked(session: Session, manifest: Manifest) -> ManifestWithdrawal | None:
    """The last time somebody asked for it to be taken back, if anybody did."""
    query = select(ManifestWithdrawal).where(ManifestWithdrawal.manifest_id == manifest.id)
    return session.scalars(query.order_by(ManifestWithdrawal.id.desc()).limit(1)).first()


def require_possible(session: Session, manifest: Manifest) -> None:
    """Raise ``Conflict`` unless the upload is committed, nothing is under way, none is settled."""
    if manifest.state != "committed":
        raise Conflict(
            mark("Only a committed upload is taken back like this."),
            mark("Look at its state again."),
        )
    last = asked(session, manifest)
    if last is not None and last.state == "asked":
        raise Conflict(mark("It is being withdrawn already."), mark("Wait until that is done."))
    if labels := _settled(affected(session, manifest)):
        raise Conflict(
            mark("Money of %(labels)s has been applied for, so this upload cannot be withdrawn."),
            mark(
                "Ask the league to return the application first;"
                " or replace the upload with a file that keeps these rows."
            ),
            labels=replacement.named(labels),
        )


def ask(session: Session, user: User, manifest: Manifest, now: datetime) -> ManifestWithdrawal:
    """Ask for a committed upload to be taken back; raises as ``require_possible``."""
    require_possible(session, manifest)
    one = ManifestWithdrawal(manifest_id=manifest.id, user_id=user.id, asked_at=now)
    session.add(one)
    session.flush()
    payload = {"withdrawal": one.id, "login": user.login}
    queue.enqueue(session, JOB, f"{JOB}:{one.id}", payload, now)
    audit.done(session, user, "manifest.ask_withdraw", f"manifest {manifest.id}", now)
    return one


def carry_out(
    session: Session, registry: Registry, one: ManifestWithdrawal, actor: str, now: datetime
) -> None:
    """Take the upload back, all in the caller's one transaction; or say why it cannot be.

    Money may have been applied for since it was asked: then it stays, and the asking says so. One
    that is no longer committed, because another took its place or more of it goes in, is given up.
    """
    if one.state != "asked":
        return
    manifest = session.get_one(Manifest, one.manifest_id)
    if manifest.state != "committed":
        give_up(session, one, now)
        return
    attempt = session.begin_nested()
    seq = booking.next_seq(session)
    manifest.state = "withdrawn"
    session.flush()
    touched = standing.told_anew(session, manifest.firm_id, standing.said_by(session, manifest))
    fixed = shipments.settled(session, [shipment.id for shipment in touched])
    if fixed:
        labels = sorted(shipment.label for shipment in touched if shipment.id in fixed)
        attempt.rollback()
        one.state, one.settled = "refused", labels
        _record(session, manifest, actor, now, outcome="refused")
        return
    attempt.commit()
    deed = booking.Deed(manifest, "manifest.withdraw", actor, now)
    booking.book(session, registry, deed, touched, seq)
    one.state, one.seq = "done", seq
    _record(session, manifest, actor, now)


def give_up(session: Session, one: ManifestWithdrawal, now: datetime) -> None:
    """Nothing was taken back: the upload is as it was, and it may be asked again."""
    if one.state == "asked":
        one.state = "failed"
        manifest = session.get_one(Manifest, one.manifest_id)
        _record(session, manifest, "system", now, outcome="failed")


def _settled(found: Affected) -> list[str]:
    return [one.label for one in found.shipments if one.id in found.settled]


def _record(
    session: Session, manifest: Manifest, actor: str, now: datetime, outcome: str = "done"
) -> None:
    audit.record(
        session,
        at=now,
        login=actor,
        action="manifest.withdraw",
        subject=f"manifest {manifest.id}",
        outcome=outcome,
    )
    session.flush()
