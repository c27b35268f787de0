"""Schema 数据库结构: bring the tables up to date, and tell whether they are before serving."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.books import triggers
from tracker.db import Database, connect
from tracker.settings import Settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
OUTDATED = (
    "数据库版本是 {version}，程序需要 {newest}：请先运行 flask init。"
    " The database is at version {version}, the program needs {newest}: run flask init first."
)
ALTERED = (
    "数据库触发器 {name} 缺失或被改动：请从备份恢复，或联系开发者。"
    " Trigger {name} is missing or altered: restore a backup, or ask the developers."
)


def upgrade(settings: Settings) -> None:
    """Bring the database the settings name to the newest version; does nothing when it is there."""
    database = connect(settings)
    try:
        upgrade_database(database)
    finally:
        database.engine.dispose()


def upgrade_database(database: Database, version: str = "head") -> None:
    """The same for an open database, or to an earlier version; all stand or fall together."""
    writing = database.engine.execution_options(tracker_writes=True)
    with writing.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def newest() -> str:
    """The version of the tables this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None, "there are migrations"
    return found


def knows(version: str) -> bool:
    """Whether this program has had tables of this version."""
    return version in {
        one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()
    }


def check(database: Database) -> list[str]:
    """What is wrong with the structure, in Chinese and English; empty when it is fit to serve."""
    needed = newest()
    with database.reading() as session:
        version = MigrationContext.configure(session.connection()).get_current_revision()
        if version != needed:
            return [OUTDATED.format(version=version or "-", newest=needed)]
        return [ALTERED.format(name=name) for name in triggers.missing(session)]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
