"""What goes to the treasury and comes back from the bank: item by item, and never twice."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import iso20022, way
from tests.guards import refused
from tests.instructions import PAYER, TODAY, answered, code, listed
from tests.journeys import NOW, RATE_FEN, act_on, person
from tracker import jobs
from tracker.errors import Conflict, NotAllowed, NotNow, Refused
from tracker.models.applications import Application
from tracker.models.filings import Disbursement
from tracker.models.instructions import InstructionList
from tracker.papers import bank_answers, instruction_list
from tracker.papers.instruction_list import Listed, Payment
from tracker.steps import instructions, payee


def test_a_disbursement_stands_on_one_list_and_is_paid_once(bench: jobs.Bench) -> None:
    key = way.to_be_paid(bench)
    one = listed(bench, key)
    with bench.database.reading() as session:
        made = session.get_one(InstructionList, one)
        assert (made.members, made.cash_fen, made.code) == (1, RATE_FEN, "ZF-00001")
        assert instructions.ready(session, made.league) == []
    with pytest.raises(Conflict, match="stands on a list already"):
        listed(bench, key)
    rows = [(code(bench, key), "支付成功", "500.00", "HD-1", "")]
    assert [(item.verdict, item.step) for item in answered(bench, *rows)] == [("step", "confirm")]
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    assert [item.verdict for item in answered(bench, *rows)] == ["settled"]
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    assert way.proven(bench)


def test_what_the_bank_refused_is_paid_anew_to_the_account_put_right(bench: jobs.Bench) -> None:
    first = way.to_be_paid(bench)
    listed(bench, first)
    answered(bench, (code(bench, first), "失败", 500, "", "户名不符"))
    assert way.stages(bench) == {"approved": RATE_FEN}

    def correct(session: Session, login: str = "manager", **other: str) -> None:
        said = {"bank_name": "示例银行", "bank_account": "6333", "reason": "账号少一位"} | other
        application = session.scalars(select(Application)).one()
        payee.correct(session, person(session, login), application, **said, now=NOW)

    with pytest.raises(NotAllowed, match="manager"):
        bench.database.transact(lambda db: correct(db, "clerk"))
    with pytest.raises(Refused, match="stands already"):
        bench.database.transact(lambda db: correct(db, bank_account="6222"))
    with pytest.raises(Refused, match="“示例企业甲” is no account number"):
        bench.database.transact(lambda db: correct(db, bank_account="示例企业甲"))
    with pytest.raises(Refused, match="reason are needed"):
        bench.database.transact(lambda db: correct(db, reason=" "))
    bench.database.transact(correct)
    with bench.database.reading() as session:
        allotment = session.get_one(Disbursement, first).allotment_id
    (second,) = way.disbursements(bench, allotment)
    with pytest.raises(Conflict, match="after the bank refused it"):
        bench.database.transact(lambda db: correct(db, bank_account="6444"))
    with bench.database.reading() as session:
        anew = session.get_one(Disbursement, second)
        assert (anew.bank_account, payee.why_other(session, anew)) == ("6333", "账号少一位")
        assert payee.why_other(session, session.get_one(Disbursement, first)) == ""
    way.instructed(bench, second)
    listed(bench, second)
    late = answered(
        bench,
        (code(bench, first), "成功", 500, "HD-9", ""),
        (code(bench, second), "已入账", 500, "HD-2", ""),
    )
    assert [item.verdict for item in late] == ["against", "step"], "the first is not paid as well"
    assert way.stages(bench) == {"disbursed": RATE_FEN}


def test_money_the_bank_sent_back_afterwards_can_be_paid_anew(bench: jobs.Bench) -> None:
    key = way.to_be_paid(bench, 2)
    answered(bench, (code(bench, key), "成功", 1000, "HD-1", ""))
    back, _ = answered(bench, (code(bench, key), "已退汇", 1000, "", "账户已销"), ("DF-9", "成功"))
    assert (back.step, back.trouble) == ("bounce", None)
    assert way.stages(bench) == {"approved": 2 * RATE_FEN}
    with bench.database.reading() as session:
        allotment = session.get_one(Disbursement, key).allotment_id
    (anew,) = way.disbursements(bench, allotment)
    way.instructed(bench, anew)
    way.confirmed(bench, anew)
    assert way.stages(bench) == {"disbursed": 2 * RATE_FEN}
    assert way.proven(bench)


def test_what_is_being_recovered_is_not_sent_back_as_a_payment(bench: jobs.Bench) -> None:
    key = way.disbursed(bench)
    way.recovery_drafted(bench, key)
    with pytest.raises(Conflict, match="being recovered"):
        act_on(
            bench, Disbursement, key, "league_finance", "bounce", reason_code="other", reason="退"
        )
    (item,) = answered(bench, (code(bench, key), "退汇", 500, "", ""))
    assert item.trouble is not None
    assert way.stages(bench) == {"disbursed": RATE_FEN}


def test_answers_that_do_not_fit_are_shown_and_change_nothing(bench: jobs.Bench) -> None:
    key = way.to_be_paid(bench)
    number = code(bench, key)
    told = answered(
        bench,
        (number, "成功", "500.01", "", ""),
        ("DF-9999-001", "成功", "500.00", "", ""),
    )
    assert [item.verdict for item in told] == ["differs", "nobody"]
    assert [item.verdict for item in answered(bench, (number, "处理中", "", "", ""))] == ["unknown"]
    twice = [(number, "成功", 500, "", ""), (number, "失败", 500, "", ""), (number, "成功", 500)]
    assert [item.verdict for item in answered(bench, *twice)] == ["unknown"]
    assert way.stages(bench) == {"instructed": RATE_FEN}


def test_only_the_leagues_finance_lists_and_reads(bench: jobs.Bench) -> None:
    key = way.to_be_paid(bench)
    for login in ("league_officer", "commerce_officer"):
        with pytest.raises(NotAllowed):
            listed(bench, key, login=login)
    with pytest.raises(Refused, match="No payment was chosen"):
        listed(bench)

    def early(session: Session) -> None:
        user = person(session, "league_finance")
        instructions.make(session, user, [key], PAYER, TODAY - timedelta(days=1), NOW)

    with pytest.raises(Refused, match="from today on"):
        bench.database.transact(early)

    def read(session: Session) -> None:
        instructions.keep(session, person(session, "league_officer"), "x", "0" * 64, [], NOW)

    with pytest.raises(NotAllowed):
        bench.database.transact(read)


@pytest.mark.parametrize("table", ["instruction_list", "instruction_list_line", "bank_file"])
def test_lists_and_answers_are_only_added_to(bench: jobs.Bench, table: str) -> None:
    listed(bench, way.to_be_paid(bench))
    answered(bench, ("DF-1", "成功", 1, "", ""))
    refused(bench.database, "only added to", f"DELETE FROM {table}", f"UPDATE {table} SET id = 9")  # noqa: S608  our own names


LISTED = Listed(
    code="ZF-00001",
    payer="示例市财政局",
    payer_bank="示例银行",
    payer_account="0100200300",
    pay_on=date(2026, 6, 1),
    made_at=NOW,
    is_sample=True,
    members=(
        Payment(
            code="DF-0001-001",
            payee="=示例企业",
            uscc="91150100MA0EXMPL1X",
            bank="示例银行",
            account="6222",
            cash_fen=123_456,
            allotment="示例预〔2026〕2号",
            budget_line="2160699",
            purpose="运费补贴",
        ),
    ),
)


def test_the_message_to_the_bank_names_every_payment_by_its_number() -> None:
    root = etree.fromstring(instruction_list.message(LISTED))
    names = {"p": instruction_list.NAMESPACE}
    assert root.findtext("p:CstmrCdtTrfInitn/p:PmtInf/p:CtrlSum", namespaces=names) == "1234.56"
    (one,) = root.findall(".//p:CdtTrfTxInf", namespaces=names)
    assert one.findtext("p:PmtId/p:EndToEndId", namespaces=names) == "DF-0001-001"
    (amount,) = one.findall("p:Amt/p:InstdAmt", namespaces=names)
    assert (amount.text, amount.get("Ccy")) == ("1234.56", "CNY")
    assert [etree.QName(child).localname for child in one] == [
        *("PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf")
    ]


def test_an_account_is_written_whole_in_the_message_or_not_at_all() -> None:
    (one,) = LISTED.members
    names = {"p": instruction_list.NAMESPACE}

    def account(number: str) -> str | None:
        raw = instruction_list.message(replace(LISTED, members=(replace(one, account=number),)))
        root = etree.fromstring(raw)
        return root.findtext(".//p:CdtrAcct/p:Id/p:Othr/p:Id", namespaces=names)

    assert account("6222 0212 3456 7890 123") == "6222021234567890123"
    assert account("9" * 34) == "9" * 34
    hyphened = "-".join(["9" * 17] * 2)
    payee.check_account(hyphened)
    assert account(hyphened) == "9" * 34, "what may be applied with does not stop the list"
    with pytest.raises(Conflict, match=r"9{35} is longer"):
        account("9" * 35)


def test_the_columns_of_the_list_are_the_installations_own(tmp_path: Path) -> None:
    ours = instruction_list.shape(tmp_path)
    assert (
        instruction_list.text_table(LISTED, ours)
        .decode()
        .splitlines()[1]
        .startswith("DF-0001-001,'=示例企业,6222,")
    )
    assert instruction_list.workbook(LISTED, ours).startswith(b"PK")
    (tmp_path / "templates").mkdir()
    own = tmp_path / "templates" / "instruction_list.toml"
    own.write_text(
        'title = "清单"\n[[column]]\nheading = "金额"\nof = "cash"\nwidth = 10\n', encoding="utf-8"
    )
    assert instruction_list.text_table(LISTED, instruction_list.shape(tmp_path)) == (
        "\ufeff金额\r\n1234.56\r\n".encode()
    )
    own.write_text('title = "清单"\n[[column]]\nheading = "金额"\nof = "x"\nwidth = 1\n')
    with pytest.raises(NotNow, match="cannot be used"):
        instruction_list.shape(tmp_path)


def test_every_column_about_the_status_and_our_own_number_are_looked_at() -> None:
    raw = (
        "业务流水号,处理状态,交易结果,支付编号,支付日期,金额\n"
        "BANK1,已完成,失败,DF-1,2026/1/2 10:00:00,1\n"
        "BANK2,已完成,成功,DF-2,2026年12月12日,1\n"
        "BANK3,,失败,DF-3,,1\n"
        "DF-4,成功,,,,1\n"
    )
    found = bank_answers.read(raw.encode())
    assert [(one.code, one.outcome) for one in found] == [
        *(("DF-1", "unknown"), ("DF-2", "confirmed"), ("DF-3", "failed"), ("DF-4", "confirmed"))
    ]
    assert found[0].said == "已完成 / 失败"
    assert [one.day for one in found[:2]] == ["2026/1/2", "2026年12月12日"]


def test_a_status_report_is_read_like_a_table() -> None:
    found = bank_answers.read(iso20022.REPORT.encode())
    assert [(one.code, one.outcome, one.amount_fen, one.receipt_no) for one in found] == [
        ("DF-0001-001", "confirmed", 123_456, "HD-7"),
        ("DF-0001-002", "failed", None, ""),
        ("DF-0001-003", "unknown", None, ""),
    ]
    assert found[1].words == "AC01 账号有误"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "cannot be read"),
        (b"%PDF-1.4", "cannot be read"),
        ("编号,结果\n1,好\n".encode(), "支付编号、状态"),
        ("支付编号,状态,金额\nDF-1,成功,五百\n".encode("gb18030"), "Row 2: “五百”"),
        (b"<?xml version='1.0'?><a/>", "TxInfAndSts"),
        (b"<?xml version='1.0'?><!DOCTYPE a><a/>", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw: bytes, told: str) -> None:
    with pytest.raises(Refused, match=told):
        bank_answers.read(raw)


@given(
    st.integers(0, 10**13),
    st.sampled_from(["{:,}.{:02d}", "{}.{:02d}", "¥{}.{:02d}元", "{}.{:02d}00"]),
)
def test_an_amount_is_read_to_the_fen_however_it_is_printed(fen: int, shape: str) -> None:
    printed = shape.format(fen // 100, fen % 100)
    (one,) = bank_answers.read(f'支付编号,状态,金额\nDF-1,成功,"{printed}"\n'.encode())
    assert one.amount_fen == fen
