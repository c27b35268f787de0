"""The same events on both databases 两种数据库: the same answers, the same hashes throughout."""

from functools import partial
from random import Random

from sqlalchemy import select

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.crash.together import outcome
from tests.databases import KINDS
from tests.ledger_streams import Model, stream
from tracker import verify
from tracker.books import ledger
from tracker.db import connect
from tracker.models.money import Entry

SEED = 20260304


def test_a_thousand_events_give_the_same_head_on_both(
    make_settings: MakeSettings, *, soak: bool
) -> None:
    count = 3_000 if soak else 300
    print(f"seed {SEED}: {count} events, refused ones among them")  # noqa: T201  for a rerun
    heads = []
    for kind in KINDS:
        settings = make_settings(kind)
        database = connect(settings)
        sample = samples.seeded(database)
        model, said = Model(), []
        chance = Random(SEED)  # noqa: S311  chance of a test, seeded
        for number, moves in enumerate(stream(chance, sample.items, count)):
            came = outcome(partial(samples.post, database, f"e{number}", *moves))
            assert came == ("done" if model.take(moves) else "Conflict"), number
            said.append(came)
        with database.reading() as session:
            hashes = list(session.scalars(select(Entry.hash).order_by(Entry.seq)))
            head = ledger.head(session)
        assert len(hashes) == said.count("done") > count // 3
        assert not verify.verify(settings.database_url, {head.seq: head.hash}).faults
        heads.append((head, hashes))
        database.engine.dispose()
    assert heads[0] == heads[1]
