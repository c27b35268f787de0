"""Once 只此一次: twenty workers take each step of each item at once, and the books let one."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.crash.together import outcome, together
from tests.databases import KINDS
from tracker import verify
from tracker.books import ledger
from tracker.db import Database, connect
from tracker.models.money import Entry, ItemStage

WORKERS, ITEMS = 20, 500
SEED = 20260305
FEN = 120_000
STEPS = (("filed", "approved"), ("approved", "instructed"), ("instructed", "disbursed"))
REVERSE = ("disbursed", "recoverable")
"""Approve, disburse, the bank's answer, and what takes it back."""
FUND = "fund:示例"


@pytest.mark.parametrize("kind", KINDS)
def test_each_item_goes_each_step_exactly_once(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    count = ITEMS if soak else ITEMS // 10
    print(f"seed {SEED}, {kind}: {WORKERS} workers, {count} items")  # noqa: T201  for a rerun
    settings = make_settings(kind)
    database = connect(settings)
    items = samples.seeded(database, (count + 1) // 2).items[:count]
    path = ("entitlement", "accrued", "applied", "filed")
    for stages in pairwise(path):
        moves = [samples.move(item, *stages, FEN) for item in items]
        samples.post(database, f"begin:{stages[1]}", *moves)
    grant = samples.limit_move(FUND, "granted", "headroom", FEN * count)
    samples.post(database, "grant", grant)
    database.engine.dispose()

    def work(own: Database, number: int, start: Callable[[], None]) -> list[Any]:
        chance = Random(SEED + number)  # noqa: S311  chance of a test, seeded
        said: list[Any] = []
        for stages in (*STEPS, REVERSE):
            start()
            for item in chance.sample(items, count):
                moves = [samples.move(item, *stages, FEN)]
                if stages[1] == "approved":
                    moves.append(samples.limit_move(FUND, "headroom", "used", FEN))
                # every worker has a reason of its own, so that only the balances can say no
                cause = f"{stages[1]}:{item}:{number}"
                came = outcome(lambda: samples.post(own, cause, *moves))  # noqa: B023  called at once
                said.append((stages[1], item, came))
        return said

    came = Counter(one for answer in together(settings, WORKERS, work) for one in answer)
    for _, after in (*STEPS, REVERSE):
        for item in items:
            assert came[after, item, "done"] == 1, (after, item)
            assert came[after, item, "Conflict"] == WORKERS - 1, (after, item)
    with database.reading() as session:
        stands = select(ItemStage.stage, func.sum(ItemStage.balance)).group_by(ItemStage.stage)
        kept = {stage: int(fen) for stage, fen in session.execute(stands) if fen}
        assert kept == {"recoverable": FEN * count}
        assert ledger.balance(session, ledger.limit("used", FUND)) == FEN * count
        assert ledger.balance(session, ledger.limit("headroom", FUND)) == 0
        entries = session.scalar(select(func.count()).select_from(Entry))
        assert entries == len(path) + 4 * count
    assert not verify.verify(settings.database_url).faults
    database.engine.dispose()
