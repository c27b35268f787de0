"""Funds, allotments and disbursements: never more than is left, never twice, never zero."""

import pytest
from sqlalchemy import select

from tests import way
from tests.journeys import RATE_FEN, act_on
from tracker import jobs
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.filings import (
    Allotment,
    Disbursement,
    DisbursementLine,
    Filing,
)
from tracker.steps import disbursement, matches


def test_a_fund_has_a_number_an_amount_and_is_recorded_once(bench: jobs.Bench) -> None:
    for number, fen in (("", 5), ("示例", 0), ("示例", -1)):
        with pytest.raises(Refused, match="document number and an amount"):
            way.a_fund(bench, fen, number)
    way.a_fund(bench, 5)
    with pytest.raises(Conflict, match="of this document number already"):
        way.a_fund(bench, 7)


def test_an_allotment_is_for_an_approved_filing_and_never_more_than_is_left(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    filed = way.filed(bench)
    way.a_fund(bench, 10**7, "示例甲")
    with pytest.raises(Conflict, match="Only an approved filing"):
        way.allotment_drafted(bench, filed, 1)
    act_on(bench, Filing, filed, "commerce_officer", "propose")
    act_on(bench, Filing, filed, "commerce_approver", "endorse")
    act_on(bench, Filing, filed, "finance_officer", "allocate", detail={"fund": "示例甲"})
    act_on(bench, Filing, filed, "finance_approver", "approve")
    with pytest.raises(NotAllowed, match="Only a finance officer"):
        way.allotment_drafted(bench, filed, 1, login="finance_approver")
    with pytest.raises(Refused, match="budget line are needed"):
        way.allotment_drafted(bench, filed, 1, budget_line=" ")
    for wrong in (0, -1, RATE_FEN + 1):
        with pytest.raises(Refused, match=r"the 500\.00 yuan not yet allotted"):
            way.allotment_drafted(bench, filed, wrong)
    key = way.allotment_drafted(bench, filed, RATE_FEN - 1)
    with pytest.raises(Conflict, match="of this document number already"):
        way.allotment_drafted(bench, filed, 1)
    with pytest.raises(Refused, match=r"the 0\.01 yuan not yet allotted"):
        way.allotment_drafted(bench, filed, 2, "示例预〔2026〕3号")
    act_on(bench, Allotment, key, "finance_officer", "withdraw")
    way.allotted(bench, filed, RATE_FEN, "示例预〔2026〕4号")
    with bench.database.reading() as session:
        owner = matches.owner(session.scalars(select(Allotment).offset(1)).one())
        assert ledger.balance(session, ledger.limit("headroom", owner)) == RATE_FEN


def test_a_bank_that_refused_is_paid_anew_and_never_twice(bench: jobs.Bench) -> None:
    way.shipped(bench)
    given = way.allotted(bench, way.approved(bench), RATE_FEN)
    (first,) = way.disbursements(bench, given)
    with pytest.raises(Conflict, match="used up"):
        way.disbursements(bench, given)
    way.instructed(bench, first)
    with pytest.raises(Conflict, match="used up"):
        way.disbursements(bench, given)
    way.failed(bench, first)
    assert way.stages(bench) == {"approved": RATE_FEN}
    with pytest.raises(Conflict, match="moved on"):
        way.confirmed(bench, first)
    (second,) = way.disbursements(bench, given)
    way.instructed(bench, second)
    with pytest.raises(Refused, match="number of the bank's receipt"):
        act_on(bench, Disbursement, second, "league_finance", "confirm")
    way.confirmed(bench, second)
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    with pytest.raises(Conflict):
        way.confirmed(bench, second)
    with pytest.raises(Conflict, match="used up"):
        way.disbursements(bench, given)
    with bench.database.reading() as session:
        answers = session.scalars(select(Disbursement.bank_answer).order_by(Disbursement.id))
        assert list(answers) == ["户名不符", "回单1"]


def test_a_small_allotment_pays_in_part_and_the_rest_comes_under_the_next(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 3)
    approved = way.approved(bench)
    for number, fen in ((2, RATE_FEN + 1), (3, 2 * RATE_FEN - 1)):
        given = way.allotted(bench, approved, fen, f"示例预〔2026〕{number}号")
        (key,) = way.disbursements(bench, given)
        way.instructed(bench, key)
        way.confirmed(bench, key)
    assert way.stages(bench) == {"disbursed": 3 * RATE_FEN}
    with bench.database.reading() as session:
        lines = session.scalars(
            select(DisbursementLine.amount_fen).order_by(DisbursementLine.id)
        ).all()
    assert sorted(lines) == sorted([RATE_FEN, 1, RATE_FEN - 1, RATE_FEN])
    assert all(lines), "a batch never holds a zero line"


def test_a_line_taken_off_wholly_is_in_no_batch(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    filed = way.filed(bench)
    way.reduced(bench, Filing, filed, (RATE_FEN, *way.CUT))
    way.a_fund(bench, 10**7)
    way.approve(bench, filed)
    (key,) = way.disbursements(bench, way.allotted(bench, filed, RATE_FEN))
    with bench.database.reading() as session:
        assert len(disbursement.lines(session, session.get_one(Disbursement, key))) == 1


def test_only_the_leagues_finance_disburses_what_was_issued(bench: jobs.Bench) -> None:
    way.shipped(bench)
    approved = way.approved(bench)
    draft = way.allotment_drafted(bench, approved, RATE_FEN)
    with pytest.raises(Conflict, match="Only an issued allotment"):
        way.disbursements(bench, draft)
    act_on(bench, Allotment, draft, "finance_officer", "prepare")
    act_on(bench, Allotment, draft, "finance_approver", "allot")
    with pytest.raises(NotAllowed, match="Only the league's finance"):
        way.disbursements(bench, draft, login="league_approver")
    with pytest.raises(NotAllowed, match="Another body takes this step"):
        way.disbursements(bench, draft, login="league_officer")
    (key,) = way.disbursements(bench, draft)
    act_on(bench, Disbursement, key, "league_finance", "withdraw")
    assert way.disbursements(bench, draft) == [key + 1]


def test_what_another_disbursement_pays_in_part_waits_for_its_end(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    approved = way.approved(bench)
    given = way.allotted(bench, approved, RATE_FEN * 3 // 2)
    other = way.allotted(bench, approved, RATE_FEN // 2, "示例预〔2026〕3号")
    (first,) = way.disbursements(bench, given)
    with pytest.raises(Refused, match="Nothing is left to disburse"):
        way.disbursements(bench, other)
    way.instructed(bench, first)
    way.confirmed(bench, first)
    assert len(way.disbursements(bench, other)) == 1
