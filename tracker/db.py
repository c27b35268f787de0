"""Database 数据库: the base of all tables, the exact column types, and the one way to write.

Every write is a function given to ``Database.transact``: it takes the lock, runs the work, commits,
and runs it anew when the database asks for that. ``.commit(`` stands nowhere else.
"""

import fcntl
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Text,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

from tracker.settings import Settings

Result = TypeVar("Result")
Part = TypeVar("Part")

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Days of business are days in Inner Mongolia."""
CHUNK = 500
"""Keys named in one query."""
MAX_TRIES = 8
FIRST_PAUSE_SECONDS = 0.02
RETRIED_STATES = frozenset({"40001", "40P01"})
Key = BigInteger().with_variant(Integer, "sqlite")
"""The type of surrogate keys: SQLite numbers rows by itself only in an INTEGER column."""


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base of every table; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


class Fen(TypeDecorator[int]):
    """Money in whole fen; a float, a Decimal or a bool is a mistake of ours."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """The integer itself; an assertion fails for anything else."""
        del dialect
        assert value is None or type(value) is int, f"money is whole fen, not {value!r}"
        return value


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC on both databases and always aware of its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment needs a time zone"
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, aware."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def chunks(parts: Sequence[Part], size: int = CHUNK) -> Iterator[Sequence[Part]]:
    """The parts, as many at a time as one query may name: databases take so many parameters."""
    for start in range(0, len(parts), size):
        yield parts[start : start + size]


def next_number(session: Session, column: InstrumentedAttribute[int]) -> int:
    """One more than the highest there is; the lock is held, so that no other takes it."""
    return (session.scalar(select(func.max(column))) or 0) + 1


def local_day(moment: datetime) -> date:
    """The calendar day in Inner Mongolia at this moment."""
    return moment.astimezone(SHANGHAI).date()


def canonical(value: object) -> str:
    """One text for one value: sorted keys, no blanks, UTF-8, no floats (RFC 8785's shape)."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


class CanonicalJson(TypeDecorator[Any]):
    """JSON kept as its canonical text, so that both databases give back and hash the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401  any JSON
        """The canonical text."""
        del dialect
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401  any JSON
        """The value again."""
        del dialect
        return None if value is None else json.loads(value)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A named check that the column holds one of these machine values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


@dataclass(frozen=True)
class Database:
    """An open database: read with ``reading``, write with ``transact``."""

    engine: Engine
    lock_path: Path | None
    """The file whose lock orders SQLite's writers; None on PostgreSQL."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the books and writes nothing."""
        bind = self.engine
        if bind.dialect.name == "postgresql":
            bind = bind.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with Session(bind, expire_on_commit=False) as session:
            yield session

    def transact(self, work: Callable[[Session], Result], *, ledger: bool = True) -> Result:
        """Run the work in one transaction and commit it; returns what the work returns.

        With ``ledger`` (the default) the chain head is locked first, so that entries, balances and
        caps have one order. Work that touches no books (a session's last use, a job's lease) says
        ``ledger=False`` and does not queue behind it. The work may run several times: it must
        change nothing but the database.
        """
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(1, MAX_TRIES + 1):
            try:
                writing = self.engine.execution_options(tracker_writes=True)
                with self._one_writer(), Session(writing, expire_on_commit=False) as session:
                    if ledger and self.engine.dialect.name == "postgresql":
                        session.execute(text("SELECT seq FROM chain_head WHERE id = 1 FOR UPDATE"))
                    result = work(session)
                    session.commit()
                    return result
            except DBAPIError as error:
                if attempt == MAX_TRIES or not _may_be_retried(error):
                    raise
            time.sleep(random.uniform(0, pause))  # noqa: S311  a pause is no secret
            pause *= 2
        raise AssertionError("the loop returns or raises")

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """SQLite's own waiting starves writers, and a checkpoint must not meet a commit: queue."""
        if self.lock_path is None:
            yield
            return
        with self.lock_path.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _may_be_retried(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in RETRIED_STATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def connect(settings: Settings) -> Database:
    """Open the database the settings name; makes the home folder, not the tables."""
    settings.home.mkdir(parents=True, exist_ok=True)
    url = settings.database_url
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name != "sqlite":
        return Database(engine, None)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    assert engine.url.database, "an SQLite database is a file"
    return Database(engine, Path(engine.url.database + ".lock"))


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401  the driver's own class
    del record
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401  see sqlalchemy.event
    writes = connection.get_execution_options().get("tracker_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
