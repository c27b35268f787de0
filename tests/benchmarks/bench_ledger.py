"""How fast the ledger posts, and how fast the verifier proves what was posted.

Lines are posted in batches of 500: a transaction each, with 500 items, 1,500 claim keys, the cap
they draw on, balances and the link of the chain; then again as a later step, lines alone. The peers
write the very rows that the ledger just wrote, batch by batch in turn with it, by ``executemany``
(SQLite) and by COPY (PostgreSQL): into bare tables, and into the tables of the books without their
triggers, so that it shows what keys, checks and indexes cost and what the rest does. The servers
sync to the disk as they would at work. A million postings are then verified (``BENCH_ROWS`` says
another number), the rules' own tallies left out, for there are none.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests import databases
from tests.benchmarks import ledger_rows as many
from tests.benchmarks.measure import cpu_seconds, say
from tests.ledger_samples import NOW, draft, limit_move, move
from tracker import jobs
from tracker.books import ledger
from tracker.books.ledger import Draft
from tracker.db import Database, connect
from tracker.verify import verify

ROUNDS = 20
LARGE = int(os.environ.get("BENCH_ROWS", "1000000"))
PATH = ("entitlement", "accrued", "applied", "filed", "approved")
"""Every item goes this way, a batch an entry."""
FEN = 120_000
POOL = "pool:示例"


@pytest.fixture(params=databases.KINDS)
def books(
    all_databases: databases.Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Database, Database]]:
    """The books, and a second database of their kind that is left without triggers."""
    made = [all_databases.settings(request.param, tmp_path / name) for name in ("own", "other")]
    own, other = map(connect, made)
    if request.param == "postgresql":
        with own.engine.connect() as connection:
            apart = connection.execution_options(isolation_level="AUTOCOMMIT")
            apart.execute(text("ALTER SYSTEM SET fsync = on"))
            apart.execute(text("SELECT pg_reload_conf()"))
    yield own, other
    own.engine.dispose()
    other.engine.dispose()
    all_databases.drop()


def drafts(first: int, stages: tuple[str, str], *, pool: bool) -> Draft:
    """An entry that moves a batch a stage on; the first draws on a pool too."""
    moves = [move(code, *stages, FEN) for code in many.codes(first, many.BATCH)]
    if pool:
        moves.append(limit_move(POOL, "headroom", "used", FEN * many.BATCH))
    return draft(f"bench:{stages[1]}:{first}", *moves)


def processor_seconds(*engines: Engine) -> float:
    """Of this process and of the servers' processes that work for it."""
    spent = cpu_seconds()
    for engine in engines:
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            spent += sum(psutil.Process(pid).cpu_times()[:2])
    return spent


class Clock:
    """Sums up, by name, seconds on the clock and processor seconds of work done in turns."""

    def __init__(self, *engines: Engine) -> None:
        self.engines = engines
        self.spent: dict[str, list[float]] = {}

    def run(self, name: str, work: Callable[[], object]) -> None:
        """Do the work, and count it under this name."""
        before = processor_seconds(*self.engines)
        begin = time.monotonic()
        work()
        took = time.monotonic() - begin
        spent = self.spent.setdefault(name, [0.0, 0.0])
        spent[0] += took
        spent[1] += processor_seconds(*self.engines) - before

    def told(self, lines: int) -> Iterator[str]:
        """Lines a second of the books, then each peer with the part of its speed that is ours."""
        (name, ours), *peers = self.spent.items()
        yield f"{name} {lines / ours[0]:,.0f} lines/s"
        for name, theirs in peers:
            clock, processor = (their / our for their, our in zip(theirs, ours, strict=True))
            yield (
                f"{name} {lines / theirs[0]:,.0f} lines/s: {clock:.2f} of it on the clock,"
                f" {processor:.2f} by processor seconds"
            )


@dataclass
class Turns:
    """The books and their peers, which write in turns what the books wrote."""

    own: Database
    other: Database
    clock: Clock
    after: dict[str, int] = field(default_factory=dict)

    def begin(self, count: int) -> None:
        """So many trucks in both databases, and a pool that is large enough."""
        for one in (self.own, self.other):
            one.transact(lambda session: many.ship(session, count))
        many.bare(self.own.engine)
        many.unguarded(self.other.engine)
        grant = draft("grant", limit_move(POOL, "granted", "headroom", FEN * count))
        self.prepare(lambda session: ledger.post(session, grant, now=NOW))

    def prepare(self, work: Callable[[Session], object]) -> many.Rows:
        """Let the books write, and the other database after them; uncounted."""
        self.own.transact(work)
        rows = self.written()
        many.put(self.other.engine, rows)
        return rows

    def written(self) -> many.Rows:
        """What the books have written since the last time; its accounts open in both."""
        many.accounts(self.own.engine, self.other.engine)
        return many.newest(self.own, self.after)

    def race(self, work: Callable[[Session], object]) -> None:
        """The books, then each peer with the same rows."""
        self.clock.run("the books", lambda: self.own.transact(work))
        rows = self.written()
        self.clock.run("bare rows", lambda: many.put(self.own.engine, rows, "bare_"))
        self.clock.run("without triggers", lambda: many.put(self.other.engine, rows))


@pytest.mark.parametrize("step", ["with items, claim keys and a cap", "a later step"])
def test_posting_lines_in_batches(books: tuple[Database, Database], step: str) -> None:
    first, count = step.startswith("with"), ROUNDS * many.BATCH
    turns = Turns(*books, Clock(*(one.engine for one in books)))
    turns.begin(count)
    jobs.settle()
    for begin in range(1, count, many.BATCH):
        accrual = drafts(begin, ("entitlement", "accrued"), pool=first)
        later = drafts(begin, ("accrued", "applied"), pool=False)

        def accrue(session: Session, begin: int = begin, accrual: Draft = accrual) -> None:
            many.take(session, begin, many.BATCH, claims=first)
            ledger.post(session, accrual, now=NOW)

        if first:
            turns.race(accrue)
        else:
            turns.prepare(accrue)
            turns.race(partial(ledger.post, draft=later, now=NOW))
    for line in turns.clock.told(count):
        say(f"ledger, {turns.own.engine.dialect.name}, {step}: {line}")


def posted(database: Database, lines: int) -> int:
    """Books of so many postings, whole batches of them; how many there are."""
    items = lines // (len(PATH) - 1) // many.BATCH * many.BATCH
    database.transact(lambda session: many.ship(session, items))
    database.transact(lambda session: many.take(session, 1, items, claims=False))
    for stages in pairwise(PATH):
        for begin in range(1, items, many.BATCH):
            entry = drafts(begin, stages, pool=False)
            database.transact(partial(ledger.post, draft=entry, now=NOW))
    return items * (len(PATH) - 1)


def test_verifying_a_million_postings(books: tuple[Database, Database]) -> None:
    own, _other = books
    begin = time.monotonic()
    lines = posted(own, LARGE)
    took = time.monotonic() - begin
    url = own.engine.url.render_as_string(hide_password=False)
    own.engine.dispose()
    gc.collect()
    begin = time.monotonic()
    spent = cpu_seconds()
    report = verify(url, rules={})
    clock = time.monotonic() - begin
    assert (report.postings, report.faults) == (lines, ())
    say(
        f"verifier, {own.engine.dialect.name}: {lines:,} postings in {clock:.1f} s on the clock,"
        f" {cpu_seconds() - spent:.1f} s of this processor, no tallies among them"
        f" (posted in {took:.0f} s)"
    )
