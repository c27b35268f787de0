"""Rules are found by the folder and by installed packages; what fails stays visible."""

import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import rules.leagues
from rules import registry
from rules.conformance import gate
from rules.registry import every_rule
from tests.rules.rule_samples import made

SAMPLE_PACKAGE = Path(__file__).parents[1] / "rule_package"
ONE = made(lambda *_: None, name="extra")
AGAIN = made(lambda *_: None, name="extra")
CLASH = made(lambda *_: None, name="hohhot-truck-km")


def installed(monkeypatch: pytest.MonkeyPatch, *objects: str) -> None:
    group = registry.ENTRY_POINT
    points = [EntryPoint(f"p{i}", f"{__name__}:{o}", group) for i, o in enumerate(objects)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group else [])


def test_the_folder_is_found_sorted_and_without_faults() -> None:
    found = every_rule()
    assert list(found.rules) == sorted(found.rules)
    assert found.faults == []
    assert all(len(r.source_sha256) == 64 for r in found.rules.values())


def test_an_installed_package_brings_a_rule() -> None:
    with pytest.MonkeyPatch.context() as patch:
        installed(patch, "ONE")
        patch.setitem(__import__("sys").modules, __name__, _this())
        assert every_rule().rules["extra"] is ONE
    assert "extra" not in every_rule().rules


def test_a_package_that_is_really_installed_is_found_and_passes_the_gate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = shutil.copytree(SAMPLE_PACKAGE, tmp_path / "source")
    target = tmp_path / "installed"
    bare = ("--no-index", "--no-deps", "--no-build-isolation", "--no-compile", "--quiet")
    asked = ("--disable-pip-version-check", "install", *bare, "--target", str(target), str(source))
    subprocess.run([sys.executable, "-m", "pip", *asked], check=True)
    monkeypatch.syspath_prepend(str(target))
    try:
        found = every_rule()
        rule = found.rules["alxa-box"]
        assert (found.faults, rule.league) == ([], "152900")
        assert Path(rule.source_path).parent == target
        assert gate(rule, rule.sample_params, count=20) == []
    finally:
        sys.modules.pop("sample_league_rules", None)
    monkeypatch.undo()
    assert "alxa-box" not in every_rule().rules


def test_two_owners_of_one_id_are_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, __name__, _this())
    installed(monkeypatch, "ONE", "AGAIN", "CLASH", "MISSING")
    found = every_rule()
    assert "extra" not in found.rules
    assert "hohhot-truck-km" not in found.rules
    assert sorted(f.name for f in found.faults if "多个来源" in f.message) == [
        "extra",
        "hohhot-truck-km",
    ]
    assert any("MISSING" in f.message for f in found.faults)


def test_a_module_that_does_not_import_is_a_named_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken_one.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / "bare_one.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(rules.leagues, "__path__", [*rules.leagues.__path__, str(tmp_path)])
    found = every_rule()
    assert [f.name for f in found.faults] == [
        "rules.leagues.bare_one",
        "rules.leagues.broken_one",
    ]
    assert "没有规则" in found.faults[0].message
    assert "ZeroDivisionError" in found.faults[1].message
    assert "hohhot-truck-km" in found.rules


def _this() -> object:
    class Module:
        pass

    module = Module()
    vars(module).update(ONE=ONE, AGAIN=AGAIN, CLASH=CLASH)
    return module
