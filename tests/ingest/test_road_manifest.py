"""A road manifest of customs is a manifest: a waybill a line, and what it says is never doubled."""

from collections.abc import Callable

import pytest

from ingest import examine
from tests.ingest.manifest_samples import DAY, box, codes, only
from tests.ingest.message_samples import consignment, manifest, road_lines, told

pytestmark = pytest.mark.usefixtures("in_this_process")

LINE = {
    "waybill_no": "SL202500001",
    "trip_batch_no": "07052025000001",
    "transport_mode": "公路",
    "direction": "E",
    "truck_plate": "蒙A12345",
    "trailer_plate": "蒙A1234挂",
    "exit_customs": "0705",
    "border_exit_date": "20250304101500",
    "supervision_mode": "0110",
    "hs_code": "6109100010",
    "goods_name": "示例服装、示例鞋",
    "packages": "120",
    "package_type": "22",
    "gross_weight_kg": "1500.25",
    "volume_m3": "12.5",
    "goods_value": "800.5",
    "currency": "USD",
    "carrier_code": "SLCARRIER01",
    "consignor": "示例发货人",
    "consignee": "示例收货人",
}


@pytest.mark.parametrize("prefix", ["", "m"])
def test_every_waybill_of_the_message_is_a_line(prefix: str) -> None:
    text = manifest(consignment(1), consignment(2), prefix=prefix)
    assert road_lines(text) == [(2, LINE), (3, LINE | {"waybill_no": "SL202500002"})]


def test_the_type_of_the_message_says_the_direction() -> None:
    ((_, line),) = road_lines(manifest(consignment(), title="MT1401"))
    assert line["direction"] == "I"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_message_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    text = manifest(consignment())
    raw = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{text}'
    report = examine(raw.encode(encoding), day=DAY)
    assert report.file.kind == "mt"
    assert report.refused[0]["consignor"] == "示例发货人"


def test_boxes_of_one_waybill_share_its_amounts() -> None:
    boxes = [
        {"ID": box(1), "CharacteristicCode": "22G1", "FullnessCode": "5", "SealID": "M1"},
        {"ID": box(2), "Seal": {"ID": "M2"}},
    ]
    text = manifest(consignment(TransportEquipment=boxes))
    ((_, line),) = road_lines(text)
    assert line["gross_weight_kg"] == "1500.25"
    assert (line["container_no"], line["container_type"]) == (box(1), "22G1")
    assert (line["load_state"], line["remark"]) == ("FULL", f"另有集装箱 {box(2)}")
    assert set(line["seal_no"].split(";")) == {"M1", "M2"}
    assert only(told(text), "more_boxes").row == 2


def test_what_the_message_does_not_say_is_told_as_a_missing_column() -> None:
    report = told(manifest(consignment()))
    missing = {one.field for one in report.problems if one.code == "missing_column"}
    assert missing == {"origin_place", "dest_country", "departure_date"}


def test_a_weight_in_tonnes_is_never_taken_for_kilograms() -> None:
    tonnes = '<GrossMassMeasure unitCode="TNE">'
    report = told(manifest(consignment()).replace("<GrossMassMeasure>", tonnes))
    assert only(report, "unit_in_cell").value == "1500.25TNE"


def test_a_long_list_of_goods_is_cut_with_a_word_for_the_rest() -> None:
    items = [{"CargoDescription": f"示例货物{number:04d}"} for number in range(100)]
    ((_, line),) = road_lines(manifest(consignment(ConsignmentItem=items)))
    assert len(line["goods_name"]) <= 250
    assert line["goods_name"].endswith("等")


GOOD = manifest(consignment())
DOCTYPE = '<!DOCTYPE Manifest [<!ENTITY a "示例"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "a document type": (lambda: "<!DOCTYPE Manifest>" + GOOD, "xml_doctype"),
    "an entity bomb": (lambda: DOCTYPE + GOOD.replace("示例鞋", "&b;"), "xml_doctype"),
    "a document type behind a long comment": (
        lambda: f"<!--{' ' * 60_000}-->" + DOCTYPE + GOOD,
        "xml_doctype",
    ),
    "half a message": (lambda: GOOD[: len(GOOD) // 2], "xml_broken"),
    "a hundred thousand elements in one another": (
        lambda: GOOD.replace("<Declaration>", "<Declaration>" + "<a>" * 100_000),
        "xml_broken",
    ),
    "millions of elements": (
        lambda: GOOD.replace("<Declaration>", "<Declaration>" + "<a/>" * 2_000_000),
        "xml_limits",
    ),
    "another message of the family": (lambda: manifest(title="MT3402"), "message_kind"),
    "a deletion": (lambda: manifest(consignment(), code="3"), "message_deletes"),
    "no waybill": (manifest, "message_empty"),
    "an unknown first element": (lambda: "<Invoice><ID>1</ID></Invoice>", "xml_file"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_manifest_is_refused_with_one_message(what: str) -> None:
    make, code = HOSTILE[what]
    assert codes(told(make())) == [code]


def test_a_broken_message_names_the_line_and_the_column() -> None:
    report = told(GOOD.replace("</Declaration>", "\n</Oops>"))
    assert codes(report) == ["xml_broken"]
    assert report.problems[0].args["line"] == 3
    assert "第 3 行" in report.problems[0].message()
