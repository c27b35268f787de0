"""The vendored browser assets are what was fetched, licensed, and ask nothing of the outside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.vendor_assets import ASSETS, RECORD, VENDOR, faults


def test_every_vendored_file_equals_its_recorded_hash_and_no_other_file_is_there() -> None:
    assert faults() == []


def test_the_record_names_the_packages_versions_and_licences_that_were_asked_for() -> None:
    record = json.loads((VENDOR / RECORD).read_text(encoding="utf-8"))
    assert [(entry["name"], entry["version"], entry["licence"]) for entry in record] == [
        (asset.package, asset.version, asset.licence) for asset in ASSETS
    ]


def test_every_package_comes_with_the_text_of_its_licence() -> None:
    for asset in ASSETS:
        assert any("LICENSE" in name for name in asset.files.values()), asset.package


def test_a_changed_a_missing_and_an_added_file_are_each_found(tmp_path: Path) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(VENDOR, copy)
    (copy / "htmx" / "htmx.min.js").write_bytes(b"changed")
    (copy / "htmx" / "LICENSE").unlink()
    (copy / "stray.js").write_bytes(b"stray")
    assert faults(copy) == [
        "stray.js: not in vendor.json",
        "htmx/LICENSE: missing",
        "htmx/htmx.min.js: changed since it was fetched",
    ]
