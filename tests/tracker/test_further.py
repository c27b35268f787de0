"""Legs and parcel lists go in with their upload, by version, and go when it goes."""

import pytest
from sqlalchemy import select

from tests import journeys, way
from tests.ingest.further_samples import book, laid_out, leg, parcel
from tests.ingest.manifest_samples import Row, csv_bytes, road
from tracker import jobs
from tracker.errors import Conflict
from tracker.models.cargo import Manifest, ManifestProblem, Shipment
from tracker.models.further import FurtherSheet, Leg, ParcelList
from tracker.steps import by_itself, further, legs, parcels


@pytest.fixture
def world(bench: jobs.Bench) -> jobs.Bench:
    return bench


def take_in(world: jobs.Bench, raw: bytes) -> int:
    key = journeys.upload(world, raw)
    journeys.commit(world, key)
    return key


def standing(world: jobs.Bench) -> list[tuple[int, str, int | None]]:
    """The legs that stand for the first shipment: number, tractor, version."""
    with world.database.reading() as session:
        shipment = session.scalars(select(Shipment).order_by(Shipment.id)).first()
        assert shipment is not None
        return [
            (one.leg.leg_no, one.leg.fields["tractor_plate"], one.leg.version_no)
            for one in legs.of(session, shipment)
        ]


def problems(world: jobs.Bench, key: int) -> list[tuple[str, int | None]]:
    with world.database.reading() as session:
        found = select(ManifestProblem).where(ManifestProblem.manifest_id == key)
        return [(one.code, one.row_no) for one in session.scalars(found)]


TWO_TRACTORS = [(1, "蒙A00001", 1), (2, "1001УБА", 1)]


def test_legs_go_in_with_their_lines_and_again_they_are_no_new_ones(world: jobs.Bench) -> None:
    take_in(world, book([road(1)], [leg(1), leg(2)]))
    assert standing(world) == TWO_TRACTORS
    key = take_in(world, book([road(1), road(2)], [leg(2), leg(1)]))
    assert standing(world) == TWO_TRACTORS
    assert way.states(world, Leg) == ["new", "new", "unchanged", "unchanged"]
    with world.database.reading() as session:
        (sheet,) = further.sheets(session, session.get_one(Manifest, key))
        assert sum(sheet.states.values()) == sheet.rows_read == 3


def test_a_corrected_leg_is_a_new_version_and_goes_when_its_upload_is_withdrawn(
    world: jobs.Bench,
) -> None:
    take_in(world, book([road(1)], [leg(1), leg(2)]))
    raw = csv_bytes(laid_out("legs", [leg(2, tractor_plate="9999УБА")]))
    key = take_in(world, raw)
    assert standing(world) == [TWO_TRACTORS[0], (2, "9999УБА", 2)]
    assert journeys.withdraw(world, key) == "done"
    assert standing(world) == TWO_TRACTORS
    take_in(world, csv_bytes(laid_out("legs", [leg(2, tractor_plate="8888УБА")])))
    assert standing(world) == [TWO_TRACTORS[0], (2, "8888УБА", 3)]


def test_the_legs_and_lists_of_a_replaced_upload_leave_and_a_replacement_goes_in_whole(
    world: jobs.Bench,
) -> None:
    old = take_in(world, book([road(1)], [leg(1), leg(2)], [parcel(1)]))
    halved = book([road(1)], [leg(1), leg(2, depart_at="昨天")])
    waiting = journeys.replace(world, old, halved)
    with pytest.raises(Conflict, match="still to be mended"):
        journeys.commit(world, waiting)
    assert (standing(world), lists(world)) == (TWO_TRACTORS, [(1, 1)])
    journeys.withdraw_upload(world, waiting)
    new = journeys.replace(world, old, book([road(1)], [leg(1, tractor_plate="蒙A00009")]))
    with world.database.reading() as session:
        both = (session.get_one(Manifest, key) for key in (new, old))
        assert further.leaving(session, *both) == (1, 1)
    journeys.commit(world, new)
    assert way.states(world, Leg)[-1] == "changed"
    assert (standing(world), lists(world)) == ([(1, "蒙A00009", 2)], [])


def test_legs_of_a_line_that_stays_out_wait_with_it(world: jobs.Bench) -> None:
    key = take_in(world, book([road(1), road(2, packages="0")], [leg(1), leg(1, line=2)]))
    assert problems(world, key) == [("too_small", 3), ("line_stays_out", 3)]
    with world.database.reading() as session:
        assert session.scalars(select(Leg.row_no)).all() == [2]
        assert further.stay_out(session, session.get_one(Manifest, key)) == {"asked": 1}
        assert by_itself.held_by(session, session.get_one(Manifest, key))["asked"] == 1


def parcels_of(*numbers: int, line: int = 1) -> bytes:
    return csv_bytes(laid_out("parcels", [parcel(one, line=line) for one in numbers]))


def lists(world: jobs.Bench) -> list[tuple[int, int | None]]:
    """The lists that stand: parcels and version, by shipment."""
    with world.database.reading() as session:
        found = [
            parcels.of(session, one)
            for one in session.scalars(select(Shipment).order_by(Shipment.id))
        ]
        return [(one.parcel_count, one.version_no) for one in found if one]


def test_a_parcel_list_is_kept_as_counts_sums_and_hashes(world: jobs.Bench) -> None:
    take_in(world, book([road(1, list_count="2")], (), [parcel(1), parcel(2)]))
    with world.database.reading() as session:
        (one,) = session.scalars(select(ParcelList))
        assert (one.row_count, one.parcel_count, one.list_count) == (2, 2, 2)
        assert one.value_fen == {"CNY": 11980}
        assert len(one.hashes) == 16
        assert session.scalars(select(FurtherSheet.kind)).all() == ["parcels"]


def test_a_file_of_parcels_alone_goes_in_and_a_longer_one_is_a_new_version(
    world: jobs.Bench,
) -> None:
    take_in(world, book([road(1)]))
    key = take_in(world, parcels_of(1, 2))
    assert lists(world) == [(2, 1)]
    with world.database.reading() as session:
        assert session.get_one(Manifest, key).state == "committed"
    take_in(world, parcels_of(2, 1))
    take_in(world, parcels_of(1, 2, 3))
    assert lists(world) == [(3, 2)]
    assert way.states(world, ParcelList) == ["new", "unchanged", "changed"]


@pytest.mark.parametrize(("day", "claimed"), [("2025-09-01", True), ("2025-09-02", False)])
def test_a_parcel_is_not_claimed_for_two_shipments_within_six_months(
    world: jobs.Bench, day: str, *, claimed: bool
) -> None:
    later: Row = road(2, departure_date=day, border_exit_date="2025-09-04")
    take_in(world, book([road(1)], (), [parcel(1), parcel(2)]))
    key = take_in(world, book([later], (), [parcel(2, line=2), parcel(3, line=2)]))
    assert problems(world, key) == ([("parcel_claimed", 2)] if claimed else [])
    assert lists(world) == [(2, 1), (1 if claimed else 2, 1)]


def test_of_two_uploads_read_before_either_went_in_the_second_list_stays_out(
    world: jobs.Bench,
) -> None:
    take_in(world, book([road(1), road(2)]))
    first = journeys.upload(world, parcels_of(1, 2))
    second = journeys.upload(world, parcels_of(2, 3, line=2))
    journeys.commit(world, first)
    journeys.commit(world, second)
    assert lists(world) == [(2, 1)]
    assert way.states(world, ParcelList) == ["new", "claimed"]
