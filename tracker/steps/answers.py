"""Answers 回答: what people say about an upload, kept in order, never changed.

An answer changes nothing by itself: the file is read again with all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ingest.answers import Answer, Kind
from ingest.fields import FIELDS
from tracker.errors import Conflict, Refused, mark
from tracker.models.answers import FirmHeading, ManifestAnswer
from tracker.models.cargo import Manifest
from tracker.models.people import User

VALUE_LENGTH = 2000
Question = tuple[str, str, int | None, str | None, str | None, str | None]


def give(
    session: Session, user: User, manifest: Manifest, answer: Answer, now: datetime
) -> ManifestAnswer:
    """Keep an answer.

    Raises ``Conflict`` while the manifest is read and once it is committed or withdrawn, and
    ``Refused`` for a field that is not there or a value no cell is as long as.
    """
    means = answer.value if answer.kind == "column" else answer.field
    if means and means not in FIELDS:
        raise Refused(mark("There is no such field."), mark("Choose one of the list."))
    if len(answer.value) > VALUE_LENGTH:
        raise Refused(
            mark("A value is longer than %(limit)s signs."),
            mark("Shorten it."),
            limit=VALUE_LENGTH,
        )
    return _keep(session, user, manifest, answer, answer.value, now)


def take_back(
    session: Session, user: User, manifest: Manifest, answer: Answer, now: datetime
) -> ManifestAnswer:
    """Take an answer to the same question back; raises as ``give``."""
    return _keep(session, user, manifest, answer, None, now)


def given(session: Session, manifest: Manifest) -> tuple[Answer, ...]:
    """The answers that hold: the last to each question, unless it was taken back."""
    query = select(ManifestAnswer).where(ManifestAnswer.manifest_id == manifest.id)
    last: dict[Question, Answer | None] = {}
    for kept in session.scalars(query.order_by(ManifestAnswer.answer_no)):
        question = (
            kept.kind,
            kept.sheet,
            kept.row_no,
            kept.column_letter,
            kept.field,
            kept.code,
        )
        last.pop(question, None)
        last[question] = None if kept.value is None else as_given(kept)
    return tuple(answer for answer in last.values() if answer is not None)


def history(session: Session, manifest: Manifest) -> Sequence[ManifestAnswer]:
    """Every answer ever given about the manifest, the newest first."""
    return session.scalars(every(manifest)).all()


def every(manifest: Manifest) -> Select[ManifestAnswer]:
    """The same, to be asked for in parts."""
    query = select(ManifestAnswer).where(ManifestAnswer.manifest_id == manifest.id)
    return query.order_by(ManifestAnswer.answer_no.desc())


def remembered(session: Session, firm_id: int) -> Mapping[str, str]:
    """What headings mean in the firm's files: heading as compared -> field, blank for none."""
    query = select(FirmHeading.heading, FirmHeading.field).where(FirmHeading.firm_id == firm_id)
    return dict(session.execute(query).all())


def remember(
    session: Session, user: User, headings: Mapping[str, str], now: datetime
) -> Sequence[FirmHeading]:
    """Remember what these headings (as compared) mean in the firm's files from now on."""
    assert user.firm_id is not None
    query = select(FirmHeading).where(
        FirmHeading.firm_id == user.firm_id, FirmHeading.heading.in_(headings)
    )
    known = {one.heading: one for one in session.scalars(query)}
    for heading, field in headings.items():
        if heading in known:
            known[heading].field = field
            known[heading].user_id, known[heading].confirmed_at = user.id, now
        else:
            known[heading] = FirmHeading(
                firm_id=user.firm_id,
                heading=heading,
                field=field,
                user_id=user.id,
                confirmed_at=now,
            )
            session.add(known[heading])
    session.flush()
    return list(known.values())


def _keep(
    session: Session,
    user: User,
    manifest: Manifest,
    answer: Answer,
    value: str | None,
    now: datetime,
) -> ManifestAnswer:
    if manifest.state not in {"checked", "refused"}:
        raise Conflict(
            mark("Only an upload that has been read and not committed takes answers."),
            mark("Upload a corrected file instead: its changed rows replace the earlier ones."),
        )
    numbered = select(func.max(ManifestAnswer.answer_no))
    last = session.scalar(numbered.where(ManifestAnswer.manifest_id == manifest.id)) or 0
    kept = ManifestAnswer(
        manifest_id=manifest.id,
        answer_no=last + 1,
        user_id=user.id,
        answered_at=now,
        kind=answer.kind,
        sheet=answer.sheet,
        row_no=answer.row,
        column_letter=answer.column,
        field=answer.field,
        code=answer.code,
        value=value,
    )
    session.add(kept)
    session.flush()
    return kept


def as_given(kept: ManifestAnswer) -> Answer:
    """A kept answer as ``ingest`` takes it; one that was taken back says nothing."""
    return Answer(
        kind=cast("Kind", kept.kind),
        sheet=kept.sheet,
        row=kept.row_no,
        column=kept.column_letter,
        field=kept.field,
        code=kept.code,
        value=kept.value or "",
    )
