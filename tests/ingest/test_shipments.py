"""Lines become shipments, the paid unit: whatever the order, the file or the encoding."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rows import Line
from ingest.shipments import (
    SEPARATOR,
    content_sha256,
    earlier_key,
    fen,
    grams,
    group,
    line_key,
    unit_key,
)
from tests.ingest.manifest_samples import Row, box, check, rail, road


def lines(*rows: Row) -> list[Line]:
    report = check(*rows)
    assert not [one for one in report.problems if one.severity == "refuse"]
    return [*report.lines, *report.waiting]


def keys(*rows: Row) -> list[str]:
    return [unit.unit_key for unit in group(lines(*rows))]


def test_three_waybills_on_a_truck_are_one_shipment() -> None:
    rows = [road(1, waybill_no=f"CMR{number}", container_no="") for number in range(3)]
    (unit,) = group(lines(*rows))
    assert len(unit.lines) == 3
    assert (unit.packages, unit.gross_weight_g) == (360, 55_501_500)
    assert unit.unit_key == "ROAD|0705202500000001|蒙A00001|2025-03-04"


def test_one_waybill_on_three_trucks_is_three_shipments() -> None:
    rows = [road(number, waybill_no="CMR1", trip_batch_no="07052025B") for number in range(3)]
    assert len(keys(*rows)) == 3


def test_a_truck_that_crosses_twice_is_two_shipments() -> None:
    later = {"departure_date": "2025-03-10", "border_exit_date": "2025-03-12"}
    assert len(keys(road(1), road(1, **later))) == 2


def test_a_box_on_a_train_is_a_shipment_and_its_waybills_are_its_lines() -> None:
    one = rail(1, container_type="40HQ")
    units = group(lines(one, {**one, "waybill_no": "SMGS2"}, rail(2, container_type="20GP")))
    assert [(unit.unit_key, len(unit.lines)) for unit in units] == [
        (f"RAIL|X8001|2025-03-01|{box(1)}", 2),
        (f"RAIL|X8001|2025-03-01|{box(2)}", 1),
    ]
    assert [unit.containers[0].feu_halves for unit in units] == [2, 1]
    assert [unit.mode for unit in units] == ["RAIL", "RAIL"]


def test_boxes_on_a_truck_are_counted_once_each() -> None:
    rows = [
        road(1, waybill_no="CMR1", container_type="20GP"),
        road(1, waybill_no="CMR2", container_type=""),
        road(1, waybill_no="CMR3", container_no=box(2), container_type="22G1"),
    ]
    (unit,) = group(lines(*rows))
    assert [(one.container_no, one.feu_halves) for one in unit.containers] == [
        (box(1), 1),
        (box(2), 1),
    ]


@given(st.sets(st.sampled_from(["trip_batch_no", "tir_carnet_no", "border_exit_date"])))
@settings(max_examples=8)
@pytest.mark.parametrize("mode", ["ROAD", "RAIL"])
def test_no_part_of_a_key_is_ever_blank(mode: str, lacking: set[str]) -> None:
    fields = {
        "transport_mode": mode,
        "trip_batch_no": "B1",
        "tir_carnet_no": "XB1",
        "border_exit_date": "2025-03-04",
        "departure_date": "2025-03-01",
        "truck_plate": "蒙A12345",
        "train_no": "X8001",
        "container_no": box(1),
        "waybill_no": "CMR1",
    }
    line = Line("", 2, {name: "" if name in lacking else value for name, value in fields.items()})
    for key in (unit_key(line), line_key(line), earlier_key(line) or "x"):
        assert all(key.split(SEPARATOR))
    assert line_key(line) == f"{unit_key(line)}|CMR1"


def test_without_a_batch_number_a_trip_is_known_by_its_plate_and_day_and_says_so() -> None:
    rows = [
        road(1, trip_batch_no="", waybill_no=f"CMR{number}", container_no="") for number in (1, 2)
    ]
    (unit,) = group(lines(*rows))
    assert unit.unit_key == "ROAD|蒙A00001|2025-03-04"
    assert [one.code for one in unit.problems] == ["no_trip_number"]
    (waiting,) = group(lines(road(1, trip_batch_no="", border_exit_date="")))
    assert waiting.unit_key == "ROAD|蒙A00001|2025-03-01"
    assert (waiting.border_exit_date, waiting.earlier_key) == (None, None)


def test_a_carnet_stands_for_a_batch_number() -> None:
    rows = [
        {
            **road(1, waybill_no=f"CMR{n}", container_no="", trip_batch_no=""),
            "tir_carnet_no": "XB777",
        }
        for n in (1, 2)
    ]
    (unit,) = group(lines(*rows))
    assert unit.unit_key.split(SEPARATOR)[1] == unit.tir_carnet_no == "XB777"
    assert unit.problems == ()


def test_a_truck_is_recognised_once_its_exit_date_is_known() -> None:
    (waiting,) = group(lines(road(1, border_exit_date="")))
    (gone,) = group(lines(road(1)))
    assert gone.earlier_key == waiting.unit_key != gone.unit_key


def test_a_line_without_an_exit_date_joins_its_trucks_other_lines() -> None:
    rows = [
        road(1, waybill_no="CMR1", container_no=""),
        road(1, waybill_no="CMR2", container_no="", border_exit_date=""),
    ]
    (unit,) = group(lines(*rows))
    assert unit.border_exit_date == date(2025, 3, 4)
    assert len(unit.lines) == 2


def test_the_order_of_the_lines_changes_nothing() -> None:
    rows = [
        road(1, waybill_no="CMR1", dest_place="莫斯科"),
        road(1, waybill_no="CMR2", dest_place="杜伊斯堡", gross_weight_kg="10"),
        road(1, waybill_no="CMR3", dest_place="华沙", gross_weight_kg="10"),
    ]
    made = [
        [
            (unit.unit_key, unit.dest_place, unit.gross_weight_g, unit.line_keys)
            for unit in group(found)
        ]
        for found in map(list, itertools.permutations(lines(*rows)))
    ]
    assert all(one == made[0] for one in made)
    assert made[0][0][1] == "莫斯科"


def test_what_a_line_says_is_told_apart_from_where_it_stands() -> None:
    one, other = lines(road(1), road(2))
    assert content_sha256(one) == content_sha256(Line("另一张", 99, {**one.fields, "remark": ""}))
    assert content_sha256(one) != content_sha256(other)


def test_lines_of_a_shipment_that_disagree_are_told() -> None:
    rows = [road(1, waybill_no="CMR1"), road(1, waybill_no="CMR2", exit_customs="0603")]
    (unit,) = group(lines(*rows))
    (problem,) = unit.problems
    assert (problem.code, problem.field, problem.severity) == (
        "unit_contradicts",
        "exit_customs",
        "ask",
    )


def test_an_empty_run_is_empty_only_when_all_of_it_is() -> None:
    empty = road(1, waybill_no="CMR1", load_state="空", gross_weight_kg="", packages="")
    assert group(lines(empty))[0].empty
    assert not group(lines(road(1, load_state="重")))[0].empty


def test_money_is_summed_exactly_by_currency_and_rounded_once() -> None:
    rows = [
        road(
            1, waybill_no=f"CMR{place}", container_no="", freight=amount, freight_currency=currency
        )
        for place, (amount, currency) in enumerate(
            [("0.10", "CNY"), ("0.20", "人民币"), ("5", "USD"), ("", "CNY")]
        )
    ]
    (unit,) = group(lines(*rows))
    assert unit.freight_fen == {"CNY": 30, "USD": 500}
    assert fen([("0.004", "CNY"), ("0.004", "CNY"), ("", "CNY")]) == {"CNY": 1}
    assert grams(["0.0004", "0.0004", ""]) == 1


@pytest.mark.parametrize("mode", ["ROAD", "RAIL"])
def test_a_line_key_never_mistakes_a_waybill_of_another_shipment(mode: str) -> None:
    made = rail if mode == "RAIL" else road
    one, other = lines(made(1, waybill_no="CMR1"), made(2, waybill_no="CMR1"))
    assert line_key(one) != line_key(other)
