"""Finance enters the fund and allots what was approved; a league sees what is issued to it."""

from flask import Flask

from tests import journeys, way
from tests.web import money
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs


def drafted(officer: Visitor, **other: str) -> Page:
    page = officer.see("/allotments/new", filing="1")
    values = {"document_no": "示例预〔2026〕2号", "budget_line": "2160699"} | other
    return officer.send(page.form("/allotments"), 200, fund=way.FUND, **values)


def test_finance_allots_an_approved_filing_and_the_league_sees_it(
    bench: jobs.Bench, app: Flask
) -> None:
    money.approved(bench)
    officer, approver = visit(app, "finance_officer"), visit(app, "finance_approver")
    league = visit(app, "league_finance")
    assert "/allotments/new?filing=1" in officer.see("/allotments").links
    assert "/allotments/new?filing=1" not in approver.see("/allotments").links
    page = drafted(officer)
    assert "Drafted. Look at it" in page.words
    assert "示例预" not in league.see("/allotments").words, "a draft is not theirs to see"
    page = officer.press(page, "prepare")
    assert page.steps == ["withdraw"], "an officer does not issue what they prepared"
    page = approver.press(approver.see(page.address), "allot")
    assert "Left to use 1,000.00" in page.words
    row = league.see("/allotments").table()[-1]
    assert row[0] == "示例预〔2026〕2号"
    assert row[-3:] == ["1,000.00", "0.00", "1,000.00"]
    assert "/allotments/new?filing=1" not in officer.see("/allotments").links, "all is allotted"
    filing = officer.see("/filings/1")
    assert "Allotted in full" in filing.words
    assert "It has come to its end; nothing is left to do." in filing.words


def test_never_more_is_allotted_than_was_approved(bench: jobs.Bench, app: Flask) -> None:
    money.approved(bench)
    officer = visit(app, "finance_officer")
    page = officer.see("/allotments/new", filing="1")
    assert "1,000.00" in page.words
    form = page.form("/allotments")
    values = {"fund": way.FUND, "document_no": "号", "budget_line": "科目"}
    for yuan in ("1,000.01", "0", "0.00"):
        refused = officer.send(form, 422, amount_yuan=yuan, **values)
        assert "between one fen and the 1,000.00 yuan" in refused.words
    for yuan in ("一千", "1,5", "-3", "1.234", ""):
        assert "is no amount in yuan" in officer.send(form, 422, amount_yuan=yuan, **values).words
    first = officer.send(form, 200, amount_yuan="400.00", **values)
    assert "400.00" in first.words
    assert officer.see("/allotments/new", filing="1").form("/allotments").fields["amount_yuan"] == (
        "600.00"
    )
    twice = officer.send(form, 409, amount_yuan="100", **values)
    assert "an allotment of this document number already" in twice.words


def test_what_was_approved_is_allotted_under_the_fund_it_is_drawn_on(
    bench: jobs.Bench, app: Flask
) -> None:
    money.approved(bench)
    way.a_fund(bench, document_no="别的专项〔2026〕9号")
    officer = visit(app, "finance_officer")
    page = officer.see("/allotments/new", filing="1")
    assert "别的专项" not in page.words
    form = page.form("/allotments")
    assert form.fields["fund"] == way.FUND, "chosen already"
    values = {"fund": "别的专项〔2026〕9号", "document_no": "号", "budget_line": "科目"}
    refused = officer.send(form, 422, **values)
    assert f"drawn on the fund {way.FUND}" in refused.words


def test_what_is_missing_in_an_allotment_is_said(bench: jobs.Bench, app: Flask) -> None:
    money.approved(bench)
    officer = visit(app, "finance_officer")
    form = officer.see("/allotments/new", filing="1").form("/allotments")
    full = {"fund": way.FUND, "document_no": "号", "budget_line": "科目"}
    assert "day of issue is missing" in officer.send(form, 422, issued_on="", **full).words
    assert "Name the special fund" in officer.send(form, 422, **(full | {"fund": "别的"})).words
    assert "are needed" in officer.send(form, 422, **(full | {"budget_line": " "})).words
    officer.see("/allotments/new", 404, filing="7")
    officer.see("/allotments/new", 404, filing="x")


def test_the_approver_of_finance_enters_the_fund_once(app: Flask) -> None:
    approver = visit(app, "finance_approver")
    form = approver.see("/allotments").form("/allotments/funds")
    assert form.fields["fiscal_year"] == "2026"
    values = {"document_no": "示例专项〔2026〕9号", "amount_yuan": "12,500.00"}
    page = approver.send(form, 200, **values)
    row = page.table()[1]
    assert row[1:5] == ["示例专项〔2026〕9号", "12,500.00", "0.00", "12,500.00"]
    assert "already" in approver.send(form, 409, **values).words
    assert "four digits" in approver.send(form, 422, **(values | {"fiscal_year": "26"})).words
    assert "document number" in approver.send(form, 422, **(values | {"document_no": ""})).words
    assert "/allotments/funds" not in visit(app, "finance_officer").see("/allotments").text


def test_allotments_are_found_by_league_state_and_number(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench)
    auditor = visit(app, "auditor")
    for asked in ({"league": journeys.LEAGUE}, {"state": "allotted"}, {"q": "〔2026〕2"}):
        assert "/allotments/1" in auditor.see("/allotments", 200, **asked).links
    for asked in ({"league": "150900"}, {"state": "draft"}, {"q": "别的"}):
        assert "No allotment fits the filter." in auditor.see("/allotments", 200, **asked).words


def test_who_sees_an_allotment(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    for login in ("league_finance", "league_officer", "commerce_officer", "auditor"):
        page = visit(app, login).see("/allotments/1")
        assert "Instructed or disbursed 1,000.00" in page.words
    assert "/disbursements/1" in visit(app, "league_finance").see("/allotments/1").links
    visit(app, "clerk").see("/allotments/1", 403)
