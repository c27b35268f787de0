"""A committed upload is replaced by another as a whole: missing rows leave, equal ones stay."""

import pytest
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import RATE_FEN, commit, replace, sheet, take_in, withdraw
from tests.tracker.test_confirmations import mistyped, queue, rows_of
from tests.tracker.test_shipments import BOX, taken_in, truck
from tests.tracker.test_withdrawal import packages, sound
from tracker import jobs
from tracker.errors import Conflict
from tracker.models.cargo import CargoLine, Manifest, Shipment
from tracker.models.corrections import ManifestReplacement
from tracker.steps import confirmations, manifests, replacement


def difference(bench: jobs.Bench, key: int) -> int | None:
    with bench.database.reading() as session:
        return session.get_one(ManifestReplacement, key).difference_fen


def leaving(bench: jobs.Bench, key: int) -> list[str]:
    with bench.database.reading() as session:
        link = session.get_one(ManifestReplacement, key)
        gone = replacement.leaving(session, link.manifest, link.replaced)
        return [line.label for line in gone]


def hindrances(bench: jobs.Bench, key: int) -> list[replacement.Hindrance]:
    with bench.database.reading() as session:
        link = session.get_one(ManifestReplacement, key)
        gone = replacement.leaving(session, link.manifest, link.replaced)
        return replacement.hindrances(session, link, gone)


@pytest.mark.no_cover
def test_missing_rows_leave_changed_ones_change_equal_ones_stay_and_new_ones_come(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), truck(2), truck(3), mistyped(4))
    new = replace(
        bench, old, sheet(truck(1), truck(2, 件数="7"), truck(4), truck(5, **BOX), truck(6))
    )
    assert [row.state for row in rows_of(bench, new)] == [
        *("unchanged", "changed", "replaces", "new", "new")
    ]
    assert leaving(bench, new) == ["蒙A10003"]
    assert difference(bench, new) == RATE_FEN
    assert way.stages(bench) == {"accrued": 4 * RATE_FEN}, "nothing counts yet"
    commit(bench, new)
    assert [way.state(bench, Manifest, key) for key in (old, new)] == ["withdrawn", "committed"]
    assert packages(bench) == [(f"蒙A1000{n}", 7 if n == 2 else 100) for n in (1, 2, 4, 5, 6)]
    assert way.stages(bench) == {"accrued": 5 * RATE_FEN}
    assert [label for label, _ in queue(bench)][:4] == [
        *("蒙A10001", "蒙A10002", "蒙A10003", "蒙A10004")
    ]
    assert sound(bench)
    assert withdraw(bench, new) == "done"
    assert (packages(bench), way.stages(bench)) == ([], {})
    assert sound(bench)


def test_a_replacement_waits_until_every_changed_row_is_confirmed_and_none_is_to_be_mended(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), truck(2))
    new = replace(bench, old, sheet(truck(1, 件数="7"), truck(2, **{"毛重(KG)": "abc"})))
    with pytest.raises(Conflict, match="still to be mended") as refused:
        commit(bench, new)
    assert refused.value.values == {"count": 1}
    journeys.withdraw_upload(bench, new)
    again = replace(bench, old, sheet(truck(1, 件数="7"), truck(2)))
    with pytest.raises(Conflict, match="not confirmed yet"):
        commit(bench, again, verdict="")
    assert way.state(bench, Manifest, again) == "checked"
    commit(bench, again)
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100)]


@pytest.mark.no_cover
def test_what_was_applied_for_can_neither_leave_nor_change_by_a_replacement(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), truck(2))
    way.applied(bench)
    taken_in(bench, truck(3))
    missing = replace(bench, old, sheet(truck(1)))
    with pytest.raises(Conflict, match="neither leave nor change") as refused:
        commit(bench, missing)
    assert refused.value.values == {"labels": "蒙A10002"}
    journeys.withdraw_upload(bench, missing)
    changed = replace(bench, old, sheet(truck(1, 件数="7"), truck(2)))
    assert difference(bench, changed) is None
    with pytest.raises(Conflict) as refused:
        commit(bench, changed)
    assert refused.value.values == {"labels": "蒙A10001"}
    journeys.withdraw_upload(bench, changed)
    more = replace(bench, old, sheet(truck(1), truck(2), truck(4)))
    commit(bench, more)
    assert way.stages(bench) == {"applied": 2 * RATE_FEN, "accrued": 2 * RATE_FEN}
    with pytest.raises(Conflict, match="cannot be withdrawn"):
        withdraw(bench, more)
    assert sound(bench)


def test_money_that_is_applied_for_after_the_commit_was_asked_stays_and_the_page_can_say_why(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), truck(2))
    new = replace(bench, old, sheet(truck(1)))

    def ask(session: Session) -> None:
        user, manifest = journeys.person(session, "clerk"), session.get_one(Manifest, new)
        manifests.ask_commit(session, user, manifest, journeys.NOW)

    bench.database.transact(ask)
    way.applied(bench)
    jobs.drain(bench)
    assert [way.state(bench, Manifest, key) for key in (old, new)] == ["committed", "checked"]
    assert way.stages(bench) == {"applied": 2 * RATE_FEN}
    (why,) = hindrances(bench, new)
    assert why.message == replacement.SETTLED


def test_what_was_applied_for_is_not_put_right_by_a_replacement_and_nobody_is_asked_to_confirm_it(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, mistyped(1), truck(2))
    way.applied(bench)
    new = replace(bench, old, sheet(truck(1), truck(2)))
    (why,) = hindrances(bench, new)
    assert (why.message, why.values) == (replacement.SETTLED, {"labels": "蒙A01100"})


def test_a_change_that_was_confirmed_before_its_money_was_applied_for_says_why_it_cannot_go_in(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), mistyped(2))
    new = replace(bench, old, sheet(truck(1, 件数="7"), truck(2)))

    def ask(session: Session) -> None:
        user, manifest = journeys.person(session, "clerk"), session.get_one(Manifest, new)
        confirmations.give(session, user, manifest, "confirm", None, journeys.NOW)
        manifests.ask_commit(session, user, manifest, journeys.NOW)

    bench.database.transact(ask)
    way.applied(bench)
    jobs.drain(bench)
    assert [way.state(bench, Manifest, key) for key in (old, new)] == ["committed", "checked"]
    (why,) = hindrances(bench, new)
    assert (why.message, why.values) == (replacement.SETTLED, {"labels": "蒙A01200、蒙A10001"})


def test_a_box_that_a_leaving_truck_held_is_free_for_the_one_that_comes(bench: jobs.Bench) -> None:
    old = take_in(bench, truck(1, **BOX), truck(3))
    new = replace(bench, old, sheet(truck(2, **BOX), truck(3)))
    assert [row.state for row in rows_of(bench, new)] == ["new", "unchanged"]
    assert difference(bench, new) == 0
    commit(bench, new)
    assert way.states(bench, Shipment) == ["withdrawn", "standing", "standing"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert sound(bench)


def test_a_row_said_to_be_another_truck_lets_the_earlier_one_leave(bench: jobs.Bench) -> None:
    old = take_in(bench, mistyped(1), truck(2))
    new = replace(bench, old, sheet(truck(1), truck(2)))
    assert leaving(bench, new) == []
    commit(bench, new, verdict="apart")
    assert queue(bench) == [
        ("蒙A01100", "withdrawn"),
        ("蒙A10002", "standing"),
        ("蒙A10001", "standing"),
    ]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_one_upload_at_a_time_replaces_a_committed_one(bench: jobs.Bench) -> None:
    old = take_in(bench, truck(1))
    first = replace(bench, old, sheet(truck(1), truck(2)))
    with pytest.raises(Conflict, match="is to replace it already"):
        replace(bench, old, sheet(truck(3)))
    with pytest.raises(Conflict, match="Only a committed upload is replaced"):
        replace(bench, first, sheet(truck(3)))
    assert withdraw(bench, old) == "done"
    with pytest.raises(Conflict, match="stands no longer"):
        commit(bench, first)
    assert way.stages(bench) == {}
    with bench.database.reading() as session:
        assert replacement.of(session, session.get_one(Manifest, old)) is None


def test_lines_that_stand_by_other_uploads_stay_whatever_replaces_this_one(
    bench: jobs.Bench,
) -> None:
    old = take_in(bench, truck(1), truck(2))
    take_in(bench, truck(1, 件数="7"), truck(2))
    lines = way.count(bench, CargoLine)
    new = replace(bench, old, sheet(truck(3)))
    assert leaving(bench, new) == ["蒙A10002"], "as far as this upload goes"
    commit(bench, new)
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100), ("蒙A10003", 100)]
    assert way.count(bench, CargoLine) == lines + 2
    assert sound(bench)


def test_a_replacement_of_only_refused_rows_says_nothing_of_money(bench: jobs.Bench) -> None:
    old = take_in(bench, truck(1))
    new = replace(bench, old, sheet(truck(1, **{"毛重(KG)": "abc"})))
    assert (way.state(bench, Manifest, new), difference(bench, new)) == ("refused", None)
    with bench.database.reading() as session:
        assert confirmations.words(session, session.get_one(Manifest, new)) == []
