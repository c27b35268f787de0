"""The league's finance lists payments and reads the bank's answers on the page and by the API."""

import io
import json

from flask import Flask

from tests import iso20022, way
from tests.instructions import code
from tests.journeys import RATE_FEN
from tests.web.api.callers import call
from tests.web.visitors import file, visit
from tracker import jobs

PAYER = {"payer_bank": "示例银行", "payer_account": "0100200300", "pay_on": "2026-12-31"}


def test_a_list_is_made_downloaded_and_answered(bench: jobs.Bench, app: Flask) -> None:
    number = code(bench, way.to_be_paid(bench))
    finance = visit(app, "league_finance")
    page = finance.see("/instructions")
    assert [row[1] for row in page.table()[1:]] == [number]
    made = finance.send(page.form("/instructions"), 200, **PAYER)
    assert made.table()[1][0] == number
    for ending, begins in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert finance.client.get(f"{made.address}/list.{ending}").data.startswith(begins)
    assert not iso20022.fault(finance.client.get(f"{made.address}/list.xml").data)
    assert "Nothing waits to be listed." in finance.see("/instructions").words
    told = f"支付编号,状态\n{number},成功\nX,成功\n"
    form = finance.see("/instructions").form("/instructions/answers")
    answers = finance.send(form, file=file(told.encode(), "回单.csv"))
    assert [row[-1] for row in answers.table()[1:]] == [
        *("to be recorded", "no payment of this league has this number")
    ]
    done = finance.send(answers.form(answers.address))
    assert done.table()[1][-1] == "recorded already"
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    assert "Recorded: 1." in done.words


def test_the_firm_puts_its_account_right_after_the_bank_refused(
    bench: jobs.Bench, app: Flask
) -> None:
    way.to_be_paid(bench)
    manager = visit(app, "manager")
    assert "/applications/1/account" not in manager.see("/applications/1").text
    way.failed(bench, 1)
    page = manager.see("/applications/1")
    said = {"bank_name": "示例银行", "bank_account": "6333", "reason": "账号少一位"}
    done = manager.send(page.form("/applications/1/account"), 200, **said)
    assert "account 6333" in done.words
    finance = visit(app, "league_finance")
    drafts = finance.send(finance.see("/disbursements/1").form("/disbursements"))
    assert "not the account of the application" in drafts.words
    assert "6333" in drafts.words


def test_firms_and_other_offices_see_no_list(bench: jobs.Bench, app: Flask) -> None:
    number = code(bench, way.to_be_paid(bench))
    call(app, "league_finance").post(
        "instructions", 201, disbursements=[1], payer_name="示例市财政局", **PAYER
    )
    for login in ("clerk", "manager", "commerce_officer", "finance_officer"):
        visit(app, login).see("/instructions", 403)
    assert number in visit(app, "league_approver").see("/instructions/1").text
    assert number in visit(app, "auditor").see("/instructions/1").text


def test_a_system_makes_a_list_and_takes_the_banks_answers(bench: jobs.Bench, app: Flask) -> None:
    number = code(bench, way.to_be_paid(bench))
    caller = call(app, "league_finance")
    one = caller.post("instructions", 201, disbursements=[1], payer_name="示例市财政局", **PAYER)
    assert (one["cash_fen"], one["lines"][0]["firm"]) == (RATE_FEN, "示例企业甲")
    assert caller.get("instructions/1") == one
    assert caller.get("instructions")[0]["code"] == one["code"]
    assert not iso20022.fault(caller.ask("GET", "instructions/1/xml").data)
    assert caller.ask("GET", "instructions/1/csv").data.startswith(b"\xef\xbb\xbf")
    assert caller.ask("GET", "instructions/1/xlsx").data.startswith(b"PK")
    told = {"file": (io.BytesIO(f"支付编号,状态,金额\n{number},成功,500.00\n".encode()), "回.csv")}
    read = json.loads(caller.ask("POST", "instructions/answers", 201, data=told).data)
    assert [item["step"] for item in read["items"]] == ["confirm"]
    assert caller.get("instructions/answers/1") == read
    taken = caller.post("instructions/answers/1/take")
    assert [(item["state"], item["trouble"]) for item in taken["items"]] == [("disbursed", "")]
    refused = caller.post("instructions", 409, disbursements=[1], payer_name="示例", **PAYER)
    assert "已列入支付清单" in str(refused)
