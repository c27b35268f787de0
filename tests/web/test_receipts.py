"""A receipt says what stood computed, stays as it is, and can be verified by whoever holds it."""

import hashlib
import io
import json
from functools import partial

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from rules.lines import yuan
from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Page, People, Visitor, visit
from tracker import jobs
from tracker.db import canonical
from tracker.errors import TooMuch
from tracker.papers import pdf, receipt
from tracker.steps import receipts

AWARD = yuan(journeys.RATE_FEN)


def made(visitor: Visitor, address: str) -> Page:
    """The receipt that the button of this page makes."""
    return visitor.send(visitor.see(address).form("/receipts"))


def code_of(page: Page) -> str:
    """The verification code on a receipt."""
    facts = page.tree.xpath("//dl[@class='facts']/div")
    told = {one.findtext("dt"): one.findtext("dd") for one in facts}
    return str(told["Verification code"])


def verified(app: Flask, code: str, total: str, status: int = 200) -> str:
    """What a stranger is told."""
    stranger = app.test_client()
    stranger.set_cookie("tracker_language", "en")
    shown = stranger.get("/receipts/verification").get_data(as_text=True)
    token = shown.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": token, "code": code, "total": total}
    answer = stranger.post("/receipts/verification", data=data)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_a_firm_makes_a_receipt_of_a_shipment_that_says_every_article(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench)
    page = made(visit(app, "clerk"), "/shipments/1")
    assert "Receipt of a computation (no ground for payment)" in page.words
    assert page.table()[-1][:2] + page.table()[-1][-1:] == ["Result", "Awarded", AWARD]
    assert page.table(1)[1:] == [["Accrued", AWARD]]
    told = json.loads(visit(app, "clerk").client.get(f"{page.address}/receipt.json").data)
    content = told["content"]
    assert hashlib.sha256(canonical(content).encode()).hexdigest() == told["sha256"]
    assert content["total_fen"] == journeys.RATE_FEN
    assert content["dues"][0]["facts"]["departure_day"] == content["about"]["departed_on"]


def test_a_receipt_stays_as_it_is_when_the_money_moves_on(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench)
    clerk = visit(app, "clerk")
    before = made(clerk, "/shipments/1")
    raw = clerk.client.get(f"{before.address}/receipt.pdf").data
    way.applied(bench)
    assert clerk.see(before.address).table() == before.table()
    assert clerk.client.get(f"{before.address}/receipt.pdf").data == raw
    after = made(clerk, "/shipments/1")
    assert [row[0] for row in after.table(1)[1:]] == ["Applied for"]


def test_pdf_and_workbook_carry_the_same_amounts_and_no_formula(
    bench: jobs.Bench, app: Flask
) -> None:
    money.applied(bench, 3)
    manager = visit(app, "manager")
    page = made(manager, "/applications/1")
    raw = manager.client.get(f"{page.address}/receipt.pdf").data
    assert raw.startswith(b"%PDF-")
    book = load_workbook(io.BytesIO(manager.client.get(f"{page.address}/receipt.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    amounts = [float(cell.value) for cell in cells if cell.data_type == "n" and cell.value]
    assert amounts.count(journeys.RATE_FEN / 100) == 9
    assert amounts.count(3 * journeys.RATE_FEN / 100) == 4


def test_a_firms_year_is_summed_by_month(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench, 2)
    clerk = visit(app, "clerk")
    page = clerk.send(clerk.see("/receipts").form("/receipts"), year="2026")
    assert page.table()[-1][3:5] == ["2", yuan(2 * journeys.RATE_FEN)]
    refused = clerk.send(clerk.see("/receipts").form("/receipts"), 422, year="2024")
    assert "Nothing is computed here yet" in refused.words


def test_whoever_holds_a_receipt_learns_whether_it_is_true_and_nothing_more(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench)
    code = code_of(made(visit(app, "clerk"), "/shipments/1"))
    told = verified(app, code.lower().replace("-", " "), AWARD)
    assert "True: a receipt with this code and this total was made." in told
    for hidden in (journeys.FIRM, "蒙A10000", "W0"):
        assert hidden not in told
    altered = verified(app, code, "999999.00")
    assert "says another total" in altered
    assert AWARD not in altered
    assert "No receipt bears this code." in verified(app, "0000-0000-0000-0000", AWARD)
    mistyped = verified(app, code, "很多", 422)
    assert "is no amount in yuan" in mistyped
    assert code in mistyped, "what was typed is kept"


def test_another_firm_and_the_league_see_none_of_a_firms_receipts(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench)
    page = made(visit(app, "clerk"), "/shipments/1")
    code = code_of(page)
    for login in ("other_clerk", "league_officer", "commerce_officer"):
        visitor = visit(app, login)
        assert code not in visitor.see("/receipts").text
        visitor.see(page.address, 404)
    assert code in visit(app, "auditor").see("/receipts").text
    assert code in visit(app, "manager").see("/receipts", q=code.lower()).text
    assert "No receipt fits" in visit(app, "manager").see("/receipts", kind="application").words
    own = made(visit(app, "league_officer"), "/shipments/1")
    assert code_of(own) != code


def test_the_api_makes_the_same_receipt(bench: jobs.Bench, app: Flask) -> None:
    money.applied(bench, 2)
    clerk = call(app, "clerk")
    made_now = clerk.post("receipts", 201, kind="application", of=1)
    assert made_now["content"]["kind"] == "application"
    assert clerk.get(f"receipts/{made_now['id']}") == made_now
    assert [one["code"] for one in clerk.get("receipts", kind="application")] == [made_now["code"]]
    assert clerk.ask("GET", f"receipts/{made_now['id']}/pdf").data.startswith(b"%PDF-")
    assert clerk.ask("GET", f"receipts/{made_now['id']}/xlsx").data.startswith(b"PK")
    call(app, "other_clerk").get(f"receipts/{made_now['id']}", 404)
    call(app, "other_clerk").post("receipts", 404, kind="application", of=1)
    call(app, "league_officer").post("receipts", 404, kind="firm_year", of=999, year=2026)
    year = call(app, "league_officer").post("receipts", 201, kind="firm_year", of=1, year=2026)
    assert year["total_fen"] == 2 * journeys.RATE_FEN


def test_nothing_changes_a_receipt_that_was_made(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench)
    made(people["clerk"], "/shipments/1")
    for statement in ("UPDATE receipt SET total_fen = 1", "DELETE FROM receipt"):
        with pytest.raises(DBAPIError):
            bench.database.transact(partial(Session.execute, statement=text(statement)))


def test_a_receipt_of_more_lines_than_a_pdf_holds_sends_to_the_workbook() -> None:
    line = {
        "month": "2026-01",
        "league": {"zh": "盟", "en": "league"},
        "programme": {"zh": "项目", "en": "programme"},
        "shipments": 1,
        "computed_fen": 1,
        "balances": {},
    }
    content = {
        "kind": "firm_year",
        "is_sample": False,
        "about": {"year": 2026},
        "firm": {"name": "示例企业", "uscc": "9"},
        "as_of": {"seq": 1, "hash": "0", "at": "2026-01-01T00:00:00+08:00"},
        "lines": [line] * (pdf.MOST_ROWS + 1),
        "balances": {},
        "total_fen": pdf.MOST_ROWS + 1,
    }
    paper = receipt.laid_out(content, code="0", sha256="0", lang="zh")
    with pytest.raises(TooMuch, match="holds"):
        pdf.write(paper, journeys.NOW)


@pytest.mark.parametrize(
    "typed", ["k7qf93mdaaaabbbb", " K7QF 93MD aaaa-BBBB ", "K7QF－93MD—AAAABBBB"]
)
def test_a_code_is_understood_as_people_type_it(typed: str) -> None:
    assert receipts.read_code(typed) == "K7QF-93MD-AAAA-BBBB"


def test_codes_are_drawn_by_chance_from_signs_that_look_like_no_other() -> None:
    codes = {receipts.new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(receipts.read_code(code) == code for code in codes)
