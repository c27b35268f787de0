"""Answers 回答: what people say about an upload, kept in order, never changed.

An answer changes nothing by itself: the file is read again with all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ingest.answers import Answer, Kind
from ingest.fields import EVERY
from tracker.errors import Conflict, Refused, mark
from tracker.models.answers import FirmHeading, KeptAnswer, ManifestAnswer
from tracker.models.cargo import Manifest
from tracker.models.people import User

Kept = TypeVar("Kept", bound=KeptAnswer)
VALUE_LENGTH = 2000
OPEN_STATES = ("checked", "refused")
"""Of a manifest that takes answers: read, and not yet committed."""


def require_open(manifest: Manifest) -> None:
    """Raise ``Conflict`` while the manifest is read and once it is committed or withdrawn."""
    if manifest.state not in OPEN_STATES:
        raise Conflict(
            mark("Only an upload that has been read and not committed takes answers."),
            mark("Upload a corrected file instead: its changed rows replace the earlier ones."),
        )


def give(
    session: Session, user: User, manifest: Manifest, answer: Answer, now: datetime
) -> ManifestAnswer:
    """Keep an answer.

    Raises as ``require_open``, and ``Refused`` for a field that is not there or a value no cell is
    as long as.
    """
    means = answer.value if answer.kind == "column" else answer.field
    if means and means not in EVERY:
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
    """The answers that hold, as ``ingest`` takes them."""
    return tuple(map(as_given, holding(session.scalars(every(manifest)).all())))


def holding(answers: Sequence[KeptAnswer]) -> list[KeptAnswer]:
    """Of all answers about a file those that hold, in their order.

    That is the last to each question, unless it was taken back.
    """
    last: dict[tuple[Any, ...], KeptAnswer] = {}
    for one in sorted(answers, key=attrgetter("answer_no")):
        last.pop(_question(one), None)
        last[_question(one)] = one
    return [one for one in last.values() if one.value is not None]


def _question(kept: KeptAnswer) -> tuple[Any, ...]:
    return kept.kind, kept.sheet, kept.row_no, kept.column_letter, kept.field, kept.code


def every(manifest: Manifest) -> Select[ManifestAnswer]:
    """Every answer ever given about the manifest, the newest first."""
    query = select(ManifestAnswer).where(ManifestAnswer.manifest_id == manifest.id)
    return query.order_by(ManifestAnswer.answer_no.desc())


def remembered(session: Session, manifest: Manifest) -> Mapping[str, str]:
    """What headings meant in the firm's files when this one came.

    Heading as compared -> field, blank for none.
    """
    query = select(FirmHeading.heading, FirmHeading.field).where(
        FirmHeading.firm_id == manifest.firm_id, FirmHeading.confirmed_at <= manifest.uploaded_at
    )
    last = dict(session.execute(query.order_by(FirmHeading.id)).all())
    return {heading: field for heading, field in last.items() if field is not None}


def remember(
    session: Session, user: User, headings: Mapping[str, str | None], now: datetime
) -> None:
    """Remember what these headings (as compared) mean in the firm's files that are still to come.

    None forgets one: from then on it means what it means to everybody.
    """
    assert user.firm_id is not None
    session.add_all(
        FirmHeading(
            firm_id=user.firm_id, heading=heading, field=field, user_id=user.id, confirmed_at=now
        )
        for heading, field in headings.items()
    )
    session.flush()


def _keep(
    session: Session,
    user: User,
    manifest: Manifest,
    answer: Answer,
    value: str | None,
    now: datetime,
) -> ManifestAnswer:
    require_open(manifest)
    make = partial(ManifestAnswer, manifest_id=manifest.id)
    return keep(session, user, make, every(manifest), answer, value, now)


def keep(
    session: Session,
    user: User,
    make: Callable[..., Kept],
    earlier: Select[Kept],
    answer: Answer,
    value: str | None,
    now: datetime,
) -> Kept:
    """Add an answer to the ``earlier`` ones about the same upload, which come newest first.

    ``make`` makes the row of that kind of upload; a value of None takes the answer back.
    """
    last = session.scalars(earlier.limit(1)).first()
    kept = make(
        answer_no=last.answer_no + 1 if last else 1,
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


def as_given(kept: KeptAnswer) -> Answer:
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
