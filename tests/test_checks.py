"""`make test` runs everything it promises, in order, and finds or installs its browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests import checks, debian

ROOT = Path(__file__).resolve().parents[1]


def one(name: str, program: str, turn: int = 1) -> checks.Check:
    """A check that runs a line of Python."""
    return checks.Check(turn=turn, name=name, heading=name, command=("python", "-c", program))


def test_the_checks_run_in_the_promised_order() -> None:
    assert [check.name for check in checks.CHECKS] == [
        "lint",
        "format",
        "types",
        "imports",
        "sqlite",
        "coverage",
        "whole",
        "postgresql",
        "browser",
        "crash",
    ]


def test_every_folder_a_check_names_exists() -> None:
    for check in checks.CHECKS:
        for word in check.command:
            path = word.removeprefix("--ignore=")
            if path.startswith("tests/"):
                assert (ROOT / path).exists(), f"{check.name}: {path}"


def test_a_failing_check_fails_the_whole_and_the_next_still_runs(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bad, good = one("bad", "raise SystemExit(3)"), one("good", "print('ran')", turn=2)
    monkeypatch.setattr(checks, "CHECKS", (bad, good))
    assert checks.main([]) == 1
    assert "ran" in capfd.readouterr().out
    assert checks.main(["good"]) == 0
    assert checks.main(["unheard"]) == 2


def test_checks_of_one_turn_run_at_the_same_time_and_are_told_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    met = tmp_path / "met"
    waits = f"""
import pathlib, time
print("first", flush=True)
until = time.monotonic() + 60
while not pathlib.Path({str(met)!r}).exists():
    assert time.monotonic() < until
    time.sleep(0.01)
"""
    comes = f"import pathlib; print('second'); pathlib.Path({str(met)!r}).touch()"
    monkeypatch.setattr(checks, "CHECKS", (one("waits", waits), one("comes", comes)))
    assert checks.main([]) == 0
    said = capfd.readouterr().out.split()
    assert said.index("first") < said.index("second")


def test_no_check_reads_in_its_own_turn_what_another_leaves() -> None:
    turns = {check.name: check.turn for check in checks.CHECKS}
    assert list(turns.values()) == sorted(turns.values())
    assert turns["sqlite"] < min(turns["coverage"], turns["whole"])


def test_what_is_compiled_once_is_kept_even_where_the_machine_forbids_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asked = "import sys; sys.exit(sys.dont_write_bytecode)"
    passed, _seconds = checks.run(one("kept", asked), {}, tmp_path / "said")
    assert passed


def test_the_browser_is_installed_with_a_chinese_font_and_without_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def ask(command: list[str]) -> bool:
        asked.append(command)
        return True

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert debian.install(debian.CHROMIUM, ask)
    assert asked[0][:2] == ["apt-get", "update"]
    assert {"-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"} <= set(asked[1])


def test_where_it_may_not_be_installed_the_person_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert debian.ensure(debian.CHROMIUM) == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_tests_write_into_memory_where_there_is_room_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "ROOM_BYTES", 0)
    left = tmp_path / f"tracker-tests-{2**22 + 1}"
    left.mkdir()
    with checks.scratch(tmp_path) as environment:
        folder = Path(environment["TMPDIR"])
        assert list(tmp_path.iterdir()) == [folder], "what a killed run left is gone"
        (folder / "database").touch()
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(checks, "ROOM_BYTES", 2**62)
    with checks.scratch(tmp_path) as environment:
        assert environment == {}
    with checks.scratch(tmp_path / "absent") as environment:
        assert environment == {}
