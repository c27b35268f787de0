"""Twice at once 同时办理两次: approve, instruct and the bank's answer happen exactly once."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import journeys, way
from tests.conftest import MakeSettings
from tests.crash import world
from tests.crash.together import outcome, together
from tests.databases import KINDS
from tests.journeys import act_on
from tracker import jobs, verify
from tracker.books import ledger
from tracker.db import Database
from tracker.models.applications import Application
from tracker.models.filings import Allotment, Decision, Disbursement, Filing

WORKERS = 20
PLACE = world.PLACES[0]
CODE = PLACE.rule.league
Rival = tuple[str, str, dict[str, Any]]
"""Login, step and detail of one who acts."""


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_of_money_happens_once_however_many_take_it(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    rounds = 60 if soak else 3
    bench = world.made(make_settings(kind))
    filings = [_allocated(bench, turn) for turn in _shipped(bench, rounds)]
    approve: Rival = ("finance_approver", "approve", {})
    assert _race(bench, Filing, filings, (approve,)) == [{"done": 1, "Conflict": 19}] * rounds
    paid = [_prepared(bench, key, 1) for key in filings]
    instruct: Rival = (f"approver_{CODE}", "instruct", {})
    assert _race(bench, Disbursement, paid, (instruct,)) == [{"done": 1, "Conflict": 19}] * rounds
    answers: tuple[Rival, ...] = (
        (f"finance_{CODE}", "confirm", {"bank_answer": "回单1"}),
        (f"finance_{CODE}", "fail", {}),
    )
    assert _race(bench, Disbursement, paid, answers) == [{"done": 1, "Conflict": 19}] * rounds
    _check(bench, rounds)
    bench.database.engine.dispose()


def _race(
    bench: jobs.Bench, table: type[Any], keys: list[int], rivals: tuple[Rival, ...]
) -> list[dict[str, int]]:
    """All workers take the step on one after the other; how it came out for each."""
    bench.database.engine.dispose()

    def work(database: Database, number: int, start: Callable[[], None]) -> list[Any]:
        own = jobs.Bench(database, bench.settings, bench.registry)
        login, step, detail = rivals[number % len(rivals)]
        why: dict[str, Any] = {"reason_code": "bank_refused", "reason": "户名不符"}
        reasons = why if step == "fail" else {}
        said: list[Any] = []
        for key in keys:
            start()
            take = partial(act_on, own, table, key, login, step, detail=detail, **reasons)
            said.append(outcome(take))
        return said

    answers = together(bench.settings, WORKERS, work)
    return [dict(Counter(answer[turn] for answer in answers)) for turn in range(len(keys))]


def _shipped(bench: jobs.Bench, rounds: int) -> range:
    """One truck a day in one manifest."""
    rows = [
        journeys.row(
            f"W{turn}",
            f"蒙A{turn:05d}",
            发车日期=_day(turn).isoformat(),
            出境日期=(_day(turn) + timedelta(days=2)).isoformat(),
        )
        for turn in range(rounds)
    ]
    journeys.take_in(bench, *rows, login="clerk_0")
    way.a_fund(bench, rounds * PLACE.rate_fen)
    return range(rounds)


def _day(turn: int) -> date:
    return date(2026, 1, 5) + timedelta(days=turn)


def _allocated(bench: jobs.Bench, turn: int) -> int:
    """A day's truck applied for, filed and brought before the approver."""
    day = _day(turn)
    applied = way.drafted(bench, login="clerk_0", league_code=CODE, period=(day, day))
    for login, step in (
        ("clerk_0", "prepare"),
        ("manager_0", "apply"),
        (f"officer_{CODE}", "first_review"),
        (f"approver_{CODE}", "pass"),
    ):
        act_on(bench, Application, applied, login, step)
    number = f"示例呼商字〔2026〕{turn}号"
    key = way.filing_drafted(bench, applied, login=f"officer_{CODE}", document_no=number)
    for login, step in (
        (f"officer_{CODE}", "prepare"),
        (f"approver_{CODE}", "file"),
        ("commerce_officer", "propose"),
        ("commerce_approver", "endorse"),
    ):
        act_on(bench, Filing, key, login, step)
    act_on(bench, Filing, key, "finance_officer", "allocate", detail={"fund": way.FUND})
    return key


def _prepared(bench: jobs.Bench, key: int, number: int) -> int:
    """An allotment for the filing, and a disbursement ready to be instructed."""
    allotted = way.allotment_drafted(bench, key, PLACE.rate_fen, f"示例预〔2026〕{key}-{number}号")
    act_on(bench, Allotment, allotted, "finance_officer", "prepare")
    act_on(bench, Allotment, allotted, "finance_approver", "allot")

    (paid,) = way.disbursements(bench, allotted, f"finance_{CODE}")
    act_on(bench, Disbursement, paid, f"finance_{CODE}", "prepare")
    return paid


def _check(bench: jobs.Bench, rounds: int) -> None:
    """Each truck's money is paid once or back where it was; fund and decisions agree."""
    with bench.database.reading() as session:
        stands = way.stages(bench)
        ended = select(Disbursement.state, func.count()).group_by(Disbursement.state)
        states: dict[str, int] = dict(session.execute(ended).all())
        assert set(states) <= {"disbursed", "failed"}
        paid = states.get("disbursed", 0) * PLACE.rate_fen
        assert sum(stands.values()) == rounds * PLACE.rate_fen
        assert stands.get("disbursed", 0) == paid
        assert stands.get("approved", 0) == states.get("failed", 0) * PLACE.rate_fen
        fund = ledger.balance(session, ledger.limit("used", f"fund:{way.FUND}"))
        assert fund == rounds * PLACE.rate_fen
        for step in ("approve", "instruct"):
            taken = select(func.count()).where(Decision.step == step)
            assert session.scalar(taken) == rounds
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    assert not report.faults
