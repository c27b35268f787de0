"""The verifier holds uploaded bytes to the books that name them, and those to the chain."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from tests import crossed, tracked, way
from tests.journeys import NOW, person
from tests.small_books import Small
from tests.tampering import Execute, tamper
from tracker import blobs, cli, jobs, verify
from tracker.models.cargo import Manifest
from tracker.papers import letters
from tracker.steps import letter_templates
from tracker.verify import files
from tracker.verify.chain import Walk
from tracker.verify.package import REFERENCES


def faults(bench: jobs.Bench) -> list[str]:
    """What is wrong in the books and the folder of raw files."""
    folder = bench.settings.home / "blobs"
    url, rules = bench.settings.database_url, bench.registry.rules
    return [str(fault) for fault in verify.verify(url, rules=rules, folder=folder).faults]


def test_a_raw_file_that_was_altered_or_lost_is_found(bench: jobs.Bench) -> None:
    way.shipped(bench)
    way.filed(bench)
    assert faults(bench) == []
    with bench.database.reading() as session:
        named = session.get_one(Manifest, 1).sha256
    path = blobs.path(bench.settings.home, named)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"8000", b"9000"))
    assert faults(bench) == [f"发运明细表 1：原始文件 {named} 的内容与其哈希不符"]
    path.unlink()
    assert faults(bench) == [f"发运明细表 1：原始文件 {named} 缺失"]
    assert verify.verify(bench.settings.database_url, rules=bench.registry.rules).faults == ()


def test_files_of_tracks_of_cross_checks_and_templates_are_held_to_their_rows(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    tracked.stored(bench, b"1")
    crossed.upload(bench, crossed.sheet(crossed.row()))
    raw = io.BytesIO(letters.built_in("request"))
    sha256, _ = blobs.store(bench.settings.home, raw, 10**7)

    def work(session: Session) -> None:
        officer = person(session, "league_officer")
        letter_templates.keep(session, officer, "request", sha256, "示例.docx", NOW)

    bench.database.transact(work)
    assert faults(bench) == []
    for file in (bench.settings.home / "blobs").glob("??/*"):
        file.unlink()
    assert [one.partition("：")[0] for one in faults(bench)] == [
        *("发运明细表 1", "轨迹文件 1", "数据比对文件 1", "文书模板 1"),
    ]


def test_an_upload_put_in_the_place_of_another_is_found_by_the_chain(bench: jobs.Bench) -> None:
    way.shipped(bench)
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, 1)
        named, uscc = manifest.sha256, manifest.firm.uscc

    def work(execute: Execute) -> None:
        execute("UPDATE manifest SET sha256 = ?", "7" * 64)

    tamper(bench.settings.database_url, work)
    assert faults(bench) == [
        f"发运明细表 {uscc} {named[:12]}：已入库，现已缺失或被改动",
        f"发运明细表 1：原始文件 {'7' * 64} 缺失",
    ]


def test_a_name_that_is_no_name_of_a_file_is_a_fault_and_no_crash(bench: jobs.Bench) -> None:
    way.shipped(bench)

    def work(execute: Execute) -> None:
        execute("UPDATE manifest SET sha256 = ?", "../" * 9)

    tamper(bench.settings.database_url, work)
    assert any("原始文件" in one for one in faults(bench))


def test_books_without_tables_that_name_files_need_no_folder(kept: Small, file: Path) -> None:
    kept.enter()
    assert verify.verify(str(file), rules={}, folder=file.parent).faults == ()


def test_of_a_leagues_package_each_upload_is_one_that_an_entry_took_in() -> None:
    walk = Walk(league="150100", taken={("A", "2" * 64), ("B", "3" * 64)})
    found = files.uploads(lambda _: [(1, "A", "1" * 64), (2, "A", "2" * 64)], walk)
    assert [str(one) for one in found] == [
        "发运明细表 1：与入库的分录所记不符",
        f"发运明细表 B {'3' * 12}：已入库，现已缺失或被改动",
    ]


def test_of_tables_that_are_not_there_nothing_is_asked_and_the_others_are(tmp_path: Path) -> None:
    table = REFERENCES[-1][0]
    (fault,) = files.kept(lambda _: [(1, "7" * 64)], {table}, tmp_path)
    assert fault.what == f"原始文件 {'7' * 64} 缺失"


def test_the_command_looks_at_the_raw_files_too(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench)
    monkeypatch.setattr(cli, "_bench", lambda: bench)
    monkeypatch.setattr("tracker.verify.every_rule", lambda: bench.registry)
    assert "核对通过" in CliRunner().invoke(cli.run_verify, []).output
    for file in (bench.settings.home / "blobs").glob("??/*"):
        file.unlink()
    told = CliRunner().invoke(cli.run_verify, []).output
    assert told.startswith("核对未通过。第一处错误：发运明细表 1：原始文件")
