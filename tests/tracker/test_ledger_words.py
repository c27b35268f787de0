"""The ledger to the last word: what it refuses and why, and whom and what it names."""

import json
import time
from datetime import timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ledger_samples import DAY, NOW, account, draft, item_id, limit_move, move, post, seeded
from tracker.books import chain, ledger
from tracker.books.ledger import Move
from tracker.db import Database
from tracker.errors import Conflict
from tracker.models.money import Entry, Posting

EAST = NOW.astimezone(timezone(timedelta(hours=8)))
AGAIN = "Somebody may have moved it already: look again and decide on what you see."


def refused(database: Database, *moves: Move) -> Conflict:
    """What the ledger says to these moves."""
    with pytest.raises(Conflict) as raised:
        post(database, "refused", *moves)
    return raised.value


def test_what_is_not_there_is_told_with_name_stage_and_amounts(database: Database) -> None:
    item = seeded(database).items[0]
    post(database, "accrue", move(item, "entitlement", "accrued", 10_000))
    said = refused(database, move(item, "accrued", "applied", 10_001))
    assert said.message == (
        "Of %(name)s only %(stands)s yuan stand in stage %(stage)s; %(wanted)s yuan were to move."
    )
    assert said.mend == AGAIN
    assert said.values == {
        "name": item,
        "stage": "accrued",
        "stands": "100.00",
        "wanted": "100.01",
    }


def test_what_an_entry_takes_in_several_lines_is_taken_together(database: Database) -> None:
    one, two = seeded(database).items[:2]
    for item in (one, two):
        post(database, f"accrue {item}", move(item, "entitlement", "accrued", 10))
    fund = limit_move("fund:1", "granted", "headroom", 10)
    post(database, "grant", fund)
    twice = [move(two, "accrued", "applied", 6)] * 2
    said = refused(database, move(one, "accrued", "applied", 10), *twice)
    assert said.values == {"name": two, "stage": "accrued", "stands": "0.10", "wanted": "0.12"}
    said = refused(database, *[limit_move("fund:1", "headroom", "used", 6)] * 2)
    assert said.values == {
        "name": "fund:1",
        "stage": "headroom",
        "stands": "0.10",
        "wanted": "0.12",
    }


def test_an_account_that_nothing_moved_to_yet_has_nothing_to_give(database: Database) -> None:
    said = refused(database, limit_move("fund:new", "headroom", "used", 1))
    assert (said.values["name"], said.values["stands"]) == ("fund:new", "0.00")
    post(database, "grant", limit_move("fund:new", "granted", "headroom", 1))
    post(database, "use", limit_move("fund:new", "headroom", "used", 1))


def test_another_content_under_the_same_cause_is_told_with_its_entry(database: Database) -> None:
    post(database, "first")
    post(database, "refused", limit_move("fund:1", "granted", "headroom", 1))
    said = refused(database, limit_move("fund:1", "granted", "headroom", 2))
    assert said.message == "This was recorded before with other content (entry %(seq)s)."
    assert said.mend == "Look at the entry; what has to change is recorded as a correction."
    assert said.values == {"seq": 2}


def test_balances_are_of_one_account_and_one_item(database: Database) -> None:
    sample = seeded(database)
    one, another, others = sample.items[0], sample.items[1], sample.items[-1]
    for item, fen in ((one, 7), (another, 11), (others, 100)):
        post(database, f"accrue {item}", move(item, "entitlement", "accrued", fen))
    post(database, "apply", move(another, "accrued", "applied", 4))
    with database.reading() as session:
        assert ledger.balance(session, account(one, "accrued")) == 14
        assert ledger.balance(session, account(one, "applied")) == 4
        assert ledger.balance(session, account(others, "accrued")) == 100
        assert ledger.item_balances(session, item_id(session, one)) == {"accrued": 7}
        assert ledger.item_balances(session, item_id(session, another)) == {
            "accrued": 7,
            "applied": 4,
        }


def test_what_our_own_code_must_never_do_is_said_in_these_words(database: Database) -> None:
    item = seeded(database).items[0]
    fund = ledger.limit("headroom", "fund:1")
    accrued, applied = account(item, "accrued"), account(item, "applied")
    bad = {
        "money and limits never mix": Move(accrued, fund, 1, item),
        "money moves by items": Move(accrued, applied, 1),
        "no move from accrued to filed": move(item, "accrued", "filed", 1),
        "a move changes the stage": Move(accrued, accrued, 1, item),
        "no item nowhere": Move(accrued, applied, 1, "nowhere"),
        "an amount is above zero, not 0": move(item, "accrued", "applied", 0),
        "an amount is whole fen, not True": Move(accrued, applied, True, item),  # noqa: FBT003  the point
    }
    for message, wrong in bad.items():
        with pytest.raises(AssertionError) as raised:
            post(database, message, wrong)
        assert str(raised.value) == message
    with pytest.raises(AssertionError) as raised:
        chain.body({"a": 0.5})
    assert str(raised.value) == "a body holds no floats and only text as keys"
    with pytest.raises(AssertionError) as raised:
        ledger.money("used", "1", "2", "3")
    assert str(raised.value) == "no stage of money: used"
    with pytest.raises(AssertionError) as raised:
        ledger.limit("filed", "fund:1")
    assert str(raised.value) == "no stage of limits: filed"


def test_every_line_of_an_entry_is_looked_at(database: Database) -> None:
    item = seeded(database).items[0]
    lines = [
        limit_move("fund:1", "granted", "headroom", 1),
        move(item, "entitlement", "accrued", 1),
        Move(account(item, "entitlement"), account(item, "accrued"), 1, "nowhere"),
    ]
    with pytest.raises(AssertionError) as raised:
        post(database, "bad", *lines)
    assert str(raised.value) == "no item nowhere"


def test_the_moment_is_told_in_utc_wherever_the_machine_stands(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        post(database, "east", at=EAST)
    finally:
        monkeypatch.undo()
        time.tzset()
    with database.reading() as session:
        body = session.scalars(select(Entry.body)).one()
    assert json.loads(body)["recorded_at"] == "2026-03-02T09:30:00.000000+00:00"


def test_a_body_is_as_exact_far_inside_as_at_its_top() -> None:
    for bad in ({"a": [1, (2, {"b": [0.5]})]}, {"a": {"b": {1: 2}}}, {"a": [{2: 1}, 3]}):
        with pytest.raises(AssertionError):
            chain.body(bad)
    text = chain.body({"a": [1, (2, {"b": [True, None, "丙"]})], "b": {}})
    assert text == '{"a":[1,[2,{"b":[true,null,"丙"]}]],"algorithm":"sha256","b":{}}'


def told(
    source: list[str], target: list[str], amount: int, item: str | None, reason_code: str
) -> dict[str, object]:
    """A posting as a body has it."""
    return {
        "source": source,
        "target": target,
        "amount": amount,
        "item": item,
        "reason_code": reason_code,
    }


def test_an_entry_says_everything_in_its_columns_and_in_its_body(database: Database) -> None:
    item = seeded(database).items[0]
    moves = (
        move(item, "entitlement", "accrued", 5),
        move(item, "accrued", "entitlement", 2, "calculation"),
        limit_move("fund:1", "granted", "headroom", 9),
    )
    post(database, "before")

    def work(session: Session) -> None:
        before = ledger.head(session)
        entry = ledger.post(session, draft("all", *moves), now=EAST)
        assert (entry.seq, entry.kind, entry.cause) == (2, "test", "all")
        assert (entry.actor, entry.posting_count) == ("system", 3)
        assert entry.previous_hash == before.hash
        assert entry.body_sha256 == chain.body_sha256(entry.body)
        assert entry.hash == chain.link(before.hash, 2, entry.body_sha256)
        assert ledger.head(session) == ledger.Head(2, entry.hash)
        assert (entry.business_date, entry.recorded_at) == (DAY, NOW)
        body = json.loads(entry.body)
        granted, headroom = (list(ledger.limit(one, "fund:1")) for one in ("granted", "headroom"))
        free, accrued = (list(account(item, one)) for one in ("entitlement", "accrued"))
        assert body == {
            "algorithm": "sha256",
            "kind": "test",
            "cause": "all",
            "business_date": "2026-03-02",
            "recorded_at": "2026-03-02T09:30:00.000000+00:00",
            "actor": "system",
            "detail": {"示例": 1},
            "postings": [
                told(free, accrued, 5, item, ""),
                told(accrued, free, 2, item, "calculation"),
                told(granted, headroom, 9, None, ""),
            ],
        }
        kept = session.scalars(select(Posting).where(Posting.entry_id == entry.id)).all()
        assert [(one.line_no, one.amount, one.reason_code) for one in kept] == [
            (0, 5, ""),
            (1, 2, "calculation"),
            (2, 9, ""),
        ]

    database.transact(work)
