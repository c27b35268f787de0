"""The books against a model 与模型一致: streams made by chance leave what the model says."""

from functools import partial
from random import Random

import pytest

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.crash.together import outcome
from tests.databases import KINDS, connected
from tests.ledger_streams import Model, stream
from tracker.books import ledger
from tracker.verify import verify

STREAMS, STEPS = 300, 50
SEED = 20260308


@pytest.mark.parametrize("kind", KINDS)
def test_streams_of_fifty_steps_leave_what_the_model_says(
    kind: str, make_settings: MakeSettings, *, soak: bool
) -> None:
    count = STREAMS // 2 if soak else STREAMS // 20
    print(f"seed {SEED}, {kind}: {count} streams")  # noqa: T201  for a rerun
    for number in range(count):
        chance = Random(f"{SEED}:{kind}:{number}")  # noqa: S311  chance of a test, seeded
        settings = make_settings(kind)
        model, done = Model(), 0
        with connected(settings) as database:
            sample = samples.seeded(database, 2)
            for step, moves in enumerate(stream(chance, sample.items, STEPS)):
                came = outcome(partial(samples.post, database, f"e{step}", *moves))
                fits = model.take(moves)
                assert came == ("done" if fits else "Conflict"), f"{number}: {step}"
                done += fits
            with database.reading() as session:
                head = ledger.head(session)
                assert ledger.balances_at(session, head.seq) == model.accounts(), number
        assert head.seq == done
        assert not verify(settings.database_url, {head.seq: head.hash}).faults
