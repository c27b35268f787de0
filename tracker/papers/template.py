"""Template 发运明细表模板: the workbook a firm fills, made from the field table. Pure.

The short columns stand first and the others after them in grey; legs and parcels have sheets of
their own, which may stay empty. Numbers of documents are text from the start, so that no leading
zero is lost while typing. The version of the field table is kept in the workbook, out of sight.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from xlsxwriter.worksheet import Worksheet

from ingest import examination, sniff
from ingest.fields import SHEETS, Field, Kind
from tracker.chinese import said
from tracker.errors import mark
from tracker.papers import needs
from tracker.papers.workbook import UNDATED, Book, Column, begin, put, table

ROWS = 2_000
"""Rows below the headings that have drop-downs; the formats hold for the whole column."""
VERSION = "template_version"
VERSION_CHARACTERS = 12
STAR = "*"
LANGUAGES = ("zh", "en")
FORMATS = {"date": "as_day", "time": "as_time", "integer": "plain", "decimal": "plain"}
"""Type of a field -> how its cells look; all others are text."""
SAMPLES: Mapping[Kind, Mapping[str, str]] = {
    "lines": {
        "transport_mode": "公路",
        "direction": "出口",
        "truck_plate": "蒙A00000",
        "origin_place": "呼和浩特",
        "exit_customs": "0705",
        "dest_country": "RU",
        "departure_date": "2025-03-01",
        "border_exit_date": "2025-03-04",
        "supervision_mode": "9610",
        "goods_name": "服装",
        "packages": "120",
        "gross_weight_kg": "18500.5",
    },
    "legs": {
        "leg_no": "1",
        "tractor_plate": "蒙A00000",
        "trailer_plate": "蒙A000挂",
        "from_place": "呼和浩特",
        "to_place": "扎门乌德",
        "depart_at": "2025-03-01 08:30",
        "arrive_at": "2025-03-02 18:00",
        "reload": "甩挂",
    },
    "parcels": {
        "parcel_no": "PK00000000",
        "order_no": "DD00000000",
        "platform_code": "无",
        "goods_name": "服装",
        "quantity": "2",
        "quantity_unit": "件",
        "goods_value": "59.90",
        "currency": "CNY",
    },
}
"""Kind of sheet -> its made-up row; the first cell says that it is one, and the reader skips it."""
NOT_READ = mark("示例 example, not read")
"""How the sample row begins."""
TITLE, GUIDE = mark("Manifest template"), mark("Instructions")
NAMES: Mapping[Kind, str] = {
    "lines": mark("Manifest"),
    "legs": mark("Legs"),
    "parcels": mark("Parcels"),
}
"""Kind of sheet -> what it is called."""
GUIDE_COLUMNS = (
    (mark("Sheet"), 12),
    (mark("Heading"), 24),
    (mark("What belongs in it"), 48),
    (mark("When needed"), 36),
    (mark("Kind"), 26),
    (mark("Longest"), 8),
    (mark("Choices or code list"), 30),
)
"""Heading and width, in characters."""


def version() -> str:
    """The version of the field table: another table, another version."""
    said = repr([tuple(fields.values()) for fields in SHEETS.values()])
    return hashlib.sha256(said.encode()).hexdigest()[:VERSION_CHARACTERS]


def columns(kind: Kind = "lines") -> tuple[Field, ...]:
    """The fields of a sheet in the order of the template: the short ones first."""
    return tuple(sorted(SHEETS[kind].values(), key=lambda one: not one.short))


def heading(one: Field, lang: str = "zh") -> str:
    """The heading of a field; what no row can do without has a star."""
    return one.label(lang) + (STAR if one.need == "take_in" else "")


def write(lang: str = "zh") -> bytes:
    """The template as an .xlsx workbook; the same field table, the same bytes."""
    book = begin(said(TITLE, lang), version(), UNDATED)
    book.file.set_custom_property(VERSION, version())
    for kind, name in NAMES.items():
        _sheet(book, book.file.add_worksheet(said(name, lang)), kind, lang)
    _guide(book, book.file.add_worksheet(said(GUIDE, lang)), lang)
    return book.close()


@cache
def texts() -> frozenset[str]:
    """Every text that stands in the template as it is handed out, in either language."""
    found: set[str] = set()
    for lang in LANGUAGES:
        raw = write(lang)
        for grid in examination.read(raw, sniff.kind(raw)).grids:
            found |= grid.texts()
    return frozenset(found)


def _sheet(book: Book, sheet: Worksheet, kind: Kind, lang: str) -> None:
    sample = SAMPLES[kind]
    any_short = any(one.short for one in columns(kind))
    for number, one in enumerate(columns(kind)):
        text = heading(one, lang)
        look = book.styles[FORMATS.get(one.type, "as_text")]
        sheet.set_column(number, number, 12 if len(text) <= len("货物运输批次号") else 18, look)
        put(
            book,
            sheet,
            0,
            number,
            text,
            "heading" if one.short or not any_short else "heading_more",
        )
        sheet.write_comment(0, number, _note(one, lang), {"x_scale": 1.6})
        if offered := needs.drop_down(one, lang):
            _offer(sheet, number, offered)
        if one.name in sample:
            put(book, sheet, 1, number, sample[one.name], "document")
    put(book, sheet, 1, 0, said(NOT_READ, lang), "document")
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _offer(sheet: Worksheet, column: int, offered: Sequence[str]) -> None:
    """Offer choices; another spelling is only warned about, for the reader knows many."""
    rule = {"validate": "list", "source": list(offered), "error_type": "warning"}
    done = sheet.data_validation(1, column, ROWS, column, rule)
    assert done == 0, f"no drop-down for column {column}"


def _note(one: Field, lang: str) -> str:
    parts = (needs.need(one, lang), one.note(lang), needs.listed(one, lang))
    return "\n".join(filter(None, parts))


def _guide(book: Book, sheet: Worksheet, lang: str) -> None:
    heads = [Column(said(name, lang), width, "text") for name, width in GUIDE_COLUMNS]
    rows = [
        (
            said(name, lang),
            heading(one, lang),
            one.note(lang),
            needs.need(one, lang),
            needs.kind(one, lang),
            str(one.max or ""),
            needs.listed(one, lang),
        )
        for kind, name in NAMES.items()
        for one in columns(kind)
    ]
    table(book, sheet, 0, heads, rows)
    sheet.freeze_panes(1, 0)
