"""Sign-ins of the demo 登录信息: one file in the home folder, which only a demo has.

It is written under another name before anybody exists and gets its own at the very end, so that a
demo that was interrupted is told from one that is whole, and goes on with the same password.
"""

import json
from pathlib import Path

FILE = "demo.json"


def loaded(home: Path) -> bool:
    """Whether the demo is here, whole."""
    return (home / FILE).exists()


def kept(home: Path) -> list[dict[str, str]]:
    """Login, password, name and role of everybody; empty before there is anybody."""
    for path in (home / FILE, _unfinished(home)):
        if path.exists():
            found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["sign_ins"]
            return found
    return []


def keep(home: Path, sign_ins: list[dict[str, str]]) -> None:
    """Write them down, readable by this user only."""
    path = _unfinished(home)
    path.touch(mode=0o600)
    path.write_text(
        json.dumps({"sign_ins": sign_ins}, ensure_ascii=False, indent=1), encoding="utf-8"
    )


def finish(home: Path) -> None:
    """From now on the demo counts as loaded."""
    _unfinished(home).replace(home / FILE)


def _unfinished(home: Path) -> Path:
    return home / f"{FILE}.new"
