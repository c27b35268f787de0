"""Files of customs and ports are held against shipments; results follow corrections and stay."""

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tests import crossed, journeys, way
from tests.crossed import row, sheet
from tests.ingest.further_samples import laid_out, leg
from tests.ingest.manifest_samples import csv_bytes
from tests.journeys import NOW
from tracker import jobs
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import (
    CrossCheckComparison,
    CrossCheckFile,
    CrossCheckNamed,
    CrossCheckResult,
    CrossCheckRow,
)
from tracker.models.people import League
from tracker.models.work import Job
from tracker.steps import cross_asking, cross_checks, cross_comparing, cross_verdicts

PLATES = [f"蒙A{10_000 + number}" for number in range(4)]


def rows_of(bench: jobs.Bench, key: int = 1) -> dict[int, str]:
    """Number of a row of the newest reading -> its state."""
    with bench.database.reading() as session:
        reading = cross_checks.newest_reading(session, session.get_one(CrossCheckFile, key))
        assert reading is not None
        query = select(CrossCheckRow).where(CrossCheckRow.reading_id == reading.id)
        return {one.row_no: one.state for one in session.scalars(query)}


def test_each_shipment_agrees_is_near_differs_or_has_no_answer(bench: jobs.Bench) -> None:
    way.shipped(bench, 4)
    crossed.upload(
        bench,
        sheet(
            row(0),
            row(1, 进出境日期="2026-03-05"),
            row(2, 毛重="9000", 件数="99"),
            row(77),
        ),
    )
    assert crossed.outcomes(bench) == dict(
        zip(PLATES, ("agrees", "near", "differs", "no_answer"), strict=True)
    )
    assert crossed.differing(bench, PLATES[2]) == {
        "packages": (["100"], ["99"]),
        "gross_weight_kg": (["8000"], ["9000"]),
    }
    assert rows_of(bench) == {1: "not_data", 2: "data", 3: "data", 4: "data", 5: "data"}
    with bench.database.reading() as session:
        named = session.scalars(select(CrossCheckNamed.row_id)).all()
        numbers = select(CrossCheckRow.row_no).where(CrossCheckRow.id.in_(named))
        assert set(session.scalars(numbers)) == {2, 3, 4}


def test_a_cross_check_changes_no_amount(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    before = way.accrued(bench)
    crossed.upload(bench, sheet(row(0, 毛重="1")))
    assert way.accrued(bench) == before
    assert way.proven(bench)


def test_a_corrected_manifest_is_compared_anew_and_the_old_result_stays(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0), row(1, 毛重="8500")))
    assert crossed.outcomes(bench)[PLATES[1]] == "differs"
    corrected = journeys.row("W1", PLATES[1], **{"毛重(KG)": "8500"})
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(corrected)))
    assert crossed.outcomes(bench) == dict.fromkeys(PLATES[:2], "agrees")
    with bench.database.reading() as session:
        query = select(CrossCheckResult).join(Shipment).where(Shipment.label == PLATES[1])
        old, new = session.scalars(query.order_by(CrossCheckResult.id))
        assert (old.standing, old.outcome, old.shipment_version_no) == (False, "differs", 1)
        assert (new.standing, new.outcome, new.shipment_version_no) == (True, "agrees", 2)
        assert session.scalar(select(func.count(CrossCheckResult.id))) == 3, "the other one stays"


def test_what_comes_later_is_compared_by_itself_and_what_goes_is_not_any_more(
    bench: jobs.Bench,
) -> None:
    crossed.upload(bench, sheet(row(0)))
    assert crossed.outcomes(bench) == {}
    key = way.shipped(bench, 2)
    assert crossed.outcomes(bench) == {PLATES[0]: "agrees", PLATES[1]: "no_answer"}
    journeys.withdraw(bench, key)
    assert crossed.outcomes(bench) == {}


def test_a_shipment_of_another_time_is_no_reason_to_compare(bench: jobs.Bench) -> None:
    crossed.upload(bench, sheet(row(0)), first_day=date(2025, 3, 1), last_day=date(2025, 3, 31))
    way.shipped(bench, 1)
    with bench.database.reading() as session:
        asked = select(func.count(Job.id)).where(Job.kind == cross_asking.COMPARE)
        assert session.scalar(asked) == 1


def test_shipments_of_another_league_are_no_reason_to_compare(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)

    def elsewhere(session: Session) -> None:
        query = select(League).where(League.code == "150200")
        league = session.scalars(query).one()
        session.add(journeys.user("elsewhere", "league_officer", league_id=league.id))

    bench.database.transact(elsewhere)
    crossed.upload(bench, sheet(row(0)), login="elsewhere")
    crossed.upload(bench, sheet(row(0)), login="commerce_officer")
    manifest = journeys.upload(bench, journeys.sheet(journeys.row("W0", PLATES[0], 件数="7")))
    with bench.database.reading() as session:
        asked = select(func.count(Job.id)).where(Job.kind == cross_asking.COMPARE)
        before = session.scalar(asked)
        assert before is not None
        journeys.commit(bench, manifest)
        session.rollback()
        assert session.scalar(asked) == before + 1, "of what Commerce brought"


def test_legs_that_come_later_name_the_tractor_at_the_border(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    headings = ("境外车牌号", *crossed.HEADINGS[1:], "货物运输批次号")
    said = ["1001УБА", *row(0)[1:], f"B{PLATES[0][1:]}"]
    crossed.upload(bench, sheet(said, headings=headings))
    assert crossed.outcomes(bench)[PLATES[0]] == "agrees", "we say nothing of a plate abroad"
    legs = [
        leg(1, waybill_no="W0", tractor_plate=PLATES[0], depart_at="2026-03-02 08:00"),
        leg(2, waybill_no="W0", tractor_plate="1001УБА", depart_at="2026-03-04 08:00"),
    ]
    ends = ({"arrive_at": "2026-03-03 10:00"}, {"arrive_at": "2026-03-06 10:00"})
    raw = csv_bytes(laid_out("legs", [one | end for one, end in zip(legs, ends, strict=True)]))
    journeys.commit(bench, journeys.upload(bench, raw))
    with bench.database.reading() as session:
        (one,) = session.scalars(select(CrossCheckResult).where(CrossCheckResult.standing))
        assert "foreign_plate" in {found["field"] for found in one.findings}


def test_comparing_twice_is_comparing_once(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = crossed.upload(bench, sheet(row(0), row(1, 件数="7")))

    def again(session: Session) -> None:
        file = session.get_one(CrossCheckFile, key)
        cross_asking.ask(session, file, "again", NOW)
        cross_asking.ask(session, file, "and again", NOW)

    bench.database.transact(again)
    assert jobs.drain(bench) == 1, "one waits already"
    assert way.count(bench, CrossCheckComparison) == 1
    assert way.count(bench, CrossCheckResult) == 2


def test_what_changed_while_it_was_compared_is_left_to_the_next_comparison(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    key = crossed.upload(bench, sheet(row(0, 件数="7")))
    with bench.database.reading() as session:
        made = cross_comparing.plan(session, session.get_one(CrossCheckFile, key))
    assert made is not None
    corrected = journeys.row("W0", PLATES[0], 件数="7")
    manifest = journeys.upload(bench, journeys.sheet(corrected))
    held_up = replace(made, new={1: _stale()})
    journeys.commit(bench, manifest)
    assert crossed.outcomes(bench) == {PLATES[0]: "agrees"}

    def late(session: Session) -> None:
        file = session.get_one(CrossCheckFile, key)
        last = cross_comparing.newest_comparison(session, file)
        assert last is not None
        cross_comparing.carry_out(session, file, replace(held_up, after=last.id), NOW)

    bench.database.transact(late)
    assert crossed.outcomes(bench) == {PLATES[0]: "agrees"}
    crossed.answer(bench, key, Answer(kind="column", column="D", value=""), drain=False)
    assert jobs.work_once(bench), "it is read anew"
    bench.database.transact(late)
    assert crossed.outcomes(bench) == {PLATES[0]: "agrees"}
    jobs.drain(bench)
    with bench.database.reading() as session:
        (one,) = session.scalars(select(CrossCheckResult).where(CrossCheckResult.standing))
        assert "packages" not in {found["field"] for found in one.findings}


def _stale() -> cross_comparing.Said:
    """What was found of the first version of the shipment."""
    return cross_comparing.Said(1, "differs", "[]", ())


def test_of_two_comparisons_at_a_time_the_later_one_is_made_anew(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = crossed.upload(bench, sheet(row(0, 件数="7")))
    with bench.database.reading() as session:
        made = cross_comparing.plan(session, session.get_one(CrossCheckFile, key))
    way.shipped(bench, 1, first=1)
    assert crossed.outcomes(bench)[PLATES[1]] == "no_answer"

    def late(session: Session) -> None:
        cross_comparing.carry_out(session, session.get_one(CrossCheckFile, key), made, NOW)

    bench.database.transact(late)
    assert jobs.drain(bench) == 1
    assert crossed.outcomes(bench) == {PLATES[0]: "differs", PLATES[1]: "no_answer"}
    assert way.count(bench, CrossCheckComparison) == 2


def test_a_row_that_fits_two_shipments_is_told_and_neither_has_an_answer(
    bench: jobs.Bench,
) -> None:
    rows = [journeys.row("W0", plate) for plate in PLATES[:3]]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    headings = ("运单号", *crossed.HEADINGS)
    said = [["W0", *row(0, 运输工具名称="")], ["", *row(2)]]
    key = crossed.upload(bench, sheet(*said, headings=headings))
    assert crossed.outcomes(bench) == {PLATES[2]: "agrees"}
    with bench.database.reading() as session:
        file = session.get_one(CrossCheckFile, key)
        comparison = cross_comparing.newest_comparison(session, file)
        assert comparison is not None
        assert [len(keys) for keys in comparison.several.values()] == [3]


def test_of_several_files_the_worst_counts(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    crossed.upload(bench, sheet(row(0, 件数="9"), row(1)))
    crossed.upload(bench, sheet(row(0), row(1)), source="port", source_name="示例口岸")
    with bench.database.reading() as session:
        first, last = session.scalars(
            select(Shipment.id).order_by(cross_verdicts.worst_first(Shipment.id))
        )
        assert first < last
        for outcome, found in (("differs", [first]), ("agrees", [first, last]), ("near", [])):
            said = select(Shipment.id).where(cross_verdicts.says(Shipment.id, outcome))
            assert session.scalars(said.order_by(Shipment.id)).all() == found
