"""What the tests of pages share: the small world, and the program over it, its clock standing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tests import journeys
from tests.web.visitors import People
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings
from tracker.web import context, create_app


@pytest.fixture
def bench(database: Database, settings: Settings) -> jobs.Bench:
    """One league, two firms, people for every role, a recorded method."""
    return journeys.bench(database, settings)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests, not anew by each program."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The program over the same database; ask for ``bench`` to find people in it."""
    made = create_app(settings, now=lambda: journeys.NOW, registry=journeys.REGISTRY)
    made.jinja_env.bytecode_cache = compiled
    yield made
    ground: context.Ground = made.extensions[context.EXTENSION]
    ground.database.engine.dispose()


@pytest.fixture
def people(bench: jobs.Bench, app: Flask) -> People:
    """Everybody of the small world, to be signed in by name."""
    assert bench.settings.database_url == app.extensions[context.EXTENSION].settings.database_url
    return People(app)
