"""A step whose level of approval was skipped is found by the verifier, entry by entry."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tracker.verify import levels as verified

Changed = Callable[[dict[str, Any]], object]


def forged(change: Changed, *, at: int, own: str = "P") -> list[str]:
    """What the verifier says where an entry of a good way tells otherwise, or the table (own)."""
    level = {
        "kind": "filing",
        "step": "approve",
        "programme": "",
        "from_fen": 5,
        "role": "finance_approver",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    told = {"amount_fen": 7, "programme": "P", "levels": [["CJ", 5, "b"]]}
    way_: list[tuple[str, str, str, str, dict[str, Any], list[int]]] = [
        ("level", "CJ", "settle", "z", {"level": level}, []),
        ("filing", "BS", "allocate", "a", {}, []),
        ("filing", "BS", "agree_approve", "b", {"level": "CJ", "role": "finance_approver"}, []),
        ("filing", "BS", "approve", "c", told, [7]),
    ]
    rows: dict[str, list[tuple[Any, ...]]] = {"FROM entry": [], "FROM filing": [("BS", own)]}
    for seq, (kind, code, name, actor, detail, fen) in enumerate(way_):
        body: dict[str, Any] = {
            "kind": f"{kind}.{name}",
            "cause": f"{kind}:{code}:1:{name}",
            "business_date": "2026-03-02",
            "recorded_at": "2026-03-02T01:00:00.000000+00:00",
            "actor": actor,
            "detail": {"shown": "s", **copy.deepcopy(detail)},
            "postings": [{"target": ["fen", "approved", "L|F|P"], "amount": one} for one in fen],
        }
        if seq == at:
            change(body)
        rows["FROM entry"].append((seq, json.dumps(body)))
    stands = [("CJ", *(level[name] or None for name in list(level)[:-2]), "2026-01-01", None)]
    rows["FROM level"] = stands

    def read(query: str) -> list[tuple[Any, ...]]:
        return next((found for name, found in rows.items() if name in query), [])

    return [f"{one.where}：{one.what}" for one in verified.levels(read)]


LACKS = "分录 3（filing:BS:1:approve）：缺少审批层级 CJ 要求的另一人加签"
AMOUNT = "分录 3（filing:BS:1:approve）：没有写明审批金额，或与所动资金不符"


@pytest.mark.parametrize(
    ("at", "change", "said"),
    [
        (3, dict, []),
        (2, lambda body: body.update(actor="a"), [LACKS]),
        (2, lambda body: body.update(actor="c"), [LACKS]),
        (2, lambda body: body["detail"].update(shown="t"), [LACKS]),
        (2, lambda body: body["detail"].update(role="finance_officer"), [LACKS]),
        (2, lambda body: body["detail"].update(level="CJ-2"), [LACKS]),
        (2, lambda body: body.update(kind="filing.agree_file"), [LACKS]),
        (1, lambda body: body.update(kind="filing.return"), [LACKS]),
        (3, lambda body: body["detail"].pop("amount_fen"), [AMOUNT]),
        (3, lambda body: body["detail"].update(amount_fen=4), [AMOUNT]),
        (3, lambda body: body["postings"].append(dict(body["postings"][0], amount=1)), [AMOUNT]),
        (3, lambda body: body.update(business_date="2025-12-31", actor="b"), [LACKS]),
        (3, lambda body: body.update(recorded_at="2025-12-31T15:59:59+00:00", actor="b"), []),
        (3, lambda body: body.update(recorded_at="2025-12-31T16:00:00+00:00", actor="b"), [LACKS]),
        (
            0,
            lambda body: body["detail"]["level"].update(from_fen=6),
            ["审批层级 CJ：与分录所记不符"],
        ),
        (
            0,
            lambda body: body.update(kind="level.submit"),
            ["审批层级 CJ：与分录所记不符"],
        ),
    ],
)
def test_the_verifier_finds_a_step_whose_level_was_skipped(
    at: int, change: Changed, said: list[str]
) -> None:
    assert forged(change, at=at) == said


def test_the_verifier_believes_the_money_of_a_step_over_the_table() -> None:
    def change(body: dict[str, Any]) -> None:
        body["detail"]["level"].update(programme="P", role="finance_officer")

    assert forged(change, at=0, own="Q") == [LACKS, "审批层级 CJ：与分录所记不符"]
