"""Guards 守卫: what the tables themselves refuse, whatever statement somebody writes by hand."""

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.exc import DBAPIError

from tracker.db import Database


def by_hand(database: Database, statement: str | Executable) -> None:
    """Carry out a statement of one's own."""
    said = text(statement) if isinstance(statement, str) else statement
    database.transact(lambda session: session.execute(said))


def refused(database: Database, said: str, *statements: str | Executable) -> None:
    """Each of the statements is refused by a guard that says so."""
    for statement in statements:
        with pytest.raises(DBAPIError, match=said):
            by_hand(database, statement)
