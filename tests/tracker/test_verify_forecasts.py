"""A forecast that was changed behind the program's back is found by the verifier."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests import forecasts, way
from tests.forecasts import YEAR
from tests.journeys import FIRM
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.db import canonical
from tracker.steps.forecast_lines import Stated
from tracker.verify import forecasts as verified
from tracker.verify.reading import sha256

VERSION, FORECAST = "需求测算 XQ-00001 第 1 版", "需求测算 XQ-00001"
CHANGED, SUMS = "内容被改动，与其哈希不符", "合计与明细不符"
ENTRY, SHOWN = "所印的台账第 6 号与分录不符", "与报送时所见不符"


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


def sent(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    forecasts.submitted(bench)


def statement(said: str) -> Callable[[Execute], None]:
    def work(execute: Execute) -> None:
        execute(said)

    return work


def other_head(execute: Execute) -> None:
    """Another anchor, and the hash over it made to fit."""
    ((day, text),) = execute("SELECT computed_on, lines FROM forecast_version")
    content = ["XQ-00001", 1, str(day), 6, "0" * 64, json.loads(text)]
    told = sha256(canonical(content).encode())
    execute("UPDATE forecast_version SET head = ?, sha256 = ?", "0" * 64, told)


def test_what_was_made_by_the_program_is_proven(bench: jobs.Bench) -> None:
    sent(bench)
    key = forecasts.drafted(bench)
    line = next(one for one in forecasts.lines(bench, key) if one.uscc == FIRM and one.days)
    forecasts.stated(bench, key, {line.key: Stated(70, "每日两班")})
    forecasts.submitted(bench)
    assert faults(bench) == []


@pytest.mark.parametrize(
    ("work", "wanted"),
    [
        (
            statement(
                "UPDATE forecast_version SET lines = replace(lines, '\"known\":3', '\"known\":4')"
            ),
            [(VERSION, CHANGED)],
        ),
        (
            statement(
                "UPDATE forecast_version SET lines ="
                " replace(lines, '\"accrued_fen\":150000', '\"accrued_fen\":150001')"
            ),
            [(VERSION, CHANGED), (VERSION, SUMS)],
        ),
        (
            statement("UPDATE forecast_version SET expected_fen = expected_fen + 1"),
            [(VERSION, SUMS), (FORECAST, SHOWN)],
        ),
        (other_head, [(VERSION, ENTRY), (FORECAST, SHOWN)]),
        (statement("UPDATE forecast SET basis = '另一依据'"), [(FORECAST, SHOWN)]),
        (
            statement("UPDATE forecast_version SET sheet_sha256 = sha256"),
            [(FORECAST, SHOWN)],
        ),
        (
            statement("UPDATE forecast SET state = 'withdrawn'"),
            [(FORECAST, "状态与报送的分录不符")],
        ),
        (statement("DELETE FROM forecast_version"), [(FORECAST, "最新一版缺失")]),
        (statement("UPDATE forecast SET newest_no = 2"), [(FORECAST, "最新一版缺失")]),
    ],
)
def test_a_forecast_that_was_changed_is_found(
    bench: jobs.Bench, work: Callable[[Execute], None], wanted: Sequence[tuple[str, str]]
) -> None:
    sent(bench)
    tamper(bench.settings.database_url, work)
    assert faults(bench) == list(wanted)


def test_a_draft_cannot_pass_for_one_that_was_sent(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    forecasts.drafted(bench, YEAR)
    tamper(bench.settings.database_url, statement("UPDATE forecast SET state = 'submitted'"))
    assert faults(bench) == [(FORECAST, "状态与报送的分录不符")]


VERSIONS = "forecast_version.seq"


def first(code: str, lines: list[Any], *fen: int) -> tuple[Any, ...]:
    """The row of a first version with these lines and sums."""
    content = [code, 1, "2026-05-04", 6, "h", lines]
    hashes = (sha256(canonical(content).encode()), "sheet", "h")
    return (*content[:5], json.dumps(lines), *fen, *hashes)


@pytest.mark.parametrize(
    ("expected", "paid", "trips", "fen"),
    [
        (3, 5, 2, 9),
        (3, 4, 3, 3),
        (7, 0, 0, 0),
        (1, 10**17 + 1, 1, 10**17 + 1),
    ],
)
def test_what_is_expected_is_the_mean_to_the_fen_half_up(
    expected: int, paid: int, trips: int, fen: int
) -> None:
    line = dict.fromkeys((*verified.STOOD, "approved_fen"), 0)
    line |= {"expected": expected, "mean_sum_fen": paid, "mean_count": trips}
    version = first("XQ", [line], 0, fen, 0)
    assert list(verified.forecasts(lambda query: [version] if VERSIONS in query else [])) == []


def test_each_of_several_is_looked_at_whatever_is_wrong_with_those_before() -> None:
    """Two lack their newest version, one says that it was sent, and one is a draft."""
    names = [("A", "draft", 9), ("B", "submitted", 1), ("C", "draft", 1), ("D", "draft", 9)]
    versions = [first(code, [], 0, 0, 0) for code, _, _ in names]
    rows = [(code, *[""] * 7, state, newest) for code, state, newest in names]

    def read(query: str) -> list[tuple[Any, ...]]:
        return versions if VERSIONS in query else rows if "newest_no" in query else []

    assert [(one.where, one.what) for one in verified.forecasts(read)] == [
        ("需求测算 A", "最新一版缺失"),
        ("需求测算 B", "状态与报送的分录不符"),
        ("需求测算 D", "最新一版缺失"),
    ]
