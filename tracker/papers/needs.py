"""Needs 填写要求: what the field table asks of a column, in words of Chinese or English. Pure.

The template, its sheet of instructions and the documentation page say it with the same words.
"""

from collections.abc import Mapping

from ingest import codes
from ingest.fields import FIELDS, Field

NEEDS: Mapping[str, Mapping[str, str]] = {
    "zh": {"take_in": "必填", "apply": "申报前补齐", "optional": "可不填"},
    "en": {"take_in": "required", "apply": "before applying", "optional": "optional"},
}
TYPES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "text": "文字",
        "document": "单证号（文本）",
        "plain": "编号（文本）",
        "plate": "车牌（文本）",
        "container": "箱号（文本）",
        "list": "一个或几个，用分号隔开",
        "code": "代码或名称",
        "enum": "选一个",
        "date": "日期",
        "time": "日期和时刻",
        "integer": "整数",
        "decimal": "数字",
    },
    "en": {
        "text": "text",
        "document": "document number (as text)",
        "plain": "number (as text)",
        "plate": "plate (as text)",
        "container": "container number (as text)",
        "list": "one or several, by semicolons",
        "code": "code or name",
        "enum": "one of",
        "date": "day",
        "time": "day and time",
        "integer": "whole number",
        "decimal": "number",
    },
}
LISTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "container_types": "箱型代码",
        "countries": "国家（地区）代码",
        "currencies": "币制代码",
        "customs": "关区代码",
        "packages": "包装种类代码",
        "supervision_modes": "监管方式代码",
    },
    "en": {
        "container_types": "container types",
        "countries": "countries",
        "currencies": "currencies",
        "customs": "customs offices",
        "packages": "kinds of packages",
        "supervision_modes": "supervision modes",
    },
}
SIGNS: Mapping[str, tuple[str, str, str, str, str]] = {
    "zh": ("{label}为 {values}", "{label}不是 {values}", "{label}为空", "、", "，"),
    "en": ("{label}: {values}", "{label}: not {values}", "{label} blank", ", ", "; "),
}
"""How a condition is said: is, is not, is blank; between values, between conditions."""
INLINE = 255
"""Characters that the list of a drop-down may have."""


def need(one: Field, lang: str = "zh") -> str:
    """When the field is needed: “必填（运输方式为 公路）”."""
    said = NEEDS[lang][one.need]
    if not one.when:
        return said
    conditions = [_condition(FIELDS[name], values, lang) for name, values in one.when.items()]
    inside = SIGNS[lang][4].join(conditions)
    return f"{said}（{inside}）" if lang == "zh" else f"{said} ({inside})"


def kind(one: Field, lang: str = "zh") -> str:
    """What a cell of the field holds."""
    return TYPES[lang][one.type]


def choices(one: Field, lang: str = "zh") -> tuple[str, ...]:
    """The choices of an enum, as one would write them."""
    return tuple(_written(one, value, lang) for value in one.values)


def listed(one: Field, lang: str = "zh") -> str:
    """The choices of an enum, or the code list, in words; blank for anything else."""
    if one.codes:
        return LISTS[lang][one.codes]
    return SIGNS[lang][3].join(choices(one, lang))


def drop_down(one: Field, lang: str = "zh") -> tuple[str, ...]:
    """What a drop-down offers: the choices of an enum, the codes of a list that is small enough."""
    offered = tuple(codes.load(one.codes).rows) if one.codes else choices(one, lang)
    return offered if len(",".join(offered)) <= INLINE else ()


def _condition(one: Field, values: tuple[str, ...], lang: str) -> str:
    is_, is_not, blank, between, _ = SIGNS[lang]
    if values == ("",):
        return blank.format(label=one.label(lang))
    said = between.join(_written(one, value.lstrip("!"), lang) for value in values)
    pattern = is_not if values[0].startswith("!") else is_
    return pattern.format(label=one.label(lang), values=said)


def _written(one: Field, value: str, lang: str) -> str:
    """A canonical value as people write it: its first spelling in Chinese, itself in English."""
    spellings = one.values.get(value)
    return spellings[0] if spellings and lang == "zh" else value
