"""Accrual 计提: post the difference between what the tallies say and what stands.

Running it twice posts nothing. A shipment that left a league, or stands no longer, gives back what
was accrued there. A zero result is an answer too: its assessment and an entry are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.registry import Registry
from rules.tally import Run
from tracker.books import ledger
from tracker.db import canonical, local_day
from tracker.models.cargo import Shipment
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Item, ItemStage
from tracker.steps import assessment

BATCH = 500
"""Lines posted in one entry, so that the lock is never held long."""


@dataclass(frozen=True)
class Cause:
    """What made an accrual run: names its entries, so that the same cause posts once."""

    key: str
    actor: str
    now: datetime


@dataclass(frozen=True)
class Change:
    """One item whose answer is new: its assessment to keep, and the money to move if any."""

    item: Item
    assessment: Assessment
    move: ledger.Move | None


def accrue(
    session: Session,
    registry: Registry,
    programme: Programme,
    touched: Sequence[Shipment],
    cause: Cause,
) -> int:
    """Recompute the pools the shipments belong to and post differences; returns items changed."""
    pools: dict[int, Method] = {}
    for shipment in touched:
        method = assessment.method_of(session, programme, shipment)
        if method is not None:
            pools[method.id] = method
    changed = _release(session, touched, cause)
    names = frozenset(shipment.id for shipment in touched)
    for key in sorted(pools):
        method = pools[key]
        ran = assessment.run_pool(session, registry, method, names)
        if ran is not None:
            dues, run = ran
            changed += _post(session, method, dues, run, cause)
    session.flush()
    return changed


def _release(session: Session, touched: Sequence[Shipment], cause: Cause) -> int:
    """Give back what stands accrued for a shipment in a league that is no longer its own."""
    moves: list[ledger.Move] = []
    for shipment in touched:
        query = (
            select(Item, ItemStage.balance)
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(Item.shipment_id == shipment.id, ItemStage.stage == "accrued")
            .where(ItemStage.balance > 0)
        )
        for item, balance in session.execute(query):
            if shipment.state != "standing" or item.league_id != shipment.league_id:
                moves.append(move_item(item, "accrued", "entitlement", balance, "route_changed"))
    if moves:
        ledger.post(
            session,
            ledger.Draft(
                kind="accrue.release",
                cause=f"release:{cause.key}",
                business_date=local_day(cause.now),
                actor=cause.actor,
                moves=tuple(moves),
                detail={},
            ),
            now=cause.now,
        )
    return len(moves)


def _post(
    session: Session, method: Method, dues: Sequence[assessment.Due], run: Run, cause: Cause
) -> int:
    changes = [
        change
        for index, due in enumerate(dues)
        if (change := _difference(session, method, due, run, index)) is not None
    ]
    for start in range(0, len(changes), BATCH):
        chosen = changes[start : start + BATCH]
        entry = ledger.post(
            session,
            ledger.Draft(
                kind="accrue",
                cause=f"accrue:{cause.key}:{method.id}:{start}",
                business_date=local_day(cause.now),
                actor=cause.actor,
                moves=tuple(change.move for change in chosen if change.move is not None),
                detail={
                    "method": f"{method.league.code}/{method.programme.code}/{method.version_no}",
                    "document_no": method.document_no,
                    "rule_sha256": method.rule_sha256,
                    "run_sha256": run.run_sha256,
                    "assessed": [
                        {
                            "item": change.item.code,
                            "outcome": change.assessment.outcome,
                            "award_fen": change.assessment.award_fen,
                        }
                        for change in chosen
                    ],
                },
            ),
            now=cause.now,
        )
        for change in chosen:
            change.assessment.seq = entry.seq
            session.add(change.assessment)
        session.flush()
    return len(changes)


def _difference(
    session: Session, method: Method, due: assessment.Due, run: Run, index: int
) -> Change | None:
    if due.untouched and due.stands and run.seen(index) == _seen(due.stands):
        return None  # the same facts and counters: the same tally
    item = _item(session, method, due.shipment)
    tally = run.tally(index).as_json()
    facts = due.facts.as_json()
    outcome, award = run.outcomes[index], run.awards[index]
    due.shipment.waits_for = "" if outcome != "waiting" else _why(run, index)
    old = due.stands
    if (
        old is not None
        and old.method_id == method.id
        and old.shipment_version_no == due.shipment.version_no
        and canonical([old.facts, old.tally]) == canonical([facts, tally])
    ):
        return None
    stands = ledger.item_balances(session, item.id).get("accrued", 0)
    move = None
    if award > stands:
        move = move_item(item, "entitlement", "accrued", award - stands)
    elif award < stands:
        move = move_item(item, "accrued", "entitlement", stands - award, "recomputed")
    made = Assessment(
        item_id=item.id,
        method_id=method.id,
        seq=0,
        shipment_version_no=due.shipment.version_no,
        run_sha256=run.run_sha256,
        outcome=outcome,
        award_fen=award,
        facts=facts,
        tally=tally,
        consumption=_use(run, index),
    )
    return Change(item, made, move)


def _item(session: Session, method: Method, shipment: Shipment) -> Item:
    item = session.scalar(
        select(Item).where(
            Item.shipment_id == shipment.id,
            Item.programme_id == method.programme_id,
            Item.league_id == method.league_id,
        )
    )
    if item is None:
        firm = shipment.firm.uscc
        item = Item(
            code=f"{shipment.unit_key}|{method.programme.code}|{firm}|{method.league.code}",
            shipment_id=shipment.id,
            programme_id=method.programme_id,
            firm_id=shipment.firm_id,
            league_id=method.league_id,
        )
        session.add(item)
        session.flush()
    return item


def move_item(
    item: Item, source: str, target: str, amount_fen: int, reason_code: str = ""
) -> ledger.Move:
    """A move of one item's money between two stages of its league, firm and programme."""
    owner = (item.league.code, item.firm.uscc, item.programme.code)
    return ledger.Move(
        source=ledger.money(source, *owner),
        target=ledger.money(target, *owner),
        amount_fen=amount_fen,
        item=item.code,
        reason_code=reason_code,
    )


def _use(run: Run, index: int) -> dict[str, dict[str, int]]:
    """What the shipment saw in each counter, and what it took: enough to explain it again."""
    seen = run.seen(index)
    return {
        counter: {"before": seen.get(counter, 0), "used": used}
        for counter, used in run.consumption(index).items()
    }


def _seen(stands: Assessment) -> dict[str, int]:
    """What each counter held before the shipment, as its tally tells."""
    return {
        line["counter"]: line["used_before"]
        for line in stands.tally["lines"]
        if line["used_before"] is not None
    }


def _why(run: Run, index: int) -> str:
    """What a waiting shipment waits for, in words."""
    return "；".join(reason.zh for reason in run.tally(index).reasons)[:200]
