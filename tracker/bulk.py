"""Bulk 批量: many rows written, and many keys looked up, past the object mapper.

A large manifest is kept under the lock, and rows as objects would hold it for minutes: PostgreSQL
takes them by COPY, SQLite by statements of many rows. Keys are one parameter, however many.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, any_, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.db import Base

AT_ONCE = 10_000
"""Rows handed to the driver, or keys looked up, in one call: as objects they take memory."""
MOST_VALUES = 30_000
"""Of one statement on SQLite, which takes 32,766 (https://sqlite.org/limits.html, number 9)."""


def write(
    session: Session, table: type[Base], names: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert rows that have a value for each of the named columns; the others must default.

    Values are the driver's own: JSON is canonical text already. Constraints and triggers hold as
    ever. Objects of the session learn nothing of the rows.
    """
    session.flush()
    connection = session.connection()
    listed = ", ".join(names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.__tablename__} ({listed}) FROM STDIN", rows)
        return
    # a statement of its own for each row would keep, for each, what its triggers could undo
    place = f"({', '.join('?' for _ in names)})"
    waiting = iter(rows)
    while part := list(islice(waiting, MOST_VALUES // len(names))):
        places = ", ".join(repeat(place, len(part)))
        statement = f"INSERT INTO {table.__tablename__} ({listed}) VALUES {places}"  # noqa: S608  our own names
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(part)))


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[object]]) -> None:
    """COPY the rows; what the driver raises comes as it does from any other statement."""
    driver: Any = connection.connection.driver_connection
    wrong = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except wrong as error:
        if connection.dialect.is_disconnect(error, driver, None):
            connection.invalidate(error)
        raise DBAPIError.instance(statement, None, error, wrong) from error


def insert_all(session: Session, rows: Iterable[Base]) -> None:
    """Insert new rows of one table, thousands in a statement.

    The objects stay outside the session and learn no keys: to be told each row's key, the object
    mapper would send every row by itself. What waits in the session must be flushed before.
    """
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        table = Base.metadata.tables[part[0].__tablename__]
        names = [column.name for column in table.columns if not column.primary_key]
        said = [{name: getattr(row, name) for name in names} for row in part]
        session.execute(insert(table), said)


def among(
    session: Session, column: InstrumentedAttribute[Any], keys: Sequence[str] | Sequence[int]
) -> ColumnElement[bool]:
    """Whether the column is one of the keys, which are one parameter: those are limited."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(bindparam(None, list(keys), ARRAY(column.type)))
    return column.in_(select(func.json_each(json.dumps(list(keys))).table_valued("value").c.value))


def looked_up(
    session: Session,
    query: Select[*tuple[Any, ...]],
    column: InstrumentedAttribute[Any],
    keys: Sequence[str] | Sequence[int],
) -> Iterator[tuple[Any, ...]]:
    """The query's rows whose column is one of the keys, however many keys there are."""
    for start in range(0, len(keys), AT_ONCE):
        part = query.where(among(session, column, keys[start : start + AT_ONCE]))
        yield from map(tuple, session.execute(part))
