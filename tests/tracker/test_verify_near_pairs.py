"""Pairs and verdicts that were changed, and passes that went past a pair, are found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests import alikes, way
from tests.alikes import judge, pair, row, take
from tests.journeys import WHY, act_on
from tests.near_books import CODE, ELSEWHERE, Books, Part
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.models.applications import Application
from tracker.steps import near_holds

PAIR = [(f"疑似重复 {CODE}", "与分录所记不符")]
PAST = f"疑似重复 {CODE} 未经核实即予通过"
OWN = f"疑似重复 {CODE} 由通过人自己核实"


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
