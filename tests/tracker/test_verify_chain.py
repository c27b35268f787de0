"""The verifier along the chain: each move by the rules, each fen there, each event in place."""

from datetime import timedelta, timezone

import pytest

from tests.small_books import AT, FUND, PLACES, Move, Small, said
from tracker.verify import chain, reading


def test_what_moves_by_the_rules_is_right_to_the_last_fen(small: Small) -> None:
    small.enter(*FUND)
    small.enter(("accrued", "applied", 1, "I"), ("headroom", "used", 1, None))
    small.enter(("applied", "free", 1, "I"), ("used", "granted", 1, None))
    walk, wrong = small.walk()
    assert wrong == []
    assert (walk.entries, walk.postings, walk.seq) == (3, 7, 3)
    stands = {name: walk.balances[key] for name, key in PLACES.items() if walk.balances[key]}
    assert stands == {"free": -9, "accrued": 9}
    assert {key: fen for key, fen in walk.stages.items() if fen} == {(2, "accrued"): 9}


@pytest.mark.parametrize(
    "move",
    [
        ("accrued", "applied", 0, "I"),
        ("accrued", "applied", -1, "I"),
        ("accrued", "applied", "1", "I"),
        ("accrued", "applied", 1, None),
        ("headroom", "used", 1, "I"),
        ("accrued", "used", 1, "I"),
        ("accrued", "headroom", 1, None),
        ("accrued", "filed", 1, "I"),
        ("accrued", "another's", 1, "I"),
        ("another's", "applied", 1, "I"),
        ("headroom", "another cap", 1, None),
        ("granted", "another cap", 1, None),
        ("granted", "used", 1, None),
    ],
    ids=str,
)
def test_a_move_against_the_rules_is_named_though_every_hash_agrees(
    move: Move, small: Small
) -> None:
    small.enter(*FUND)
    small.enter(("accrued", "applied", 1, "J"), move)
    _, wrong = small.walk()
    assert wrong[0] == "分录 2（e2）：第 2 行记账行的去向、金额或归属不合规则"


def test_an_account_that_is_not_there_is_named(small: Small) -> None:
    small.enter(("nowhere", "accrued", 1, "I"))
    _, wrong = small.walk()
    assert "第 1 行" in wrong[0]


@pytest.mark.parametrize(
    ("move", "stage"),
    [
        (("accrued", "applied", 2, "I"), "accrued"),  # the firm has it, the item does not
        (("headroom", "used", 2, None), "headroom"),
        (("accrued", "free", 11, "J"), "accrued"),
    ],
)
def test_a_fen_more_than_there_is_shows(move: Move, stage: str, small: Small) -> None:
    small.enter(*FUND)
    small.enter(move)
    _, wrong = small.walk()
    assert wrong == [f"分录 2（e2）：记账之后 {stage} 低于零"]


def test_an_account_below_zero_shows_though_none_of_its_items_is(small: Small) -> None:
    small.enter(*FUND)
    walk = chain.Walk()
    walk.balances[PLACES["applied"]] = -5
    assert list(chain.walked(small.rows, walk)) == []
    small.enter(("accrued", "applied", 1, "I"))
    again = chain.Walk()
    again.balances[PLACES["applied"]] = -5
    assert said(chain.walked(small.rows, again)) == ["分录 2（e2）：记账之后 applied 低于零"]


def test_postings_of_no_entry_are_each_named(small: Small) -> None:
    small.enter(*FUND)
    small.put("posting", 77, 4711, 0, 1, 2, 5, 1, "")
    assert small.walk()[1] == ["记账行 77：所属分录不存在"]


def test_which_version_of_a_matter_stands_is_told_by_the_entries(small: Small) -> None:
    for version in (1, 2):
        small.enter(kind="matter.confirm", detail={"matter": "SX", "version": version})
    assert small.walk()[0].confirmed == {"SX": (2, 1)}


def test_what_the_audit_log_tells_is_gathered_and_its_chain_proved(small: Small) -> None:
    small.tell("composed.keep", "composed/L/1/1", {"sha256": "a"})
    small.tell("receipt.issue", "receipt:7", {"sha256": "b"})
    small.tell("matter.state", "x", {"matter": "SX", "version": 2, "sha256": "c"})
    small.tell("else", "receipt:8", {"sha256": "d"})
    walk, wrong = small.walk()
    assert (wrong, walk.events) == ([], 4)
    assert walk.composed == {"composed/L/1/1": "a"}
    assert walk.receipts == {"receipt:7": "b"}
    assert walk.stated == {("SX", 2): "c"}
    small.rows("UPDATE audit_event SET address = 'y' WHERE id = 3")
    assert small.walk()[1] == ["审计日志 3：被改动，或之前的记录缺失"]


def test_a_moment_is_told_in_utc_whatever_the_database_gives() -> None:
    east = AT.astimezone(timezone(timedelta(hours=8)))
    told = {reading.moment(one) for one in (AT, east, AT.replace(tzinfo=None), str(east))}
    assert told == {"2026-03-02T09:30:00.000000+00:00"}
