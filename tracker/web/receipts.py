"""Receipts 测算说明单: made on a shipment, matter, application or firm's year; read, verified.

Whoever holds a receipt can ask here, without signing in, whether it is true: the code says when it
was made, the total on the paper whether it was altered. Nothing else is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.ledger import visible_firms
from tracker.access.receipts import visible_receipts
from tracker.db import canonical, local_day
from tracker.errors import NotThere, Refused, mark
from tracker.models.people import FIRM_ROLES, Firm, User
from tracker.models.receipts import RECEIPT_KINDS, Receipt
from tracker.papers import paper_book, pdf, receipt
from tracker.papers.paper import Paper, figure
from tracker.steps import receipts as steps
from tracker.web import amounts, asked, context, downloads, policy
from tracker.web.filters import tongue

bp = Blueprint("receipts", __name__, url_prefix="/receipts")

CODE_LENGTH, AMOUNT_LENGTH = 40, 24
KINDS: dict[str, str] = {
    "shipment": mark("Shipment"),
    "matter": mark("Matter"),
    "application": mark("Application"),
    "firm_year": mark("A firm's year"),
}
"""Kind -> msgid."""


@dataclass(frozen=True)
class Answer:
    """What is told of a receipt to whoever holds it."""

    is_known: bool
    agrees: bool = False
    """The total that was typed is the one on the receipt."""
    made_at: datetime | None = None
    seq: int = 0
    sha256: str = ""
    is_sample: bool = False


@bp.get("")
@policy.may("see_receipts")
def receipts() -> ResponseReturnValue:
    """The receipts of one's own office, newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(Receipt.id.desc()).limit(paged.rows).offset(paged.offset)
    today = local_day(context.now())
    may_issue = access.may(user, "issue_receipt")
    return render_template(
        "receipts/list.html",
        listed=session.scalars(part).all(),
        paged=paged,
        kind_options=[(kind, kind_label(kind)) for kind in RECEIPT_KINDS],
        kind_label=kind_label,
        may_issue=may_issue,
        firms=session.scalars(visible_firms(user)).all() if may_issue else (),
        years=range(today.year, today.year - 5, -1),
        shows_firm=user.role not in FIRM_ROLES,
    )


@bp.post("")
@policy.may("issue_receipt")
def issue() -> ResponseReturnValue:
    """Make a receipt of what stands now."""
    form = request.form
    year = asked.key(form.get("year", ""))
    key = make(form.get("kind", ""), asked.key(form.get("of", "")), year)
    flash(gettext("Made. It says what stood computed at this moment, and stays as it is."))
    return redirect(url_for("receipts.one", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_receipts")
def one(key: int) -> ResponseReturnValue:
    """A receipt as it reads."""
    found = seen(key)
    paper = laid_out(found)
    return render_template(
        "receipts/one.html",
        receipt=found,
        paper=paper,
        drawings=[
            (one, Markup(one.lying + one.standing))  # noqa: S704  made by us, names escaped there
            for one in paper.pictures
        ],
        figure=figure,
    )


@bp.get("/<int:key>/receipt.pdf")
@policy.may("see_receipts")
def pdf_file(key: int) -> Response:
    """The receipt as a PDF."""
    return _file(key, pdf.write, "pdf", downloads.PDF_TYPE)


@bp.get("/<int:key>/receipt.xlsx")
@policy.may("see_receipts")
def book_file(key: int) -> Response:
    """The receipt as a workbook."""
    return _file(key, paper_book.write, "xlsx", downloads.BOOK_TYPE)


@bp.get("/<int:key>/receipt.json")
@policy.may("see_receipts")
def json_file(key: int) -> Response:
    """The content as it was kept; its SHA-256 over canonical JSON stands on the receipt."""
    found = seen(key)
    told = {"code": found.code, "sha256": found.sha256, "content": found.content}
    return downloads.json_file(canonical(told).encode(), found.code)


@bp.get("/verification")
@policy.anyone
def verification() -> ResponseReturnValue:
    """Ask whether a receipt is true."""
    return render_template("receipts/verification.html", answer=None, code="", total="")


@bp.post("/verification")
@policy.anyone
def verify() -> ResponseReturnValue:
    """Answer whether a receipt bears this code and this total; nothing more."""
    code = asked.clean(request.form.get("code", ""), CODE_LENGTH)
    total = asked.clean(request.form.get("total", ""), AMOUNT_LENGTH)
    told: dict[str, object] = {"code": code, "total": total}
    try:
        return render_template("receipts/verification.html", answer=answered(code, total), **told)
    except Refused as error:
        told["wrong"] = context.words_of(error)
        return render_template("receipts/verification.html", answer=None, **told), error.status


def answered(code: str, total: str) -> Answer:
    """What is told to whoever types this code and this total in yuan."""
    typed = amounts.read_yuan(total)
    found = steps.by_code(context.session(), code)
    if found is None:
        return Answer(is_known=False)
    if typed != found.total_fen:
        return Answer(is_known=True)
    return Answer(
        is_known=True,
        agrees=True,
        made_at=found.made_at,
        seq=found.seq,
        sha256=found.sha256,
        is_sample=found.is_sample,
    )


def make(kind: str, of: int, year: int) -> int:
    """Make a receipt of a shipment, matter or application by key, or of a firm's year; its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        content, firm = _content(db, person, kind, of, year)
        return steps.issue(db, person, content, firm, now).id

    return context.write(work)


def filtered(user: User) -> Select[Receipt]:
    """The visible ones that the address asks for."""
    query = visible_receipts(user)
    if kind := asked.one_of("kind", RECEIPT_KINDS):
        query = query.where(Receipt.kind == kind)
    if text := asked.text("q"):
        named = Receipt.title.icontains(text, autoescape=True)
        query = query.where(named | (Receipt.code == steps.read_code(text)))
    return query


def kind_label(kind: str) -> str:
    """What a receipt is about, in words."""
    return str(gettext(KINDS[kind]))


def seen(key: int) -> Receipt:
    """One of those one may see."""
    return access.see(context.session(), visible_receipts(context.user()), key)


def laid_out(found: Receipt) -> Paper:
    """The receipt in the language of the page."""
    return receipt.laid_out(found.content, code=found.code, sha256=found.sha256, lang=tongue())


def _content(
    session: Session, user: User, kind: str, of: int, year: int
) -> tuple[steps.Content, Firm]:
    if kind in steps.OF:
        return steps.OF[kind](session, user, of)
    if kind == "firm_year":
        firm = user.firm or access.see(session, visible_firms(user), of)
        return steps.of_firm_year(session, user, firm, year)
    raise NotThere(mark("There is no such receipt."), mark("Choose one of those offered."))


def _file(
    key: int, write: Callable[[Paper, datetime], bytes], ending: str, content_type: str
) -> Response:
    found = seen(key)
    raw = write(laid_out(found), found.made_at)
    return downloads.file(raw, content_type, f"{found.code}.{ending}")
