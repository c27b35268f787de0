"""Composed rules 组合规则: the versions leagues kept, put together again from their definitions.

A rule that is data lies in the books it computes, so years later nothing but the books is needed.
Each must have the hash that was told to the audit log when it was kept.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.composed import compose
from rules.rule import Rule
from tracker.verify.reading import Fault, Rows, canonical, sha256

TABLE = "composed_rule"
KEPT = "composed.keep"


@dataclass(frozen=True)
class Kept:
    """A row of the composed rules, and the rule it makes; None, and why, where it makes none."""

    rule_id: str
    sha256: str
    place: str
    """League, number and version as the columns say, in the form of the id."""
    definition: Any
    rule: Rule | None
    why: str


def kept(rows: Rows) -> tuple[Kept, ...]:
    """Every version there is."""
    query = (
        "SELECT rule_id, sha256, version_no, number, league.code, definition FROM composed_rule"
        " JOIN league ON league.id = composed_rule.league_id ORDER BY composed_rule.id"
    )
    return tuple(
        Kept(rule_id, own_hash, f"composed/{code}/{number}/{version_no}", *_made(text))
        for rule_id, own_hash, version_no, number, code, text in rows(query)
    )


def usable(found: Sequence[Kept]) -> Mapping[str, Rule]:
    """By id, those that make a rule; an assessment asks by itself for the hash it was made with."""
    return {one.rule_id: one.rule for one in found if one.rule is not None}


def faults(found: Sequence[Kept], said_of: Mapping[str, object]) -> Iterator[Fault]:
    """Where a version is not what was kept, or one that was kept is not there."""
    told = dict(said_of)
    for one in found:
        said = told.pop(one.rule_id, None)
        if wrong := one.why or _altered(one, said):
            yield Fault(f"组合规则 {one.rule_id}", wrong)
    for rule_id in sorted(told):
        yield Fault(f"组合规则 {rule_id}", "已定稿，现已缺失")


def _altered(one: Kept, told: object) -> str:
    if sha256(canonical(one.definition)) != one.sha256:
        return "定义被改动，与其哈希不符"
    if one.sha256 != told:
        return "与审计日志所记的哈希不符"
    same = one.rule is not None and one.rule_id == one.rule.id == one.place
    return "" if same else "编号、盟市或版本与定义不符"


def _made(text: str) -> tuple[Any, Rule | None, str]:
    try:
        definition = json.loads(text)
        return definition, compose(definition), ""
    except Exception as error:  # noqa: BLE001  whatever a forged definition does is a fault
        return None, None, f"定义不成规则：{error}"
