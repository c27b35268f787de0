"""The verifier on books as a whole: earlier versions, many faults, packages and the command."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.small_books import Small, said
from tracker.verify import MOST_FAULTS, package, reading, verify
from tracker.verify.__main__ import main
from tracker.verify.reading import sha256

LATER = {
    "receipt": (1, "R1", 1, 5, '{"as_of":{"seq":1,"hash":""},"total_fen":5}', "x"),
    "composed_rule": (1, "composed/L/1/1", "x", 1, 1, 1, "{}"),
    "matter": (1, "SX", 1, 7, 1, 1, 2026, "confirmed", "2026-12-31"),
}
"""Tables that an earlier version did not have, and a row that nothing tells of."""


@pytest.mark.parametrize("table", LATER)
def test_books_of_an_earlier_version_are_proved_with_the_tables_they_have(
    table: str, kept: Small, file: Path
) -> None:
    assert verify(str(file), rules={}).faults == ()
    kept.put(table, *LATER[table])
    assert len(verify(str(file), rules={}).faults) == 1
    kept.rows(f"DROP TABLE {table}")
    if table == "matter":
        kept.rows("DROP TABLE matter_version")
    assert verify(str(file), rules={}).faults == ()


def test_a_hundred_faults_are_told_and_no_more(kept: Small, file: Path) -> None:
    for key in range(MOST_FAULTS + 50):
        kept.put("posting", 1_000 + key, 4711, 0, 1, 2, 5, 1, "")
    assert len(verify(str(file), rules={}).faults) == MOST_FAULTS == 100


def test_what_no_check_can_read_is_named_with_the_check(kept: Small, file: Path) -> None:
    kept.put("receipt", 1, "R1", 1, 5, "[]", "x")
    (fault,) = verify(str(file), rules={}).faults
    assert fault.where == "说明单"
    assert fault.what.startswith("内容无法读取，核对在此中断：TypeError")


def test_the_verifier_sees_one_moment_of_the_books_and_can_write_nothing(
    kept: Small, file: Path
) -> None:
    with reading.opened(str(file)) as rows:
        before = list(rows("SELECT count(*) FROM entry"))
        kept.enter()
        assert list(rows("SELECT count(*) FROM entry")) == before == [(1,)]
    with pytest.raises(OSError, match="readonly"), reading.opened(str(file)) as rows:
        rows("DELETE FROM entry")


PAPER = b"%PDF"


KEPT = sha256(PAPER)


LIST = {"format": package.FORMAT, "revision": "0001", "files": {KEPT: len(PAPER)}}


def packed(kept: Small, file: Path, changed: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Path:
    """A package of the books, its list changed and with these raw files."""
    kept.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    books = file.read_bytes()
    told = {"seq": kept.seq, "head": kept.head, "books_sha256": sha256(books), **LIST, **changed}
    target = file.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(package.LIST, json.dumps(told))
        out.writestr(package.BOOKS, books)
        for name, raw in blobs.items():
            out.writestr(f"{package.FILES}{name}", raw)
    return target


@pytest.mark.parametrize(
    ("changed", "blobs", "wrong"),
    [
        ({}, {KEPT: PAPER}, []),
        ({}, {KEPT: PAPER[:3]}, [f"文件 {KEPT}：内容与其哈希不符"]),
        ({}, {}, [f"文件 {KEPT}：缺失", f"佐证材料 1：原始文件 {KEPT} 缺失"]),
        ({"files": {}}, {KEPT: PAPER}, [f"文件 {KEPT}：不在清单中"]),
        ({"books_sha256": "x"}, {KEPT: PAPER}, ["books.sqlite：与清单所记的哈希不符"]),
        ({"head": "x"}, {KEPT: PAPER}, ["锚点 1：哈希不符：此前的账簿被整体改写"]),
        ({"seq": 2}, {KEPT: PAPER}, ["锚点 2：分录不存在：账簿止于 1，之后的分录被截去"]),
    ],
)
def test_a_package_is_held_against_its_list_and_its_anchor(
    kept: Small,
    file: Path,
    changed: Mapping[str, Any],
    blobs: Mapping[str, bytes],
    wrong: list[str],
) -> None:
    kept.rows("CREATE TABLE evidence (id, sha256)")
    kept.rows("INSERT INTO evidence VALUES (1, ?), (2, '')", (KEPT,))
    target = packed(kept, file, changed, blobs)
    assert said(verify(str(target), rules={}).faults) == wrong
    told = said(verify(str(target), {1: "f" * 64}, rules={}).faults)
    assert any(one.startswith("锚点 1：哈希不符") for one in told)
    with package.opened_package(str(target)) as opened:
        assert opened.revision == "0001"
        assert opened.files == (changed.get("files", LIST["files"]))
    with pytest.raises(OSError, match="不认识的数据包格式：x"):
        verify(str(packed(kept, file, {"format": "x"}, {})), rules={})


def test_the_command_tells_each_fault_once(
    kept: Small, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.put("posting", 77, 4711, 0, 1, 2, 5, 1, "")
    kept.put("posting", 78, 4711, 0, 1, 2, 5, 1, "")
    assert main([str(file)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "核对未通过。第一处错误：记账行 77：所属分录不存在"
    assert told[1] == "  记账行 78：所属分录不存在"
    assert told[2].startswith("分录 1 条，记账行 3 行")
