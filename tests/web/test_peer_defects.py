"""Defects of peers in filing, approval and payment, each a behaviour of ours by its number there.

Found in issues and code of OpenSPP, OpenG2P, openIMIS, HOPE, Unity, Helsinki's benefit calculator
and SIMS. Those of reading, matching and rules stand with their parts, as do 7 (batches, each item
answers), 9 (levels, a failed look-up skips none), 14 (replays) and 17 (killed workers).
"""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import way
from tests.instructions import answered, code
from tests.journeys import RATE_FEN, WHY, act_on, moved
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.errors import Conflict, NotAllowed
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import (
    Decision,
    Disbursement,
    DisbursementLine,
    Filing,
    FilingLine,
)
from tracker.models.money import Account, Assessment, Entry, Posting
from tracker.models.recoveries import Recovery

KEPT = (Application, ApplicationLine, Filing, FilingLine, Decision, Entry, Posting, Assessment)


def left(bench: jobs.Bench) -> int:
    """What is left of the special fund."""
    with bench.database.reading() as session:
        query = select(Account.balance).where(
            Account.owner == f"fund:{way.FUND}", Account.stage == "headroom"
        )
        return session.scalars(query).one()


def kept(bench: jobs.Bench) -> set[tuple[str, int]]:
    """Every row of the tables that keep what happened, by table and number."""
    with bench.database.reading() as session:
        return {
            (table.__name__, key) for table in KEPT for key in session.scalars(select(table.id))
        }


def test_2_what_is_left_of_a_fund_is_the_same_before_and_after_a_disbursement(
    bench: jobs.Bench,
) -> None:
    key = way.to_be_paid(bench)
    before = left(bench)
    assert before == way.FUND_FEN - RATE_FEN, "the approval drew on it"
    way.confirmed(bench, key)
    assert left(bench) == before


def test_8_what_was_turned_down_is_corrected_and_approved_and_both_decisions_stay(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    key = way.filed(bench)
    act_on(bench, Filing, key, "commerce_officer", "return", **WHY)
    again = way.filing_drafted(bench, 1)
    way.file(bench, again)
    way.a_fund(bench)
    way.approve(bench, again)
    with bench.database.reading() as session:
        taken = select(Decision.step).where(Decision.subject_kind == "filing")
        steps = session.scalars(taken.order_by(Decision.id)).all()
    assert [one for one in steps if one in {"return", "approve"}] == ["return", "approve"]


@pytest.mark.parametrize("door", ["step", "page", "api", "batch"])
def test_10_nobody_approves_what_they_submitted_through_any_door(
    bench: jobs.Bench, app: Flask, door: str
) -> None:
    way.shipped(bench)
    key = way.filed(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    before = way.count(bench, Decision)
    moved(bench, "commerce_officer", "commerce_approver")
    if door == "step":
        with pytest.raises(NotAllowed, match="another person must check"):
            act_on(bench, Filing, key, "commerce_officer", "endorse")
    elif door == "page":
        visitor = visit(app, "commerce_officer")
        page = visitor.see(f"/filings/{key}")
        assert "endorse" not in page.steps
        forged = page.form(f"{page.address}/steps", step="return")
        assert "another person must check" in visitor.send(forged, 403, step="endorse").words
    else:
        officer = call(app, "commerce_officer")
        shown = officer.get(f"filings/{key}")["shown_sha256"]
        if door == "api":
            officer.post(f"filings/{key}/steps", 403, step="endorse", shown_sha256=shown)
        else:
            items = [{"id": key, "shown_sha256": shown}]
            told = officer.post("batches/filing", step="endorse", items=items)
            assert told["answers"][0]["outcome"] == "refused"
    assert way.count(bench, Decision) == before


def test_11_what_is_turned_down_deletes_nothing_and_what_goes_back_sums_to_nothing(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    before = kept(bench)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "decline", **WHY)
    assert before < kept(bench)
    assert way.stages(bench) == {}, "what was filed went back to where it came from"
    with bench.database.reading() as session:
        fen = select(func.sum(Account.balance)).where(Account.unit == "fen")
        assert session.scalar(fen) == 0
    assert way.proven(bench)


def test_12_an_answer_about_a_payment_nobody_knows_touches_no_other(bench: jobs.Bench) -> None:
    key = way.to_be_paid(bench)
    judged = answered(
        bench,
        ("DF-99999", "成功", "1.00", "回单0", ""),
        (code(bench, key), "成功", "500.00", "回单1", ""),
        ("DF-88888", "失败", "1.00", "", "户名不符"),
    )
    assert [one.verdict for one in judged] == ["nobody", "step", "nobody"]
    with bench.database.reading() as session:
        assert session.get_one(Disbursement, key).state == "disbursed"
        assert session.scalar(select(func.count(Disbursement.id))) == 1


def test_15_a_debt_larger_than_what_is_left_stays_and_is_kept_off_the_next_payment(
    bench: jobs.Bench,
) -> None:
    owed = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 2)))
    way.came_back(bench, owed, RATE_FEN // 5, "示例缴1号")
    way.shipped(bench, 1, first=5)
    filing = way.filed(bench)
    way.approve(bench, filing)
    (paid,) = way.disbursements(bench, way.allotted(bench, filing, RATE_FEN, "示例预〔2026〕9号"))
    way.instructed(bench, paid)
    way.confirmed(bench, paid)
    assert way.state(bench, Recovery, owed) == "recoverable"
    left_over = RATE_FEN - RATE_FEN // 5
    assert way.stages(bench) == {"recoverable": left_over, "disbursed": RATE_FEN}
    assert way.proven(bench)


def test_16_drafting_disbursements_twice_changes_nothing(bench: jobs.Bench) -> None:
    way.shipped(bench)
    allotment = way.allotted(bench, way.approved(bench), RATE_FEN)
    assert len(way.disbursements(bench, allotment)) == 1
    before = way.stages(bench)
    with pytest.raises(Conflict, match="its drafts take the rest"):
        way.disbursements(bench, allotment)
    assert way.count(bench, Disbursement) == 1
    assert way.stages(bench) == before


def test_20_no_payment_has_a_line_of_nothing(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = way.filed(bench)
    way.a_fund(bench)
    way.reduced(bench, Filing, key, (RATE_FEN, *way.CUT))
    way.approve(bench, key)
    (paid,) = way.disbursements(bench, way.allotted(bench, key, 2 * RATE_FEN))
    with bench.database.reading() as session:
        query = select(DisbursementLine.amount_fen).where(DisbursementLine.disbursement_id == paid)
        assert session.scalars(query).all() == [RATE_FEN, RATE_FEN]
