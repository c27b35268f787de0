"""`make test` runs everything it promises, in order, and finds or installs its browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests import checks, chromium

ROOT = Path(__file__).resolve().parents[1]


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
    bad = checks.Check(name="bad", heading="bad", command=("python", "-c", "raise SystemExit(3)"))
    good = checks.Check(name="good", heading="good", command=("python", "-c", "print('ran')"))
    monkeypatch.setattr(checks, "CHECKS", (bad, good))
    assert checks.main([]) == 1
    assert "ran" in capfd.readouterr().out
    assert checks.main(["good"]) == 0
    assert checks.main(["unheard"]) == 2


def test_what_is_compiled_once_is_kept_even_where_the_machine_forbids_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asked = "import sys; sys.exit(sys.dont_write_bytecode)"
    check = checks.Check(name="kept", heading="kept", command=("python", "-c", asked))
    passed, _seconds = checks.run(check, {})
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
    assert chromium.install(ask)
    assert asked[0][:2] == ["apt-get", "update"]
    assert {"-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"} <= set(asked[1])


def test_where_it_may_not_be_installed_the_person_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert chromium.ensure() == 1
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
