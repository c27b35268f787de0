"""Ways to read a cell 读法表: one table, problem code -> readings, each a pure function of a text.

A function answers with the cell as it would have been plainly written, or None where the reading
cannot be meant: such a cell is asked about as before.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl

from ingest import clean, codes, days, quantities
from ingest.fields import Field
from ingest.verdicts import Verdict

Read = Callable[[str, Field, date], str | None]
SCALED = "tonnes"
"""The one doubt that is about every number of a column."""
EXCEL_1904 = date(1904, 1, 1)
DAY_SECONDS = 86_400
NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?"
KILOGRAMS = r"(?:kgs?|公斤|千克)\.?"
TONNES = re.compile(rf"({NUMBER})\s*(?:吨|噸|tonn?e?s?|t|mt)\.?", re.IGNORECASE)
YUAN = r"(?:¥|元|人民币|cny|rmb)"
UNITS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?:{before}\s*)?({NUMBER})\s*(?:{after})?", re.IGNORECASE)
    for name, before, after in (
        ("gross_weight_kg", "(?!)", KILOGRAMS),
        ("net_weight_kg", "(?!)", KILOGRAMS),
        ("volume_m3", "(?!)", "m3|cbm|立方米|立方|方"),
        ("packages", "(?!)", "件|箱|包|袋|票|个|pcs|ctns?|pkgs?"),
        ("list_count", "(?!)", "票|份|单"),
        ("goods_value", YUAN, YUAN),
        ("freight", YUAN, YUAN),
    )
}
"""Units that say what the heading says anyway, by field."""
COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. ']\d{3})+|\d+)(?:,\d+)?")
POINT = re.compile(r"[+-]?\d{1,3}(?:[, ']\d{2,3})*[, ']\d{3}(?:\.\d+)?")
LONGEST = 24
"""Longer numbers would be rounded by arithmetic; nothing weighs as much."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the cells that have a problem, and how it is called."""

    value: str
    zh: str
    en: str
    read: Read


def _padded(said: str, one: Field, _day: date) -> str | None:
    if one.name == "hs_code":
        return "0" + re.sub(r"[\s.]", "", said)
    return codes.load(one.codes or "").padded(codes.fold(said))


def _ordered(day: int, month: int) -> Read:
    """Read a date whose year comes last, with day and month at these places."""

    def read(said: str, _one: Field, _day: date) -> str | None:
        found = days.DAY_FIRST.fullmatch(said)
        if not found or int(found[month]) > days.MONTHS:
            return None
        return f"{found[3]}-{found[month]}-{found[day]}{said[found.end(3) :]}"

    return read


def _this_century(said: str, _one: Field, _day: date) -> str | None:
    return "20" + said if days.SHORT_YEAR.fullmatch(said) else None


def _serial(first: date) -> Read:
    """Read a spreadsheet's number of a day, counted from this one."""

    def read(said: str, one: Field, _day: date) -> str | None:
        whole, _, part = said.partition(".")
        if not days.SERIAL.fullmatch(said):
            return None
        moment = datetime.combine(first + timedelta(days=int(whole)), time())
        if one.type == "time" and part:
            moment += timedelta(seconds=round(Decimal(f"0.{part}") * DAY_SECONDS))
            return moment.isoformat(sep=" ")
        return moment.date().isoformat()

    return read


def _decimal_comma(said: str, _one: Field, _day: date) -> str | None:
    if not COMMA.fullmatch(said):
        return None
    return re.sub(r"[. ']", "", said).replace(",", ".")


def _decimal_point(said: str, _one: Field, _day: date) -> str | None:
    return re.sub(r"[, ']", "", said) if POINT.fullmatch(said) else None


def _without_unit(said: str, one: Field, _day: date) -> str | None:
    pattern = UNITS.get(one.name)
    found = pattern.fullmatch(said) if pattern else None
    return found[1] if found else None


def _tonnes_in_cell(said: str, one: Field, day: date) -> str | None:
    found = TONNES.fullmatch(said) if one.name.endswith("_kg") else None
    return _thousandfold(found[1], one, day) if found else None


def _thousandfold(said: str, _one: Field, _day: date) -> str | None:
    """Return a plain number a thousand times, exactly."""
    text = said.replace(",", "") if quantities.GROUPED.fullmatch(said) else said
    if not quantities.PLAIN.fullmatch(text) or len(text) > LONGEST:
        return None
    return quantities.canonical(format(Decimal(text) * 1000, "f"))


def _same(said: str, _one: Field, _day: date) -> str | None:
    return said


def _mode(modes: Mapping[str, str]) -> Read:
    return lambda said, _one, _day: modes.get(codes.fold(said))


INTERNATIONAL = _mode({"2": "RAIL", "3": "ROAD"})
READINGS: Mapping[str, tuple[Reading, ...]] = {
    "leading_zero": (Reading("restore", "补上前导零", "the leading zero is restored", _padded),),
    "ambiguous_date": (
        Reading("day_first", "日在前（日/月/年）", "day first (day/month/year)", _ordered(1, 2)),
        Reading(
            "month_first", "月在前（月/日/年）", "month first (month/day/year)", _ordered(2, 1)
        ),
    ),
    "two_digit_year": (
        Reading("this_century", "年在前，20xx 年", "year first, of this century", _this_century),
    ),
    "serial_date": (
        Reading(
            "excel_1900", "Excel 日期序号", "Excel's number of a day", _serial(days.EXCEL_ZERO)
        ),
        Reading(
            "excel_1904",
            "1904 年起算的日期序号（旧版苹果电脑）",
            "a number of days since 1904 (old Macs)",
            _serial(EXCEL_1904),
        ),
    ),
    "ambiguous_number": (
        Reading("decimal_comma", "逗号是小数点", "the comma is the decimal sign", _decimal_comma),
        Reading("decimal_point", "逗号是千分位", "the comma groups thousands", _decimal_point),
    ),
    "unit_in_cell": (
        Reading("drop", "去掉单位，数字不变", "the number without its unit", _without_unit),
        Reading("tonnes", "吨换算成公斤", "tonnes, in kilograms", _tonnes_in_cell),
    ),
    "mode_three": (
        Reading("customs", "海关代码，铁路", "the customs code: rail", _mode({"3": "RAIL"})),
        Reading("international", "国际代码，公路", "the international code: road", INTERNATIONAL),
    ),
    "mode_number": (
        Reading("international", "国际代码，铁路", "the international code: rail", INTERNATIONAL),
    ),
    SCALED: (
        Reading("tonnes", "单位是吨，换算成公斤", "tonnes, in kilograms", _thousandfold),
        Reading("kilograms", "单位其实是公斤，数字不变", "kilograms, as they stand", _same),
    ),
}
"""How the cells with a problem may be read, by the problem's code."""


def scaled(
    whole: Reading,
    cells: pl.Series,
    odd: Mapping[str, Verdict],
    written: Mapping[str, str],
    one: Field,
    day: date,
) -> dict[str, str]:
    """Read every number of a column in the unit of its heading; a cell's own unit goes before."""
    found: dict[str, str] = {}
    for text in cells.drop_nulls().unique().to_list():
        verdict = odd.get(text)
        if verdict is None or verdict.code != "unit_in_cell":
            new = whole.read(written.get(text, clean.tidy(text)), one, day)
            if new:
                found[text] = new
    return found
