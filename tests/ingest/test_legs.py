"""Legs: a second sheet read along with the lines, each leg with its shipment, faults in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.answers import Answer
from ingest.clean import tidy
from ingest.rows import Report
from tests.ingest.further_samples import NAMES, adds_up, book, laid_out, leg, read, workbook
from tests.ingest.manifest_samples import GIVEN, Row, codes, csv_bytes, rail, road, table

Told = tuple[str, int | None, str | None]
"""A fault: its code, row and field."""
pytestmark = pytest.mark.usefixtures("in_this_process")


def faults(*legs: Row, lines: tuple[Row, ...] = (road(1), road(2))) -> list[Told]:
    """Read legs beside lines; the faults of the legs' sheet as (code, row, field)."""
    report = read(book(lines, legs))
    assert adds_up(report)
    return found(report)


def units(report: Report) -> list[str]:
    """Return the shipments of the accepted legs."""
    (legs,) = report.further
    return list(legs.units)


def found(report: Report) -> list[Told]:
    return [(one.code, one.row, one.field) for one in report.problems if one.sheet == NAMES["legs"]]


def test_a_sheet_of_legs_is_read_along_and_asks_nothing() -> None:
    report = read(book([road(1), road(2)], [leg(1), leg(2), leg(1, line=2), leg(2, line=2)]))
    assert (report.outcome, codes(report)) == ("accept", [])
    (legs,) = report.further
    assert (legs.kind, legs.sheet, legs.header_row) == ("legs", NAMES["legs"], 1)
    assert legs.states == {"accepted": 4, "waiting": 0, "refused": 0, "doubled": 0, "skipped": 1}
    assert adds_up(report)
    one = "ROAD|0705202500000001|蒙A00001|2025-03-04"
    assert units(report)[:2] == [one, one]
    second = list(legs.lines)[1]
    assert second["tractor_plate"] == "1001УБА"
    assert next(iter(legs.lines))["depart_at"] == "2025-03-01T08:00:00+08:00"
    assert report.as_json()["further"] == [legs.as_json()]


def test_the_order_of_the_sheets_and_their_names_do_not_matter() -> None:
    cells = {"Sheet1": laid_out("legs", [leg(1)]), "Sheet2": table([road(1)])}
    report = read(workbook(cells))
    assert (report.outcome, report.file.sheet, len(report.lines)) == ("accept", "Sheet2", 1)
    assert [len(one.lines) for one in report.further] == [1]


def test_headings_alone_as_in_the_template_are_no_sheet_of_legs() -> None:
    cells = {"明细": table([road(1)]), "分段": laid_out("legs", [leg(1)])[:1]}
    report = read(workbook(cells))
    assert (report.outcome, codes(report), report.further) == ("accept", [], ())


def test_two_sheets_of_lines_beside_legs_still_ask_which() -> None:
    cells = {"一": table([road(1)]), "二": table([road(2)]), "分段": laid_out("legs", [leg(1)])}
    report = read(workbook(cells))
    assert codes(report) == ["several_sheets"]
    assert report.file.sheets == ("一", "二")
    chosen = read(workbook(cells), answers=[Answer(kind="sheet", value="二")])
    assert [one.code for one in chosen.problems] == ["of_no_line"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({"leg_no": ""}, ("missing", 2, "leg_no")),
        ({"leg_no": "甲"}, ("not_a_number", 2, "leg_no")),
        ({"from_place": ""}, ("missing", 2, "from_place")),
        ({"waybill_no": ""}, ("names_no_shipment", 2, None)),
        ({"waybill_no": "CMR999"}, ("of_no_line", 2, "waybill_no")),
        ({"reload": "飞过去"}, ("not_a_choice", 2, "reload")),
        ({"tractor_plate": "蒙A0000О"}, ("lookalike", 2, "tractor_plate")),
        ({"arrive_at": "2025-02-28 09:00"}, ("arrives_before_departing", 2, "arrive_at")),
        ({"arrive_at": "2025-09-01"}, ("future_date", 2, "arrive_at")),
    ],
)
def test_a_planted_fault_is_found_where_it_is_and_nothing_else(said: Row, row: Told) -> None:
    assert faults(leg(1, 1, **said), leg(1, line=2)) == [row]


def test_two_faults_of_one_leg_are_both_told() -> None:
    told = faults(leg(1, waybill_no="CMR999", to_place=""), leg(1, line=2))
    assert set(told) == {("of_no_line", 2, "waybill_no"), ("missing", 2, "to_place")}


def test_a_waybill_on_several_trucks_needs_the_plate() -> None:
    lines = (road(1), road(2, waybill_no=road(1)["waybill_no"]))
    assert faults(leg(1), lines=lines) == [("of_several", 2, "waybill_no")]
    report = read(book(lines, [leg(1, unit_plate="蒙A00002")]))
    assert codes(report) == ["tractor_of_no_leg"]
    assert units(report) == ["ROAD|0705202500000002|蒙A00002|2025-03-04"]


@pytest.mark.parametrize(
    "said", [{"trip_batch_no": road(1)["trip_batch_no"]}, {"unit_plate": "蒙A00001"},
             {"container_no": road(1)["container_no"]}],
)  # fmt: skip
def test_a_leg_names_its_shipment_in_any_way_that_fits(said: Row) -> None:
    report = read(book([road(1), road(2)], [leg(1, 1, **({"waybill_no": ""} | said))]))
    assert codes(report) == []
    assert units(report) == ["ROAD|0705202500000001|蒙A00001|2025-03-04"]


def test_a_leg_belongs_to_the_box_on_a_train_too() -> None:
    report = read(book([rail(1)], [leg(1, tractor_plate="", transport_mode="铁路")]))
    assert codes(report) == []
    assert units(report)[0].startswith("RAIL|X8001|2025-03-01|TGBU")


def test_a_leg_of_a_line_that_only_another_line_of_the_truck_gives_its_exit() -> None:
    waiting = road(1, waybill_no="W2", border_exit_date="")
    report = read(book([road(1), waiting], [leg(1, waybill_no="W2")]))
    assert units(report) == ["ROAD|0705202500000001|蒙A00001|2025-03-04"]


def test_a_leg_waits_with_its_line() -> None:
    lines = (road(1, packages="0"), road(2, packages="5箱"), road(3))
    report = read(book(lines, [leg(1), leg(1, line=2), leg(1, line=3)]))
    assert found(report) == [
        ("line_stays_out", 2, "waybill_no"),
        ("line_stays_out", 3, "waybill_no"),
    ]
    (legs,) = report.further
    assert (len(legs.waiting), len(legs.lines)) == (2, 1)


def test_the_same_leg_twice_counts_once_and_told_in_two_ways_it_asks() -> None:
    assert faults(leg(1), leg(1)) == [("doubled_row", 3, "leg_no")]
    assert faults(leg(1), leg(1, to_place="二连")) == [("leg_twice", 3, "leg_no")]
    report = read(book([road(1)], [leg(1), leg(1, to_place="二连")]))
    out = Answer(kind="leave_out", sheet=NAMES["legs"], row=3)
    mended = read(book([road(1)], [leg(1), leg(1, to_place="二连")]), answers=[out])
    assert (report.outcome, mended.outcome, codes(mended)) == ("ask", "accept", [])


def test_a_leg_cannot_begin_before_the_one_before_it_ended() -> None:
    early = leg(2, depart_at="2025-03-02 17:00")
    assert faults(early, leg(1)) == [("leg_too_early", 2, "depart_at")]
    report = read(book([road(1)], [early, leg(1)]))
    (told,) = report.problems
    assert (told.args["other"], told.args["other_row"]) == ("2025-03-02T18:00:00+08:00", 3)


def test_a_day_without_a_time_is_compared_as_a_day() -> None:
    told = faults(leg(1), leg(2, depart_at="2025-03-02"))
    assert told == [("no_time", 3, "depart_at")]


def test_what_may_be_meant_is_a_notice_and_goes_in() -> None:
    apart = leg(2, from_place="二连浩特")
    assert faults(leg(1), apart) == [("legs_apart", 3, "from_place")]
    assert faults(leg(1), leg(2, leg_no="3")) == [("leg_number_skipped", 3, "leg_no")]
    assert faults(leg(1), leg(2, trailer_plate="蒙A9999挂")) == [
        ("trailer_changes", 3, "trailer_plate")
    ]
    assert faults(leg(1, tractor_plate="蒙A77777"), leg(2)) == [
        ("tractor_of_no_leg", 2, "tractor_plate")
    ]
    report = read(book([road(1)], [leg(1), apart]))
    assert (report.outcome, len(report.further[0].lines)) == ("accept", 2)
    lifted = [leg(1, reload="吊装"), leg(2, trailer_plate="蒙A9999挂")]
    assert faults(*lifted) == []


def test_a_cell_of_a_leg_is_corrected_and_a_column_named_by_answers() -> None:
    raw = book([road(1)], [leg(1, waybill_no="CMR999")])
    sheet = NAMES["legs"]
    mended = Answer(kind="cell", sheet=sheet, row=2, column="A", value=road(1)["waybill_no"])
    assert codes(read(raw, answers=[mended])) == []
    cells = laid_out("legs", [leg(1)])
    cells[0][cells[0].index("承运人")] = "谁拉的"
    report = read(workbook({"明细": table([road(1)]), sheet: cells}))
    letter = next(iter(report.further[0].unknown))
    named = Answer(kind="column", sheet=sheet, column=letter, value="carrier_name")
    report = read(workbook({"明细": table([road(1)]), sheet: cells}), answers=[named])
    assert next(iter(report.further[0].lines))["carrier_name"] == "示例物流"


def test_a_doubled_heading_of_legs_keeps_that_sheet_out_and_the_lines_go_in() -> None:
    cells = laid_out("legs", [leg(1)])
    cells[0].append("段号")
    cells[1].append("1")
    report = read(workbook({"明细": table([road(1)]), "分段": cells}))
    assert codes(report) == ["doubled_heading"]
    assert (len(report.lines), len(report.further[0].refused)) == (1, 1)
    assert adds_up(report)
    assert [line.row for line in report.further[0].refused] == [2]


def test_a_file_of_legs_alone_belongs_to_what_stands_or_to_nothing() -> None:
    report = read(csv_bytes(laid_out("legs", [leg(1), leg(2)])))
    assert (report.outcome, codes(report)) == ("reject", ["of_no_line", "of_no_line"])
    assert adds_up(report)


PLACES = st.text(st.characters(codec="gb18030", categories=["L"]), min_size=1, max_size=8)


@pytest.mark.no_cover
@GIVEN
@given(st.data())
def test_any_valid_legs_survive_in_any_order(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    legs = []
    for line in range(count):
        place = "起" + data.draw(PLACES)
        for number in range(1, data.draw(st.integers(1, 4)) + 1):
            onward = "站" + data.draw(PLACES)
            made = leg(number, line=line, from_place=place, to_place=onward)
            legs.append(made)
            place = onward
    turned = data.draw(st.permutations(legs))
    report = read(book([road(line) for line in range(count)], turned))
    assert (report.outcome, codes(report)) == ("accept", [])
    said = [
        (line["waybill_no"], line["leg_no"], line["from_place"], line["to_place"])
        for line in report.further[0].lines
    ]
    assert said == [
        (row["waybill_no"], row["leg_no"], tidy(row["from_place"]), tidy(row["to_place"]))
        for row in turned
    ]
