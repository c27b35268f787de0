"""Money for tests of pages: carries shipments of the small world along their path by steps.

Each function begins where the one before it ends, and answers with the key of what it made.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.models.methods import Programme
from tracker.models.people import League
from tracker.papers import sheets
from tracker.steps import allotment, application, disbursement, filing, flow, review

FUND = "示例专项〔2026〕1号"
FUND_FEN = 100 * journeys.RATE_FEN
PERIOD = (date(2026, 1, 1), date(2026, 3, 31))


def committed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A manifest of so many trucks, taken in."""
    rows = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(trucks)]
    key = journeys.upload(bench, journeys.sheet(*rows))
    journeys.commit(bench, key)
    return key


def applied(bench: jobs.Bench, trucks: int = 2) -> int:
    """An application for them, signed by the manager."""
    committed(bench, trucks)

    def draft(session: Session) -> int:
        league = session.scalars(select(League).where(League.code == journeys.LEAGUE)).one()
        programme = session.scalars(select(Programme)).one()
        clerk = journeys.person(session, "clerk")
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


def filed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A filing of it, at the province."""
    passed = applied(bench, trucks)
    journeys.act_on(bench, Application, passed, "league_officer", "first_review")
    journeys.act_on(bench, Application, passed, "league_approver", "pass")

    def draft(session: Session) -> int:
        one = filing.draft(
            session,
            journeys.person(session, "league_officer"),
            session.scalars(select(Programme)).one(),
            [session.get_one(Application, passed)],
            document_no="示例呼商字〔2026〕1号",
            basis="示例依据",
        )
        sheets.attach(session, bench.settings.home, one, journeys.NOW)
        return one.id

    key = bench.database.transact(draft)
    journeys.act_on(bench, Filing, key, "league_officer", "prepare")
    journeys.act_on(bench, Filing, key, "league_approver", "file")
    return key


def funded(bench: jobs.Bench) -> None:
    """The year's special fund."""

    def work(session: Session) -> None:
        fund = Fund(document_no=FUND, fiscal_year=2026, amount_fen=FUND_FEN, is_sample=True)
        user = journeys.person(session, "finance_approver")
        review.record_fund(session, fund, flow.Taking(user=user, now=journeys.NOW, shown={}))

    bench.database.transact(work)


def approved(bench: jobs.Bench, trucks: int = 2) -> int:
    """The filing, approved by the province out of the fund."""
    key = filed(bench, trucks)
    funded(bench)
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    journeys.act_on(bench, Filing, key, "commerce_approver", "endorse")
    journeys.act_on(bench, Filing, key, "finance_officer", "allocate", detail={"fund": FUND})
    journeys.act_on(bench, Filing, key, "finance_approver", "approve")
    return key


def allotted(bench: jobs.Bench, trucks: int = 2) -> int:
    """An allotment of all that was approved, issued."""
    approved_key = approved(bench, trucks)

    def work(session: Session) -> int:
        return allotment.draft(
            session,
            journeys.person(session, "finance_officer"),
            session.get_one(Filing, approved_key),
            session.scalars(select(Fund)).one(),
            document_no="示例预〔2026〕2号",
            budget_line="2160699",
            amount_fen=trucks * journeys.RATE_FEN,
            issued_on=date(2026, 5, 1),
        ).id

    key = bench.database.transact(work)
    journeys.act_on(bench, Allotment, key, "finance_officer", "prepare")
    journeys.act_on(bench, Allotment, key, "finance_approver", "allot")
    return key


def disbursed(bench: jobs.Bench, trucks: int = 2) -> int:
    """A disbursement out of it, confirmed by the bank."""
    drawn = allotted(bench, trucks)

    def work(session: Session) -> list[int]:
        finance = journeys.person(session, "league_finance")
        made = disbursement.draft(session, finance, session.get_one(Allotment, drawn))
        return [one.id for one in made]

    (key,) = bench.database.transact(work)
    journeys.act_on(bench, Disbursement, key, "league_finance", "prepare")
    journeys.act_on(bench, Disbursement, key, "league_approver", "instruct")
    answer = {"bank_answer": "示例回单1"}
    journeys.act_on(bench, Disbursement, key, "league_finance", "confirm", detail=answer)
    return key
