"""Letters 文书: papers of filings and applications in Word, and the templates they come from."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access, blobs
from tracker.access.publications import visible_publications
from tracker.errors import NotThere, Refused, mark
from tracker.models.applications import Application
from tracker.models.filings import Filing
from tracker.models.letter_templates import (
    APPLIED_KINDS,
    FILED_KINDS,
    LETTER_KINDS,
    LetterTemplate,
)
from tracker.models.people import User
from tracker.models.publications import Publication
from tracker.papers import applied_papers, letter_check, letters, paper_book, pdf
from tracker.papers import filed_papers as papers
from tracker.papers.filling import Fault
from tracker.steps import letter_templates as steps
from tracker.web import context, downloads, policy, uploads

bp = Blueprint("letters", __name__)

NAMES = {
    "request": mark("Letter of request"),
    "publication": mark("Table of the publication"),
    "performance": mark("Performance table"),
    "application": mark("Application form"),
    "promise": mark("Letter of promise"),
}
"""Kind of paper -> msgid."""


@dataclass(frozen=True)
class InUse:
    """A paper and the template it is made from; none is the built-in one."""

    kind: str
    label: str
    template: LetterTemplate | None


@bp.get("/filings/<int:key>/papers.zip")
@policy.may("see_filing_lines")
def bundle(key: int) -> Response:
    """All papers of a filing in one file."""
    return bundle_of(key)


@bp.get("/filings/<int:key>/papers/<kind>")
@policy.may("see_filing_lines")
def letter(key: int, kind: str) -> Response:
    """One letter of a filing."""
    return letter_of(key, kind)


@bp.get("/filings/<int:key>/tables/<kind>")
@policy.may("see_filing_lines")
def book(key: int, kind: str) -> Response:
    """公示表 or 绩效表 of a filing in Excel."""
    return book_of(key, kind)


@bp.get("/filings/<int:key>/lines.pdf")
@policy.may("see_filing_lines")
def line_list(key: int) -> Response:
    """The lines of a filing as a PDF."""
    return line_list_of(key)


@bp.get("/applications/<int:key>/papers/<kind>")
@policy.may("see_applications")
def applied(key: int, kind: str) -> Response:
    """申请表 or 承诺书 of an application, filled in."""
    return applied_of(key, kind)


@bp.get("/applications/<int:key>/form.pdf")
@policy.may("see_applications")
def form(key: int) -> Response:
    """The 申请表 of an application as a PDF."""
    return form_of(key)


@bp.get("/publications/<int:key>/table.xlsx")
@policy.may("see_publications")
def table_book(key: int) -> Response:
    """The 公示表 of a publication in Excel, as it was frozen."""
    return table_book_of(key)


@bp.get("/publications/<int:key>/table.pdf")
@policy.may("see_publications")
def table_pdf(key: int) -> Response:
    """The 公示表 of a publication as a PDF, as it was frozen."""
    return table_pdf_of(key)


@bp.get("/publications/<int:key>/table.docx")
@policy.may("see_publications")
def table(key: int) -> Response:
    """The 公示表 of a publication, as it was frozen."""
    return table_of(key)


@bp.get("/letters")
@policy.may("see_templates")
def templates() -> ResponseReturnValue:
    """The templates in use, the names they may have, and how to bring another."""
    session, user = context.session(), context.user()
    return render_template(
        "letters/list.html",
        found=in_use(session, user),
        values=letters.VALUES,
        lists=letters.LISTS,
        may_bring=access.may(user, "bring_template"),
        mine=user.league_id,
    )


@bp.get("/letters/<kind>")
@policy.may("see_templates")
def template(kind: str) -> Response:
    """The template in use for a paper, as a file to change."""
    return template_of(kind)


@bp.post("/letters/<kind>")
@policy.may("bring_template")
def bring(kind: str) -> ResponseReturnValue:
    """Put one's own file in the place of the template, or go back."""
    file = request.files.get("file")
    if "back" in request.form:
        put_back(kind)
        flash(gettext("Done; papers are made from the template before again."), "success")
    else:
        keep(kind, file.filename or "" if file else "", file.stream if file else io.BytesIO())
        flash(gettext("Kept. From now on the paper is made from this template."), "success")
    return redirect(url_for("letters.templates"), code=303)


def listed() -> list[tuple[str, str, bool]]:
    """Every paper of a filing: its kind, what it is called, and whether it comes in Excel too."""
    return [(kind, gettext(NAMES[kind]), kind in papers.BOOKS) for kind in FILED_KINDS]


def listed_applied() -> list[tuple[str, str]]:
    """Every paper of an application: its kind, and what it is called."""
    return [(kind, gettext(NAMES[kind])) for kind in APPLIED_KINDS]


def bundle_of(key: int) -> Response:
    """All papers of a visible filing as a download."""
    found = _filing(key)
    raw = papers.bundle(context.session(), context.settings().home, found, context.now())
    name = gettext("papers")
    return downloads.file(raw, downloads.ZIP_TYPE, f"{found.code}_{name}.zip")


def letter_of(key: int, kind: str) -> Response:
    """One paper of a visible filing as a download."""
    found, label = _filing(key), letters.LETTERS[_kind(kind, FILED_KINDS)].label
    raw = papers.letter(context.session(), context.settings().home, found, kind, context.now())
    return downloads.file(raw, downloads.DOCX_TYPE, f"{found.code}_{label}.docx")


def applied_of(key: int, kind: str) -> Response:
    """One paper of a visible application as a download."""
    found, label = _application(key), letters.LETTERS[_kind(kind, APPLIED_KINDS)].label
    raw = applied_papers.letter(context.session(), context.settings().home, found, kind)
    return downloads.file(raw, downloads.DOCX_TYPE, f"{found.code}_{label}.docx")


def form_of(key: int) -> Response:
    """The form of a visible application as a PDF."""
    found, label = _application(key), letters.LETTERS["application"].label
    raw = applied_papers.form(context.session(), found, context.now())
    return downloads.file(raw, downloads.PDF_TYPE, f"{found.code}_{label}.pdf")


def table_of(key: int) -> Response:
    """The table of a visible publication as a download."""
    found = _publication(key)
    raw = papers.table(context.session(), context.settings().home, found)
    return downloads.file(raw, downloads.DOCX_TYPE, f"{_table_name(found)}.docx")


def table_book_of(key: int) -> Response:
    """The table of a visible publication in Excel."""
    found = _publication(key)
    raw = paper_book.write(*papers.table_paper(context.session(), found))
    return downloads.workbook(raw, _table_name(found))


def table_pdf_of(key: int) -> Response:
    """The table of a visible publication as a PDF."""
    found = _publication(key)
    raw = pdf.write(*papers.table_paper(context.session(), found))
    return downloads.file(raw, downloads.PDF_TYPE, f"{_table_name(found)}.pdf")


def book_of(key: int, kind: str) -> Response:
    """A table of a visible filing in Excel; raises ``NotThere`` for a letter that is none."""
    found, label = _filing(key), letters.LETTERS[_kind(kind, papers.BOOKS)].label
    raw = papers.book(context.session(), found, kind, context.now())
    return downloads.workbook(raw, f"{found.code}_{label}")


def line_list_of(key: int) -> Response:
    """All lines of a visible filing as a PDF."""
    found = _filing(key)
    raw = papers.line_list(context.session(), found, context.now())
    return downloads.file(raw, downloads.PDF_TYPE, f"{found.code}_{papers.LINES}.pdf")


def template_of(kind: str) -> Response:
    """The template that the person's office uses, as a download."""
    league_id, label = context.user().league_id, letters.LETTERS[_kind(kind)].label
    raw = papers.template(context.session(), context.settings().home, league_id, kind)
    name = gettext("template")
    return downloads.file(raw, downloads.DOCX_TYPE, f"{label}_{name}.docx")


def in_use(session: Session, user: User) -> list[InUse]:
    """Every paper with the template the person's office uses for it."""
    found = steps.in_use(session, user.league_id)
    return [InUse(kind, gettext(NAMES[kind]), one) for kind, one in found.items()]


def keep(kind: str, name: str, stream: IO[bytes]) -> None:
    """Keep a template as the signed-in person's office's; raises ``Refused`` naming its faults."""
    kind, kept_name, now = _kind(kind), uploads.file_name(name), context.now()
    raw = stream.read(letter_check.LIMIT_BYTES + 1)
    if found := letter_check.check(raw, letters.KNOWN):
        raise Refused(
            mark("The template cannot be used. %(faults)s"),
            mark("Mend it and bring it again; nothing was changed."),
            faults=_said(found),
        )
    sha256, _ = blobs.store(context.settings().home, io.BytesIO(raw), letter_check.LIMIT_BYTES)

    def work(db: Session, person: User) -> None:
        steps.keep(db, person, kind, sha256, kept_name, now)

    context.write(work)


def put_back(kind: str) -> None:
    """Go back to the template before one's own, as the signed-in person."""
    kind, now = _kind(kind), context.now()

    def work(db: Session, person: User) -> None:
        steps.keep(db, person, kind, "", "", now)

    context.write(work)


def _filing(key: int) -> Filing:
    return access.see(context.session(), access.visible_filings(context.user()), key)


def _application(key: int) -> Application:
    return access.see(context.session(), access.visible_applications(context.user()), key)


def _publication(key: int) -> Publication:
    return access.see(context.session(), visible_publications(context.user()), key)


def _table_name(found: Publication) -> str:
    return f"{found.code}_{letters.LETTERS['publication'].label}"


def _kind(kind: str, kinds: Sequence[str] = LETTER_KINDS) -> str:
    """The kind itself; raises ``NotThere`` for a paper that there is not among these."""
    if kind not in kinds:
        raise NotThere(mark("There is no such paper."), mark("Choose one of the list."))
    return kind


def _said(found: Sequence[Fault]) -> str:
    """Faults in words, each with how to mend it."""
    told = []
    for one in found:
        message, mend = letter_check.FAULTS[one.key]
        told += [gettext(message, what=one.what), gettext(mend)]
    return " ".join(told)
