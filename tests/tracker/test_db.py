"""The database: exact types, one state while reading, one writer that tries again where it may."""

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from tracker import db
from tracker.db import CanonicalJson, Database, Fen, Moment, canonical, local_day
from tracker.models.people import League

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types


def league(code: str) -> League:
    return League(code=code, name_zh="示例", name_en="Sample")


@pytest.mark.parametrize("bad", [1.0, True, "1", 1.5])
def test_money_is_whole_fen(bad: Any) -> None:  # noqa: ANN401  that is what is wrong with it
    with pytest.raises(AssertionError, match="whole fen"):
        Fen().process_bind_param(bad, SQLITE)
    assert Fen().process_bind_param(None, SQLITE) is None
    assert Fen().process_bind_param(5, SQLITE) == 5


def test_a_moment_is_kept_in_utc_and_needs_a_zone() -> None:
    shanghai = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8)))
    assert Moment().process_bind_param(shanghai, SQLITE) == datetime(2026, 3, 2)  # noqa: DTZ001  SQLite keeps none
    assert Moment().process_bind_param(shanghai, POSTGRESQL) == datetime(2026, 3, 2, tzinfo=UTC)
    assert Moment().process_bind_param(None, SQLITE) is None
    with pytest.raises(AssertionError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 3, 2), SQLITE)  # noqa: DTZ001  meant
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  as SQLite gives it back
    assert Moment().process_result_value(naive, SQLITE) == datetime(2026, 3, 2, tzinfo=UTC)
    assert Moment().process_result_value(shanghai, POSTGRESQL) == shanghai
    assert Moment().process_result_value(None, SQLITE) is None


def test_the_day_is_that_of_inner_mongolia() -> None:
    assert local_day(datetime(2026, 3, 1, 16, tzinfo=UTC)) == date(2026, 3, 2)
    assert local_day(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)


def test_json_has_one_text() -> None:
    assert canonical({"b": 1, "a": ["二", None]}) == '{"a":["二",null],"b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))
    column = CanonicalJson()
    assert column.process_bind_param(None, SQLITE) is None
    assert column.process_result_value(None, SQLITE) is None
    assert column.process_result_value(column.process_bind_param({"a": 1}, SQLITE), SQLITE) == {
        "a": 1
    }


def test_work_is_committed_as_a_whole_or_not_at_all(database: Database) -> None:
    def work(session: Session) -> None:
        session.add(league("000001"))
        session.flush()
        raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        database.transact(work)
    database.transact(lambda session: session.add(league("000002")))
    with database.reading() as session:
        assert session.scalars(select(League.code)).all() == ["000002"]


def test_a_reader_sees_one_state_and_writes_nothing(database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(League.code)).all() == []
        database.transact(lambda session: session.add(league("000001")))
        assert session.scalars(select(League.code)).all() == []
    if database.engine.dialect.name == "postgresql":
        with database.reading() as session, pytest.raises(DBAPIError, match="read-only"):
            session.execute(text("DELETE FROM league"))


class Serialization(psycopg.errors.SerializationFailure):
    """What PostgreSQL raises where a transaction is to be run anew."""

    sqlstate = "40001"


LOCKED = sqlite3.OperationalError("database is locked")


@pytest.mark.parametrize("cause", [Serialization(), LOCKED], ids=["serialisation", "locked"])
def test_work_runs_anew_where_the_database_asks_for_it(
    database: Database, cause: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "FIRST_PAUSE_SECONDS", 0.0)
    tries: list[int] = []

    def work(session: Session) -> int:
        session.add(league(f"00000{len(tries)}"))
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("x", {}, cause)
        return len(tries)

    assert database.transact(work) == 3
    with database.reading() as session:
        assert session.scalars(select(League.code)).all() == ["000002"]


def test_work_is_not_run_for_ever_nor_anew_for_other_failures(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "FIRST_PAUSE_SECONDS", 0.0)
    tries: list[int] = []

    def fail(session: Session, cause: Exception) -> None:
        del session
        tries.append(1)
        raise OperationalError("x", {}, cause)

    with pytest.raises(OperationalError):
        database.transact(lambda session: fail(session, LOCKED))
    assert len(tries) == db.MAX_TRIES
    tries.clear()
    with pytest.raises(OperationalError):
        database.transact(lambda session: fail(session, sqlite3.OperationalError("disk full")))
    assert len(tries) == 1


def test_a_foreign_key_must_be_there_on_both_databases(database: Database) -> None:
    with pytest.raises(DBAPIError):
        database.transact(
            lambda session: session.execute(
                text("INSERT INTO claim_key (kind, claim, shipment_id) VALUES ('unit', 'x', 4711)")
            )
        )
