"""Sheets back 回传测算表: a filing's calculation sheet, filled in and uploaded again.

Whoever may see the lines learns whether the workbook is the very one that was filed, or what in it
differs. Commerce may take over what it typed into it, all at once, while it examines the filing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from tracker import access, blobs
from tracker.books import audit
from tracker.errors import Conflict, Refused, TooMuch, mark
from tracker.models.filings import Filing, FilingLine
from tracker.models.money import Item
from tracker.models.people import User
from tracker.papers import sheet_back, sheets, typed_rows
from tracker.papers.sheet_back import Comparison, Known
from tracker.papers.typed_rows import Wrong
from tracker.steps import filing as filings
from tracker.steps import review
from tracker.web import context, policy, uploads

bp = Blueprint("sheets_back", __name__, url_prefix="/filings")

TAKEN = "filing.sheet_back"
MOST_SHOWN = 1_000
"""Rows of one page; the counts are of all."""


@dataclass(frozen=True)
class Returned:
    """A workbook that came back, beside the filing it is of."""

    filing: Filing
    sha256: str
    unchanged: bool
    """It is the very file that was filed."""
    found: Comparison


@bp.post("/<int:key>/sheets-back")
@policy.may("see_filing_lines")
def upload(key: int) -> ResponseReturnValue:
    """Look at a workbook that came back; nothing is changed by it."""
    sha256 = kept(key, chosen(request.files.get("file")))
    return redirect(url_for("sheets_back.back", key=key, sha256=sha256), code=303)


@bp.get("/<int:key>/sheets-back/<sha256>")
@policy.may("see_filing_lines")
def back(key: int, sha256: str) -> ResponseReturnValue:
    """What it says beside what stands: the same, what it proposes, what is wrong."""
    session, user = context.session(), context.user()
    one = returned(session, user, key, sha256)
    return render_template(
        "filings/back.html",
        one=one,
        filing=one.filing,
        most=MOST_SHOWN,
        words=words,
        may_take=one.filing.state == "filed" and access.may(user, "reduce_filing"),
    )


@bp.post("/<int:key>/sheets-back/<sha256>")
@policy.may("reduce_filing")
def take(key: int, sha256: str) -> ResponseReturnValue:
    """Take over everything it proposes, or nothing where one of them cannot be."""
    count = taken(key, sha256)
    told = gettext("Taken over: %(count)s lines.", count=count)
    flash(told, "success" if count else "warning")
    return redirect(url_for("filings.filing", key=key), code=303)


def kept(key: int, raw: bytes) -> str:
    """Keep the bytes of a workbook that is of this visible filing; their hash."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_filings(user), key)
    if not found.sheet_sha256:
        raise Conflict(mark("The calculation sheet has not been made yet."))
    return store(raw, sheet_back.read)


def returned(session: Session, user: User, key: int, sha256: str) -> Returned:
    """A workbook that was uploaded, beside the visible filing."""
    found = access.see(session, access.visible_filings(user), key)
    rows = sheet_back.read(blobs.read(context.settings().home, sha256))
    lines = [_known(item, line) for _, item, line in sheets.lines_of(session, found)]
    comparison = sheet_back.compared(rows, lines)
    return Returned(found, sha256, sha256 == found.sheet_sha256, comparison)


def taken(key: int, sha256: str) -> int:
    """Take over what it proposes as the signed-in person; how many lines were changed.

    Raises ``Refused`` where anything in it is wrong: half a sheet is not taken over.
    """
    now = context.now()

    def work(db: Session, person: User) -> int:
        one = returned(db, person, key, sha256)
        require_right(one.found.problems)
        lines = {line.item.code: line for line in filings.lines(db, one.filing)}
        if any(each.line.code not in lines for each in one.found.proposed):
            raise Refused(
                mark("The sheet takes something off lines that are decided, or held back."),
                mark("Take it off on the page of the filing in which they are now."),
            )
        for each in one.found.proposed:
            line = lines[each.line.code]
            review.reduce(db, line, each.reduced_fen, each.reason_code, each.reason)
        detail = {"sha256": sha256, "lines": len(one.found.proposed)}
        audit.done(db, person, TAKEN, f"filing:{one.filing.code}", now, detail)
        return len(one.found.proposed)

    return context.write(work)


def chosen(file: FileStorage | None) -> bytes:
    """The bytes of the workbook that was chosen.

    Raises ``Refused`` where none was, ``TooMuch`` before half of it is read as no table.
    """
    uploads.file_name(file.filename or "" if file else "")
    assert file is not None
    limit = context.settings().upload_limit_bytes
    raw = file.stream.read(limit + 1)
    if len(raw) > limit:
        raise TooMuch(
            mark("The file is larger than %(limit)s MB."),
            typed_rows.OURS,
            limit=limit >> 20,
        )
    return raw


def store(raw: bytes, read: Callable[[bytes], object]) -> str:
    """Keep a workbook that can be read as such a sheet; its hash. Raises as ``read``."""
    read(raw)
    settings = context.settings()
    sha256, _ = blobs.store(settings.home, BytesIO(raw), settings.upload_limit_bytes)
    return sha256


def require_right(problems: Sequence[Wrong]) -> None:
    """Half a sheet is not taken over: raises ``Refused`` where anything in it is wrong."""
    if problems:
        raise Refused(
            mark("%(count)s rows of the sheet are wrong; nothing was taken over."),
            mark("Mend them in the workbook, and upload it again."),
            count=len(problems),
        )


def words(wrong: Wrong) -> Mapping[str, str]:
    """What is wrong and how to mend it, in the language of the page."""
    what, how = context.words_of(Refused(wrong.what, wrong.how, **wrong.args))
    return {"what": what, "how": how}


def _known(item: Item, line: FilingLine | None) -> Known:
    """A line as it stands; one that the first review took off whole was filed with nothing."""
    if line is None:
        return Known(item.code, item.subject.label, 0, 0, "", "")
    return Known(
        code=item.code,
        label=item.subject.label,
        filed_fen=line.filed_fen,
        reduced_fen=line.reduced_fen,
        reason_code=line.reason_code,
        reason=line.reason,
    )
