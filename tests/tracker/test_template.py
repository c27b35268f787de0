"""The template: filled and uploaded it is taken in as it is, and nobody's zeros are lost."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from ingest import examine
from ingest.fields import FIELDS, FURTHER, SHEETS
from tests.ingest.further_samples import leg, parcel
from tests.ingest.manifest_samples import DAY, rail, road
from tracker.papers import needs, template


def filled(lang: str, *rows: dict[str, Any], **further: list[dict[str, Any]]) -> bytes:
    book = load_workbook(io.BytesIO(template.write(lang)))
    sheets: dict[str, list[dict[str, Any]]] = {"lines": list(rows), **further}
    for kind, sheet in zip(template.NAMES, book.worksheets, strict=False):
        for number, row in enumerate(sheets.get(kind, []), 3):
            for column, one in enumerate(template.columns(kind), 1):
                if row.get(one.name):
                    sheet.cell(number, column).value = row[one.name]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_filled_template_is_taken_in_and_its_sample_row_is_not(lang: str) -> None:
    raw = filled(lang, road(1, waybill_no="0012300045600789123"), rail(2))
    report = examine(raw, day=DAY)
    assert report.outcome == "accept"
    assert [line["waybill_no"] for line in report.lines] == ["0012300045600789123", "CMR202500002"]
    assert report.lines[0]["exit_customs"] == "0705"
    assert [one.reason for one in report.skipped] == ["skip_heading", "skip_sample"]
    assert not {one.code for one in report.problems} & {"several_sheets", "hidden_sheet"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_its_sheets_of_legs_and_parcels_are_read_with_the_lines_and_may_stay_empty(
    lang: str,
) -> None:
    assert not examine(filled(lang, road(1)), day=DAY).further
    legs, parcels = [leg(1), leg(2)], [parcel(1), parcel(2)]
    report = examine(filled(lang, road(1, list_count="2"), legs=legs, parcels=parcels), day=DAY)
    assert [(one.kind, one.rows_read, len(one.lines)) for one in report.further] == [
        ("legs", 4, 2),
        ("parcels", 4, 2),
    ]
    assert [set(one.mapping.values()) for one in report.further] == [
        set(SHEETS[kind]) for kind in FURTHER
    ]
    assert not report.problems


def test_every_field_has_its_column_the_short_ones_first() -> None:
    report = examine(filled("zh", road(1)), day=DAY)
    assert set(report.file.mapping.values()) == set(FIELDS)
    short = sum(one.short for one in FIELDS.values())
    assert all(FIELDS[name].short for name in list(report.file.mapping.values())[:short])


def test_numbers_are_typed_as_text_days_as_days_and_choices_are_offered() -> None:
    book = load_workbook(io.BytesIO(template.write()))
    sheet = book.worksheets[0]
    letters = {cell.value.rstrip("*"): cell.column_letter for cell in sheet[1]}
    assert sheet.column_dimensions[letters["报关单号"]].number_format == "@"
    assert sheet.column_dimensions[letters["发车日期"]].number_format == "yyyy-mm-dd"
    offered = {str(rule.sqref).rstrip("0123456789").split("2")[0]: rule.formula1
               for rule in sheet.data_validations.dataValidation}  # fmt: skip
    assert offered[letters["运输方式"]] == '"公路,铁路"'
    assert "CNY" in offered[letters["币制"]]
    assert sheet.freeze_panes == "B2"
    assert all(cell.comment for cell in sheet[1])


def test_the_instructions_tell_of_every_field_and_when_it_is_needed() -> None:
    rows = list(load_workbook(io.BytesIO(template.write())).worksheets[-1].values)
    assert len(rows) == sum(map(len, SHEETS.values())) + 1
    assert needs.need(FIELDS["truck_plate"]) == "必填（运输方式为 公路）"
    assert needs.need(FIELDS["goods_name"]) == "必填（重空标志不是 空）"
    assert needs.need(FIELDS["list_no"], "en").startswith("before applying (Supervision mode: 9610")


def test_the_same_field_table_makes_the_same_bytes_and_its_version_is_in_them() -> None:
    raw = template.write()
    assert raw == template.write()
    book = load_workbook(io.BytesIO(raw))
    assert book.custom_doc_props[template.VERSION].value == template.version()
