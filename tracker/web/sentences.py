"""Sentences 办法条文: the numbers of a method read back as sentences, to lay beside the document.

The text of a number stays as it was recorded; only commas of thousands are put in for the eye.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from flask_babel import gettext

from rules.lines import code_words
from tracker.errors import mark
from tracker.web.filters import territory, tongue

COUNTED: dict[str, str] = {
    "trip": mark("trip"),
    "FEU": mark("40-foot box"),
    "TEU": mark("20-foot box"),
}
"""What tiers run on -> msgid."""

Value = Any  # any JSON value of a parameter
Two = tuple[str, str]
"""Words in Chinese and English."""


@dataclass(frozen=True)
class Sentence:
    """One parameter in words, with the article it stands in (none where every method states it)."""

    article: str
    text: str


def sentences(
    params: Mapping[str, Value], described: Sequence[Mapping[str, Any]]
) -> list[Sentence]:
    """The parameters as sentences, in the order of the rule; strange ones as they stand, last."""
    known = [field for field in described if field["name"] in params]
    said = [
        Sentence(str(field["article"]), SAYERS[field["kind"]](field, params[field["name"]]))
        for field in known
    ]
    strange = sorted(set(params) - {field["name"] for field in known})
    return [*said, *(Sentence("", _pair(name, str(params[name]))) for name in strange)]


@dataclass(frozen=True)
class Change:
    """One parameter that is said otherwise in two versions; nothing where one does not have it."""

    article: str
    before: str
    after: str


def changes(
    before: Mapping[str, Value],
    before_described: Sequence[Mapping[str, Any]],
    after: Mapping[str, Value],
    after_described: Sequence[Mapping[str, Any]],
) -> list[Change]:
    """What two versions say otherwise, parameter by parameter, in the order of the later one."""
    old, new = _by_name(before, before_described), _by_name(after, after_described)
    nothing = Sentence("", "")
    pairs = [(old.get(name, nothing), new.get(name, nothing)) for name in {**new, **old}]
    return [
        Change(later.article or earlier.article, earlier.text, later.text)
        for earlier, later in pairs
        if earlier.text != later.text
    ]


def reworded(before: Sequence[Two], after: Sequence[Two]) -> list[Change]:
    """Which articles of a composed rule read otherwise in its later version, side by side."""
    old, new = ([pair[tongue() == "en"] for pair in one] for one in (before, after))
    found: list[Change] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [Change("", *pair) for pair in zip_longest(old[i:j], new[k:m], fillvalue="")]
    return found


def _by_name(
    params: Mapping[str, Value], described: Sequence[Mapping[str, Any]]
) -> dict[str, Sentence]:
    names = [str(field["name"]) for field in described if field["name"] in params]
    names += sorted(set(params) - set(names))
    return dict(zip(names, sentences(params, described), strict=True))


def name_of(field: Mapping[str, Any]) -> str:
    """What a parameter is called, in the language of the page."""
    return str(field["en"] if tongue() == "en" else field["doc"])


def unit_of(field: Mapping[str, Any]) -> str:
    """The unit of a parameter, in the language of the page."""
    return str(field["unit_en"] if tongue() == "en" else field["unit"])


def option_of(option: Mapping[str, Any]) -> str:
    """What one choice means, in the language of the page."""
    return str(option["en"] if tongue() == "en" else option["zh"])


def key_of(field: Mapping[str, Any], key: str) -> str:
    """A key of a table in words: a country, a direction, a mode, where a band begins, itself."""
    if field["by"] == "destination_country":
        return territory(key)
    if "by_en" in field:
        return f"{by_of(field)} {amount(key)}"
    zh, en = code_words(key)
    return en if tongue() == "en" else zh


def by_of(field: Mapping[str, Any]) -> str:
    """What a table of bands is by, in the language of the page."""
    return str(field["by_en"] if tongue() == "en" else field["by"])


def amount(text: str) -> str:
    """A number as text with commas of thousands; what is no plain number stays as it is."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isascii() and whole.isdigit() else text


def _number(field: Mapping[str, Any], value: Value) -> str:
    return _pair(name_of(field), _with_unit(field, str(value)))


def _choice(field: Mapping[str, Any], value: Value) -> str:
    words = {option["value"]: option_of(option) for option in field["options"]}
    return _pair(name_of(field), words.get(value, str(value)))


def _table(field: Mapping[str, Any], value: Value) -> str:
    told = [f"{key_of(field, key)} {_with_unit(field, str(entry))}" for key, entry in value.items()]
    return _pair(name_of(field), _listed(told))


def _tiers(field: Mapping[str, Any], value: Value) -> str:
    counted = gettext(COUNTED.get(str(field["on"]), str(field["on"])))
    told = [
        gettext(
            "from %(counted)s no. %(number)s on %(percent)s%%",
            counted=counted,
            number=amount(str(rung["from"])),
            percent=rung["percent"],
        )
        for rung in value
    ]
    return _pair(name_of(field), _listed(told))


def _with_unit(field: Mapping[str, Any], text: str) -> str:
    unit = unit_of(field)
    if unit == "%":
        return f"{text.removesuffix('%')}%"
    return f"{amount(text)} {unit}".rstrip()


def _listed(parts: Sequence[str]) -> str:
    return ("; " if tongue() == "en" else "；").join(parts)


def _pair(name: str, value: str) -> str:
    return str(gettext("%(name)s: %(value)s.", name=name, value=value))


SAYERS: dict[str, Callable[[Mapping[str, Any], Value], str]] = {
    "money": _number,
    "percent": _number,
    "integer": _number,
    "decimal": _number,
    "day": _number,
    "choice": _choice,
    "table": _table,
    "tiers": _tiers,
}
"""Kind of a parameter -> how it is said."""
