"""Shipments: what is uploaded against what stands; what can be claimed once is claimed once."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import questions, way
from tests.journeys import RATE_FEN, act_on, commit, row, sheet, upload
from tracker import bulk, jobs
from tracker.db import Base
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine, ClaimKey, Manifest, ManifestRow, Shipment

BOX, OTHER_BOX = {"集装箱号": "SHLU0000012", "箱型": "45G1"}, {"集装箱号": "SHLU0000028"}


def taken_in(
    bench: jobs.Bench, *rows: list[str], login: str = "clerk", verdict: str = "confirm"
) -> list[str]:
    """Commit the rows, those that change something with this verdict; the state each ended in."""
    key = upload(bench, sheet(*rows), login=login)
    with bench.database.reading() as session:
        refused = session.get_one(Manifest, key).state == "refused"
    assert not refused, "the sample is wrong"
    commit(bench, key, login=login, verdict=verdict)
    with bench.database.reading() as session:
        assert session.get_one(Manifest, key).state == "committed"
        query = select(ManifestRow.state).where(
            ManifestRow.manifest_id == key, ManifestRow.fields.is_not(None)
        )
        return list(session.scalars(query.order_by(ManifestRow.row_no)))


def live(bench: jobs.Bench) -> list[tuple[str, int]]:
    with bench.database.reading() as session:
        query = select(ClaimKey.claim, ClaimKey.shipment_id).where(
            ClaimKey.kind == "box", ClaimKey.released_seq.is_(None)
        )
        return sorted((claim.partition("|")[0], key) for claim, key in session.execute(query))


def truck(number: int, **other: Any) -> list[str]:  # noqa: ANN401  texts by heading
    return row(f"W{number}", f"蒙A1000{number}", **other)


def test_the_same_row_twice_in_one_upload_counts_once(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1), truck(2), truck(2))
    assert way.states(bench, Shipment) == ["standing", "standing"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_a_correction_that_takes_anothers_box_is_contested_and_gives_its_money_back(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX))
    taken_in(bench, truck(2), login="other_clerk")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    assert taken_in(bench, truck(2, **BOX), login="other_clerk") == ["contested"]
    assert way.states(bench, Shipment) == ["standing", "contested"]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert taken_in(bench, truck(2, 件数="101"), login="other_clerk") == ["changed"]
    assert way.states(bench, Shipment) == ["standing", "standing"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_two_trucks_of_one_firm_cannot_carry_the_same_box_on_one_day(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1, **BOX))
    assert taken_in(bench, truck(2, **BOX)) == ["contested"]
    assert way.states(bench, Shipment) == ["standing", "contested"]
    assert way.stages(bench) == {"accrued": RATE_FEN}


def test_a_truck_crosses_once_a_day_whatever_batch_number_it_is_claimed_under(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1))
    other = truck(1, 运单号="X1", 货物运输批次号="B99")
    assert taken_in(bench, other, login="other_clerk") == ["contested"]
    assert taken_in(bench, truck(1, 运单号="X2", 货物运输批次号="")) == ["contested"]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    again = {"发车日期": "2026-03-09", "出境日期": "2026-03-11"}
    assert taken_in(bench, truck(1, 货物运输批次号="B100", **again)) == ["new"]


@pytest.mark.no_cover
def test_a_trip_is_paid_once_whatever_day_of_crossing_it_is_claimed_with(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1))
    other_day = truck(1, 出境日期="2026-03-05")
    assert taken_in(bench, other_day, verdict="apart") == ["contested"]
    other = truck(1, 运单号="X1", 出境日期="2026-03-06")
    assert taken_in(bench, other, login="other_clerk") == ["contested"]
    assert way.stages(bench) == {"accrued": RATE_FEN}
    assert taken_in(bench, truck(1, 发车日期="2026-03-01")) == ["changed"]
    other = truck(1, 运单号="X1", 出境日期="2026-03-06", 件数="7")
    assert taken_in(bench, other, login="other_clerk") == ["changed"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_a_crossing_whose_day_comes_late_is_contested_where_another_has_claimed_it(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, 出境日期=""))
    other = truck(1, 运单号="X1", 货物运输批次号="B99")
    assert taken_in(bench, other, login="other_clerk") == ["new"]
    assert taken_in(bench, truck(1)) == ["contested"]
    assert way.stages(bench) == {"accrued": RATE_FEN}


def test_a_box_that_was_written_wrongly_is_free_again_after_the_correction(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX))
    assert taken_in(bench, truck(1, **BOX | OTHER_BOX)) == ["changed"]
    assert [box for box, _ in live(bench)] == ["SHLU0000028"]
    assert taken_in(bench, truck(2, **BOX), login="other_clerk") == ["new"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_a_truck_on_no_corridor_is_computed_once_its_row_is_mended(bench: jobs.Bench) -> None:
    taken_in(bench, truck(1, 集装箱号="", 始发地="广州", 集结中心="广州", 出境口岸="5301"))
    assert way.stages(bench) == {}
    assert taken_in(bench, truck(1)) == ["changed"]
    assert way.stages(bench) == {"accrued": RATE_FEN}


def test_a_truck_that_was_contested_from_the_first_is_computed_once_nobody_else_claims_it(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX))
    assert taken_in(bench, truck(2, **BOX), login="other_clerk") == ["contested"]
    assert taken_in(bench, truck(2), login="other_clerk") == ["changed"]
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}


def test_what_was_applied_for_is_refused_even_where_it_would_be_contested(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, **BOX), login="other_clerk")
    way.shipped(bench)
    way.applied(bench)
    changed = row("W0", "蒙A10000", **BOX)
    assert taken_in(bench, changed) == ["refused"]
    assert way.states(bench, Shipment) == ["standing", "standing"]
    assert way.count(bench, CargoLine) == 2


def test_a_declined_shipment_is_never_accrued_again(bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.applied(bench)
    act_on(bench, Application, key, "league_officer", "first_review")
    act_on(
        bench,
        Application,
        key,
        "league_approver",
        "decline",
        reason_code="not_ecommerce",
        reason="不是跨境电商货物",
    )
    assert taken_in(bench, row("W0", "蒙A10000", 件数="7")) == ["refused"]
    assert way.stages(bench) == {}


def test_a_shipment_taken_off_wholly_is_never_accrued_again(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)
    key = way.applied(bench)
    way.reduced(bench, Application, key, (RATE_FEN, *way.CUT))
    way.passed(bench, key)
    assert taken_in(bench, row("W0", "蒙A10000", 件数="7")) == ["refused"]
    way.filing_drafted(bench, key)
    assert taken_in(bench, row("W0", "蒙A10000", 件数="8")) == ["refused"]
    assert way.stages(bench) == {"applied": RATE_FEN}


def test_a_truck_without_its_exit_date_is_the_same_truck_when_the_date_comes(
    bench: jobs.Bench,
) -> None:
    taken_in(bench, truck(1, 出境日期=""))
    assert taken_in(bench, truck(1)) == ["changed"]
    assert way.states(bench, Shipment) == ["standing"]
    assert way.stages(bench) == {"accrued": RATE_FEN}


def test_a_line_may_change_whose_day_of_crossing_another_row_of_the_truck_says(
    bench: jobs.Bench,
) -> None:
    first, second = truck(1), truck(1, 运单号="W2", 出境日期="")
    taken_in(bench, first, second)
    changed = truck(1, 运单号="W2", 出境日期="", 件数="7")
    assert taken_in(bench, first, changed) == ["unchanged", "changed"]
    assert way.stages(bench) == {"accrued": RATE_FEN}


def test_twenty_trucks_are_written_by_as_many_statements_as_one(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = {"manifest_row", "cargo_line", "claim_key", "route", "assessment"}
    said: Counter[str] = Counter()

    def write(session: Session, table: type[Base], *more: Any) -> None:  # noqa: ANN401  handed on
        said[table.__tablename__] += 1  # PostgreSQL copies rows, which no event tells of
        whole(session, table, *more)

    whole = bulk.write
    monkeypatch.setattr(bulk, "write", write)
    told = []
    for first, trucks in ((0, 1), (1, 20)):
        said.clear()
        with questions.asked(bench.database) as asked:
            way.shipped(bench, trucks, first)
        insertions = (one.statement for one in asked if one.statement.startswith("INSERT INTO "))
        said.update(one.split()[2] for one in insertions)
        told.append({name: said[name] for name in at_once})
    assert told[0] == told[1]
    assert all(told[0].values())
    assert way.stages(bench) == {"accrued": 21 * RATE_FEN}
