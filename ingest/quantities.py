"""Numbers 数量、重量、金额 read exactly from their text: no floats, and never 0 for nonsense."""

import re
from datetime import date
from decimal import Decimal

from ingest.fields import Field
from ingest.verdicts import Args, Verdict

PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
COMMAS = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*")
WITH_UNIT = re.compile(
    r"(?:[¥￥$€₽£]|[A-Za-zА-я\u4e00-\u9fff]{1,6}\.?)?\s*[+-]?\d[\d,]*(?:\.\d+)?\s*"
    r"(?:[¥￥$€₽£]|[A-Za-zА-я\u4e00-\u9fff][A-Za-zА-я\u4e00-\u9fff0-9]{0,6}\.?)?"
)
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
LONGEST = 100
"""Commas and units are looked for in no longer texts: it takes the square of their length."""
DIGITS = 30
"""Texts of more digits are no quantity of anything."""


def canonical(text: str) -> str:
    """Return a plain decimal without needless zeros: "1500.00" becomes "1500"."""
    number = Decimal(text)
    if number == 0:
        return "0"
    whole = format(number, "f")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def may_be_small(said: str) -> bool:
    """Whether a number is only large if its comma groups: in a column of decimal commas it asks."""
    text = said.replace("，", ",")
    return bool(GROUPED.fullmatch(text)) and text.count(",") == 1 and "." not in text


def judge(one: Field, said: str, _day: date) -> Verdict:
    """Judge a number against the field's bounds and decimals."""
    text = said.replace("，", ",")
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not PLAIN.fullmatch(text) or len(text) > DIGITS:
        return Verdict("", _trouble(said), {"limit": one.max})
    value = canonical(text)
    number = Decimal(value)
    places = len(value.partition(".")[2])
    if one.min is not None and (number < one.min or (one.above_zero and number == one.min)):
        return Verdict("", "too_small", _bound(one))
    if one.type == "integer" and places:
        return Verdict("", "not_whole")
    if places > one.decimals:
        return Verdict("", "too_many_decimals", {"limit": one.decimals})
    if one.max is not None and number > one.max:
        return Verdict("", "too_large", {"limit": one.max})
    return Verdict(value)


def _bound(one: Field) -> Args:
    if one.above_zero:
        return {"bound": f"应大于 {one.min}", "bound_en": f"it must be more than {one.min}"}
    return {"bound": f"应不小于 {one.min}", "bound_en": f"it must be at least {one.min}"}


def _trouble(said: str) -> str:
    if PLAIN.fullmatch(said):
        return "too_large"
    if SCIENTIFIC.fullmatch(said) or len(said) > LONGEST:
        return "not_a_number"
    if COMMAS.fullmatch(said):
        return "ambiguous_number"
    return "unit_in_cell" if WITH_UNIT.fullmatch(said) else "not_a_number"
