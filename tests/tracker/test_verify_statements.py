"""The verifier on receipts, publications, self-evaluations, matters: as made, none missing."""

import json
from typing import Any

from rules.periods import PERIOD_FACTS
from tests.small_books import AT, Small, said
from tracker.verify import matters, publications, receipts, self_evaluations
from tracker.verify.reading import canonical, sha256


def test_a_receipt_is_as_it_was_made_and_none_is_missing(small: Small) -> None:
    small.enter()

    def issue(key: int, *, seq: int = 1, total: int = 5, kept: str = "", anchor: str = "") -> None:
        content = {"as_of": {"seq": 1, "hash": anchor or small.head}, "total_fen": 5}
        own = sha256(canonical(content))
        small.put("receipt", key, f"R{key}", seq, total, json.dumps(content), kept or own)
        small.tell("receipt.issue", f"receipt:{key}", {"sha256": own})

    issue(1)
    issue(2, seq=2)
    issue(3, total=6)
    issue(4, kept="f" * 64)
    issue(5, anchor="e" * 64)
    issue(6)
    small.rows("DELETE FROM receipt WHERE id = 6")
    text, own = small.rows("SELECT content, sha256 FROM receipt WHERE id = 1").fetchone()
    small.put("receipt", 7, "R7", 1, 5, text, own)
    walk, _ = small.walk()
    assert said(receipts.receipts(small.rows, walk)) == [
        "说明单 R2：分录号或合计金额与内容不符",
        "说明单 R3：分录号或合计金额与内容不符",
        "说明单 R4：内容被改动，与其哈希不符",
        "说明单 R5：所载链首与第 1 号分录不符",
        "说明单 R7：与审计日志所记的哈希不符",
        "说明单 receipt:6：已出具，现已缺失",
    ]


def test_a_publication_shows_what_its_entry_says_at_a_head_that_was(small: Small) -> None:
    small.enter()
    small.put("application", 1, "SB-1")
    days = ("2026-01-01", "2026-03-31", "2026-05-04", "2026-05-11")

    def publish(key: int, *, fen: int = 5, head: str = "", told: bool = True) -> None:
        place, anchor = ("网站", "电话"), (1, head or small.head)
        shown = {
            "code": f"GS-{key}",
            "league": "L",
            "programme": "P",
            "period": days[:2],
            "days": days[2:],
            "notice": place,
            "head": anchor,
            "lines": [["SB-1", "甲", 1, 5, 1]],
        }
        small.put("publication", key, f"GS-{key}", 1, 1, *days, *place, *anchor)
        small.put("publication_line", key, key, 1, "甲", 1, fen, 1)
        if told:
            shows.append(shown)

    shows: list[dict[str, Any]] = []
    publish(1)
    publish(2, fen=6)
    publish(3, head="e" * 64)
    publish(4, told=False)
    publish(5)
    small.rows("DELETE FROM publication WHERE id = 5")
    for shown in shows:
        small.enter(kind="publication.publish", detail={"published": shown})
    walk, _ = small.walk()
    assert said(publications.publications(small.rows, walk)) == [
        "公示 GS-2：与分录所记不符",
        "公示 GS-3：所载台账链头与分录不符",
        "公示 GS-4：与分录所记不符",
        "公示 GS-5：与分录所记不符",
    ]


def test_a_self_evaluation_says_what_its_entry_says(small: Small) -> None:
    small.put("filing", 1, "BS-1")
    small.put("user_account", 1, "x")
    small.put("user_account", 2, "y")
    at = AT.replace(tzinfo=None).isoformat(" ")

    def say(key: int, words: str = "好", user: int = 1, at: str = at, *, told: bool = True) -> None:
        said = ("part", json.dumps({"时效": "半天"}), words, "因", "改")
        if told:
            detail = {"filing": "BS-1", "version": key, "reached": "part"}
            detail |= {
                "results": {"时效": "半天"},
                "words": "好",
                "reasons": "因",
                "measures": "改",
            }
            small.enter(kind="self_evaluation.state", detail=detail)
        small.put("self_evaluation", key, 1, key, *said, user, at, small.seq if told else 99)

    say(1)
    _, wrong = small.walk()
    assert wrong == said(self_evaluations.self_evaluations(small.rows)) == []
    say(2, words="更好")
    say(3, user=2)
    say(4, at="2026-03-03 09:30:00")
    say(5)
    say(6, told=False)
    small.rows("DELETE FROM self_evaluation WHERE id = 5")
    assert said(self_evaluations.self_evaluations(small.rows)) == [
        *(f"绩效自评 BS-1 第 {number} 版：与第 {number} 号分录所记不符" for number in (2, 3, 4, 5)),
        "绩效自评 BS-1 第 6 版：与第 99 号分录所记不符",
    ]


def stated(small: Small, number: int, *, basis: str = "依据", told: bool = True) -> dict[str, Any]:
    """A version of the matter; returns what it states."""
    facts = dict.fromkeys(PERIOD_FACTS, number)
    content = sha256(canonical(["SX", number, "事项", facts, {}, basis]))
    texts = ("事项", json.dumps(facts), "{}", "依据", content)
    small.put("matter_version", number, 1, number, *texts)
    if told:
        detail = {"matter": "SX", "version": number, "sha256": content}
        small.tell("matter.state", "matter", detail)
    return facts


def matter(small: Small) -> dict[str, Any]:
    """A matter of which the first version was confirmed and assessed; its facts as assessed."""
    small.enter(kind="matter.confirm", detail={"matter": "SX", "version": 1})
    small.put("matter", 1, "SX", 1, 1, 1, 1, 2026, "confirmed", "2026-12-31")
    facts = stated(small, 1)
    given = ("SX", 1, "F", "L", "FIRM_YEAR", "2026-12-31")
    facts |= dict(zip(("key", "order", "firm", "league", "kind", "last_day"), given, strict=True))
    small.put("item", 3, "SX|P", 1, 1, 1, 1)
    small.put("assessment", 8, 3, 1, json.dumps(facts))
    return facts


def judged(small: Small) -> list[str]:
    walk, wrong = small.walk()
    return wrong + said(matters.matters(small.rows, walk))


def test_a_matter_stands_as_it_was_stated_confirmed_and_assessed(small: Small) -> None:
    facts = matter(small)
    assert judged(small) == []
    small.put("matter", 2, "SX2", 0, None, 1, 1, 2026, "withdrawn", "2026-12-31")
    small.put("matter", 3, "SX3", 0, None, 1, 1, 2027, "draft", "2027-12-31")
    assert judged(small) == []
    stated(small, 2, basis="别的")
    stated(small, 3, told=False)
    small.tell("matter.state", "matter", {"matter": "SX", "version": 4, "sha256": "x"})
    small.put("matter", 4, "SX4", 0, None, 1, 1, 2026, "draft", "2026-12-31")
    small.put("matter", 5, "SX5", 1, 7, 1, 1, 2029, "confirmed", "2026-12-31")
    small.put("assessment", 9, 3, 1, json.dumps(facts | {"firm": "G"}))
    small.put("assessment", 10, 3, 5, json.dumps(facts))
    assert judged(small) == [
        "申报事项 SX 第 2 版：内容被改动，与其哈希不符",
        "申报事项 SX 第 3 版：与审计日志所记的哈希不符",
        "申报事项 SX 第 2 版：已填报，现已缺失或被改动",
        "申报事项 SX 第 4 版：已填报，现已缺失或被改动",
        "申报事项 SX5：现行版本与核实它的分录不符",
        "申报事项 F P 2026 年度：同一年度填报了两次",
        "测算 9（SX）：事实与第 1 版申报内容不符",
        "测算 10（SX）：事实与第 5 版申报内容不符",
    ]
