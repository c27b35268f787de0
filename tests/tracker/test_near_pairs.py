"""Two shipments that may be one trip hold an application until its league clears them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests import journeys, way
from tests.alikes import SEAL, judge, pair, pairs, row, take
from tests.guards import refused
from tests.journeys import NOW, WHY, act_on, moved, person
from tracker import jobs
from tracker.access.near_pairs import visible_near_pairs
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application
from tracker.models.filings import Decision
from tracker.models.near_pairs import NearPair, NearVerdict
from tracker.models.work import AuditEvent, Job
from tracker.steps import application, flow, near_pairs, waiting

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
LATER = {"发车日期": "2026-03-03", "出境日期": "2026-03-05"}
NOTHING = (0, "", "")
BOX = {"集装箱号": "SHLU0000012", "箱型": "45G1"}


def reviewed(bench: jobs.Bench) -> int:
    """The first firm's application, looked at by the officer; returns its id."""
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    return key


def passed(bench: jobs.Bench, key: int = 1) -> dict[str, Any]:
    """The approver passes it; what its entry keeps."""
    act_on(bench, Application, key, "league_approver", "pass")
    with bench.database.reading() as session:
        made = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert made is not None
        return dict(made.detail)


def lacks(bench: jobs.Bench, login: str = "league_approver") -> list[str]:
    with bench.database.reading() as session:
        one = session.get_one(Application, 1)
        ahead = flow.ahead(session, one, person(session, login), NOW.date())
        return [f"{one.step}: {one.conflict}" for one in ahead.lacks]


def waits(bench: jobs.Bench, login: str) -> list[int]:
    with bench.database.reading() as session:
        found = waiting.waiting(session, person(session, login), NOW)
        return [one.count for one in found if one.kind == "near_pair"]


def test_a_plate_one_character_away_with_the_same_seal_is_a_pair_and_a_fleet_is_none(
    bench: jobs.Bench,
) -> None:
    take(bench, *(row(f"CMR000{n}", f"蒙A1234{n}", 封志号=f"CN000000{n}") for n in range(6)))
    assert pairs(bench) == []
    take(bench, row("CMR9999", "蒙A12355", 封志号="CN0000005"), login="other_clerk")
    assert pairs(bench) == [("YS-00001", ["truck", "seal", "batch"])]
    assert way.proven(bench)


def test_the_same_box_within_two_days_is_a_pair_also_within_one_firm(bench: jobs.Bench) -> None:
    take(bench, row("W1", "蒙A10001", **BOX), row("W2", "蒙B20002", **BOX, **LATER))
    assert pairs(bench) == [("YS-00001", ["box"])]
    back = {"进出口标志": "进口", "发车日期": "2026-03-04", "出境日期": "2026-03-04"}
    take(bench, row("W3", "蒙C30003", **BOX, **back))
    assert len(pairs(bench)) == 1, "the way back is a trip of its own"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"挂车号": "蒙A1234挂"}, ["truck", "trailer", "batch"]),
        ({"运单号": "CMR0001"}, ["truck", "waybill", "batch"]),
        ({"运单号": "CMR0001", "毛重(KG)": "7999"}, []),
    ],
)
def test_what_else_must_agree_is_looked_up(
    bench: jobs.Bench, said: dict[str, str], wanted: list[str]
) -> None:
    first = {**said, **({"毛重(KG)": "8000"} if "毛重(KG)" in said else {})}
    take(bench, row(first.pop("运单号", "W1"), "蒙A12345", **first))
    second = dict(said)
    take(bench, row(second.pop("运单号", "W2"), "蒙A12346", **second), login="other_clerk")
    assert [kinds for _, kinds in pairs(bench)] == ([wanted] if wanted else [])


def test_a_number_that_everybody_bears_tells_nothing(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_pairs, "MOST_BEARERS", 2)
    take(bench, *(row(f"W{n}", f"蒙A1234{n}", **SEAL) for n in range(3)))
    assert pairs(bench) == []


def test_what_one_upload_brings_twice_is_told_once_and_again_when_a_side_changes(
    bench: jobs.Bench,
) -> None:
    rows = row("W1", "蒙A12345", **SEAL), row("W2", "蒙A12346", **SEAL)
    take(bench, *rows)
    assert len(pairs(bench)) == 1
    judge(bench)
    take(bench, row("W3", "蒙B99999"))
    assert len(pairs(bench)) == 1, "what did not change is not told again"
    take(bench, row("W2", "蒙A12346", 件数="99", **SEAL), verdict="confirm")
    assert len(pairs(bench)) == 2
    assert waits(bench, "league_officer") == [1], "and asked anew"
    with pytest.raises(Conflict, match="has changed since"):
        judge(bench, 1, verdict="same")
    assert way.proven(bench)


def test_an_application_is_not_passed_before_its_pair_is_cleared(bench: jobs.Bench) -> None:
    pair(bench)
    key = reviewed(bench)
    with pytest.raises(Conflict, match=r"1 pairs .*YS-00001（蒙A12345）"):
        passed(bench, key)
    assert len(lacks(bench)) == 1
    assert lacks(bench, "manager") == [], "the firm learns nothing of it here"
    assert waits(bench, "league_officer") == waits(bench, "league_approver") == [1]
    assert waits(bench, "league_finance") == waits(bench, "clerk") == []
    verdict = judge(bench)
    assert waits(bench, "league_officer") == []
    assert lacks(bench) == []
    assert passed(bench, key)["near"] == [verdict.seq]
    assert way.proven(bench)


def test_what_is_one_trip_holds_until_its_line_is_taken_off(bench: jobs.Bench) -> None:
    take(bench, row("W3", "蒙B99999"))
    pair(bench)
    key = way.applied(bench)
    judge(bench, verdict="same")
    with bench.database.reading() as session:
        lines = application.lines(session, session.get_one(Application, key))
        fen = {one.item.subject.label: one.applied_fen for one in lines}
    assert list(fen) == ["蒙A12345", "蒙B99999"]
    way.reduced(bench, Application, key, (fen["蒙A12345"], *way.CUT))
    act_on(bench, Application, key, "league_officer", "first_review")
    assert "near" not in passed(bench, key)
    assert way.proven(bench)


def test_it_may_be_returned_or_declined_meanwhile(bench: jobs.Bench) -> None:
    pair(bench)
    key = reviewed(bench)
    act_on(bench, Application, key, "league_approver", "return", **WHY)
    assert lacks(bench) == []
    act_on(bench, Application, key, "clerk", "prepare")
    act_on(bench, Application, key, "manager", "apply")
    act_on(bench, Application, key, "league_officer", "first_review")
    act_on(bench, Application, key, "league_approver", "decline", **WHY)
    assert way.proven(bench)


def test_who_cleared_a_pair_does_not_pass_its_application(bench: jobs.Bench) -> None:
    pair(bench)
    key = reviewed(bench)
    judge(bench, login="league_approver")
    with pytest.raises(Conflict, match="cleared YS-00001（蒙A12345） yourself"):
        passed(bench, key)
    judge(bench, verdict="same")
    judge(bench)
    passed(bench, key)
    assert way.proven(bench)


def test_a_pair_whose_other_side_is_gone_holds_nothing(bench: jobs.Bench) -> None:
    pair(bench)
    key = reviewed(bench)
    journeys.withdraw(bench, 2, "other_clerk")
    assert "near" not in passed(bench, key)
    assert way.proven(bench)


def test_each_league_says_it_for_its_own_side(bench: jobs.Bench) -> None:
    pair(bench)
    with bench.database.reading() as session:
        query = visible_near_pairs(person(session, "league_officer"))
        assert len(session.scalars(query).all()) == 1
    moved(bench, "league_officer", league_code="150900")
    with pytest.raises(NotAllowed, match="own shipments"):
        judge(bench)
    with bench.database.reading() as session:
        for login, seen in (("league_officer", 0), ("clerk", 0), ("commerce_officer", 1)):
            query = visible_near_pairs(person(session, login))
            assert len(session.scalars(query).all()) == seen, login
    for login in ("league_finance", "commerce_officer", "auditor", "clerk"):
        with pytest.raises(NotAllowed):
            judge(bench, login=login)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"verdict": ""}, Refused),
        ({"reason_code": "other"}, Refused),
        ({"reason_code": ""}, flow.ReasonMissing),
        ({"reason": "  "}, flow.ReasonMissing),
        ({"shown_sha256": "0" * 64}, Conflict),
    ],
)
def test_what_is_said_needs_a_verdict_a_reason_and_what_was_shown(
    bench: jobs.Bench, said: dict[str, str], error: type[Exception]
) -> None:
    pair(bench)
    with pytest.raises(error):
        judge(bench, 1, **said)
    assert way.count(bench, NearVerdict) == 0


def test_what_was_said_stays_and_is_told_in_the_audit_log(bench: jobs.Bench) -> None:
    pair(bench)
    judge(bench)
    with pytest.raises(Conflict, match="said so of YS-00001"):
        judge(bench, login="league_approver")
    judge(bench, verdict="same", login="league_approver")
    with bench.database.reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "near_pair.judge"))
        assert [(one.login, one.detail["verdict"]) for one in told] == [
            ("league_officer", "apart"),
            ("league_approver", "same"),
        ]
    for table in (NearPair, NearVerdict):
        refused(bench.database, "only added to|refuse", update(table).values(seq=1), delete(table))


def test_what_stood_before_pairs_were_kept_is_looked_through_part_by_part(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_pairs, "SWEPT", 1)
    found = near_pairs.find
    monkeypatch.setattr(near_pairs, "find", lambda *_: [])
    pair(bench)
    monkeypatch.setattr(near_pairs, "find", found)
    assert pairs(bench) == []
    bench.database.transact(lambda session: version().ask(session.connection()))
    jobs.drain(bench)
    assert pairs(bench) == [("YS-00001", ["truck", "seal", "batch"])]
    with bench.database.reading() as session:
        assert len(session.scalars(select(Job).where(Job.kind == near_pairs.SWEEP)).all()) == 3
    assert way.proven(bench)


def test_books_without_shipments_have_nothing_to_look_through(bench: jobs.Bench) -> None:
    bench.database.transact(lambda session: version().ask(session.connection()))
    with bench.database.reading() as session:
        assert session.scalars(select(Job).where(Job.kind == near_pairs.SWEEP)).all() == []


def version() -> ModuleType:
    """The migration that made the tables."""
    (found,) = VERSIONS.glob("*_near_pairs.py")
    spec = importlib.util.spec_from_file_location("near_pairs_version", found)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def both_applied(bench: jobs.Bench) -> None:
    """Two firms apply, each for its side of a pair that is one trip, and for one truck more."""
    take(bench, row("W8", "蒙B88888"))
    take(bench, row("W9", "蒙B99999"), login="other_clerk")
    pair(bench)
    way.applied(bench)
    way.applied(bench, "other_")
    judge(bench, verdict="same")


def off(bench: jobs.Bench, key: int, label: str) -> None:
    """Take a line of an application off wholly."""
    with bench.database.reading() as session:
        lines = application.lines(session, session.get_one(Application, key))
        cuts = [
            (one.applied_fen, *way.CUT) if one.item.subject.label == label else NOTHING
            for one in lines
        ]
    way.reduced(bench, Application, key, *cuts)


def test_of_one_trip_the_side_that_is_left_passes_once_the_other_is_off(bench: jobs.Bench) -> None:
    both_applied(bench)
    off(bench, 2, "蒙A12346")
    for key in (1, 2):
        act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(Conflict, match="YS-00001"):
        passed(bench, 1)
    assert "near" not in passed(bench, 2)
    assert len(passed(bench, 1)["near"]) == 1
    assert way.proven(bench)


def test_of_one_trip_the_side_that_is_left_passes_once_the_other_is_declined(
    bench: jobs.Bench,
) -> None:
    both_applied(bench)
    for key in (1, 2):
        act_on(bench, Application, key, "league_officer", "first_review")
    act_on(bench, Application, 2, "league_approver", "decline", **WHY)
    passed(bench, 1)
    assert way.proven(bench)


def test_what_was_passed_without_a_line_and_came_back_holds_again(bench: jobs.Bench) -> None:
    both_applied(bench)
    off(bench, 2, "蒙A12346")
    for key in (1, 2):
        act_on(bench, Application, key, "league_officer", "first_review")
    passed(bench, 2)
    act_on(bench, Application, 2, "league_approver", "return", **WHY)
    with pytest.raises(Conflict, match="YS-00001"):
        passed(bench, 1)
    assert way.proven(bench)


def test_one_trip_within_one_application_passes_once(bench: jobs.Bench) -> None:
    take(bench, row("W1", "蒙A12345", **SEAL), row("W2", "蒙A12346", **SEAL))
    way.applied(bench)
    judge(bench, verdict="same")
    act_on(bench, Application, 1, "league_officer", "return", **WHY)
    way.apply(bench, 1)
    act_on(bench, Application, 1, "league_officer", "first_review")
    with pytest.raises(Conflict, match="1 pairs"):
        passed(bench, 1)
    act_on(bench, Application, 1, "league_approver", "return", **WHY)
    way.apply(bench, 1)
    off(bench, 1, "蒙A12346")
    act_on(bench, Application, 1, "league_officer", "first_review")
    passed(bench, 1)
    assert way.proven(bench)
