"""Needs 填写要求: what the field table asks of a column, in words of Chinese or English. Pure.

The template, its sheet of instructions and the documentation page say it with the same words.
"""

from ingest import codes
from ingest.fields import EVERY, Field
from tracker.chinese import said
from tracker.errors import mark

NEEDS = {
    "take_in": mark("required"),
    "apply": mark("before applying"),
    "optional": mark("may stay blank"),
}
TYPES = {
    "text": mark("text"),
    "document": mark("document number (as text)"),
    "plain": mark("number (as text)"),
    "plate": mark("plate (as text)"),
    "container": mark("container number (as text)"),
    "list": mark("one or several, by semicolons"),
    "code": mark("code or name"),
    "enum": mark("one of"),
    "date": mark("day"),
    "time": mark("day and time"),
    "integer": mark("whole number"),
    "decimal": mark("number"),
}
LISTS = {
    "container_types": mark("codes of container types"),
    "countries": mark("codes of countries"),
    "currencies": mark("codes of currencies"),
    "customs": mark("codes of customs offices"),
    "packages": mark("codes of kinds of packages"),
    "supervision_modes": mark("codes of supervision modes"),
}
IS, IS_NOT, BLANK = (
    mark("%(label)s: %(values)s"),
    mark("%(label)s: not %(values)s"),
    mark("%(label)s blank"),
)
"""How a condition is said."""
WITH_CONDITIONS = mark("%(need)s (%(conditions)s)")
BETWEEN, AND = {"zh": "、", "en": ", "}, {"zh": "，", "en": "; "}
"""Between values, and between conditions."""
INLINE = 255
"""Characters that the list of a drop-down may have."""


def need(one: Field, lang: str = "zh") -> str:
    """When the field is needed: “必填（运输方式为 公路）”."""
    how = said(NEEDS[one.need], lang)
    if not one.when:
        return how
    conditions = [_condition(EVERY[name], values, lang) for name, values in one.when.items()]
    return said(WITH_CONDITIONS, lang, need=how, conditions=AND[lang].join(conditions))


def kind(one: Field, lang: str = "zh") -> str:
    """What a cell of the field holds."""
    return said(TYPES[one.type], lang)


def choices(one: Field, lang: str = "zh") -> tuple[str, ...]:
    """The choices of an enum, as one would write them."""
    return tuple(_written(one, value, lang) for value in one.values)


def listed(one: Field, lang: str = "zh") -> str:
    """The choices of an enum, or the code list, in words; blank for anything else."""
    if one.codes:
        return said(LISTS[one.codes], lang)
    return BETWEEN[lang].join(choices(one, lang))


def drop_down(one: Field, lang: str = "zh") -> tuple[str, ...]:
    """What a drop-down offers: the choices of an enum, the codes of a list that is small enough."""
    offered = tuple(codes.load(one.codes).rows) if one.codes else choices(one, lang)
    return offered if len(",".join(offered)) <= INLINE else ()


def _condition(one: Field, values: tuple[str, ...], lang: str) -> str:
    label = one.label(lang)
    if values == ("",):
        return said(BLANK, lang, label=label)
    written = BETWEEN[lang].join(_written(one, value.lstrip("!"), lang) for value in values)
    return said(IS_NOT if values[0].startswith("!") else IS, lang, label=label, values=written)


def _written(one: Field, value: str, lang: str) -> str:
    """A canonical value as people write it: its first spelling in Chinese, itself in English."""
    spellings = one.values.get(value)
    return spellings[0] if spellings and lang == "zh" else value
