"""How fast the ledger posts lines with items in batches of 500, against the bare rows.

Peers in the same run and on the same database: an `executemany` of the same rows into a table
without checks, triggers or indexes (SQLite), and a COPY of them (PostgreSQL). What lies between is
what the books promise: no account and no item ever below zero, balances kept, a chain of hashes.
"""

import time
from collections.abc import Callable, Iterator
from itertools import count, pairwise

import pytest
from sqlalchemy import Connection, text

from tests import databases
from tests.benchmarks.measure import say
from tests.conftest import MakeSettings
from tests.ledger_samples import Sample, move, post, seed
from tracker.db import Database, connect

ITEMS_OF_A_FIRM, BATCH = 1_000, 500
PATH = ("entitlement", "accrued", "applied", "filed", "approved")
"""Every item goes this way, a batch an entry."""
BARE = (
    "CREATE TABLE bare (entry_id INTEGER, line_no INTEGER, source_id INTEGER, target_id INTEGER,"
    " amount BIGINT, item_id INTEGER, reason_code VARCHAR(40))"
)
COLUMNS = ("entry_id", "line_no", "source_id", "target_id", "amount", "item_id", "reason_code")
Rows = list[tuple[object, ...]]


@pytest.fixture(params=databases.KINDS)
def books(make_settings: MakeSettings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Books of either kind, with items that nothing has been posted for."""
    opened = connect(make_settings(request.param))
    yield opened
    opened.engine.dispose()


def post_all(database: Database, sample: Sample, causes: Iterator[int]) -> int:
    """Post every item along the path; return the number of lines."""
    lines = 0
    for source, target in pairwise(PATH):
        for begin in range(0, len(sample.items), BATCH):
            batch = sample.items[begin : begin + BATCH]
            moves = (move(item, source, target, 120_000) for item in batch)
            post(database, f"bench {next(causes)}", *moves)
            lines += len(batch)
    return lines


def by_executemany(connection: Connection, rows: Rows) -> None:
    places = ", ".join(f":{name}" for name in COLUMNS)
    connection.execute(
        text(f"INSERT INTO bare VALUES ({places})"),  # noqa: S608  our own column names
        [dict(zip(COLUMNS, row, strict=True)) for row in rows],
    )


def by_copy(connection: Connection, rows: Rows) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy("COPY bare FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def elapsed(work: Callable[[], object]) -> float:
    """Seconds on the clock: half of the work is another process's."""
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def test_posting_lines_in_batches(books: Database) -> None:
    sample = books.transact(lambda session: seed(session, ITEMS_OF_A_FIRM))
    lines = len(sample.items) * (len(PATH) - 1)
    posted = elapsed(lambda: post_all(books, sample, count()))
    with books.engine.begin() as connection:
        kept: Rows = [
            tuple(row)
            for row in connection.execute(text(f"SELECT {', '.join(COLUMNS)} FROM posting"))  # noqa: S608  likewise
        ]
    assert len(kept) == lines
    write = by_copy if books.engine.dialect.name == "postgresql" else by_executemany

    def bare() -> None:
        with books.engine.begin() as connection:
            for begin in range(0, lines, BATCH):
                write(connection, kept[begin : begin + BATCH])

    with books.engine.begin() as connection:
        connection.execute(text(BARE))
    raw = elapsed(bare)
    say(
        f"ledger, {books.engine.dialect.name}: {lines / posted:,.0f} lines/s with items in batches "
        f"of {BATCH}; the bare rows by {write.__name__[3:]} {lines / raw:,.0f}/s, "
        f"{posted / raw:.1f} times"
    )
