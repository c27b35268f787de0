"""Statements 对账单: a firm's money in a period, as page, PDF, workbook and by API.

A statement is told up to one entry of the ledger; asked for again at that entry it is the same to
the byte.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker import access
from tracker.access.ledger import visible_firms
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models.money import Entry
from tracker.models.people import Firm
from tracker.papers import paper_book, pdf
from tracker.papers import statement as papers
from tracker.papers.paper import Paper
from tracker.steps import statements
from tracker.steps.statements import Statement
from tracker.web import asked, balances, books, context, downloads, filters, policy

bp = Blueprint("statements", __name__, url_prefix="/statements")


@dataclass(frozen=True)
class Wanted:
    """Which statement the address asks for."""

    firm: Firm
    first: date
    last: date
    known: Entry


@bp.get("")
@policy.may("see_statements")
def statement() -> ResponseReturnValue:
    """The form, and the statement it asks for; a firm's own without asking."""
    session, user = context.session(), context.user()
    firms = session.scalars(visible_firms(user)).all()
    wanted = asked_for(firms[0] if firms else None)
    found = of(wanted) if wanted else None
    return render_template(
        "statements/one.html",
        firms=firms,
        shows_firm=user.firm is None,
        found=found,
        kind_label=books.kind_label,
        cause_words=partial(books.cause_words, user),
        ledger_head=(found.known.seq, found.known.hash) if found else (0, ""),
    )


@bp.get("/statement.pdf")
@policy.may("see_statements")
def pdf_file() -> Response:
    """The statement as a PDF."""
    return _file(pdf.write, "pdf", downloads.PDF_TYPE)


@bp.get("/statement.xlsx")
@policy.may("see_statements")
def book_file() -> Response:
    """The statement as a workbook."""
    return _file(paper_book.write, "xlsx", downloads.BOOK_TYPE)


def asked_for(otherwise: Firm | None = None) -> Wanted | None:
    """The firm, the period and the entry asked for; this year up to now where nothing is said.

    Raises ``NotThere`` for a firm whose money one may not see; None while the books are empty.
    """
    session, user = context.session(), context.user()
    key = asked.key(asked.text("firm"))
    firm = access.see(session, visible_firms(user), key) if key else otherwise
    known = balances.known(session)
    if firm is None or known is None:
        return None
    today = local_day(context.now())
    first = asked.day("from") or today.replace(month=1, day=1)
    return Wanted(firm, first, max(asked.day("to") or today, first), known)


def of(wanted: Wanted) -> Statement:
    """The statement, as far as one may see."""
    days = (wanted.first, wanted.last)
    return statements.of(context.session(), context.user(), wanted.firm, days, wanted.known)


def _file(write: Callable[[Paper, datetime], bytes], ending: str, content_type: str) -> Response:
    wanted = asked_for(context.user().firm)
    if wanted is None:
        raise NotThere(
            mark("There is no statement: no firm is named, or no money moved yet."),
            mark("Choose the firm on the page of statements."),
        )
    cause = partial(books.cause_words, context.user())
    paper = papers.of_firm(of(wanted), books.kind_label, cause, lang=filters.tongue())
    label = gettext("Statement")
    name = f"{label}_{wanted.firm.uscc}_{wanted.known.seq}.{ending}"
    return downloads.file(write(paper, wanted.known.recorded_at), content_type, name)
