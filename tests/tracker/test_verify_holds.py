"""Holds that were changed behind the program's back, or passed over, are found by the verifier."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import holds, way
from tests.journeys import NOW, WHY, act_on, person
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.models.filings import Filing
from tracker.models.holds import Hold
from tracker.steps import replies, rests
from tracker.verify import holds as verified

HOLD, LINES, REPLIES = "与分录所记不符", "的明细与分录所记不符", "的答复与分录所记不符"
OVER_FILING, OVER_LEAGUE = "暂缓 ZH-00001", "暂缓 ZH-00002"
LIFTED, STANDS = [(OVER_FILING, HOLD)], [(OVER_LEAGUE, HOLD)]
MARK = "是否暂缓与分录所记不符"


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


def replied(bench: jobs.Bench, key: int) -> None:
    def work(session: Session) -> None:
        one = session.get_one(Hold, key)
        replies.reply(session, person(session, "league_officer"), one, "已补（示例）", NOW)

    bench.database.transact(work)


def held(bench: jobs.Bench) -> int:
    """Three trucks filed: one held and answered, all held over the league, that hold lifted."""
    way.shipped(bench, 3)
    way.a_fund(bench)
    key = way.filed(bench)
    replied(bench, holds.placed(bench, "line", holds.item(bench, 2), key))
    holds.lifted(bench, holds.placed(bench, "vehicle", "ROAD"))
    return key


def statement(said: str) -> Callable[[Execute], None]:
    def work(execute: Execute) -> None:
        execute(said)

    return work


def test_holds_that_the_program_placed_answered_and_lifted_are_proven(bench: jobs.Bench) -> None:
    key = held(bench)
    way.approve(bench, key)
    assert faults(bench) == []
    act_on(bench, Filing, 2, "commerce_officer", "return", **WHY)
    holds.placed(bench, "vehicle", "ROAD")
    way.file(bench, way.filing_drafted(bench, 1))
    assert faults(bench) == [], "what is filed again under a hold of the league is held by it"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("UPDATE hold SET value = 'x' WHERE id = 1", [(OVER_FILING, HOLD)]),
        ("UPDATE hold SET reason = '另一原因' WHERE id = 2", [(OVER_LEAGUE, HOLD)]),
        ("UPDATE hold SET lifted_reason = '另一原因' WHERE id = 2", [(OVER_LEAGUE, HOLD)]),
        ("UPDATE hold SET filing_id = NULL WHERE id = 1", [(OVER_FILING, HOLD)]),
        ("UPDATE hold SET lifted_seq = 1, lifted_at = placed_at WHERE id = 1", LIFTED),
        ("UPDATE hold SET lifted_seq = NULL, lifted_at = NULL WHERE id = 2", STANDS),
        ("DELETE FROM held_line WHERE hold_id = 1", [(OVER_FILING, LINES)]),
        (
            "UPDATE held_line SET item_id = 1 WHERE hold_id = 1",
            [(OVER_FILING, LINES)],
        ),
        ("UPDATE hold_reply SET words = '另一答复'", [(OVER_FILING, REPLIES)]),
        ("DELETE FROM hold_reply", [(OVER_FILING, REPLIES)]),
    ],
)
def test_a_hold_that_was_changed_is_found(
    bench: jobs.Bench, said: str, wanted: Sequence[tuple[str, str]]
) -> None:
    held(bench)
    tamper(bench.settings.database_url, statement(said))
    assert faults(bench) == list(wanted)


def test_a_hold_without_its_entry_and_an_entry_without_its_hold_are_found(
    bench: jobs.Bench,
) -> None:
    held(bench)
    tamper(bench.settings.database_url, statement("UPDATE hold SET code = 'ZH-9' WHERE id = 2"))
    assert faults(bench) == [
        *((one, HOLD) for one in (OVER_LEAGUE, "暂缓 ZH-9")),
        *((one, LINES) for one in (OVER_LEAGUE, "暂缓 ZH-9")),
    ]


@pytest.mark.parametrize(("number", "marked"), [(1, True), (3, False)])
def test_a_line_marked_otherwise_than_its_holds_say_is_found(
    bench: jobs.Bench, number: int, *, marked: bool
) -> None:
    held(bench)

    def work(execute: Execute) -> None:
        execute("UPDATE filing_line SET held = ? WHERE id = ?", marked, number)

    tamper(bench.settings.database_url, work)
    assert faults(bench) == [(f"报送 BS-00001 {holds.item(bench, number - 1)}", MARK)]


def test_a_line_that_was_approved_while_it_was_held_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = held(bench)
    monkeypatch.setattr(rests, "parted", lambda members: (list(members), []))
    way.approve(bench, key)
    ((where, what),) = faults(bench)
    assert where.startswith("分录")
    assert "filing:BS-00001" in where
    assert what == f"批准了仍在暂缓的 {holds.item(bench, 2)}"


def test_what_is_held_of_a_rest_is_not_approved_with_it_either(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.approve(bench, held(bench))
    monkeypatch.setattr(rests, "parted", lambda members: (list(members), []))
    way.approve(bench, 2)
    ((where, what),) = faults(bench)
    assert "filing:BS-00001-2" in where
    assert what == f"批准了仍在暂缓的 {holds.item(bench, 2)}"


Step = tuple[str, str, tuple[str, ...], dict[str, Any]]
"""Kind of an entry, whose, the items it moves, and its detail."""


def told(*steps: Step) -> list[tuple[str, str]]:
    """What is wrong with books that have these entries and no rows."""
    said = []
    for seq, (kind, code, items, detail) in enumerate(steps, start=1):
        body: dict[str, Any] = {"kind": kind, "cause": f"{kind.partition('.')[0]}:{code}:1"}
        body |= {"actor": "o", "postings": [{"item": item} for item in items], "detail": detail}
        said.append((seq, json.dumps(body)))
    read = verified.holds(lambda query: said if "FROM entry" in query else [])
    return [(one.where, one.what) for one in read]


FIRST: Step = ("filing.file", "BS-1", ("i1", "i2"), {})
OTHER: Step = ("filing.file", "BS-2", ("i3",), {})
HELD = dict.fromkeys(verified.FIELDS, "示例") | {"hold": "ZH-00001", "items": ["i1"]}
PLACE: Step = ("hold.place", "ZH-00001", (), HELD)
AGAIN: Step = (*FIRST[:3], {"held": [["ZH-00001", ["i2"]]]})
APPROVE: Step = ("filing.approve", *FIRST[1:])
PASSED_OVER = ("分录 4（filing:BS-1:1）", "批准了仍在暂缓的 i1")


def test_a_hold_placed_after_another_filing_came_holds_in_the_first() -> None:
    assert PASSED_OVER in told(FIRST, OTHER, PLACE, APPROVE)


def test_what_a_hold_held_when_it_was_filed_before_it_has_held_for_ever() -> None:
    assert PASSED_OVER in told(FIRST, PLACE, AGAIN, APPROVE)
