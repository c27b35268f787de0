"""Cross books 比对工作簿: one file's results and rows, as this person may see them, in Excel."""

from collections.abc import Iterator

from flask import Response
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.models.cross_checks import CrossCheckFile, CrossCheckRow
from tracker.models.people import User
from tracker.papers import cross_book
from tracker.web import context, cross_views, cross_words, downloads, filters
from tracker.web.filters import tongue


def book(file: CrossCheckFile) -> Response:
    """The workbook of a visible file as a download."""
    session, user = context.session(), context.user()
    named = f"{cross_words.source_label(file.source)} {file.first_day}—{file.last_day}"
    title = f"{gettext('Cross-check')} {named}"
    rows = _rows(session, user, file)
    names = cross_words.fields_of([row for row, _ in rows])
    about = cross_book.About(
        title=title,
        fields=[cross_words.field_label(name) for name in names],
        most=downloads.MOST_ROWS,
        is_sample=context.ground().is_sample,
        lang=tongue(),
    )
    raw = cross_book.write(
        about,
        list(_results(session, user, file)),
        [
            cross_book.Row(
                row.row_no,
                filters.state_label(state, "cross_row"),
                tuple(
                    cross_words.value_words(name, row.fields[name]) if name in row.fields else ""
                    for name in names
                ),
            )
            for row, state in rows
        ],
        context.now(),
    )
    return downloads.workbook(raw, title)


def _results(session: Session, user: User, file: CrossCheckFile) -> Iterator[cross_book.Result]:
    """A line for each field that does not agree; one for a shipment of which all agree."""
    query = cross_views.results(user, file).limit(downloads.MOST_ROWS + 1)
    for one in cross_views.views(session, user, session.scalars(query).all()):
        shipment = one.result.shipment
        about = (shipment.departure_date, shipment.label, shipment.firm.name)
        rows = {each["field"]: each["rows"] for each in one.result.findings}
        apart = [each for each in one.findings if each.outcome != "agrees"]
        for each in apart:
            yield cross_book.Result(
                filters.state_label(each.outcome, "cross_check"),
                *about,
                field=each.label,
                ours=each.ours,
                theirs=each.theirs,
                rows="、".join(map(str, rows[each.field])),
            )
        if not apart:
            yield cross_book.Result(filters.state_label(one.result.outcome, "cross_check"), *about)


def _rows(session: Session, user: User, file: CrossCheckFile) -> list[tuple[CrossCheckRow, str]]:
    state = cross_views.row_state(session, user, file)
    query = cross_views.rows(session, user, file).add_columns(state)
    found = session.execute(query.limit(downloads.MOST_ROWS + 1))
    return [(row, told) for row, told in found]
