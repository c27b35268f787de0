"""Accrual 计提: post the difference between what the tallies say and what stands.

Running it twice posts nothing. A shipment or matter that left a league, or stands no longer, gives
back what was accrued there. A zero result is an answer too: its assessment and an entry are
written.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ingest.shipments import ShipmentUnit
from rules.prorating import NUMBER
from rules.registry import Registry
from rules.tally import Run
from tracker import bulk
from tracker.books import ledger
from tracker.db import canonical, chunks, local_day
from tracker.models import subjects
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Item, ItemStage
from tracker.models.subjects import Subject
from tracker.steps import assessment, methods

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
    touched: Sequence[Subject],
    cause: Cause,
    units: Mapping[int, ShipmentUnit] = MappingProxyType({}),
) -> int:
    """Recompute what these may change and post differences; returns items changed.

    What leaves a method frees what it took there: those after it are computed anew too.
    ``units`` are those of the touched ones, as far as they are put together already.
    """
    pools = assessment.methods_of(session, programme, touched)
    left = assessment.methods_before(session, programme, touched)
    changed = _release(session, subjects.of(programme), touched, cause)
    for key in sorted(pools.keys() | left.keys()):
        method = pools.get(key) or session.get_one(Method, key)
        before = left.get(key, set())
        mine = [one for one in touched if one.id in before or _falls_under(method, one)]
        changed += _reduce(session, registry, method, mine, cause)
        ran = assessment.run_pool(session, registry, method, mine, units)
        if ran is not None:
            changed += post(session, method, *ran, cause)
    session.flush()
    return changed


def _reduce(
    session: Session, registry: Registry, method: Method, mine: Sequence[Subject], cause: Cause
) -> int:
    """Compute corrected ones anew that have their share of a pool already; see assessment."""
    covered = [one for one in mine if _falls_under(method, one)]
    kept = assessment.shares(session, methods.pinned(registry, method), method, covered)
    changed = 0
    for one in (one for one in covered if one.id in kept):
        share = session.get_one(Assessment, kept[one.id])
        ran = assessment.run_again(session, registry, method, one, share)
        own = replace(cause, key=f"{cause.key}:{one.accepted_seq}")
        changed += post(session, method, *ran, own) if ran else 0
    return changed


def _falls_under(method: Method, one: Subject) -> bool:
    in_time = method.valid_from <= one.day <= (method.valid_to or one.day)
    stands = method.state == "recorded" and one.stands
    return stands and one.league_id == method.league_id and in_time


def _release(
    session: Session, kind: subjects.Kind, touched: Sequence[Subject], cause: Cause
) -> int:
    """Give back what stands accrued for what stands no longer, or in another league.

    An entry a league: its package shows its own whole, and no other's.
    """
    moves: dict[str, list[ledger.Move]] = defaultdict(list)
    by_id = {one.id: one for one in touched}
    for keys in chunks(list(by_id)):
        query = (
            select(Item, kind.item_key, ItemStage.balance)
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(kind.item_key.in_(keys), ItemStage.stage == "accrued")
            .where(ItemStage.balance > 0)
            .order_by(Item.code)
        )
        for item, key, balance in session.execute(query):
            one = by_id[key]
            if not one.stands or item.league_id != one.league_id:
                why = kind.withdrawn if one.state == "withdrawn" else "route_changed"
                back = move_item(item, "accrued", "entitlement", balance, why)
                moves[item.league.code].append(back)
    for league, back_there in sorted(moves.items()):
        ledger.post(
            session,
            ledger.Draft(
                kind="accrue.release",
                cause=f"release:{cause.key}:{league}",
                business_date=local_day(cause.now),
                actor=cause.actor,
                moves=tuple(back_there),
                detail={},
            ),
            now=cause.now,
        )
    return sum(map(len, moves.values()))


def post(
    session: Session,
    method: Method,
    dues: Sequence[assessment.Due],
    run: Run,
    cause: Cause,
    places: Sequence[int] | None = None,
    accrued_fen: Mapping[int, int] = MappingProxyType({}),
) -> int:
    """Post what a run says otherwise than what stands, of all or of these places in it.

    What is to stand accrued is the award, but for those of ``accrued_fen`` (id of the shipment or
    matter -> fen): of what is settled a part stands elsewhere. Returns how many items changed.
    """
    places = range(len(dues)) if places is None else places
    changes = _differences(session, method, dues, run, places, accrued_fen)
    for start in range(0, len(changes), BATCH):
        chosen = changes[start : start + BATCH]
        entry = ledger.post(
            session,
            ledger.Draft(
                kind="accrue",
                cause=f"accrue:{cause.key}:{methods.code(method)}:{start}",
                business_date=local_day(cause.now),
                actor=cause.actor,
                moves=tuple(change.move for change in chosen if change.move is not None),
                detail={
                    "method": methods.code(method),
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
        session.flush()
        bulk.insert_all(session, [change.assessment for change in chosen])
    return len(changes)


def _differences(
    session: Session,
    method: Method,
    dues: Sequence[assessment.Due],
    run: Run,
    places: Sequence[int],
    accrued_fen: Mapping[int, int],
) -> list[Change]:
    items = _items(session, method, [dues[index].subject for index in places])
    keys = [item.id for item in items.values()]
    stood = assessment.newest(session, keys)
    accrued = _accrued(session, keys)
    changes: list[Change] = []
    for index in places:
        due = dues[index]
        item = items[due.subject.id]
        new = _assessment(item, method, due, run, index)
        waits = new.outcome == "waiting"
        due.subject.waits_for = _why(run, index) if waits else ""
        stands = accrued.get(item.id, 0)
        wanted = accrued_fen.get(due.subject.id, new.award_fen)
        old = stood.get(item.id)
        if old is None or not _same(old, new) or stands != wanted:
            changes.append(Change(item, new, _move(item, stands, wanted)))
    return changes


def _assessment(
    item: Item, method: Method, due: assessment.Due, run: Run, index: int
) -> Assessment:
    return Assessment(
        item_id=item.id,
        method_id=method.id,
        seq=0,
        version_no=due.subject.version_no,
        run_sha256=run.run_sha256,
        outcome=run.outcomes[index],
        award_fen=run.awards[index],
        facts=due.facts.as_json(),
        tally=run.tally(index).as_json(),
        consumption=_use(run, index),
    )


def _same(old: Assessment, new: Assessment) -> bool:
    """Whether it says nothing new; compared as text, as JSON knows no tuples."""
    if (old.method_id, old.version_no) != (new.method_id, new.version_no):
        return False
    return canonical([old.facts, old.tally]) == canonical([new.facts, new.tally])


def _move(item: Item, stands_fen: int, wanted_fen: int) -> ledger.Move | None:
    if wanted_fen > stands_fen:
        return move_item(item, "entitlement", "accrued", wanted_fen - stands_fen)
    if wanted_fen < stands_fen:
        return move_item(item, "accrued", "entitlement", stands_fen - wanted_fen, "recomputed")
    return None


def _items(session: Session, method: Method, found: Sequence[Subject]) -> dict[int, Item]:
    """Id of a subject -> its item under the method's programme in its league; made if missing."""
    item_key = subjects.of(method.programme).item_key
    items: dict[int, Item] = {}
    for keys in chunks([one.id for one in found]):
        query = (
            select(Item)
            .where(
                item_key.in_(keys),
                Item.programme_id == method.programme_id,
                Item.league_id == method.league_id,
            )
            .options(joinedload(Item.firm), joinedload(Item.league), joinedload(Item.programme))
        )
        items |= {getattr(item, item_key.key): item for item in session.scalars(query)}
    missing = [one for one in found if one.id not in items]
    for one in missing:
        owner = f"{method.programme.code}|{one.firm.uscc}|{method.league.code}"
        items[one.id] = Item(
            code=f"{one.key}|{owner}",
            programme_id=method.programme_id,
            firm_id=one.firm_id,
            league_id=method.league_id,
            **{item_key.key: one.id},
        )
    _number(session, [items[one.id] for one in missing])
    session.add_all(items.values())
    session.flush()
    return items


def _number(session: Session, fresh: Sequence[Item]) -> None:
    """Number items of what has a key which another one had before it."""
    known: set[str] = set()
    for codes in chunks([item.code for item in fresh]):
        known |= set(session.scalars(select(Item.code).where(Item.code.in_(codes))))
    for item in fresh:
        stem, number = item.code, 1
        while item.code in known:
            number += 1
            item.code = f"{stem}|{number}"
            taken = select(Item.id).where(Item.code == item.code)
            if session.scalar(taken) is not None:
                known.add(item.code)


def _accrued(session: Session, item_ids: Sequence[int]) -> dict[int, int]:
    """Item id -> fen standing accrued."""
    found: dict[int, int] = {}
    for keys in chunks(item_ids):
        query = select(ItemStage.item_id, ItemStage.balance).where(
            ItemStage.item_id.in_(keys), ItemStage.stage == "accrued"
        )
        found |= dict(session.execute(query).all())
    return found


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
    """What it saw in each counter, and what it took: enough to explain it again."""
    seen, took = run.seen(index), run.consumption(index)
    told = [*took, *(counter for counter in seen if NUMBER in counter)]
    return {
        counter: {"before": seen.get(counter, 0), "used": took.get(counter, 0)} for counter in told
    }


def _why(run: Run, index: int) -> str:
    """What waits, waits for this, in words."""
    if assessment.claimed(run.tally(index)) is not None:
        return assessment.IN_POOL
    return "；".join(reason.zh for reason in run.tally(index).reasons)[:200]
