"""Hostile and broken files: one clear message, quickly, in bounded memory, never a traceback."""

import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest import examine
from ingest.formats import _child, _process
from ingest.rows import Problem
from tests.ingest.manifest_samples import (
    DAY,
    box,
    codes,
    csv_bytes,
    only,
    rail,
    raw_workbook,
    road,
    table,
    xlsx_bytes,
)
from tests.ingest.message_samples import consignment, manifest, told
from tests.ingest.old_workbook_samples import Page, cells_of, circular, compound, xls_bytes
from tests.ingest.workbook_samples import shaped

ROOT = Path(__file__).parents[2]
ROWS = [road(1), road(2), rail(3)]
GOOD = xlsx_bytes(table(ROWS))
SHEET = shaped(ROWS)
OLD = xls_bytes(Page("明细", cells_of(table(ROWS))))
MEMORY = 4 * 2**30
"""Address space that the program and its child may reserve, each."""
MOST = 512 * 2**20
"""Memory that the program and its child may really take, each."""
MEASURED = """
import re, resource, sys; from pathlib import Path; from ingest.__main__ import main
code = main(sys.argv[1:])
own = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
sys.stderr.write(f"{own} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
sys.exit(code)
"""
"""The command, and then the most memory that it and its child took, in kB."""
END = "</sheetData></worksheet>"


def _with(more: str) -> bytes:
    return raw_workbook(SHEET.replace(END, more + END))


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _wide() -> bytes:
    return ",".join(f"列{number}" for number in range(100_000)).encode() + b"\r\n"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a part that unpacks to 300 MB": (
        lambda: raw_workbook(SHEET, {"xl/media/a.bin": bytes(300 << 20)}),
        "unpacked_ratio",
    ),
    "a sheet that unpacks to 120 MB of blanks": (
        lambda: _with(" " * (120 << 20)),
        "unpacked_ratio",
    ),
    "five thousand parts": (
        lambda: raw_workbook(SHEET, {f"xl/media/{n}": b"" for n in range(5000)}),
        "too_many_members",
    ),
    "a value in the last cell there is": (
        lambda: _with('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "far_cell",
    ),
    "a cell beyond any sheet": (
        lambda: _with('<row r="9999999999"><c r="ZZZZ9999999999"><v>1</v></c></row>'),
        "far_cell",
    ),
    "half a workbook": (lambda: GOOD[: len(GOOD) // 2], "broken_zip"),
    "a sheet cut off": (lambda: raw_workbook(SHEET[:900]), "workbook_unreadable"),
    "a workbook without its sheet": (
        lambda: raw_workbook(SHEET, target="worksheets/none.xml"),
        "workbook_unreadable",
    ),
    "a book that is no XML": (
        lambda: raw_workbook(SHEET, {"xl/workbook.xml": "abc"}),
        "workbook_unreadable",
    ),
    "entities in a sheet": (
        lambda: raw_workbook('<!DOCTYPE a [<!ENTITY x "y">]>' + SHEET),
        "doctype",
    ),
    "entities behind a long comment": (
        lambda: raw_workbook(f'<!--{" " * 9000}--><!DOCTYPE a [<!ENTITY x "y">]>' + SHEET),
        "doctype",
    ),
    "a billion laughs in the book": (
        lambda: raw_workbook(
            SHEET,
            {
                "xl/workbook.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "lol">'
                '<!ENTITY y "&x;&x;&x;&x;">]><workbook>&y;</workbook>'
            },
        ),
        "doctype",
    ),
    "entities in the strings": (
        lambda: raw_workbook(SHEET, {"xl/sharedStrings.xml": "<!DOCTYPE a []><sst/>"}),
        "doctype",
    ),
    "an old workbook of nothing": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
        "workbook_unreadable",
    ),
    "an old document that is no workbook": (
        lambda: compound({"WordDocument": b""}),
        "old_workbook",
    ),
    "half an old workbook": (lambda: OLD[: len(OLD) // 2], "workbook_unreadable"),
    "an old workbook whose sectors run in a circle": (
        lambda: OLD[:-2048] + bytes(2048),
        "workbook_unreadable",
    ),
    "an old workbook that lists its tables in a circle": (
        lambda: circular(OLD),
        "workbook_unreadable",
    ),
    "a web page": (lambda: b"<html><body><p>1</p></html>", "html_table"),
    "a web page of nothing but brackets": (
        lambda: b"<html>" + b"<div>" * 1_000_000,
        "html_depth",
    ),
    "a table cut off": (lambda: b"<table><tr><td>1</td></tr>" * 1000, "html_cut"),
    "JSON of nothing but brackets": (lambda: b"[" * 20_000_000, "json_depth"),
    "a PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "pdf_file"),
    "an archive of other things": (lambda: _zipped({"a.txt": b"1"}), "not_a_workbook"),
    "nothing": (lambda: b"", "empty_file"),
    "a NUL character": (lambda: csv_bytes(table(ROWS)) + b"a\0b\n", "nul"),
    "a quotation mark never closed, and much behind it": (
        lambda: csv_bytes(table(ROWS)) + b'"' + b"a,b\r\n" * 200_000,
        "unclosed_quote",
    ),
    "a wide row over a million short ones": (
        lambda: b"a" + b"," * 255 + b"\n" + b"a\n" * 1_000_000,
        "too_many_cells",
    ),
    "two megabytes in one row over a million short ones": (
        lambda: _wide()[:-2] * 2 + b"\r\n" + b"a\n" * 1_000_000,
        "too_many_columns",
    ),
    "a hundred thousand columns": (lambda: _wide() * 20, "too_many_columns"),
    "noise": (lambda: bytes(range(128, 256)) * 5000, "bad_encoding"),
}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_one_message(what: str) -> None:
    make, code = HOSTILE[what]
    report = examine(make(), "表.xlsx", day=DAY)
    assert codes(report) == [code]
    assert report.outcome == "reject"
    assert (report.problems[0].row, report.rows_read) == (None, 0)


@pytest.mark.parametrize(
    "what",
    [
        "a sheet that unpacks to 120 MB of blanks",
        "a value in the last cell there is",
        "a billion laughs in the book",
        "a sheet cut off",
        "a hundred thousand columns",
        "a quotation mark never closed, and much behind it",
        "a wide row over a million short ones",
        "two megabytes in one row over a million short ones",
    ],
)
def test_the_command_answers_in_bounded_time_and_memory(what: str, tmp_path: Path) -> None:
    make, code = HOSTILE[what]
    (tmp_path / "表.xlsx").write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "check", str(tmp_path / "表.xlsx"), "--json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
        preexec_fn=_limit,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )
    (problem,) = json.loads(done.stdout)["problems"]
    assert (done.returncode, problem["code"]) == (0, code)
    assert len(problem["message"]) < 200
    assert max(map(int, done.stderr.split())) < MOST >> 10


def test_a_style_in_the_last_cell_is_no_value() -> None:
    """Whole columns are formatted all the time; that alone takes neither memory nor time."""
    report = examine(_with('<row r="1048576"><c r="XFD1048576" s="0"/></row>'), day=DAY)
    assert len(report.lines) == 3


def test_a_good_workbook_is_read_by_a_child() -> None:
    report = examine(GOOD, day=DAY)
    assert (codes(report), len(report.lines)) == ([], 3)


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Names a format whose `read` does as it is told, for a forkserver of this test's own."""

    def make(told: str) -> str:
        (tmp_path / "odd_format.py").write_text(f"def read(raw):\n    {told}\n", encoding="utf-8")
        return "odd_format"

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    _process.forkserver.cache_clear()
    yield make
    _process.forkserver(os.getpid()).end()
    _process.forkserver.cache_clear()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("import os; os.kill(os.getpid(), 9)", "workbook_limits"),
        ("import os; os.abort()", "workbook_limits"),
        ("raise MemoryError", "workbook_limits"),
        ("return bytes(600 * 2**20)", "workbook_limits"),
        ("import time; time.sleep(60)", "workbook_limits"),
        ("raise ValueError('odd')", "workbook_unreadable"),
        ("raise SystemExit(0)", "workbook_unreadable"),
    ],
)
def test_a_child_that_dies_is_one_problem_and_the_next_file_is_read(
    monkeypatch: pytest.MonkeyPatch, odd: Callable[[str], str], told: str, code: str
) -> None:
    monkeypatch.setattr(_process, "WALL_SECONDS", 2)
    answer = _process.ask(odd(told), GOOD)
    assert isinstance(answer, Problem)
    assert answer.code == code
    assert "Error" not in answer.message()
    assert examine(GOOD, day=DAY).outcome == "accept"


@pytest.mark.usefixtures("odd")
def test_where_the_forkserver_was_killed_another_takes_its_place() -> None:
    assert examine(GOOD, day=DAY).outcome == "accept"
    first = _process.forkserver(os.getpid())
    first.process.kill()
    first.process.wait()
    assert examine(GOOD, day=DAY).outcome == "accept"
    assert _process.forkserver(os.getpid()).process.pid != first.process.pid


def test_one_that_dies_every_time_is_a_fault_of_ours_and_not_of_the_file(
    monkeypatch: pytest.MonkeyPatch, odd: Callable[[str], str]
) -> None:
    told = odd("import os, signal; os.kill(os.getppid(), signal.SIGKILL); os.abort()")
    monkeypatch.setattr(subprocess.Popen, "poll", subprocess.Popen.wait)
    with pytest.raises(OSError, match="forkserver"):
        _process.ask(told, GOOD)


@pytest.mark.usefixtures("odd")
def test_several_files_are_read_at_once_each_in_a_child_of_its_own() -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: examine(GOOD, day=DAY), range(8)))
    assert [len(one.lines) for one in answers] == [3] * 8


def test_the_forkserver_sees_its_children_out_and_ends_with_whom_it_serves(
    odd: Callable[[str], str],
) -> None:
    assert isinstance(_process.ask(odd("raise ValueError"), GOOD), Problem)
    server = _process.forkserver(os.getpid())
    server.end()
    assert server.process.returncode == 0


def test_the_child_limits_itself_before_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, _: limits.append(what))
    out = io.BytesIO()
    _child.main("ingest.formats.workbook", io.BytesIO(GOOD), out)
    assert limits == [resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_CORE]
    assert out.getvalue()


def test_a_message_is_read_in_a_process_of_its_own_and_keeps_where_its_problems_are() -> None:
    boxes = [{"ID": box(1)}, {"ID": box(2)}]
    report = told(manifest(consignment(TransportEquipment=boxes)))
    found = only(report, "more_boxes")
    assert (report.file.kind, found.row) == ("mt", 2)
