"""Pools divided again by the verifier, on tables of a few loose columns in memory."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import Any

import pytest

from tracker.verify import divisions

KEY = "pool:示例:2026"
SHARE_OUT = ((100, 10, (60, 30, 30, 30)), (7, 0, (3, 3, 3)), (5, 0, (9, 1, 1, 1)), (7, 0, (10, 3)))
"""Limit, given before, what the claims ask: more than there is, with ties."""
ENOUGH = ((100, 10, (60, 30)), (100, 0, (60, 30)), (0, 0, (0,)))
"""The same, where all that is asked can be given."""


def due(room: int, asked: tuple[int, ...]) -> list[int]:
    """What each gets by the largest remainder, ties to the first in order; by exact fractions."""
    if sum(asked) <= room:
        return list(asked)
    shares = [Fraction(one * room, sum(asked)) for one in asked]
    whole = [share.numerator // share.denominator for share in shares]
    by_rest = sorted(range(len(asked)), key=lambda place: (whole[place] - shares[place], place))
    for place in by_rest[: room - sum(whole)]:
        whole[place] += 1
    return whole


class Pools:
    """Books with divisions alone; ``said`` tells the faults."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        self.seq = 0
        figures = ", ".join(divisions.FIGURES)
        self.rows("CREATE TABLE entry (seq, kind, cause, body)")
        self.rows(f"CREATE TABLE division (code, counter, state, {figures})")
        self.rows(
            "CREATE TABLE assessment (id INTEGER PRIMARY KEY, seq, facts, tally, consumption)"
        )

    def entry(self, kind: str, cause: str, **detail: object) -> int:
        """An entry of this cause; its sequence."""
        self.seq += 1
        body = json.dumps({"cause": cause, "detail": detail})
        self.rows("INSERT INTO entry VALUES (?, ?, ?, ?)", (self.seq, kind, cause, body))
        return self.seq

    def divide(
        self, code: str, limit: int, before: int, asked: tuple[int, ...], *, key: str = KEY
    ) -> dict[str, Any]:
        """A pool divided as it should be; its figures."""
        given = due(limit - before, asked)
        values = (limit, before, len(asked), sum(asked), sum(given), 4, 1)
        pool: dict[str, Any] = dict(zip(divisions.FIGURES, values, strict=True))
        self.entry("division.divide", f"division:{code}:divide", pool={"counter": key, **pool})
        places = ", ".join("?" for _ in values)
        self.rows(
            f"INSERT INTO division VALUES (?, ?, 'divided', {places})",  # noqa: S608  our own names
            (code, key, *values),
        )
        seq = self.entry("accrue", f"accrue:division:{code}:示例:0")
        for order, (fen, gets) in reversed(list(enumerate(zip(asked, given, strict=True)))):
            self.share(seq, key, order, fen, gets, pool)
        return pool

    def share(
        self, seq: int, key: str, order: int, asked: int, given: int, pool: dict[str, Any]
    ) -> None:
        """An assessment that tells one claim's share."""
        line = {"counter": key, "limit_fen": pool["limit_fen"], "used_before": pool["before_fen"]}
        lines = [
            {"counter": "another", "limit_fen": 1, "used_before": 1},
            {**line, "before_fen": asked, "after_fen": given},
            {"counter": None},
        ]
        settled = {"total": pool["asked_fen"], "rest": pool["rest"], "place": pool["place"]}
        uses = {f"{key}|of={name}": {"before": fen} for name, fen in settled.items()}
        told = [{"order": order}, {"lines": lines}, uses]
        self.rows(
            "INSERT INTO assessment (seq, facts, tally, consumption) VALUES (?, ?, ?, ?)",
            (seq, *map(json.dumps, told)),
        )

    def said(self) -> list[str]:
        """What the verifier says."""
        return [str(fault) for fault in divisions.divisions(self.rows)]


@pytest.fixture
def pools() -> Iterator[Pools]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield Pools(connection)


@pytest.mark.parametrize(("limit", "before", "asked"), [*SHARE_OUT, *ENOUGH])
def test_a_pool_divided_by_the_largest_remainder_is_right(
    pools: Pools, limit: int, before: int, asked: tuple[int, ...]
) -> None:
    pools.entry("accrue", "accrue:1")
    pools.divide("B", limit, before, asked)
    pools.divide("A", 9, 0, (1, 2), key="pool:另一:2026")
    pools.rows("INSERT INTO division (code, state) VALUES ('C', 'open')")
    assert pools.said() == []


def test_books_without_divisions_are_right(pools: Pools) -> None:
    pools.entry("accrue", "accrue:1")
    pools.rows("INSERT INTO division (code, state) VALUES ('C', 'open')")
    assert pools.said() == []


@pytest.mark.parametrize("column", ["counter", *divisions.FIGURES])
def test_a_division_that_is_not_what_its_entry_told_is_named(pools: Pools, column: str) -> None:
    pools.divide("B", 100, 10, (60, 60))
    pools.divide("A", 100, 10, (60, 60))
    pools.rows(f"UPDATE division SET {column} = 77 WHERE code = 'A'")  # noqa: S608  our own names
    assert pools.said() == ["资金分配 A：与分录所记不符"]


def test_a_division_that_is_gone_or_that_no_entry_tells_of_is_named(pools: Pools) -> None:
    for code in "BA":
        pools.divide(code, 100, 10, (60, 60))
    pools.rows("UPDATE division SET code = 'Z' WHERE code = 'A'")
    assert pools.said() == ["资金分配 A：与分录所记不符", "资金分配 Z：与分录所记不符"]


def edited(pools: Pools, column: str, change: str, number: int = 1) -> None:
    """Change a column of one share by an SQL expression."""
    pools.rows(f"UPDATE assessment SET {column} = {change} WHERE id = {number}")  # noqa: S608  our own names


def test_a_share_that_is_gone_or_asked_otherwise_is_named(pools: Pools) -> None:
    pools.divide("B", 100, 10, (60, 40))
    edited(pools, "tally", "json_set(tally, '$.lines[1].before_fen', 41)")
    assert pools.said() == ["资金分配 B：应有 2 票合计 100 分，实为 2 票 101 分"]
    pools.rows("DELETE FROM assessment WHERE id = 1")
    assert pools.said() == ["资金分配 B：应有 2 票合计 100 分，实为 1 票 60 分"]
    pools.rows("DELETE FROM assessment")
    assert pools.said() == ["资金分配 B：应有 2 票合计 100 分，实为 0 票 0 分"]


def test_a_share_of_nothing_that_is_gone_is_named(pools: Pools) -> None:
    pools.divide("B", 100, 10, (60, 0))
    pools.rows("DELETE FROM assessment WHERE id = 1")
    assert pools.said() == ["资金分配 B：应有 2 票合计 60 分，实为 1 票 60 分"]


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ("tally", "lines[1].limit_fen"),
        ("tally", "lines[1].used_before"),
        ("consumption", f'"{KEY}|of=total".before'),
        ("consumption", f'"{KEY}|of=rest".before'),
        ("consumption", f'"{KEY}|of=place".before'),
    ],
)
def test_shares_that_tell_the_pool_otherwise_are_named(
    pools: Pools, column: str, path: str
) -> None:
    pools.divide("B", 100, 10, (60, 40))
    edited(pools, column, f"json_set({column}, '$.{path}', 77)")
    assert pools.said() == ["资金分配 B：各票所记的资金总额或分配比例不一致"]


@pytest.mark.parametrize(("limit", "before", "asked"), [(100, 10, (60, 40)), (100, 10, (40, 20))])
def test_a_fen_more_or_less_than_there_is_to_give_is_named(
    pools: Pools, limit: int, before: int, asked: tuple[int, ...]
) -> None:
    pool = pools.divide("B", limit, before, asked)
    whole = min(limit - before, sum(asked))
    (((text),),) = pools.rows("SELECT tally FROM assessment WHERE id = 1").fetchall()
    gets = json.loads(text)["lines"][1]["after_fen"]
    for change in (1, -1):
        edited(pools, "tally", f"json_set(tally, '$.lines[1].after_fen', {gets + change})")
        said = f"资金分配 B：应分出 {whole} 分，实为 {whole + change} 分"
        assert pools.said() == [said]
    edited(pools, "tally", f"json_set(tally, '$.lines[1].after_fen', {gets})")
    more = (pool["given_fen"] + 1,)
    pools.rows("UPDATE division SET given_fen = ?", more)
    pools.rows("UPDATE entry SET body = json_set(body, '$.detail.pool.given_fen', ?)", more)
    assert pools.said() == [f"资金分配 B：应分出 {whole} 分，实为 {whole} 分"]


def test_shares_that_changed_places_are_counted(pools: Pools) -> None:
    pools.divide("B", 7, 0, (3, 3, 3))
    assert pools.said() == []
    # kept in turned order: the first of the rows is the last in the queue, and gets no fen more
    edited(pools, "tally", "json_set(tally, '$.lines[1].after_fen', 3)", 1)
    edited(pools, "tally", "json_set(tally, '$.lines[1].after_fen', 2)", 3)
    assert pools.said() == ["资金分配 B：2 票的份额与最大余数法不符"]


def test_every_division_is_looked_at_in_the_order_of_its_code(pools: Pools) -> None:
    for code in "BA":
        pools.divide(code, 100, 10, (60, 40))
    pools.rows("UPDATE assessment SET tally = json_set(tally, '$.lines[1].limit_fen', 1)")
    wrong = "各票所记的资金总额或分配比例不一致"
    assert pools.said() == [f"资金分配 A：{wrong}", f"资金分配 B：{wrong}"]
