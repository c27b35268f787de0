"""Ledger 台账: every fen stands in one place, and each move of it is an entry in the chain.

An entry moves positive amounts from account to account; the database keeps the balances and lets
none fall below zero. Callers hold the lock of the chain head (``Database.transact``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker import bulk
from tracker.books import chain
from tracker.db import local_day
from tracker.errors import Conflict, mark
from tracker.models.methods import Programme
from tracker.models.money import (
    LIMIT_STAGES,
    MONEY_STAGES,
    SOURCE_STAGES,
    Account,
    ChainHead,
    Entry,
    Item,
    ItemStage,
    Posting,
)
from tracker.models.people import Firm, League

STAGES = {"fen": MONEY_STAGES, "limit": LIMIT_STAGES}
POSTED = ("entry_id", "line_no", "source_id", "target_id", "amount", "item_id", "reason_code")
"""Columns of a posting that have a value each."""


class AccountRef(NamedTuple):
    """An account by its natural codes, the same on every database."""

    unit: str
    """``fen`` for money, ``limit`` for caps, funds and allotments (in fen too)."""
    stage: str
    owner: str


class Move(NamedTuple):
    """A positive amount from one account to another; money names the item it is for."""

    source: AccountRef
    target: AccountRef
    amount_fen: int
    item: str | None = None
    """``Item.code``; always with money, never with a limit."""
    reason_code: str = ""


@dataclass(frozen=True)
class Draft:
    """An entry to be: what happened, on which day of business, by whom, and what it moves."""

    kind: str
    cause: str
    """Idempotency key made from what caused it."""
    business_date: date
    actor: str
    moves: tuple[Move, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Goes into the body as it is: plain JSON, no floats."""


@dataclass(frozen=True)
class Head:
    """The newest link of the chain: printed on receipts and filings, it is an anchor."""

    seq: int
    hash: str


def money(stage: str, league_code: str, firm_uscc: str, programme_code: str) -> AccountRef:
    """The account of a firm's money in this stage; ``entitlement`` is the league's free source."""
    assert stage in MONEY_STAGES, f"no stage of money: {stage}"
    if stage == "entitlement":
        return AccountRef("fen", stage, f"{league_code}|{programme_code}")
    return AccountRef("fen", stage, f"{league_code}|{firm_uscc}|{programme_code}")


def limit(stage: str, owner: str) -> AccountRef:
    """The account of a limit, e.g. ``allotment:…``; ``granted`` is its free source."""
    assert stage in LIMIT_STAGES, f"no stage of limits: {stage}"
    return AccountRef("limit", stage, owner)


def head(session: Session) -> Head:
    """The newest link."""
    row = session.execute(select(ChainHead.seq, ChainHead.hash)).one()
    return Head(row.seq, row.hash)


def balance(session: Session, ref: AccountRef) -> int:
    """What stands in the account, in fen; zero for one that nothing ever moved to."""
    query = select(Account.balance).where(
        Account.unit == ref.unit, Account.stage == ref.stage, Account.owner == ref.owner
    )
    return session.scalar(query) or 0


def item_balances(session: Session, item_id: int) -> dict[str, int]:
    """Stage -> fen of the item standing there, without the empty ones."""
    query = select(ItemStage.stage, ItemStage.balance).where(
        ItemStage.item_id == item_id, ItemStage.balance > 0
    )
    return {row.stage: row.balance for row in session.execute(query)}


def balances_at(session: Session, seq: int) -> dict[AccountRef, int]:
    """What stood in every account, in fen, right after the entry of this sequence."""
    signed = case((Posting.target_id == Account.id, Posting.amount), else_=-Posting.amount)
    query = (
        select(Account.unit, Account.stage, Account.owner, func.sum(signed).label("fen"))
        .join(Posting, (Posting.target_id == Account.id) | (Posting.source_id == Account.id))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.seq <= seq)
        .group_by(Account.unit, Account.stage, Account.owner)
    )
    return {
        AccountRef(row.unit, row.stage, row.owner): int(row.fen) for row in session.execute(query)
    }


def next_cause(session: Session, stem: str) -> str:
    """A cause that no entry has yet, for what may rightly happen again: the stem, then numbered.

    Whoever asks sees to it under the lock that it is to happen again.
    """
    cause, number = stem, 1
    while session.scalar(select(Entry.id).where(Entry.cause == cause)) is not None:
        number += 1
        cause = f"{stem}:{number}"
    return cause


def tell(
    session: Session, kind: str, cause: str, actor: str, detail: Mapping[str, Any], now: datetime
) -> Entry:
    """Post what happened and moves nothing: a record, a choice, what came in; as ``post``."""
    draft = Draft(kind, cause, local_day(now), actor, detail=detail)
    return post(session, draft, now=now)


def post(session: Session, draft: Draft, *, now: datetime) -> Entry:
    """Write the entry and move its amounts as a whole; an entry may move nothing.

    The same cause with the same content gives the entry written before. Raises ``Conflict`` for
    the same cause with other content, and when an account or an item holds less than is to move.
    An assertion fails for moves that our own code must never make.
    """
    previous = session.execute(
        select(ChainHead.seq, ChainHead.hash).where(ChainHead.id == 1).with_for_update()
    ).one()
    content = _content(draft)
    session.flush()
    old = session.scalar(select(Entry).where(Entry.cause == draft.cause))
    if old is not None:
        _check_same(old, content)
        return old
    items = _items(session, draft.moves)
    accounts, stands = _accounts(session, draft.moves)
    _check_floors(session, draft.moves, stands, items)
    recorded_at = now.astimezone(UTC)
    body = chain.body({**content, "recorded_at": recorded_at.isoformat(timespec="microseconds")})
    body_hash = chain.body_sha256(body)
    entry = Entry(
        seq=previous.seq + 1,
        kind=draft.kind,
        cause=draft.cause,
        business_date=draft.business_date,
        recorded_at=recorded_at,
        actor=draft.actor,
        posting_count=len(draft.moves),
        body=body,
        body_sha256=body_hash,
        previous_hash=previous.hash,
        hash=chain.link(previous.hash, previous.seq + 1, body_hash),
    )
    session.add(entry)
    session.flush()
    if draft.moves:
        # all lines in one statement: the trigger that keeps the balances runs once for them
        bulk.write(session, Posting, POSTED, _postings(entry.id, draft.moves, accounts, items))
    return entry


def _postings(
    entry_id: int,
    moves: Sequence[Move],
    accounts: Mapping[AccountRef, int],
    items: Mapping[str, int],
) -> Iterator[tuple[object, ...]]:
    """A posting a move, in the order of ``POSTED``."""
    for line_no, (source, target, amount_fen, item, reason_code) in enumerate(moves):
        ends = accounts[source], accounts[target]
        yield entry_id, line_no, *ends, amount_fen, items[item] if item else None, reason_code


def _content(draft: Draft) -> dict[str, Any]:
    """Everything of the body but the time of recording: what makes two entries the same."""
    for move in draft.moves:
        _check_move(move)
    return {
        "kind": draft.kind,
        "cause": draft.cause,
        "business_date": draft.business_date.isoformat(),
        "actor": draft.actor,
        "detail": dict(draft.detail),
        "postings": [
            {
                "source": move.source,
                "target": move.target,
                "amount": move.amount_fen,
                "item": move.item,
                "reason_code": move.reason_code,
            }
            for move in draft.moves
        ],
    }


def _check_move(move: Move) -> None:
    """What the triggers refuse too, said before anything is written."""
    assert type(move.amount_fen) is int, f"an amount is whole fen, not {move.amount_fen!r}"
    assert move.amount_fen > 0, f"an amount is above zero, not {move.amount_fen}"
    assert move.source.unit == move.target.unit, "money and limits never mix"
    assert (move.source.unit == "fen") == (move.item is not None), "money moves by items"
    stages = STAGES[move.source.unit]
    before, after = stages.index(move.source.stage), stages.index(move.target.stage)
    assert after <= before + 1, f"no move from {move.source.stage} to {move.target.stage}"
    assert after != before, "a move changes the stage"


def _check_same(old: Entry, content: dict[str, Any]) -> None:
    body = chain.body(
        {**content, "recorded_at": old.recorded_at.isoformat(timespec="microseconds")}
    )
    if body != old.body:
        raise Conflict(
            mark("This was recorded before with other content (entry %(seq)s)."),
            mark("Look at the entry; what has to change is recorded as a correction."),
            seq=old.seq,
        )


def _items(session: Session, moves: Sequence[Move]) -> dict[str, int]:
    """Item code -> id; asserts that each move stays within the accounts of its item's payee."""
    owners: dict[str, AccountRef] = {}
    found: dict[str, int] = {}
    codes = sorted({move.item for move in moves if move.item})
    query = (
        select(Item.id, Item.code, League.code, Firm.uscc, Programme.code)
        .join(League, League.id == Item.league_id)
        .join(Firm, Firm.id == Item.firm_id)
        .join(Programme, Programme.id == Item.programme_id)
    )
    for item_id, code, league, uscc, programme in bulk.looked_up(session, query, Item.code, codes):
        found[code] = item_id
        owners[code] = money("accrued", league, uscc, programme)
    for move in moves:
        if move.item is None:
            continue
        assert move.item in found, f"no item {move.item}"
        for ref in (move.source, move.target):
            if ref.stage != "entitlement":
                assert ref.owner == owners[move.item].owner, f"{ref.owner} does not own {move.item}"
    return found


def _accounts(
    session: Session, moves: Sequence[Move]
) -> tuple[dict[AccountRef, int], dict[AccountRef, int]]:
    """Account -> id, and account -> fen standing in it; opens the missing ones."""
    wanted = {ref for move in moves for ref in (move.source, move.target)}
    found: dict[AccountRef, int] = {}
    stands: dict[AccountRef, int] = {}
    query = select(Account.id, Account.balance, Account.unit, Account.stage, Account.owner)
    owners = sorted({ref.owner for ref in wanted})
    for key, fen, *names in bulk.looked_up(session, query, Account.owner, owners):
        ref = AccountRef(*names)
        found[ref], stands[ref] = key, fen
    for ref in sorted(wanted - found.keys()):
        account = Account(
            unit=ref.unit,
            stage=ref.stage,
            owner=ref.owner,
            is_source=ref.stage in SOURCE_STAGES,
        )
        session.add(account)
        session.flush()
        found[ref], stands[ref] = account.id, 0
        session.expire(account)
    return found, stands


def _check_floors(
    session: Session,
    moves: Sequence[Move],
    stands: Mapping[AccountRef, int],
    items: Mapping[str, int],
) -> None:
    """Raise ``Conflict`` in words where a CHECK of the database would fail."""
    limits: dict[AccountRef, int] = defaultdict(int)
    stages: dict[tuple[str, str], int] = defaultdict(int)
    for move in moves:
        for ref, signed in ((move.source, -move.amount_fen), (move.target, move.amount_fen)):
            if ref.stage in SOURCE_STAGES:
                continue
            if move.item is None:
                limits[ref] += signed
            else:
                stages[move.item, ref.stage] += signed
    for ref, change in limits.items():
        _check_floor(stands[ref], change, ref.owner, ref.stage)
    spent = sorted(key for key, change in stages.items() if change < 0)
    query = select(ItemStage.item_id, ItemStage.stage, ItemStage.balance)
    keys = sorted({items[code] for code, _ in spent})
    standing = {
        (item_id, stage): fen
        for item_id, stage, fen in bulk.looked_up(session, query, ItemStage.item_id, keys)
    }
    for code, stage in spent:
        _check_floor(standing.get((items[code], stage), 0), stages[code, stage], code, stage)


def _check_floor(stands: int, change: int, name: str, stage: str) -> None:
    if stands + change < 0:
        raise Conflict(
            mark(
                "Of %(name)s only %(stands)s yuan stand in stage %(stage)s;"
                " %(wanted)s yuan were to move."
            ),
            mark("Somebody may have moved it already: look again and decide on what you see."),
            name=name,
            stage=stage,
            stands=yuan(stands),
            wanted=yuan(-change),
        )
