"""What tests of the program share beside the world: an inbox that is open, small books."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.inboxes import Box
from tests.small_books import FUND, Small
from tracker import jobs


@pytest.fixture
def box(bench: jobs.Bench, tmp_path: Path) -> Box:
    """The inbox of the first firm, opened by its manager."""
    made = Box(bench, tmp_path / "inbox")
    made.open()
    return made


@pytest.fixture
def small() -> Iterator[Small]:
    """Small books in memory."""
    with closing(sqlite3.connect(":memory:")) as connection:
        yield Small(connection)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where ``kept`` are kept."""
    return tmp_path / "tracker.sqlite"


@pytest.fixture
def kept(file: Path) -> Iterator[Small]:
    """Small books in a file, which the verifier finds right; what is put in is written at once."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        made = Small(connection)
        made.enter(*FUND)
        made.settle()
        yield made
