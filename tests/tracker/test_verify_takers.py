"""The verifier finds a step taken by a body whose it was not then, or by one role twice."""

import copy
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tracker.verify import takers as verified

Changed = Callable[[dict[str, Any]], object]
HOME = ("150100", "freight")
FIELDS = ("place", "role", "valid_from", "document_no")
ROLES = {
    "a": "league_officer",
    "b": "league_approver",
    "f": "league_finance",
    "g": "league_finance",
    "c": "commerce_officer",
    "o": "finance_officer",
    "p": "finance_approver",
}
SET: list[tuple[str, tuple[str, str, str, str]]] = [
    ("b", ("application.pass", "league_finance", "2026-05-04", "文1号")),
    ("p", ("filing.allocate", "commerce_officer", "2026-05-04", "文2号")),
    ("b", ("disbursement.prepare", "league_officer", "2026-05-05", "文3号")),
]
"""Who set what; each from its day on."""
Said = tuple[str, str, str, Any]
WAY: list[Said] = [
    ("application.first_review", "SB", "a", None),
    ("application.return", "SB", "f", ("league_finance", "文1号", 0)),
    ("application.first_review", "SB", "a", None),
    ("application.pass", "SB", "f", ("league_finance", "文1号", 0)),
    ("filing.prepare", "BS", "a", None),
    ("filing.file", "BS", "b", None),
    ("filing.allocate", "BS", "c", ("commerce_officer", "文2号", 1)),
    ("filing.approve", "BS", "p", None),
    ("disbursement.prepare", "DF", "f", None),
    ("disbursement.instruct", "DF", "b", None),
    ("division.prepare", "FP", "a", None),
    ("division.divide", "FP", "b", None),
]
"""Step, of what, by whom, and what it keeps of its setting: role, document and entry."""
FIRST, RETURN, AGAIN, PASS, _, FILE, ALLOCATE, APPROVE, PREPARE, INSTRUCT, _, DIVIDE = range(3, 15)
"""Sequences of the entries; before them stand the three choices."""


def entries(change: Changed, at: int) -> list[tuple[int, str, str]]:
    told: list[Said] = [
        ("taker.set", "150100", actor, dict(zip(FIELDS, said, strict=True))) for actor, said in SET
    ]
    found = []
    for seq, (kind, code, actor, kept) in enumerate([*told, *WAY]):
        subject, _, name = kind.partition(".")
        detail = {"league": HOME[0], "programme": HOME[1], **kept} if seq < FIRST else {}
        if seq >= FIRST and kept:
            detail["taker"] = dict(zip(("role", "document_no", "seq"), kept, strict=True))
        body: dict[str, Any] = {
            "kind": kind,
            "cause": f"{subject}:{code}:1:{name}",
            "actor": actor,
            "recorded_at": "2026-05-04T03:00:00+00:00",
            "detail": copy.deepcopy(detail),
            "postings": [],
        }
        if seq == at:
            change(body)
        found.append((seq, body["kind"], json.dumps(body)))
    return found


def stands() -> list[tuple[Any, ...]]:
    return [(seq, *HOME, *said, actor) for seq, (actor, said) in enumerate(SET)]


def forged(change: Changed = dict, at: int = -1, **tables: list[Any]) -> list[str]:
    """What the verifier says where an entry of a good way tells otherwise, or a table does."""
    rows: dict[str, list[Any]] = {
        "FROM user_account": list(ROLES.items()),
        "FROM application": [("SB", *HOME)],
        "FROM filing": [("BS", *HOME)],
        "FROM division": [("FP", *HOME)],
        "FROM disbursement": [("DF", *HOME)],
        "FROM taker": stands(),
    }
    rows |= {name.replace("_", " ", 1): kept for name, kept in tables.items()}

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE entry (seq, kind, body)")
        connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", entries(change, at))

        def read(query: str) -> list[Any]:
            if "FROM entry" in query:
                return connection.execute(query).fetchall()
            return next((found for name, found in rows.items() if name in query), [])

        return [f"{one.where}：{one.what}" for one in verified.takers(read)]


def of(seq: int, wrong: str) -> list[str]:
    if seq < FIRST:
        return [f"分录 {seq}（taker:150100:1:set）：{wrong}"]
    kind, code, *_ = WAY[seq - FIRST]
    subject, _, name = kind.partition(".")
    return [f"分录 {seq}（{subject}:{code}:1:{name}）：{wrong}"]


def by(login: str) -> Changed:
    """Somebody else took it."""
    return lambda body: body.update(actor=login)


def keeps(kept: object) -> Changed:
    """The entry keeps something else of the setting; nothing at all for None."""

    def change(body: dict[str, Any]) -> None:
        body["detail"].pop("taker", None)
        if kept is not None:
            body["detail"]["taker"] = kept

    return change


def sets(**other: str) -> Changed:
    """The choice says something else."""
    return lambda body: body["detail"].update(other)


SAID = "所记经办单位的设定与当时施行的不符"
ONE_ROLE = "经办与复核是同一单位同一岗位"
DUE = "应由 {} 办理，办理人是 {}".format


def test_a_good_way_is_proven() -> None:
    assert forged() == []


@pytest.mark.parametrize(
    ("at", "change", "said"),
    [
        (FIRST, by("f"), DUE("league_officer", "league_finance")),
        (FIRST, by("nobody"), DUE("league_officer", "")),
        (PASS, by("b"), DUE("league_finance", "league_approver")),
        (
            RETURN,
            by("p"),
            DUE("league_officer、league_approver、league_finance", "finance_approver"),
        ),
        (FILE, by("f"), DUE("league_approver", "league_finance")),
        (ALLOCATE, by("o"), DUE("commerce_officer", "finance_officer")),
        (PREPARE, by("a"), DUE("league_finance", "league_officer")),
        (DIVIDE, by("f"), DUE("league_approver", "league_finance")),
        (PASS, by("a"), ONE_ROLE),
        (APPROVE, by("c"), ONE_ROLE),
        (INSTRUCT, by("g"), ONE_ROLE),
        (PASS, keeps(None), SAID),
        (PASS, keeps({"role": "league_finance", "document_no": "文9号", "seq": 0}), SAID),
        (RETURN, keeps(None), SAID),
        (FILE, keeps({"role": "league_approver", "document_no": "文1号", "seq": 0}), SAID),
        (APPROVE, keeps({"role": "finance_approver", "document_no": "文2号", "seq": 1}), SAID),
    ],
)
def test_a_step_taken_otherwise_than_was_set_then_is_found(
    at: int, change: Changed, said: str
) -> None:
    assert forged(change, at) == of(at, said)


@pytest.mark.parametrize(("login", "role"), [("f", ""), ("b", "league_approver")])
def test_who_may_pass_may_decline_and_nobody_else(login: str, role: str) -> None:
    def change(body: dict[str, Any]) -> None:
        body.update(kind="application.decline", actor=login)

    wrong = of(PASS, DUE("league_finance", role)) if role else []
    assert forged(change, PASS) == wrong


def test_who_always_may_turn_back_keeps_no_setting() -> None:
    def change(body: dict[str, Any]) -> None:
        body["actor"] = "b"
        del body["detail"]["taker"]

    assert forged(change, RETURN) == []


def test_a_setting_counts_from_its_day_on() -> None:
    """A day later in China, though not in UTC, it is the officer's."""

    def change(body: dict[str, Any]) -> None:
        body["recorded_at"] = "2026-05-04T16:00:00+00:00"

    assert forged(change, PREPARE) == of(PREPARE, DUE("league_officer", "league_finance"))


@pytest.mark.parametrize(
    ("at", "change", "said"),
    [
        (0, by("a"), "设定人无权设定此环节的经办单位"),
        (1, by("b"), "设定人无权设定此环节的经办单位"),
        (2, sets(valid_from="2026-05-03"), "自设定之前的日期起施行"),
        (2, sets(role="firm_clerk"), "该单位不能经办此环节"),
        (2, sets(place="filing.approve"), "该单位不能经办此环节"),
    ],
)
def test_a_choice_that_nobody_could_make_is_found(at: int, change: Changed, said: str) -> None:
    found = forged(change, at)
    assert found[0] == of(at, said)[0]
    assert found[-1] == f"经办单位（分录 {at}）：与分录所记不符"


@pytest.mark.parametrize("other", [("150900", "freight"), ("150100", "other")])
def test_a_choice_of_another_league_or_programme_binds_nobody_here(other: tuple[str, str]) -> None:
    def change(body: dict[str, Any]) -> None:
        body["detail"].update(league=other[0], programme=other[1])

    rows = stands()
    rows[1] = (1, *other, *rows[1][3:])
    assert forged(change, 1, FROM_taker=rows) == of(
        ALLOCATE, DUE("finance_officer", "commerce_officer")
    )


@pytest.mark.parametrize(("first", "counts"), [("2026-05-04", 1), ("2026-05-03", 0)])
def test_the_last_to_begin_counts_and_of_one_day_the_newest(first: str, counts: int) -> None:
    said = ("application.pass", "league_finance", first, "文9号")

    def change(body: dict[str, Any]) -> None:
        body.update(actor="b", recorded_at="2026-05-02T03:00:00+00:00")
        body["detail"].update(dict(zip(FIELDS, said, strict=True)))

    rows = stands()
    rows[1] = (1, *HOME, *said, "b")
    wrong = {one.partition("：")[0] for one in forged(change, 1, FROM_taker=rows)}
    passing = of(PASS, "")[0].partition("：")[0]
    assert (passing in wrong) is bool(counts), "the entry keeps that of sequence 0"


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ([["fen", "filed", "150100|F|freight"]], 1),
        ([["limit", "used", "150100|F|freight"], ["fen", "filed", "150900|F|freight"]], 0),
        ([["fen", "filed", "150100|F|other"]], 0),
    ],
)
def test_the_money_tells_where_a_thing_is_though_the_table_says_otherwise(
    moved: list[list[str]], said: int
) -> None:
    """Where the table says that it is, the finance officer takes the step and nothing is set."""

    def change(body: dict[str, Any]) -> None:
        body["actor"] = "o"
        del body["detail"]["taker"]
        body["postings"] = [{"target": target} for target in moved]

    told = of(ALLOCATE, DUE("commerce_officer", "finance_officer"))
    elsewhere = [("BS", "150900", "freight")]
    assert forged(change, ALLOCATE, FROM_filing=elsewhere) == told * said


def test_the_table_says_what_the_entries_say_and_no_more() -> None:
    said = "经办单位（分录 {}）：与分录所记不符".format
    rows = stands()
    assert forged(FROM_taker=rows[:2]) == [said(2)]
    assert forged(FROM_taker=[*rows, (9, *rows[0][1:])]) == [said(9)]
    for place, value in ((3, "filing.file"), (4, "league_approver"), (5, "2026-05-06"), (7, "a")):
        changed = list(rows[0])
        changed[place] = value
        assert forged(FROM_taker=[tuple(changed), *rows[1:]]) == [said(0)]
