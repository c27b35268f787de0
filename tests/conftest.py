"""What all tests share: a fresh migrated database each, of the kind the command line names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import databases, journeys
from tracker import jobs
from tracker.db import Database, connect
from tracker.settings import Settings
from tracker.web import logs

MakeSettings = Callable[[str], Settings]

hypothesis_settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("ci")


@pytest.fixture(scope="session", autouse=True)
def _plain_log() -> None:
    """One JSON line an event, as the program logs."""
    logs.configure()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=databases.KINDS,
        default="sqlite",
        help="the kind of database the tests run on",
    )
    parser.addoption(
        "--pictures",
        metavar="FOLDER",
        help="where the browser tests keep pictures of what they see, to be looked at",
    )
    parser.addoption(
        "--soak",
        action="store_true",
        help="crash and race tests with their full counts (make soak); a tenth otherwise",
    )


@pytest.fixture(scope="session")
def all_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    """Hands out databases of both kinds."""
    with databases.opened(tmp_path_factory.mktemp("databases")) as opened:
        yield opened


@pytest.fixture
def make_settings(all_databases: databases.Databases, tmp_path: Path) -> Iterator[MakeSettings]:
    """Settings with a fresh migrated database of a kind; for tests that compare the two."""

    def make(kind: str) -> Settings:
        return all_databases.settings(kind, tmp_path / f"home-{kind}")

    yield make
    all_databases.drop()


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database the command line names."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def small_world(
    all_databases: databases.Databases,
    database_kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """A database with the world of ``tests.journeys`` in it, made once, to be copied."""
    made = all_databases.settings(database_kind, tmp_path_factory.mktemp("world"), kept=True)
    opened = connect(made)
    journeys.bench(opened, made)
    opened.engine.dispose()
    return made


@pytest.fixture
def settings(
    request: pytest.FixtureRequest,
    make_settings: MakeSettings,
    all_databases: databases.Databases,
    database_kind: str,
    tmp_path: Path,
) -> Settings:
    """Settings with an empty home folder and a database of its own.

    A test that asks for ``bench`` too finds the small world in it; any other, migrated tables.
    """
    if "bench" in request.fixturenames:
        world: Settings = request.getfixturevalue("small_world")
        return all_databases.copied(world, tmp_path / "home-world")
    return make_settings(database_kind)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A fresh migrated database."""
    opened = connect(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def bench(database: Database, settings: Settings) -> jobs.Bench:
    """The world of ``tests.journeys``: a league with a recorded method, two firms, everybody."""
    return jobs.Bench(database, settings, journeys.REGISTRY)


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full counts were asked for."""
    return bool(request.config.getoption("--soak"))
