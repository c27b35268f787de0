"""Instructions 支付指令: lists for the treasury's system, and the bank's answers read back."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker import access
from tracker.access.instructions import visible_bank_files, visible_lists
from tracker.models.instructions import BankFile, InstructionList
from tracker.papers import bank_answers
from tracker.steps import instructions as steps
from tracker.web import context, downloads, instructions, policy, uploads
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Body, Day, FileField, Key, LeagueAnswer, Text

blp = Noun(
    "instructions", "支付清单", "What the league's treasury is told to pay, and its answers."
)


class ListBody(Body):
    """Which instructed disbursements, paid by whom and when."""

    disbursements = fields.List(Key(), required=True)
    payer_name = Text(instructions.NAME_LENGTH, least=1, required=True)
    payer_bank = Text(instructions.NAME_LENGTH, least=1, required=True)
    payer_account = Text(instructions.ACCOUNT_LENGTH, least=1, required=True)
    pay_on = Day(required=True)


class ListAnswer(Answer):
    """支付清单."""

    id = fields.Integer()
    code = fields.String()
    league = fields.Nested(LeagueAnswer)
    payer_name = fields.String()
    payer_bank = fields.String()
    payer_account = fields.String()
    pay_on = fields.Date()
    members = fields.Integer()
    cash_fen = fields.Integer()
    made_at = fields.AwareDateTime()


class PaymentAnswer(Answer):
    """一笔支付."""

    disbursement_id = fields.Integer()
    code = fields.String(attribute="disbursement.code")
    firm = fields.String(attribute="disbursement.firm.name")
    bank_name = fields.String(attribute="disbursement.bank_name")
    bank_account = fields.String(attribute="disbursement.bank_account")
    state = fields.String(attribute="disbursement.state")
    bank_answer = fields.String(attribute="disbursement.bank_answer")
    cash_fen = fields.Integer()


class ListOne(ListAnswer):
    """支付清单，附各笔支付."""

    lines = fields.List(fields.Nested(PaymentAnswer))


class AnswersFile(Body):
    """The bank's answers: Excel, CSV or pain.002."""

    file = FileField(required=True)


class JudgedAnswer(Answer):
    """一条回单与账面对照."""

    code = fields.String(attribute="answer.code")
    outcome = fields.String(attribute="answer.outcome")
    said = fields.String(attribute="answer.said")
    amount_fen = fields.Integer(attribute="answer.amount_fen", allow_none=True)
    receipt_no = fields.String(attribute="answer.receipt_no")
    disbursement_id = fields.Integer(attribute="disbursement.id", allow_none=True)
    state = fields.String(attribute="disbursement.state", allow_none=True)
    verdict = fields.String()
    step = fields.String()
    trouble = fields.Function(
        lambda one: " ".join(context.words_of(one.trouble)).strip() if one.trouble else "",
        metadata={"type": "string", "description": "Why a step that was tried was not taken."},
    )


class AnswersOne(Answer):
    """回单文件，逐条对照."""

    id = fields.Integer(attribute="file.id")
    file_name = fields.String(attribute="file.file_name")
    read_at = fields.AwareDateTime(attribute="file.read_at")
    items = fields.List(fields.Nested(JudgedAnswer))


@blp.listing("", "支付清单列表", ListAnswer)
@policy.may("see_instruction_lists")
def listed(pages: Pages) -> list[InstructionList]:
    """The lists one may see, newest first."""
    query = visible_lists(context.user())
    return part(query.order_by(InstructionList.id.desc()), pages)


@blp.writing("", "编制支付清单", ListOne, ListBody, status=201)
@policy.may("make_instruction_list")
def make(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """List instructed disbursements for the treasury; each stands on one list at most."""
    payer = steps.Payer(body["payer_name"], body["payer_bank"], body["payer_account"])
    key = instructions.made(body["disbursements"], payer, body["pay_on"])
    return made(_one(key), "instructions", key)


@blp.reading("/<int:key>", "一份支付清单", ListOne)
@policy.may("see_instruction_lists")
def one(key: int) -> Mapping[str, Any]:
    """One list with its payments and how each stands."""
    return _one(key)


@blp.file("/<int:key>/xlsx", "下载支付清单 Excel", downloads.BOOK_TYPE)
@policy.may("see_instruction_lists")
def book_file(key: int) -> Response:
    """The list as a workbook."""
    return instructions.book_file(key)


@blp.file("/<int:key>/csv", "下载支付清单 CSV", "text/csv")
@policy.may("see_instruction_lists")
def text_file(key: int) -> Response:
    """The list as CSV."""
    return instructions.text_file(key)


@blp.file("/<int:key>/xml", "下载支付清单 pain.001", "application/xml")
@policy.may("see_instruction_lists")
def message_file(key: int) -> Response:
    """The list as a pain.001.001.09 message."""
    return instructions.message_file(key)


@blp.writing("/answers", "上传银行回单文件", AnswersOne, AnswersFile, status=201, location="files")
@policy.may("make_instruction_list")
def read(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Read the bank's answers and lay them beside the books; nothing is recorded yet."""
    sent = body["file"]
    name = uploads.file_name(sent.filename or "")
    key = instructions.kept(name, sent.stream.read(bank_answers.MOST_BYTES + 1))
    return made(_answers(key), "instructions/answers", key)


@blp.reading("/answers/<int:key>", "回单逐条对照", AnswersOne)
@policy.may("see_instruction_lists")
def answers(key: int) -> Mapping[str, Any]:
    """Each answer of a file beside the payment it is about."""
    return _answers(key)


@blp.writing("/answers/<int:key>/take", "按回单登记", AnswersOne)
@policy.may("make_instruction_list")
def take(key: int) -> Mapping[str, Any]:
    """Record what follows from the answers, item by item; what cannot be says why."""
    done = instructions.taken(key)
    return {"file": _file(key), "items": done}


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_lists(context.user()), key)
    fields_of = {name: getattr(found, name) for name in ListAnswer().fields}
    return {**fields_of, "lines": steps.lines(session, found)}


def _answers(key: int) -> Mapping[str, Any]:
    found = _file(key)
    return {"file": found, "items": steps.judged(context.session(), found)}


def _file(key: int) -> BankFile:
    return access.see(context.session(), visible_bank_files(context.user()), key)
