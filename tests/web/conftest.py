"""What the tests of pages share: the program over the small world, its clock standing."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.trails import Standing
from tests.web import programs
from tests.web.visitors import People
from tracker import jobs
from tracker.web import context


@pytest.fixture(scope="session")
def program(standing: Standing) -> Iterator[Flask]:
    """The program, made once; ``app`` is the same, nothing left of what was asked before."""
    standing.set_back()
    with programs.made(standing.settings) as app:
        ground: context.Ground = app.extensions[context.EXTENSION]
        ground.database.engine.dispose()
        yield app


@pytest.fixture
def app(program: Flask, bench: jobs.Bench) -> Iterator[Flask]:
    """The program over the small world."""
    with programs.over(program, bench.database) as set_back:
        yield set_back


@pytest.fixture
def people(app: Flask) -> People:
    """Everybody of the small world, to be signed in by name."""
    return People(app)
