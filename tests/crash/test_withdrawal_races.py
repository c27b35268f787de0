"""Applying and withdrawing at the same moment: one of them wins, and the other is told so."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.conftest import MakeSettings
from tests.crash import world
from tests.crash.together import outcome, together
from tests.databases import KINDS
from tests.journeys import NOW, act_on, person, row, sheet
from tracker import jobs, verify
from tracker.db import Database
from tracker.models.applications import Application
from tracker.models.cargo import Manifest
from tracker.models.corrections import ManifestWithdrawal
from tracker.models.work import Job
from tracker.steps import withdrawal

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def ready(bench: jobs.Bench, turn: int) -> int:
    """A truck of this turn's firm in a prepared application, its upload asked back; its number."""
    clerk = f"clerk_{turn}"
    raw = sheet(row(f"W{turn}", f"蒙A{turn:05d}"))
    key = world.upload(bench, raw, "发运.csv", clerk)
    assert key is not None
    jobs.drain(bench)
    journeys.commit(bench, key, clerk)
    draft = way.drafted(bench, login=clerk, period=YEAR)
    act_on(bench, Application, draft, clerk, "prepare")

    def ask(session: Session) -> int:
        one = withdrawal.ask(session, person(session, clerk), session.get_one(Manifest, key), NOW)
        session.scalars(select(Job).where(Job.kind == withdrawal.JOB, Job.state == "waiting")).one()
        return one.id

    return bench.database.transact(ask)


@pytest.mark.parametrize("kind", KINDS)
def test_of_applying_and_withdrawing_at_once_exactly_one_happens(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    rounds = 20 if soak else 2
    bench = world.made(make_settings(kind), firms=rounds)
    asked: list[int] = []
    for turn in range(rounds):
        asked.append(ready(bench, turn))
        bench.database.transact(_taken)  # nobody else is to do the job
    bench.database.engine.dispose()

    def work(database: Database, number: int, start: Callable[[], None]) -> list[Any]:
        own = jobs.Bench(database, bench.settings, bench.registry)
        said: list[Any] = []
        for turn, key in enumerate(asked):
            start()
            if number:
                apply = partial(act_on, own, Application, turn + 1, f"manager_{turn}", "apply")
                said.append(outcome(apply))
            else:

                def carry_out(session: Session, key: int = key) -> None:
                    one = session.get_one(ManifestWithdrawal, key)
                    withdrawal.carry_out(session, bench.registry, one, "clerk_0", NOW)

                said.append(outcome(partial(database.transact, carry_out)))
        return said

    withdrawn, applied = together(bench.settings, 2, work)
    assert withdrawn == ["done"] * rounds, "what it came to is kept with the asking"
    with bench.database.reading() as session:
        came = [session.get_one(ManifestWithdrawal, key).state for key in asked]
    assert came == ["refused" if said == "done" else "done" for said in applied]
    fen = applied.count("done") * world.PLACES[0].rate_fen
    assert way.stages(bench) == ({"applied": fen} if fen else {})
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert not report.faults
    bench.database.engine.dispose()


def _taken(session: Session) -> None:
    for job in session.scalars(select(Job).where(Job.kind == withdrawal.JOB)):
        job.state = "done"
