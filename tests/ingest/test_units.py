"""Units as columns are the units that lines make one by one, and contents their very texts."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import contents
from ingest.rows import Line
from ingest.shipments import ShipmentUnit, content_sha256, group, unit_key
from ingest.units import SAID, Units, units

FEW = {
    "waybill_no": ("W1", "W2", "W3"),
    "transport_mode": ("ROAD", "ROAD", "ROAD", "RAIL"),
    "direction": ("E", "E", "E", "I"),
    "departure_date": ("2025-03-01", "2025-03-01", "2025-03-02"),
    "border_exit_date": ("", "2025-03-04", "2025-03-04", "2025-03-05"),
    "trip_batch_no": ("B1", "B1", "B2", ""),
    "tir_carnet_no": ("", "", "XA1"),
    "truck_plate": ("P1", "P1", "P2", ""),
    "trailer_plate": ("", "T1"),
    "train_no": ("X1", "X2"),
    "container_no": ("", "BOX1", "BOX2"),
    "container_type": ("", "20GP", "40HQ", "odd"),
    "load_state": ("FULL", "EMPTY", ""),
    "gross_weight_kg": ("10", "10", "20.5"),
    "exit_customs": ("0705", "0705", ""),
    "hub": ("呼和浩特", "呼和浩特", "乌兰察布", ""),
    "dest_country": ("DE", "DE", "PL"),
    "dest_place": ("", "汉堡"),
}
"""Few values each, so that lines meet in trips, units and waybills, and differ in any part."""


@st.composite
def many_lines(draw: st.DrawFn) -> list[Line]:
    made = []
    for row in range(draw(st.integers(0, 8))):
        said = {name: draw(st.sampled_from(values)) for name, values in FEW.items()}
        said = {name: value for name, value in said.items() if value}
        made.append(Line("清单", 2 + row, said))
    return made


def told(unit: ShipmentUnit) -> dict[str, object]:
    exit_day = unit.border_exit_date
    return {
        **{name: getattr(unit, name) or None for name in SAID},
        "unit_key": unit.unit_key,
        "row": min(line.row for line in unit.lines),
        "earlier_key": unit.earlier_key,
        "mode": unit.mode,
        "departure_date": unit.departure_date.isoformat(),
        "border_exit_date": exit_day and exit_day.isoformat(),
        "empty": unit.empty,
        "half_feu": sum(box.feu_halves for box in unit.containers),
    }


def boxes(found: Units) -> set[tuple[str, str]]:
    keys = found.table["unit_key"]
    return {(keys[unit], number) for unit, number in found.boxes.iter_rows()}


@settings(max_examples=300)
@given(many_lines())
def test_units_as_columns_say_what_units_of_lines_one_by_one_say(lines: list[Line]) -> None:
    one_by_one = sorted(group(lines), key=lambda unit: min(line.row for line in unit.lines))
    found = units(lines)
    assert found.table.to_dicts() == [told(unit) for unit in one_by_one]
    assert boxes(found) == {
        (unit.unit_key, box.container_no) for unit in one_by_one for box in unit.containers
    }
    of = {line.row: unit.unit_key for unit in one_by_one for line in unit.lines}
    keys = found.table["unit_key"]
    assert [keys[at] for at in found.keyed["unit"]] == [of[line.row] for line in lines]
    assert found.keyed["own_key"].to_list() == [unit_key(line) for line in lines]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(st.dictionaries(st.sampled_from(["goods_name", "hub", "truck_plate"]), texts)))
def test_the_text_of_a_line_is_what_its_hash_is_made_of(said: list[dict[str, str]]) -> None:
    said = [{**fields, "waybill_no": f"W{row}"} for row, fields in enumerate(said)]
    lines = [Line("清单", 2 + row, fields) for row, fields in enumerate(said)]
    found = contents.texts(contents.columns(lines).values).to_list() if lines else []
    filled = [{name: text for name, text in one.items() if text} for one in said]
    wanted = [
        json.dumps(f, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for f in filled
    ]
    assert found == wanted
    assert list(contents.hashes(found)) == [content_sha256(line) for line in lines]
    again = contents.read("清单", [line.row for line in lines], found)
    assert [dict(line.fields) for line in again] == filled
