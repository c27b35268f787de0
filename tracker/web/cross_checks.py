"""Cross-checks 数据比对: files of customs, ports and railways, and what they say of shipments."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tracker import access
from tracker.errors import Refused, mark
from tracker.models.cross_checks import CROSS_FILE_STATES, CROSS_OUTCOMES, CrossCheckFile
from tracker.steps import cross_checks as steps
from tracker.steps import cross_comparing
from tracker.web import (
    answers,
    asked,
    context,
    cross_books,
    cross_files,
    cross_problems,
    cross_views,
    cross_words,
    policy,
    previews,
    problems,
    shipment_list,
    uploads,
)

bp = Blueprint("cross_checks", __name__, url_prefix="/cross-checks")

RELOAD_SECONDS = 3
LENGTHS = {"source_name": 100, "document_no": 60}


@bp.get("")
@policy.may("see_cross_files")
def cross_checks() -> ResponseReturnValue:
    """The files one may see, newest first, and the place to add one."""
    session, user = context.session(), context.user()
    query = cross_files.filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(CrossCheckFile.id.desc()).limit(paged.rows).offset(paged.offset)
    found = list(session.scalars(part))
    return render_template(
        "cross_checks/list.html",
        rows=found,
        counts=cross_views.outcome_counts(session, user, found),
        paged=paged,
        states=CROSS_FILE_STATES,
        outcomes=CROSS_OUTCOMES,
        sources=cross_words.sources(),
        modes=shipment_list.MODES,
        offices=cross_words.offices(session),
        may_upload=access.may(user, "upload_cross_check"),
        shows_office=user.role in access.SEES_ALL,
        accept=uploads.ACCEPT,
        limit_mb=context.settings().upload_limit_bytes // (1 << 20),
    )


@bp.post("")
@policy.may("upload_cross_check")
def upload() -> ResponseReturnValue:
    """Take in one file with what is stated of it."""
    form = request.form
    sent = request.files.get("file")
    named = {name: asked.clean(form.get(name, ""), most) for name, most in LENGTHS.items()}
    stated = {name: form.get(name, "") for name in ("source", "mode", "port")}
    made = cross_files.take_in(
        sent.filename or "" if sent else "",
        sent.stream if sent else request.stream,
        {
            **named,
            **stated,
            "first_day": asked.read_day(form.get("first_day", "")),
            "last_day": asked.read_day(form.get("last_day", "")),
        },
    )
    return redirect(url_for("cross_checks.one", key=made.id), code=303)


@bp.get("/<int:key>")
@policy.may("see_cross_files")
def one(key: int) -> ResponseReturnValue:
    """One file: what is stated of it, how it was read, and what it says of each shipment."""
    session, user = context.session(), context.user()
    found = cross_files.the_file(key)
    reading = steps.newest_reading(session, found)
    outcome = asked.one_of("outcome", CROSS_OUTCOMES)
    query = cross_views.results(user, found, outcome)
    paged = asked.paged(asked.count(session, query))
    part = session.scalars(query.limit(paged.rows).offset(paged.offset)).all()
    may_answer = access.may(user, "upload_cross_check") and found.state in steps.OPEN_STATES
    return render_template(
        "cross_checks/one.html",
        file=found,
        reading=reading,
        counts=cross_views.counts(session, user, found),
        outcomes=CROSS_OUTCOMES,
        row_states=cross_views.ROW_STATES,
        results=cross_views.views(session, user, part),
        paged=paged,
        comparison=cross_comparing.newest_comparison(session, found),
        problems=cross_problems.told(reading) if reading else [],
        columns=previews.columns_of(reading.understood) if reading else [],
        kind_label=previews.kind_words(reading.understood) if reading else "",
        fields=cross_words.fields(),
        sheets=[(name, name) for name in reading.understood["sheets"]] if reading else [],
        history=answers.told(session.scalars(steps.every_answer(found)).all()),
        source=cross_words.source_label(found.source),
        office=cross_words.office_label(found.port),
        limits=cross_words.limits(),
        busy=found.state == "received",
        reload_seconds=RELOAD_SECONDS,
        may_answer=may_answer,
        may_withdraw=access.may(user, "upload_cross_check") and found.state != "withdrawn",
    )


@bp.get("/<int:key>/rows")
@policy.may("see_cross_files")
def row_list(key: int) -> ResponseReturnValue:
    """The rows of a file: those that name a shipment, and those that name none of ours."""
    session, user = context.session(), context.user()
    found = cross_files.the_file(key)
    query = cross_views.rows(session, user, found, asked.one_of("state", cross_views.ROW_STATES))
    paged = asked.paged(asked.count(session, query))
    part = session.scalars(query.limit(paged.rows).offset(paged.offset)).all()
    return render_template(
        "cross_checks/rows.html",
        file=found,
        rows=part,
        told=cross_views.states_of(session, user, found, part),
        paged=paged,
        states=cross_views.ROW_STATES,
        fields=cross_words.fields_of(part),
        say=cross_words.value_words,
        label=cross_words.field_label,
    )


@bp.get("/<int:key>/workbook")
@policy.may("see_cross_files")
def workbook(key: int) -> Response:
    """The results and the rows of a file as a workbook."""
    return cross_books.book(cross_files.the_file(key))


@bp.get("/<int:key>/original")
@policy.may("see_cross_files")
def original(key: int) -> Response:
    """The bytes as they were uploaded, as a download."""
    return cross_files.bytes_of(key)


@bp.post("/<int:key>/understanding")
@policy.may("upload_cross_check")
def understand(key: int) -> ResponseReturnValue:
    """Take another sheet, heading row or meaning of columns, and read the file again."""
    form = request.form.to_dict()

    def given(db: Session, file: CrossCheckFile) -> list[Answer]:
        reading = steps.newest_reading(db, file)
        return answers.understood(reading.understood, form) if reading else []

    return _kept(key, given)


@bp.post("/<int:key>/answers")
@policy.may("upload_cross_check")
def answer(key: int) -> ResponseReturnValue:
    """Take one of the answers that a problem of the newest reading offers."""
    form = request.form.to_dict()

    def given(db: Session, file: CrossCheckFile) -> list[Answer]:
        reading = steps.newest_reading(db, file)
        if reading is None or str(reading.number) != form.get("reading"):
            raise Refused(
                mark("The problem is no longer there: the file was read again meanwhile."),
                mark("Open the upload again."),
            )
        return [cross_problems.chosen(reading, form)]

    return _kept(key, given)


@bp.post("/<int:key>/answers/<int:number>/take-back")
@policy.may("upload_cross_check")
def take_back(key: int, number: int) -> ResponseReturnValue:
    """Take an answer back and read the file again without it."""
    cross_files.take_back(key, number)
    return redirect(url_for("cross_checks.one", key=key), code=303)


@bp.post("/<int:key>/withdraw")
@policy.may("upload_cross_check")
def withdraw(key: int) -> ResponseReturnValue:
    """Take the file back with a reason; it stays in the archive."""
    cross_files.withdraw(key, asked.clean(request.form.get("reason", ""), 300))
    flash(gettext("Withdrawn; the file stays in the archive."), "success")
    return redirect(url_for("cross_checks.one", key=key), code=303)


def _kept(key: int, given: cross_files.Given) -> ResponseReturnValue:
    cross_files.answer(key, given)
    flash(gettext("Kept; the file is read again."), "success")
    return redirect(url_for("cross_checks.one", key=key), code=303)


@bp.app_context_processor
def _panels() -> dict[str, object]:
    return {"cross_checks_of": cross_views.panel}


bp.add_app_template_filter(cross_words.source_label, "cross_source")
bp.add_app_template_filter(problems.why, "why_not_data")
