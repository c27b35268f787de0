"""Messages: each one is provoked once, and says what, where, why and how to mend."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from unittest.mock import patch

import pytest

from ingest import examine, messages
from ingest.answers import Answer
from ingest.fields import FIELDS
from ingest.rows import Report
from ingest.shipments import group
from tests.ingest.further_samples import book, claims, leg, parcel
from tests.ingest.further_samples import read as beside
from tests.ingest.manifest_samples import (
    DAY,
    FIRM,
    Row,
    box,
    check,
    csv_bytes,
    rail,
    raw_workbook,
    read,
    road,
    table,
    xlsx_bytes,
)
from tests.ingest.message_samples import consignment, export_list, manifest, parcels, told
from tests.ingest.old_workbook_samples import compound
from tests.ingest.workbook_samples import put, shaped, sheet

pytestmark = pytest.mark.usefixtures("in_this_process")
OTHER_FIRM = "1501900002"
MONTH_FIRST = Answer(
    kind="reading", field="departure_date", code="ambiguous_date", value="month_first"
)


def _row(**said: str) -> Callable[[], Report]:
    return lambda: check(road(1, **said))


def _rail(**said: str) -> Callable[[], Report]:
    return lambda: check(rail(1, **said))


def _file(raw: bytes) -> Callable[[], Report]:
    return lambda: examine(raw, day=DAY)


def _lists(*more: dict[str, str]) -> Callable[[], Report]:
    return lambda: told(parcels("CEB603", *(export_list(1) | one for one in more)))


def _headed(name: str, text: str) -> Callable[[], Report]:
    return lambda: read(
        [
            [text if cell == FIELDS[name].zh else cell for cell in table([road()])[0]],
            *table([road()])[1:],
        ]
    )


def _rows(*rows: Row) -> Callable[[], Report]:
    return lambda: check(*rows)


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@cache
def _good() -> bytes:
    return xlsx_bytes(table([road()]))


def _locked() -> bytes:
    raw = bytearray(_good())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    return bytes(raw)


def _hidden_row() -> Report:
    def hide(page: object) -> None:
        page.row_dimensions[3].hidden = True  # type: ignore[attr-defined]  # openpyxl has no types

    return examine(sheet(hide), day=DAY)


def _merged() -> Report:
    def merge(page: object) -> None:
        page.merge_cells("A2:A3")  # type: ignore[attr-defined]  # openpyxl has no types
        page.merge_cells("P2:P3")  # type: ignore[attr-defined]  # likewise

    return examine(sheet(merge), day=DAY)


def _sheets(*, hidden: bool) -> Report:
    def more(page: object) -> None:
        other = page.parent.create_sheet("另一张")  # type: ignore[attr-defined]  # likewise
        for line in table([road(7)]):
            other.append(line)
        other.sheet_state = "hidden" if hidden else "visible"

    return examine(sheet(more), day=DAY)


def _units() -> Report:
    report = check(road(1, trip_batch_no=""))
    (unit,) = group(report.lines)
    return Report(report.file, "accept", (), unit.problems)


LINES = csv_bytes(table([road(1), road(2)]))
FAR = shaped([road()]).replace(
    "</sheetData>", '<row r="999999"><c r="ZZ999999"><v>1</v></c></row></sheetData>'
)
WIDE = shaped([road()]).replace("</row></sheetData>", '<c r="ZZ2"><v>1</v></c></row></sheetData>')
PROVOKED: dict[str, Callable[[], Report]] = {
    "empty_file": _file(b""),
    "too_big": lambda: _limited(LINES),
    "unknown_kind": _file(b"\x7fELF\x02"),
    "old_workbook": _file(compound({"WordDocument": b""})),
    "encrypted": lambda: examine(_locked(), day=DAY),
    "html_table": _file(b"<html><p>1"),
    "html_cut": _file(b"<html><table>"),
    "markup_limits": _file(b"<html>" + b"<p>" * 18_000_000),
    "html_depth": _file(b"<table></table>" + b"<div>" * 5000),
    "spreadsheet_broken": _file(b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'),
    "xml_file": _file(b"<?xml version='1.0'?><a/>"),
    "json_no_records": _file(b'["a"]'),
    "json_broken": _file(b'[{"a": }]'),
    "json_depth": _file(b"[" * 200_000),
    "json_not_a_record": _file(b'[{"a": 1}, 2]'),
    "json_doubled_key": _file(b'[{"a": 1, "a": 2}]'),
    "json_nested": _file(b'[{"a": [1]}]'),
    "json_character": _file(b'[{"a": "\\ud800"}]'),
    "json_endless": _file(b'[{"a": NaN}]'),
    "xml_doctype": lambda: told("<!DOCTYPE a>" + manifest(consignment())),
    "xml_limits": lambda: told(manifest(consignment()) + "<a/>" * 2_000_000),
    "xml_broken": lambda: told(manifest(consignment()) + "<"),
    "message_kind": lambda: told(parcels("CEB303", {"orderNo": "SLO1"})),
    "message_deletes": lambda: told(manifest(consignment(), code="3")),
    "message_empty": lambda: told(manifest()),
    "message_no_vehicle": lambda: told(parcels("CEB505", {"logisticsNo": "SLP1"})),
    "message_parts": _lists({"msgCount": "2", "msgSeqNo": "1"}),
    "records_deleted": _lists({}, {"copNo": "SLC2", "appType": "3"}),
    "records_repeated": _lists({}, {}),
    "several_currencies": _lists({}, {"copNo": "SLC2", "fCurrency": "502"}),
    "more_boxes": lambda: told(
        manifest(consignment(TransportEquipment=[{"ID": box(1)}, {"ID": box(2)}]))
    ),
    "pdf_file": _file(b"%PDF-1.7"),
    "image_file": _file(b"\x89PNG"),
    "not_a_workbook": _file(_zip(a=b"1")),
    "broken_zip": lambda: examine(_good()[:1000], day=DAY),
    "too_many_members": _file(_zip(**{f"m{number}": b"" for number in range(401)})),
    "unpacked_size": lambda: examine(_claiming(), day=DAY),
    "unpacked_ratio": _file(_zip(a=bytes(30 << 20))),
    "doctype": _file(raw_workbook("<!DOCTYPE a []>" + shaped([road()]))),
    "far_cell": _file(raw_workbook(FAR)),
    "no_sheet": _file(raw_workbook("<worksheet/>")),
    "several_sheets": lambda: _sheets(hidden=False),
    "hidden_sheet": lambda: _sheets(hidden=True),
    "hidden_rows": _hidden_row,
    "bad_encoding": _file(LINES + b"\xff\xff"),
    "nul": _file(LINES + b"a\0b"),
    "unclosed_quote": _file(LINES + b'"'),
    "bad_quote": _file(LINES + b'"a"b'),
    "too_many_columns": _file(raw_workbook(WIDE)),
    "too_many_rows": _file(b"a\n" * 1_100_001),
    "too_many_cells": _file(b"a" + b"," * 255 + b"\n" + b"a\n" * 20_000),
    "line_too_long": _file(b"a" * 9 * 2**20),
    "cut_at_limit": lambda: examine(
        LINES[:-2] + b"\n" * 1_048_573 + LINES.split(b"\r\n")[1], day=DAY
    ),
    "no_header": _file(b"a,b\n1,2\n"),
    "missing_column": lambda: read([row[:-1] for row in table([road()])]),
    "doubled_heading": lambda: read([[*row, row[0]] for row in table([road()])]),
    "heading_unclear": _headed("trip_batch_no", "航次号"),
    "tonnes": _headed("gross_weight_kg", "毛重(吨)"),
    "no_rows": lambda: read(table([road()])[:1]),
    "row_width": lambda: read([*table([road()]), ["CMR2"]]),
    "cell_too_long": _row(remark="长" * 40_000),
    "error_cell": _row(goods_name="#REF!"),
    "formula_empty": lambda: examine(put({(2, "packages"): "=1+1"}), day=DAY),
    "formula": _file(
        raw_workbook(
            shaped([road()]).replace(
                '<c r="N2" t="inlineStr"><is><t>120</t></is></c>', '<c r="N2"><f>1</f><v>1</v></c>'
            )
        )
    ),
    "merged_filled": _merged,
    "merged_amount": _merged,
    "digits_lost": _row(waybill_no="7.05E+16"),
    "missing": _rows(road(1), road(2, goods_name="")),
    "too_long": _row(goods_name="服" * 251),
    "bad_characters": _row(waybill_no="CMR?1"),
    "lookalike": _row(waybill_no="СMR1"),
    "letter_for_digit": _row(declaration_no="07052025O000000001"),
    "leading_zero": _row(exit_customs="705"),
    "unknown_code": _row(supervision_mode="8888"),
    "needs_mode": lambda: check(road(1, exit_customs="二连浩特", transport_mode="3")),
    "not_a_choice": _row(direction="过境"),
    "mode_three": _row(transport_mode="3"),
    "mode_number": _row(transport_mode="5"),
    "bad_date": _row(departure_date="2025-02-30"),
    "ambiguous_date": _row(departure_date="03/04/2025"),
    "two_digit_year": _row(departure_date="25-03-01"),
    "serial_date": _row(departure_date="45717"),
    "no_time": _row(hub_in_at="2025-03-01"),
    "future_date": _row(border_exit_date="2025-07-01"),
    "old_date": _row(departure_date="2005-03-01"),
    "exit_before_departure": _row(border_exit_date="2025-02-28"),
    "arrival_before_exit": _row(arrival_date="2025-03-03"),
    "hub_out_before_in": _row(hub_in_at="2025-03-01 09:00", hub_out_at="2025-03-01 08:00"),
    "not_a_number": _row(packages="若干"),
    "ambiguous_number": _row(packages="1,50"),
    "unit_in_cell": _row(gross_weight_kg="18.5吨"),
    "too_many_decimals": _row(gross_weight_kg="1.0000001"),
    "not_whole": _row(packages="12.5"),
    "too_small": _row(gross_weight_kg="-1"),
    "too_large": _row(packages="9999999999"),
    "container_shape": _row(container_no="TGBU1"),
    "container_digit": _row(container_no=box(1)[:10] + str((int(box(1)[10]) + 1) % 10)),
    "uscc_shape": _row(firm_code="123"),
    "uscc_digit": _row(firm_code=FIRM[:17] + "C"),
    "other_firm": lambda: check(road(1, firm_code=OTHER_FIRM), firm_code="1501900001"),
    "declaration_shape": _row(declaration_no="1"),
    "list_shape": _row(list_no="1"),
    "hs_shape": _row(hs_code="12"),
    "plate_shape": _row(truck_plate="1234УБА"),
    "plate_characters": _row(truck_plate="蒙A12#45"),
    "plate_length": _row(truck_plate="蒙A1"),
    "several_plates": _row(truck_plate="蒙A12345、蒙B12345"),
    "trailer_is_truck": _row(trailer_plate="蒙A00001"),
    "train_on_road": _row(train_no="X8001"),
    "plate_on_rail": _rail(truck_plate="蒙A12345"),
    "mode_office": _row(exit_customs="0609"),
    "dest_is_china": _row(dest_country="中国"),
    "dest_not_china": _row(direction="进口"),
    "net_over_gross": _row(net_weight_kg="20000"),
    "heavy_truck": _row(gross_weight_kg="60001"),
    "heavy_box": _rail(gross_weight_kg="32501"),
    "amount_without_currency": _row(freight="100"),
    "empty_with_weight": _row(load_state="空"),
    "declaration_direction": _row(declaration_no="070520251000000001"),
    "list_direction": _row(list_no="07052025I000000001"),
    "doubled_row": _rows(road(1), road(1)),
    "conflicting_row": _rows(road(1), road(1, packages="7")),
    "unit_contradicts": _rows(road(1), road(1, waybill_no="CMR9", exit_customs="0603")),
    "two_exits": _rows(road(1), road(1, waybill_no="CMR9", border_exit_date="2025-03-05")),
    "no_trip_number": _units,
    "read_as": lambda: check(road(1, departure_date="03/04/2025"), answers=[MONTH_FIRST]),
    "total_differs": lambda: read([*table([road()]), ["合计", *[""] * 12, "9", ""]]),
}
ELSEWHERE = {"workbook_limits", "workbook_unreadable"}
"""Provoked in test_hostile.py: they take a child that dies."""
TWO = [road(1), road(2)]
PROVOKED |= {
    "names_no_shipment": lambda: beside(book(TWO, [leg(1, waybill_no="")])),
    "of_no_line": lambda: beside(book(TWO, [leg(1, waybill_no="CMR9")])),
    "of_several": lambda: beside(book([road(1), road(2, waybill_no="CMR202500001")], [leg(1)])),
    "line_stays_out": lambda: beside(book([road(1, packages="0"), road(2)], [leg(1)])),
    "arrives_before_departing": lambda: beside(book(TWO, [leg(1, arrive_at="2025-02-28 1:00")])),
    "leg_twice": lambda: beside(book(TWO, [leg(1), leg(1, to_place="二连")])),
    "leg_too_early": lambda: beside(book(TWO, [leg(1), leg(2, depart_at="2025-03-02 1:00")])),
    "legs_apart": lambda: beside(book(TWO, [leg(1), leg(2, from_place="二连")])),
    "leg_number_skipped": lambda: beside(book(TWO, [leg(1), leg(2, leg_no="3")])),
    "trailer_changes": lambda: beside(book(TWO, [leg(1), leg(2, trailer_plate="蒙A9999挂")])),
    "tractor_of_no_leg": lambda: beside(book(TWO, [leg(1, tractor_plate="蒙A77777")])),
    "parcel_twice": lambda: beside(book(TWO, (), [parcel(1), parcel(1, order_no="DD7")])),
    "parcel_claimed": lambda: beside(
        book(TWO, (), [parcel(1)]), books=claims([parcel(1)["parcel_no"]], date(2025, 1, 1))
    ),
    "list_count_differs": lambda: beside(book([road(1, list_count="3")], (), [parcel(1)])),
    "parcel_value_differs": lambda: beside(
        book([road(1, goods_value="1", currency="CNY")], (), [parcel(1)])
    ),
    "parcel_weight_exceeds": lambda: beside(
        book([road(1, gross_weight_kg="1")], (), [parcel(1, gross_weight_kg="1.5")])
    ),
}


def _limited(raw: bytes) -> Report:
    with patch("ingest.examination.MAX_BYTES", len(raw) - 1):
        return examine(raw, day=DAY)


def _claiming() -> bytes:
    """Make a package whose directory says that a part is huge."""
    raw = bytearray(_good())
    at = raw.find(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (700 << 20).to_bytes(4, "little")
    return bytes(raw)


def test_every_message_can_be_provoked() -> None:
    quiet = ("skip_", "_", "left_out", "track_", "cross_")  # the last two: in tests of their own
    said = {code for code in messages.table() if not code.startswith(quiet)}
    assert said == set(PROVOKED) | ELSEWHERE


@pytest.mark.parametrize("code", PROVOKED)
def test_a_fault_is_told_in_both_languages_with_its_place_and_its_remedy(code: str) -> None:
    found = [one for one in PROVOKED[code]().problems if one.code == code]
    assert found
    for one in found:
        assert one.severity == messages.table()[code]["severity"] or code == "merged_amount"
        for lang, script in (("zh", r"[\u4e00-\u9fff]"), ("en", r"[A-Za-z]")):
            told = one.message(lang) + one.remedy(lang)
            assert re.search(script, one.message(lang))
            assert re.search(script, one.remedy(lang))
            assert not re.search(r"[{}]|None|\bpl\.|Error:", told), told
        if one.field and one.row:
            assert one.column is not None or code == "no_trip_number"
        body = one.as_json()
        assert list(body)[:9] == [
            *("severity", "code", "sheet", "row", "column", "field", "value"),
            *("message", "remedy"),
        ]
