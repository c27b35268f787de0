"""The commands read files, write files and say in Chinese what is wrong."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rules import __main__ as commands
from rules import conformance
from rules.__main__ import main
from rules.composed import canonical
from rules.facts import FACTS, RESULT_COLUMNS
from rules.registry import Fault, Registry, every_rule
from tests.rules.rule_samples import shipment

RULE = "manzhouli-teu"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    rows = [shipment(1), shipment(2, empty=None), shipment(3, teu=3)]
    with (tmp_path / "facts.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FACTS)
        for row in rows:
            cells = row.as_json().values()
            writer.writerow(
                ["" if c is None else int(c) if isinstance(c, bool) else c for c in cells]
            )
    sample = every_rule().rules[RULE].sample_params
    (tmp_path / "params.json").write_text(json.dumps(sample), encoding="utf-8")
    return tmp_path


def assessing(files: Path, *more: str) -> list[str]:
    params, facts = str(files / "params.json"), str(files / "facts.csv")
    return ["assess", "--rule", RULE, "--params", params, "--facts", facts, *more]


def test_rules_are_listed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert RULE in [r["id"] for r in listed["rules"]]
    assert listed["faults"] == []
    assert main(["list"]) == 0
    assert "满洲里市" in capsys.readouterr().out


def test_a_file_of_facts_becomes_a_file_of_awards(files: Path) -> None:
    out, closing = files / "out.csv", files / "closing.json"
    (files / "opening.json").write_text('{"第七条|year=2026": 5}', encoding="utf-8")
    more = ["--opening", str(files / "opening.json"), "--closing", str(closing)]
    assert main(assessing(files, "--out", str(out), *more)) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(RESULT_COLUMNS)
    assert [(r["key"], r["outcome"], r["award_fen"], r["computed_fen"]) for r in rows] == [
        ("S1", "awarded", "252000", "252000"),
        ("S2", "waiting", "0", ""),
        ("S3", "awarded", "378000", "378000"),
    ]
    assert rows[1]["reasons"] == "第四条 待定：缺少空驶（空箱）"
    assert json.loads(rows[2]["seen"]) == {"第七条|year=2026": 252_005}
    assert json.loads(closing.read_text(encoding="utf-8")) == {"第七条|year=2026": 630_005}


def test_one_row_is_explained_by_number_or_by_key(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for row in ("1", "S1"):
        assert main(assessing(files, "--explain", row)) == 0
        told = capsys.readouterr().out
        assert "补贴金额 2,520.00 元" in told
        assert "公路每标箱补贴 1,800.00 元/标箱(TEU) × 标箱数 2 标箱(TEU)" in told
    assert main(assessing(files, "--explain", "2")) == 0
    assert "原因：第四条 待定" in capsys.readouterr().out
    assert main(assessing(files, "--explain", "3", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["award_fen"] == 378_000


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("facts.csv", "key,order,firm\nS1,1,甲\n", "缺少 ['league']"),
        ("facts.csv", "key,order,firm,league,wat\n", "多余 ['wat']"),
        ("facts.csv", "key,order,firm,league,teu,teu\n", "标题行"),
        ("facts.csv", "", "标题行"),
        ("facts.csv", "key,order,firm,league\nS1,1,甲\n", "第 2 行：单元格数"),
        ("facts.csv", "key,order,firm,league\nS1,1,甲,150900,9\n", "第 2 行：单元格数"),
        ("facts.csv", "key,order,firm,league\nS1,x,甲,150900\n", "第 2 行：order"),
        ("facts.csv", "key,order,firm,league\nS1,1,甲,15\n", "格式"),
        ("facts.csv", "key,order,firm,league\nA,1,甲,150900\nB,1,甲,150900\n", "次序重复"),
        ("params.json", "{", "不是 JSON：第 1 行"),
        ("params.json", "[]", "JSON 对象"),
        ("params.json", '{"a": 1, "a": 2}', "键重复：['a']"),
        ("params.json", '{"pool": {"2026": 1.5}}', "浮点数不精确"),
        ("opening.json", '{"第七条|year=2026": 1.5}', "期初数"),
        ("opening.json", '{"第七条|year=2026": 4611686018427387904}', "溢出|超出"),
    ],
)
def test_wrong_input_is_told_and_ends_with_one(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, told: str
) -> None:
    (files / "opening.json").write_text("{}", encoding="utf-8")
    (files / name).write_text(text, encoding="utf-8")
    more = ["--explain", "1", "--opening", str(files / "opening.json")]
    assert main(assessing(files, *more)) == 1
    said = capsys.readouterr().err
    assert any(part in said for part in told.split("|"))


def test_a_wrong_row_rule_or_file_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(assessing(files, "--explain", "9")) == 1
    assert "共 3 行" in capsys.readouterr().err
    assert main(assessing(files)) == 1
    assert "--out" in capsys.readouterr().err
    assert main(["check", "--rule", "nobody"]) == 1
    assert f"现有：{'、'.join(every_rule().rules)}" in capsys.readouterr().err
    assert main(["assess", "--rule", RULE, "--facts", "/nowhere.csv", "--explain", "1"]) == 1
    assert "/nowhere.csv" in capsys.readouterr().err


def test_a_rule_is_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(conformance, "ROWS", 20)
    assert main(["check", "--rule", RULE, "--seed", "3"]) == 0
    assert "自检通过" in capsys.readouterr().out
    monkeypatch.setattr(commands, "gate", lambda *_, **__: ["发运 S1：不同"])
    assert main(["check", "--rule", RULE]) == 1
    assert "发运 S1" in capsys.readouterr().out


def test_a_composed_rule_is_read_aloud_and_runs_like_any_other(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--rule", "shapes/teu-flat"]) == 0
    told = capsys.readouterr().out
    assert "第四条 补贴金额为每标箱补贴 × 标箱数" in told
    assert main(["read", "--rule", RULE]) == 1
    assert "代码规则" in capsys.readouterr().err
    facts = str(files / "facts.csv")
    assert main(["assess", "--rule", "shapes/teu-flat", "--facts", facts, "--explain", "1"]) == 0
    assert "每标箱补贴 400.00 元/标箱(TEU) × 标箱数 2 标箱(TEU)" in capsys.readouterr().out
    assert main(["assess", "--rule", "shapes/taper", "--facts", facts, "--explain", "1"]) == 1
    assert "标题行" in capsys.readouterr().err


def test_a_composed_rule_is_taken_from_the_file_it_was_downloaded_as(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, broken = tmp_path / "规则.json", tmp_path / "不是.json"
    definition = every_rule().rules["shapes/teu-flat"].definition
    assert definition is not None
    file.write_bytes(canonical(definition))
    broken.write_text("{}", encoding="utf-8")
    assert main(["read", "--rule", str(file)]) == 0
    assert "第四条 补贴金额为每标箱补贴 × 标箱数" in capsys.readouterr().out
    assert main(["read", "--rule", str(broken)]) == 1
    assert "不是规则" in capsys.readouterr().err


def test_faults_are_said_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = Registry({}, [Fault("x", "规则模块 x 无法载入")])
    monkeypatch.setattr(commands, "every_rule", lambda: faulty)
    assert main(["list"]) == 0
    assert "故障：规则模块 x 无法载入" in capsys.readouterr().out
    assert main(["check", "--rule", RULE]) == 1
    assert "无法载入" in capsys.readouterr().err


def test_a_long_file_shows_signs_of_life(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "EVERY", 2)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(assessing(files, "--explain", "1")) == 0
    assert "读取 2 行" in capsys.readouterr().err


def test_help_names_every_column_and_a_wrong_command_ends_with_two() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rules", "assess", "--help"],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    shown = done.stdout.decode()
    assert all(name in shown for name in (*FACTS, *RESULT_COLUMNS))
    with pytest.raises(SystemExit) as ended:
        main(["fly"])
    assert ended.value.code == 2
