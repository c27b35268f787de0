"""Dates 日期 and times as people write them, to ISO; what can be read two ways is asked about.

Days are Beijing days: a time with another offset is converted first.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from ingest.fields import Field
from ingest.verdicts import Verdict

BEIJING = timezone(timedelta(hours=8))
FIRST_YEAR = 2011
"""The year of the first China-Europe train; earlier dates are mistypings to ask about."""
YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?=$|[ T]|\d{4}(?:\d{2})?$)")
TIME = re.compile(
    r"[T ]?\s*(\d{1,2})(?:[:时点](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?|(\d{2})(\d{2})?)\s*"
    r"(Z|[+-]\d{2}:?\d{2})?"
)
SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: .*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
EXCEL_ZERO = date(1899, 12, 30)
MONTHS, LAST_DAY = 12, 31


def judge_date(_field: Field, said: str, day: date) -> Verdict:
    """Judge a date; the value is ISO, in Beijing, whatever time of day was written."""
    found = _read(said)
    if isinstance(found, Verdict):
        return found
    when = found[0].date()
    return _bounded(when.isoformat(), when, day)


def judge_time(_field: Field, said: str, day: date) -> Verdict:
    """Judge a time; the value is ISO with Beijing's offset. Without a time of day: a notice."""
    found = _read(said)
    if isinstance(found, Verdict):
        return found
    moment, timed = found
    verdict = _bounded(moment.isoformat(), moment.date(), day)
    return verdict if timed or verdict.code else Verdict(verdict.value, "no_time")


def _bounded(value: str, when: date, day: date) -> Verdict:
    if when > day:
        return Verdict("", "future_date", {"other": day.isoformat()})
    return Verdict(value, "old_date" if when.year < FIRST_YEAR else None)


def _read(said: str) -> tuple[datetime, bool] | Verdict:
    """Return the moment in Beijing, and whether a time of day was written."""
    head = YMD.match(said) or COMPACT.match(said)
    if not head:
        return _unclear(said)
    rest = said[head.end() :].strip()
    clock = TIME.fullmatch(rest) if rest else None
    if rest and not clock:
        return Verdict("", "bad_date")
    try:
        moment = datetime(int(head[1]), int(head[2]), int(head[3]), tzinfo=BEIJING)
        return (_at(moment, clock), True) if clock else (moment, False)
    except (ValueError, OverflowError):
        return Verdict("", "bad_date")


def _at(moment: datetime, clock: re.Match[str]) -> datetime:
    hour, minute, second = clock[1], clock[2] or clock[4] or 0, clock[3] or clock[5] or 0
    at = moment.replace(hour=int(hour), minute=int(minute), second=int(second))
    return at.replace(tzinfo=_zone(clock[6])).astimezone(BEIJING) if clock[6] else at


def _zone(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _unclear(said: str) -> Verdict:
    """Say why a text that does not begin with a whole year is no date, or what to ask."""
    if serial := SERIAL.fullmatch(said):
        when = EXCEL_ZERO + timedelta(days=int(serial[1]))
        return Verdict("", "serial_date", {"expected": when.isoformat()})
    if swapped := DAY_FIRST.fullmatch(said):
        first, second = int(swapped[1]), int(swapped[2])
        plausible = max(first, second) <= LAST_DAY and 1 <= min(first, second) <= MONTHS
        return Verdict("", "ambiguous_date" if plausible else "bad_date")
    return Verdict("", "two_digit_year" if SHORT_YEAR.fullmatch(said) else "bad_date")
