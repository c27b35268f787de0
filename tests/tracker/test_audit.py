"""The audit log: each event follows the one before, whatever its zone or outcome."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.ledger_samples import NOW
from tracker.books import audit, chain
from tracker.db import Database
from tracker.models.work import AuditEvent


def told(database: Database, at: datetime = NOW, outcome: str = "done") -> None:
    database.transact(
        lambda session: audit.record(
            session,
            at=at,
            login="示例",
            action="sign_in",
            subject="user 1",
            outcome=outcome,
            address="127.0.0.1",
            detail={"次": 1},
        ),
        ledger=False,
    )


def test_events_are_one_chain_in_utc(database: Database) -> None:
    told(database)
    told(database, NOW.astimezone(timezone(timedelta(hours=8))), "refused")
    with database.reading() as session:
        first, second = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert first.previous_hash == chain.GENESIS
    assert second.previous_hash == first.hash
    assert first.at == second.at == NOW
    assert first.hash != second.hash


def test_two_events_of_one_transaction_follow_each_other(database: Database) -> None:
    def work(session: Session) -> list[str]:
        events = [
            audit.record(session, at=NOW, login="a", action="b", subject=str(number))
            for number in range(2)
        ]
        return [events[1].previous_hash, events[0].hash]

    previous, own = database.transact(work)
    assert previous == own


def test_an_outcome_is_one_of_three(database: Database) -> None:
    with pytest.raises(IntegrityError):
        told(database, outcome="perhaps")
