"""The ledger against a plain model: any sequence of entries, any point of it again."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.ledger_streams import Model, stream
from tracker import verify
from tracker.books import ledger
from tracker.books.ledger import AccountRef
from tracker.db import connect
from tracker.errors import Conflict
from tracker.models.money import SOURCE_STAGES as SOURCES
from tracker.models.money import Account, Item, ItemStage


@pytest.mark.no_cover
@settings(max_examples=12)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 40))
def test_any_sequence_of_entries_leaves_what_the_model_says_at_every_point(
    make_settings: MakeSettings, database_kind: str, seed: int, count: int
) -> None:
    given_settings = make_settings(database_kind)
    database = connect(given_settings)
    sample = samples.seeded(database, 2)
    model = Model()
    history: list[dict[AccountRef, int]] = [{}]
    for number, moves in enumerate(stream(Random(seed), sample.items, count)):  # noqa: S311  a seed of hypothesis
        fits = model.take(moves)
        try:
            samples.post(database, f"e{number}", *moves)
        except Conflict:
            assert not fits
        else:
            assert fits
            history.append(model.accounts())
    with database.reading() as session:
        for seq, stood in enumerate(history):
            assert ledger.balances_at(session, seq) == stood
        query = select(Account.unit, Account.stage, Account.owner, Account.balance)
        kept = {AccountRef(u, s, o): fen for u, s, o, fen in session.execute(query)}
        assert {ref: fen for ref, fen in kept.items() if fen or ref in history[-1]} == history[-1]
        query_items = select(Item.code, ItemStage.stage, ItemStage.balance).join(
            Item, Item.id == ItemStage.item_id
        )
        standing = {(code, stage): fen for code, stage, fen in session.execute(query_items) if fen}
        head = ledger.head(session)
    model_items = {key: fen for key, fen in model.items.items() if fen and key[1] not in SOURCES}
    assert standing == model_items
    report = verify.verify(given_settings.database_url, {head.seq: head.hash} if head.seq else {})
    assert not report.faults
    database.engine.dispose()
