"""Pairs and verdicts that were changed, and passes that went past a pair, are found."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests import alikes, way
from tests.alikes import judge, pair, row, take
from tests.journeys import WHY, act_on
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.models.applications import Application
from tracker.steps import near_holds
from tracker.verify import near_pairs

CODE = "YS-00001"
PAIR = [(f"疑似重复 {CODE}", "与分录所记不符")]
PAST = f"疑似重复 {CODE} 未经核实即予通过"
OWN = f"疑似重复 {CODE} 由通过人自己核实"
TABLES = {
    "entry": "seq, kind, body",
    "firm": "id, uscc",
    "league": "id, code",
    "user_account": "id, login",
    "shipment": "id, firm_id, unit_key",
    "claim_key": "kind, claim, shipment_id",
    "item": "code, shipment_id",
    "near_pair": "id, code, grounds, shown_sha256, seq, first_id, first_version_no, second_id,"
    " second_version_no",
    "near_verdict": "id, seq, pair_id, league_id, verdict, reason_code, reason, shown_sha256,"
    " user_id",
}
SHIPMENTS = ((1, 1, "k1"), (2, 2, "k2"), (3, 1, "k3"))
"""Of the first firm, of the second, and one more of the first; each with an item of its number."""
LEAGUE, ELSEWHERE = "150100", "150900"
PEOPLE = ("o", "b", "z")
Part = tuple[str, int]
"""Item and fen."""


class Books:
    """Loose tables; the pair is of the first two shipments, and everything in them agrees."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        self.seq = self.judged = 0
        for table, columns in TABLES.items():
            self.rows(f"CREATE TABLE {table} ({columns})")
        for key, firm in enumerate(("A", "B"), start=1):
            self.put("firm", key, firm)
        for key, code in enumerate((LEAGUE, ELSEWHERE), start=1):
            self.put("league", key, code)
        for key, login in enumerate(PEOPLE, start=1):
            self.put("user_account", key, login)
        for key, firm_id, unit_key in SHIPMENTS:
            self.put("shipment", key, firm_id, unit_key)
            self.put("item", f"i{key}", key)

    def put(self, table: str, *values: object) -> None:
        """One row."""
        places = ", ".join("?" for _ in values)
        self.rows(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608  our own names

    def tell(
        self,
        kind: str,
        subject: str = "",
        detail: dict[str, Any] | None = None,
        actor: str = "o",
        postings: list[dict[str, Any]] | None = None,
    ) -> int:
        """An entry; its sequence."""
        self.seq += 1
        said: dict[str, Any] = {
            "kind": kind,
            "cause": f"{kind.partition('.')[0]}:{subject}:1",
            "actor": actor,
        }
        said |= {"detail": detail or {}, "postings": postings or []}
        self.put("entry", self.seq, kind, json.dumps(said))
        return self.seq

    def upload(self, firm: str, *shipments: tuple[str, int, str], kind: str = "commit") -> None:
        """What an upload made of shipments: key, version and state of each."""
        self.tell(f"manifest.{kind}", detail={"firm": firm, "shipments": shipments})

    def find(self, first: str = "k1", second: str = "k2", owner: str = "B") -> None:
        """A pair of a shipment of the first firm and one of either."""
        sides = [["A", first, 1], [owner, second, 1]]
        one = {"code": CODE, "sides": sides, "grounds": ["plate"], "shown": "s"}
        seq = self.tell("near_pair.find", detail={"pairs": [one]})
        self.put("near_pair", 1, CODE, '["plate"]', "s", seq, 1, 1, 2 if owner == "B" else 3, 1)

    def judge(self, verdict: str = "apart", actor: str = "o", league: str = LEAGUE) -> int:
        """A verdict; its sequence."""
        said = {"verdict": verdict, "reason_code": "papers", "reason": "示例", "shown_sha256": "s"}
        detail = {"pair": CODE, "league": league, **said}
        seq = self.tell("near_pair.judge", detail=detail, actor=actor)
        self.judged += 1
        keys = (1, (LEAGUE, ELSEWHERE).index(league) + 1)
        people = PEOPLE.index(actor) + 1
        self.put("near_verdict", self.judged, seq, *keys, *said.values(), people)
        return seq

    def apply(self, code: str, *parts: Part) -> None:
        """An application with these parts, the newest of its code."""
        ends = (["fen", "accrued", "Q|x"], ["fen", "applied", f"{LEAGUE}|x"])
        self.tell("application.apply", code, postings=moved(ends, parts))

    def go(self, step: str, code: str, *off: Part, near: tuple[int, ...] = ()) -> None:
        """A step of an application, what it takes off, and the clearings it names."""
        ends = (["fen", "applied", f"{LEAGUE}|x"], ["fen", "accrued", "Q|x"])
        detail = {"near": near} if near else {}
        self.tell(f"application.{step}", code, detail, "b", moved(ends, off))

    def faults(self) -> list[tuple[str, str]]:
        """Where something is wrong, and what."""
        return [(one.where, one.what) for one in near_pairs.near_pairs(self.rows)]

    def wrong(self) -> list[str]:
        """What is wrong."""
        return [what for _, what in self.faults()]


def moved(ends: tuple[list[str], list[str]], parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    source, target = ends
    told: list[dict[str, Any]] = [
        {"source": source, "target": target, "amount": fen, "item": item} for item, fen in parts
    ]
    return [{"source": ["n"], "target": ["n"], "amount": 1, "item": None}, *told]


@pytest.fixture
def books() -> Iterator[Books]:
    """Two firms' shipments that look alike, standing as they were found."""
    with closing(sqlite3.connect(":memory:")) as connection:
        made = Books(connection)
        made.upload("A", ("k1", 1, "standing"), ("k3", 1, "standing"))
        made.upload("B", ("k2", 1, "standing"))
        made.find()
        yield made


def carried(bench: jobs.Bench) -> None:
    """One application passed over a pair that was cleared, taken back and cleared again."""
    pair(bench)
    way.applied(bench)
    act_on(bench, Application, 1, "league_officer", "first_review")
    for verdict in ("apart", "same", "apart"):
        judge(bench, verdict=verdict)
    act_on(bench, Application, 1, "league_approver", "pass")


def past(bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch, *told: int) -> None:
    """The application passes as if nothing held it, and its entry tells this."""
    monkeypatch.setattr(near_holds, "require", lambda *_: list(told))
    way.applied(bench)
    act_on(bench, Application, 1, "league_officer", "first_review")
    act_on(bench, Application, 1, "league_approver", "pass")


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


def test_pairs_verdicts_and_passes_of_the_program_are_proven(bench: jobs.Bench) -> None:
    carried(bench)
    take(bench, row("W2", "蒙A12347", **alikes.SEAL), login="other_clerk")
    assert len(alikes.pairs(bench)) > 1
    assert faults(bench) == []

    def work(execute: Execute) -> None:
        execute("UPDATE near_pair SET grounds = '[]' WHERE id = 1")
        execute("UPDATE near_verdict SET verdict = 'same' WHERE id = 1")

    tamper(bench.settings.database_url, work)
    first, second = faults(bench)
    assert [first] == PAIR
    assert second[0].startswith("疑似重复核实（分录 ")


def test_a_pass_of_the_program_over_a_pair_that_nobody_cleared_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    past(bench, monkeypatch)
    assert [what for _, what in faults(bench)] == [PAST]


def test_a_pair_that_no_longer_stood_or_whose_line_came_off_proves_nothing(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    take(bench, row("W2", "蒙A12346", 件数="99"), login="other_clerk", verdict="confirm")
    past(bench, monkeypatch)
    assert faults(bench) == []
    act_on(bench, Application, 1, "league_approver", "return", **WHY)
    assert faults(bench) == []


@pytest.mark.parametrize(
    "said",
    [
        "grounds = '[]'",
        "first_version_no = 9",
        "second_version_no = 9",
        "first_id = 2, second_id = 1",
        "second_id = 3",
        "shown_sha256 = 'x'",
        "seq = 1",
    ],
)
def test_a_pair_that_was_changed_is_found(books: Books, said: str) -> None:
    assert books.faults() == []
    books.rows(f"UPDATE near_pair SET {said}")  # noqa: S608  said above
    assert books.faults() == PAIR


def test_a_pair_without_its_entry_and_an_entry_without_its_pair_are_found(books: Books) -> None:
    books.rows("UPDATE near_pair SET code = 'YS-00007'")
    assert books.faults() == [*PAIR, ("疑似重复 YS-00007", PAIR[0][1])]


@pytest.mark.parametrize(
    "said",
    [
        "verdict = 'apart'",
        "reason_code = 'x'",
        "reason = '另一理由'",
        "shown_sha256 = 'x'",
        "user_id = 2",
        "league_id = 2",
        "seq = 99",
    ],
)
def test_a_verdict_that_was_changed_is_found(books: Books, said: str) -> None:
    books.judge()
    seq = books.judge("same")
    assert books.faults() == []
    books.rows(f"UPDATE near_verdict SET {said} WHERE id = 2")  # noqa: S608  said above
    assert (f"疑似重复核实（分录 {seq}）", "与分录所记不符") in books.faults()


def test_a_verdict_that_is_gone_is_found(books: Books) -> None:
    seq = books.judge()
    books.rows("DELETE FROM near_verdict")
    assert books.faults() == [(f"疑似重复核实（分录 {seq}）", "与分录所记不符")]


def test_a_verdict_on_what_was_not_shown_or_on_no_pair_is_found(books: Books) -> None:
    seq = books.judge()
    books.rows("UPDATE entry SET body = replace(body, '\"s\"', '\"x\"') WHERE kind LIKE '%.judge'")
    books.rows("UPDATE near_verdict SET shown_sha256 = 'x'")
    at = f"分录 {seq}（near_pair::1）"
    assert books.faults() == [(at, "核实的不是所记的一对")]
    books.rows("DELETE FROM entry WHERE kind = 'near_pair.find'")
    books.rows("DELETE FROM near_pair")
    assert (at, "核实的不是所记的一对") in books.faults()


def test_a_pass_names_who_cleared_each_pair_it_met(books: Books) -> None:
    books.apply("SB1", ("i1", 100))
    books.apply("SB2", ("i3", 100))
    books.judge("same")
    books.go("pass", "SB2")
    books.go("pass", "SB1", near=(books.judge(),))
    assert books.faults() == []


def test_a_pass_over_a_pair_that_nobody_cleared_is_found(books: Books) -> None:
    books.apply("SB1", ("i1", 100))
    books.apply("SB2", ("i3", 100))
    books.go("pass", "SB1")
    books.go("pass", "SB2")
    assert books.faults() == [(f"分录 {books.seq - 1}（application:SB1:1）", PAST)]


def test_a_clearing_that_was_not_named_or_never_was_is_found(books: Books) -> None:
    books.apply("SB1", ("i1", 100))
    books.judge()
    books.go("pass", "SB1", near=(2,))
    assert books.wrong() == ["所记核实（分录 2）不存在", PAST]


def test_only_the_last_clearing_counts_and_only_of_the_league_whose_money_it_is(
    books: Books,
) -> None:
    books.apply("SB1", ("i1", 100))
    first = books.judge()
    books.judge("same")
    books.go("pass", "SB1", near=(first,))
    books.go("pass", "SB1", near=(books.judge(league=ELSEWHERE),))
    assert books.wrong() == [PAST, PAST]


def test_a_pass_by_who_cleared_the_pair_is_found(books: Books) -> None:
    books.apply("SB1", ("i1", 100))
    books.go("pass", "SB1", near=(books.judge(actor="b"),))
    assert books.wrong() == [OWN]


@pytest.mark.parametrize(
    ("off", "wrong"),
    [
        ((("i1", 60), ("i1", 40)), []),
        ((("i1", 60),), [PAST]),
        ((("i1", 60), ("i1", 39)), [PAST]),
        ((("i3", 50),), [PAST]),
    ],
)
def test_what_the_first_review_took_off_wholly_meets_no_pair(
    books: Books, off: tuple[Part, ...], wrong: list[str]
) -> None:
    books.apply("SB1", ("i1", 70), ("i1", 30), ("i3", 50))
    books.go("pass", "SB1", *off)
    assert books.wrong() == wrong


def test_a_pass_of_what_was_never_applied_for_proves_nothing_here(books: Books) -> None:
    books.go("pass", "SB1")
    books.go("decline", "SB2")
    books.go("return", "SB3")
    assert books.faults() == []


def test_one_trip_passes_where_the_other_side_was_taken_off_or_declined(books: Books) -> None:
    said = books.judge("same")
    books.apply("SB1", ("i1", 100), ("i3", 100))
    books.apply("SB2", ("i2", 100))
    books.go("pass", "SB1", ("i1", 100))
    books.go("pass", "SB2", near=(said,))
    assert books.faults() == []
    books.go("return", "SB1")
    books.go("pass", "SB2", near=(said,))
    assert books.wrong() == [PAST], "a side that came back to the firm may be applied for again"
    books.apply("SB1", ("i1", 90))
    books.go("decline", "SB1")
    books.go("pass", "SB2", near=(said,))
    assert books.wrong() == [PAST], "what was declined as a whole stays declined"
    books.go("return", "SB3")
    books.go("pass", "SB2", near=(said,))
    assert books.wrong() == [PAST]


def test_of_one_trip_both_sides_never_pass(books: Books) -> None:
    said = books.judge("same")
    books.apply("SB1", ("i1", 100), ("i2", 100))
    books.go("pass", "SB1", near=(said,))
    assert books.wrong() == [PAST]


@pytest.mark.parametrize("changed", [("k2", 2, "standing"), ("k2", 1, "withdrawn")])
def test_a_pair_of_which_a_side_no_longer_stood_holds_nothing(
    books: Books, changed: tuple[str, int, str]
) -> None:
    books.apply("SB1", ("i1", 100))
    books.upload("B", changed, kind="withdraw")
    books.go("pass", "SB1")
    assert books.faults() == []
    books.upload("B", ("k2", 1, "standing"))
    books.go("pass", "SB1")
    assert books.wrong() == [PAST]


def test_of_a_key_that_two_shipments_of_a_firm_had_nothing_is_proven(books: Books) -> None:
    books.put("claim_key", "unit", "k2", 4)
    books.put("shipment", 4, 2, "k4")
    books.put("claim_key", "carnet", "k1", 3)
    books.apply("SB1", ("i1", 100))
    books.go("pass", "SB1")
    assert books.faults() == []
    books.go("pass", "SB1", near=(books.judge("same"),))
    assert books.faults() == [], "whether the other side passes cannot be told"


def test_a_key_that_a_shipment_had_before_is_known_by(books: Books) -> None:
    books.rows("UPDATE shipment SET unit_key = 'k9' WHERE id = 2")
    books.put("claim_key", "unit", "k2", 2)
    books.apply("SB1", ("i1", 100))
    books.go("pass", "SB1")
    assert books.wrong() == [PAST]


def test_a_key_that_nobody_had_stops_nothing_and_its_pair_is_named(books: Books) -> None:
    books.rows("UPDATE shipment SET unit_key = 'k9' WHERE id = 1")
    books.upload("A", ("k0", 1, "standing"))
    books.apply("SB1", ("i1", 100))
    books.go("pass", "SB1")
    assert books.faults() == PAIR


def test_a_pair_within_one_firm_is_proven_alike(books: Books) -> None:
    books.rows("DELETE FROM near_pair")
    books.rows("DELETE FROM entry WHERE kind = 'near_pair.find'")
    books.find("k1", "k3", "A")
    books.apply("SB1", ("i3", 100))
    books.go("pass", "SB1")
    assert books.wrong() == [PAST]
