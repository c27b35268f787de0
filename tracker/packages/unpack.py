"""Unpack 恢复: put a package's books and files into an empty database of either kind."""

import zipfile
from pathlib import Path

from sqlalchemy import inspect

from tracker import blobs, schema
from tracker.db import Database, connect
from tracker.errors import Conflict, Refused, mark
from tracker.packages.tables import Choice, copy
from tracker.settings import Settings
from tracker.verify.package import FILES, opened_package


def unpack(database: Database, home: Path, source: Path) -> None:
    """Fill the empty database from the package and keep its files; an old version is brought up.

    Raises ``Refused`` for a package of a league, not what its list says or of a newer program,
    ``Conflict`` where the database is not empty, ``OSError`` for what is no package.
    """
    if inspect(database.engine).get_table_names():
        raise Conflict(
            mark("The database is not empty, and nothing in it is ever overwritten."),
            mark("Restore into an empty one: set TRACKER_DATABASE_URL or TRACKER_HOME anew."),
        )
    with opened_package(str(source)) as package:
        if package.league:
            raise Refused(
                mark("This is the package of a league: it holds only a part of the books."),
                mark("Restore a package of everything; this one is for verifying."),
            )
        if package.faults:
            raise Refused(
                mark("The package is damaged: %(fault)s"),
                mark("Take another copy of it."),
                fault=str(package.faults[0]),
            )
        if not schema.knows(package.revision):
            raise Refused(
                mark("The package is of a newer version (%(revision)s) than this program."),
                mark("Bring the program up to date first."),
                revision=package.revision,
            )
        with zipfile.ZipFile(source) as files:
            for sha256, size in sorted(package.files.items()):
                with files.open(f"{FILES}{sha256}") as stream:
                    blobs.store(home, stream, size)
        _fill(database, package.books, package.revision)
    schema.upgrade_database(database)


def _fill(database: Database, books: Path, revision: str) -> None:
    copied = connect(Settings(home=books.parent, database_url=f"sqlite:///{books}"))
    schema.upgrade_database(database, revision)
    try:
        with copied.reading() as session:
            database.transact(
                lambda target: copy(session.connection(), target.connection(), Choice())
            )
    finally:
        copied.engine.dispose()
