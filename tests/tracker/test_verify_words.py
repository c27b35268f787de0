"""The verifier to the last word: what a person reads who runs it at home."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rules.composed import compose
from tests import full_books
from tests.tampering import Execute, tamper
from tests.tracker.test_composed import DEFINITION
from tracker.db import connect
from tracker.settings import Settings
from tracker.verify import chain, composed, package, verify
from tracker.verify.__main__ import main
from tracker.verify.reading import canonical, sha256

COMPOSED: dict[str, Any] = {
    **DEFINITION,
    "format": 1,
    "id": "composed/150100/1/1",
    "league": "150100",
    "programme": "freight",
}


@pytest.fixture
def url(settings: Settings) -> str:
    """The address of full books."""
    database = connect(settings)
    full_books.write(database)
    database.engine.dispose()
    return settings.database_url


def test_the_help_says_in_chinese_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    usage = "usage: python -m tracker.verify [-h] [--anchor SEQ:HASH] [--anchors FILE]"
    assert said.startswith(f"{usage} [--files FOLDER] url 核对账簿 ")
    assert " url 数据库地址、SQLite 文件，或数据包（.zip） " in said
    assert " --anchor SEQ:HASH 说明单或报送件上的锚点，可多次给出 " in said
    assert " --anchors FILE 锚点文件，每行“时刻 序号:哈希”，逐行核对 " in said
    assert said.endswith(" --files FOLDER 原始文件夹（…/blobs），逐个核对哈希")


def test_every_fault_has_a_line_of_its_own(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = verify(url)

    def forge(execute: Execute) -> None:
        execute("UPDATE account SET balance = 77 WHERE id IN (1, 2, 3)")

    tamper(url, forge)
    assert main([url, f"--anchor=1:{'0' * 63}:"]) == 1
    told = capsys.readouterr().out.splitlines()
    faults = [str(fault) for fault in verify(url).faults]
    assert len(faults) == 3
    assert told == [
        "核对未通过。第一处错误：锚点 1：哈希不符：此前的账簿被整体改写",
        *(f"  {fault}" for fault in faults),
        (
            f"分录 13 条，记账行 {report.postings} 行，测算 3 项，审计日志 3 条，锚点 1 个；"
            f"链首 13:{report.head}"
        ),
    ]


def test_right_books_are_said_to_be_so_in_one_line(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = verify(url)
    assert main([url]) == 0
    assert capsys.readouterr().out == (
        f"核对通过：分录 13 条，记账行 {report.postings} 行，测算 3 项，审计日志 3 条，锚点 0 个；"
        f"链首 13:{report.head}\n"
    )


def test_what_is_no_package_is_said_and_nothing_is_left_lying_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK")
    with pytest.raises(OSError, match=r"^不是完整的数据包：File is not a zip file$"):
        verify(str(broken))
    told = {"format": package.FORMAT, "seq": 1, "head": "x", "revision": "1", "files": {}}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(package.LIST, json.dumps(told | {"books_sha256": "x"}))
        out.writestr(package.BOOKS, b"")
    with package.opened_package(str(tmp_path / "a.zip")) as opened:
        assert opened.anchors == {1: "x"}
        assert [str(fault) for fault in opened.faults] == ["books.sqlite：与清单所记的哈希不符"]
        assert opened.books.read_bytes() == b""
    assert not opened.books.exists()
    assert list(elsewhere.iterdir()) == []


def test_balances_are_named_where_they_differ_and_only_there() -> None:
    walk = chain.Walk(names=chain.Names({}, {1: ("I", "", ""), 2: ("J", "", "")}))
    walk.balances |= {1: 5, 2: -5}
    walk.stages |= {(1, "accrued"): 5, (1, "applied"): 0, (2, "filed"): 3, (2, "accrued"): 7}
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = connection.execute
        rows("CREATE TABLE account (id, balance, is_source, owner, stage)")
        rows("CREATE TABLE item_stage (item_id, stage, balance)")
        for account in (
            (1, 5, 0, "a", "accrued"),
            (2, -5, 1, "b", "entitlement"),
            (3, 1, 0, "c", "filed"),
            (4, 0, 1, "d", "filed"),
        ):
            rows("INSERT INTO account VALUES (?, ?, ?, ?, ?)", account)
        for stands in ((1, "accrued", 5), (2, "filed", 4), (2, "applied", 0), (9, "filed", 1)):
            rows("INSERT INTO item_stage VALUES (?, ?, ?)", stands)
        assert [str(fault) for fault in chain.balanced(rows, walk)] == [
            "账户 c filed：余额为 1 分，按记账行应为 0 分",
            "账户 d filed：余额为 0 分，按记账行应为 0 分",
            "补贴项 J accrued：余额为 0 分，按记账行应为 7 分",
            "补贴项 J filed：余额为 4 分，按记账行应为 3 分",
            "补贴项  filed：余额为 1 分，按记账行应为 0 分",
        ]


@pytest.mark.parametrize(
    ("changed", "told", "wrong"),
    [
        ({}, "own", None),
        ({"definition": {"id": "x"}}, "own", "定义被改动，与其哈希不符"),
        ({}, "another", "与审计日志所记的哈希不符"),
        ({"place": "composed/150100/1/2"}, "own", "编号、盟市或版本与定义不符"),
        ({"why": "定义不成规则：x"}, "own", "定义不成规则：x"),
    ],
)
def test_what_is_wrong_with_a_composed_rule_is_said_in_these_words(
    changed: dict[str, Any], told: str, wrong: str | None
) -> None:
    rule = compose(COMPOSED)
    own = sha256(canonical(COMPOSED))
    row: dict[str, Any] = {
        "rule_id": rule.id,
        "sha256": own,
        "place": rule.id,
        "definition": COMPOSED,
        "rule": rule,
        "why": "",
    }
    one = composed.Kept(**(row | changed))
    kept = {rule.id: own if told == "own" else told}
    said = [str(fault) for fault in composed.faults([one], kept)]
    assert said == ([] if wrong is None else [f"组合规则 {rule.id}：{wrong}"])
