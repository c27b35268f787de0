"""The ledger: every fen stands in one place, and both databases keep it alike."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import MakeSettings
from tests.ledger_samples import (
    NOW,
    account,
    draft,
    item_id,
    limit_move,
    move,
    post,
    seeded,
    usual_life,
)
from tracker.books import ledger
from tracker.books.ledger import AccountRef, Move
from tracker.db import Database, connect
from tracker.errors import Conflict
from tracker.models.money import Account, Entry, Posting


def test_an_entry_moves_money_and_the_balances_follow(database: Database) -> None:
    sample = seeded(database)
    item = sample.items[0]
    seq = post(database, "accrue", move(item, "entitlement", "accrued", 12_345))
    with database.reading() as session:
        assert ledger.balance(session, account(item, "accrued")) == 12_345
        assert ledger.balance(session, account(item, "entitlement")) == -12_345
        assert ledger.item_balances(session, item_id(session, item)) == {"accrued": 12_345}
        assert ledger.head(session).seq == seq == 1


def test_an_account_nothing_moved_to_holds_nothing(database: Database) -> None:
    with database.reading() as session:
        assert ledger.balance(session, ledger.limit("headroom", "fund:x")) == 0


def test_money_that_is_not_there_cannot_move_and_the_refusal_says_so(database: Database) -> None:
    item = seeded(database).items[0]
    post(database, "accrue", move(item, "entitlement", "accrued", 10_000))
    with pytest.raises(Conflict, match=r"only 100\.00 yuan stand in stage accrued; 100\.01 yuan"):
        post(database, "apply", move(item, "accrued", "applied", 10_001))
    post(database, "apply", move(item, "accrued", "applied", 10_000))


def test_one_item_never_spends_what_another_of_the_firm_has(database: Database) -> None:
    one, other = seeded(database).items[:2]
    post(database, "accrue", move(one, "entitlement", "accrued", 10_000))
    with pytest.raises(Conflict, match=r"only 0\.00 yuan stand"):
        post(database, "apply", move(other, "accrued", "applied", 1))


def test_a_limit_is_spent_to_the_fen_and_not_beyond(database: Database) -> None:
    post(database, "grant", limit_move("fund:1", "granted", "headroom", 500))
    post(database, "use", limit_move("fund:1", "headroom", "used", 500))
    with pytest.raises(Conflict, match=r"Of fund:1 only 0\.00 yuan"):
        post(database, "more", limit_move("fund:1", "headroom", "used", 1))
    post(database, "free", limit_move("fund:1", "used", "headroom", 500))


def test_an_entry_moves_as_a_whole_whatever_the_order_of_its_lines(database: Database) -> None:
    item = seeded(database).items[0]
    post(
        database,
        "all",
        move(item, "accrued", "applied", 700),
        move(item, "entitlement", "accrued", 700),
    )
    with database.reading() as session:
        assert ledger.item_balances(session, item_id(session, item)) == {"applied": 700}


def test_the_same_cause_with_the_same_content_is_the_same_entry(database: Database) -> None:
    item = seeded(database).items[0]
    moves = (move(item, "entitlement", "accrued", 5),)
    first = post(database, "accrue", *moves)
    again = post(database, "accrue", *moves, at=NOW + timedelta(hours=1))
    assert first == again
    with database.reading() as session:
        assert ledger.balance(session, account(item, "accrued")) == 5


def test_the_same_cause_with_other_content_is_refused(database: Database) -> None:
    item = seeded(database).items[0]
    post(database, "accrue", move(item, "entitlement", "accrued", 5))
    with pytest.raises(Conflict, match="recorded before with other content"):
        post(database, "accrue", move(item, "entitlement", "accrued", 6))


def test_an_entry_that_moves_nothing_is_written_all_the_same(database: Database) -> None:
    assert post(database, "nothing") == 1
    assert post(database, "nothing") == 1


def test_two_posts_in_one_transaction_follow_each_other(database: Database) -> None:
    item = seeded(database).items[0]

    def work(session: Session) -> list[int]:
        moves = (
            move(item, "entitlement", "accrued", 5),
            move(item, "accrued", "applied", 5),
        )
        return [
            ledger.post(session, draft(f"step {number}", each), now=NOW).seq
            for number, each in enumerate(moves)
        ]

    assert database.transact(work) == [1, 2]


def test_what_one_transaction_posted_it_also_sees(database: Database) -> None:
    item = seeded(database).items[0]

    def work(session: Session) -> None:
        ledger.post(session, draft("one", move(item, "entitlement", "accrued", 1)), now=NOW)
        (accrued,) = session.scalars(select(Account).where(Account.stage == "accrued"))
        assert accrued.balance == 1
        assert ledger.item_balances(session, item_id(session, item)) == {"accrued": 1}
        assert ledger.post(session, draft("nothing"), now=NOW).id > 0

    database.transact(work)


def test_what_may_happen_again_is_numbered(database: Database) -> None:
    for wanted in ("again", "again:2", "again:3"):
        with database.reading() as session:
            assert ledger.next_cause(session, "again") == wanted
        post(database, wanted)


@pytest.mark.parametrize("amount", [0, -1, True, 1.0])
def test_an_amount_is_a_whole_number_above_zero(database: Database, amount: int) -> None:
    with pytest.raises(AssertionError, match="an amount is"):
        post(database, "bad", limit_move("fund:1", "granted", "headroom", amount))


def test_moves_our_code_must_never_make_fail_before_anything_is_written(
    database: Database,
) -> None:
    sample = seeded(database)
    item, others = sample.items[0], sample.items[-1]
    fund = ledger.limit("headroom", "fund:1")
    accrued, applied = account(item, "accrued"), account(item, "applied")
    bad = {
        "never mix": Move(accrued, fund, 1, item),
        "by items": Move(accrued, applied, 1),
        "no move from accrued to filed": move(item, "accrued", "filed", 1),
        "changes the stage": Move(accrued, account(others, "accrued"), 1, item),
        "no item nowhere": Move(accrued, applied, 1, "nowhere"),
        "does not own": Move(account(item, "entitlement"), account(others, "accrued"), 1, item),
    }
    for message, wrong in bad.items():
        with pytest.raises(AssertionError, match=message):
            post(database, message, wrong)
    with pytest.raises(AssertionError, match="by items"):
        post(database, "item", Move(fund, ledger.limit("used", "fund:1"), 1, item))
    with database.reading() as session:
        assert ledger.head(session).seq == 0


def test_accounts_are_of_known_stages_only() -> None:
    with pytest.raises(AssertionError, match="no stage of money"):
        ledger.money("headroom", "150900", "x", "freight")
    with pytest.raises(AssertionError, match="no stage of limits"):
        ledger.limit("accrued", "fund:1")


def test_balances_can_be_read_as_they_stood_at_any_sequence(database: Database) -> None:
    sample = seeded(database)
    last = usual_life(database, sample)
    one = sample.items[0]
    with database.reading() as session:
        assert ledger.balances_at(session, 0) == {}
        early = ledger.balances_at(session, 2)
        assert early[account(one, "accrued")] == 360_000
        assert early[account(one, "entitlement")] == -360_000
        now = ledger.balances_at(session, last)
        standing = {
            AccountRef(row.unit, row.stage, row.owner): row.balance
            for row in session.scalars(select(Account))
        }
        assert now == standing
        for unit in ("fen", "limit"):
            assert sum(fen for ref, fen in now.items() if ref.unit == unit) == 0


@pytest.mark.no_cover
def test_many_lines_and_accounts_are_one_entry(database: Database) -> None:
    sample = seeded(database, 600)
    moves = tuple(move(item, "entitlement", "accrued", 3) for item in sample.items)
    post(database, "accrue", *moves)
    post(database, "apply", *(move(item, "accrued", "applied", 3) for item in sample.items))
    with database.reading() as session:
        assert ledger.balance(session, account(sample.items[0], "applied")) == 1_800
        lines = session.scalars(select(Posting.line_no).order_by(Posting.id)).all()
    assert list(lines) == [*range(1_200), *range(1_200)]


def test_the_same_events_give_the_same_hashes_on_both_databases(
    make_settings: MakeSettings,
) -> None:
    chains = []
    for kind, skipped_ids in (("sqlite", 0), ("postgresql", 7)):
        database = connect(make_settings(kind))
        sample = seeded(database, 3 + skipped_ids)
        usual_life(database, type(sample)(sample.items[:3]))
        with database.reading() as session:
            rows = session.execute(select(Entry.body, Entry.hash).order_by(Entry.seq)).all()
            chains.append([(row.body, row.hash) for row in rows])
            assert ledger.head(session).hash == rows[-1].hash
        database.engine.dispose()
    assert chains[0] == chains[1]
