"""Migrations: from nothing they make what the models say, on both databases, once and for good."""

import importlib.util
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

import tracker.models
from tests.databases import KINDS, Databases
from tracker import schema
from tracker.books import ledger
from tracker.db import Base, connect
from tracker.models.money import ChainHead
from tracker.settings import Settings

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"
both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def empty(kind: str, all_databases: Databases, tmp_path: Path) -> Settings:
    """Settings with a database in which nothing is."""
    return all_databases.settings(kind, tmp_path, migrated=False)


@both
def test_from_nothing_they_make_what_the_models_say(empty: Settings) -> None:
    assert tracker.models.__all__
    schema.upgrade(empty)
    database = connect(empty)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert schema.check(database) == []
    database.engine.dispose()


@both
def test_every_constraint_has_the_name_the_models_give_it(empty: Settings) -> None:
    schema.upgrade(empty)
    database = connect(empty)
    found = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        named = {str(one.name) for one in table.constraints if one.name}
        there = {str(one["name"]) for one in found.get_check_constraints(table.name)}
        there |= {str(one["name"]) for one in found.get_unique_constraints(table.name)}
        there |= {str(one["name"]) for one in found.get_foreign_keys(table.name)}
        there |= {str(found.get_pk_constraint(table.name)["name"])}
        assert named == there, table.name
        assert "None" not in there
    database.engine.dispose()


@both
def test_doing_it_again_changes_nothing_and_keeps_the_chain(empty: Settings) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    database = connect(empty)
    with database.reading() as session:
        assert session.scalars(select(ChainHead.id)).all() == [1]
        assert ledger.head(session) == ledger.Head(0, "0" * 64)
    database.engine.dispose()


@both
def test_before_them_the_program_says_what_to_run(empty: Settings) -> None:
    database = connect(empty)
    (fault,) = schema.check(database)
    assert "flask init" in fault
    assert "数据库版本是 -" in fault
    database.engine.dispose()


def test_the_versions_are_one_line_numbered_from_one() -> None:
    scripts = ScriptDirectory(str(VERSIONS.parent))
    names = [one.revision for one in scripts.walk_revisions()]
    assert names[::-1] == [f"{number:04d}" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_history_is_never_taken_back(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(AssertionError, match="never taken back"):
        module.downgrade()
