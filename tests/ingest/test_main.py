"""The command line's contract: one JSON object, pure UTF-8, an answer or a plain refusal."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest import __main__ as commands
from ingest.__main__ import main
from ingest.fields import FIELDS
from tests.ingest.manifest_samples import FIRM, csv_bytes, rail, road, table, xlsx_bytes

ROOT = Path(__file__).parents[2]
DAY = ("--day", "2025-06-30")
PROBLEM = [
    *("severity", "code", "sheet", "row", "column", "field", "value", "message", "remedy"),
]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as people do."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A workbook with good rows, one to refuse, one to ask about, and a total."""
    rows = [road(1), road(2, packages="0"), road(3, gross_weight_kg="5吨"), rail(4)]
    path = tmp_path / "发运明细.xlsx"
    total = ["合计", *[""] * (len(table(rows)[0]) - 1)]
    path.write_bytes(xlsx_bytes([*table(rows), total]))
    return path


@dataclass(frozen=True)
class Command:
    """The program called in this process, for what starting it anew would not change."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> tuple[int | str | None, str, str]:
        """The exit status, and what was printed to standard output and standard error."""
        self.capsys.readouterr()
        try:
            status: int | str | None = main([str(one) for one in arguments])
        except SystemExit as end:
            status = end.code
        printed = self.capsys.readouterr()
        return status, printed.out, printed.err

    def answer(self, manifest: Path, *more: str, command: str = "check") -> dict[str, Any]:
        """The one object that a command prints."""
        return one_object(*self(command, manifest, "--json", *DAY, *more))


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def one_object(status: int | str | None, out: str, err: str) -> dict[str, Any]:
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    body = json.loads(out)
    assert isinstance(body, dict)
    return body


def answer(manifest: Path) -> dict[str, Any]:
    """What a program of its own prints, read as bytes."""
    done = run("check", manifest, "--json", *DAY)
    return one_object(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_check_prints_one_object_that_says_everything(manifest: Path) -> None:
    body = answer(manifest)
    assert set(body) >= {"file", "outcome", "rows", "problems", "skipped"}
    assert set(body["file"]) >= {"sha256", "kind", "encoding", "sheet", "header_row"}
    assert (body["file"]["kind"], body["file"]["sheet"], body["file"]["header_row"]) == (
        *("xlsx", "明细"),
        1,
    )
    assert len(body["file"]["sha256"]) == 64
    assert body["outcome"] == "ask"
    assert [row["row"] for row in body["rows"]] == [2, 5]
    assert all(set(row) <= {"sheet", "row", *FIELDS} for row in body["rows"])
    values = [value for row in body["rows"] for name, value in row.items() if name in FIELDS]
    assert all(isinstance(value, str) for value in values)
    assert body["rows"][0]["departure_date"] == "2025-03-01"
    assert [list(one) for one in body["problems"]] == [PROBLEM, PROBLEM]
    assert [(one["row"], one["column"], one["severity"]) for one in body["problems"]] == [
        (3, "O", "refuse"),
        (4, "P", "ask"),
    ]
    assert [(one["row"], one["reason"]) for one in body["skipped"]] == [
        (1, "skip_heading"),
        (6, "skip_total"),
    ]
    assert sum(body["states"].values()) == body["rows_read"] == 6


def test_match_adds_shipments_with_their_routes(manifest: Path, command: Command) -> None:
    body = command.answer(manifest, command="match")
    assert [one["unit_key"].split("|")[0] for one in body["shipments"]] == ["RAIL", "ROAD"]
    for one in body["shipments"]:
        assert one["waybills"]
        assert set(one["route"]) >= {"corridor_id", "league", "parts", "confidence", "reasons"}
        assert all(reason["text"] for reason in one["route"]["reasons"])


def test_a_problem_of_the_file_has_no_row(tmp_path: Path, command: Command) -> None:
    (tmp_path / "a.csv").write_bytes(csv_bytes([row[:-1] for row in table([road(1), road(2)])]))
    body = command.answer(tmp_path / "a.csv")
    (problem,) = body["problems"]
    assert (problem["code"], problem["row"], body["outcome"]) == ("missing_column", None, "reject")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("表.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("表.xlsx", b""),
        ("表.csv", b"\xff\xff\xff"),
        ("表.json", b'[{"waybill_no": 1}]'),
        ("表.xml", b"<?xml version='1.0'?><Manifest/>"),
    ],
)
def test_a_file_that_cannot_be_read_is_still_answered(
    tmp_path: Path, name: str, raw: bytes, command: Command
) -> None:
    (tmp_path / name).write_bytes(raw)
    body = command.answer(tmp_path / name)
    assert body["outcome"] == "reject"
    assert [(one["row"], one["severity"]) for one in body["problems"]] == [(None, "refuse")]


@pytest.mark.parametrize("name", ["没有.xlsx", "文件夹"])
def test_what_cannot_be_opened_is_said_plainly(tmp_path: Path, name: str, command: Command) -> None:
    (tmp_path / "文件夹").mkdir()
    for verb in ("check", "match"):
        status, out, said = command(verb, tmp_path / name, "--json")
        assert (status, out) == (2, "")
        assert "读不了文件" in said


@pytest.mark.parametrize(
    "arguments",
    [[], ["check"], ["prüfen", "x"], ["check", "x", "--day", "gestern"], ["check", "x", "--no"]],
)
def test_a_wrong_command_is_told_how_to_call(arguments: list[str], command: Command) -> None:
    status, _, said = command(*arguments)
    assert status == 2
    assert "usage" in said


def test_the_exit_status_reaches_who_called() -> None:
    done = run("check", "没有.xlsx")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "读不了文件" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_day_that_is_none_is_said_in_words(command: Command) -> None:
    assert "“gestern”不是日期" in command("check", "x", "--day", "gestern")[2]


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["match", "-h"]])
def test_help_is_in_chinese_and_in_english(arguments: list[str]) -> None:
    done = run(*arguments, LANG="C", LC_ALL="POSIX")
    told = done.stdout.decode()
    assert done.returncode == 0
    assert "校验" in told
    assert "corridors" in told or "print one JSON object" in told


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "gb18030"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_the_output_is_utf_8_whatever_the_locale(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    path = tmp_path / "发运明细.csv"  # a workbook would start one more process, and print no more
    path.write_bytes(csv_bytes(table([road(1, packages="五件")])))
    for more in (["--json"], []):
        done = run("check", path, *more, *DAY, **environment)
        assert done.returncode == 0
        told = done.stdout.decode("utf-8")
        assert "发运明细" in told
        assert "五件" in told


def test_a_file_whose_name_is_no_text_is_answered(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.csv"
    Path(os.fsdecode(path)).write_bytes(csv_bytes(table([road(1)])))
    assert answer(Path(os.fsdecode(path)))["outcome"] == "accept"


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    rows = [road(number) for number in range(2000)]
    (tmp_path / "a.csv").write_bytes(csv_bytes(table(rows)))
    command = f"{sys.executable} -m ingest check {tmp_path / 'a.csv'} --json | head -c 5"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b'{"fil', b"")


def test_the_firm_that_applies_and_the_day_are_arguments(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(table([road(1, firm_code=FIRM), road(2, firm_code=FIRM)])))
    assert command.answer(path, "--firm", FIRM.lower())["outcome"] == "accept"
    refused = command.answer(path, "--firm", "91152501MA0NK2XB3N")["problems"]
    assert {one["code"] for one in refused} == {"other_firm"}
    early = one_object(*command("check", path, "--json", "--day", "2025-02-28"))
    assert {one["code"] for one in early["problems"]} == {"future_date"}


def test_people_are_told_in_sentences(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", str(manifest), *DAY]) == 0
    told = capsys.readouterr().out
    assert "有待确认：读到 6 行 = 可入库 2 + 待确认 1 + 退回 1 + 文件内重复 0 + 非数据行 2" in told
    assert "第 3 行O 列 [退回] “件数”0 太小，应不小于 1" in told
    assert "RAIL|X8001" in told
    assert main(["check", str(manifest), "--lang", "en", "--json", *DAY]) == 0
    assert "must be at least 1" in capsys.readouterr().out


def test_a_route_is_told_with_its_length_and_unknown_columns_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = road(1, origin_place="呼和浩特", hub="呼和浩特", dest_place="莫斯科")
    cells = table([row])
    (tmp_path / "a.csv").write_bytes(csv_bytes([[*cells[0], "司机"], [*cells[1], "张三"]]))
    assert main(["match", str(tmp_path / "a.csv"), *DAY]) == 0
    told = capsys.readouterr().out
    assert "未识别的列 R：司机" in told
    assert "已匹配 T" in told
    assert "公里" in told
    assert main(["check", str(tmp_path / "没有")]) == 2


def test_a_progress_is_shown_only_to_a_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands._progress() is None  # noqa: SLF001  what main decides by
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show = commands._progress()  # noqa: SLF001  likewise
    assert show
    show(1, 2)
    show(2, 2)
    assert capsys.readouterr().err == "\r校验 1/2 行\r校验 2/2 行\n"


def test_a_track_is_checked_on_a_corridor_of_the_seed_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "轨迹.csv"
    path.write_text("时间,经度,纬度\n2025-03-01 08:00:00,111.67,40.82\n", encoding="gb18030")
    call, asked = Command(capsys), ("track", path, "--corridor", "T01", "--datum", "GCJ02")
    status, told, _ = call(*asked, "--zone", "+08:00", "--json")
    body = json.loads(told)
    assert (status, body["reading"]["points"]) == (0, 1)
    assert [one["outcome"] for one in body["verdicts"]] == ["not_proven"]
    status, told, _ = call(*asked, "--zone", "+08:00", "--inwards")
    assert status == 0
    assert "T01：轨迹不足以证实" in told
    assert "0.0 / 0.0 / 660.5 公里" in told
    status, told, _ = call(*asked, "--lang", "en")
    assert status == 0
    assert "no time zone was declared" in told
    status, _, wrong = call("track", path, "--corridor", "X99", "--datum", "GCJ02")
    assert status == 2
    assert "X99" in wrong
