"""One manifest from upload to disbursed, to the fen; and what must not happen on the way."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import journeys
from tracker import jobs, verify
from tracker.books import ledger
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.models.methods import Programme
from tracker.models.money import Assessment, Entry, Item, ItemStage
from tracker.models.people import League
from tracker.papers import sheets
from tracker.settings import Settings
from tracker.steps import (
    allotment,
    application,
    disbursement,
    filing,
    first_review,
    flow,
    manifests,
    review,
)

PERIOD = (date(2026, 1, 1), date(2026, 3, 31))
RATE = journeys.RATE_FEN


@pytest.fixture
def bench(database: Database, settings: Settings) -> jobs.Bench:
    return journeys.bench(database, settings)


def stages(bench: jobs.Bench) -> dict[str, int]:
    with bench.database.reading() as session:
        query = select(ItemStage.stage, func.sum(ItemStage.balance)).group_by(ItemStage.stage)
        return {stage: int(fen) for stage, fen in session.execute(query) if fen}


def count(bench: jobs.Bench, table: type[object]) -> int:
    with bench.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def applied(bench: jobs.Bench) -> int:
    def draft(session: Session) -> int:
        clerk = journeys.person(session, "clerk")
        league = session.scalars(select(League).where(League.code == journeys.LEAGUE)).one()
        programme = session.scalars(select(Programme)).one()
        one = application.draft(session, clerk, league, programme, *PERIOD)
        application.fill_in(
            session,
            one,
            bank_name="示例银行",
            bank_account="6222",
            promised=True,
            no_other_subsidy=True,
        )
        return one.id

    key = bench.database.transact(draft)
    journeys.act_on(bench, Application, key, "clerk", "prepare")
    journeys.act_on(bench, Application, key, "manager", "apply")
    return key


def filed(bench: jobs.Bench, application_id: int) -> int:
    journeys.act_on(bench, Application, application_id, "league_officer", "first_review")
    journeys.act_on(bench, Application, application_id, "league_approver", "pass")

    def draft(session: Session) -> int:
        one = filing.draft(
            session,
            journeys.person(session, "league_officer"),
            session.scalars(select(Programme)).one(),
            [session.get_one(Application, application_id)],
            document_no="示例呼商字〔2026〕1号",
            basis="示例依据",
        )
        sheets.attach(session, bench.settings.home, one, journeys.NOW)
        return one.id

    key = bench.database.transact(draft)
    journeys.act_on(bench, Filing, key, "league_officer", "prepare")
    journeys.act_on(bench, Filing, key, "league_approver", "file")
    return key


def a_fund(bench: jobs.Bench, amount_fen: int) -> None:
    def work(session: Session) -> None:
        user = journeys.person(session, "finance_officer")
        fund = Fund(document_no="示例专项〔2026〕1号", fiscal_year=2026, amount_fen=amount_fen)
        review.record_fund(session, fund, flow.Taking(user=user, now=journeys.NOW, shown={}))

    bench.database.transact(work)


def approved(bench: jobs.Bench, key: int) -> None:
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    journeys.act_on(bench, Filing, key, "commerce_approver", "endorse")
    detail = {"fund": "示例专项〔2026〕1号"}
    journeys.act_on(bench, Filing, key, "finance_officer", "allocate", detail=detail)
    journeys.act_on(bench, Filing, key, "finance_approver", "approve")


def test_a_manifest_goes_from_upload_to_disbursed_to_the_fen(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(3)]
    key = journeys.upload(bench, journeys.sheet(*rows))
    with bench.database.reading() as session:
        manifest = session.get_one(Manifest, key)
        assert manifest.state == "checked"
        assert manifest.estimate_fen == 3 * RATE
    journeys.commit(bench, key)
    assert stages(bench) == {"accrued": 3 * RATE}

    application_id = applied(bench)
    assert stages(bench) == {"applied": 3 * RATE}
    filing_id = filed(bench, application_id)
    assert stages(bench) == {"filed": 3 * RATE}
    a_fund(bench, 10 * RATE)
    approved(bench, filing_id)
    assert stages(bench) == {"approved": 3 * RATE}

    def allot(session: Session) -> int:
        return allotment.draft(
            session,
            journeys.person(session, "finance_officer"),
            session.get_one(Filing, filing_id),
            session.scalars(select(Fund)).one(),
            document_no="示例预〔2026〕2号",
            budget_line="2160699",
            amount_fen=3 * RATE,
            issued_on=date(2026, 5, 1),
        ).id

    allotment_id = bench.database.transact(allot)
    journeys.act_on(bench, Allotment, allotment_id, "finance_officer", "prepare")
    journeys.act_on(bench, Allotment, allotment_id, "finance_approver", "allot")
    (paid,) = bench.database.transact(
        lambda session: [
            one.id
            for one in disbursement.draft(
                session,
                journeys.person(session, "league_finance"),
                session.get_one(Allotment, allotment_id),
            )
        ]
    )
    journeys.act_on(bench, Disbursement, paid, "league_finance", "prepare")
    journeys.act_on(bench, Disbursement, paid, "league_approver", "instruct")
    assert stages(bench) == {"instructed": 3 * RATE}
    answer = {"bank_answer": "回单1"}
    journeys.act_on(bench, Disbursement, paid, "league_finance", "confirm", detail=answer)
    assert stages(bench) == {"disbursed": 3 * RATE}
    with bench.database.reading() as session:
        fund = ledger.balance(session, ledger.limit("used", "fund:示例专项〔2026〕1号"))
        spent = ledger.balance(session, ledger.limit("used", "allotment:示例预〔2026〕2号"))
    assert (fund, spent) == (3 * RATE, 3 * RATE)


def test_the_same_file_twice_is_told_and_counts_once(bench: jobs.Bench) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    with pytest.raises(Conflict, match="uploaded before"):
        journeys.upload(bench, raw, name="又一次.csv")
    assert count(bench, Manifest) == 1
    assert stages(bench) == {"accrued": RATE}


def test_the_same_rows_in_another_file_and_encoding_are_nothing_new(bench: jobs.Bench) -> None:
    rows = [journeys.row("W1", "蒙A10001"), journeys.row("W2", "蒙A10002")]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    entries = count(bench, Entry)
    again = journeys.upload(bench, journeys.sheet(*reversed(rows), encoding="utf-8"))
    with bench.database.reading() as session:
        preview = manifests.preview_of(session, session.get_one(Manifest, again))
    assert preview.counts == {"unchanged": 2, "not_data": preview.counts["not_data"]}
    journeys.commit(bench, again)
    assert (count(bench, Shipment), count(bench, CargoLine)) == (2, 2)
    assert count(bench, Assessment) == 2
    assert count(bench, Entry) == entries + 1, "only the commit itself is an entry"


def test_three_waybills_on_one_truck_are_paid_one_trip(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}") for number in range(3)]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    assert (count(bench, Shipment), count(bench, CargoLine)) == (1, 3)
    assert stages(bench) == {"accrued": RATE}


def test_an_empty_run_is_paid_nothing_with_a_reason(bench: jobs.Bench) -> None:
    empty = journeys.row("W1", **{"重空标志": "空", "毛重(KG)": ""})
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(empty)))
    assert stages(bench) == {}
    with bench.database.reading() as session:
        one = session.scalars(select(Assessment)).one()
    assert one.outcome == "refused"
    assert one.tally["reasons"][0]["zh"] == "空驶不予补贴"


def test_shipments_wait_for_a_method_and_are_assessed_once_it_is_recorded(
    database: Database, settings: Settings
) -> None:
    bench = journeys.bench(database, settings, recorded=False)
    rows = [journeys.row("W1", "蒙A10001"), journeys.row("W2", "蒙A10002")]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    with bench.database.reading() as session:
        waits = {shipment.waits_for for shipment in session.scalars(select(Shipment))}
    assert waits == {"No method is in force on the departure day."}
    assert stages(bench) == {}
    journeys.record_method(bench)
    jobs.drain(bench)
    assert stages(bench) == {"accrued": 2 * RATE}
    with bench.database.reading() as session:
        assert {shipment.waits_for for shipment in session.scalars(select(Shipment))} == {""}
    entries = count(bench, Entry)
    more = journeys.sheet(journeys.row("W3", "蒙A10003"))
    journeys.commit(bench, journeys.upload(bench, more))
    assert stages(bench) == {"accrued": 3 * RATE}
    assert count(bench, Assessment) == 3, "what stood was not assessed again"
    assert count(bench, Entry) == entries + 2, "the commit and one accrual"


def test_a_corrected_row_is_a_new_version_and_money_follows_by_difference(
    bench: jobs.Bench,
) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
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
    assert stages(bench) == {}
    assert (count(bench, Shipment), count(bench, CargoLine), count(bench, Item)) == (1, 2, 1)


def test_a_second_firm_claiming_the_same_truck_is_contested_and_earns_nothing(
    bench: jobs.Bench,
) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    other = journeys.upload(bench, raw, login="other_clerk")
    journeys.commit(bench, other, login="other_clerk")
    assert stages(bench) == {"accrued": RATE}
    with bench.database.reading() as session:
        states = session.scalars(select(Shipment.state).order_by(Shipment.id)).all()
    assert states == ["standing", "contested"]


def test_what_was_applied_for_cannot_be_changed_by_another_upload(bench: jobs.Bench) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    applied(bench)
    changed = journeys.upload(bench, journeys.sheet(journeys.row("W1", 件数="7")))
    journeys.commit(bench, changed)
    assert stages(bench) == {"applied": RATE}
    assert count(bench, CargoLine) == 1


def test_two_people_are_needed_wherever_it_is_said(bench: jobs.Bench) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    key = applied(bench)
    with pytest.raises(NotAllowed):
        journeys.act_on(bench, Application, key, "clerk", "first_review")
    journeys.act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(NotAllowed):
        journeys.act_on(bench, Application, key, "league_officer", "pass")
    assert stages(bench) == {"applied": RATE}


def test_a_returned_application_gives_its_money_back_and_can_be_applied_for_again(
    bench: jobs.Bench,
) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    key = applied(bench)
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
    assert stages(bench) == {"accrued": RATE}
    journeys.act_on(bench, Application, key, "clerk", "prepare")
    journeys.act_on(bench, Application, key, "manager", "apply")
    assert stages(bench) == {"applied": RATE}


def test_reductions_at_both_reviews_stand_beside_what_was_applied_for(bench: jobs.Bench) -> None:
    rows = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(2)]
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(*rows)))
    key = applied(bench)

    def reduce_one(session: Session) -> None:
        line = session.scalars(select(ApplicationLine).order_by(ApplicationLine.id)).first()
        assert line is not None
        with pytest.raises(Refused):
            first_review.reduce(session, line, 100, "", "")
        first_review.reduce(session, line, 100, "calculation", "重量以海关为准")

    bench.database.transact(reduce_one)
    filing_id = filed(bench, key)
    assert stages(bench) == {"filed": 2 * RATE - 100}

    def reduce_other(session: Session) -> None:
        line = filing.lines(session, session.get_one(Filing, filing_id))[-1]
        review.reduce(session, line, 2_000, "freight_unproven", "运费发票不足")

    bench.database.transact(reduce_other)
    a_fund(bench, 2 * RATE)
    approved(bench, filing_id)
    assert stages(bench) == {"approved": 2 * RATE - 2_100}


def test_a_returned_filing_goes_back_to_the_league_and_is_filed_again(bench: jobs.Bench) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    key = applied(bench)
    first = filed(bench, key)
    journeys.act_on(
        bench,
        Filing,
        first,
        "commerce_officer",
        "return",
        reason_code="evidence_missing",
        reason="请补充提单",
    )
    assert stages(bench) == {"applied": RATE}

    def again(session: Session) -> int:
        one = filing.draft(
            session,
            journeys.person(session, "league_officer"),
            session.scalars(select(Programme)).one(),
            [session.get_one(Application, key)],
            document_no="示例呼商字〔2026〕2号",
            basis="示例依据",
        )
        sheets.attach(session, bench.settings.home, one, journeys.NOW)
        return one.id

    second = bench.database.transact(again)
    journeys.act_on(bench, Filing, second, "league_officer", "prepare")
    journeys.act_on(bench, Filing, second, "league_approver", "file")
    assert stages(bench) == {"filed": RATE}


def test_a_fund_that_does_not_reach_is_never_overdrawn(bench: jobs.Bench) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    key = filed(bench, applied(bench))
    a_fund(bench, RATE - 1)
    with pytest.raises(Conflict):
        approved(bench, key)
    assert stages(bench) == {"filed": RATE}


def test_the_books_of_the_whole_journey_verify(bench: jobs.Bench, settings: Settings) -> None:
    journeys.commit(bench, journeys.upload(bench, journeys.sheet(journeys.row("W1"))))
    filed(bench, applied(bench))
    report = verify.verify(settings.database_url, rules=journeys.REGISTRY.rules)
    assert not report.faults
