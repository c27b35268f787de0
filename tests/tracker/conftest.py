"""What tests of the steps share: a small world with a league, two firms and everybody in it."""

import pytest

from tests import journeys
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings


@pytest.fixture
def bench(database: Database, settings: Settings) -> jobs.Bench:
    """The world of ``tests.journeys``."""
    return journeys.bench(database, settings)
