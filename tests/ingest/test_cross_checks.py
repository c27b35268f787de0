"""Cross-checks: somebody else's rows name our shipments, and what both say is held together."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cross_checks import (
    COMPARED,
    Compared,
    Finding,
    Held,
    Row,
    Stated,
    cross_check,
    outcome_of,
    told_of,
)
from ingest.cross_checks.comparison import compare
from ingest.fields import EVERY
from tests.ingest.cross_samples import LINE, MARCH, SECOND, held, row
from tests.ingest.manifest_samples import GIVEN

pytestmark = pytest.mark.usefixtures("in_this_process")


def told(one: Held, *rows: Row) -> dict[str, Finding]:
    return {found.field: found for found in compare(one, rows)}


def against(held_ones: list[Held], *rows: Row, stated: Stated = MARCH) -> Compared:
    return cross_check(held_ones, rows, stated)


def test_every_compared_field_is_a_field_of_a_manifest_or_of_its_legs() -> None:
    assert set(COMPARED) <= set(EVERY)
    assert {name for rule in COMPARED.values() for name in rule.among} <= set(EVERY)


def test_a_row_that_says_the_same_agrees_in_every_field() -> None:
    whole = row(2, " ".join(LINE))
    found = told(held(), whole)
    assert list(found) == [name for name in COMPARED if name in LINE]
    assert {one.outcome for one in found.values()} == {"agrees"}
    assert outcome_of(tuple(found.values())) == "agrees"


@pytest.mark.parametrize(
    ("field", "value", "outcome"),
    [
        ("border_exit_date", "2026-03-05", "near"),
        ("border_exit_date", "2026-03-06", "differs"),
        ("departure_date", "2026-03-01", "near"),
        ("gross_weight_kg", "8001", "near"),
        ("gross_weight_kg", "8040.5", "near"),
        ("gross_weight_kg", "8041", "differs"),
        ("packages", "101", "differs"),
        ("direction", "I", "differs"),
        ("transport_mode", "RAIL", "differs"),
        ("exit_customs", "0603", "differs"),
        ("load_state", "FULL", "agrees"),
        ("load_state", "EMPTY", "differs"),
        ("truck_plate", "蒙A0001挂", "agrees"),
        ("truck_plate", "蒙A00009", "differs"),
        ("supervision_mode", "0110", "differs"),
        ("dest_country", "KZ", "differs"),
    ],
)
def test_what_is_apart_a_little_is_near_and_what_is_more_differs(
    field: str, value: str, outcome: str
) -> None:
    found = told(held(), row(7, "waybill_no", **{field: value}))[field]
    assert (found.outcome, found.theirs, found.rows) == (outcome, (value,), (7,))
    if field not in {"truck_plate", "load_state"}:
        assert found.ours == (LINE[field],)


def test_what_one_side_leaves_blank_is_not_compared() -> None:
    assert "list_no" not in told(held(), row(2, "waybill_no", list_no="07052026E000000001"))
    assert set(told(held(), row(2, "waybill_no"))) == {"waybill_no"}
    blank = held(1, LINE, SECOND | {"gross_weight_kg": ""})
    assert "gross_weight_kg" not in told(blank, row(2, "trip_batch_no gross_weight_kg"))
    assert outcome_of(()) == "no_answer"


def test_a_row_of_one_waybill_is_compared_with_its_line_and_a_row_of_the_truck_with_all() -> None:
    one = held(1, LINE, SECOND)
    assert told(one, row(2, "waybill_no packages"))["packages"].outcome == "agrees"
    whole = told(one, row(2, "trip_batch_no", packages="120", gross_weight_kg="9000.5"))
    assert whole["packages"].outcome == whole["gross_weight_kg"].outcome == "agrees"
    assert whole["gross_weight_kg"].ours == ("9000.5",)


def test_rows_of_different_goods_are_added_up_and_the_same_goods_told_twice_are_not() -> None:
    lists = [
        row(2, "trip_batch_no", list_no="L1", packages="60"),
        row(3, "trip_batch_no", list_no="L2", packages="40"),
    ]
    assert told(held(), *lists)["packages"].outcome == "agrees"
    gate = [row(2, "truck_plate packages"), row(3, "truck_plate", packages="99")]
    found = told(held(), *gate)["packages"]
    assert (found.outcome, found.theirs, found.rows) == ("differs", ("99",), (3,))


def test_the_worst_of_several_rows_counts() -> None:
    days = [
        row(2, "waybill_no border_exit_date"),
        row(3, "waybill_no", border_exit_date="2026-03-05"),
        row(4, "waybill_no", border_exit_date="2026-03-09"),
    ]
    assert told(held(), *days)["border_exit_date"].theirs == ("2026-03-09",)
    found = told(held(), *days[:2])["border_exit_date"]
    assert (found.outcome, found.rows) == ("near", (3,))


def test_the_tractor_of_a_leg_is_one_of_ours() -> None:
    abroad = row(2, "trip_batch_no", foreign_plate="1001УБА")
    assert "foreign_plate" not in told(held(), abroad), "of a plate abroad we say nothing"
    one = replace(held(), tractors=frozenset({"1001УБА"}))
    assert told(one, abroad)["foreign_plate"].outcome == "agrees"
    other = told(one, row(2, "trip_batch_no", foreign_plate="1002УБА"))["foreign_plate"]
    assert (other.outcome, other.ours) == ("differs", ("1001УБА", "蒙A00001", "蒙A0001挂"))


def test_a_number_of_a_document_names_a_shipment_whatever_its_plate() -> None:
    found = against([held()], row(2, "waybill_no border_exit_date", truck_plate="蒙A00009"))
    assert {one.field: one.outcome for one in found.findings[1]}["truck_plate"] == "differs"
    assert found.rows == {1: (2,)}


def test_a_number_that_comes_again_months_later_is_another_one() -> None:
    found = against([held()], row(2, "waybill_no", border_exit_date="2026-07-04"))
    assert found.findings == {1: ()}
    assert against([held()], row(2, "waybill_no")).rows == {1: (2,)}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"border_exit_date": "2026-03-07"}, True),
        ({"border_exit_date": "2026-03-08"}, False),
        ({"departure_date": "2026-03-01"}, True),
        ({}, True),
        ({"border_exit_date": "2026-03-05", "direction": "I"}, False),
        ({"border_exit_date": "2026-03-04", "direction": "I"}, True),
        ({"border_exit_date": "2026-03-04", "transport_mode": "RAIL"}, False),
    ],
)
def test_a_plate_names_a_shipment_only_with_its_day(said: dict[str, str], names: bool) -> None:  # noqa: FBT001  a fact
    found = against([held()], row(2, "truck_plate", **said))
    assert found.rows == ({1: (2,)} if names else {})


def test_a_plate_without_a_day_means_the_trip_in_the_period_of_the_file() -> None:
    april = replace(MARCH, first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert against([held()], row(2, "truck_plate"), stated=april).rows == {}


def test_a_truck_that_waits_at_the_border_is_found_by_any_day_of_its_wait() -> None:
    waits = held(border_exit_date="")
    for day, names in (("2026-03-20", True), ("2026-03-01", True), ("2026-02-20", False)):
        found = against([waits], row(2, "truck_plate", border_exit_date=day))
        assert bool(found.rows) == names, day
    late = row(2, "truck_plate", border_exit_date="2026-05-20")
    assert not against([waits], late).rows


def test_of_two_trips_the_one_that_more_fits_is_meant_and_of_equals_a_person_is_told() -> None:
    back = held(2, trip_batch_no="B2", waybill_no="CMR9", border_exit_date="2026-03-06")
    near = row(2, "truck_plate", border_exit_date="2026-03-06")
    assert against([held(), back], near).rows == {2: (2,)}
    more = row(2, "waybill_no trailer_plate border_exit_date")
    twin = held(3, trailer_plate="蒙A0002挂")
    assert against([held(), twin], more).rows == {1: (2,)}
    found = against([held(), held(4)], row(2, "waybill_no border_exit_date"))
    assert (found.several, found.findings) == ({2: (1, 4)}, {}), "and neither is without answer"
    way = held(5, direction="I", border_exit_date="2026-03-04")
    assert against([held(), way], row(2, "truck_plate border_exit_date direction")).rows == {
        1: (2,)
    }


@pytest.mark.parametrize(
    ("stated", "silent"),
    [
        (MARCH, True),
        (replace(MARCH, last=date(2026, 3, 3)), False),
        (replace(MARCH, mode="ROAD"), True),
        (replace(MARCH, mode="RAIL"), False),
        (replace(MARCH, port="0705"), True),
        (replace(MARCH, port="0603"), False),
    ],
)
def test_a_shipment_that_should_stand_in_the_file_and_does_not_has_no_answer(
    stated: Stated,
    silent: bool,  # noqa: FBT001  a fact
) -> None:
    assert against([held()], stated=stated).findings == ({1: ()} if silent else {})


AMOUNTS = st.decimals(min_value="0.001", max_value=10**6, places=3)


@st.composite
def trucks(draw: st.DrawFn) -> Held:
    """A truck with up to four waybills."""
    count = draw(st.integers(1, 4))
    lines = [
        LINE
        | {
            "waybill_no": f"CMR{number}",
            "declaration_no": f"0705202610000000{number:02d}",
            "packages": str(draw(st.integers(1, 900))),
            "gross_weight_kg": str(draw(AMOUNTS)),
        }
        for number in range(count)
    ]
    return held(1, *lines)


@GIVEN
@given(trucks(), st.randoms(use_true_random=False))
def test_our_own_lines_always_agree_in_any_order_and_whole_or_in_parts(
    one: Held, chance: Random
) -> None:
    rows = [Row(number, line) for number, line in enumerate(one.lines, start=2)]
    shuffled = sorted(rows, key=lambda _row: chance.random())
    found = against([one], *shuffled)
    assert outcome_of(found.findings[1]) == "agrees"
    assert found == against([one], *rows)
    total = sum(Decimal(line["gross_weight_kg"]) for line in one.lines)
    whole = row(2, "trip_batch_no border_exit_date", gross_weight_kg=str(total))
    assert outcome_of(compare(one, [whole])) == "agrees"


@GIVEN
@given(trucks(), st.integers(-400, 400), AMOUNTS)
def test_the_further_apart_the_worse_and_a_verdict_is_the_worst_of_its_findings(
    one: Held, days: int, more: Decimal
) -> None:
    day = date.fromisoformat(LINE["border_exit_date"]) + timedelta(days=days)
    total = sum(Decimal(line["gross_weight_kg"]) for line in one.lines)
    said = row(
        2, "trip_batch_no", border_exit_date=day.isoformat(), gross_weight_kg=str(total + more)
    )
    found = told(one, said)
    by_days = {0: "agrees", 1: "near"}.get(abs(days), "differs")
    assert found["border_exit_date"].outcome == by_days
    limit = max(total * 5 / 1000, Decimal(1))
    assert found["gross_weight_kg"].outcome == ("near" if more <= limit else "differs")
    worst = min((each.outcome for each in found.values()), key=["differs", "near", "agrees"].index)
    assert outcome_of(tuple(found.values())) == worst
    assert told_of(one, "trip_batch_no") == {"B1"}
