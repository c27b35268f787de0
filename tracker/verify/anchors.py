"""Anchors 锚点: links of the chain that somebody wrote down where the database cannot reach.

A file holds one a line, in the order they were kept: ``2026-05-04T02:07:00+08:00 13:9f86…``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LINE = re.compile(r"(\S{10,40}) +(\d{1,18}):([0-9a-f]{64})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Anchor:
    """One link as it was written down."""

    name: str
    """Where it is written, for whoever looks it up."""
    seq: int
    hash: str
    """Empty where the line tells of no link."""
    kept_at: datetime | None = None
    """When it was written down, where anybody says."""


def given(anchors: Mapping[int, str]) -> list[Anchor]:
    """Those that somebody names by hand."""
    return [Anchor(f"锚点 {seq}", seq, own_hash) for seq, own_hash in anchors.items()]


def read(file: Path) -> list[Anchor]:
    """Every line of a file of anchors; raises ``OSError`` where it cannot be read."""
    return list(lines(file.read_bytes(), file.name))


def lines(raw: bytes, name: str = "") -> Iterator[Anchor]:
    """Every line of such a file's bytes; empty ones do not count."""
    for number, line in enumerate(raw.decode(errors="replace").splitlines(), start=1):
        text = line.strip("\ufeff \t")
        if text:
            yield _anchor(text, f"锚点文件 {name} 第 {number} 行")


def _anchor(text: str, where: str) -> Anchor:
    found = LINE.fullmatch(text)
    try:
        kept_at = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        kept_at = None
    if not found or not kept_at or not kept_at.tzinfo:
        return Anchor(where, 0, "")
    return Anchor(f"{where}（{found[1]}）", int(found[2]), found[3].lower(), kept_at)
