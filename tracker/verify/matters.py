"""Matters 申报事项: what was stated of a firm's year is what was told, confirmed and assessed."""

import json
from collections.abc import Iterator
from typing import Any

from rules.periods import PERIOD_FACTS
from tracker.verify.chain import Walk
from tracker.verify.reading import Fault, Rows, canonical, sha256

TABLE = "matter_version"
STATED = "matter.state"
KIND = "FIRM_YEAR"
GIVEN = ("key", "order", "firm", "league", "kind", "last_day")
"""Facts that the matter itself is; all others are as a version states them."""


def matters(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Versions as they were told, the confirmed one standing, assessed as stated, a year once."""
    told = dict(walk.stated)
    teller = "分录" if walk.league else "审计日志"
    said: dict[tuple[str, int], dict[str, Any]] = {}
    query = (
        "SELECT matter.code, matter_version.version_no, matter_version.title, firm_facts,"
        " league_facts, basis, sha256 FROM matter_version"
        " JOIN matter ON matter.id = matter_version.matter_id ORDER BY matter_version.id"
    )
    for code, number, title, firm, league, basis, own_hash in rows(query):
        facts = [json.loads(firm), json.loads(league)]
        said[code, number] = {**facts[0], **facts[1]}
        content = sha256(canonical([code, number, title, *facts, basis]))
        if content != own_hash:
            yield Fault(f"申报事项 {code} 第 {number} 版", "内容被改动，与其哈希不符")
        elif told.pop((code, number), None) != own_hash:
            yield Fault(f"申报事项 {code} 第 {number} 版", f"与{teller}所记的哈希不符")
    for code, number in sorted(told):
        yield Fault(f"申报事项 {code} 第 {number} 版", "已填报，现已缺失或被改动")
    yield from _standing(rows, walk)
    yield from _assessed(rows, said)


def _standing(rows: Rows, walk: Walk) -> Iterator[Fault]:
    query = "SELECT code, version_no, accepted_seq FROM matter ORDER BY id"
    for code, number, seq in rows(query):
        if (number, seq) != walk.confirmed.get(code, (0, None)):
            yield Fault(f"申报事项 {code}", "现行版本与核实它的分录不符")
    doubled = (
        "SELECT firm.uscc, programme.code, year FROM matter"
        " JOIN firm ON firm.id = matter.firm_id JOIN programme ON programme.id = programme_id"
        " WHERE state <> 'withdrawn' GROUP BY firm.uscc, programme.code, year"
        " HAVING count(*) > 1 ORDER BY firm.uscc, programme.code, year"
    )
    for uscc, programme, year in rows(doubled):
        yield Fault(f"申报事项 {uscc} {programme} {year} 年度", "同一年度填报了两次")


def _assessed(rows: Rows, said: dict[tuple[str, int], dict[str, Any]]) -> Iterator[Fault]:
    """Each assessment rests on the version it names, and on nothing else."""
    query = (
        "SELECT assessment.id, matter.code, assessment.version_no, facts, accepted_seq, last_day,"
        " firm.uscc, league.code FROM assessment JOIN item ON item.id = assessment.item_id"
        " JOIN matter ON matter.id = item.matter_id JOIN firm ON firm.id = item.firm_id"
        " JOIN league ON league.id = item.league_id ORDER BY assessment.id"
    )
    for key, code, number, facts, seq, last_day, uscc, league in rows(query):
        given = (code, seq, uscc, league, KIND, str(last_day))
        stated = said.get((code, number), {})
        wanted = {name: stated.get(name) for name in PERIOD_FACTS}
        if json.loads(facts) != wanted | dict(zip(GIVEN, given, strict=True)):
            yield Fault(f"测算 {key}（{code}）", f"事实与第 {number} 版申报内容不符")
