"""Allotments in advance, carried over and lapsed: fund and allotments add up to the fen."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN, act_on, person
from tracker import jobs
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.filings import Allotment, Disbursement, Filing, Fund
from tracker.steps import act, allotment, matches, pace

ADVANCE = "示例预〔2026〕1号"
NEXT_YEAR = datetime(2027, 1, 8, 3, 0, tzinfo=UTC)
END: dict[str, Any] = {"reason_code": "year_end", "reason": "示例财预〔2026〕99号"}


def in_advance(bench: jobs.Bench, fen: int, login: str = "finance_officer") -> int:
    """An allotment in advance, issued; its id."""

    def work(session: Session) -> int:
        league = journeys.league(session)
        fund = session.scalars(select(Fund)).one()
        return allotment.draft_in_advance(
            session,
            person(session, login),
            league,
            fund,
            allotment.Particulars(ADVANCE, "2160699", fen, date(2026, 2, 1)),
        ).id

    key = bench.database.transact(work)
    act_on(bench, Allotment, key, "finance_officer", "prepare")
    act_on(bench, Allotment, key, "finance_approver", "allot")
    return key


def ended(bench: jobs.Bench, key: int, step: str) -> None:
    """What is left lapses or is carried over, by two people."""
    act_on(bench, Allotment, key, "finance_officer", f"propose_{step}", **END)
    act_on(bench, Allotment, key, "finance_approver", step)


def fund(bench: jobs.Bench) -> tuple[int, int]:
    """What of the fund is left and used."""
    return limit(bench, f"fund:{way.FUND}")


def limit(bench: jobs.Bench, owner: str) -> tuple[int, int]:
    with bench.database.reading() as session:
        left, used = (
            ledger.balance(session, ledger.limit(stage, owner)) for stage in ("headroom", "used")
        )
    return left, used


def matched(bench: jobs.Bench, key: int) -> dict[int, int]:
    with bench.database.reading() as session:
        return matches.of(session, session.get_one(Allotment, key))


def test_what_is_allotted_in_advance_covers_the_filings_approved_afterwards(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 3)
    filing = way.filed(bench)
    way.a_fund(bench)
    given = in_advance(bench, 2 * RATE_FEN)
    assert fund(bench) == (way.FUND_FEN - 2 * RATE_FEN, 2 * RATE_FEN)
    assert matched(bench, given) == {}
    with pytest.raises(Conflict, match="covers no approved filing"):
        way.disbursements(bench, given)
    way.approve(bench, filing)
    assert matched(bench, given) == {filing: 2 * RATE_FEN}
    assert fund(bench) == (way.FUND_FEN - 3 * RATE_FEN, 3 * RATE_FEN)
    assert way.state(bench, Filing, filing) == "approved"
    rest = way.allotted(bench, filing, RATE_FEN)
    assert way.state(bench, Filing, filing) == "closed"
    for key in (given, rest):
        for one in way.disbursements(bench, key):
            way.instructed(bench, one)
            way.confirmed(bench, one)
    assert way.stages(bench) == {"disbursed": 3 * RATE_FEN}
    assert limit(bench, f"allotment:{ADVANCE}") == (0, 2 * RATE_FEN)
    assert way.proven(bench)


def test_an_advance_that_covers_all_closes_the_filing_and_draws_nothing_more(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    filing = way.filed(bench)
    way.a_fund(bench, 5 * RATE_FEN)
    given = in_advance(bench, 5 * RATE_FEN)
    way.approve(bench, filing)
    assert way.state(bench, Filing, filing) == "closed"
    assert fund(bench) == (0, 5 * RATE_FEN)
    with bench.database.reading() as session:
        assert matches.free(session, session.get_one(Allotment, given)) == 4 * RATE_FEN


def test_no_more_is_allotted_in_advance_than_the_fund_has_left(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    way.a_fund(bench, RATE_FEN)
    with pytest.raises(Refused, match=r"500\.00 yuan"):
        in_advance(bench, RATE_FEN + 1)
    with pytest.raises(NotAllowed, match="finance officer"):
        in_advance(bench, RATE_FEN, login="league_finance")
    in_advance(bench, RATE_FEN)
    assert fund(bench) == (0, RATE_FEN)


def test_what_lapses_unmatched_goes_back_to_the_fund_and_is_due_to_nobody(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 1)
    way.a_fund(bench)
    given = in_advance(bench, 2 * RATE_FEN)
    ended(bench, given, "lapse")
    assert fund(bench) == (way.FUND_FEN, 0)
    assert limit(bench, f"allotment:{ADVANCE}") == (0, 0)
    assert way.state(bench, Allotment, given) == "lapsed"
    with pytest.raises(Conflict, match="Nothing is left"):
        act_on(bench, Allotment, given, "finance_officer", "propose_lapse", **END)
    assert way.proven(bench)


def test_what_lapses_under_an_approved_filing_is_allotted_anew(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    filing = way.approved(bench)
    given = way.allotted(bench, filing, 2 * RATE_FEN)
    used = fund(bench)
    ended(bench, given, "lapse")
    assert fund(bench) == used, "what was approved is still drawn"
    assert matched(bench, given) == {}
    assert way.state(bench, Filing, filing) == "approved"
    again = way.allotted(bench, filing, 2 * RATE_FEN, "示例预〔2027〕1号")
    assert way.state(bench, Filing, filing) == "closed"
    assert len(way.disbursements(bench, again)) == 1
    assert way.proven(bench)


def test_after_its_year_an_allotment_pays_only_once_carried_over(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    given = way.allotted(bench, way.approved(bench), RATE_FEN)

    def instructed(key: int) -> None:
        def work(session: Session) -> None:
            one = session.get_one(Disbursement, key)
            user = person(session, "league_approver")
            taking = act.taking_of(session, one, user=user, now=NEXT_YEAR)
            act.act(session, one, "instruct", taking, act.shown_sha256(session, one))

        bench.database.transact(work)

    (one,) = way.disbursements(bench, given)
    act_on(bench, Disbursement, one, "league_finance", "prepare")
    with pytest.raises(Conflict, match="fiscal year 2026, which is over"):
        instructed(one)
    with pytest.raises(Conflict, match="is on its way"):
        act_on(bench, Allotment, given, "finance_officer", "propose_carry_over", **END)
    act_on(bench, Disbursement, one, "league_finance", "withdraw")
    ended(bench, given, "carry_over")
    assert limit(bench, "allotment:示例预〔2026〕2号") == (RATE_FEN, 0)
    (again,) = way.disbursements(bench, given)
    act_on(bench, Disbursement, again, "league_finance", "prepare")
    instructed(again)
    assert way.stages(bench) == {"instructed": RATE_FEN}


def test_while_its_end_is_decided_an_allotment_pays_nothing(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    given = way.allotted(bench, way.approved(bench), RATE_FEN)
    act_on(bench, Allotment, given, "finance_officer", "propose_lapse", **END)
    with pytest.raises(Conflict, match="Only an issued allotment"):
        way.disbursements(bench, given)
    act_on(bench, Allotment, given, "finance_approver", "uphold")
    assert len(way.disbursements(bench, given)) == 1


def test_one_person_neither_lapses_nor_carries_over_alone(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    given = way.allotted(bench, way.approved(bench), RATE_FEN)
    with pytest.raises(Refused, match="A reason is needed"):
        act_on(bench, Allotment, given, "finance_officer", "propose_lapse")
    act_on(bench, Allotment, given, "finance_officer", "propose_lapse", **END)
    with pytest.raises(NotAllowed):
        act_on(bench, Allotment, given, "finance_officer", "lapse")


def test_the_pace_of_a_fund_is_a_straight_line_to_the_day_it_runs_out() -> None:
    uses = [(date(2026, 3, 1), 300), (date(2026, 3, 20), 300), (date(2026, 3, 21), -100)]
    told = pace.told(uses, 250, date(2026, 3, 30), 2026)
    assert told == pace.Pace(date(2026, 3, 1), 500, 30, date(2026, 4, 14))
    assert told.a_month_fen == 500
    late = pace.told(uses, 10_000, date(2026, 3, 30), 2026)
    assert late is not None
    assert late.runs_out is None
    assert pace.told([], 250, date(2026, 3, 30), 2026) is None


@given(st.integers(1, 10**13), st.integers(0, 10**13), st.integers(0, 364))
def test_a_fund_never_runs_out_in_the_past_nor_beyond_its_year(
    used: int, left: int, day: int
) -> None:
    first = date(2026, 1, 1)
    today = date.fromordinal(first.toordinal() + day)
    told = pace.told([(first, used)], left, today, 2026)
    assert told is not None
    assert told.runs_out is None or today <= told.runs_out <= date(2026, 12, 31)


def came_back_after_the_close(bench: jobs.Bench) -> tuple[int, int]:
    """An advance that paid one truck and lapsed, whose payment the bank then sent back."""
    way.shipped(bench, 1)
    filing = way.filed(bench)
    way.a_fund(bench)
    given = in_advance(bench, 3 * RATE_FEN)
    way.approve(bench, filing)
    (one,) = way.disbursements(bench, given)
    way.instructed(bench, one)
    way.confirmed(bench, one)
    ended(bench, given, "lapse")
    assert fund(bench) == (way.FUND_FEN - RATE_FEN, RATE_FEN)
    why = {"reason_code": "bank_refused", "reason": "退汇（示例）"}
    act_on(bench, Disbursement, one, "league_finance", "bounce", **dict[str, Any](why))
    assert limit(bench, f"allotment:{ADVANCE}") == (RATE_FEN, 0)
    assert way.stages(bench) == {"approved": RATE_FEN}
    return given, filing


def test_what_comes_back_after_the_close_is_taken_back_and_allotted_anew(bench: jobs.Bench) -> None:
    given, filing = came_back_after_the_close(bench)
    ended(bench, given, "lapse")
    assert limit(bench, f"allotment:{ADVANCE}") == (0, 0)
    assert fund(bench) == (way.FUND_FEN - RATE_FEN, RATE_FEN), "it is still approved"
    assert way.state(bench, Filing, filing) == "approved"
    again = way.allotted(bench, filing, RATE_FEN, "示例预〔2027〕1号")
    (one,) = way.disbursements(bench, again)
    way.instructed(bench, one)
    way.confirmed(bench, one)
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    assert way.proven(bench)


def test_what_comes_back_after_the_close_may_be_left_with_the_league(bench: jobs.Bench) -> None:
    given, _ = came_back_after_the_close(bench)
    act_on(bench, Allotment, given, "finance_officer", "propose_lapse", **END)
    act_on(bench, Allotment, given, "finance_approver", "uphold")
    (one,) = way.disbursements(bench, given)
    way.instructed(bench, one)
    way.confirmed(bench, one)
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    assert way.proven(bench)
