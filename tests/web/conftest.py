"""What the tests of pages share: the program over the small world, its clock standing."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.web import programs
from tests.web.visitors import People
from tracker import jobs
from tracker.settings import Settings
from tracker.web import context


@pytest.fixture(scope="session")
def program(small_world: Settings) -> Iterator[Flask]:
    """The program, made once; ``programs.over`` puts it over the database of each test."""
    with programs.made(small_world) as app:
        ground: context.Ground = app.extensions[context.EXTENSION]
        ground.database.engine.dispose()  # a world that somebody has open cannot be copied
        yield app


@pytest.fixture
def app(program: Flask, settings: Settings) -> Iterator[Flask]:
    """The program over the same database; ask for ``bench`` to find people in it."""
    with programs.over(program, settings) as standing:
        yield standing


@pytest.fixture
def people(bench: jobs.Bench, app: Flask) -> People:
    """Everybody of the small world, to be signed in by name."""
    assert bench.settings.database_url == app.extensions[context.EXTENSION].settings.database_url
    return People(app)
