"""Instructions 支付指令: lists for the treasury's system, and its answers read back."""

import hashlib
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.instructions import visible_bank_files, visible_lists
from tracker.db import SHANGHAI, local_day
from tracker.errors import Refused, mark
from tracker.models.instructions import BankFile, InstructionList
from tracker.models.people import User
from tracker.papers import bank_answers, instruction_list
from tracker.papers.instruction_list import Listed, Payment
from tracker.steps import instructions as steps
from tracker.web import asked, context, downloads, policy, uploads

bp = Blueprint("instructions", __name__, url_prefix="/instructions")

NAME_LENGTH, ACCOUNT_LENGTH = 80, 34
XML_TYPE = "application/xml; charset=utf-8"
CSV_TYPE = "text/csv; charset=utf-8"
OUTCOMES: dict[str, str] = {
    "confirmed": mark("paid"),
    "failed": mark("refused"),
    "returned": mark("sent back"),
    "unknown": mark("not decided"),
}
"""What the bank says -> msgid."""


@bp.get("")
@policy.may("see_instruction_lists")
def instructions() -> ResponseReturnValue:
    """What can be listed now, the lists, and the files of answers."""
    session, user = context.session(), context.user()
    may_make = access.may(user, "make_instruction_list")
    query = visible_lists(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(InstructionList.id.desc()).limit(paged.rows).offset(paged.offset)
    files = visible_bank_files(user).order_by(BankFile.id.desc()).limit(asked.PAGE_ROWS)
    newest = session.scalar(query.order_by(InstructionList.id.desc()).limit(1))
    return render_template(
        "instructions/list.html",
        ready=steps.ready(session, user.league) if may_make and user.league else [],
        lists=session.scalars(part).all(),
        paged=paged,
        files=session.scalars(files).all(),
        may_make=may_make,
        payer=newest,
        payer_name=f"{user.league.name_zh}财政局" if user.league else "",
        today=local_day(context.now()),
    )


@bp.post("")
@policy.may("make_instruction_list")
def make() -> ResponseReturnValue:
    """Make a list of what is ticked."""
    form = request.form
    key = made(
        [asked.key(one) for one in form.getlist("payment")],
        steps.Payer(
            asked.clean(form.get("payer_name", ""), NAME_LENGTH),
            asked.clean(form.get("payer_bank", ""), NAME_LENGTH),
            asked.clean(form.get("payer_account", ""), ACCOUNT_LENGTH),
        ),
        asked.read_day(form.get("pay_on", "")),
    )
    flash(gettext("Made. Download it for the treasury's system; it stays as it is."), "success")
    return redirect(url_for("instructions.one", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_instruction_lists")
def one(key: int) -> ResponseReturnValue:
    """A list with its payments and how each stands."""
    session = context.session()
    found = access.see(session, visible_lists(context.user()), key)
    return render_template("instructions/one.html", found=found, lines=steps.lines(session, found))


@bp.get("/<int:key>/list.xlsx")
@policy.may("see_instruction_lists")
def book_file(key: int) -> Response:
    """The list as a workbook, laid out as this installation says."""
    found = listed(key)
    raw = instruction_list.workbook(found, instruction_list.shape(context.settings().home))
    return downloads.workbook(raw, found.code)


@bp.get("/<int:key>/list.csv")
@policy.may("see_instruction_lists")
def text_file(key: int) -> Response:
    """The same columns as CSV."""
    found = listed(key)
    raw = instruction_list.text_table(found, instruction_list.shape(context.settings().home))
    return downloads.file(raw, CSV_TYPE, f"{found.code}.csv")


@bp.get("/<int:key>/list.xml")
@policy.may("see_instruction_lists")
def message_file(key: int) -> Response:
    """The list as a pain.001 message."""
    found = listed(key)
    return downloads.file(instruction_list.message(found), XML_TYPE, f"{found.code}.xml")


@bp.post("/answers")
@policy.may("make_instruction_list")
def read() -> ResponseReturnValue:
    """Read a file of the bank's answers; nothing is recorded yet."""
    file = request.files.get("file")
    name = uploads.file_name(file.filename or "" if file else "")
    assert file is not None
    key = kept(name, file.stream.read(bank_answers.MOST_BYTES + 1))
    return redirect(url_for("instructions.answers", key=key), code=303)


@bp.get("/answers/<int:key>")
@policy.may("see_instruction_lists")
def answers(key: int) -> ResponseReturnValue:
    """Each answer beside the payment it is about, and what would be recorded."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_bank_files(user), key)
    return _answers(found, steps.judged(session, found))


@bp.post("/answers/<int:key>")
@policy.may("make_instruction_list")
def take(key: int) -> ResponseReturnValue:
    """Record what follows from the answers; each item says what came of it."""
    done = taken(key)
    count = sum(bool(item.step) and item.trouble is None for item in done)
    flash(gettext("Recorded: %(count)s.", count=count), "success" if count else "warning")
    found = access.see(context.session(), visible_bank_files(context.user()), key)
    now = {item.answer["code"]: item for item in steps.judged(context.session(), found)}
    return _answers(found, [item if item.trouble else now[item.answer["code"]] for item in done])


def made(keys: list[int], payer: steps.Payer, pay_on: date | None) -> int:
    """Make a list; its key."""
    now = context.now()
    if pay_on is None:
        raise Refused(mark("The day of payment is not a day."), mark("Write it as 2026-12-31."))

    def work(db: Session, person: User) -> int:
        return steps.make(db, person, keys, payer, pay_on, now).id

    return context.write(work)


def kept(name: str, raw: bytes) -> int:
    """Read a file of answers and keep what it says; its key."""
    now = context.now()
    found = [one.as_json() for one in bank_answers.read(raw)]
    if not found:
        raise Refused(mark("The file names no payment."), mark("Check that it is the right file."))
    sha256 = hashlib.sha256(raw).hexdigest()

    def work(db: Session, person: User) -> int:
        return steps.keep(db, person, name, sha256, found, now).id

    return context.write(work)


def taken(key: int) -> list[steps.Judged]:
    """Record what follows from the answers of a visible file."""
    now = context.now()

    def work(db: Session, person: User) -> list[steps.Judged]:
        found = access.see(db, visible_bank_files(person), key)
        return steps.take(db, person, found, now)

    return context.write(work)


def listed(key: int) -> Listed:
    """A visible list as its papers print it."""
    session = context.session()
    found = access.see(session, visible_lists(context.user()), key)
    lines = steps.lines(session, found)
    return Listed(
        code=found.code,
        payer=found.payer_name,
        payer_bank=found.payer_bank,
        payer_account=found.payer_account,
        pay_on=found.pay_on,
        made_at=found.made_at.astimezone(SHANGHAI),
        is_sample=any(line.disbursement.firm.is_sample for line in lines),
        members=tuple(
            Payment(
                code=line.disbursement.code,
                payee=line.disbursement.firm.name,
                uscc=line.disbursement.firm.uscc,
                bank=line.disbursement.bank_name,
                account=line.disbursement.bank_account,
                cash_fen=line.cash_fen,
                allotment=line.disbursement.allotment.document_no,
                budget_line=line.disbursement.allotment.budget_line,
                purpose=f"{line.disbursement.filing.programme.name_zh} {line.disbursement.code}",
            )
            for line in lines
        ),
    )


def _answers(found: BankFile, items: list[steps.Judged]) -> str:
    user = context.user()
    return render_template(
        "instructions/answers.html",
        file=found,
        items=items,
        waiting=sum(bool(item.step) and item.trouble is None for item in items),
        outcomes=OUTCOMES,
        verdicts=steps.VERDICTS,
        words_of=context.words_of,
        may_take=access.may(user, "make_instruction_list"),
    )
