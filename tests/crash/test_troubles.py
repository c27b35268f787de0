"""Troubles 意外: a full disk, a clock that is wrong, a backup put back, and an old report again."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.databases import KINDS, Databases, connected
from tests.ledger_streams import Model, stream
from tracker import packages
from tracker.books import ledger
from tracker.db import Database, canonical
from tracker.errors import Conflict
from tracker.models.money import Entry, Posting
from tracker.verify import verify

ROUNDS, EVENTS = 10, 60
SEED = 20260309
SPARE_PAGES = 6
HOUR = timedelta(hours=1)


def report(database: Database, seq: int) -> bytes:
    """What stood in every account after the entry, to the byte."""
    with database.reading() as session:
        stood = ledger.balances_at(session, seq)
    return canonical([[*ref, fen] for ref, fen in sorted(stood.items())]).encode()


def test_a_full_disk_refuses_whole_entries_and_loses_none(
    make_settings: MakeSettings, *, soak: bool
) -> None:
    settings = make_settings("sqlite")
    with connected(settings) as database:
        item = samples.seeded(database).items[0]
        told, refused, number = [], 0, 0
        moves = [samples.move(item, "entitlement", "accrued", 1)] * 20
        limits: list[int] = []

        def full(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
            for most in limits[-1:]:
                connection.execute(f"PRAGMA max_page_count = {most}")

        event.listen(database.engine, "connect", full)
        for _ in range(ROUNDS if soak else 2):
            with database.engine.connect() as connection:
                pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            limits.append(pages + SPARE_PAGES)
            database.engine.dispose()
            stopped = False
            while not stopped:
                number += 1
                try:
                    told.append((samples.post(database, f"e{number}", *moves), f"e{number}"))
                except DBAPIError as error:
                    assert "database or disk is full" in str(error)  # noqa: PT017  many are not refused
                    refused, stopped = refused + 1, True
            limits.append(1_000_000)
            database.engine.dispose()
            told.append((samples.post(database, f"e{number}", *moves), f"e{number}"))
        with database.reading() as session:
            kept = session.execute(select(Entry.seq, Entry.cause).order_by(Entry.seq)).all()
            assert [tuple(row) for row in kept] == told
            lines = session.scalar(select(func.count()).select_from(Posting))
            assert lines == 20 * len(told)
            assert ledger.balance(session, samples.account(item, "accrued")) == lines
    assert refused == (ROUNDS if soak else 2)
    assert not verify(settings.database_url).faults


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_jumps_an_hour_moves_no_entry(kind: str, make_settings: MakeSettings) -> None:
    settings = make_settings(kind)
    chance = Random(SEED)  # noqa: S311  chance of a test, seeded
    model = Model()
    with connected(settings) as database:
        sample = samples.seeded(database)
        seqs, reports = [], []
        for number, moves in enumerate(stream(chance, sample.items, EVENTS)):
            at = samples.NOW + HOUR * chance.choice((-1, 0, 1))
            if not model.take(moves):
                with pytest.raises(Conflict):
                    samples.post(database, f"e{number}", *moves, at=at)
                continue
            seqs.append(samples.post(database, f"e{number}", *moves, at=at))
            reports.append(report(database, seqs[-1]))
            # asked again by a clock that went back, it is the same entry
            assert samples.post(database, f"e{number}", *moves, at=at - HOUR) == seqs[-1]
        assert seqs == list(range(1, len(seqs) + 1))
        assert [report(database, seq) for seq in seqs] == reports
        with database.reading() as session:
            told = session.scalars(select(Entry.recorded_at).order_by(Entry.seq)).all()
            head = ledger.head(session)
    assert list(told) != sorted(told), "the clock went back meanwhile"
    assert not verify(settings.database_url, {head.seq: head.hash}).faults


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("into", KINDS)
def test_a_backup_put_back_gives_every_report_again_and_goes_on(
    kind: str, into: str, make_settings: MakeSettings, all_databases: Databases, tmp_path: Path
) -> None:
    settings = make_settings(kind)
    with connected(settings) as database:
        sample = samples.seeded(database)
        last = samples.usual_life(database, sample)
        reports = [report(database, seq) for seq in range(last + 1)]
        choice = packages.WHOLE
        made = packages.pack(database, settings.home, tmp_path / "包.zip", samples.NOW, choice)
        samples.post(database, "after", samples.limit_move("fund:2", "granted", "headroom", 5))
        assert [report(database, seq) for seq in range(last + 1)] == reports
        after = report(database, last + 1)
    target = all_databases.settings(into, tmp_path / "anew", migrated=False)
    with connected(target) as database:
        packages.unpack(database, target.home, made.path)
        assert [report(database, seq) for seq in range(last + 1)] == reports
        # what was done after the backup is done again, and once
        for _ in range(2):
            moves = [samples.limit_move("fund:2", "granted", "headroom", 5)]
            assert samples.post(database, "after", *moves) == last + 1
        assert report(database, last + 1) == after
    assert not verify(target.database_url, {made.seq: made.head}).faults
    assert json.loads(after)
