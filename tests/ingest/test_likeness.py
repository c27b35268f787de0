"""A line with one key field put right is known again; one with more apart is another line."""

import pytest

from ingest.likeness import masks, others_apart
from ingest.rows import Line

ROAD = {
    "transport_mode": "ROAD",
    "waybill_no": "W1",
    "trip_batch_no": "B1",
    "truck_plate": "蒙A12345",
    "departure_date": "2026-03-02",
    "border_exit_date": "2026-03-04",
    "gross_weight_kg": "8000",
    "packages": "100",
    "goods_name": "小包",
}
RAIL = {
    "transport_mode": "RAIL",
    "waybill_no": "W1",
    "train_no": "X8001",
    "container_no": "SHLU0000012",
    "departure_date": "2026-03-02",
    "gross_weight_kg": "8000",
}


def apart(said: dict[str, str], **other: str) -> int | None:
    return others_apart(Line("", 2, {**said, **other}), Line("", 3, said))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        *((ROAD, name) for name in ("waybill_no", "trip_batch_no", "truck_plate")),
        (ROAD, "border_exit_date"),
        *((RAIL, name) for name in ("waybill_no", "train_no", "container_no", "departure_date")),
    ],
)
def test_one_key_field_put_right_is_the_same_line(said: dict[str, str], field: str) -> None:
    assert apart(said, **{field: "2026-03-09"}) == 0


def test_up_to_two_other_values_may_be_mended_with_it() -> None:
    assert apart(ROAD, truck_plate="蒙A12354", packages="101", goods_name="包裹") == 2
    wrong = {"packages": "101", "goods_name": "包裹", "gross_weight_kg": "8001"}
    assert apart(ROAD, truck_plate="蒙A12354", **wrong) is None


def test_two_key_fields_apart_or_none_or_another_mode_is_no_correction_of_a_key() -> None:
    assert apart(ROAD, truck_plate="蒙A12354", waybill_no="W2") is None
    assert apart(ROAD, packages="101") is None
    assert apart(ROAD, transport_mode="RAIL") is None


def test_a_truck_is_known_by_its_plate_and_its_trailer_is_one_value_more() -> None:
    assert apart(ROAD, truck_plate="蒙A12354", trailer_plate="蒙A777挂") == 0
    assert apart(ROAD, waybill_no="W2", trailer_plate="蒙A777挂") == 1


def test_lines_one_part_of_the_key_apart_share_a_mask_and_no_others_do() -> None:
    line = Line("", 2, ROAD)
    one = Line("", 3, {**ROAD, "truck_plate": "蒙A12354"})
    two = Line("", 3, {**ROAD, "truck_plate": "蒙A12354", "waybill_no": "W2"})
    assert len(set(masks(line)) & set(masks(one))) == 1
    assert not set(masks(line)) & set(masks(two))
    assert not list(masks(Line("", 3, {"transport_mode": "AIR"})))
