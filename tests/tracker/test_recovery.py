"""Recoveries: demanded by two people, never more than was paid, back until nothing is owed."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import way
from tests.journeys import NOW, RATE_FEN, act_on
from tracker import jobs, verify
from tracker.books import ledger
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.filings import Allotment, Disbursement
from tracker.models.money import Item
from tracker.models.recoveries import Recovery, RecoveryLine, RecoveryPart
from tracker.steps import matches, offset, recovery


def limits(bench: jobs.Bench, number: int = 0) -> tuple[int, int]:
    """Left and used of the allotment, in fen."""
    with bench.database.reading() as session:
        owner = matches.owner(
            session.scalars(select(Allotment).order_by(Allotment.id).offset(number)).first()
            or pytest.fail("no such allotment")
        )
        return (
            ledger.balance(session, ledger.limit("headroom", owner)),
            ledger.balance(session, ledger.limit("used", owner)),
        )


def amounts(bench: jobs.Bench, key: int, *fen: int) -> None:
    """Demand so much of each item, in the order of their codes."""

    def work(session: Session) -> None:
        items = session.scalars(select(Item.id).order_by(Item.code)).all()
        found = session.get_one(Recovery, key)
        recovery.set_amounts(session, found, dict(zip(items, fen, strict=False)))

    bench.database.transact(work)


@pytest.mark.no_cover
def test_what_was_paid_wrongly_comes_back_in_parts_until_nothing_is_owed(bench: jobs.Bench) -> None:
    key = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 2)))
    assert way.stages(bench) == {"recoverable": 2 * RATE_FEN}
    way.came_back(bench, key, RATE_FEN + 1, "回单7")
    assert way.stages(bench) == {"recoverable": RATE_FEN - 1}
    assert way.state(bench, Recovery, key) == "recoverable"
    assert limits(bench) == (RATE_FEN + 1, RATE_FEN - 1)
    way.came_back(bench, key, RATE_FEN - 1, "执行1", "enforced")
    assert way.stages(bench) == {}
    assert way.state(bench, Recovery, key) == "recovered"
    assert limits(bench) == (2 * RATE_FEN, 0)
    with pytest.raises(Refused, match=r"between one fen and the 0\.00 yuan still owed"):
        way.came_back(bench, key, 1, "回单8")
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert report.faults == ()


def test_a_part_of_some_shipments_may_be_demanded_and_the_rest_stays_paid(
    bench: jobs.Bench,
) -> None:
    key = way.recovery_drafted(bench, way.disbursed(bench, 3), whole=False)
    with pytest.raises(Refused, match="Nothing is demanded yet"):
        act_on(bench, Recovery, key, "league_officer", "prepare")
    amounts(bench, key, 7, RATE_FEN, 5)
    amounts(bench, key, 8, RATE_FEN, 0)
    way.demanded(bench, key)
    assert way.stages(bench) == {"recoverable": RATE_FEN + 8, "disbursed": 2 * RATE_FEN - 8}
    with pytest.raises(Conflict, match="Only a draft can be changed"):
        amounts(bench, key, 9)


@pytest.mark.no_cover
def test_nothing_is_demanded_that_was_not_paid_nor_twice(bench: jobs.Bench) -> None:
    paid = way.disbursed(bench)
    first = way.recovery_drafted(bench, paid, whole=False)
    for fen in (RATE_FEN + 1, -1):
        with pytest.raises(Refused, match=r"between nothing and 500\.00 yuan"):
            amounts(bench, first, fen)
    amounts(bench, first, RATE_FEN - 1)
    second = way.recovery_drafted(bench, paid)
    with bench.database.reading() as session:
        lines = session.scalars(select(RecoveryLine).where(RecoveryLine.recovery_id == second))
        assert [line.amount_fen for line in lines] == [1]
    way.demanded(bench, first)
    way.demanded(bench, second)
    assert way.stages(bench) == {"recoverable": RATE_FEN}
    third = way.recovery_drafted(bench, paid)
    with pytest.raises(Refused, match="Nothing is demanded yet"):
        act_on(bench, Recovery, third, "league_officer", "prepare")


def test_what_another_allotment_paid_of_a_shipment_is_demanded_from_its_own_payment(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    filing = way.approved(bench)
    paid = []
    for number, fen in ((2, 300_00), (3, RATE_FEN - 300_00)):
        given = way.allotted(bench, filing, fen, f"示例预〔2026〕{number}号")
        (key,) = way.disbursements(bench, given)
        way.instructed(bench, key)
        way.confirmed(bench, key)
        paid.append(key)
    first = way.demanded(bench, way.recovery_drafted(bench, paid[0]))
    assert way.stages(bench) == {"recoverable": 300_00, "disbursed": RATE_FEN - 300_00}
    again = way.recovery_drafted(bench, paid[0])
    with pytest.raises(Refused, match="Nothing is demanded yet"):
        act_on(bench, Recovery, again, "league_officer", "prepare")
    second = way.demanded(bench, way.recovery_drafted(bench, paid[1]))
    way.came_back(bench, first, 300_00, "回单7")
    way.came_back(bench, second, RATE_FEN - 300_00, "回单8")
    assert (limits(bench, 0), limits(bench, 1)) == ((300_00, 0), (RATE_FEN - 300_00, 0))


def test_a_recovery_needs_a_payment_an_officer_a_reason_a_number_and_a_day_to_come(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench)
    (key,) = way.disbursements(bench, way.allotted(bench, way.approved(bench), RATE_FEN))
    with pytest.raises(Conflict, match="Only what was disbursed"):
        way.recovery_drafted(bench, key)
    way.instructed(bench, key)
    way.confirmed(bench, key)
    with pytest.raises(NotAllowed, match="Only an officer of the league"):
        way.recovery_drafted(bench, key, login="league_finance")
    for wrong in ({"reason_code": "because"}, {"reason": " "}, {"document_no": ""}):
        with pytest.raises(Refused, match="number of the letter to the firm are needed"):
            way.recovery_drafted(bench, key, **wrong)
    with pytest.raises(Refused, match="passed already"):
        way.recovery_drafted(bench, key, due_on=date(2020, 1, 1))


def test_one_paper_of_the_bank_counts_once_and_a_future_one_not_at_all(bench: jobs.Bench) -> None:
    key = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench)))
    way.came_back(bench, key, 1, "回单7")
    with pytest.raises(Conflict, match="The paper 回单7 was counted before"):
        way.came_back(bench, key, 1, "回单7")
    with pytest.raises(Refused, match="still owed"):
        way.came_back(bench, key, RATE_FEN, "回单8")
    for wrong in ({"kind": "offset"}, {"document_no": ""}, {"amount_fen": "1.5"}):
        detail = {"kind": "returned", "document_no": "8", "amount_fen": "1", **wrong}
        detail.setdefault("received_on", NOW.date().isoformat())
        with pytest.raises(Refused, match="the number of the paper, the day and the amount"):
            act_on(bench, Recovery, key, "league_finance", "receive", detail=detail)
    detail = {
        "kind": "returned",
        "document_no": "8",
        "amount_fen": "1",
        "received_on": "2099-01-01",
    }
    with pytest.raises(Refused, match="lies in the future"):
        act_on(bench, Recovery, key, "league_finance", "receive", detail=detail)


def test_a_demand_is_lifted_by_two_people_and_the_rest_stands_paid_again(bench: jobs.Bench) -> None:
    key = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 2)))
    way.came_back(bench, key, RATE_FEN + 1, "回单7")

    def propose() -> None:
        why = ("other", "复核后撤销")
        act_on(
            bench,
            Recovery,
            key,
            "league_officer",
            "propose_lift",
            reason_code=why[0],
            reason=why[1],
        )

    propose()
    with pytest.raises(Conflict, match="moved on"):
        way.came_back(bench, key, 1, "回单8")
    act_on(bench, Recovery, key, "league_approver", "uphold")
    propose()
    act_on(bench, Recovery, key, "league_approver", "lift")
    assert way.state(bench, Recovery, key) == "lifted"
    assert way.stages(bench) == {"disbursed": RATE_FEN - 1}


def test_a_debt_is_kept_off_the_next_payment_once_the_bank_has_paid_the_rest(
    bench: jobs.Bench,
) -> None:
    owed = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench)))
    way.came_back(bench, owed, 1, "回单7")
    way.shipped(bench, 2, first=5)
    filing = way.filed(bench)
    way.approve(bench, filing)
    given = way.allotted(bench, filing, 2 * RATE_FEN, "示例预〔2026〕9号")
    (key,) = way.disbursements(bench, given)

    def kept() -> int:
        with bench.database.reading() as session:
            return offset.kept_fen(session, session.get_one(Disbursement, key))

    assert kept() == RATE_FEN - 1
    with pytest.raises(Refused, match=r"the 0\.00 yuan still owed"):
        way.came_back(bench, owed, 1, "回单8")
    with pytest.raises(Conflict, match="keeps part of it off"):
        act_on(
            bench,
            Recovery,
            owed,
            "league_officer",
            "propose_lift",
            reason_code="other",
            reason="误",
        )
    way.instructed(bench, key)
    way.failed(bench, key)
    assert way.stages(bench) == {"recoverable": RATE_FEN - 1, "approved": 2 * RATE_FEN}
    (key,) = way.disbursements(bench, given)
    way.instructed(bench, key)
    way.confirmed(bench, key)
    assert way.stages(bench) == {"disbursed": 2 * RATE_FEN}
    assert way.state(bench, Recovery, owed) == "recovered"
    assert limits(bench) == (RATE_FEN, 0)
    with bench.database.reading() as session:
        code = session.get_one(Disbursement, key).code
        parts = session.scalars(select(RecoveryPart).order_by(RecoveryPart.id)).all()
        assert [(one.kind, one.document_no, one.amount_fen) for one in parts] == [
            ("returned", "回单7", 1),
            ("offset", code, RATE_FEN - 1),
        ]
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert report.faults == ()


@pytest.mark.no_cover
def test_a_debt_larger_than_the_payment_stays_and_nets_the_next(bench: jobs.Bench) -> None:
    owed = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 2)))
    way.shipped(bench, 1, first=5)
    filing = way.filed(bench)
    way.approve(bench, filing)
    (key,) = way.disbursements(bench, way.allotted(bench, filing, RATE_FEN, "示例预〔2026〕9号"))
    way.instructed(bench, key)
    way.confirmed(bench, key)
    assert way.stages(bench) == {"recoverable": RATE_FEN, "disbursed": RATE_FEN}
    assert way.state(bench, Recovery, owed) == "recoverable"
