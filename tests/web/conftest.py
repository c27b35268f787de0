"""What the tests of pages share: the small world, and the program over it, its clock standing."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import journeys
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings
from tracker.web import context, create_app


@pytest.fixture
def bench(database: Database, settings: Settings) -> jobs.Bench:
    """One league, two firms, people for every role, a recorded method."""
    return journeys.bench(database, settings)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The program over the same database; ask for ``bench`` to find people in it."""
    made = create_app(settings, now=lambda: journeys.NOW, registry=journeys.REGISTRY)
    yield made
    ground: context.Ground = made.extensions[context.EXTENSION]
    ground.database.engine.dispose()
