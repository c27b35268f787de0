"""What all tests share: a fresh migrated database each, of the kind the command line names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import databases
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


@pytest.fixture
def settings(make_settings: MakeSettings, database_kind: str) -> Settings:
    """Settings with a fresh migrated database and an empty home folder."""
    return make_settings(database_kind)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A fresh migrated database."""
    opened = connect(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full counts were asked for."""
    return bool(request.config.getoption("--soak"))
