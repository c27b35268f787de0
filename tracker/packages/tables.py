"""Tables 表的搬运: every row of one database into another of either kind, byte for byte.

The tables are read as they stand in the database, not as this program has them, so that a package
of an earlier version goes into tables of its own version before they are brought up to date. The
triggers that keep the books rest meanwhile: the rows are history, not news.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)

VERSION = "alembic_version"
BATCH_ROWS = 1_000
TRIGGERS = (
    "SELECT relname, tgname, tgenabled::text FROM pg_trigger"
    " JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
)
FIRES = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
"""When a trigger of PostgreSQL fires, as its catalogue says it and as it is asked for."""


@dataclass(frozen=True)
class Choice:
    """What of the rows is taken along."""

    without: frozenset[str] = frozenset()
    """Tables that stay empty."""
    blank: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Table -> column -> what stands there instead."""


def copy(source: Connection, target: Connection, choice: Choice) -> dict[str, int]:
    """Fill the target's tables from the source's; returns table -> rows. Both are one version."""
    here, there = MetaData(), MetaData()
    here.reflect(bind=source)
    there.reflect(bind=target)
    tables = [table for table in there.sorted_tables if table.name != VERSION]
    counts: dict[str, int] = {}
    with resting(target):
        for table in reversed(tables):
            target.execute(table.delete())
        for table in tables:
            counts[table.name] = 0
            if table.name not in choice.without:
                for rows in _rows(
                    source, here.tables[table.name], table, choice.blank.get(table.name, {})
                ):
                    target.execute(insert(table), rows)
                    counts[table.name] += len(rows)
        _number_on(target, tables)
    return counts


@contextmanager
def resting(connection: Connection) -> Iterator[None]:
    """No trigger acts meanwhile; afterwards each is as it was, to the letter.

    Where the work fails, the transaction takes it all back.
    """
    if connection.dialect.name == "sqlite":
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        kept = connection.execute(query).all()
        for name, _ in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in kept:
            connection.exec_driver_sql(statement)
        return
    there = connection.execute(text(TRIGGERS)).all()
    for table, name, _ in there:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
    yield
    for table, name, fires in there:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" {FIRES[fires]} TRIGGER "{name}"')


def _rows(
    source: Connection, stored: Table, table: Table, blank: Mapping[str, Any]
) -> Iterator[list[dict[str, Any]]]:
    zoned = {
        column.name: bool(column.type.timezone)
        for column in table.columns
        if isinstance(column.type, DateTime)
    }
    query = select(stored).order_by(*stored.primary_key.columns)
    found = source.execution_options(yield_per=BATCH_ROWS).execute(query)
    for part in found.mappings().partitions():
        yield [
            {
                **row,
                **{name: _moment(row[name], zoned=zone) for name, zone in zoned.items()},
                **blank,
            }
            for row in part
        ]


def _moment(value: datetime | None, *, zoned: bool) -> datetime | None:
    """As the target keeps it: SQLite without a zone, in UTC; PostgreSQL with one."""
    if value is None:
        return None
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware if zoned else aware.replace(tzinfo=None)


def _number_on(target: Connection, tables: list[Table]) -> None:
    """New rows get the numbers after those that came; SQLite does so by itself."""
    if target.dialect.name == "sqlite":
        return
    for table in tables:
        for column in table.primary_key.columns:
            sequence = target.scalar(
                select(func.pg_get_serial_sequence(f'"{table.name}"', column.name))
            )
            newest = target.scalar(select(func.max(column)))
            if sequence and newest:
                target.execute(select(func.setval(sequence, newest)))
