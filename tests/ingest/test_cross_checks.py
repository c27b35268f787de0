"""Cross-checks: somebody else's rows name our shipments, and what both say is held together."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import Answer
from ingest.cross_checks import (
    COMPARED,
    FOUND_BY,
    Compared,
    Finding,
    Held,
    Row,
    Sheet,
    Stated,
    cross_check,
    outcome_of,
    read,
    told_of,
)
from ingest.cross_checks.comparison import compare
from ingest.fields import EVERY
from tests.ingest.manifest_samples import DAY, GIVEN, box, csv_bytes, road, table, xlsx_bytes

pytestmark = pytest.mark.usefixtures("in_this_process")
LINE = {
    "transport_mode": "ROAD",
    "direction": "E",
    "waybill_no": "CMR1",
    "trip_batch_no": "B1",
    "truck_plate": "蒙A00001",
    "trailer_plate": "蒙A0001挂",
    "container_no": box(1),
    "departure_date": "2026-03-02",
    "border_exit_date": "2026-03-04",
    "exit_customs": "0705",
    "dest_country": "RU",
    "supervision_mode": "9710",
    "declaration_no": "070520261000000001",
    "packages": "100",
    "gross_weight_kg": "8000.5",
}
SECOND = LINE | {
    "waybill_no": "CMR2",
    "declaration_no": "070520261000000002",
    "packages": "20",
    "gross_weight_kg": "1000",
}
MARCH = Stated(first=date(2026, 3, 1), last=date(2026, 3, 31))


def held(key: int = 1, *lines: Mapping[str, str], **more: str) -> Held:
    """What we hold of a truck, with these values instead of the usual ones."""
    said = tuple({**one, **more} for one in (lines or (LINE,)))
    first = said[0]
    left = first.get("border_exit_date")
    return Held(
        key=key,
        mode=first["transport_mode"],
        direction=first["direction"],
        departure=date.fromisoformat(first["departure_date"]),
        exit=date.fromisoformat(left) if left else None,
        port=first["exit_customs"],
        lines=said,
    )


def row(number: int = 2, names: str = "", **said: str) -> Row:
    """A row that says what the line says of the named fields, and otherwise what is given."""
    return Row(number, {**{name: LINE[name] for name in names.split()}, **said})


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
    one: Held, chance: object
) -> None:
    rows = [Row(number, line) for number, line in enumerate(one.lines, start=2)]
    shuffled = sorted(rows, key=lambda _row: chance.random())  # type: ignore[attr-defined]
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


def sheet(*rows: Mapping[str, str], headings: Mapping[str, str] | None = None) -> bytes:
    """A sheet whose columns may have other headings than ours."""
    cells = table(rows)
    cells[0] = [(headings or {}).get(cell, cell) for cell in cells[0]]
    return csv_bytes(cells)


def look(raw: bytes, *answers: Answer, **more: str) -> Sheet:
    return read(raw, "第三方.csv", day=DAY, answers=answers, filled=more)


def test_a_sheet_is_read_by_the_headings_and_the_values_of_manifests() -> None:
    found = look(sheet(road(1), road(2)))
    assert [one.row for one in found.rows] == [2, 3]
    assert found.rows[0].fields["exit_customs"] == "0705"
    assert "goods_name" not in {*found.rows[0].fields, *found.file.mapping.values()}
    assert "品名" in found.file.unknown.values()
    assert found.problems == ()


def test_a_person_says_what_a_foreign_column_means_and_never_what_a_cell_says() -> None:
    raw = sheet(road(1), headings={"车牌号": "过卡车辆", "运单号": "x", "集装箱号": "y"})
    found = look(raw)
    assert "truck_plate" not in found.rows[0].fields
    said = Answer(kind="column", column="F", value="truck_plate")
    letter = next(at for at, text in found.file.headings.items() if text == "过卡车辆")
    other = Answer(kind="cell", row=2, column=letter, value="蒙A99999")
    found = look(raw, replace(said, column=letter), other)
    assert found.rows[0].fields["truck_plate"] == "蒙A00001"


def test_a_cell_that_cannot_be_read_is_told_and_its_row_counts() -> None:
    found = look(sheet(road(1, gross_weight_kg="约八吨", border_exit_date="2025-03-44"), road(2)))
    first = found.rows[0]
    assert first.unread == ("border_exit_date", "gross_weight_kg")
    assert "truck_plate" in first.fields
    assert {one.code for one in found.problems} >= {"bad_date"}
    doubtful = sheet(road(1, border_exit_date="03/04/2025"))
    assert "border_exit_date" in look(doubtful).rows[0].unread
    answer = Answer(
        kind="reading", field="border_exit_date", code="ambiguous_date", value="month_first"
    )
    assert look(doubtful, answer).rows[0].fields["border_exit_date"] == "2025-03-04"


def test_a_row_that_says_the_same_again_and_one_that_names_nothing_are_told() -> None:
    bare = dict.fromkeys(FOUND_BY, "")
    found = look(sheet(road(1), road(1), road(2) | bare))
    assert [one.row for one in found.rows] == [2, 4]
    assert found.doubled == (3,)
    assert [(one.code, one.row) for one in found.problems] == [
        ("doubled_row", 3),
        ("cross_names_nothing", 4),
    ]
    for lang in ("zh", "en"):
        assert "{" not in found.problems[1].message(lang) + found.problems[1].remedy(lang)


def test_what_the_file_is_stated_to_be_of_fills_what_its_rows_leave_out() -> None:
    rows = road(1, transport_mode="", exit_customs="满洲里")
    assert "exit_customs" in look(sheet(rows)).rows[0].unread
    found = look(sheet(rows), transport_mode="ROAD")
    assert found.rows[0].fields["transport_mode"] == "ROAD"
    assert found.rows[0].fields["exit_customs"].isdigit()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 x", "pdf_file"),
        (b"PK\x03\x04 broken", "broken_zip"),
        (csv_bytes([["甲", "乙"], ["1", "2"]]), "cross_no_header"),
        (csv_bytes([["出境日期", "毛重", "件数"], ["2026-03-04", "1", "2"]]), "cross_no_name"),
        (csv_bytes([["车牌号", "毛重", "件数"]]), "no_rows"),
        (csv_bytes([["车牌号", "车牌号", "毛重", "件数"], ["1"] * 4]), "doubled_heading"),
    ],
)
def test_what_cannot_be_read_says_why_in_both_languages(raw: bytes, code: str) -> None:
    found = look(raw)
    assert found.rows == ()
    said = {one.code: one for one in found.problems}[code]
    for lang in ("zh", "en"):
        assert said.message(lang)
        assert said.remedy(lang)
        assert "{" not in said.message(lang) + said.remedy(lang)


def test_a_heading_row_that_nobody_knows_is_read_once_it_is_said_to_be_one() -> None:
    raw = csv_bytes([["某站月报", ""], ["车", "重量吨"], ["蒙A00001", "8"]])
    answers = [
        Answer(kind="header", row=2),
        Answer(kind="column", column="A", value="truck_plate"),
    ]
    (only,) = look(raw, *answers).rows
    assert only.fields == {"truck_plate": "蒙A00001"}


CELLS = st.one_of(
    st.sampled_from(
        ["", "蒙A00001", "2026-03-04", "2026/3/4", "8.0吨", "0705", "二连浩特", "E", "-"]
    ),
    st.text(max_size=6),
)
HEADS = st.sampled_from(["车牌号", "出境日期", "毛重", "件数", "出境口岸", "运单号", "x", ""])


@GIVEN
@given(st.lists(HEADS, min_size=3, max_size=6), st.lists(st.lists(CELLS, min_size=6), max_size=6))
def test_whatever_a_sheet_holds_it_is_read_and_every_row_ends_somewhere(
    heads: list[str], rows: list[list[str]]
) -> None:
    raw = csv_bytes([heads, *(line[: len(heads)] for line in rows)])
    found = look(raw, transport_mode="ROAD")
    ended = [one.row for one in found.rows] + [one.row for one in found.skipped]
    assert len({*ended, *found.doubled}) == len(ended) + len(found.doubled)
    assert bool(found.rows) or found.problems
    told_all = cross_check([held()], found.rows, MARCH)
    assert set(told_all.findings) <= {1}


UGLY = [
    ["二连浩特口岸 2026年3月 出境车辆台账（示例）", "", "", "", "", ""],
    ["", "", "", "", "", ""],
    ["序号", "车牌号码", "出境\n日期", "毛重（吨）", "件数", "备注"],
    ["1", " 蒙a·00001 ", "2026/3/4", "8.0005", "100件", ""],
    ["2", "蒙A00002", "2026年3月5日", "九吨", "", "过磅单遗失"],
    ["", "", "", "", "", ""],
    ["合计", "", "", "17", "", ""],
    ["制表人：示例", "", "", "", "", ""],
]


def test_an_ugly_sheet_is_read_as_far_as_it_goes() -> None:
    found = read(xlsx_bytes(UGLY), "台账.xlsx", day=date(2026, 4, 1))
    assert [(one.row, one.fields.get("truck_plate")) for one in found.rows] == [
        (4, "蒙A00001"),
        (5, "蒙A00002"),
    ]
    assert [one.fields["border_exit_date"] for one in found.rows] == ["2026-03-04", "2026-03-05"]
    assert {one.reason for one in found.skipped} >= {"skip_total", "skip_signature"}
    assert "tonnes" in {one.code for one in found.problems}
    answer = Answer(kind="reading", field="gross_weight_kg", code="tonnes", value="tonnes")
    found = read(xlsx_bytes(UGLY), "台账.xlsx", day=date(2026, 4, 1), answers=[answer])
    assert found.rows[0].fields["gross_weight_kg"] == "8000.5"
    assert found.rows[1].unread == ("gross_weight_kg",)
