"""Tampered books 篡改: fourteen ways, each at many places, and every one is found.

Twelve are found from the books alone; what cuts the tail or rewrites everything shows against one
anchor. The places are chosen by chance, so that no fault is found only where a test looked for it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests import full_books
from tests.conftest import MakeSettings
from tests.crash.together import outcome
from tests.databases import KINDS, Databases
from tests.ledger_samples import post
from tests.ledger_streams import stream
from tests.tampering import Execute, tamper
from tests.tracker.test_verify import link_again
from tracker.db import connect
from tracker.settings import Settings
from tracker.verify import verify

PLACES, FEWER = 25, 3
EVENTS = 120
SEED = 20260306
Work = Callable[[Execute, Random], None]


def chosen(execute: Execute, chance: Random, query: str) -> Any:  # noqa: ANN401  whatever is kept
    """The first value of any of the rows."""
    return chance.choice(execute(query))[0]


def an_amount(execute: Execute, chance: Random) -> None:
    key = chosen(execute, chance, "SELECT id FROM posting")
    execute("UPDATE posting SET amount = amount + ? WHERE id = ?", chance.randrange(1, 999), key)


def an_account(execute: Execute, chance: Random) -> None:
    key, *ends = chance.choice(execute("SELECT id, source_id, target_id FROM posting"))
    others = [one for (one,) in execute("SELECT id FROM account ORDER BY id") if one not in ends]
    end = chance.choice(("source_id", "target_id"))
    execute(f"UPDATE posting SET {end} = ? WHERE id = ?", chance.choice(others), key)  # noqa: S608  our own names


def an_item(execute: Execute, chance: Random) -> None:
    query = "SELECT id, item_id FROM posting WHERE item_id IS NOT NULL ORDER BY id"
    key, item = chance.choice(execute(query))
    others = [one for (one,) in execute("SELECT id FROM item ORDER BY id") if one != item]
    execute("UPDATE posting SET item_id = ? WHERE id = ?", chance.choice(others), key)


def a_posting_gone(execute: Execute, chance: Random) -> None:
    execute("DELETE FROM posting WHERE id = ?", chosen(execute, chance, "SELECT id FROM posting"))


def a_posting_more(execute: Execute, chance: Random) -> None:
    key = chosen(execute, chance, "SELECT id FROM posting")
    columns = "source_id, target_id, amount, item_id, reason_code"
    execute(
        f"INSERT INTO posting (id, entry_id, line_no, {columns})"  # noqa: S608  our own names
        f" SELECT 99999, entry_id, line_no + 1000, {columns} FROM posting WHERE id = ?",
        key,
    )


def a_body(execute: Execute, chance: Random) -> None:
    key, body = chance.choice(execute("SELECT id, body FROM entry ORDER BY id"))
    place = chance.randrange(len(body))
    other = chance.choice([one for one in '0123456789abc:,"{} ' if one != body[place]])
    changed = body[:place] + other + body[place + 1 :]
    execute("UPDATE entry SET body = ? WHERE id = ?", changed, key)


def a_day(execute: Execute, chance: Random) -> None:
    key = chosen(execute, chance, "SELECT id FROM entry")
    day = f"2027-{chance.randrange(1, 13):02d}-11"
    execute("UPDATE entry SET business_date = ? WHERE id = ?", day, key)


def a_hash(execute: Execute, chance: Random) -> None:
    key = chosen(execute, chance, "SELECT id FROM entry")
    column = chance.choice(("hash", "previous_hash", "body_sha256"))
    execute(f"UPDATE entry SET {column} = ? WHERE id = ?", f"{chance.getrandbits(256):064x}", key)  # noqa: S608  our own names


def an_entry_gone(execute: Execute, chance: Random) -> None:
    query = "SELECT id FROM entry WHERE seq < (SELECT max(seq) FROM entry) ORDER BY id"
    key = chosen(execute, chance, query)
    execute("DELETE FROM posting WHERE entry_id = ?", key)
    execute("DELETE FROM entry WHERE id = ?", key)


def two_bodies(execute: Execute, chance: Random) -> None:
    one, other = chance.sample(execute("SELECT id, body FROM entry ORDER BY id"), 2)
    execute("UPDATE entry SET body = ? WHERE id = ?", other[1], one[0])
    execute("UPDATE entry SET body = ? WHERE id = ?", one[1], other[0])


def a_balance(execute: Execute, chance: Random) -> None:
    key = chosen(execute, chance, "SELECT id FROM account ORDER BY id")
    execute("UPDATE account SET balance = balance + ? WHERE id = ?", chance.randrange(1, 99), key)


def a_balance_of_an_item(execute: Execute, chance: Random) -> None:
    item, stage = chance.choice(
        execute("SELECT item_id, stage FROM item_stage ORDER BY item_id, stage")
    )
    execute(
        "UPDATE item_stage SET balance = balance + ? WHERE item_id = ? AND stage = ?",
        *(chance.randrange(1, 99), item, stage),
    )


def a_tail_cut(execute: Execute, chance: Random) -> None:
    ((last,),) = execute("SELECT max(seq) FROM entry")
    kept = last - chance.randrange(1, 9)
    execute("DELETE FROM posting WHERE entry_id IN (SELECT id FROM entry WHERE seq > ?)", kept)
    execute("DELETE FROM entry WHERE seq > ?", kept)
    link_again(execute)
    settle(execute)


def everything(execute: Execute, chance: Random) -> None:
    """Whoever rewrites knows the rules and mends every hash."""
    detail = f'"示例":{chance.randrange(2, 9_999)}'
    execute("UPDATE entry SET body = replace(body, '\"示例\":1', ?)", detail)
    link_again(execute)


def settle(execute: Execute) -> None:
    """Make the balances fit the postings that are left."""
    execute(
        "UPDATE account SET balance ="
        " coalesce((SELECT sum(amount) FROM posting WHERE target_id = account.id), 0)"
        " - coalesce((SELECT sum(amount) FROM posting WHERE source_id = account.id), 0)"
    )
    sums = (
        " coalesce((SELECT sum(amount) FROM posting JOIN account ON account.id = {end}"
        " WHERE item_id = item_stage.item_id AND account.stage = item_stage.stage), 0)"
    )
    gained, gave = (sums.format(end=end) for end in ("target_id", "source_id"))
    execute(f"UPDATE item_stage SET balance = {gained} - {gave}")  # noqa: S608  our own names


ALONE: tuple[Work, ...] = (
    *(an_amount, an_account, an_item, a_posting_gone, a_posting_more, a_body, a_day, a_hash),
    *(an_entry_gone, two_bodies, a_balance, a_balance_of_an_item),
)
BY_ANCHOR: tuple[Work, ...] = (a_tail_cut, everything)


@pytest.fixture(scope="module", params=KINDS)
def written(
    all_databases: Databases,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """Full books with many entries made by chance, copied for each tampering."""
    home: Path = tmp_path_factory.mktemp("books")
    made = all_databases.settings(request.param, home, kept=True)
    database = connect(made)
    sample = full_books.write(database).sample
    for number, moves in enumerate(stream(Random(SEED), sample.items, EVENTS)):  # noqa: S311  seeded
        outcome(partial(post, database, f"e{number}", *moves))
    database.engine.dispose()
    return made


@pytest.mark.parametrize("work", [*ALONE, *BY_ANCHOR], ids=lambda work: work.__name__)
def test_tampering_is_found_wherever_it_is(
    work: Work,
    written: Settings,
    make_settings: MakeSettings,
    all_databases: Databases,
    tmp_path: Path,
    *,
    soak: bool,
) -> None:
    del make_settings  # which drops the copies at the end
    whole = verify(written.database_url)
    assert not whole.faults
    for turn in range(PLACES if soak else FEWER):
        copy = all_databases.copied(written, tmp_path / str(turn))
        chance = Random(f"{SEED}:{work.__name__}:{turn}")  # noqa: S311  seeded
        tamper(copy.database_url, lambda execute: work(execute, chance))  # noqa: B023  called at once
        found = verify(copy.database_url).faults
        assert bool(found) == (work in ALONE), f"turn {turn}"
        anchored = verify(copy.database_url, {whole.seq: whole.head}).faults
        assert anchored, f"turn {turn}"
        assert work in ALONE or str(anchored[0]).startswith(f"锚点 {whole.seq}："), anchored
