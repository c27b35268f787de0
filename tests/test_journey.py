"""One manifest from upload to disbursed, to the fen; and what must not happen on the way."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tracker import jobs, verify
from tracker.books import ledger
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.filings import Filing
from tracker.models.money import Assessment, Entry, Item
from tracker.settings import Settings
from tracker.steps import filing, manifests, review

RATE = journeys.RATE_FEN


def test_a_manifest_goes_from_upload_to_disbursed_to_the_fen(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(3)]
    key = journeys.upload(bench, journeys.sheet(*rows))
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        assert manifest.state == "checked"
        assert manifest.estimate_fen == 3 * RATE
    journeys.commit(bench, key)
    assert way.stages(bench) == {"accrued": 3 * RATE}

    application_id = way.applied(bench)
    assert way.stages(bench) == {"applied": 3 * RATE}
    filing_id = way.filed(bench, application_id)
    assert way.stages(bench) == {"filed": 3 * RATE}
    way.a_fund(bench, 10 * RATE)
    way.approve(bench, filing_id)
    assert way.stages(bench) == {"approved": 3 * RATE}

    (paid,) = way.disbursements(bench, way.allotted(bench, filing_id, 3 * RATE))
    way.instructed(bench, paid)
    assert way.stages(bench) == {"instructed": 3 * RATE}
    way.confirmed(bench, paid)
    assert way.stages(bench) == {"disbursed": 3 * RATE}
    with bench.database.reading() as session:
        fund = ledger.balance(session, ledger.limit("used", f"fund:{way.FUND}"))
        spent = ledger.balance(session, ledger.limit("used", "allotment:示例预〔2026〕2号"))
    assert (fund, spent) == (3 * RATE, 3 * RATE)


def test_the_same_file_twice_is_told_and_counts_once(bench: jobs.Bench) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    with pytest.raises(Conflict, match="uploaded before"):
        journeys.upload(bench, raw, name="又一次.csv")
    assert way.count(bench, Manifest) == 1
    assert way.stages(bench) == {"accrued": RATE}


def test_the_same_rows_in_another_file_and_encoding_are_nothing_new(bench: jobs.Bench) -> None:
    rows = [journeys.row("W1", "蒙A10001"), journeys.row("W2", "蒙A10002")]
    journeys.take_in(bench, *rows)
    entries = way.count(bench, Entry)
    again = journeys.upload(bench, journeys.sheet(*reversed(rows), encoding="utf-8"))
    with bench.database.reading() as session:
        preview = manifests.preview_of(session, session.get_one(Manifest, again))
    assert preview.counts == {"unchanged": 2, "not_data": preview.counts["not_data"]}
    journeys.commit(bench, again)
    assert (way.count(bench, Shipment), way.count(bench, CargoLine)) == (2, 2)
    assert way.count(bench, Assessment) == 2
    assert way.count(bench, Entry) == entries + 1, "only the commit itself is an entry"


def test_three_waybills_on_one_truck_are_paid_one_trip(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}") for number in range(3)]
    journeys.take_in(bench, *rows)
    assert (way.count(bench, Shipment), way.count(bench, CargoLine)) == (1, 3)
    assert way.stages(bench) == {"accrued": RATE}


def test_an_empty_run_is_paid_nothing_with_a_reason(bench: jobs.Bench) -> None:
    empty = journeys.row("W1", **{"重空标志": "空", "毛重(KG)": ""})
    journeys.take_in(bench, empty)
    assert way.stages(bench) == {}
    with bench.database.reading() as session:
        one = session.scalars(select(Assessment)).one()
    assert one.outcome == "refused"
    assert one.tally["reasons"][0]["zh"] == "空驶不予补贴"


def test_shipments_wait_for_a_method_and_are_assessed_once_it_is_recorded(
    database: Database, settings: Settings
) -> None:
    bench = journeys.peopled(database, settings)
    rows = [journeys.row("W1", "蒙A10001"), journeys.row("W2", "蒙A10002")]
    journeys.take_in(bench, *rows)
    with bench.database.reading() as session:
        waits = {shipment.waits_for for shipment in session.scalars(select(Shipment))}
    assert waits == {"No method is in force on the departure day."}
    assert way.stages(bench) == {}
    journeys.record_method(bench)
    jobs.drain(bench)
    assert way.stages(bench) == {"accrued": 2 * RATE}
    with bench.database.reading() as session:
        assert {shipment.waits_for for shipment in session.scalars(select(Shipment))} == {""}
    entries = way.count(bench, Entry)
    more = journeys.sheet(journeys.row("W3", "蒙A10003"))
    journeys.commit(bench, journeys.upload(bench, more))
    assert way.stages(bench) == {"accrued": 3 * RATE}
    assert way.count(bench, Assessment) == 3, "what stood was not assessed again"
    assert way.count(bench, Entry) == entries + 2, "the commit and one accrual"


def test_a_corrected_row_is_a_new_version_and_money_follows_by_difference(
    bench: jobs.Bench,
) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    emptied = journeys.row("W1", **{"重空标志": "空", "毛重(KG)": ""})
    again = journeys.upload(bench, journeys.sheet(emptied))
    with bench.database.reading() as session:
        states = session.scalars(
            select(ManifestRow.state).where(
                ManifestRow.manifest_id == again, ManifestRow.state != "not_data"
            )
        ).all()
    assert states == ["changed"]
    journeys.commit(bench, again)
    assert way.stages(bench) == {}
    assert (way.count(bench, Shipment), way.count(bench, CargoLine), way.count(bench, Item)) == (
        1,
        2,
        1,
    )


def test_a_second_firm_claiming_the_same_truck_is_contested_and_earns_nothing(
    bench: jobs.Bench,
) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    other = journeys.upload(bench, raw, login="other_clerk")
    journeys.commit(bench, other, login="other_clerk")
    assert way.stages(bench) == {"accrued": RATE}
    with bench.database.reading() as session:
        states = session.scalars(select(Shipment.state).order_by(Shipment.id)).all()
    assert states == ["standing", "contested"]


def test_what_was_applied_for_cannot_be_changed_by_another_upload(bench: jobs.Bench) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    way.applied(bench)
    journeys.take_in(bench, journeys.row("W1", 件数="7"))
    assert way.stages(bench) == {"applied": RATE}
    assert way.count(bench, CargoLine) == 1


def test_two_people_are_needed_wherever_it_is_said(bench: jobs.Bench) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    key = way.applied(bench)
    with pytest.raises(NotAllowed):
        journeys.act_on(bench, Application, key, "clerk", "first_review")
    journeys.act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(NotAllowed):
        journeys.act_on(bench, Application, key, "league_officer", "pass")
    assert way.stages(bench) == {"applied": RATE}


def test_a_returned_application_gives_its_money_back_and_can_be_applied_for_again(
    bench: jobs.Bench,
) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    key = way.applied(bench)
    with pytest.raises(Refused, match="reason"):
        journeys.act_on(bench, Application, key, "league_officer", "return")
    journeys.act_on(
        bench,
        Application,
        key,
        "league_officer",
        "return",
        reason_code="evidence_missing",
        reason="缺少报关单",
    )
    assert way.stages(bench) == {"accrued": RATE}
    way.apply(bench, key)
    assert way.stages(bench) == {"applied": RATE}


def test_reductions_at_both_reviews_stand_beside_what_was_applied_for(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(2)]
    journeys.take_in(bench, *rows)
    key = way.applied(bench)
    with pytest.raises(Refused, match="reason code and words"):
        way.reduced(bench, Application, key, (100, "", ""))
    way.reduced(bench, Application, key, (100, *way.CUT))
    filing_id = way.filed(bench, key)
    assert way.stages(bench) == {"filed": 2 * RATE - 100}

    def reduce_other(session: Session) -> None:
        line = filing.lines(session, session.get_one(Filing, filing_id))[-1]
        review.reduce(session, line, 2_000, "freight_unproven", "运费发票不足")

    bench.database.transact(reduce_other)
    way.a_fund(bench, 2 * RATE)
    way.approve(bench, filing_id)
    assert way.stages(bench) == {"approved": 2 * RATE - 2_100}


def test_a_returned_filing_goes_back_to_the_league_and_is_filed_again(bench: jobs.Bench) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    key = way.applied(bench)
    first = way.filed(bench, key)
    journeys.act_on(
        bench,
        Filing,
        first,
        "commerce_officer",
        "return",
        reason_code="evidence_missing",
        reason="请补充提单",
    )
    assert way.stages(bench) == {"applied": RATE}
    second = way.filing_drafted(bench, key, document_no="示例呼商字〔2026〕2号")
    way.file(bench, second)
    assert way.stages(bench) == {"filed": RATE}


def test_a_fund_that_does_not_reach_is_never_overdrawn(bench: jobs.Bench) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    key = way.filed(bench, way.applied(bench))
    way.a_fund(bench, RATE - 1)
    with pytest.raises(Conflict):
        way.approve(bench, key)
    assert way.stages(bench) == {"filed": RATE}


def test_the_books_of_the_whole_journey_verify(bench: jobs.Bench, settings: Settings) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    way.filed(bench, way.applied(bench))
    report = verify.verify(settings.database_url, rules=journeys.REGISTRY.rules)
    assert not report.faults
