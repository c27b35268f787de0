"""A new result beside what was already done: only the difference moves, from where the money is.

The five cases that payment systems of others are tested with: more, less before and after the
payment, partly paid, differences that come to nothing, and more after a recovery.
"""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from tests import way
from tests.journeys import RATE_FEN, act_on, row, take_in
from tracker import jobs, verify
from tracker.models.money import Account, Entry, Posting
from tracker.models.recoveries import Recovery

EMPTY = {"重空标志": "空", "毛重(KG)": ""}
Moves = list[tuple[str, str, int]]


def truck(number: int, **other: str) -> list[str]:
    return row(f"W{number}", f"蒙A1000{number}", **other)


def last_moves(bench: jobs.Bench, kind: str = "accrue") -> Moves:
    """From stage, to stage and fen of each posting of the newest entry of the kind."""
    source, target = aliased(Account), aliased(Account)
    newest = select(Entry.id).where(Entry.kind == kind).order_by(Entry.seq.desc()).limit(1)
    query = (
        select(source.stage, target.stage, Posting.amount)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .where(Posting.entry_id.in_(newest))
        .order_by(Posting.line_no)
    )
    with bench.database.reading() as session:
        return [(one, other, fen) for one, other, fen in session.execute(query)]


def sound(bench: jobs.Bench) -> bool:
    return verify.verify(bench.settings.database_url, rules=bench.registry.rules).faults == ()


def test_more_is_topped_up_by_the_difference_alone(bench: jobs.Bench) -> None:
    take_in(bench, truck(1), truck(2, **EMPTY))
    assert way.stages(bench) == {"accrued": RATE_FEN}
    take_in(bench, truck(2))
    assert last_moves(bench) == [("entitlement", "accrued", RATE_FEN)], "nothing of the first"
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert sound(bench)


def test_differences_that_come_to_nothing_are_two_moves_and_none_is_left_out(
    bench: jobs.Bench,
) -> None:
    take_in(bench, truck(1), truck(2, **EMPTY))
    take_in(bench, truck(1, **EMPTY), truck(2))
    assert sorted(last_moves(bench)) == [
        ("accrued", "entitlement", RATE_FEN),
        ("entitlement", "accrued", RATE_FEN),
    ]
    assert way.accrued(bench) == {"2": RATE_FEN}
    assert sound(bench)


def test_what_is_partly_paid_is_split_the_rest_goes_back_and_the_paid_is_a_debt(
    bench: jobs.Bench,
) -> None:
    paid = way.disbursed(bench, 1)
    take_in(bench, truck(3))
    take_in(bench, truck(3, **EMPTY))
    assert last_moves(bench) == [("accrued", "entitlement", RATE_FEN)], "not paid: taken back"
    assert way.stages(bench) == {"disbursed": RATE_FEN}
    way.demanded(bench, way.recovery_drafted(bench, paid))
    assert last_moves(bench, "recovery.recover") == [("disbursed", "recoverable", RATE_FEN)]
    assert sound(bench)


def test_less_after_the_payment_is_a_debt_and_never_a_negative_payment(bench: jobs.Bench) -> None:
    key = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 1)))
    assert way.stages(bench) == {"recoverable": RATE_FEN}
    way.came_back(bench, key, RATE_FEN, "回单1")
    assert last_moves(bench, "recovery.close")[0] == ("recoverable", "entitlement", RATE_FEN)
    assert way.stages(bench) == {}
    assert sound(bench)


@pytest.mark.parametrize("back_fen", [0, 1, RATE_FEN - 1])
def test_more_after_a_recovery_gives_back_only_what_was_still_owed(
    bench: jobs.Bench, back_fen: int
) -> None:
    key = way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench, 1)))
    if back_fen:
        way.came_back(bench, key, back_fen, "回单1")
    act_on(
        bench,
        Recovery,
        key,
        "league_officer",
        "propose_lift",
        reason_code="other",
        reason="复核后撤销（示例）",
    )
    act_on(bench, Recovery, key, "league_approver", "lift")
    assert last_moves(bench, "recovery.lift") == [("recoverable", "disbursed", RATE_FEN - back_fen)]
    assert way.stages(bench) == {"disbursed": RATE_FEN - back_fen}
    assert sound(bench)
