"""Triggers: history is only added to, even by raw SQL, and a missing guard is found at start-up."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import full_books
from tests.guards import by_hand, refused
from tests.ledger_samples import item_id, seeded
from tracker import schema
from tracker.books import triggers
from tracker.db import Database

GUARDED = ("entry", "posting", "decision", "audit_event", "assessment", "item")
"""Nothing of these is ever changed or removed."""


@pytest.fixture
def books(database: Database) -> Database:
    """A database with a little of everything."""
    full_books.write(database)
    return database


def is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


@pytest.mark.no_cover
@pytest.mark.parametrize("table", GUARDED)
def test_nothing_changes_or_removes_what_was_written(books: Database, table: str) -> None:
    changed, removed = f"UPDATE {table} SET id = id", f"DELETE FROM {table}"  # noqa: S608  our own names
    refused(books, f"{table}: only added to", changed, removed)
    if is_sqlite(books):
        copied = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608  our own names
        refused(books, f"{table}: already there", copied)
    else:
        refused(books, "only added to|: stays", f"TRUNCATE {table} CASCADE")


STATEMENTS = {
    "UPDATE chain_head SET seq = 0": "moves to the next entry only",
    "DELETE FROM chain_head": "only added to|stays",
    "INSERT INTO chain_head (id, seq, hash) VALUES (2, 0, 'x')": (
        "only added to|there is one|ck_chain_head_one"
    ),
    "UPDATE account SET stage = 'filed' WHERE stage = 'applied'": "only its balance changes",
    "DELETE FROM account": "only added to|stays",
    (
        "INSERT INTO account (id, unit, stage, owner, is_source, balance)"
        " VALUES (99, 'limit', 'used', 'x', (1 = 0), 5)"
    ): "opens empty",
    "UPDATE account SET balance = -1 WHERE stage = 'accrued'": "CHECK|floor",
    "UPDATE item_stage SET balance = -1": "CHECK|floor",
    "DELETE FROM claim_key": "only added to|stays",
    "UPDATE claim_key SET claim = 'x'": "only released, once, by an entry",
    "UPDATE claim_key SET released_seq = 99 WHERE released_seq IS NULL": "only released",
    "UPDATE claim_key SET released_seq = 2 WHERE released_seq = 1": "only released",
    "UPDATE method SET params = '{}'": "what was recorded stays",
    "DELETE FROM method": "what was recorded stays",
    (
        "INSERT INTO claim_key (kind, claim, shipment_id)"
        " SELECT kind, claim, shipment_id FROM claim_key WHERE released_seq IS NULL"
    ): "already there|uq_claim_key_live",
    (
        "INSERT INTO method (league_id, programme_id, version_no, title, document_no, issued_on,"
        " valid_from, rule_id, rule_sha256, params, valid_to, is_sample, state, revision)"
        " SELECT league_id, programme_id, 2, title, document_no, issued_on, valid_from, rule_id,"
        " rule_sha256, params, valid_to, is_sample, state, 1 FROM method"
    ): "two recorded versions|ex_method_recorded",
    (
        "INSERT INTO entry (seq, kind, cause, business_date, recorded_at, actor, posting_count,"
        " body, body_sha256, previous_hash, hash) SELECT 99, kind, 'x', business_date, recorded_at,"
        " actor, 0, body, body_sha256, previous_hash, 'x' FROM entry WHERE seq = 1"
    ): "does not follow the head",
    (
        "INSERT INTO posting (entry_id, line_no, source_id, target_id, amount, item_id,"
        " reason_code) SELECT entry_id, 7, source_id, target_id, amount, item_id, reason_code"
        " FROM posting WHERE id = 1"
    ): "no line of the newest entry",
    (
        "INSERT INTO decision (subject_kind, subject_id, step, state_before, state_after, user_id,"
        " login, decided_at, seq, shown_sha256, reason_code, reason, detail)"
        " SELECT subject_kind, subject_id, step, state_before, state_after, user_id, login,"
        " decided_at, 99, shown_sha256, '', '', '{}' FROM decision WHERE id = 1"
    ): "its entry is not there",
    (
        "INSERT INTO decision (subject_kind, subject_id, step, state_before, state_after, user_id,"
        " login, decided_at, seq, shown_sha256, reason_code, reason, detail, maker_id,"
        " maker_decision_id) SELECT subject_kind, subject_id, step, state_before, state_after, 2,"
        " login, decided_at, seq, 'other', '', '', '{}', 1, 1 FROM decision WHERE id = 1"
    ): "two people are shown the same",
    (
        "INSERT INTO decision (subject_kind, subject_id, step, state_before, state_after, user_id,"
        " login, decided_at, seq, shown_sha256, reason_code, reason, detail, maker_id,"
        " maker_decision_id) SELECT subject_kind, subject_id, step, state_before, state_after, 1,"
        " login, decided_at, seq, shown_sha256, '', '', '{}', 1, 1 FROM decision WHERE id = 1"
    ): "two people are shown the same",
    (
        "INSERT INTO audit_event (at, login, action, subject, outcome, previous_hash, hash,"
        " address, detail) SELECT at, login, action, subject, outcome, 'y', 'z', address, detail"
        " FROM audit_event WHERE id = 1"
    ): "does not follow the newest",
}
"""Raw SQL that would make the books untrue -> what the database says."""


@pytest.mark.no_cover
@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one[:40])
def test_the_database_itself_refuses_what_would_make_the_books_untrue(
    books: Database, statement: str
) -> None:
    refused(books, STATEMENTS[statement], statement)


AN_ACCOUNT = (
    "INSERT INTO account (id, unit, stage, owner, is_source, balance)"
    " VALUES (:id, 'fen', :stage, 'x', (1 = 0), 0)"
)
AN_ENTRY = (
    "INSERT INTO entry (id, seq, kind, cause, business_date, recorded_at, actor, posting_count,"
    " body, body_sha256, previous_hash, hash) VALUES (1, 1, 'x', 'x', '2026-01-01',"
    " '2026-01-01 00:00:00', 'x', 1, '', '', :previous, 'x')"
)
A_POSTING = (
    "INSERT INTO posting (entry_id, line_no, source_id, target_id, amount, item_id, reason_code)"
    " VALUES (1, 0, 90, 91, 1, :item, '')"
)


def test_money_is_never_paid_that_is_not_there_even_by_raw_sql(database: Database) -> None:
    sample = seeded(database)

    def overdraw(session: Session) -> None:
        for number, stage in ((90, "approved"), (91, "instructed")):
            session.execute(text(AN_ACCOUNT), {"id": number, "stage": stage})
        session.execute(text(AN_ENTRY), {"previous": "0" * 64})
        session.execute(text(A_POSTING), {"item": item_id(session, sample.items[0])})

    with pytest.raises(DBAPIError, match=re.compile("check|floor", re.IGNORECASE)):
        database.transact(overdraw)


def test_the_installed_triggers_are_those_expected(database: Database) -> None:
    with database.reading() as session:
        assert triggers.missing(session) == []
        expected = triggers.EXPECTED[database.engine.dialect.name]
        assert triggers.installed(session) == expected
    assert schema.check(database) == []


def test_a_dropped_trigger_is_found_at_start_up(database: Database) -> None:
    name = "entry_no_delete" if is_sqlite(database) else "entry_only_added_to"
    by_hand(database, f"DROP TRIGGER {name}" + ("" if is_sqlite(database) else " ON entry"))
    (fault,) = schema.check(database)
    assert f"触发器 {name} 缺失或被改动" in fault


def test_a_trigger_switched_off_or_weakened_is_found_at_start_up(database: Database) -> None:
    if is_sqlite(database):
        by_hand(database, "DROP TRIGGER entry_no_delete")
        by_hand(
            database,
            "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry WHEN 0 BEGIN SELECT 1; END",
        )
    else:
        by_hand(database, "ALTER TABLE entry DISABLE TRIGGER entry_only_added_to")
    assert len(schema.check(database)) == 1


def test_a_trigger_nobody_expects_is_named_too(database: Database) -> None:
    if is_sqlite(database):
        by_hand(database, "CREATE TRIGGER extra AFTER INSERT ON entry BEGIN SELECT 1; END")
    else:
        by_hand(
            database,
            "CREATE TRIGGER extra AFTER INSERT ON entry FOR EACH STATEMENT"
            " EXECUTE FUNCTION tracker_refuse()",
        )
    (fault,) = schema.check(database)
    assert "extra" in fault
