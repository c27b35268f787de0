"""Reading 读取: the database as rows of one unchanging state, and the hashing of the books."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

Rows = Callable[[str], Iterable[tuple[Any, ...]]]
"""Reads a query; all queries see one state of the books."""
GENESIS = "0" * 64
BATCH_ROWS = 10_000
CHANGED = "与分录所记不符"
"""What is wrong with a row that is not as the entries tell."""
Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, and what, in Chinese."""

    where: str
    what: str

    def __str__(self) -> str:
        """One line for people; what no terminal can print is shown by its number."""
        return f"{self.where}：{self.what}".encode("utf-8", "backslashreplace").decode()


def sha256(raw: bytes) -> str:
    """The hash in hex."""
    return hashlib.sha256(raw).hexdigest()


def canonical(value: object) -> bytes:
    """Sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def moment(value: str | datetime) -> str:
    """The moment in UTC to the microsecond; SQLite gives text without a zone."""
    given = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def differing(told: Mapping[Key, object], stand: Mapping[Key, object]) -> list[Key]:
    """Keys of what stands otherwise than the entries told, or is missing from either, in order."""
    return sorted(key for key in told.keys() | stand.keys() if told.get(key) != stand.get(key))


def opened(url: str) -> AbstractContextManager[Rows]:
    """Open the database at the address, or the SQLite file; ``OSError`` when it cannot be read."""
    return _postgresql(url) if url.startswith("postgresql") else _sqlite(url)


def tables(url: str, rows: Rows) -> frozenset[str]:
    """Names of the tables there are: a package of an earlier version has fewer."""
    query = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        if url.startswith("postgresql")
        else "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    return frozenset(name for (name,) in rows(query))


@contextmanager
def _sqlite(url: str) -> Iterator[Rows]:
    path = quote(url.removeprefix("sqlite:///"))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN")
            yield connection.execute
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


@contextmanager
def _postgresql(url: str) -> Iterator[Rows]:
    import psycopg

    numbers = count()
    try:
        with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1)) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True

            def rows(query: str) -> Iterator[tuple[Any, ...]]:
                with connection.cursor(name=f"verify_{next(numbers)}") as cursor:
                    cursor.itersize = BATCH_ROWS
                    cursor.execute(query.encode())
                    yield from cursor

            yield rows
    except psycopg.Error as error:
        raise OSError(str(error)) from error
