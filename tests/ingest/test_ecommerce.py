"""The lists and parcels of one vehicle are one line: counted once, added up exactly."""

import pytest

from ingest import examine
from ingest.answers import Answer
from tests.ingest.manifest_samples import DAY, codes, only
from tests.ingest.message_samples import encoded, export_list, parcel_lines, parcels, told

pytestmark = pytest.mark.usefixtures("in_this_process")

HEAD = {
    "appType": "1",
    "copNo": "SLC1",
    "customsCode": "0705",
    "trafMode": "4",
    "trafName": "蒙A12345",
    "voyageNo": "07052025000001",
    "billNo": "SLB001",
}


def test_the_lists_of_a_vehicle_are_one_line_with_exact_sums() -> None:
    text = parcels("CEB603", *(export_list(number) for number in range(1, 11)))
    ((row, line),) = parcel_lines(text)
    assert row == 2
    assert line == {
        "waybill_no": "SLB001",
        "trip_batch_no": "07052025000001",
        "transport_mode": "4",
        "direction": "E",
        "truck_plate": "蒙A12345",
        "exit_customs": "0705",
        "dest_country": "344",
        "border_exit_date": "20250304",
        "supervision_mode": "9610",
        "list_count": "10",
        "hs_code": "6109100010",
        "goods_name": "示例服装",
        "packages": "10",
        "gross_weight_kg": "1",
        "net_weight_kg": "0.9",
        "goods_value": "201",
        "currency": "142",
        "freight": "102.5",
        "freight_currency": "142",
    }


def test_the_checks_understand_the_codes_of_the_message() -> None:
    line = told(parcels("CEB603", export_list())).refused[0]
    wanted = {"transport_mode": "ROAD", "dest_country": "RU", "currency": "CNY"}
    assert {name: line[name] for name in wanted} == wanted
    assert line["border_exit_date"] == "2025-03-04"


def test_what_no_message_says_is_answered_once_for_the_file_and_the_line_goes_in() -> None:
    raw = encoded(parcels("CEB603", export_list()))
    said = {"origin_place": "呼和浩特", "departure_date": "2025-03-01"}
    answers = [Answer(kind="fill", field=name, value=value) for name, value in said.items()]
    report = examine(raw, "603.xml", day=DAY, answers=answers)
    (line,) = report.lines
    assert {name: line[name] for name in said} == said
    assert report.outcome == "accept"


def test_a_record_repeated_ten_times_counts_once() -> None:
    text = parcels("CEB603", *[export_list()] * 10)
    ((_, line),) = parcel_lines(text)
    assert (line["list_count"], line["packages"], line["gross_weight_kg"]) == ("1", "1", "0.1")
    assert only(told(text), "records_repeated").args["count"] == 9


def test_every_bill_and_vehicle_has_its_own_line_at_its_first_record() -> None:
    other = {"billNo": "SLB002", "trafName": "蒙B54321"}
    text = parcels("CEB603", export_list(1), export_list(2), export_list(3, **other))
    assert [(row, line["waybill_no"]) for row, line in parcel_lines(text)] == [
        (2, "SLB001"),
        (4, "SLB002"),
    ]


@pytest.mark.parametrize(
    ("number", "parcel", "more"),
    [
        ("CEB509", "DepartureList", {"leaveTime": "20250304092201"}),
        ("CEB507", "ArrivalList", {"trafName": "", "domesticTrafNo": "蒙A12345", "ieFlag": "E"}),
        ("CEB607", "WayBillList", {"grossWeight": "100.3"}),
    ],
)
def test_the_parcels_of_a_consolidation_are_counted(
    number: str, parcel: str, more: dict[str, str]
) -> None:
    listed = [{"logisticsNo": f"SLP{one}"} for one in (1, 2, 3, 3)]
    ((_, line),) = parcel_lines(parcels(number, HEAD | more | {parcel: listed}))
    assert (line["waybill_no"], line["truck_plate"]) == ("SLB001", "蒙A12345")
    assert (line["list_count"], line["direction"]) == ("3", "E")
    assert line.get("border_exit_date", "") == more.get("leaveTime", "")
    assert line.get("gross_weight_kg", "") == more.get("grossWeight", "")


def test_the_parts_of_a_split_message_weigh_once_and_the_missing_ones_are_told() -> None:
    part = HEAD | {"msgCount": "3", "grossWeight": "100.3"}
    listed = [{"WayBillList": {"logisticsNo": f"SLP{one}"}, "msgSeqNo": str(one)} for one in (1, 2)]
    text = parcels("CEB607", *(part | one for one in listed))
    ((_, line),) = parcel_lines(text)
    assert (line["list_count"], line["gross_weight_kg"]) == ("2", "100.3")
    problem = only(told(text), "message_parts")
    assert (problem.args["count"], problem.value) == ("3", "1、2")


def test_a_deleted_list_is_no_data() -> None:
    text = parcels("CEB603", export_list(1), export_list(2), export_list(2, appType="3"))
    ((_, line),) = parcel_lines(text)
    assert line["list_count"] == "1"
    assert only(told(text), "records_deleted").args["count"] == 1


def test_values_in_several_currencies_are_not_added_up() -> None:
    goods = {"gname": "示例鞋", "currency": "502", "totalPrice": "5"}
    text = parcels("CEB603", export_list(1), export_list(2, InventoryList=goods))
    ((_, line),) = parcel_lines(text)
    assert "goods_value" not in line
    assert line["freight"] == "20.5"
    assert only(told(text), "several_currencies").row == 2


def test_a_freight_that_is_a_rate_is_no_amount() -> None:
    ((_, line),) = parcel_lines(parcels("CEB603", export_list(fFlag="1")))
    assert "freight" not in line


def test_values_outside_their_lists_are_problems_of_the_line() -> None:
    goods = {"currency": "aaa", "totalPrice": "1e9", "gname": "示例"}
    odd = export_list(ieFlag="a", tradeMode="0101", packNo="若干", InventoryList=goods)
    report = told(parcels("CEB603", odd))
    found = {one.field: one.code for one in report.problems if one.row}
    assert found["direction"] == "not_a_choice"
    assert found["packages"] == found["goods_value"] == "not_a_number"
    assert {"currency", "supervision_mode"} <= set(found)


@pytest.mark.parametrize(("vehicle", "name"), [("X8001", "train_no"), ("蒙A12345", "truck_plate")])
def test_mode_three_is_the_railway_unless_a_plate_stands_beside_it(vehicle: str, name: str) -> None:
    ((_, line),) = parcel_lines(parcels("CEB603", export_list(trafMode="3", trafName=vehicle)))
    assert line[name] == vehicle
    assert line["transport_mode"] == ("铁路" if name == "train_no" else "3")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (parcels("CEB303", {"orderNo": "SLO1"}), "message_kind"),
        (parcels("CEB403", {"orderNo": "SLO1"}), "message_kind"),
        (parcels("CEB505", {"logisticsNo": "SLP1", "packNo": "1"}), "message_no_vehicle"),
        (parcels("CEB603", export_list(appType="3")), "message_deletes"),
        (parcels("CEB603"), "message_empty"),
        (parcels("CEB603", export_list())[:-40], "xml_broken"),
        ("<!DOCTYPE a>" + parcels("CEB603", export_list()), "xml_doctype"),
        (parcels("CEB603", export_list()).replace("示例服装", "<a>" * 100_000), "xml_broken"),
    ],
)
def test_a_message_that_gives_no_lines_is_refused_with_one_message(text: str, code: str) -> None:
    report = told(text)
    assert codes(report) == [code]
    assert report.file.kind == "ceb"


@pytest.mark.parametrize("prefix", ["", "ceb", "x"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_prefix_and_encoding_do_not_matter(prefix: str, encoding: str) -> None:
    raw = encoded(parcels("CEB603", export_list(), prefix=prefix), encoding)
    report = examine(raw, day=DAY)
    assert report.refused[0]["goods_name"] == "示例服装"


def test_a_message_needs_no_namespace_and_no_declaration() -> None:
    raw = parcels("CEB603", export_list(), namespace=False).encode()
    assert examine(raw, day=DAY).file.kind == "ceb"
