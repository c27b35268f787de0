"""Instruction list 支付清单: what the treasury's system takes, as workbook, CSV, or pain.001. Pure.

Columns of workbook and CSV are data: ``instruction_list.toml`` here, or the installation's own. The
message is a CustomerCreditTransferInitiation of ISO 20022, pain.001.001.09 (iso20022.org, Payments
Initiation); its EndToEndId is the disbursement's number, by which the bank's answer names it.
"""

import csv
import io
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from tracker.errors import Conflict, NotNow, mark
from tracker.papers import detail
from tracker.papers.cells import safe
from tracker.papers.formulas import Cell, yuan
from tracker.papers.workbook import (
    A4,
    Column,
    across,
    begin,
    end,
    page,
    table,
    wide_enough,
)
from tracker.steps import payee

TEMPLATE = Path(__file__).parent / "instruction_list.toml"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "CNY"
NAME_LENGTH, NUMBER_LENGTH, PURPOSE_LENGTH = 140, 34, 140
"""Of Max140Text, Max34Text in that message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of the list."""

    code: str
    payee: str
    uscc: str
    bank: str
    account: str
    cash_fen: int
    allotment: str
    budget_line: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A whole list."""

    code: str
    payer: str
    payer_bank: str
    payer_account: str
    pay_on: date
    made_at: datetime
    """In local time."""
    is_sample: bool
    members: tuple[Payment, ...]

    @property
    def cash_fen(self) -> int:
        """Of all payments."""
        return sum(one.cash_fen for one in self.members)


@dataclass(frozen=True, slots=True)
class Shape:
    """The layout: a title and the columns, each with what stands in it."""

    title: str
    columns: tuple[tuple[Column, str], ...]


CELLS: dict[str, tuple[str, Callable[[Payment], Cell]]] = {
    "code": ("document", lambda one: one.code),
    "payee": ("text", lambda one: one.payee),
    "uscc": ("document", lambda one: one.uscc),
    "bank": ("text", lambda one: one.bank),
    "account": ("document", lambda one: one.account),
    "cash": ("money", lambda one: yuan(one.cash_fen)),
    "allotment": ("document", lambda one: one.allotment),
    "budget_line": ("document", lambda one: one.budget_line),
    "purpose": ("text", lambda one: one.purpose),
}
"""What may stand in a column: its style, and what it is of a payment."""


def shape(home: Path) -> Shape:
    """The layout of this installation: its own, else ours; raises ``NotNow`` where it is none."""
    own = home / "templates" / TEMPLATE.name
    try:
        told = tomllib.loads((own if own.exists() else TEMPLATE).read_text(encoding="utf-8"))
        columns = tuple(
            (Column(str(one["heading"]), float(one["width"]), CELLS[one["of"]][0]), str(one["of"]))
            for one in told["column"]
        )
        return Shape(str(told["title"]), columns)
    except (KeyError, TypeError, ValueError) as error:
        raise NotNow(
            mark("The installation's own layout of the payment list cannot be used: %(why)s"),
            mark("Tell the administrator: templates/instruction_list.toml in the home folder."),
            why=repr(error),
        ) from error


def workbook(listed: Listed, look: Shape) -> bytes:
    """The list as an .xlsx file."""
    book = begin(look.title, listed.code, listed.made_at)
    sheet = book.file.add_worksheet("支付清单")
    width = len(look.columns)
    across(book, sheet, 0, width, look.title, "title", 34)
    across(book, sheet, 1, width, detail.SAMPLE if listed.is_sample else "", "sample", 20)
    head = (
        f"清单编号：{listed.code}　付款人：{listed.payer}　账号：{listed.payer_account}　"
        f"开户银行：{listed.payer_bank}　支付日期：{listed.pay_on}"
    )
    across(book, sheet, 2, width, head, "note", 22)
    columns = [column for column, _ in look.columns]
    rows = [[CELLS[of][1](one) for _, of in look.columns] for one in listed.members]
    row = table(book, sheet, 3, wide_enough(columns, rows), rows)
    total: list[tuple[Cell, str]] = [
        (yuan(listed.cash_fen), "total") if of == "cash" else ("", "total_text")
        for _, of in look.columns
    ]
    if look.columns[0][1] != "cash":
        total[0] = (f"合计 {len(rows)} 笔", "total_text")
    end(book, sheet, row, total)
    sheet.freeze_panes(4, 0)
    page(sheet, paper=A4, repeated=(3, 3), footer=listed.code, is_sample=listed.is_sample)
    return book.close()


def text_table(listed: Listed, look: Shape) -> bytes:
    """The list as CSV: UTF-8 with its mark, headings, one line a payment; nothing is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column, _ in look.columns])
    for one in listed.members:
        writer.writerow([safe(CELLS[of][1](one)) for _, of in look.columns])
    return ("\ufeff" + out.getvalue()).encode()


def message(listed: Listed) -> bytes:
    """The list as a pain.001.001.09 message, UTF-8."""
    spaces: dict[str | None, str] = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap=spaces)  # type: ignore[arg-type]  # the stubs know no default namespace
    initiation = _under(root, "CstmrCdtTrfInitn")
    head = _under(initiation, "GrpHdr")
    _under(head, "MsgId", listed.code)
    _under(head, "CreDtTm", listed.made_at.isoformat(timespec="seconds"))
    _counted(head, listed)
    _under(_under(head, "InitgPty"), "Nm", listed.payer[:NAME_LENGTH])
    part = _under(initiation, "PmtInf")
    _under(part, "PmtInfId", listed.code)
    _under(part, "PmtMtd", "TRF")
    _counted(part, listed)
    _under(_under(part, "ReqdExctnDt"), "Dt", listed.pay_on.isoformat())
    _under(_under(part, "Dbtr"), "Nm", listed.payer[:NAME_LENGTH])
    _account(_under(part, "DbtrAcct"), listed.payer_account)
    _under(_under(_under(part, "DbtrAgt"), "FinInstnId"), "Nm", listed.payer_bank[:NAME_LENGTH])
    for one in listed.members:
        _transfer(_under(part, "CdtTrfTxInf"), one)
    said = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return bytes(said)


def _transfer(under: etree._Element, one: Payment) -> None:
    _under(_under(under, "PmtId"), "EndToEndId", one.code)
    amount = _under(_under(under, "Amt"), "InstdAmt", f"{yuan(one.cash_fen):.2f}")
    amount.set("Ccy", CURRENCY)
    _under(_under(_under(under, "CdtrAgt"), "FinInstnId"), "Nm", one.bank[:NAME_LENGTH])
    _under(_under(under, "Cdtr"), "Nm", one.payee[:NAME_LENGTH])
    _account(_under(under, "CdtrAcct"), one.account)
    _under(_under(under, "RmtInf"), "Ustrd", one.purpose[:PURPOSE_LENGTH])


def _counted(under: etree._Element, listed: Listed) -> None:
    _under(under, "NbOfTxs", str(len(listed.members)))
    _under(under, "CtrlSum", f"{yuan(listed.cash_fen):.2f}")


def _account(under: etree._Element, number: str) -> None:
    plain = payee.plain(number)
    if len(plain) > NUMBER_LENGTH:
        raise Conflict(
            mark("The account %(account)s is longer than the message can hold."),
            mark("Use the workbook, or have the account put right."),
            account=plain,
        )
    _under(_under(_under(under, "Id"), "Othr"), "Id", plain)


def _under(parent: etree._Element, name: str, said: str = "") -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if said:
        made.text = said
    return made
