"""The verifier on methods, claims and composed rules: none clashes, none was exchanged."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.small_books import Small, said
from tests.tracker.test_composed import DEFINITION
from tracker.verify import composed, records
from tracker.verify.reading import canonical, sha256

METHOD: dict[str, Any] = {
    "league": 1,
    "programme": 1,
    "state": "recorded",
    "first": "2026-01-10",
    "last": "2026-01-20",
}


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        ({"first": "2026-01-20", "last": None}, True),
        ({"first": "2026-01-21", "last": None}, False),
        ({"first": "2026-01-01", "last": "2026-01-10"}, True),
        ({"first": "2026-01-01", "last": "2026-01-09"}, False),
        ({"first": "2026-01-01", "last": None}, True),
        ({"league": 2}, False),
        ({"programme": 2}, False),
        ({"state": "draft"}, False),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_methods_clash_when_two_recorded_ones_share_a_day(
    other: Mapping[str, Any], small: Small, *, clash: bool, turned: bool
) -> None:
    both = [METHOD, METHOD | dict(other)]
    for key, one in enumerate(reversed(both) if turned else both, 1):
        small.put("method", key, f"文{key}", *one.values())
    wrong = ["补贴办法 文1：与 文2 在同一天都有效"] if clash else []
    assert said(records.methods(small.rows)) == wrong


def test_an_open_method_clashes_with_every_later_one(small: Small) -> None:
    for key, first in enumerate(("2026-01-01", "2027-01-01"), 1):
        small.put("method", key, f"文{key}", *(METHOD | {"first": first, "last": None}).values())
    assert len(said(records.methods(small.rows))) == 1


def test_claims_are_free_once_released_and_by_an_entry_that_is_there(small: Small) -> None:
    small.enter()
    walk, _ = small.walk()
    claims = [("unit", "a", None), ("box", "a", None), ("unit", "a", 1), ("unit", "b", 2)]
    for key, one in enumerate(claims, 1):
        small.put("claim_key", key, *one)
    assert said(records.claims(small.rows, walk)) == ["唯一键 4：释放它的分录 2 不存在"]
    small.put("claim_key", 5, "unit", "a", None)
    assert said(records.claims(small.rows, walk))[0] == "唯一键 unit a：同时被占用两次"


COMPOSED: dict[str, Any] = {
    **DEFINITION,
    "format": 1,
    "id": "composed/150100/1/1",
    "league": "150100",
    "programme": "freight",
}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, ""),
        ({"definition": json.dumps(COMPOSED | {"source": "别的"})}, "定义被改动，与其哈希不符"),
        ({"told": "y"}, "与审计日志所记的哈希不符"),
        ({"told": None}, "与审计日志所记的哈希不符"),
        ({"number": 2}, "编号、盟市或版本与定义不符"),
        ({"rule_id": "composed/150100/1/2"}, "编号、盟市或版本与定义不符"),
        ({"definition": "{}"}, "定义不成规则"),
    ],
)
def test_a_composed_rule_is_the_one_that_was_kept(
    changed: Mapping[str, Any], wrong: str, small: Small
) -> None:
    small.rows("UPDATE league SET code = '150100'")
    own = sha256(canonical(COMPOSED))
    row = {"rule_id": COMPOSED["id"], "sha256": own, "version_no": 1, "number": 1, "league_id": 1}
    row |= {"definition": json.dumps(COMPOSED), "told": own} | dict(changed)
    told = row.pop("told")
    small.put("composed_rule", 1, *row.values())
    if told is not None:
        small.tell("composed.keep", str(row["rule_id"]), {"sha256": told})
    small.tell("composed.keep", "composed/150100/2/1", {"sha256": "x"})
    kept = composed.kept(small.rows)
    found = said(composed.faults(kept, small.walk()[0].composed))
    assert found.pop() == "组合规则 composed/150100/2/1：已定稿，现已缺失"
    assert len(found) == bool(wrong)
    assert wrong in "".join(found)
    made = {rule_id: rule.id for rule_id, rule in composed.usable(kept).items()}
    assert made == ({} if "成规则" in wrong else {row["rule_id"]: COMPOSED["id"]})
