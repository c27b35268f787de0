"""Matter form 事项表单: a field for each fact that a rule asks for, read back to the last unit.

Nothing here knows a rule. Numbers are typed as people say them, yuan with fen, and kept as the
whole numbers that a rule takes; a blank is unknown, never zero.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from rules import hint_words
from rules.hint_words import UNITS
from rules.lines import code_words, decimal_text
from rules.periods import PERIOD_FACTS
from rules.subject import Fact
from tracker.web.asked import clean
from tracker.web.filters import NOTHING, tongue

PREFIX = "f."
"""Before the names of fields, so that a fact never meets another field of the form."""
NUMBER = re.compile(r"(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,5})(?:\.(\d{1,4}))?")
TYPED_LENGTH = 40
YES, NO = "1", "0"


@dataclass(frozen=True)
class Field:
    """One fact as the form asks for it."""

    name: str
    kind: str
    """``whole``, ``flag`` or ``text``."""
    label: str
    hint: str
    value: str
    error: str
    options: tuple[tuple[str, str], ...] = ()


def fields(
    names: Iterable[str],
    values: Mapping[str, Any],
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Field]:
    """The form with what is stated in it; with what was typed instead where that did not do."""
    return [
        Field(
            name=PREFIX + name,
            kind=fact.kind,
            label=label(name),
            hint=_hint(fact),
            value=typed[name] if typed is not None else as_typed(fact, values.get(name)),
            error=(errors or {}).get(name, ""),
            options=_options(fact),
        )
        for name in names
        for fact in [PERIOD_FACTS[name]]
    ]


def read(
    names: Iterable[str], form: MultiDict[str, str]
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """What the form means by each fact (None: unknown), what was typed, and what is wrong."""
    values: dict[str, Any] = {}
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in names:
        fact = PERIOD_FACTS[name]
        typed[name] = clean(form.get(PREFIX + name, ""), TYPED_LENGTH)
        try:
            values[name] = READERS[fact.kind](fact, typed[name]) if typed[name] else None
        except ValueError as wrong:
            errors[name] = str(wrong)
    return values, typed, errors


def label(name: str) -> str:
    """What a fact is called."""
    fact = PERIOD_FACTS[name]
    return fact.en if tongue() == "en" else fact.zh


def shown(name: str, value: Any) -> str:  # noqa: ANN401  any fact
    """A fact's value as people read it, with its unit."""
    if value is None:
        return NOTHING
    return hint_words.shown(PERIOD_FACTS[name], value)[tongue() == "en"]


def as_typed(fact: Fact, value: Any) -> str:  # noqa: ANN401  any fact
    """A value as it would be typed."""
    if value is None:
        return ""
    if fact.kind == "flag":
        return YES if value else NO
    if fact.kind != "whole":
        return str(value)
    return _decimals(int(value), _den(fact))


def _decimals(value: int, den: int) -> str:
    digits = math.ceil(math.log10(den))
    return decimal_text(Fraction(value, den), digits, digits)


def _den(fact: Fact) -> int:
    return UNITS[fact.unit][0] if fact.unit in UNITS else 1


def _unit(fact: Fact) -> str:
    _, zh, en = UNITS.get(fact.unit, (1, "", ""))
    return en if tongue() == "en" else zh


def _hint(fact: Fact) -> str:
    return gettext("unit: %(unit)s", unit=_unit(fact)) if _unit(fact) else ""


def _options(fact: Fact) -> tuple[tuple[str, str], ...]:
    if fact.kind == "flag":
        return ((YES, gettext("yes")), (NO, gettext("no")))
    return tuple((one, code_words(one)[tongue() == "en"]) for one in fact.choices)


def read_whole(fact: Fact, text: str) -> int:
    """The whole number of a fact's own unit that a text means; raises ``ValueError`` in words."""
    plain = unicodedata.normalize("NFKC", text).removesuffix(_unit(fact)).strip()
    den = _den(fact)
    if NUMBER.fullmatch(plain) is None:
        raise ValueError(gettext("“%(text)s” is no number.", text=text))
    value = Fraction(plain.replace(",", "")) * den
    if value.denominator != 1:
        finest, unit = _decimals(1, den), _unit(fact)
        told = gettext("At most to %(finest)s %(unit)s.", finest=finest, unit=unit)
        raise ValueError(told)
    if value > fact.high:
        raise ValueError(gettext("That is more than there can be."))
    return int(value)


def _flag(_fact: Fact, text: str) -> bool:
    if text not in {YES, NO}:
        raise ValueError(gettext("Choose one of the list."))
    return text == YES


def _text(fact: Fact, text: str) -> str:
    if fact.choices and text not in fact.choices:
        raise ValueError(gettext("Choose one of the list."))
    return text


READERS: Mapping[str, Callable[[Fact, str], Any]] = {
    "whole": read_whole,
    "flag": _flag,
    "text": _text,
}
"""Kind of a fact -> what reads the text typed for it; raises ``ValueError`` in words."""
