"""The treasury pays, the bank answers, the firm sees it; what failed is paid again, once."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Disbursement


def drafted(finance: Visitor) -> Page:
    page = finance.see("/disbursements")
    return finance.send(page.form("/disbursements", allotment="1"))


def instructed(finance: Visitor, approver: Visitor) -> Page:
    page = finance.press(drafted(finance), "prepare")
    approver.press(approver.see(page.address), "instruct")
    return finance.see(page.address)


def test_from_the_allotment_to_the_firms_account(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench)
    finance, approver = visit(app, "league_finance"), visit(app, "league_approver")
    clerk = visit(app, "clerk")
    assert "/allotments/1" in finance.see("/disbursements").links
    page = drafted(finance)
    assert "1,000.00" in page.words
    assert "示例银行" in page.words
    page = finance.press(page, "prepare")
    assert page.steps == ["withdraw"], "the same person does not instruct"
    clerk.see(page.address, 404)
    approver.press(approver.see(page.address), "instruct")
    assert "Instructed, bank has not answered" in clerk.see(page.address).words
    page = finance.see(page.address)
    assert set(page.steps) == {"confirm", "fail"}
    refused = finance.press(page, "confirm", 422, bank_answer=" ")
    assert "number of the bank's receipt is needed" in refused.words
    page = finance.press(page, "confirm", bank_answer="示例回单2026-1")
    assert page.steps == ["bounce"], "the bank may still send it back"
    told = clerk.see(page.address).words
    assert "Disbursed" in told
    assert "示例回单2026-1" in told
    (row,) = clerk.see("/disbursements").table()[1:]
    assert row[-2:] == ["示例回单2026-1", "1,000.00"]


def test_what_the_bank_refused_is_paid_again_and_never_twice(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench)
    finance, approver = visit(app, "league_finance"), visit(app, "league_approver")
    page = instructed(finance, approver)
    stale = page.form(f"{page.address}/steps", step="confirm")
    unsaid = finance.press(page, "fail", 422, reason_code="", reason="")
    assert "A reason is needed." in unsaid.words
    page = finance.press(page, "fail", reason_code="account_wrong", reason="账号有误")
    assert "The bank refused: 账号有误" in page.words
    assert "Left of the allotment 1,000.00" in page.words
    finance.send(stale, 409, bank_answer="迟到的回单")
    again = finance.send(page.form("/disbursements", allotment="1"))
    assert again.address != page.address
    again = finance.press(again, "prepare")
    approver.press(approver.see(again.address), "instruct")
    again = finance.press(finance.see(again.address), "confirm", bank_answer="回单2")
    assert "Left of the allotment 0.00" in again.words
    assert f'action="{page.address}' not in finance.see(page.address).text
    finance.send(page.form("/disbursements", allotment="1"), 409)
    with bench.database.reading() as session:
        states = [session.get_one(Disbursement, key).state for key in (1, 2)]
    assert states == ["failed", "disbursed"]


@pytest.mark.no_cover
def test_pressing_twice_confirms_once(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench)
    finance = visit(app, "league_finance")
    page = instructed(finance, visit(app, "league_approver"))
    form = page.form(f"{page.address}/steps", step="confirm")
    finance.send(form, bank_answer="回单1")
    assert "no longer possible" in finance.send(form, 409, bank_answer="回单1").words


def test_a_firm_asks_where_its_money_is_shipment_by_shipment(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench, 2)
    clerk, other = visit(app, "clerk"), visit(app, "other_clerk")
    rows = clerk.see("/disbursements/money").table()[1:]
    assert [row[1] for row in rows] == ["蒙A10000", "蒙A10001"]
    assert {row[8] for row in rows} == {"500.00"}
    assert len(clerk.see("/disbursements/money", stage="disbursed", q="10001").table()) == 2
    nothing = clerk.see("/disbursements/money", stage="accrued")
    assert "No shipment fits the filter." in nothing.words
    assert "No shipment has money yet." in other.see("/disbursements/money").words
    answer = clerk.client.get("/disbursements/money.csv", buffered=True)
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert lines[1].split(",")[8] == "500.00"


def place(clerk: Visitor) -> str:
    """Who has the money of the first item, by page, file and API alike; and that it says when."""
    page = clerk.see("/disbursements/money")
    who, since = page.table()[1][-2:]
    assert since, "and since when"
    answer = clerk.client.get("/disbursements/money.csv", buffered=True)
    assert who.strip("—") in answer.get_data(as_text=True).splitlines()[1]
    return who


@pytest.mark.parametrize(
    ("carried", "who", "roles"),
    [
        (money.committed, "Firm, clerk", ["firm_clerk"]),
        (money.applied, "League commerce, officer", ["league_officer"]),
        (money.filed, "Department of Commerce, officer", ["commerce_officer"]),
        (money.approved, "Department of Finance, officer", ["finance_officer"]),
        (money.allotted, "League finance", ["league_finance"]),
        (money.disbursed, "—", []),
    ],
)
def test_a_firm_is_told_who_has_its_money_now_and_since_when(
    bench: jobs.Bench,
    app: Flask,
    carried: Callable[[jobs.Bench, int], int],
    who: str,
    roles: list[str],
) -> None:
    carried(bench, 1)
    assert place(visit(app, "clerk")) == who
    (told,) = call(app, "clerk").get("disbursements/money")
    assert told["with_whom"] == roles
    assert told["since"]


def test_what_came_back_is_with_whom_it_waits_for(bench: jobs.Bench, app: Flask) -> None:
    key = money.applied(bench, 1)
    clerk = visit(app, "clerk")
    journeys.act_on(bench, Application, key, "manager", "recall")
    assert place(clerk) == "Firm, clerk"
    journeys.act_on(bench, Application, key, "clerk", "prepare")
    assert place(clerk) == "Firm, manager"


def test_what_the_bank_refused_is_with_the_treasury(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench, 1)
    finance = visit(app, "league_finance")
    page = instructed(finance, visit(app, "league_approver"))
    finance.press(page, "fail", reason_code="account_wrong", reason="账号有误")
    assert place(visit(app, "clerk")) == "League finance"


def test_what_is_demanded_back_says_who_waits_for_it(bench: jobs.Bench, app: Flask) -> None:
    paid = money.disbursed(bench, 1)
    way.demanded(bench, way.recovery_drafted(bench, paid))
    assert place(visit(app, "clerk")) == "League finance"


def test_what_the_league_prepares_to_file_is_with_its_officer(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)
    way.filing_drafted(bench, way.passed(bench))
    assert place(visit(app, "clerk")) == "League commerce, officer"


def test_who_sees_a_disbursement(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    for login in ("manager", "league_officer", "finance_officer", "auditor"):
        assert "1,000.00" in visit(app, login).see("/disbursements/1").words
    assert "蒙A10000" not in visit(app, "finance_officer").see("/disbursements/1").words
    visit(app, "other_clerk").see("/disbursements/1", 404)
    visit(app, "commerce_officer").see("/disbursements/1", 403)


def test_disbursements_are_found_by_state_league_and_firm(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    finance = visit(app, "finance_officer")
    for asked in ({"state": "disbursed"}, {"league": "150100"}, {"q": "示例企业甲"}):
        assert "/disbursements/1" in finance.see("/disbursements", 200, **asked).links
    for asked in ({"state": "failed"}, {"league": "150900"}, {"q": "示例企业乙"}):
        assert "No disbursement fits" in finance.see("/disbursements", 200, **asked).words
