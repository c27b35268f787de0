"""The verifier finds a step that went on without what its league asked for."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tracker.verify import requirements as verified

Changed = Callable[[dict[str, Any]], object]
ASKED = {
    "cross_check": ("application.pass", ""),
    "third_party": ("filing.file", ""),
    "joint_review": ("application.pass", "league_finance"),
    "panel": ("filing.prepare", ""),
}
HOME = ("150100", "freight")
MINUTES = ["纪要1号", "2026-03-20"]
PASSED = {
    "cross_check": {"lines": 1, "looked_at": [["T1", "differs"]]},
    "joint_review": ["league_finance", "c"],
}
Said = tuple[str, str, str, dict[str, Any], list[str]]
WAY: list[Said] = [
    ("application.apply", "SB", "f", {}, ["T1", "M1"]),
    ("application.first_review", "SB", "a", {}, []),
    (
        "application.agree_pass",
        "SB",
        "c",
        {"level": "joint_review", "role": "league_finance"},
        [],
    ),
    ("application.pass", "SB", "b", {"required": PASSED, "levels": [["CJ", 5, "d"]]}, []),
    ("filing.prepare", "BS", "a", {"required": {"panel": MINUTES}}, []),
    ("filing.file", "BS", "b", {"required": {"third_party": {"SB": ["e1"]}}}, ["T1"]),
]
APPLY, REVIEW, AGREE, PASS, PREPARE, FILE = range(4, 10)
"""Sequences of the entries; before them stand the four choices."""


def choice(name: str, **other: Any) -> dict[str, Any]:  # noqa: ANN401  what a choice says
    place, role = ASKED[name]
    return {
        "league": HOME[0],
        "programme": HOME[1],
        "name": name,
        "needed": True,
        "place": place,
        "role": role,
        "document_no": "文1号",
        **other,
    }


def entries(change: Changed, at: int) -> list[tuple[int, str]]:
    told: list[tuple[str, str, str, dict[str, Any], list[str]]] = [
        ("requirement.set", f"150100:freight:{name}", "b", choice(name), []) for name in ASKED
    ]
    found = []
    for seq, (kind, code, actor, detail, items) in enumerate([*told, *WAY]):
        subject, _, name = kind.partition(".")
        body: dict[str, Any] = {
            "kind": kind,
            "cause": f"{subject}:{code}:1:{name}",
            "actor": actor,
            "detail": {"shown": "s", **copy.deepcopy(detail)},
            "postings": [
                {"target": ["fen", "applied", "150100|F|freight"], "item": one} for one in items
            ],
        }
        if seq == at:
            change(body)
        found.append((seq, json.dumps(body)))
    return found


def forged(change: Changed = dict, at: int = -1, **tables: list[Any]) -> list[str]:
    """What the verifier says where an entry of a good way tells otherwise, or a table does."""
    rows: dict[str, list[Any]] = {
        "FROM entry": entries(change, at),
        "FROM application": [("SB", *HOME)],
        "FROM filing JOIN": [("BS", *HOME)],
        "FROM item": [("T1",)],
        "minutes_no": [("BS", *MINUTES)],
        "FROM filing_line": [("BS", "SB")],
        "FROM evidence": [("e1",)],
        "FROM requirement": [
            (seq, *list(choice(name).values())[:3], 1, *list(choice(name).values())[4:], "b")
            for seq, name in enumerate(ASKED)
        ],
    }
    rows |= {name.replace("_", " ", 1): kept for name, kept in tables.items()}

    def read(query: str) -> list[Any]:
        return next((found for name, found in rows.items() if name in query), [])

    return [f"{one.where}：{one.what}" for one in verified.requirements(read)]


def of(seq: int, wrong: str) -> list[str]:
    kind, code, *_ = WAY[seq - APPLY]
    subject, _, name = kind.partition(".")
    return [f"分录 {seq}（{subject}:{code}:1:{name}）：{wrong}"]


NO_JOINT = of(PASS, "会审：缺少另一部门的同意")
NO_RESULT = of(PASS, "数据比对：没有写明比对结果")
OTHER_LINES = of(PASS, "数据比对：所记行数与车次不符")
OTHER_RESULT = of(PASS, "数据比对：所记结果与明细不符")
NO_REPORT = of(FILE, "第三方核验：没有写明第三方报告")
GONE = of(FILE, "第三方核验：所记第三方报告不存在")
NO_MINUTES = of(PREPARE, "集体研究：没有写明会议纪要")
OTHER_MINUTES = of(PREPARE, "集体研究：会议纪要与报送件不符")


def required(name: str, kept: object) -> Changed:
    """The entry keeps something else of a requirement; nothing at all for None."""

    def change(body: dict[str, Any]) -> None:
        if kept is None:
            del body["detail"]["required"][name]
        else:
            body["detail"]["required"][name] = kept

    return change


@pytest.mark.parametrize(
    ("at", "change", "said"),
    [
        (-1, dict, []),
        (PASS, required("cross_check", None), NO_RESULT),
        (PASS, required("cross_check", {"lines": 1}), NO_RESULT),
        (PASS, required("cross_check", {"lines": 2, "looked_at": []}), OTHER_LINES),
        (APPLY, lambda body: body["postings"].pop(0), OTHER_LINES),
        (PASS, required("cross_check", {"lines": 1, "looked_at": []}), []),
        (
            PASS,
            required("cross_check", {"lines": 1, "looked_at": [["T2", "differs"]]}),
            OTHER_RESULT,
        ),
        (
            PASS,
            required("cross_check", {"lines": 1, "looked_at": [["T1", "agrees"]]}),
            OTHER_RESULT,
        ),
        (
            PASS,
            required("cross_check", {"lines": 1, "looked_at": [["T1", "differs"]] * 2}),
            OTHER_RESULT,
        ),
        (PASS, required("joint_review", None), NO_JOINT),
        (PASS, required("joint_review", ["league_officer", "c"]), NO_JOINT),
        (PASS, required("joint_review", ["league_finance", "d"]), NO_JOINT),
        (PASS, lambda body: body.update(actor="c"), NO_JOINT),
        (PASS, lambda body: body["detail"].update(shown="t"), NO_JOINT),
        (PASS, lambda body: body["detail"]["levels"].append(["CJ-2", 6, "c"]), NO_JOINT),
        (PASS, lambda body: body["detail"].pop("levels"), []),
        (PASS, lambda body: body["detail"].update(required={}), [*NO_RESULT, *NO_JOINT]),
        (PASS, lambda body: body["detail"].pop("required"), [*NO_RESULT, *NO_JOINT]),
        (AGREE, lambda body: body["detail"].update(level="CJ"), NO_JOINT),
        (AGREE, lambda body: body["detail"].update(role="league_officer"), NO_JOINT),
        (AGREE, lambda body: body["detail"].update(shown="t"), NO_JOINT),
        (AGREE, lambda body: body.update(actor="e"), NO_JOINT),
        (AGREE, lambda body: body.update(kind="application.agree_file"), NO_JOINT),
        (REVIEW, lambda body: body.update(actor="c"), NO_JOINT),
        (REVIEW, lambda body: body.update(kind="application.return"), NO_JOINT),
        (FILE, required("third_party", None), NO_REPORT),
        (FILE, required("third_party", {"SB-2": ["e1"]}), NO_REPORT),
        (FILE, required("third_party", {"SB": [], "SB-2": ["e1"]}), GONE),
        (FILE, required("third_party", {"SB": ["e2"]}), GONE),
        (PREPARE, required("panel", None), NO_MINUTES),
        (PREPARE, required("panel", ["纪要1号", ""]), NO_MINUTES),
        (PREPARE, required("panel", ["纪要2号", "2026-03-20"]), OTHER_MINUTES),
    ],
)
def test_a_step_that_keeps_nothing_of_what_was_asked_for_is_found(
    at: int, change: Changed, said: list[str]
) -> None:
    assert forged(change, at) == said


def test_a_report_asked_for_before_an_application_is_that_applications() -> None:
    def change(body: dict[str, Any]) -> None:
        body["detail"]["place"] = "application.pass"

    assert forged(change, 1)[0] == of(PASS, "第三方核验：没有写明第三方报告")[0]


def elsewhere(name: str, place: str, at: int, *kept: object) -> list[str]:
    """What is wrong where it is asked for before another step, which keeps this of it."""

    def asked(body: dict[str, Any]) -> None:
        body["detail"]["place"] = place

    def told(body: dict[str, Any]) -> None:
        for one in kept:
            body["detail"].setdefault("required", {})[name] = one

    seq = list(ASKED).index(name)
    rows = entries(asked, seq)
    rows[at] = entries(told, at)[at]
    stand = [
        (each, *said[:3], 1, place if each == seq else said[4], *said[5:], "b")
        for each, said in enumerate(list(choice(one).values()) for one in ASKED)
    ]
    return forged(FROM_entry=rows, FROM_requirement=stand)


@pytest.mark.parametrize(
    ("name", "place", "at", "kept"),
    [
        ("third_party", "application.pass", PASS, {"SB": ["e1"]}),
        ("cross_check", "filing.file", FILE, {"lines": 1, "looked_at": [["T1", "differs"]]}),
    ],
)
def test_what_is_asked_for_before_another_step_is_kept_by_that_one(
    name: str, place: str, at: int, kept: object
) -> None:
    assert elsewhere(name, place, at, kept) == []
    assert len(elsewhere(name, place, at)) == 1


def test_every_line_may_have_been_looked_at_and_with_every_outcome() -> None:
    def change(body: dict[str, Any]) -> None:
        looked_at = [["T1", "differs"], ["M1", "no_answer"]]
        body["detail"]["required"]["cross_check"]["looked_at"] = looked_at

    assert forged(change, PASS) == []


def test_of_an_application_that_nobody_made_no_line_was_compared() -> None:
    rows = [row for row in entries(dict, -1) if row[0] != APPLY]
    assert forged(FROM_entry=rows) == OTHER_LINES


@pytest.mark.parametrize(
    "other",
    [{"needed": False}, {"place": "filing.file"}, {"league": "150900"}, {"programme": "other"}],
)
def test_only_what_the_newest_choice_of_that_league_asks_for_is_due(other: dict[str, Any]) -> None:
    stands = list(choice("panel", **other).values())
    rows = [
        (seq, *list(choice(name).values())[:3], 1, *list(choice(name).values())[4:], "b")
        for seq, name in enumerate(ASKED)
    ]
    rows[3] = (3, *stands[:3], int(bool(stands[3])), *stands[4:], "b")

    def change(body: dict[str, Any]) -> None:
        body["detail"].update(other)

    found = forged(change, 3, FROM_requirement=rows)
    assert found == (of(FILE, "集体研究：没有写明会议纪要") if "place" in other else [])


def test_the_money_tells_where_a_thing_is_though_the_table_says_otherwise() -> None:
    def change(body: dict[str, Any]) -> None:
        del body["detail"]["required"]

    elsewhere = [("SB", "150900", "freight")]
    assert forged(change, PASS, FROM_application=elsewhere) == [*NO_RESULT, *NO_JOINT]
    filed = [("BS", "150900", "freight")]
    assert forged(change, FILE, **{"FROM filing_JOIN": filed}) == NO_REPORT


def test_limits_that_a_step_moves_are_no_items() -> None:
    def change(body: dict[str, Any]) -> None:
        body["postings"].append({"target": ["limit", "used", "fund:1"], "item": None})

    assert forged(change, FILE) == []


def test_the_table_says_what_the_entries_say_and_no_more() -> None:
    said = "环节要求（分录 {}）：与分录所记不符".format
    kept = [
        (seq, *list(choice(name).values())[:3], 1, *list(choice(name).values())[4:], "b")
        for seq, name in enumerate(ASKED)
    ]
    assert forged(FROM_requirement=kept[:3]) == [said(3)]
    assert forged(FROM_requirement=[*kept, (9, *kept[0][1:])]) == [said(9)]
    for place, value in ((4, 0), (5, "filing.file"), (7, "文2号"), (8, "c")):
        changed = list(kept[0])
        changed[place] = value
        assert forged(FROM_requirement=[tuple(changed), *kept[1:]]) == [said(0)]
