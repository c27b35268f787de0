"""Two shipments that may be one trip are told apart from a fleet that drives in a row."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alike import KINDS, Said, grounds, one_away, said, tells
from ingest.rows import Line
from ingest.shipments import unit_of

DAY = date(2026, 3, 2)
TRUCK = {
    "truck": "蒙A12345",
    "trailer": "蒙A777挂",
    "carnet": "XX12345678",
    "seal": "CN1234567",
    "waybill": "CMR0001234",
    "batch": "B20260302001",
}
NEXT = {
    "truck": "蒙A12346",
    "trailer": "蒙A778挂",
    "carnet": "XX12345679",
    "seal": "CN1234568",
    "waybill": "CMR0001235",
    "batch": "B20260302002",
}
LETTERS = st.text("AB1", max_size=6)


def ship(
    numbers: dict[str, str],
    days: int = 0,
    goods: tuple[int, int] = (8_000_000, 100),
    way: str = "E",
) -> Said:
    borne = {kind: frozenset({numbers[kind]} if kind in numbers else ()) for kind in KINDS}
    return Said("ROAD", way, DAY + timedelta(days=days), borne, goods)


def kinds(one: Said, other: Said, *, two_firms: bool = False) -> list[str]:
    found = grounds(one, other, two_firms=two_firms)
    turned = grounds(other, one, two_firms=two_firms)
    assert [(kind, theirs, mine) for kind, mine, theirs in found] == list(turned), "either way"
    return [ground.kind for ground in found]


def edited(text: str) -> set[str]:
    """All that one slip makes of a text, with the letters of these tests."""
    made = {text[:at] + text[at + 1 :] for at in range(len(text))}
    made |= {
        text[:at] + letter + text[at + more :]
        for at in range(len(text) + 1)
        for letter in "AB1"
        for more in (0, 1)
    }
    made |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    return made - {text}


@given(LETTERS, LETTERS)
def test_one_slip_is_one_character_replaced_missing_added_or_two_swapped(
    one: str, other: str
) -> None:
    assert one_away(one, other) == (other in edited(one))
    assert one_away(one, other) == one_away(other, one)


@given(st.text("AB1", min_size=1, max_size=6))
def test_every_slip_is_seen(text: str) -> None:
    assert all(one_away(text, other) for other in edited(text))


def test_a_fleet_that_drives_in_a_row_is_no_pair() -> None:
    assert kinds(ship(TRUCK), ship(NEXT)) == []
    assert kinds(ship(TRUCK), ship(NEXT), two_firms=True) == []
    shared = {**NEXT, "waybill": TRUCK["waybill"], "batch": TRUCK["batch"]}
    assert kinds(ship(TRUCK), ship(shared, goods=(7_900_000, 100))) == [], "one waybill, two loads"
    assert kinds(ship(TRUCK, goods=(0, 0)), ship(shared, goods=(0, 0))) == [], "nothing is no load"


@pytest.mark.parametrize("alike", ["truck", "trailer", "carnet", "seal"])
def test_a_number_one_away_counts_beside_what_one_trip_alone_bears(alike: str) -> None:
    wrong = "batch" if alike != "batch" else "truck"
    other = {alike: TRUCK[alike], wrong: NEXT[wrong]}
    assert set(kinds(ship(TRUCK), ship(other))) == {alike, wrong}
    assert kinds(ship(TRUCK), ship(other, days=1)) == [], "another day"
    assert kinds(ship(TRUCK), ship(other, way="I")) == [], "the way back"
    assert kinds(ship(TRUCK), ship({alike: TRUCK[alike]})) == [], "told as a repeat, not here"


@pytest.mark.parametrize("alike", ["waybill", "batch"])
def test_a_waybill_or_batch_counts_with_the_same_goods_to_the_gram(alike: str) -> None:
    other = {"truck": NEXT["truck"], alike: TRUCK[alike]}
    assert kinds(ship(TRUCK), ship(other)) == ["truck", alike]
    assert kinds(ship(TRUCK), ship(other, goods=(8_000_001, 100))) == []


def test_one_tractor_on_one_day_counts_under_two_firms_alone() -> None:
    other = {"truck": TRUCK["truck"]}
    assert kinds(ship(TRUCK), ship(other), two_firms=True) == ["truck"]
    assert kinds(ship(TRUCK), ship(other)) == []


@pytest.mark.parametrize(("days", "wanted"), [(1, ["box"]), (2, ["box"]), (3, [])])
def test_the_same_box_within_two_days_counts_by_itself(days: int, wanted: list[str]) -> None:
    box = {"box": "SHLU0000012"}
    assert kinds(ship(box), ship(box, days=days)) == wanted
    assert kinds(ship(box, days=days), ship({**box, **TRUCK})) == wanted
    assert kinds(ship(box), ship(box, days=days, way="I")) == []


def test_a_box_that_goes_on_by_train_is_no_pair() -> None:
    road = ship({"box": "SHLU0000012"})
    rail = Said("RAIL", road.direction, DAY + timedelta(days=1), road.numbers, road.goods)
    assert kinds(road, rail) == []


def test_zeros_dashes_and_short_numbers_tell_nothing() -> None:
    assert [text for text in ("", "W1", "00000000", "------", "蒙A12345") if tells(text)] == [
        "蒙A12345"
    ]


def test_what_is_compared_of_a_unit_is_what_its_lines_say() -> None:
    fields = {
        "transport_mode": "ROAD",
        "direction": "E",
        "departure_date": "2026-03-02",
        "truck_plate": "蒙A12345",
        "container_no": "SHLU0000012",
        "trip_batch_no": "B1",
        "gross_weight_kg": "8000",
        "packages": "60",
    }
    lines = [
        Line("", 2, {**fields, "waybill_no": "CMR0001", "seal_no": "CN1234567; 000000"}),
        Line("", 3, {**fields, "waybill_no": "CMR0002", "packages": "40"}),
    ]
    told = said(unit_of("key", lines))
    assert (told.left, told.goods) == (DAY, (16_000_000, 100))
    assert {kind: sorted(found) for kind, found in told.numbers.items() if found} == {
        "truck": ["蒙A12345"],
        "seal": ["CN1234567"],
        "box": ["SHLU0000012"],
        "waybill": ["CMR0001", "CMR0002"],
    }
