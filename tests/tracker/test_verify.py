"""The verifier: finds every tampering, names the first wrong line in Chinese, never crashes."""

import json
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import full_books
from tests.conftest import MakeSettings
from tests.databases import KINDS, Databases
from tests.tampering import Execute, tamper
from tracker import verify
from tracker.books import chain
from tracker.db import connect
from tracker.settings import Settings
from tracker.verify.__main__ import main

ENTRIES, ASSESSED, EVENTS = 13, 3, 3
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def written(
    all_databases: Databases,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """Full books, kept for the whole session and copied for each test."""
    kind = str(request.config.getoption("--database"))
    made = all_databases.settings(kind, tmp_path_factory.mktemp("books"), kept=True)
    database = connect(made)
    full_books.write(database)
    database.engine.dispose()
    return made


@pytest.fixture
def url(written: Settings, all_databases: Databases, tmp_path: Path) -> str:
    """The address of a copy of the full books."""
    return all_databases.copied(written, tmp_path / "copy").database_url


def link_again(execute: Execute, first: int = 1) -> None:
    """Give every entry from ``first`` on the hashes its body asks for, and the head the last."""
    rows = execute("SELECT seq, body, hash FROM entry ORDER BY seq")
    previous = chain.GENESIS
    for seq, body, own in rows:
        if seq < first:
            previous = own
            continue
        body_hash = chain.body_sha256(body)
        link = chain.link(previous, seq, body_hash)
        execute(
            "UPDATE entry SET body_sha256 = ?, previous_hash = ?, hash = ? WHERE seq = ?",
            *(body_hash, previous, link, seq),
        )
        previous = link
    execute("UPDATE chain_head SET seq = ?, hash = ?", len(rows), previous)


def test_untouched_books_verify_and_say_what_was_read(url: str) -> None:
    report = verify.verify(url)
    assert not report.faults
    assert (report.entries, report.assessments, report.events) == (ENTRIES, ASSESSED, EVENTS)
    assert report.seq == ENTRIES
    assert not verify.verify(url, {report.seq: report.head}).faults


@pytest.mark.parametrize("kind", KINDS)
def test_books_of_both_databases_verify(kind: str, make_settings: MakeSettings) -> None:
    database = connect(make_settings(kind))
    full_books.write(database)
    report = verify.verify(database.engine.url.render_as_string(hide_password=False))
    assert (report.entries, report.faults) == (ENTRIES, ())
    database.engine.dispose()


SQL: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "tests" / "data" / "tampering.toml").read_text(encoding="utf-8")
)
"""What is tampered with -> the statement, and the first fault it must give."""


def sql(statement: str, *values: object) -> Callable[[Execute], None]:
    """Work of one statement."""

    def work(execute: Execute) -> None:
        execute(statement, *values)

    return work


@pytest.mark.parametrize("name", SQL)
def test_tampering_is_found_and_the_first_wrong_line_named(name: str, url: str) -> None:
    tamper(url, sql(SQL[name]["sql"]))
    faults = verify.verify(url).faults
    assert faults, "not found"
    assert re.match(SQL[name]["said"], str(faults[0])), faults[0]


def relinked(change: str) -> Callable[[Execute], None]:
    """The change, with every link after it made to fit again."""

    def work(execute: Execute) -> None:
        execute(change)
        link_again(execute)

    return work


def swapped(execute: Execute) -> None:
    """Two entries change places."""
    for old, new in ((5, 99), (6, 5), (99, 6)):
        execute("UPDATE entry SET seq = ? WHERE seq = ?", new, old)


def overdrawn(execute: Execute) -> None:
    """An entry moves more than there is, everything else made to fit."""
    execute("UPDATE posting SET amount = 999999 WHERE amount = 5000")
    execute("UPDATE entry SET body = replace(body, '\"amount\":5000,', '\"amount\":999999,')")
    link_again(execute)


def unlinked(execute: Execute) -> None:
    """A body says another algorithm."""
    execute("UPDATE entry SET body = replace(body, 'sha256\",\"b', 'md5\",\"b') WHERE seq = 13")
    link_again(execute)


WORK: dict[str, tuple[Callable[[Execute], None], str]] = {
    "a body rewritten with every link after it": (
        relinked("UPDATE entry SET body = replace(body, '120000', '120001') WHERE seq = 5"),
        r"分录 5（life:1）：第 1 行记账行与正文不符",
    ),
    "two entries that change places": (swapped, r"分录 5（life:2）：没有接在上一条分录之后"),
    "more than there is": (overdrawn, r"分录 12（life:8）：记账之后 disbursed 低于零"),
    "another algorithm": (unlinked, r"分录 13（life:9）：哈希算法 md5 未知"),
    "a body that says nothing": (
        relinked("UPDATE entry SET body = 'null' WHERE seq = 5"),
        r"分录 5（life:1）：正文无法读取",
    ),
}


@pytest.mark.parametrize("name", WORK)
def test_tampering_that_mends_its_own_traces_is_found_too(name: str, url: str) -> None:
    work, said = WORK[name]
    tamper(url, work)
    faults = verify.verify(url).faults
    assert faults, "not found"
    assert re.match(said, str(faults[0])), faults[0]


def test_a_cut_tail_shows_against_an_anchor_only(url: str) -> None:
    whole = verify.verify(url)

    def cut(execute: Execute) -> None:
        execute("DELETE FROM entry WHERE seq = 13")
        link_again(execute)

    tamper(url, cut)
    assert not verify.verify(url).faults
    (fault,) = verify.verify(url, {whole.seq: whole.head}).faults
    assert str(fault) == "锚点 13：分录不存在：账簿止于 12，之后的分录被截去"


def test_a_rewrite_of_everything_shows_against_an_anchor_only(url: str) -> None:
    whole = verify.verify(url)

    def rewrite(execute: Execute) -> None:
        execute("UPDATE entry SET body = replace(body, '\"示例\":1', '\"示例\":2')")
        link_again(execute)

    tamper(url, rewrite)
    assert not verify.verify(url).faults
    (fault,) = verify.verify(url, {whole.seq: whole.head}).faults
    assert str(fault) == "锚点 13：哈希不符：此前的账簿被整体改写"


NESTED = "[" * 100_000
GARBAGE = {
    ("entry", "body"): ("", "nothing", "[]", "{}", NESTED, '{"postings":[{}]}', "9" * 5_000),
    ("posting", "amount"): (0, -5, 1 << 62),
    ("posting", "item_id"): (4711, None),
    ("posting", "source_id"): (4711,),
    ("account", "owner"): ("",),
    ("assessment", "facts"): ("[]", "{", NESTED, '{"order":"x"}'),
    ("assessment", "tally"): ("[]", "null", NESTED, '{"lines":[{}]}'),
    ("assessment", "consumption"): ("[]", '{"a":1}', NESTED),
    ("audit_event", "detail"): ("{", NESTED, "1"),
    ("method", "params"): ("[]", NESTED),
    ("decision", "maker_decision_id"): (4711,),
    ("chain_head", "seq"): (0,),
}
FORGED = [(table, column, text) for (table, column), texts in GARBAGE.items() for text in texts]


@pytest.mark.parametrize(
    ("table", "column", "value"), FORGED, ids=lambda value: str(value)[:20] or "empty"
)
def test_forged_content_is_a_fault_and_never_a_crash(
    table: str, column: str, value: object, url: str
) -> None:
    last = f"(SELECT max(id) FROM {table})"  # noqa: S608  names of our own
    tamper(url, sql(f"UPDATE {table} SET {column} = ? WHERE id = {last}", value))  # noqa: S608  our own names
    assert verify.verify(url).faults


def test_items_of_assessments_that_are_not_even_text_are_a_fault(url: str) -> None:
    def forge(execute: Execute) -> None:
        ((text,),) = execute("SELECT body FROM entry WHERE seq = 3")
        body = json.loads(text)
        body["detail"]["assessed"] = [{"item": ["\ud800"], "outcome": {}, "award_fen": []}]
        execute("UPDATE entry SET body = ? WHERE seq = 3", json.dumps(body))
        link_again(execute)

    tamper(url, forge)
    assert str(verify.verify(url).faults[0]) == "分录 3（accrue:示例）：正文无法读取"


def test_no_more_faults_are_told_than_anyone_reads(url: str) -> None:
    tamper(url, sql("UPDATE audit_event SET login = 'x'"))
    assert len(verify.verify(url).faults) == EVENTS


def test_the_command_says_so_in_chinese_and_by_its_exit_code(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = verify.verify(url)
    assert main([url, "--anchor", f"{report.seq}:{report.head.upper()}"]) == 0
    assert "核对通过：分录 13 条" in capsys.readouterr().out
    assert main([url, "--anchor", f"99:{'0' * 64}"]) == 1
    assert "核对未通过。第一处错误：锚点 99" in capsys.readouterr().out
    tamper(url, sql("UPDATE account SET balance = balance + 1"))
    assert main([url]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 2


def test_a_forged_name_that_cannot_be_printed_is_told_all_the_same(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def forge(execute: Execute) -> None:
        ((text,),) = execute("SELECT body FROM entry WHERE seq = 3")
        body = json.loads(text)
        body["detail"]["assessed"].append({"item": "\ud800", "outcome": "zero", "award_fen": 0})
        execute("UPDATE entry SET body = ? WHERE seq = 3", json.dumps(body))
        link_again(execute)

    tamper(url, forge)
    assert main([url]) == 1
    capsys.readouterr().out.encode()


@pytest.mark.parametrize("anchor", ["x:1", "1", f"1:{'0' * 63}", f"-1:{'0' * 64}"])
def test_an_anchor_that_is_none_is_refused(
    anchor: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([url, f"--anchor={anchor}"])
    assert ended.value.code == 2
    assert "锚点应为 序号:64 位哈希" in capsys.readouterr().err


@pytest.mark.parametrize("there", ["nowhere.sqlite", "postgresql://nobody@127.0.0.1:1/none"])
def test_what_cannot_be_read_is_neither_right_nor_wrong(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = there if ":" in there else str(tmp_path / there)
    assert main([address]) == 2
    assert "无法读取：" in capsys.readouterr().out


def test_a_package_or_a_file_of_anchors_that_is_not_there_is_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "没有.zip"
    for given in ([str(there)], [url, f"--anchors={there}"]):
        assert main(given) == 2
        assert capsys.readouterr().out == f"无法读取：没有这个文件 {there}\n"


def test_the_module_is_the_command(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", url])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "tracker" / "verify" / "__main__.py"), run_name="__main__")
    assert ended.value.code == 0


def test_it_runs_by_itself_as_a_command(url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "tracker.verify", *arguments],
            cwd=ROOT,
            check=False,
            capture_output=True,
            encoding="utf-8",
        )

    done = run(url)
    assert (done.returncode, done.stdout[:4]) == (0, "核对通过")
    tamper(url, sql("UPDATE account SET balance = balance + 1"))
    assert run(url).returncode == 1
    assert run(str(tmp_path / "none")).returncode == 2
