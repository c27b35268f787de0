"""Seeded defects 植入缺陷: each is put into the books on purpose, and the watch sees every one.

The watch is what stands around the books elsewhere in these tests: a plain model that goes along,
the database's own refusals, the list of triggers and the verifier. That it sees nothing wrong in
books without a defect is the other half of the experiment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import full_books
from tests import ledger_samples as samples
from tests.conftest import MakeSettings
from tests.databases import KINDS
from tests.ledger_streams import Model, stream
from tracker.books import chain, ledger, triggers
from tracker.books.ledger import AccountRef, Draft, Move
from tracker.db import Database, connect
from tracker.errors import Conflict
from tracker.models.cargo import ClaimKey
from tracker.models.money import Entry
from tracker.verify import verify

SEED = 20260307
EVENTS = 60
Patch = pytest.MonkeyPatch
Defect = Callable[[Patch, Database], None]


class Seen(Exception):
    """The watch saw that something is wrong."""


def watched(database: Database) -> None:
    """Let the books work for a while; raises ``Seen``, or what the books themselves raise."""
    sample = full_books.write(database).sample
    model = standing(database)
    for number, moves in enumerate(stream(Random(SEED), sample.items, EVENTS)):  # noqa: S311  seeded
        cause = f"e{number}"
        fits = model.take(moves)
        try:
            seq = samples.post(database, cause, *moves)
            again = samples.post(database, cause, *moves)
        except Conflict as refusal:
            see(not fits, f"{cause}: {refusal}")
        else:
            see(fits, f"{cause}: more than there is")
            see(seq == again, f"{cause}: twice")
    to_the_fen(database, model)
    see(model.accounts().items() <= kept(database).items(), "other balances than the model's")
    see(refused(partial(database.transact, a_claim_again)), "a claim stands twice")
    see(refused(partial(database.transact, rewrite)), "an entry was rewritten")
    with database.reading() as session:
        see(not triggers.missing(session), "triggers are missing")
        head = ledger.head(session)
    url = database.engine.url.render_as_string(hide_password=False)
    faults = verify(url, {head.seq: head.hash}).faults
    see(not faults, str(faults[:1]))


def to_the_fen(database: Database, model: Model) -> None:
    """One fen more than there is cannot move, and all there is can."""
    (item, _), fen = max(
        (one for one in model.items.items() if one[0][1] == "accrued"), key=lambda one: one[1]
    )
    ref, room = max(
        (one for one in model.limits.items() if one[0].stage == "headroom"), key=lambda one: one[1]
    )
    see(fen > 0 and room > 0, "nothing is left to try it on")
    for more in (1, 0):
        for name, move in (
            ("item", samples.move(item, "accrued", "applied", fen + more)),
            ("limit", samples.limit_move(ref.owner, "headroom", "used", room + more)),
        ):
            try:
                samples.post(database, f"last {name} {more}", move)
            except Conflict as refusal:
                see(bool(more), f"not all of it: {refusal}")
            else:
                see(not more, f"a fen more than there is of {name}")
                see(model.take((move,)), "the model says no")


def see(right: bool, what: str) -> None:  # noqa: FBT001  like an assertion
    if not right:
        raise Seen(what)


def standing(database: Database) -> Model:
    """A model of what stands already."""
    model = Model()
    items = "SELECT item.code, stage, balance FROM item_stage JOIN item ON item.id = item_id"
    given = "SELECT item.code, sum(-balance) FROM item_stage JOIN item ON item.id = item_id"
    with database.engine.connect() as connection:
        for code, stage, fen in connection.execute(text(items)):
            model.items[code, stage] = fen
        for code, fen in connection.execute(text(f"{given} GROUP BY item.code")):
            model.items[code, "entitlement"] = int(fen)
    model.limits.update({ref: fen for ref, fen in kept(database).items() if ref.unit == "limit"})
    return model


def kept(database: Database) -> dict[AccountRef, int]:
    """Account -> fen as the books have it."""
    with database.reading() as session:
        return ledger.balances_at(session, ledger.head(session).seq) | {
            AccountRef(unit, stage, owner): fen
            for unit, stage, owner, fen in session.execute(
                text("SELECT unit, stage, owner, balance FROM account")
            )
        }


def refused(work: Callable[[], object]) -> bool:
    """Whether the database itself says no."""
    try:
        work()
    except DBAPIError:
        return True
    return False


def a_claim_again(session: Session) -> None:
    session.add(ClaimKey(kind="unit", claim="box 2", shipment_id=1))
    session.flush()


def rewrite(session: Session) -> None:
    session.execute(text("UPDATE entry SET actor = 'x' WHERE seq = 1"))


def without(database: Database, *statements: str) -> None:
    """Run what takes a guard away."""
    with database.engine.execution_options(tracker_writes=True).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def without_trigger(name: str, table: str) -> Defect:
    def defect(_patch: Patch, database: Database) -> None:
        on = f" ON {table}" if database.engine.dialect.name == "postgresql" else ""
        without(database, f"DROP TRIGGER {name}{on}")

    return defect


def without_floors(patch: Patch, database: Database) -> None:
    """Neither the ledger nor the database looks whether there is enough."""
    patch.setattr(ledger, "_check_floors", lambda *_: None)
    if database.engine.dialect.name == "postgresql":
        drop = "ALTER TABLE {0} DROP CONSTRAINT ck_{0}_floor"
        without(database, drop.format("account"), drop.format("item_stage"))
    else:
        ignore = "PRAGMA ignore_check_constraints = ON"
        event.listen(database.engine, "connect", lambda connection, _: connection.execute(ignore))


def without_claims(_patch: Patch, database: Database) -> None:
    without(database, "DROP INDEX uq_claim_key_live")
    if database.engine.dialect.name == "sqlite":
        without(database, "DROP TRIGGER claim_key_no_replace")


def in_code(place: object, name: str, other: Callable[[Any], Callable[..., Any]]) -> Defect:
    """Code that works otherwise; ``other`` makes it of the right one."""

    def defect(patch: Patch, _database: Database) -> None:
        patch.setattr(place, name, other(getattr(place, name)))

    return defect


def posted(change: Callable[[list[Any]], Sequence[object]], *, which: int = -1) -> Defect:
    """Postings of which one is written otherwise."""

    def other(right: Callable[..., Iterator[tuple[object, ...]]]) -> Callable[..., Any]:
        def wrong(*given: Any) -> Iterator[Sequence[object]]:  # noqa: ANN401  whatever it is called with
            rows = [list(row) for row in right(*given)]
            rows[which] = list(change(rows[which]))
            yield from map(tuple, rows)

        return wrong

    return in_code(ledger, "_postings", other)


def every_time(right: Callable[..., Entry]) -> Callable[..., Entry]:
    """A cause made anew each time: the key that makes a thing happen once is no key."""
    counted = iter(range(10**9))

    def wrong(session: Session, draft: Draft, **given: Any) -> Entry:  # noqa: ANN401  as the right one
        return right(session, replace(draft, cause=f"{draft.cause}#{next(counted)}"), **given)

    return wrong


def dearer(right: Callable[..., Entry]) -> Callable[..., Entry]:
    def wrong(session: Session, draft: Draft, **given: Any) -> Entry:  # noqa: ANN401  as the right one
        moves = tuple(Move(*one[:2], one.amount_fen + 1, *one[3:]) for one in draft.moves)
        return right(session, replace(draft, moves=moves), **given)

    return wrong


def lost(right: Callable[..., Iterator[object]]) -> Callable[..., Any]:
    return lambda *given: list(right(*given))[:-1]


DEFECTS: Mapping[str, Defect] = {
    "no floor": without_floors,
    "no floor in the ledger alone": in_code(ledger, "_check_floors", lambda _: lambda *_: None),
    "a floor one fen too low": in_code(
        ledger,
        "_check_floor",
        lambda right: lambda stands, *more: right(stands + 1, *more),
    ),
    "a floor one fen too high": in_code(
        ledger,
        "_check_floor",
        lambda right: lambda stands, *more: right(stands - 1, *more),
    ),
    "no unique claim": without_claims,
    "no balances": without_trigger("posting_moves", "posting"),
    "entries that can be rewritten": lambda patch, database: without_trigger(
        "entry_no_update" if database.engine.dialect.name == "sqlite" else "entry_only_added_to",
        "entry",
    )(patch, database),
    "one fen off in a posting": posted(lambda row: [*row[:4], int(row[4]) + 1, *row[5:]]),
    "one fen more in body and posting": in_code(ledger, "post", dearer),
    "source and target exchanged": posted(lambda row: [*row[:2], row[3], row[2], *row[4:]]),
    "a reason lost": posted(lambda row: [*row[:6], "x"]),
    "an item lost": posted(lambda row: [*row[:5], None, row[6]], which=0),
    "a line lost": in_code(ledger, "_postings", lost),
    "a cause made anew": in_code(ledger, "post", every_time),
    "a link without its predecessor": in_code(
        chain, "link", lambda right: lambda _, seq, body: right(chain.GENESIS, seq, body)
    ),
    "a link without the body": in_code(
        chain, "link", lambda right: lambda before, seq, _: right(before, seq, "")
    ),
    "a hash of another text": in_code(
        chain, "body_sha256", lambda right: lambda said: right(said.replace("1", "2"))
    ),
    "a body without the actor": in_code(
        chain, "body", lambda right: lambda told: right(told | {"actor": ""})
    ),
    "audit events that do not follow": in_code(
        chain, "audit_link", lambda right: lambda _, told: right(chain.GENESIS, told)
    ),
}


@pytest.fixture(params=KINDS)
def database(make_settings: MakeSettings, request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = connect(make_settings(request.param))
    yield opened
    opened.engine.dispose()


def test_the_watch_sees_nothing_wrong_in_books_without_a_defect(database: Database) -> None:
    watched(database)


@pytest.mark.parametrize("name", DEFECTS)
def test_the_watch_sees_every_defect(
    name: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEFECTS[name](monkeypatch, database)
    with pytest.raises((Seen, DBAPIError, AssertionError, Conflict)):
        watched(database)
