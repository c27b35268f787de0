"""Pairs and verdicts that were changed, and passes that went past a pair, are found."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests import alikes, way
from tests.alikes import judge, pair, row, take
from tests.journeys import NOW, WHY, act_on
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.books import ledger
from tracker.models.applications import Application
from tracker.steps import near_holds, near_verdicts

PAIR = [("疑似重复 YS-00001", "与分录所记不符")]
PAST = "疑似重复 YS-00001 未经核实即予通过"


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


def wrong(bench: jobs.Bench) -> list[str]:
    return [what for _, what in faults(bench)]


def statement(*said: str) -> Callable[[Execute], None]:
    def work(execute: Execute) -> None:
        for one in said:
            execute(one)

    return work


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


def test_pairs_verdicts_and_passes_of_the_program_are_proven(bench: jobs.Bench) -> None:
    carried(bench)
    take(bench, row("W2", "蒙A12347", **alikes.SEAL), login="other_clerk")
    assert len(alikes.pairs(bench)) > 1
    assert faults(bench) == []


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE near_pair SET grounds = '[]'",
        "UPDATE near_pair SET second_version_no = 9",
        "UPDATE near_pair SET first_id = 2, second_id = 1",
        "UPDATE near_pair SET shown_sha256 = 'x'",
        "UPDATE near_pair SET seq = 1",
    ],
)
def test_a_pair_that_was_changed_is_found(bench: jobs.Bench, said: str) -> None:
    carried(bench)
    tamper(bench.settings.database_url, statement(said))
    assert faults(bench) == PAIR


def test_a_pair_without_its_entry_and_an_entry_without_its_pair_are_found(
    bench: jobs.Bench,
) -> None:
    pair(bench)
    moved = "UPDATE near_pair SET id = 7, code = 'YS-00007'"
    tamper(bench.settings.database_url, statement(moved))
    assert faults(bench) == [*PAIR, ("疑似重复 YS-00007", PAIR[0][1])]


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE near_verdict SET verdict = 'same' WHERE id = 1",
        "UPDATE near_verdict SET reason = '另一理由' WHERE id = 1",
        "UPDATE near_verdict SET user_id = 1 WHERE id = 1",
        "DELETE FROM near_verdict WHERE id = 1",
    ],
)
def test_a_verdict_that_was_changed_is_found(bench: jobs.Bench, said: str) -> None:
    carried(bench)
    tamper(bench.settings.database_url, statement(said))
    (fault,) = faults(bench)
    assert fault[0].startswith("疑似重复核实（分录 ")


def test_a_verdict_on_what_was_not_shown_is_found(bench: jobs.Bench) -> None:
    pair(bench)
    said = {"league": "150100", "verdict": "apart", "reason_code": "papers", "reason": "示例"}

    def work(session: Session) -> None:
        for code in ("YS-00001", "YS-00009"):
            detail = {"pair": code, "shown_sha256": "x", **said}
            ledger.tell(session, near_verdicts.JUDGED, f"near:{code}", "x", detail, NOW)

    bench.database.transact(work)
    assert wrong(bench).count("核实的不是所记的一对") == 2


def test_a_pass_over_a_pair_that_nobody_cleared_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    past(bench, monkeypatch)
    assert wrong(bench) == [PAST]


def test_a_pass_that_names_a_clearing_that_never_was_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.shipped(bench)
    past(bench, monkeypatch, 3)
    assert wrong(bench) == ["所记核实（分录 3）不存在"]


def test_a_pass_over_one_trip_or_that_names_another_clearing_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    first = judge(bench)
    judge(bench, verdict="same")
    past(bench, monkeypatch, first.seq)
    assert wrong(bench) == [PAST]


def test_a_pass_by_who_cleared_the_pair_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    own = judge(bench, login="league_approver")
    past(bench, monkeypatch, own.seq)
    assert wrong(bench) == ["疑似重复 YS-00001 由通过人自己核实"]


def test_a_pair_that_no_longer_stood_or_whose_line_came_off_proves_nothing(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    take(bench, row("W2", "蒙A12346", 件数="99"), login="other_clerk", verdict="confirm")
    past(bench, monkeypatch)
    assert faults(bench) == []
    act_on(bench, Application, 1, "league_approver", "return", **WHY)
    assert faults(bench) == []


def test_of_a_key_that_two_shipments_of_a_firm_had_nothing_is_proven(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    past(bench, monkeypatch)
    take(bench, row("W8", "蒙C10001"), row("W9", "蒙D10002"), login="other_clerk")
    also = (
        "INSERT INTO claim_key (kind, claim, shipment_id, released_seq)"
        " SELECT 'unit', unit_key, 3, 1 FROM shipment WHERE id = 2"
    )
    tamper(bench.settings.database_url, statement(also))
    assert PAST not in wrong(bench)


def test_a_pass_of_both_sides_of_one_trip_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(bench, row("W1", "蒙A12345", **alikes.SEAL), row("W2", "蒙A12346", **alikes.SEAL))
    said = judge(bench, verdict="same")
    past(bench, monkeypatch, said.seq)
    assert wrong(bench) == [PAST]


def test_a_pass_of_one_trip_whose_other_side_was_only_returned_is_found(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(bench)
    way.applied(bench, "other_")
    said = judge(bench, verdict="same")
    act_on(bench, Application, 1, "league_officer", "return", **WHY)
    monkeypatch.setattr(near_holds, "require", lambda *_: [said.seq])
    way.applied(bench)
    act_on(bench, Application, 2, "league_officer", "first_review")
    act_on(bench, Application, 2, "league_approver", "pass")
    assert wrong(bench) == [PAST]
