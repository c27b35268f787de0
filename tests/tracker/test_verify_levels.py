"""A step whose level of approval was skipped is found by the verifier, entry by entry."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tracker.verify import levels as verified

Changed = Callable[[dict[str, Any]], object]


Step = tuple[str, str, str, str, dict[str, Any], list[int]]
"""Of a forged way: kind, code, step, actor, detail and the fen it moves."""


def forged(
    changes: Mapping[int, Changed], *, own: str = "P", also: Sequence[Step] = ()
) -> list[str]:
    """What the verifier says where entries of a good way tell otherwise, or the table (own).

    ``also`` is told beside it, before the step that a level is for.
    """
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
    way_: list[Step] = [
        ("level", "CJ", "settle", "z", {"level": level}, []),
        ("filing", "BS", "allocate", "a", {}, []),
        ("filing", "BS", "agree_approve", "b", {"level": "CJ", "role": "finance_approver"}, []),
        *also,
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
        changes.get(seq, dict)(body)
        rows["FROM entry"].append((seq, json.dumps(body)))
    stands = [("CJ", *(level[name] or None for name in list(level)[:-2]), "2026-01-01", None)]
    rows["FROM level"] = stands

    def read(query: str) -> list[tuple[Any, ...]]:
        return next((found for name, found in rows.items() if name in query), [])

    return [f"{one.where}：{one.what}" for one in verified.levels(read)]


LACKS = "分录 3（filing:BS:1:approve）：缺少审批层级 CJ 要求的另一人加签"
OTHERWISE = "审批层级 CJ：与分录所记不符"
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
            [OTHERWISE],
        ),
        (
            0,
            lambda body: body.update(kind="level.submit"),
            [OTHERWISE],
        ),
    ],
)
def test_the_verifier_finds_a_step_whose_level_was_skipped(
    at: int, change: Changed, said: list[str]
) -> None:
    assert forged({at: change}) == said


def test_the_verifier_believes_the_money_of_a_step_over_the_table() -> None:
    def change(body: dict[str, Any]) -> None:
        body["detail"]["level"].update(programme="P", role="finance_officer")

    assert forged({0: change}, own="Q") == [LACKS, OTHERWISE]


def level(**said: object) -> Changed:
    """The level needs a finance officer, whom nobody asked, and says this otherwise too."""
    return lambda body: body["detail"]["level"].update(role="finance_officer", **said)


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ({"valid_to": "2026-03-02"}, True),
        ({"valid_to": "2026-03-01"}, False),
        ({"valid_from": "2026-03-02"}, True),
        ({"valid_from": "2026-03-03"}, False),
        ({"from_fen": 7}, True),
        ({"from_fen": 8}, False),
    ],
)
def test_a_level_counts_from_its_amount_on_and_up_to_its_last_day(
    said: dict[str, object], *, met: bool
) -> None:
    assert forged({0: level(**said)}) == [*([LACKS] if met else []), OTHERWISE]


@pytest.mark.parametrize(
    ("own", "told", "target", "met"),
    [
        ("P", "Q", ["fen", "approved", "L|F|Q"], True),
        ("Q", "P", ["fen", "approved", "L|F|Q"], True),
        ("Q", "Q", ["fen", "approved", "L|F|P"], True),
        ("Q", "Q", ["fen", "approved", "L|F|Q"], False),
        ("Q", "Q", ["limit", "approved", "L|F|P"], False),
    ],
)
def test_a_level_of_a_programme_is_met_by_the_table_the_entry_or_the_money(
    own: str, told: str, target: list[str], *, met: bool
) -> None:
    def taken(body: dict[str, Any]) -> None:
        body["detail"]["programme"] = told
        body["postings"][0]["target"] = target

    found = forged({0: level(programme="P"), 3: taken}, own=own)
    assert found == [*([LACKS] if met else []), OTHERWISE]


def test_where_no_programme_is_told_the_levels_of_every_programme_are_met() -> None:
    def taken(body: dict[str, Any]) -> None:
        body["detail"]["programme"] = ""
        body["kind"], body["postings"] = "filing.endorse", []

    found = forged({0: level(programme="P", step="endorse"), 3: taken}, own="")
    assert found == [LACKS, OTHERWISE]


@pytest.mark.parametrize(("person", "said"), [("b", True), ("d", False)])
def test_two_levels_are_never_met_by_one_person(person: str, *, said: bool) -> None:
    second = {"kind": "filing", "step": "approve", "programme": "", "from_fen": 6}
    second |= {"role": "finance_officer", "valid_from": "2026-01-01", "valid_to": ""}
    also: list[Step] = [
        ("level", "CJ2", "settle", "z", {"level": second}, []),
        ("filing", "BS", "agree_approve", person, {"level": "CJ2", "role": second["role"]}, []),
    ]
    lacks = "分录 5（filing:BS:1:approve）：缺少审批层级 CJ2 要求的另一人加签"
    assert forged({}, also=also) == [*([lacks] if said else []), "审批层级 CJ2：与分录所记不符"]
