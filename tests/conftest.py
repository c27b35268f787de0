"""What all tests share: a fresh migrated database each, of the kind the command line names.

Tests are marked ``no_cover`` where tracing makes them dear and others pass all but all of the lines
they do: they run and judge as all others do, and the covered part is told without their help.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import databases, journeys, trails
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings
from tracker.web import logs, passwords

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


def pytest_configure() -> None:
    """Hash passwords with next to no work: thousands of tests sign in, none is attacked."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    pytest.MonkeyPatch().setattr(passwords, "_hasher", quick)


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
        help="crash, race, fuzz and rule tests with full counts (make soak); a part otherwise",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run each test where it can tell something.

    On PostgreSQL what the named database can change; the rest ran with SQLite already. What only
    throws things at the program is asked of PostgreSQL, which refuses more than SQLite does.
    """
    if config.getoption("--database") == "sqlite":
        told = {item: item.get_closest_marker("strict_database") is None for item in items}
    else:
        told = {item: "database_kind" in getattr(item, "fixturenames", ()) for item in items}
    config.hook.pytest_deselected(items=[item for item in items if not told[item]])
    items[:] = [item for item in items if told[item]]


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
def standing(
    all_databases: databases.Databases,
    database_kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[trails.Standing]:
    """A database with the world of ``tests.journeys``, set back before each test that uses it.

    Its engine stays, so that a statement is compiled once and not by every test anew.
    """
    made = all_databases.settings(database_kind, tmp_path_factory.mktemp("made"), kept=True)
    with databases.connected(made) as database:
        journeys.bench(database, made)
    home = tmp_path_factory.mktemp("world")
    settings = all_databases.settings(database_kind, home, migrated=False, kept=True)
    with databases.connected(settings) as database:
        ended = tmp_path_factory.mktemp("ended")
        yield trails.Standing(all_databases, made, settings, database, ended)


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, make_settings: MakeSettings, database_kind: str
) -> Settings:
    """Settings with an empty home folder and a database of its own.

    A test that asks for ``bench`` too finds the small world in it; any other, migrated tables.
    """
    if "bench" in request.fixturenames:
        standing: trails.Standing = request.getfixturevalue("standing")
        standing.set_back(remembered=_may_be_remembered(request))
        return standing.settings
    return make_settings(database_kind)


def _may_be_remembered(request: pytest.FixtureRequest) -> bool:
    """Not what is walked with parts of the program exchanged, or counted for no coverage."""
    node: pytest.Item = request.node
    return "monkeypatch" not in request.fixturenames and not node.get_closest_marker("no_cover")


@pytest.fixture
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """The database of ``settings``."""
    if "bench" in request.fixturenames:
        standing: trails.Standing = request.getfixturevalue("standing")
        yield standing.database
        standing.database.engine.dispose()
        return
    with databases.connected(settings) as opened:
        yield opened


@pytest.fixture
def bench(standing: trails.Standing, database: Database, settings: Settings) -> jobs.Bench:
    """The world of ``tests.journeys``: a league with a recorded method, two firms, everybody."""
    return trails.Bench(database, settings, journeys.REGISTRY, standing)


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full counts were asked for."""
    return bool(request.config.getoption("--soak"))
