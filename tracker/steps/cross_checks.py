"""Cross-checks 数据比对: somebody else's files kept, read, answered about, withdrawn.

The bytes are kept before anything looks at them, with what the uploader states of them: whose data,
of which days, mode and port. What people say of a file is what its columns mean and how they are
read. How it compares is found in ``cross_comparing``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from ingest import codes, cross_checks, headings
from ingest.answers import Answer
from ingest.rows import Problem
from tracker import access, bulk
from tracker.access import cross_checks as cross_access
from tracker.books import audit, queue
from tracker.db import canonical, local_day
from tracker.errors import Conflict, Refused, mark
from tracker.models.cross_checks import (
    CROSS_MODES,
    CROSS_SOURCES,
    CrossCheckAnswer,
    CrossCheckFile,
    CrossCheckReading,
    CrossCheckRow,
)
from tracker.models.people import User
from tracker.steps import answers, cross_asking, uploads

READ = "read_cross_check"
LIVE_STATES = ("received", "read")
OPEN_STATES = ("read", "refused")
"""Of a file that takes answers."""
MODE_OF = {"railway": "RAIL"}
"""Source -> the only mode its data speak of; else every truck would be without answer in them."""
MOST_PROBLEMS = 300
"""Kept of one reading; the reading says how many there were."""
VALUE_CHARACTERS = 200
MOST_DAYS = 400
"""A file states a period of about a year at most: what it lacks is told of each shipment."""


@dataclass(frozen=True)
class Upload:
    """Kept bytes, and what the uploader states of them."""

    name: str
    sha256: str
    size_bytes: int
    source: str
    source_name: str
    first_day: date | None
    last_day: date | None
    mode: str = ""
    port: str = ""
    document_no: str = ""


def store(session: Session, user: User, upload: Upload, now: datetime) -> CrossCheckFile:
    """Keep an upload and ask for it to be read, in one transaction.

    Raises ``NotAllowed`` for whoever may not, ``Refused`` where it is not stated what it is, and
    ``Conflict`` for bytes that stand already.
    """
    access.require(user, "upload_cross_check")
    first, last = _stated(upload)
    _stands_once(session, user.league_id, upload.sha256)
    made = CrossCheckFile(
        league_id=user.league_id,
        user_id=user.id,
        source=upload.source,
        source_name=upload.source_name[:100],
        document_no=upload.document_no[:60],
        first_day=first,
        last_day=last,
        mode=upload.mode or MODE_OF.get(upload.source, ""),
        port=upload.port,
        file_name=upload.name[:255],
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        uploaded_at=now,
    )
    session.add(made)
    session.flush()
    _ask_reading(session, made, now)
    detail = {"source": made.source, "from": first.isoformat(), "to": last.isoformat()}
    _audit(session, user, "cross_check.upload", made, now, detail)
    return made


def read(session: Session, file: CrossCheckFile, raw: bytes) -> cross_checks.Sheet:
    """Read the bytes with the answers so far; slow, so before any lock is taken."""
    given = answers.holding(session.scalars(every_answer(file)).all())
    return cross_checks.read(
        raw,
        file.file_name,
        day=local_day(file.uploaded_at),
        answers=[answers.as_given(one) for one in given],
        remembered=remembered(session, file),
        filled={"transport_mode": file.mode, "exit_customs": file.port},
    )


def keep(session: Session, file: CrossCheckFile, found: cross_checks.Sheet, now: datetime) -> None:
    """Keep what reading found, a row each, and ask for it to be compared; once a reading.

    Nothing is kept of an upload that was withdrawn while it was read.
    """
    if file.state != "received":
        return
    made = CrossCheckReading(
        file_id=file.id,
        number=file.readings,
        read_at=now,
        rows=len(found.rows) + len(found.doubled) + len(found.skipped),
        understood=found.file.as_json(),
        problems=[_plain(one) for one in found.problems[:MOST_PROBLEMS]],
        problem_count=len(found.problems),
    )
    session.add(made)
    session.flush()
    names = ("reading_id", "row_no", "state", "fields", "unread", "reason")
    bulk.write(session, CrossCheckRow, names, _rows(made, found))
    file.state = "read" if found.rows else "refused"
    session.flush()
    cross_asking.ask(session, file, f"reading:{made.number}", now)


def newest_reading(session: Session, file: CrossCheckFile) -> CrossCheckReading | None:
    """What the last reading made of the file; None while it was never read."""
    query = select(CrossCheckReading).where(CrossCheckReading.file_id == file.id)
    return session.scalars(query.order_by(CrossCheckReading.number.desc()).limit(1)).first()


def problems_of(reading: CrossCheckReading) -> list[Problem]:
    """The kept problems as ``ingest`` said them."""
    return [
        Problem(**{**one, "args": {name: _shape(value) for name, value in one["args"].items()}})
        for one in reading.problems
    ]


def answer(
    session: Session, user: User, file: CrossCheckFile, given: Sequence[Answer], now: datetime
) -> None:
    """Keep answers about the columns and have the file read again with them.

    Raises ``Conflict`` while it is read and once it is withdrawn, ``Refused`` for answers of other
    kinds, for fields that are not looked for, and where there is none.
    """
    _require_open(session, user, file)
    if not given:
        raise Refused(
            mark("Nothing was changed."), mark("Change a value or choose an answer first.")
        )
    for one in given:
        means = one.value if one.kind == "column" else one.field
        if one.kind not in cross_checks.SPOKEN or (means and means not in cross_checks.TAKEN):
            raise Refused(mark("There is no such field."), mark("Choose one of the list."))
        _keep_answer(session, user, file, one, one.value[:VALUE_CHARACTERS], now)
    _read_again(session, user, file, now)


def take_back(
    session: Session, user: User, file: CrossCheckFile, number: int, now: datetime
) -> None:
    """Take an answer back and read the file again without it; raises as ``answer``."""
    _require_open(session, user, file)
    query = every_answer(file).where(CrossCheckAnswer.answer_no == number)
    kept = session.scalars(query).first()
    if kept is None:
        raise Refused(mark("There is no such answer."), mark("Open the upload again."))
    _keep_answer(session, user, file, answers.as_given(kept), None, now)
    _read_again(session, user, file, now)


def every_answer(file: CrossCheckFile) -> Select[CrossCheckAnswer]:
    """Every answer ever given about the file, the newest first."""
    query = select(CrossCheckAnswer).where(CrossCheckAnswer.file_id == file.id)
    return query.order_by(CrossCheckAnswer.answer_no.desc())


def remembered(session: Session, file: CrossCheckFile) -> Mapping[str, str]:
    """What the office said that headings mean, about its earlier files of such data.

    Heading as compared -> field, blank for none.
    """
    answered = (
        select(CrossCheckAnswer)
        .join(CrossCheckFile, CrossCheckFile.id == CrossCheckAnswer.file_id)
        .where(
            _of_office(file.league_id),
            CrossCheckFile.source == file.source,
            CrossCheckFile.id < file.id,
            CrossCheckAnswer.kind == "column",
            CrossCheckAnswer.answered_at <= file.uploaded_at,
        )
    )
    said: dict[int, list[CrossCheckAnswer]] = defaultdict(list)
    for one in session.scalars(answered.order_by(CrossCheckAnswer.file_id)):
        said[one.file_id].append(one)
    texts = _headings(session, list(said))
    return {
        heading: kept.value or ""
        for key, given in said.items()
        for kept in answers.holding(given)
        if (heading := headings.norm(texts[key, kept.sheet].get(kept.column_letter, "")))
    }


def _headings(
    session: Session, files: Sequence[int]
) -> Mapping[tuple[int, str], Mapping[str | None, str]]:
    """File and sheet -> its headings by letter; a blank sheet is the one that was read last."""
    query = select(CrossCheckReading.file_id, CrossCheckReading.understood)
    query = query.order_by(CrossCheckReading.number)
    found: dict[tuple[int, str], Mapping[str | None, str]] = defaultdict(dict)
    for key, read_as in bulk.looked_up(session, query, CrossCheckReading.file_id, files):
        found[key, read_as["sheet"]] = found[key, ""] = read_as["headings"]
    return found


def withdraw(
    session: Session, user: User, file: CrossCheckFile, reason: str, now: datetime
) -> None:
    """Take a file back with a reason; it stays in the archive, and tells nothing any more."""
    access.see(session, cross_access.visible_cross_files(user), file.id)
    access.require(user, "upload_cross_check")
    if file.state == "withdrawn":
        raise Conflict(
            mark("This file was withdrawn; it is only kept."),
            mark("Upload the file again where it is needed after all."),
        )
    why = uploads.require_reason(reason)
    file.state = "withdrawn"
    file.withdrawn_at, file.withdrawn_user_id = now, user.id
    file.withdrawn_reason = why
    session.flush()
    cross_asking.end(session, file)
    _audit(session, user, "cross_check.withdraw", file, now, {"reason": file.withdrawn_reason})


def _stated(upload: Upload) -> tuple[date, date]:
    if upload.source not in CROSS_SOURCES or not upload.source_name.strip():
        raise Refused(
            mark("It is not stated whose data it is."),
            mark("Choose the kind and name the office, such as 呼和浩特海关."),
        )
    if upload.first_day is None or upload.last_day is None:
        raise Refused(
            mark("The days that the file covers are not stated."),
            mark("Give the first and the last day; a shipment it lacks in between has no answer."),
        )
    if not 0 <= (upload.last_day - upload.first_day).days <= MOST_DAYS:
        raise Refused(
            mark("The first day is after the last, or they are more than %(most)s days apart."),
            mark("Correct the days; upload longer periods in parts."),
            most=MOST_DAYS,
        )
    offices = codes.load("customs").rows
    if upload.mode not in CROSS_MODES or (upload.port and upload.port not in offices):
        raise Refused(
            mark("There is no such mode or customs office."),
            mark("Choose one of the list, or leave it open where the file has several."),
        )
    if upload.mode not in {"", MODE_OF.get(upload.source, upload.mode)}:
        raise Refused(
            mark("The data of a railway speak of rail only."),
            mark("Choose rail, or another source where the data are of trucks."),
        )
    return upload.first_day, upload.last_day


def _stands_once(session: Session, league_id: int | None, sha256: str) -> None:
    same = select(CrossCheckFile).where(_of_office(league_id), CrossCheckFile.sha256 == sha256)
    uploads.require_once(session, same.where(CrossCheckFile.state.in_(LIVE_STATES)))


def _of_office(league_id: int | None) -> ColumnElement[bool]:
    column = CrossCheckFile.league_id
    return column.is_(None) if league_id is None else column == league_id


def _require_open(session: Session, user: User, file: CrossCheckFile) -> None:
    """Raise unless the person brought it, or a colleague, and it takes answers now."""
    access.require(user, "upload_cross_check")
    access.see(session, cross_access.visible_cross_files(user), file.id)
    if file.state not in OPEN_STATES:
        raise Conflict(
            mark("The file takes no answers while it is read, or once it is withdrawn."),
            mark("Wait until it has been read, or upload it anew."),
        )


def _read_again(session: Session, user: User, file: CrossCheckFile, now: datetime) -> None:
    if file.state == "refused":
        _stands_once(session, file.league_id, file.sha256)
    file.state = "received"
    file.readings += 1
    session.flush()
    _ask_reading(session, file, now)
    _audit(session, user, "cross_check.read_again", file, now)


def _ask_reading(session: Session, file: CrossCheckFile, now: datetime) -> None:
    queue.enqueue(session, READ, f"{READ}:{file.id}:{file.readings}", {"file": file.id}, now)


def _keep_answer(
    session: Session,
    user: User,
    file: CrossCheckFile,
    said: Answer,
    value: str | None,
    now: datetime,
) -> None:
    make = partial(CrossCheckAnswer, file_id=file.id)
    answers.keep(session, user, make, every_answer(file), said, value, now)


def _rows(made: CrossCheckReading, found: cross_checks.Sheet) -> list[tuple[object, ...]]:
    nothing, none = canonical({}), canonical([])
    rows: list[tuple[object, ...]] = [
        (made.id, one.row, "data", canonical(dict(one.fields)), canonical(list(one.unread)), "")
        for one in found.rows
    ]
    rows += [(made.id, row, "doubled", nothing, none, "") for row in found.doubled]
    rows += [(made.id, one.row, "not_data", nothing, none, one.reason) for one in found.skipped]
    return rows


def _plain(one: Problem) -> dict[str, Any]:
    """A problem as it is kept."""
    value = None if one.value is None else one.value[:VALUE_CHARACTERS]
    return asdict(replace(one, value=value))


def _shape(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _audit(
    session: Session,
    user: User,
    action: str,
    file: CrossCheckFile,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    audit.done(session, user, action, f"cross_check_file {file.id}", now, detail)
