"""The checks of the verifier one by one: each by its name, with the rules it was given."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import tracker.verify as verifier
from tests import full_books
from tracker.db import connect
from tracker.settings import Settings
from tracker.verify import (
    adjustments,
    chain,
    composed,
    divisions,
    files,
    forecasts,
    holds,
    levels,
    matters,
    near_pairs,
    package,
    publications,
    reading,
    receipts,
    records,
    requirements,
    self_evaluations,
    takers,
    verify,
)
from tracker.verify.reading import canonical

CHECKS: dict[str, tuple[ModuleType, str]] = {
    "分录": (chain, "walked"),
    "锚点": (chain, "anchored"),
    "余额": (chain, "balanced"),
    "唯一键": (records, "claims"),
    "补贴办法": (records, "methods"),
    "办理记录": (records, "decisions"),
    "测算": (records, "assessments"),
    "资金分配": (divisions, "divisions"),
    "差额调整": (adjustments, "adjustments"),
    "审批层级": (levels, "levels"),
    "环节要求": (requirements, "requirements"),
    "经办单位": (takers, "takers"),
    "疑似重复": (near_pairs, "near_pairs"),
    "暂缓": (holds, "holds"),
    "审计日志": (records, "events"),
    "组合规则": (composed, "faults"),
    "申报事项": (matters, "matters"),
    "公示": (publications, "publications"),
    "绩效自评": (self_evaluations, "self_evaluations"),
    "需求测算": (forecasts, "forecasts"),
    "说明单": (receipts, "receipts"),
    "发运明细表": (files, "uploads"),
}
ACCOUNTS = {1: ("fen", "entitlement", "L|P"), 2: ("fen", "accrued", "L|F|P")}


@pytest.fixture
def file(settings: Settings) -> Path:
    """Full books in a file."""
    database = connect(settings)
    full_books.write(database)
    database.engine.dispose()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_every_check_of_the_verifier_is_one_of_these() -> None:
    every = verifier._checks(lambda _: [], chain.Walk(), (), {}, (), ())  # noqa: SLF001  the table
    assert list(every) == list(CHECKS)


@sqlite_only
@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_stumbles_is_named(
    name: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> Iterator[reading.Fault]:
        raise KeyError(name)
        yield

    monkeypatch.setattr(*CHECKS[name], stumble)
    said = [str(fault) for fault in verify(str(file)).faults]
    assert said[0] == f"{name}：内容无法读取，核对在此中断：KeyError('{name}')"


@sqlite_only
def test_money_is_computed_by_the_rules_that_are_given(file: Path, tmp_path: Path) -> None:
    said = [str(fault) for fault in verify(str(file), rules={}).faults]
    assert len(said) == 3
    assert all("规则 ulanqab-box-zone 未安装，或不是备案时的版本，无法重算" in one for one in said)
    whole = verify(str(file))
    books = file.read_bytes()
    told = {
        "format": package.FORMAT,
        "revision": "1",
        "files": {},
        "seq": whole.seq,
        "head": whole.head,
        "books_sha256": hashlib.sha256(books).hexdigest(),
    }
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as out:
        out.writestr(package.LIST, json.dumps(told))
        out.writestr(package.BOOKS, books)
    assert not verify(str(tmp_path / "包.zip")).faults
    assert [str(fault) for fault in verify(str(tmp_path / "包.zip"), rules={}).faults] == said


def test_an_address_of_a_server_is_read_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def rows(query: str) -> list[tuple[Any, ...]]:
        asked.append(query)
        return [("entry",), ("posting",)]

    @contextmanager
    def opened(url: str) -> Iterator[reading.Rows]:
        asked.append(url)
        yield rows

    monkeypatch.setattr(reading, "_postgresql", opened)
    for url in ("postgresql://a/b", "postgresql+psycopg://a/b"):
        with reading.opened(url) as given:
            assert reading.tables(url, given) == {"entry", "posting"}
    catalogue = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    assert asked == ["postgresql://a/b", catalogue, "postgresql+psycopg://a/b", catalogue]


def entry(**detail: object) -> chain.Entry:
    """An entry whose body agrees with its columns."""
    told = {
        "algorithm": "sha256",
        "cause": "c",
        "kind": "accrue",
        "business_date": "2026-03-02",
        "actor": "x",
        "recorded_at": "2026-03-02T09:30:00.000000+00:00",
        "postings": [],
        "detail": detail,
    }
    return chain.Entry(
        seq=4,
        cause="c",
        kind="accrue",
        business_date="2026-03-02",
        actor="x",
        recorded_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        posting_count=0,
        body=canonical(told).decode(),
        body_sha256="",
        previous_hash="",
        hash="",
    )


def test_what_an_entry_tells_twice_counts_twice() -> None:
    one = {"item": "I", "outcome": "paid", "award_fen": 5}
    walk = chain.Walk()
    assert chain._read(entry(assessed=[one, one]), walk) == ([], [])  # noqa: SLF001  the part in question
    assert walk.assessed == {(4, "I", "paid", 5): 2}


def test_an_item_that_is_not_there_and_an_amount_that_is_none_are_faults_and_move_nothing() -> None:
    names = chain.Names(ACCOUNTS, {})
    walk = chain.Walk(names=names)
    for amount in (0.5, None, True):
        lines = [chain.Line(0, 1, 2, amount, 9, "")]
        said = [[ACCOUNTS[1], ACCOUNTS[2], amount, "I", ""]]
        counted = chain.Entry(**(vars(entry()) | {"posting_count": 1}))
        assert list(chain._told(lines, counted, said, names)) == ["第 1 行记账行与正文不符"]  # noqa: SLF001  likewise
        assert chain._carried(lines, walk) == ["第 1 行记账行的去向、金额或归属不合规则"]  # noqa: SLF001  likewise
    assert set(walk.balances.values()) == {0}
    assert walk.stages == {(9, "accrued"): 0}
