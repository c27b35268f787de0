"""Workers killed at random points 中断后台进程: every manifest once, to the fen, nothing locked."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import MakeSettings
from tests.crash import world
from tests.databases import KINDS
from tests.journeys import NOW, person
from tracker import jobs, verify
from tracker.db import Database
from tracker.models.cargo import CargoLine, Manifest, Shipment
from tracker.models.money import Assessment, Entry, Item, ItemStage
from tracker.models.work import Job
from tracker.settings import Settings
from tracker.steps import manifests

WORKERS = 4
LINES = 5
LEASE_SECONDS = 2
PATIENCE_SECONDS = 3_600
LOOK_SECONDS = 0.2
MANIFESTS, KILLS = 3_000, 100
"""Of the long run; every day a tenth."""
SEED = 20260301
WAY = {"received": 0, "checked": 1, "committing": 1, "committed": 2}
"""How far a manifest is in each state."""


class Crew:
    """Real workers; any of them may be killed, and another takes its place."""

    def __init__(self, settings: Settings, rules: Path) -> None:
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(world.ROOT), str(rules))),
            "TRACKER_HOME": str(settings.home),
            "TRACKER_DATABASE_URL": settings.database_url,
            "TRACKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "POLARS_MAX_THREADS": "1",
        }
        self.said = (settings.home / "workers.log").open("ab")
        self.hands = [self._hired() for _ in range(WORKERS)]

    def kill(self, number: int) -> None:
        """Kill -9 one, and start another."""
        self.hands[number].kill()
        self.hands[number].wait()
        self.hands[number] = self._hired()

    def _hired(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=world.ROOT,
            env=self.environment,
            stdout=self.said,
            stderr=self.said,
            stdin=subprocess.DEVNULL,
        )


@contextmanager
def working(settings: Settings, rules: Path) -> Iterator[Crew]:
    """A crew for the time of a test."""
    crew = Crew(settings, rules)
    try:
        yield crew
    finally:
        for hand in crew.hands:
            hand.kill()
            hand.wait()
        crew.said.close()


@pytest.mark.parametrize("kind", KINDS)
def test_killed_workers_leave_every_manifest_exactly_once(
    kind: str, make_settings: MakeSettings, tmp_path: Path, *, soak: bool
) -> None:
    count, kills = (MANIFESTS, KILLS) if soak else (MANIFESTS // 10, KILLS // 10)
    chance = Random(SEED)  # noqa: S311  chance of a test, seeded
    print(f"seed {SEED}, {kind}: {count} manifests, {kills} kills")  # noqa: T201  for a rerun
    bench = world.made(make_settings(kind))
    doubled = set(chance.sample(range(count), count // 10))
    expected = _uploaded(bench, count, doubled)
    # each manifest is read, then committed: kills lie anywhere on that way
    points = sorted(chance.randrange(2 * expected) for _ in range(kills))
    with working(bench.settings, world.installed(tmp_path / "rules")) as crew:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (done := _carry_on(bench, keep=len(points[:1]))) < 2 * expected:
            while points and points[0] <= done:
                points.pop(0)
                crew.kill(chance.randrange(WORKERS))
                time.sleep(chance.uniform(0, LOOK_SECONDS))
            assert time.monotonic() < deadline, f"stuck at {done} of {2 * expected}"
            time.sleep(LOOK_SECONDS)
        assert not points
    _check(bench, count, expected)
    bench.database.engine.dispose()


def _uploaded(bench: jobs.Bench, count: int, doubled: set[int]) -> int:
    """Upload all, some twice: half of those to the byte, half as other bytes with the same rows."""
    expected = 0
    for number in range(count):
        login = f"clerk_{number % 2}"
        raw = world.sheet(number, LINES, SEED)
        assert world.upload(bench, raw, f"发运{number}.csv", login) is not None
        expected += 1
        if number in doubled and number % 2:
            assert world.upload(bench, raw, "又一次.csv", login) is None
        elif number in doubled:
            again = world.sheet(number, LINES, SEED, encoding="utf-8")
            assert world.upload(bench, again, "又一次.csv", login) is not None
            expected += 1
    return expected


def _carry_on(bench: jobs.Bench, keep: int) -> int:
    """Ask for what was checked to be committed; how many were checked, plus how many committed.

    The last ``keep`` wait: quick workers must not be done before the last of them was killed.
    """

    def ask(session: Session) -> int:
        checked = session.scalars(select(Manifest).where(Manifest.state == "checked")).all()
        for one in checked[: len(checked) - keep]:
            manifests.ask_commit(session, person(session, one.user.login), one, NOW)
        states = select(Manifest.state, func.count()).group_by(Manifest.state)
        counts: dict[str, int] = dict(session.execute(states).all())
        assert set(counts) <= {"received", "checked", "committing", "committed"}, counts
        return sum(WAY[state] * number for state, number in counts.items())

    return bench.database.transact(ask)


def _check(bench: jobs.Bench, count: int, expected: int) -> None:
    trucks = count * LINES
    due = sum(world.PLACES[number % len(world.PLACES)].rate_fen * LINES for number in range(count))
    database = bench.database
    with database.reading() as session:
        accrued = select(func.sum(ItemStage.balance)).where(ItemStage.stage == "accrued")
        assert session.scalar(accrued) == due
        commits = select(func.count()).where(Entry.kind == "manifest.commit")
        assert session.scalar(commits) == expected
        jobs_left = select(Job.state, func.count()).group_by(Job.state)
        # each manifest was read and committed; each recorded method asked for what waited for it
        wanted = 2 * expected + len(world.PLACES)
        assert dict(session.execute(jobs_left).all()) == {"done": wanted}
        states = select(Shipment.state, func.count()).group_by(Shipment.state)
        assert dict(session.execute(states).all()) == {"standing": trucks}
    assert [_count(database, one) for one in (Item, Assessment, CargoLine)] == [trucks] * 3
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert not report.faults
    assert report.assessments == trucks


def _count(database: Database, table: type[object]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
