"""Parts 成分的写法: how factors, texts and conditions are written, as a schema.

A factor is a name or one of a few small objects; which one, its keys say. Floats and unknown keys
are refused, nesting and length are bounded, so that a definition is small and computing it is fast
by construction.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from rules.composed.conditions import (
    SIGNS,
    Between,
    Compared,
    Flag,
    Listed,
    Nothing,
    OneOf,
    Opposite,
    Several,
)
from rules.composed.nodes import BandAt, Either, Index, Named, Node, Product, Share, TableAt
from rules.composed.wrong import both

NAME = r"[a-z][a-z0-9_]{0,39}"
MOST = 12
"""Factors of a product, conditions joined, words listed."""
DEEP = 6
"""How deep forms may stand inside each other."""
SHARES = {"ecommerce_share": Share(as_stated=False), "share_as_stated": Share(as_stated=True)}
ERRORS: dict[str, Any] = {
    "required": both("缺少这一项，请补上", "this is missing; add it"),
    "null": both("不能为空，请填写", "this is empty; fill it in"),
    "type": both("应为对象（键和值）", "should be an object of keys and values"),
    "unknown": both("没有这一项，请删去或改正拼写", "there is no such key; remove or correct it"),
    "validator_failed": both("数值不对", "not a right value"),
}


class Strict(Schema):
    """An object whose keys are all known."""

    error_messages = ERRORS


def loaded(schema: Schema, value: object) -> dict[str, Any]:
    """What a schema makes of an object; ValidationError for anything else."""
    if not isinstance(value, Mapping):
        raise ValidationError(ERRORS["type"])
    made: dict[str, Any] = schema.load(dict(value))
    return made


class Part(fields.Field[Any]):
    """A field with messages in two languages."""

    default_error_messages = ERRORS

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__(
            required=not optional, load_default=None
        ) if optional else super().__init__(required=True)


class Text(Part):
    """Words for people: 1 to `most` characters."""

    def __init__(self, most: int = 200, *, optional: bool = False) -> None:
        super().__init__(optional=optional)
        self.most = most

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= self.most:
            raise ValidationError(
                both(f"应为 1 至 {self.most} 个字", f"should be 1 to {self.most} characters")
            )
        return value


class Name(Part):
    """A name of a fact, a parameter or a counter."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        return a_name(value)


class Yes(Part):
    """True or false."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(both("应为 true 或 false", "should be true or false"))
        return value


class Many(Part):
    """A list of `least` to `most` of something."""

    def __init__(
        self, one: Callable[[object, int], Any], *, least: int = 1, most: int = MOST
    ) -> None:
        super().__init__()
        self.one, self.least, self.most = one, least, most

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Any, ...]:
        return many(value, self.one, 0, self.least, self.most)


class Form(Part):
    """A part that one function reads."""

    def __init__(self, read: Callable[[object, int], Any]) -> None:
        super().__init__()
        self.read = read

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        return self.read(value, 0)


def a_name(value: object, _deep: int = 0) -> str:
    """A name, or ValidationError."""
    if not isinstance(value, str) or not re.fullmatch(NAME, value):
        raise ValidationError(
            both("应为名称（小写字母、数字和下划线）", "should be a name in lower snake case")
        )
    return value


def a_word(value: object, _deep: int = 0) -> str:
    """A word a text may be, or ValidationError."""
    if not isinstance(value, str) or not re.fullmatch(r"\S{1,30}", value):
        raise ValidationError(both("应为 1 至 30 个字，不含空格", "should be a word of 1 to 30"))
    return value


def many(
    value: object,
    one: Callable[[object, int], Any],
    deep: int,
    least: int = 1,
    most: int = MOST,
) -> tuple[Any, ...]:
    """Each of a list read by `one`, every problem under its place in it."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise ValidationError(
            both(f"应为 {least} 至 {most} 项的列表", f"should be a list of {least} to {most}")
        )
    made: list[Any] = []
    problems: dict[int, Any] = {}
    for place, item in enumerate(value):
        try:
            made.append(one(item, deep))
        except ValidationError as wrong:
            problems[place] = wrong.messages
    if problems:
        raise ValidationError(problems)
    return tuple(made)


def product(value: object, deep: int = 0) -> Product:
    """A list of factors; one of them at least always counts."""
    factors = many(value, factor, deep)
    if all(one == SHARES["share_as_stated"] for one in factors):
        raise ValidationError(
            both("占比之外还须有别的因数", "there must be a factor besides the share")
        )
    return Product(factors)


def factor(value: object, deep: int = 0) -> Node:
    """A name, the share, or a table, bands or choice."""
    if isinstance(value, str):
        return SHARES.get(value) or Named(a_name(value))
    made: Node = _formed(value, _FACTORS, deep)
    return made


def number(value: object, deep: int = 0) -> Node:
    """A factor that always is a number: not the share that may count for nothing."""
    if value == "share_as_stated":
        raise ValidationError(
            both("此处请用“跨境电商占比”", "take ecommerce_share here, which always counts")
        )
    return factor(value, deep)


def index(value: object, deep: int = 0) -> Index:
    """A text: the name of a fact, "year", or {"table": ..., "by": ...} for a table of words."""
    if isinstance(value, str):
        return Index(a_name(value))
    made: Index = _formed(value, _TEXTS, deep)
    return made


def condition(value: object, deep: int = 0) -> Node:
    """One of the forms a condition may take."""
    made: Node = _formed(value, _CONDITIONS, deep)
    return made


def _formed(value: object, forms: "Forms", deep: int) -> Any:  # noqa: ANN401  a node
    if isinstance(value, float):
        raise ValidationError(
            both(
                "浮点数不精确：请声明一个参数，在此写它的名称",
                "a float is not exact: declare a parameter and write its name here",
            )
        )
    if not isinstance(value, Mapping) or deep > DEEP:
        known = " / ".join("+".join(keys) for keys in forms)
        raise ValidationError(
            both(f"应为名称或以下写法之一：{known}", f"should be a name or one of: {known}")
        )
    for keys, (readers, make) in forms.items():
        if keys[0] in value:
            read = _read(value, dict(zip(keys, readers, strict=True)), deep + 1)
            return make(*(read[key] for key in keys))
    known = " / ".join("+".join(keys) for keys in forms)
    raise ValidationError(
        both(f"认不出这种写法，可用：{known}", f"no such form; there are: {known}")
    )


def _read(
    value: Mapping[str, object], readers: Mapping[str, Callable[[object, int], Any]], deep: int
) -> dict[str, Any]:
    problems: dict[str, Any] = {key: [ERRORS["unknown"]] for key in value if key not in readers}
    made: dict[str, Any] = {}
    for key, read in readers.items():
        if key not in value:
            problems[key] = [ERRORS["required"]]
            continue
        try:
            made[key] = read(value[key], deep)
        except ValidationError as wrong:
            problems[key] = wrong.messages
    if problems:
        raise ValidationError(problems)
    return made


def _words(value: object, deep: int) -> tuple[str, ...]:
    return many(value, a_word, deep)


def _conditions(value: object, deep: int) -> tuple[Node, ...]:
    return many(value, condition, deep, 2)


def _days(value: object, deep: int) -> tuple[str, str]:
    days = many(value, a_name, deep, 2)
    if len(days) != len(("first", "last")):
        raise ValidationError(both("应为两个日期参数", "should be two day parameters"))
    return days[0], days[1]


def _sign(value: object, _deep: int) -> str:
    if not isinstance(value, str) or value not in SIGNS:
        known = " ".join(SIGNS)
        raise ValidationError(both(f"应为 {known} 之一", f"should be one of {known}"))
    return value


Forms = Mapping[
    tuple[str, ...], tuple[tuple[Callable[[object, int], Any], ...], Callable[..., Any]]
]

_TEXTS: Forms = {("table", "by"): ((a_name, index), Index)}
_FACTORS: Forms = {
    ("table", "by"): ((a_name, index), TableAt),
    ("band", "at"): ((a_name, number), BandAt),
    ("if", "then", "else"): ((condition, product, product), Either),
}
_CONDITIONS: Forms = {
    ("text", "in"): ((index, _words), OneOf),
    ("flag",): ((a_name,), Flag),
    ("not",): ((condition,), Opposite),
    ("all",): ((_conditions,), lambda of: Several(of, every=True)),
    ("any",): ((_conditions,), lambda of: Several(of, every=False)),
    ("left", "is", "right"): ((product, _sign, product), Compared),
    ("listed", "by"): ((a_name, index), Listed),
    ("none",): ((number,), Nothing),
    ("between",): ((_days,), lambda days: Between(*days)),
}
"""The forms of conditions: their keys, how each is read, and what they make of them in order."""
