"""Races 并发: the same thing from many processes at once happens exactly once, to the fen."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.crash import crash_rules, world
from tests.crash.together import outcome, together
from tests.databases import KINDS
from tests.journeys import NOW, person, row, sheet
from tracker import blobs, jobs, verify
from tracker.books import ledger
from tracker.db import Database, connect
from tracker.errors import Conflict
from tracker.models.cargo import ClaimKey, Manifest, Shipment
from tracker.models.money import ItemStage
from tracker.steps import manifests

PROCESSES = 16
SEED = 20260302
both = pytest.mark.parametrize("kind", KINDS)


@dataclass(frozen=True)
class Committing:
    """Each firm commits its upload of every turn, at the same moment as the others."""

    rounds: int
    keys: dict[tuple[int, int], int | None]
    """Turn and firm -> the upload."""

    def __call__(self, database: Database, number: int, start: Callable[[], None]) -> list[Any]:
        """Commit one firm's uploads."""
        for turn in range(self.rounds):

            def commit(session: Session, turn: int = turn) -> None:
                manifest = session.get_one(Manifest, self.keys[turn, number])
                manifests.commit(session, crash_rules.REGISTRY, manifest, f"clerk_{number}", NOW)

            start()
            database.transact(commit)
        return []


@both
def test_the_same_file_at_once_from_sixteen_processes_is_one_manifest(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    rounds = 40 if soak else 4
    bench = world.made(make_settings(kind))
    settings = bench.settings
    bench.database.engine.dispose()

    def work(database: Database, number: int, start: Callable[[], None]) -> list[Any]:
        del number
        said: list[Any] = []
        for turn in range(rounds):
            raw = sheet(row(f"W{turn}"))
            sha256, size = blobs.store(settings.home, io.BytesIO(raw), 10**7)
            start()

            def store(session: Session, sha256: str = sha256, size: int = size) -> None:
                clerk = person(session, "clerk_0")
                manifests.store(session, clerk, "发运.csv", sha256, size, NOW)

            said.append(outcome(partial(database.transact, store)))
        return said

    answers = together(settings, PROCESSES, work)
    for turn in range(rounds):
        came = Counter(answer[turn] for answer in answers)
        assert came == {"done": 1, "Conflict": PROCESSES - 1}
    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Manifest)) == rounds
    bench.database.engine.dispose()


@both
def test_the_same_trucks_from_sixteen_firms_at_once_have_one_winner_each(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    rounds = 40 if soak else 4
    bench = world.made(make_settings(kind), firms=PROCESSES)
    keys = {
        (turn, number): world.upload(
            bench, sheet(row(f"W{turn}", f"蒙A{turn:05d}")), "发运.csv", f"clerk_{number}"
        )
        for turn in range(rounds)
        for number in range(PROCESSES)
    }
    jobs.drain(bench)
    bench.database.engine.dispose()

    together(bench.settings, PROCESSES, Committing(rounds, keys), anew=True)
    with bench.database.reading() as session:
        states = select(Shipment.state, func.count()).group_by(Shipment.state)
        lost = rounds * (PROCESSES - 1)
        assert dict(session.execute(states).all()) == {"standing": rounds, "contested": lost}
        accrued = select(func.sum(ItemStage.balance)).where(ItemStage.stage == "accrued")
        assert session.scalar(accrued) == rounds * world.PLACES[0].rate_fen
        held = select(ClaimKey.kind, func.count()).where(ClaimKey.released_seq.is_(None))
        kinds = dict(session.execute(held.group_by(ClaimKey.kind)).all())
        assert kinds == dict.fromkeys(("unit", "batch", "vehicle"), rounds)
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert not report.faults
    bench.database.engine.dispose()


@dataclass(frozen=True)
class Spending:
    """Each pays what its item wants, turn by turn, and by halves where there is no more for it."""

    items: tuple[str, ...]
    wants: list[list[int]]
    """Process -> fen of every turn."""

    def __call__(self, database: Database, number: int, start: Callable[[], None]) -> list[Any]:
        """Pay one item's; what was paid."""
        start()
        spent = 0
        for turn, want in enumerate(self.wants[number]):
            fen = want
            while fen:
                try:
                    samples.post(
                        database,
                        f"spend:{number}:{turn}:{fen}",
                        samples.move(self.items[number], "approved", "instructed", fen),
                        samples.limit_move("allotment:1", "headroom", "used", fen),
                        samples.limit_move("fund:1", "headroom", "used", fen),
                    )
                    spent += fen
                    break
                except Conflict:
                    fen //= 2
        return [spent]


@both
def test_a_nearly_exhausted_fund_and_allotment_are_spent_to_the_fen_and_never_over(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    each = 30 if soak else 3
    print(f"seed {SEED}, {kind}")  # noqa: T201  for a rerun
    settings = make_settings(kind)
    database = connect(settings)
    sample = samples.seeded(database, PROCESSES)
    chance = Random(SEED)  # noqa: S311  chance of a test, seeded
    wants = [[chance.randrange(1, 90_000) for _ in range(each)] for _ in range(PROCESSES)]
    demand = sum(map(sum, wants))
    there = demand * 100 // 224
    due = {number: sum(wants[number]) for number in range(PROCESSES)}
    moves = [samples.limit_move("allotment:1", "granted", "headroom", there)]
    moves += [samples.limit_move("fund:1", "granted", "headroom", there)]
    for before, after in (
        ("entitlement", "accrued"),
        ("accrued", "applied"),
        ("applied", "filed"),
        ("filed", "approved"),
    ):
        moves += [
            samples.move(sample.items[number], before, after, fen) for number, fen in due.items()
        ]
    samples.post(database, "begin", *moves)
    database.engine.dispose()

    spent = [answer[0] for answer in together(settings, PROCESSES, Spending(sample.items, wants))]
    with database.reading() as session:
        for owner in ("allotment:1", "fund:1"):
            assert ledger.balance(session, ledger.limit("used", owner)) == there
            assert ledger.balance(session, ledger.limit("headroom", owner)) == 0
        paid = select(func.sum(ItemStage.balance)).where(ItemStage.stage == "instructed")
        assert session.scalar(paid) == sum(spent) == there
    assert not verify.verify(settings.database_url).faults
    database.engine.dispose()
