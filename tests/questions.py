"""Questions 问数据库: what the database is asked while something happens."""

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event

from tracker.db import Database


class Question(NamedTuple):
    """A statement, and the values that go with it."""

    statement: str
    values: Sized


@contextmanager
def asked(database: Database) -> Iterator[list[Question]]:
    """What is asked meanwhile, in its order."""
    found: list[Question] = []

    def note(*said: Any) -> None:  # noqa: ANN401  see sqlalchemy.event
        found.append(Question(said[2], said[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
