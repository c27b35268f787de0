"""A league takes back what it paid wrongly, and everyone it concerns sees how much is owed."""

from flask import Flask

from tests import way
from tests.journeys import NOW, RATE_FEN
from tests.web.api.callers import Caller, token
from tests.web.visitors import Page, Visitor, visit
from tracker import jobs


def drafted(officer: Visitor, disbursement: int, **other: str) -> Page:
    page = officer.see(f"/recoveries/new?disbursement={disbursement}")
    values = {
        "reason_code": "audit_finding",
        "reason": "审计发现运费多计（示例）",
        "document_no": "示例追〔2026〕1号",
        "due_on": "2026-12-31",
        **other,
    }
    return officer.send(page.form("/recoveries"), 200, **values)


def test_from_the_payment_to_the_last_fen_back(bench: jobs.Bench, app: Flask) -> None:
    key = way.disbursed(bench, 2)
    assert "Came back of it" not in visit(app, "league_finance").see("/allotments/1").words
    officer, approver = visit(app, "league_officer"), visit(app, "league_approver")
    finance, clerk = visit(app, "league_finance"), visit(app, "clerk")
    assert f"/recoveries/new?disbursement={key}" in officer.see(f"/disbursements/{key}").links
    page = drafted(officer, key, whole="0")
    first, second = (row[1] for row in page.table()[1:])
    wrong = officer.send(page.form(f"{page.address}/amounts"), 422, **{"amount-1": "500.01"})
    assert "between nothing and 500.00 yuan" in wrong.words
    page = officer.send(page.form(f"{page.address}/amounts"), 200, **{"amount-1": "120.50"})
    assert "Demanded 120.50" in page.words
    clerk.see(page.address, 404)
    page = officer.press(page, "prepare")
    approver.press(approver.see(page.address), "recover")
    told = clerk.see(page.address).words
    assert "审计发现运费多计（示例）" in told
    assert first in told
    assert second not in told
    page = finance.see(page.address)
    back = {"kind": "returned", "document_no": "示例回单7", "received_on": NOW.date().isoformat()}
    page = finance.press(page, "receive", 200, amount_yuan="100", **back)
    assert "Still owed 20.50" in page.words
    twice = finance.press(page, "receive", 409, amount_yuan="1", **back)
    assert "The paper 示例回单7 was counted before." in twice.words
    page = finance.press(page, "receive", 200, **{**back, "kind": "enforced", "document_no": "执1"})
    assert "All came back" in page.words
    entries = [clerk.see(link).words for link in page.links if link.startswith("/ledger/")]
    assert any("Finding of an audit" in words for words in entries)
    (row,) = clerk.see("/recoveries").table()[1:]
    assert row[-3:] == ["120.50", "120.50", "0.00"]
    assert page.address in clerk.see("/shipments/1").links
    allotment = finance.see("/allotments/1").words
    assert "Instructed or disbursed 879.50" in allotment
    assert "Came back of it 120.50" in allotment, "what was paid is what is used and what came back"


def test_what_is_missing_is_said_and_nothing_is_kept(bench: jobs.Bench, app: Flask) -> None:
    key = way.disbursed(bench)
    officer = visit(app, "league_officer")
    page = officer.see(f"/recoveries/new?disbursement={key}")
    refused = officer.send(page.form("/recoveries"), 422, reason_code="other", reason="误")
    assert "The day by which it is to be paid back is missing." in refused.words
    assert "There are no recoveries." in officer.see("/recoveries").words
    visit(app, "league_finance").see(f"/recoveries/new?disbursement={key}", 403)


def test_the_next_payment_shows_what_it_keeps_off(bench: jobs.Bench, app: Flask) -> None:
    way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench)))
    way.shipped(bench, 2, first=5)
    filing = way.filed(bench)
    way.approve(bench, filing)
    (key,) = way.disbursements(
        bench, way.allotted(bench, filing, 2 * RATE_FEN, "示例预〔2026〕9号")
    )
    words = visit(app, "league_finance").see(f"/disbursements/{key}").words
    assert "Kept off for recoveries 500.00" in words
    assert "Cash to pay 500.00" in words


def test_a_system_recovers_through_the_api_alone(bench: jobs.Bench, app: Flask) -> None:
    key = way.disbursed(bench)
    callers = {
        login: Caller(app.test_client(), {"Authorization": f"Bearer {token(app, login)}"})
        for login in ("league_officer", "league_approver", "league_finance")
    }
    made = callers["league_officer"].post(
        "recoveries",
        201,
        disbursement=key,
        reason_code="overpaid",
        reason="示例",
        document_no="示例追〔2026〕2号",
        due_on="2026-12-31",
    )
    path = f"recoveries/{made['id']}"
    assert (made["demanded_fen"], made["left_fen"], made["state"]) == (RATE_FEN, 0, "draft")
    (line,) = callers["league_officer"].get(f"{path}/lines")
    lines = [{"item_id": line["item_id"], "amount_fen": RATE_FEN - 1}]
    changed = callers["league_officer"].put(f"{path}/lines", lines=lines)
    assert changed["demanded_fen"] == RATE_FEN - 1
    callers["league_officer"].step(path, "prepare")
    callers["league_approver"].step(path, "recover")
    paper = {"kind": "returned", "document_no": "回单1", "received_on": NOW.date().isoformat()}
    callers["league_finance"].step(path, "receive", 422, **paper)
    callers["league_finance"].step(path, "receive", 200, amount_fen=RATE_FEN - 1, **paper)
    stands = callers["league_finance"].get(path)
    assert (stands["state"], stands["back_fen"], stands["left_fen"]) == (
        *("recovered", RATE_FEN - 1),
        0,
    )
    assert [one["document_no"] for one in stands["back"]] == ["回单1"]
