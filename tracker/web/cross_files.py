"""Cross files 比对文件: taken in, answered about, withdrawn, handed out; for pages and the API."""

from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from ingest.answers import Answer
from tracker import access
from tracker.access import cross_checks as cross_access
from tracker.models.cross_checks import CROSS_FILE_STATES, CROSS_SOURCES, CrossCheckFile
from tracker.models.people import User
from tracker.steps import cross_checks as steps
from tracker.web import asked, context, downloads, uploads

Given = Callable[[Session, CrossCheckFile], Sequence[Answer]]
"""What was answered about a file."""


def take_in(name: str, stream: IO[bytes], stated: Mapping[str, Any]) -> CrossCheckFile:
    """Keep the bytes, then the row and the job; raises as ``uploads.keep`` and ``steps.store``."""
    upload, now = steps.Upload(*uploads.keep(name, stream), **stated), context.now()

    def work(db: Session, person: User) -> CrossCheckFile:
        made = steps.store(db, person, upload, now)
        db.refresh(made)
        return made

    return context.write(work)


def answer(key: int, given: Given) -> None:
    """Keep what was answered about a visible file, and have it read again."""
    now = context.now()
    _change(key, lambda db, person, found: steps.answer(db, person, found, given(db, found), now))


def take_back(key: int, number: int) -> None:
    """Take an answer back and have the file read again without it."""
    now = context.now()
    _change(key, lambda db, person, found: steps.take_back(db, person, found, number, now))


def withdraw(key: int, reason: str) -> None:
    """Withdraw a visible file as the signed-in person."""
    now = context.now()
    _change(key, lambda db, person, found: steps.withdraw(db, person, found, reason, now))


def _change(key: int, change: Callable[[Session, User, CrossCheckFile], None]) -> None:
    def work(db: Session, person: User) -> None:
        change(db, person, access.see(db, cross_access.visible_cross_files(person), key))

    context.write(work)


def filtered(user: User) -> Select[CrossCheckFile]:
    """The visible files that the address asks for, in no order yet."""
    query = cross_access.visible_cross_files(user)
    if state := asked.one_of("state", CROSS_FILE_STATES):
        query = query.where(CrossCheckFile.state == state)
    if source := asked.one_of("source", CROSS_SOURCES):
        query = query.where(CrossCheckFile.source == source)
    return query


def the_file(key: int) -> CrossCheckFile:
    """A visible file; raises ``NotThere``."""
    return access.see(context.session(), cross_access.visible_cross_files(context.user()), key)


def bytes_of(key: int) -> Response:
    """A visible file as a download under its own name, never opened by the browser."""
    found = the_file(key)
    return downloads.original(found.file_name, found.sha256)
