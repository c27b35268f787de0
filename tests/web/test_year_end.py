"""Finance allots in advance and ends a year's allotments, by page and by API; leagues look on."""

from typing import Any

from flask import Flask

from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Page, found, visit
from tracker import jobs
from tracker.models.filings import Allotment, Filing

ADVANCE = "示例预〔2026〕9号"
END = {"reason_code": "year_end", "reason": "示例财预〔2026〕99号"}


def allotted(bench: jobs.Bench, app: Flask, fund_fen: int = way.FUND_FEN) -> Page:
    """An allotment in advance out of the year's fund, made on the pages by two people."""
    way.a_fund(bench, fund_fen)
    officer, approver = visit(app, "finance_officer"), visit(app, "finance_approver")
    form = officer.see("/allotments/advance").form("/allotments")
    paper = {"document_no": ADVANCE, "budget_line": "2160699", "amount_yuan": "1,500.00"}
    page = officer.send(form, league=journeys.LEAGUE, fund=way.FUND, **paper)
    steps = f"{page.address}/steps"
    officer.send(page.form(steps, step="prepare"))
    return approver.send(approver.see(page.address).form(steps, step="allot"))


def test_finance_allots_in_advance_and_the_league_sees_what_it_covers(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.filed(bench, 2)
    page = allotted(bench, app)
    assert "Allotted in advance" in page.words
    assert "For no filing yet: 1,500.00 yuan." in page.words
    way.approve(bench, filing)
    league = visit(app, "league_finance").see(page.address)
    assert "For no filing yet: 500.00 yuan." in league.words
    assert "1,000.00" in league.words
    told = call(app, "finance_officer").get("allotments/1")
    assert (told["filing_id"], told["matched"]) == (None, {str(filing): 2 * journeys.RATE_FEN})
    assert ADVANCE in visit(app, "league_officer").see(f"/filings/{filing}").words


def test_the_list_of_funds_tells_the_pace_as_a_forecast(bench: jobs.Bench, app: Flask) -> None:
    way.a_fund(bench)
    before = visit(app, "finance_officer").see("/allotments")
    assert "not used yet" in before.words


def test_a_fund_that_is_used_is_told_until_when_it_lasts(bench: jobs.Bench, app: Flask) -> None:
    money.approved(bench, 2)
    page = visit(app, "finance_approver").see("/allotments")
    assert "runs out on 2026-06-22" in page.words
    assert "a forecast, no figure of the ledger" in page.words


def test_two_people_take_back_what_is_left_and_the_league_sees_it(
    bench: jobs.Bench, app: Flask
) -> None:
    address = f"/allotments/{money.allotted(bench, 2)}"
    officer, approver = visit(app, "finance_officer"), visit(app, "finance_approver")
    page = officer.send(officer.see(address).form(f"{address}/steps", step="propose_lapse"), **END)
    assert "Taking back proposed" in page.words
    assert "lapse" not in page.steps
    page = approver.send(approver.see(address).form(f"{address}/steps", step="lapse"))
    assert "What was left is taken back" in page.words
    assert "What was left is taken back" in visit(app, "league_finance").see(address).words
    table = visit(app, "auditor").see("/").table()
    row = next(row for row in table if row[0] == "Hohhot")
    assert row[table[0].index("Allotted")] == "—", "what lapsed is no more allotted"


def test_in_advance_needs_a_league_and_the_words_say_so(bench: jobs.Bench, app: Flask) -> None:
    way.a_fund(bench)
    body = {
        "fund": way.FUND,
        "document_no": ADVANCE,
        "budget_line": "2160699",
        "amount_fen": 100,
        "issued_on": "2026-05-01",
    }
    api = call(app, "finance_officer")
    refused = api.post("allotments", 422, **body)
    assert "盟市" in str(refused)
    made = api.post("allotments", 201, **body, league=journeys.LEAGUE)
    assert made["matched"] == {}
    assert call(app, "league_finance").get("allotments") == []


def test_a_fund_that_an_advance_used_up_is_still_named_for_what_it_covers(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.filed(bench, 2)
    page = allotted(bench, app, 3 * journeys.RATE_FEN)
    address = f"/filings/{filing}"
    journeys.act_on(bench, Filing, filing, "commerce_officer", "propose")
    journeys.act_on(bench, Filing, filing, "commerce_approver", "endorse")
    officer, approver = visit(app, "finance_officer"), visit(app, "finance_approver")
    asked = officer.see(address)
    option = found(asked.tree, "//select[@id='fund']/option")[1]
    assert option.get("disabled") is None
    assert "covered in advance: 1,000.00 yuan" in asked.words
    officer.send(asked.form(f"{address}/steps", step="allocate"), fund=way.FUND)
    approver.send(approver.see(address).form(f"{address}/steps", step="approve"))
    assert "For no filing yet: 500.00 yuan." in officer.see(page.address).words


def test_what_an_advance_leaves_over_is_allotted_from_the_filings_page(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.filed(bench, 5)
    allotted(bench, app)
    way.approve(bench, filing)
    officer = visit(app, "finance_officer")
    page = officer.see(f"/filings/{filing}")
    assert f"/allotments/new?filing={filing}" in page.links
    assert f"{ADVANCE} · 1,500.00 yuan" in page.words
    assert "1,000.00" in officer.see(f"/allotments/new?filing={filing}").words


def test_what_lapsed_under_a_filing_is_allotted_anew_from_its_page(
    bench: jobs.Bench, app: Flask
) -> None:
    key = money.allotted(bench, 2)
    for login, step, why in (
        ("finance_officer", "propose_lapse", END),
        ("finance_approver", "lapse", {}),
    ):
        journeys.act_on(bench, Allotment, key, login, step, **dict[str, Any](why))
    assert "/allotments/new?filing=1" in visit(app, "finance_officer").see("/filings/1").links


def test_an_advance_that_covers_nothing_yet_offers_nothing_to_disburse(
    bench: jobs.Bench, app: Flask
) -> None:
    address = allotted(bench, app).address
    finance = visit(app, "league_finance")
    assert "Draft the disbursements" not in finance.see(address).words
    assert "Draft the disbursements" not in finance.see("/").words
    assert "Draft the disbursements" not in finance.see("/disbursements").words
