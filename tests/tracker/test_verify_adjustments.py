"""Adjustments that are not as their entries tell, or posted otherwise, are found."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests import adjustments as made
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.db import Database
from tracker.settings import Settings
from tracker.verify import adjustments

CHANGED = "与分录所记不符"


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """One truck paid and adjusted upwards, another downwards, a third proposed only."""
    bench = made.world(database, settings)
    made.said(bench, {"1": "100.00", "2": "50.00", "3": "10.00"})
    made.paid(bench)
    made.corrected(bench, {"1": "130.00", "2": "20.00"})
    made.proposed(bench, made.asked(bench, made.said(bench, {"3": "9.00"})))
    return bench


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE adjustment_line SET excess_fen = 0 WHERE excess_fen > 0",
        "UPDATE adjustment SET state = 'declined' WHERE id = 1",
        "DELETE FROM adjustment_line WHERE adjustment_id = 1 AND moved_fen > 0",
    ],
)
def test_an_adjustment_that_is_not_what_its_entry_tells_is_named(
    world: jobs.Bench, said: str
) -> None:
    assert faults(world) == []

    def work(execute: Execute) -> None:
        execute(said)

    tamper(world.settings.database_url, work)
    assert ("差额调整 TZ-00001", CHANGED) in faults(world)


def test_one_that_stands_as_carried_out_without_an_entry_is_named(world: jobs.Bench) -> None:
    def work(execute: Execute) -> None:
        execute("UPDATE adjustment SET state = 'adjusted' WHERE id = 2")

    tamper(world.settings.database_url, work)
    assert ("差额调整 TZ-00002", CHANGED) in faults(world)


class Books:
    """Loose tables with one adjustment of two items: 10 more of the first, 3 less of the second."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        for table in (
            "entry (id, seq, kind, cause, body)",
            "adjustment (id, code, state)",
            "adjustment_line (adjustment_id, item_id, before_fen, after_fen, moved_fen,excess_fen)",
            "item (id, code)",
            "assessment (item_id, seq, award_fen)",
            "posting (entry_id, item_id, target_id, amount)",
            "account (id, stage)",
        ):
            self.rows(f"CREATE TABLE {table}")
        self.rows("INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')")
        self.rows("INSERT INTO account VALUES (1, 'accrued'), (2, 'entitlement')")
        self.seq = 0

    def entry(self, kind: str, cause: str, lines: list[list[object]] | None = None) -> int:
        """An entry of this cause; its sequence, which is its id too."""
        self.seq += 1
        body = json.dumps({"cause": cause, "detail": {"lines": lines}})
        self.rows(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (self.seq, self.seq, kind, cause, body)
        )
        return self.seq

    def adjust(self, *lines: tuple[int, str, int, int, int, int]) -> None:
        """An adjustment with these lines: item's id and code, then the four figures."""
        self.rows("INSERT INTO adjustment VALUES (1, 'TZ-1', 'adjusted')")
        for key, _, *figures in lines:
            self.rows("INSERT INTO adjustment_line VALUES (1, ?, ?, ?, ?, ?)", (key, *figures))
        told: list[list[object]] = [list(line[1:]) for line in reversed(lines)]
        self.entry("adjustment.adjust", "adjustment:TZ-1:3", told)

    def post(self, item: int, award: int, *moves: tuple[int, int], code: str = "TZ-1") -> None:
        """An entry of its own that awards so much, with the account moved to and the fen."""
        seq = self.entry("accrue", f"accrue:adjustment:{code}:{item}:M:0")
        self.rows("INSERT INTO assessment VALUES (?, ?, ?)", (item, seq, award))
        for target, fen in moves:
            self.rows("INSERT INTO posting VALUES (?, ?, ?, ?)", (seq, item, target, fen))

    def said(self) -> list[str]:
        """The faults, in words."""
        return [f"{one.where}：{one.what}" for one in adjustments.adjustments(self.rows)]


@pytest.fixture
def books() -> Iterator[Books]:
    """Loose tables in memory."""
    with closing(sqlite3.connect(":memory:")) as connection:
        yield Books(connection)


def test_without_adjustments_there_is_nothing_to_find(books: Books) -> None:
    books.post(3, 5, (1, 5))
    assert books.said() == []
    books.rows("INSERT INTO adjustment VALUES (2, 'TZ-0', 'adjusted')")
    assert books.said() == [f"差额调整 TZ-0：{CHANGED}"], "one that no entry tells of"


def test_each_line_is_held_to_what_its_own_entries_award_and_move(books: Books) -> None:
    books.adjust((1, "a", 20, 30, 10, 0), (2, "b", 9, 6, -3, 0), (3, "c", 4, 4, 0, 0))
    books.post(1, 30, (1, 14), (2, 4))
    books.post(2, 6, (2, 3))
    assert books.said() == [], "what comes out as it was has no entry"
    books.post(1, 99, (1, 50), code="TZ-2")
    assert books.said() == [], "another adjustment's entries are not its own"


def test_another_award_or_another_amount_is_named_with_both(books: Books) -> None:
    books.adjust((1, "a", 20, 30, 10, 0), (2, "b", 9, 6, -3, 0), (3, "c", 4, 5, 0, 0))
    books.post(1, 30, (1, 11))
    books.post(2, 7, (2, 3))
    assert books.said() == [
        "差额调整 TZ-1（a）：应调整 10 分，记账为 11 分",
        "差额调整 TZ-1（b）：测算应为 6 分，分录所记为 7 分",
        "差额调整 TZ-1（c）：测算应为 5 分，分录所记为 4 分",
    ]


def test_lines_that_stand_otherwise_are_named_once_and_first(books: Books) -> None:
    books.adjust((1, "a", 20, 30, 10, 0))
    books.post(1, 30, (1, 10))
    books.rows("INSERT INTO adjustment VALUES (2, 'TZ-0', 'adjusted'), (3, 'TZ-3', 'asked')")
    books.rows("UPDATE adjustment_line SET excess_fen = 1")
    assert books.said() == [f"差额调整 TZ-0：{CHANGED}", f"差额调整 TZ-1：{CHANGED}"]
