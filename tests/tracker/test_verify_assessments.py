"""Assessments and decisions as the verifier proves them, on tables of a few columns in memory."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from rules.batch import Facts
from rules.prorating import NUMBER
from rules.quantity import Quantity
from rules.steps import Steps
from rules.tally import Run, assess
from tests.rules.rule_samples import RICH, Rich, made, shipment
from tracker.verify import chain, records

SEQ = 7


def divide(s: Facts, p: Rich, t: Steps) -> Quantity:
    """A pool shared in proportion."""
    return t.prorate("第九条", t.pay("第五条", s.freight), p.by_year[t.year], per=("year",))


RULE = made(divide)


class Assessed:
    """Books with assessments alone; ``said`` tells the faults."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        self.walk = chain.Walk()
        for table in (
            "item (id, code)",
            "method (id, rule_id, rule_sha256, params)",
            (
                "assessment (id INTEGER PRIMARY KEY, item_id, seq, outcome, award_fen, facts,"
                " tally, consumption, method_id)"
            ),
        ):
            self.rows(f"CREATE TABLE {table}")
        method = (1, RULE.id, RULE.source_sha256, json.dumps(RICH))
        self.rows("INSERT INTO method VALUES (?, ?, ?, ?)", method)

    def keep(self, run: Run, number: int, facts: Any) -> None:  # noqa: ANN401  any record
        """An assessment that the entries tell of."""
        item = f"I{number}"
        self.rows("INSERT INTO item VALUES (?, ?)", (number, item))
        used = run.consumption(number)
        uses = {
            key: {"before": before, "used": used.get(key, 0)}
            for key, before in run.seen(number).items()
        }
        told = (facts.as_json(), run.tally(number).as_json(), uses)
        self.rows(
            "INSERT INTO assessment VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 1)",
            (number, SEQ, run.outcomes[number], run.awards[number], *map(json.dumps, told)),
        )
        self.walk.assessed[SEQ, item, run.outcomes[number], run.awards[number]] += 1

    def said(self) -> list[str]:
        """What the verifier says."""
        return [str(one) for one in records.assessments(self.rows, self.walk, {RULE.id: RULE})]


@pytest.fixture
def assessed() -> Iterator[Assessed]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield Assessed(connection)


def test_a_share_of_a_pool_is_computed_again_from_what_it_was_settled_to(
    assessed: Assessed,
) -> None:
    rows = [shipment(number, freight_fen=10_000 + number) for number in range(1, 4)]
    run = assess(RULE, RICH, rows, {})
    assert sum(run.awards) == 10_000
    for number, facts in enumerate(rows):
        assert any(NUMBER in key for key in run.seen(number))
        assessed.keep(run, number, facts)
    assert assessed.said() == []
    assert assessed.walk.assessments == 3


def test_what_is_told_twice_is_kept_twice(assessed: Assessed) -> None:
    run = assess(RULE, RICH, [shipment(1)], {})
    assessed.keep(run, 0, shipment(1))
    assessed.keep(run, 0, shipment(1))
    assessed.rows("DELETE FROM item WHERE rowid = 2")
    assert assessed.said() == []
    assessed.keep(run, 0, shipment(1))
    assessed.rows("DELETE FROM item WHERE rowid > 1")
    assessed.walk.assessed.clear()
    assessed.walk.assessed[SEQ, "I0", run.outcomes[0], run.awards[0]] = 2
    assert assessed.said() == [f"测算 3（I0，分录 {SEQ}）：与分录所记不符"]
    assessed.walk.assessed.clear()
    assessed.walk.assessed[SEQ, "I0", run.outcomes[0], run.awards[0]] = 4
    assert assessed.said() == [f"分录 {SEQ}：I0 的测算缺失"]


def test_what_entries_tell_of_is_missed_whatever_it_is_called(assessed: Assessed) -> None:
    for item in ("I9", None, 3):
        assessed.walk.assessed[SEQ, item, "paid", 1] = 1
    assert assessed.said() == [f"分录 {SEQ}：{item} 的测算缺失" for item in ("I9", 3, None)]


def test_a_decision_that_no_entry_tells_of_is_named_and_one_that_is_gone_too() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = connection.execute
        rows("CREATE TABLE user_account (id, login)")
        rows(
            "CREATE TABLE decision (id, seq, login, shown_sha256, subject_kind, subject_id,"
            " user_id, maker_id, maker_decision_id)"
        )
        for number, login in enumerate(("officer", "approver"), 1):
            rows("INSERT INTO user_account VALUES (?, ?)", (number, login))
        made_by = (
            (1, 5, "officer", "s", "method", 1, 1, None, None),
            (2, 6, "approver", "s", "method", 1, 2, 1, 1),
        )
        for row in made_by:
            rows("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        told = {5: ("officer", "s"), 6: ("approver", "s")}
        assert list(records.decisions(rows, chain.Walk(decided=dict(told)))) == []
        walk = chain.Walk(decided={5: told[5], 9: told[6]})
        assert [str(fault) for fault in records.decisions(rows, walk)] == [
            "办理记录 2（分录 6）：经办人或所示内容与分录不符",
            "分录 9：办理记录缺失",
        ]
        rows("UPDATE user_account SET login = 'x' WHERE id = 1")
        walk = chain.Walk(decided=dict(told))
        said = "办理记录 1（分录 5）：经办人或所示内容与分录不符"
        assert [str(fault) for fault in records.decisions(rows, walk)] == [
            said,
            "分录 5：办理记录缺失",
        ]
