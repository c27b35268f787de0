"""Applications and the first review: what they refuse, and why; reductions with a reason."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN, act_on, person
from tracker import jobs
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.applications import Application, ApplicationLine
from tracker.models.methods import Programme
from tracker.steps import accrual, application

RETURN = ("evidence_missing", "请补充提单")


def draft_for(
    bench: jobs.Bench, login: str, first: date = way.PERIOD[0], last: date = way.PERIOD[1]
) -> None:
    def work(session: Session) -> None:
        league = journeys.league(session)
        programme = session.scalars(select(Programme)).one()
        application.draft(session, person(session, login), league, programme, first, last)

    bench.database.transact(work)


def test_only_a_firm_applies_for_a_period_with_something_in_it(bench: jobs.Bench) -> None:
    with pytest.raises(Refused, match="nothing to apply for"):
        draft_for(bench, "clerk")
    way.shipped(bench)
    with pytest.raises(NotAllowed, match="Only a firm applies"):
        draft_for(bench, "league_officer")
    with pytest.raises(Refused, match="ends before it begins"):
        draft_for(bench, "clerk", way.PERIOD[1], way.PERIOD[0])
    with pytest.raises(Refused, match="nothing to apply for"):
        draft_for(bench, "other_clerk")
    with pytest.raises(Refused, match="nothing to apply for"):
        draft_for(bench, "clerk", date(2026, 4, 1), date(2026, 6, 30))


def test_a_shipment_is_in_one_open_application_at_most(bench: jobs.Bench) -> None:
    way.shipped(bench)
    way.drafted(bench)
    with pytest.raises(Refused, match="nothing to apply for"):
        way.drafted(bench)


def test_a_truck_that_has_not_crossed_yet_is_not_applied_for(bench: jobs.Bench) -> None:
    journeys.take_in(bench, journeys.row("W1", 出境日期=""))
    with pytest.raises(Refused, match="nothing to apply for"):
        way.drafted(bench)
    with bench.database.reading() as session:
        ((item, _),) = application.open_items(
            session,
            1,
            journeys.league(session),
            session.scalars(select(Programme)).one(),
            *way.PERIOD,
        )
        assert application.missing(item) == ["day of border crossing"]


def fill_in(bench: jobs.Bench, key: int, **changes: object) -> None:
    values = {
        "bank_name": "示例银行",
        "bank_account": "6222",
        "promised": True,
        "no_other_subsidy": True,
        **changes,
    }
    bench.database.transact(
        lambda session: application.fill_in(
            session,
            session.get_one(Application, key),
            **values,  # type: ignore[arg-type]  # values of one test
        )
    )


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"promised": False}, "promise and the declaration"),
        ({"no_other_subsidy": False}, "promise and the declaration"),
        ({"bank_name": " "}, "account details are missing"),
        ({"bank_account": ""}, "account details are missing"),
        ({"bank_account": "12ab"}, "“12ab” is no account number"),
        ({"bank_account": "示例银行"}, "“示例银行” is no account number"),
        ({"bank_account": "9" * 35}, "is no account number"),
    ],
)
def test_a_form_is_filled_in_before_it_is_passed_on(
    bench: jobs.Bench, missing: dict[str, object], said: str
) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    fill_in(bench, key, **missing)
    with pytest.raises(Refused, match=said):
        act_on(bench, Application, key, "clerk", "prepare")


def test_lines_left_out_stay_free_and_an_empty_application_is_refused(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.drafted(bench)
    fill_in(bench, key, left_out=(1,))
    act_on(bench, Application, key, "clerk", "prepare")
    with pytest.raises(Conflict, match="Only a draft can be changed"):
        fill_in(bench, key, left_out=(2,))
    act_on(bench, Application, key, "clerk", "reopen")
    fill_in(bench, key, left_out=(2,))
    with pytest.raises(Refused, match="No shipment is left"):
        act_on(bench, Application, key, "clerk", "prepare")
    act_on(bench, Application, key, "clerk", "withdraw")
    way.drafted(bench)


def test_a_withdrawn_application_frees_its_shipments(bench: jobs.Bench) -> None:
    way.shipped(bench)
    act_on(bench, Application, way.drafted(bench), "clerk", "withdraw")
    way.applied(bench)
    assert way.stages(bench) == {"applied": RATE_FEN}


def test_a_firm_takes_back_what_nobody_reviewed_yet(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.applied(bench)
    with pytest.raises(NotAllowed):
        act_on(bench, Application, key, "clerk", "recall")
    way.reduced(bench, Application, key, (5, *RETURN))
    act_on(bench, Application, key, "manager", "recall")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    with bench.database.reading() as session:
        one = session.get_one(Application, key)
        assert one.state == "draft"
        assert [line.reduced_fen for line in application.lines(session, one)] == [0, 0]
    way.apply(bench, key)
    act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(Conflict, match="moved on"):
        act_on(bench, Application, key, "manager", "recall")
    assert way.stages(bench) == {"applied": 2 * RATE_FEN}
    assert way.proven(bench)


def test_an_amount_that_grew_before_the_manager_signs_is_noticed(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    act_on(bench, Application, key, "clerk", "prepare")

    def freed(session: Session) -> None:
        (line,) = application.lines(session, session.get_one(Application, key))
        moves = (accrual.move_item(line.item, "entitlement", "accrued", 700),)
        draft = ledger.Draft("accrue", "freed", date(2026, 5, 4), "system", moves)
        ledger.post(session, draft, now=journeys.NOW)

    bench.database.transact(freed)
    with pytest.raises(Conflict, match="蒙A10000 has changed since the draft"):
        act_on(bench, Application, key, "manager", "apply")
    act_on(bench, Application, key, "manager", "withdraw")
    again = way.applied(bench)
    assert way.stages(bench) == {"applied": RATE_FEN + 700}
    with pytest.raises(Conflict, match="It has moved on since you looked"):
        act_on(bench, Application, again, "manager", "apply")


def test_an_amount_that_changed_since_the_draft_is_noticed(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    emptied = journeys.row("W0", "蒙A10000", **{"重空标志": "空", "毛重(KG)": ""})
    journeys.take_in(bench, emptied)
    with pytest.raises(Conflict, match="蒙A10000 has changed since the draft"):
        act_on(bench, Application, key, "clerk", "prepare")


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("fen", "code", "words", "said"),
    [
        (RATE_FEN + 1, "calculation", "更正", "nothing and the whole amount"),
        (-1, "calculation", "更正", "nothing and the whole amount"),
        (1, "", "更正", "reason code and words"),
        (1, "because", "更正", "reason code and words"),
        (1, "calculation", " ", "reason code and words"),
    ],
)
def test_a_reduction_lies_within_the_amount_and_says_why(
    bench: jobs.Bench, fen: int, code: str, words: str, said: str
) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    with pytest.raises(Refused, match=said):
        way.reduced(bench, Application, key, (fen, code, words))


def test_a_reduction_is_undone_by_zero_and_over_when_the_review_is(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    way.reduced(bench, Application, key, (100, *way.CUT))
    way.reduced(bench, Application, key, (0, *way.CUT))
    with bench.database.reading() as session:
        line = session.get_one(ApplicationLine, 1)
        assert (line.reduced_fen, line.reason_code, line.reason) == (0, "", "")
    way.reduced(bench, Application, key, (100, *way.CUT))
    act_on(bench, Application, key, "league_officer", "first_review")
    with pytest.raises(Conflict, match="under first review"):
        way.reduced(bench, Application, key, (0, *way.CUT))
    code, words = RETURN
    act_on(bench, Application, key, "league_approver", "return", reason_code=code, reason=words)
    with bench.database.reading() as session:
        assert session.get_one(ApplicationLine, 1).reduced_fen == 0
    assert way.stages(bench) == {"accrued": RATE_FEN}
