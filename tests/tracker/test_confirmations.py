"""Rows that change what stands are seen side by side and confirmed before they go in."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import FIRM, RATE_FEN, commit, confirm, sheet, take_in, upload, withdraw
from tests.tracker.test_shipments import BOX, taken_in, truck
from tests.tracker.test_withdrawal import packages, sound
from tracker import jobs
from tracker.errors import Conflict, Refused
from tracker.models.cargo import Manifest, ManifestRow, Shipment
from tracker.models.corrections import RowConfirmation
from tracker.models.money import Item
from tracker.steps import confirmations, manifests, succession


def rows_of(bench: jobs.Bench, key: int) -> list[ManifestRow]:
    with bench.database.reading() as session:
        query = select(ManifestRow).where(
            ManifestRow.manifest_id == key, ManifestRow.fields.is_not(None)
        )
        return list(session.scalars(query.order_by(ManifestRow.row_no)))


def mistyped(number: int) -> list[str]:
    """The truck with its plate mistyped: two letters have changed places."""
    return truck(number, 车牌号=f"蒙A01{number}00", 货物运输批次号=f"BA1000{number}")


def queue(bench: jobs.Bench) -> list[tuple[str, str]]:
    with bench.database.reading() as session:
        query = select(Shipment.label, Shipment.state).order_by(Shipment.accepted_seq)
        return [(label, state) for label, state in session.execute(query)]


def test_a_changed_row_waits_until_somebody_confirms_it_and_the_rest_goes_in(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1))
    key = upload(bench, sheet(truck(1, 件数="7"), truck(2)))
    commit(bench, key, verdict="")
    assert packages(bench) == [("蒙A10001", 100), ("蒙A10002", 100)]
    with pytest.raises(Conflict, match="not waiting to be committed"):
        commit(bench, key, verdict="")
    commit(bench, key)
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100)]
    with pytest.raises(Conflict, match="not waiting to be committed"):
        commit(bench, key)
    with bench.database.reading() as session:
        (said,) = session.scalars(select(RowConfirmation)).all()
        assert (said.user.login, said.verdict, said.row_no) == ("clerk", "confirm", 2)
    assert sound(bench)


def test_chosen_rows_are_confirmed_one_by_one_and_a_word_is_taken_back(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1), truck(2))
    key = upload(bench, sheet(truck(1, 件数="7"), truck(2, 件数="8")))
    one, two = (row.id for row in rows_of(bench, key))
    confirm(bench, key, rows=[one, two])
    confirm(bench, key, "wait", rows=[two])
    commit(bench, key, verdict="")
    assert packages(bench) == [("蒙A10001", 7), ("蒙A10002", 100)]
    with pytest.raises(Conflict, match="no longer waiting"):
        confirm(bench, key, rows=[one])
    with pytest.raises(Refused, match="that line"):
        confirm(bench, key, "apart", rows=[two])


def test_a_confirmation_is_of_what_was_seen_and_lapses_when_that_changes(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1))
    seen = upload(bench, sheet(truck(1, 件数="7")))
    confirm(bench, seen)
    taken_in(bench, truck(1, 件数="8"))
    commit(bench, seen, verdict="")
    assert packages(bench) == [("蒙A10001", 8)]
    (waiting,) = rows_of(bench, seen)
    assert (waiting.state, waiting.taken_seq) == ("changed", None)
    commit(bench, seen)
    assert packages(bench) == [("蒙A10001", 7)]


def test_a_correction_that_loses_a_claim_waits_to_be_confirmed_too(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1, **BOX))
    taken_in(bench, truck(2), login="other_clerk")
    key = upload(bench, sheet(truck(2, **BOX)), login="other_clerk")
    commit(bench, key, login="other_clerk", verdict="")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_a_mistyped_plate_is_offered_as_the_truck_it_was_and_keeps_its_place(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, mistyped(1))
    taken_in(bench, truck(2), login="other_clerk")
    right = upload(bench, sheet(truck(1)))
    (row_,) = rows_of(bench, right)
    assert row_.state == "replaces"
    commit(bench, right, verdict="")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}, "it is never taken as a second truck"
    commit(bench, right)
    assert queue(bench) == [
        ("蒙A10001", "standing"),
        ("蒙A10002", "standing"),
        ("蒙A01100", "withdrawn"),
    ]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert withdraw(bench, right) == "done"
    assert queue(bench)[0] == ("蒙A01100", "standing"), "it has its place again"
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert sound(bench)


def test_a_row_that_is_said_to_be_another_truck_is_one_more(bench: jobs.Bench) -> None:
    taken_in(bench, mistyped(1))
    assert taken_in(bench, truck(1), verdict="apart") == ["new"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


@pytest.mark.no_cover
@pytest.mark.parametrize("field", ["运单号", "货物运输批次号", "出境日期"])
def test_any_one_field_of_the_key_can_be_put_right(bench: jobs.Bench, field: str) -> None:
    wrong = {"运单号": "W11", "货物运输批次号": "B77", "出境日期": "2026-03-05"}[field]
    taken_in(bench, truck(1, **{field: wrong}))
    assert taken_in(bench, truck(1, 件数="99")) == ["replaces"]
    assert packages(bench) == [("蒙A10001", 99)]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert queue(bench)[0] == ("蒙A10001", "standing")
    assert sound(bench)


def test_a_row_whose_twin_stands_in_the_same_file_is_no_correction_of_it(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, mistyped(1))
    assert taken_in(bench, mistyped(1), truck(1)) == ["unchanged", "new"]


def test_a_correction_of_a_key_that_loses_a_claim_frees_what_was_wrong_and_earns_nothing(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX), login="other_clerk")
    taken_in(bench, truck(2, 车牌号="蒙A20020", 货物运输批次号="B2", **BOX | {"集装箱号": ""}))
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    corrected = truck(2, 货物运输批次号="B2", **BOX)
    assert taken_in(bench, corrected) == ["replaces"]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert way.states(bench, Shipment) == ["standing", "withdrawn", "contested"]


def test_what_was_applied_for_is_not_put_right_under_another_key(bench: jobs.Bench) -> None:
    taken_in(bench, mistyped(1))
    way.applied(bench)
    key = upload(bench, sheet(truck(1)))
    (row_,) = rows_of(bench, key)
    assert (row_.state, row_.reason) == ("replaces", "settled")
    with pytest.raises(Refused, match="applied for"):
        confirm(bench, key, rows=[row_.id])
    with pytest.raises(Refused, match="No row was chosen"):
        confirm(bench, key)
    commit(bench, key, verdict="")
    assert way.stages(bench) == {"applied": RATE_FEN}


def test_a_row_confirmed_before_its_money_was_applied_for_waits_for_another_word(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, mistyped(1))
    key = upload(bench, sheet(truck(1), truck(2)))
    confirm(bench, key)
    way.applied(bench)
    commit(bench, key, verdict="")
    with pytest.raises(Conflict, match="not waiting to be committed"):
        commit(bench, key, verdict="")
    assert way.stages(bench) == {"applied": RATE_FEN, "accrued": RATE_FEN}
    confirm(bench, key, "apart")
    commit(bench, key, verdict="")
    assert way.stages(bench) == {"applied": RATE_FEN, "accrued": 2 * RATE_FEN}


@pytest.mark.no_cover
def test_a_truck_that_was_put_right_twice_comes_back_once_however_it_is_undone(
    bench: jobs.Bench,
) -> None:
    plates = ("蒙A01100", "蒙A00110", "蒙A10001")
    keys: list[int] = []
    for plate in plates:
        key = take_in(bench, truck(1, 车牌号=plate, 货物运输批次号="B1"))
        keys.append(key)
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert withdraw(bench, keys[1]) == "done", "the middle one: its truck became another since"
    assert packages(bench) == [("蒙A10001", 100)]
    assert withdraw(bench, keys[2]) == "done"
    assert packages(bench) == [("蒙A01100", 100)]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert withdraw(bench, keys[0]) == "done"
    assert (packages(bench), way.stages(bench)) == ([], {})
    assert sound(bench)


def test_a_key_put_right_and_back_again_is_undone_step_by_step(bench: jobs.Bench) -> None:
    keys: list[int] = []
    for plate in ("蒙A01100", "蒙A10001", "蒙A01100"):
        line = truck(1, 车牌号=plate, 货物运输批次号="B1", 件数=str(len(keys) + 5))
        keys.append(upload(bench, sheet(line)))
        commit(bench, keys[-1])
    assert packages(bench) == [("蒙A01100", 7)]
    assert withdraw(bench, keys[2]) == "done"
    assert packages(bench) == [("蒙A10001", 6)]
    assert withdraw(bench, keys[1]) == "done"
    assert packages(bench) == [("蒙A01100", 5)]
    assert withdraw(bench, keys[0]) == "done"
    assert (packages(bench), way.stages(bench)) == ([], {})


def test_one_waybill_of_a_truck_moves_to_the_truck_it_was_on(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1), truck(1, 运单号="W9"), truck(2))
    moved = truck(2, 运单号="W9", 货物运输批次号="BA10001")
    same_trip = truck(2, 货物运输批次号="BA10001")
    assert taken_in(bench, truck(1), same_trip, moved) == ["unchanged", "replaces", "replaces"]
    assert packages(bench) == [("蒙A10001", 100), ("蒙A10002", 100), ("蒙A10002", 100)]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert sound(bench)


def test_two_shipments_that_had_one_key_in_turn_have_an_item_each(bench: jobs.Bench) -> None:
    early = take_in(bench, truck(1, 出境日期=""))
    late = take_in(bench, truck(1))
    assert withdraw(bench, early) == "done"
    again = upload(bench, sheet(truck(1, 出境日期="", 件数="3")))
    commit(bench, again, verdict="apart")
    assert way.states(bench, Shipment) == ["standing", "contested"]
    assert withdraw(bench, late) == "done"
    assert withdraw(bench, again) == "done"
    taken_in(bench, truck(1, 出境日期="", 件数="3"))
    assert way.stages(bench) == {"accrued": RATE_FEN}
    with bench.database.reading() as session:
        codes = session.scalars(select(Item.code).order_by(Item.id)).all()
    assert codes[1] == f"{codes[0]}|2"
    assert FIRM in codes[0]


@pytest.mark.no_cover
def test_of_more_waybills_on_a_truck_than_anybody_compares_none_is_offered_as_another(
    bench: jobs.Bench,
) -> None:
    many = [truck(1, 运单号=f"P{n}") for n in range(succession.MOST_ALIKE + 1)]
    take_in(bench, *many)
    one_more = upload(bench, sheet(truck(1, 运单号="P999")))
    (row_,) = rows_of(bench, one_more)
    assert row_.state == "new"
    whole = upload(bench, sheet(*many[1:], truck(1, 运单号="P999")))
    assert [row_.state for row_ in rows_of(bench, whole)][-1] == "replaces", "the others are said"


def test_nothing_is_confirmed_of_an_upload_that_is_read_or_withdrawn(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1))
    key = upload(bench, sheet(truck(1, 件数="7")))

    def work(session: Session) -> None:
        clerk, manifest = journeys.person(session, "clerk"), session.get_one(Manifest, key)
        manifests.withdraw(session, clerk, manifest, journeys.NOW)
        confirmations.give(session, clerk, manifest, "confirm", None, journeys.NOW)

    with pytest.raises(Conflict, match="cannot be confirmed now"):
        bench.database.transact(work)


def test_a_file_of_another_firm_is_no_correction_of_ones_own(bench: jobs.Bench) -> None:
    taken_in(bench, mistyped(1))
    assert taken_in(bench, truck(1, 集装箱号=""), login="other_clerk") == ["new"]
