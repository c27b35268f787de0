"""Many rows at once: refused and broken off as any other statement is."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests.ledger_samples import seeded
from tracker import bulk
from tracker.db import Database
from tracker.models.cargo import ClaimKey

NAMES = ("kind", "claim", "shipment_id")


def test_rows_that_break_a_rule_are_refused_as_by_any_statement(database: Database) -> None:
    seeded(database)
    row = ("unit", "示例", 1)

    def work(session: Session) -> None:
        bulk.write(session, ClaimKey, NAMES, [row, row])

    with pytest.raises(IntegrityError) as raised:
        database.transact(work)
    assert isinstance(raised.value.__cause__, Exception)
    database.transact(lambda session: bulk.write(session, ClaimKey, NAMES, [row]))
    with database.reading() as session:
        assert session.execute(text("SELECT kind, claim, shipment_id FROM claim_key")).all() == [
            row
        ]


def test_more_rows_than_a_statement_takes_all_arrive_in_their_order(database: Database) -> None:
    seeded(database)
    count = bulk.MOST_VALUES // len(NAMES) + 1
    rows = [("unit", f"示例{number}", 1) for number in range(count)]
    database.transact(lambda session: bulk.write(session, ClaimKey, NAMES, iter(rows)))
    with database.reading() as session:
        query = text("SELECT kind, claim, shipment_id FROM claim_key ORDER BY id")
        assert session.execute(query).all() == rows


@pytest.mark.strict_database
def test_what_the_database_asks_to_do_again_is_done_again(database: Database) -> None:
    seeded(database)
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        if len(tries) == 1:
            session.execute(
                text(
                    "CREATE FUNCTION pg_temp.again() RETURNS trigger AS $$ BEGIN"
                    " RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$ LANGUAGE plpgsql"
                )
            )
            session.execute(
                text(
                    "CREATE TRIGGER again BEFORE INSERT ON claim_key"
                    " FOR EACH ROW EXECUTE FUNCTION pg_temp.again()"
                )
            )
        bulk.write(session, ClaimKey, NAMES, [("unit", "示例", 1)])

    database.transact(work)
    assert len(tries) == 2


@pytest.mark.strict_database
def test_a_connection_that_breaks_off_is_not_used_again(database: Database) -> None:
    seeded(database)

    def work(session: Session) -> None:
        own = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 1000)"), {"own": own})
        bulk.write(session, ClaimKey, NAMES, [("unit", "示例", 1)])

    with pytest.raises(DBAPIError) as raised:
        database.transact(work)
    assert isinstance(raised.value, OperationalError)
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM claim_key")).scalar_one() == 0
