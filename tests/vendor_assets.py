"""The vendored browser assets 前端依赖: fetched once, then held to their hashes.

`python -m tests.vendor_assets` (make vendor) fetches what `ASSETS` names with `npm pack`, which
runs no script of the package, and writes `vendor.json`. The files are committed: a person who runs
the tracker needs neither Node nor npm, and the browser asks nothing of the outside world.
`faults()` says where they are no longer what was fetched.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "tracker" / "web" / "static" / "vendor"
RECORD = "vendor.json"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One package: what it is for, and which of its files are kept under which name."""

    package: str
    version: str
    licence: str
    why: str
    files: dict[str, str]


ASSETS = (
    Asset(
        package="bootstrap",
        version="5.3.9",
        licence="MIT",
        why="the ground of the pages; its style sheet only, no script",
        files={
            "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
            "LICENSE": "bootstrap/LICENSE",
        },
    ),
    Asset(
        package="htmx.org",
        version="2.0.11",
        licence="0BSD",
        why="parts of a page that renew themselves: progress, filters",
        files={"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Asset(
        package="rapidoc",
        version="9.3.8",
        licence="MIT",
        why="the page that documents the JSON API",
        files={
            "dist/rapidoc-min.js": "rapidoc/rapidoc-min.js",
            "dist/rapidoc-min.js.LICENSE.txt": "rapidoc/rapidoc-min.js.LICENSE.txt",
            "LICENSE.txt": "rapidoc/LICENSE.txt",
        },
    ),
)


def sha512(content: bytes) -> str:
    """The hash that stands in the record, as lower-case hex."""
    return hashlib.sha512(content).hexdigest()


def unpack(asset: Asset, folder: Path) -> dict[str, bytes]:
    """Fetch one package into a scratch folder and answer its kept files, by their name here."""
    answer = subprocess.run(
        ["npm", "pack", "--silent", f"{asset.package}@{asset.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    kept: dict[str, bytes] = {}
    with tarfile.open(folder / answer.stdout.split()[-1]) as package:
        for source, target in asset.files.items():
            member = package.extractfile(f"package/{source}")
            assert member is not None, f"{asset.package} has no file {source}"
            kept[target] = member.read()
    return kept


def fetch() -> None:
    """Write every asset and the record of what was written."""
    record = []
    for asset in ASSETS:
        with tempfile.TemporaryDirectory() as scratch:
            kept = unpack(asset, Path(scratch))
        for name, content in kept.items():
            target = VENDOR / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        record.append(
            {
                "name": asset.package,
                "version": asset.version,
                "licence": asset.licence,
                "why": asset.why,
                "sha512": {name: sha512(content) for name, content in sorted(kept.items())},
            },
        )
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (VENDOR / RECORD).write_text(text + "\n", encoding="utf-8")


def faults(folder: Path = VENDOR) -> list[str]:
    """Say, file by file, how the folder differs from its record; nothing where it does not."""
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    expected = {name: digest for entry in record for name, digest in entry["sha512"].items()}
    present = {
        path.relative_to(folder).as_posix(): sha512(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    }
    found = [f"{name}: not in {RECORD}" for name in sorted(present.keys() - expected.keys())]
    found += [f"{name}: missing" for name in sorted(expected.keys() - present.keys())]
    found += [
        f"{name}: changed since it was fetched"
        for name in sorted(present.keys() & expected.keys())
        if present[name] != expected[name]
    ]
    return found


if __name__ == "__main__":
    fetch()
