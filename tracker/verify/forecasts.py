"""Forecasts 需求测算: each version is as it was hashed and adds up; what was sent is as shown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.verify.reading import Fault, Rows, canonical, sha256

TABLE = "forecast_version"
STOOD = ("accrued_fen", "applied_fen", "filed_fen", "approved_fen")
SENT = ("submitted", "replaced", "recalled")


@dataclass(frozen=True)
class Kept:
    """The newest version of a forecast as it stands."""

    number: int
    content: str
    sheet: str
    need_fen: int


def forecasts(rows: Rows) -> Iterator[Fault]:
    """Versions as they were hashed, told at an entry that stands; and submitted as shown."""
    kept: dict[str, Kept] = {}
    query = (
        "SELECT code, version_no, computed_on, forecast_version.seq, head, lines, known_fen,"
        " expected_fen, approved_fen, sha256, sheet_sha256, entry.hash FROM forecast_version"
        " JOIN forecast ON forecast.id = forecast_id"
        " LEFT JOIN entry ON entry.seq = forecast_version.seq"
        " ORDER BY forecast_id, version_no"
    )
    for code, number, day, seq, head, text, *figures, own_hash, sheet, link in rows(query):
        named = f"需求测算 {code} 第 {number} 版"
        lines = json.loads(text)
        if sha256(canonical([code, number, str(day), seq, head, lines])) != own_hash:
            yield Fault(named, "内容被改动，与其哈希不符")
        if figures != _sums(lines):
            yield Fault(named, "合计与明细不符")
        if head != link:
            yield Fault(named, f"所印的台账第 {seq} 号与分录不符")
        kept[code] = Kept(number, own_hash, sheet, figures[0] + figures[1])
    yield from _sent(rows, kept)


def _sums(lines: Sequence[Mapping[str, Any]]) -> list[int]:
    """What stands, what is expected, and what is approved of it, in fen."""
    return [
        sum(line[name] for line in lines for name in STOOD),
        sum(line["expected"] * _mean(line["mean_sum_fen"], line["mean_count"]) for line in lines),
        sum(line["approved_fen"] for line in lines),
    ]


def _mean(fen: int, count: int) -> int:
    """To the fen, half up; nothing of nothing."""
    return (fen * 2 // count + 1) // 2 if count else 0


def _sent(rows: Rows, kept: Mapping[str, Kept]) -> Iterator[Fault]:
    shown = dict(_shown(rows))
    query = (
        "SELECT forecast.code, league.code, programme.code, year, first_quarter, last_quarter,"
        " forecast.document_no, basis, forecast.state, newest_no FROM forecast"
        " JOIN league ON league.id = league_id JOIN programme ON programme.id = programme_id"
        " ORDER BY forecast.id"
    )
    for code, league, programme, *quarters, document_no, basis, state, newest in rows(query):
        named = f"需求测算 {code}"
        version = kept.get(code)
        if version is None or version.number != newest:
            yield Fault(named, "最新一版缺失")
            continue
        if (state in SENT) != (code in shown):
            yield Fault(named, "状态与报送的分录不符")
            continue
        if code not in shown:
            continue
        told, replaced = shown[code]
        content = {
            "code": code,
            "league": league,
            "programme": programme,
            "quarters": quarters,
            "document_no": document_no,
            "basis": basis,
            "version": version.number,
            "content": version.content,
            "sheet": version.sheet,
            "need_fen": version.need_fen,
            "replaces": replaced,
        }
        if sha256(canonical(content)) != told:
            yield Fault(named, "与报送时所见不符")


def _shown(rows: Rows) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Code of each that was submitted: the hash of what was shown, and what it replaced."""
    query = "SELECT body FROM entry WHERE kind = 'forecast.submit' ORDER BY seq"
    for (body,) in rows(query):
        said = json.loads(body)
        detail = said["detail"]
        yield said["cause"].split(":")[1], (detail["shown"], detail.get("replaces", []))
