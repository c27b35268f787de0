"""A committed upload is taken back: nothing is deleted, nothing is paid, what was before stands."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN, commit, row, sheet, take_in, upload, withdraw
from tests.tracker.test_shipments import BOX, live, taken_in, truck
from tracker import jobs, verify
from tracker.errors import Conflict
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine, ClaimKey, Manifest, Shipment
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.money import Entry
from tracker.models.work import AuditEvent, Job
from tracker.steps import confirmations, manifests, withdrawal


def packages(bench: jobs.Bench) -> list[tuple[str, int]]:
    """What stands: shipment by label, packages of its line."""
    with bench.database.reading() as session:
        query = select(Shipment.label, CargoLine.packages).join_from(CargoLine, Shipment)
        found = session.execute(query.where(CargoLine.standing).order_by(Shipment.label))
        return [(label, number) for label, number in found]


def sound(bench: jobs.Bench) -> bool:
    """Whether the books verify."""
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return not report.faults


def test_a_withdrawn_upload_gives_everything_back_and_its_bytes_can_come_again(
    bench: jobs.Bench,
) -> None:
    raw = sheet(truck(1, **BOX), truck(2))
    first = upload(bench, raw)
    commit(bench, first)
    lines = way.count(bench, CargoLine)
    assert withdraw(bench, first) == "done"
    assert way.stages(bench) == {}
    assert way.states(bench, Shipment) == ["withdrawn", "withdrawn"]
    assert live(bench) == []
    assert way.count(bench, CargoLine) == lines, "nothing is deleted"
    with bench.database.reading() as session:
        assert session.get_one(Manifest, first).state == "withdrawn"
        assert session.scalars(select(ClaimKey).where(ClaimKey.released_seq.is_(None))).all() == []
        kinds = session.scalars(select(Entry.kind).order_by(Entry.seq.desc()).limit(2)).all()
        assert kinds == ["accrue.release", "manifest.withdraw"]
    again = upload(bench, raw)
    commit(bench, again)
    assert (way.states(bench, Shipment), way.stages(bench)) == (
        ["standing"] * 2,
        {"accrued": 2 * RATE_FEN},
    )
    assert withdraw(bench, again) == "done"
    assert way.stages(bench) == {}
    assert sound(bench)


def test_who_withdraws_and_comes_again_stands_at_the_end_of_the_queue(bench: jobs.Bench) -> None:
    first = take_in(bench, truck(1))
    taken_in(bench, truck(2), login="other_clerk")
    withdraw(bench, first)
    taken_in(bench, truck(1))
    with bench.database.reading() as session:
        queue = session.scalars(select(Shipment.label).order_by(Shipment.accepted_seq)).all()
    assert queue == ["蒙A10002", "蒙A10001"]


def test_what_a_correction_changed_stands_again_as_it_was_when_that_is_withdrawn(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1), truck(2))
    correction = take_in(bench, truck(1, 件数="7"), truck(3))
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100), ("蒙A10003", 100)]
    assert withdraw(bench, correction) == "done"
    assert packages(bench) == [("蒙A10001", 100), ("蒙A10002", 100)]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert sound(bench)


def test_a_correction_stays_when_what_it_corrected_is_withdrawn(bench: jobs.Bench) -> None:
    first = take_in(bench, truck(1))
    correction = take_in(bench, truck(1, 件数="7"))
    assert withdraw(bench, first) == "done"
    assert packages(bench) == [("蒙A10001", 7)]
    assert withdraw(bench, correction) == "done"
    assert packages(bench) == []
    assert way.stages(bench) == {}


def test_a_row_that_another_upload_says_too_goes_on_standing_by_that_one(
    bench: jobs.Bench,
) -> None:
    first = take_in(bench, truck(1), truck(2))
    second = take_in(bench, truck(1), truck(3))
    entries = way.count(bench, Entry)
    assert withdraw(bench, first) == "done"
    assert [label for label, _ in packages(bench)] == ["蒙A10001", "蒙A10003"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    with bench.database.reading() as session:
        one = session.scalars(select(Shipment).where(Shipment.label == "蒙A10001")).one()
        assert one.version_no == 1, "nothing about it changed"
    assert way.count(bench, Entry) == entries + 2, "only the other truck's money moved"
    assert withdraw(bench, second) == "done"
    assert way.stages(bench) == {}


def test_an_upload_of_which_money_was_applied_for_stays_whole_and_says_which(
    bench: jobs.Bench,
) -> None:
    first = way.shipped(bench)
    way.applied(bench)
    second = take_in(bench, row("W0", "蒙A10000"), truck(2))
    with pytest.raises(Conflict) as refused:
        withdraw(bench, first)
    assert refused.value.values == {"labels": "蒙A10000"}
    assert way.stages(bench) == {"accrued": RATE_FEN, "applied": RATE_FEN}
    assert withdraw(bench, second) == "done", "it stands by the first upload"
    assert way.stages(bench) == {"applied": RATE_FEN}
    journeys.act_on(
        bench,
        Application,
        1,
        "league_officer",
        "return",
        reason_code="other",
        reason="请补充材料",
    )
    assert withdraw(bench, first) == "done"
    assert way.stages(bench) == {}


def test_money_that_is_applied_for_after_the_asking_stays(bench: jobs.Bench) -> None:
    key = way.shipped(bench)

    def ask(session: Session) -> int:
        clerk = journeys.person(session, "clerk")
        return withdrawal.ask(session, clerk, session.get_one(Manifest, key), journeys.NOW).id

    asked = bench.database.transact(ask)
    with pytest.raises(Conflict, match="being withdrawn already"):
        bench.database.transact(ask)
    way.applied(bench)
    jobs.drain(bench)
    with bench.database.reading() as session:
        one = session.get_one(ManifestWithdrawal, asked)
        assert (one.state, one.settled) == ("refused", ["蒙A10000"])
        assert session.get_one(Manifest, key).state == "committed"
    assert (way.states(bench, Shipment), way.stages(bench)) == (["standing"], {"applied": RATE_FEN})


def test_a_withdrawal_that_finds_further_rows_going_in_fails_and_can_be_asked_again(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1))
    key = upload(bench, sheet(truck(1, 件数="7"), truck(2)))
    commit(bench, key, verdict="")

    def ask(session: Session) -> int:
        clerk, manifest = journeys.person(session, "clerk"), session.get_one(Manifest, key)
        one = withdrawal.ask(session, clerk, manifest, journeys.NOW)
        confirmations.give(session, clerk, manifest, "confirm", None, journeys.NOW)
        manifests.ask_commit(session, clerk, manifest, journeys.NOW)
        return one.id

    asked = bench.database.transact(ask)
    jobs.drain(bench)
    with bench.database.reading() as session:
        assert session.get_one(ManifestWithdrawal, asked).state == "failed"
        assert session.get_one(Manifest, key).state == "committed"
        query = select(AuditEvent.outcome).where(AuditEvent.action == "manifest.withdraw")
        assert session.scalars(query).all() == ["failed"]
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100)]
    assert withdraw(bench, key) == "done"


def test_an_application_prepared_before_the_withdrawal_cannot_be_signed(bench: jobs.Bench) -> None:
    key = way.shipped(bench)
    draft = way.drafted(bench)
    journeys.act_on(bench, Application, draft, "clerk", "prepare")
    assert withdraw(bench, key) == "done"
    with pytest.raises(Conflict, match="has changed since the draft"):
        journeys.act_on(bench, Application, draft, "manager", "apply")
    assert way.stages(bench) == {}


def test_who_lost_the_claim_stays_contested_and_is_not_paid_until_they_come_again(
    bench: jobs.Bench,
) -> None:
    winner = take_in(bench, truck(1, **BOX))
    loser = take_in(bench, truck(2, **BOX), login="other_clerk")
    assert withdraw(bench, winner) == "done"
    assert (way.states(bench, Shipment), way.stages(bench)) == (["withdrawn", "contested"], {})
    assert withdraw(bench, loser, login="other_clerk") == "done"
    assert taken_in(bench, truck(2, **BOX), login="other_clerk") == ["new"]
    assert (way.states(bench, Shipment), way.stages(bench)) == (
        ["withdrawn", "standing"],
        {"accrued": RATE_FEN},
    )


@pytest.mark.no_cover
def test_a_correction_that_lost_a_claim_is_undone_by_its_withdrawal(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1, **BOX))
    taken_in(bench, truck(2), login="other_clerk")
    correction = take_in(bench, truck(2, **BOX), login="other_clerk")
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert withdraw(bench, correction, login="other_clerk") == "done"
    assert (way.states(bench, Shipment), way.stages(bench)) == (
        ["standing"] * 2,
        {"accrued": 2 * RATE_FEN},
    )


def test_what_stands_again_is_contested_where_its_claim_was_taken_meanwhile(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX))
    correction = take_in(bench, truck(1))
    assert taken_in(bench, truck(2, **BOX), login="other_clerk") == ["new"]
    assert withdraw(bench, correction) == "done"
    assert (way.states(bench, Shipment), way.stages(bench)) == (
        ["contested", "standing"],
        {"accrued": RATE_FEN},
    )
    assert sound(bench)


def test_a_truck_whose_day_came_late_waits_again_for_it_when_that_is_withdrawn(
    bench: jobs.Bench,
) -> None:
    take_in(bench, truck(1, 出境日期=""))
    late = take_in(bench, truck(1))
    assert withdraw(bench, late) == "done"
    with bench.database.reading() as session:
        one = session.scalars(select(Shipment)).one()
        assert (one.border_exit_date, one.unit_key) == (None, "ROAD|BA10001|蒙A10001|2026-03-02")
    assert taken_in(bench, truck(1, 件数="9")) == ["changed"]
    assert packages(bench) == [("蒙A10001", 9)]


def test_a_withdrawal_that_failed_for_good_leaves_the_upload_as_it_was(bench: jobs.Bench) -> None:
    key = way.shipped(bench)

    def give_up(session: Session) -> int:
        clerk = journeys.person(session, "clerk")
        one = withdrawal.ask(session, clerk, session.get_one(Manifest, key), journeys.NOW)
        job = session.scalars(select(Job).where(Job.kind == withdrawal.JOB)).one()
        jobs.GIVEN_UP[job.kind](session, job)
        job.state = "dead"
        return one.id

    asked = bench.database.transact(give_up)
    with bench.database.reading() as session:
        assert session.get_one(ManifestWithdrawal, asked).state == "failed"
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert withdraw(bench, key) == "done"


def test_only_a_committed_upload_is_taken_back_like_this(bench: jobs.Bench) -> None:
    key = upload(bench, sheet(truck(1)))
    with pytest.raises(Conflict, match="Only a committed upload"):
        withdraw(bench, key)


def test_a_withdrawal_that_breaks_at_its_very_end_has_not_happened(bench: jobs.Bench) -> None:
    key = way.shipped(bench)

    def breaks(session: Session) -> None:
        clerk = journeys.person(session, "clerk")
        one = withdrawal.ask(session, clerk, session.get_one(Manifest, key), journeys.NOW)
        withdrawal.carry_out(session, bench.registry, one, "clerk", journeys.NOW)
        withdrawal.carry_out(session, bench.registry, one, "clerk", journeys.NOW)
        assert session.get_one(Manifest, key).state == "withdrawn"
        raise KeyError(key)

    with pytest.raises(KeyError):
        bench.database.transact(breaks)
    assert (way.states(bench, Shipment), way.stages(bench)) == (["standing"], {"accrued": RATE_FEN})
    assert withdraw(bench, key) == "done"
