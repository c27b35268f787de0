"""Anchors: what the clock keeps outside the database finds out whoever rewrites the database."""

import multiprocessing
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.journeys import NOW
from tests.tampering import Execute, tamper
from tracker import cli, jobs, packages, verify
from tracker.books import anchors, chain, ledger, queue
from tracker.books.ledger import Head
from tracker.models.work import Job
from tracker.verify.__main__ import main
from tracker.verify.anchors import Anchor, lines

HEAD = Head(13, "9f" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "anchors.txt"


def night(bench: jobs.Bench, kind: str, slot: str) -> str:
    """Let the worker do a job of the clock's; what went wrong with it, nothing where nothing."""
    bench.database.transact(lambda session: queue.enqueue(session, kind, slot, {}, NOW))
    jobs.drain(bench)
    with bench.database.reading() as session:
        return session.scalars(select(Job.last_error).where(Job.slot == slot)).one()


def head(bench: jobs.Bench) -> Head:
    with bench.database.reading() as session:
        return ledger.head(session)


def test_a_line_a_day_is_added_and_none_is_rewritten(file: Path) -> None:
    assert anchors.kept(file) == []
    assert anchors.keep(file, HEAD, NOW)
    first = file.read_text(encoding="utf-8")
    assert first == f"2026-05-04T11:00:00+08:00 13:{HEAD.hash}\n"
    assert not anchors.keep(file, Head(14, "0" * 64), NOW + timedelta(hours=12))
    assert anchors.keep(file, Head(14, "0" * 64), NOW + timedelta(hours=13))
    assert file.read_text(encoding="utf-8") == f"{first}2026-05-05T00:00:00+08:00 14:{'0' * 64}\n"
    assert [Head(one.seq, one.hash) for one in anchors.kept(file)] == [HEAD, Head(14, "0" * 64)]


def test_before_the_first_entry_there_is_nothing_to_keep(file: Path) -> None:
    assert not anchors.keep(file, Head(0, chain.GENESIS), NOW)
    assert anchors.kept(file) == []


def keep_now(file: str) -> bool:
    return anchors.keep(Path(file), HEAD, NOW)


def test_workers_who_keep_it_at_once_write_one_line(file: Path) -> None:
    with multiprocessing.get_context("forkserver").Pool(4) as pool:
        assert sorted(pool.map(keep_now, [str(file)] * 8)) == [False] * 7 + [True]
    assert len(anchors.kept(file)) == 1


def test_a_line_that_a_power_failure_tore_stays_and_is_told(
    bench: jobs.Bench, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("2026-05-03T02:07:00+08:00 12:9f", encoding="utf-8")
    assert anchors.keep(file, head(bench), NOW)
    assert [one.hash for one in anchors.kept(file)] == ["", head(bench).hash]
    assert main([bench.settings.database_url, "--anchors", str(file)]) == 1
    assert "第一处错误：锚点文件 anchors.txt 第 1 行：不是“时刻 序号" in capsys.readouterr().out


def test_a_file_that_a_person_copied_by_other_programs_reads_the_same(file: Path) -> None:
    line = f"2026-05-04T11:00:00+08:00 13:{HEAD.hash.upper()}"
    file.write_bytes(f"\ufeff{line}\r\n\r\n2026-99-99T00:00:00 13:{HEAD.hash}\r\n".encode())
    first, wrong = anchors.kept(file)
    assert Head(first.seq, first.hash) == HEAD
    assert first.kept_at == NOW
    assert wrong.hash == ""


def test_a_line_in_another_encoding_tells_of_no_link_and_hides_no_other() -> None:
    good = f"2026-05-04T11:00:00+08:00 13:{HEAD.hash}"
    broken, read = lines("锚点\n".encode("gb18030") + good.encode(), "示例.txt")
    assert broken == Anchor("锚点文件 示例.txt 第 1 行", 0, "")
    assert read == Anchor(
        "锚点文件 示例.txt 第 2 行（2026-05-04T11:00:00+08:00）", HEAD.seq, HEAD.hash, NOW
    )


def cut(execute: Execute) -> None:
    """Take the newest entry away with all that hangs on it, as if it had never been."""
    ((seq, key),) = execute("SELECT seq, id FROM entry ORDER BY seq DESC LIMIT 1")
    execute("DELETE FROM decision WHERE seq = ?", seq)
    execute("DELETE FROM posting WHERE entry_id = ?", key)
    execute("DELETE FROM entry WHERE id = ?", key)
    ((seq, own),) = execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1")
    execute("UPDATE chain_head SET seq = ?, hash = ?", seq, own)


def rewrite(execute: Execute) -> None:
    """Another body for the first entry, and every link after it made anew."""
    execute('UPDATE entry SET body = replace(body, \'"detail":{\', \'"detail":{"a":1,\')')
    previous = chain.GENESIS
    for seq, body in execute("SELECT seq, body FROM entry ORDER BY seq"):
        body_hash = chain.body_sha256(body)
        link = chain.link(previous, seq, body_hash)
        execute(
            "UPDATE entry SET body_sha256 = ?, previous_hash = ?, hash = ? WHERE seq = ?",
            *(body_hash, previous, link, seq),
        )
        previous = link
    execute("UPDATE chain_head SET hash = ?", previous)


@pytest.mark.parametrize(
    ("work", "said"), [(cut, "之后的分录被截去"), (rewrite, "哈希不符：此前的账簿被整体改写")]
)
def test_the_nightly_proof_fails_loudly_where_the_database_was_cut_or_rewritten(
    bench: jobs.Bench, work: Callable[[Execute], None], said: str
) -> None:
    assert night(bench, "keep_anchor", "first") == ""
    assert night(bench, "verify_books", "before") == ""
    (kept,) = anchors.kept(bench.settings.anchors_file)
    assert Head(kept.seq, kept.hash) == head(bench)
    bench.database.engine.dispose()
    tamper(bench.settings.database_url, work)
    unaided = bench.settings.anchors_file.rename(bench.settings.home / "away")
    assert night(bench, "verify_books", "blind") == "", "the database alone does not show it"
    unaided.rename(bench.settings.anchors_file)
    told = night(bench, "verify_books", "after")
    assert told.startswith("RuntimeError: the books do not verify: 锚点文件 anchors.txt 第 1 行")
    assert said in told


def test_the_command_holds_the_books_to_the_kept_anchors_unless_told_of_others(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "_bench", lambda: bench)
    monkeypatch.setattr("tracker.verify.every_rule", lambda: bench.registry)

    def told(*words: str) -> str:
        return CliRunner().invoke(cli.run_verify, list(words)).output

    assert "锚点 0 个" in told()
    night(bench, "keep_anchor", "first")
    assert "核对通过" in told()
    assert "锚点 1 个" in told()
    assert "锚点 2 个" in told(f"--anchor={head(bench).seq}:{head(bench).hash}")
    other = tmp_path / "other.txt"
    other.write_text(f"2026-05-04T11:00:00+08:00 1:{'0' * 64}\n", encoding="utf-8")
    assert "第一处错误：锚点文件 other.txt 第 1 行（2026-05-04T11:00:00+08:00）：哈希不符" in told(
        "--anchors", str(other)
    )
    assert main([bench.settings.database_url, "--anchors", str(tmp_path / "none")]) == 2


def test_a_package_is_asked_for_no_anchor_that_was_kept_after_it_was_made(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    made = packages.pack(bench.database, bench.settings.home, tmp_path / "a.zip", NOW)

    def faults(kept_at: datetime) -> list[str]:
        line = f"{kept_at.isoformat()} {made.seq + 1}:{'0' * 64}"
        kept = list(lines(line.encode(), "x"))
        report = verify.verify(str(made.path), rules=bench.registry.rules, kept=kept)
        return [str(fault) for fault in report.faults]

    assert faults(NOW + timedelta(seconds=1)) == []
    (wrong,) = faults(NOW)
    assert wrong.startswith("锚点文件 x 第 1 行（2026-05-04T03:00:00+00:00）：分录不存在")
