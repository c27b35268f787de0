"""Filings and their review: only what passed is filed; the province reduces, returns, declines."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import way
from tests.journeys import RATE_FEN, act_on, person
from tracker import jobs
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application
from tracker.models.filings import (
    Filing,
    FilingLine,
)
from tracker.models.methods import Programme
from tracker.steps import filing

RETURN = ("evidence_missing", "请补充提单")


def file(
    bench: jobs.Bench,
    login: str,
    keys: list[int],
    document_no: str = "示例1号",
    **panel: Any,  # noqa: ANN401  fields of a request
) -> int:
    def work(session: Session) -> int:
        return filing.draft(
            session,
            person(session, login),
            session.scalars(select(Programme)).one(),
            [session.get_one(Application, key) for key in keys],
            filing.Request(document_no, "依据", **panel),
        ).id

    return bench.database.transact(work)


def test_only_a_league_files_and_only_what_passed(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    with pytest.raises(NotAllowed, match="Only a league officer files"):
        file(bench, "league_approver", [key])
    with pytest.raises(Refused, match="at least one application"):
        file(bench, "league_officer", [])
    with pytest.raises(Refused, match="document number and the basis"):
        file(bench, "league_officer", [key], document_no=" ")
    for panel in ({"minutes_no": "示例纪要1号"}, {"panel_on": way.PERIOD[1], "minutes_no": " "}):
        with pytest.raises(Refused, match="a number and a day"):
            file(bench, "league_officer", [key], **panel)
    with pytest.raises(Conflict, match="SB-2026-0001 has not passed"):
        file(bench, "league_officer", [key])
    act_on(bench, Application, key, "league_officer", "first_review")
    act_on(bench, Application, key, "league_approver", "pass")
    with pytest.raises(Conflict, match="has not passed"):
        file(bench, "league_officer", [key, key])
    filed = file(bench, "league_officer", [key])
    with pytest.raises(Conflict, match="sheet has not been made"):
        act_on(bench, Filing, filed, "league_officer", "prepare")
    act_on(bench, Filing, filed, "league_officer", "withdraw")
    with bench.database.reading() as session:
        assert session.get_one(Application, key).state == "passed"
    file(bench, "league_officer", [key])


def test_an_application_of_which_nothing_is_left_is_declined_and_never_passed(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    way.reduced(bench, Application, key, (RATE_FEN, *way.CUT))
    act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(Refused, match="Nothing is left"):
        act_on(bench, Application, key, "league_approver", "pass")
    assert way.stages(bench) == {"applied": RATE_FEN}
    code, words = RETURN
    act_on(bench, Application, key, "league_approver", "decline", reason_code=code, reason=words)
    assert way.stages(bench) == {}


def test_commerce_reduces_while_it_examines_and_finance_sees_sums(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.filed(bench)
    way.reduced(bench, Filing, key, (RATE_FEN, *way.CUT))
    with pytest.raises(Refused, match="nothing and the whole amount"):
        way.reduced(bench, Filing, key, (RATE_FEN + 1, *way.CUT))
    with bench.database.reading() as session:
        one = session.get_one(Filing, key)
        totals = filing.totals(session, one)
        assert (totals.filed_fen, totals.reduced_fen) == (2 * RATE_FEN, RATE_FEN)
        assert totals.approved_fen == RATE_FEN
        assert filing.by_firm(session, one) == [("示例企业甲", totals)]
    act_on(bench, Filing, key, "commerce_officer", "propose")
    with pytest.raises(Conflict, match="while Commerce examines"):
        way.reduced(bench, Filing, key, (0, *way.CUT))


def test_a_filing_of_which_nothing_is_left_draws_on_no_fund(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.filed(bench)
    way.reduced(bench, Filing, key, (RATE_FEN, *way.CUT))
    way.a_fund(bench, RATE_FEN)
    act_on(bench, Filing, key, "commerce_officer", "propose")
    act_on(bench, Filing, key, "commerce_approver", "endorse")
    with pytest.raises(Refused, match="Name the special fund"):
        act_on(bench, Filing, key, "finance_officer", "allocate")
    act_on(bench, Filing, key, "finance_officer", "allocate", detail={"fund": way.FUND})
    act_on(bench, Filing, key, "finance_approver", "approve")
    assert way.stages(bench) == {}
    with bench.database.reading() as session:
        assert ledger.balance(session, ledger.limit("used", f"fund:{way.FUND}")) == 0


@pytest.mark.parametrize(("step", "stage"), [("return", {"applied": RATE_FEN}), ("decline", {})])
def test_the_province_sends_back_or_declines_with_a_reason(
    bench: jobs.Bench, step: str, stage: dict[str, int]
) -> None:
    way.shipped(bench)
    key = way.filed(bench)
    way.reduced(bench, Filing, key, (1, *way.CUT))
    act_on(bench, Filing, key, "commerce_officer", "propose")
    code, words = RETURN
    act_on(bench, Filing, key, "commerce_approver", step, reason_code=code, reason=words)
    assert way.stages(bench) == stage
    with bench.database.reading() as session:
        (line,) = session.scalars(select(FilingLine))
        assert not line.is_open
        assert line.reduced_fen == (0 if step == "return" else 1)
