"""Declared 参数声明: the parameters a composed rule declares, as fields of its schema.

A declaration is data: kind, unit, names in two languages, the article it stands in, and a sample
value that must itself be right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from rules.composed.parts import Name, Part, Strict, Text, loaded, many
from rules.composed.wrong import both
from rules.fields import Choice, Day, Decimal, Integer, Money, Number, ParamField, Percent
from rules.tables import Bands, Table, Tiers, Word
from rules.units import RuleError, unit

ROLES = {
    "money": "number",
    "percent": "number",
    "integer": "number",
    "decimal": "number",
    "choice": "choice",
    "day": "day",
    "table": "table",
    "words": "words",
    "tiers": "bands",
    "bands": "bands",
}
"""Kind of a parameter -> what a rule may do with it."""


class UnitText(Part):
    """A unit such as km, CNY/FEU or USD/FEU·km."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        try:
            unit(value if isinstance(value, str) else repr(value))
        except RuleError as wrong:
            raise ValidationError(both(str(wrong), str(wrong))) from wrong
        return str(value)


class Whole(Part):
    """A whole number."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if type(value) is not int or not 0 <= value <= 10**9:
            raise ValidationError(both("应为非负整数", "should be a whole number"))
        return value


class Option(Strict):
    """One word a choice may be."""

    value = Text(40)
    zh = Text(60)
    en = Text(60)


class Options(Part):
    """The words of a choice."""

    def _deserialize(self, value: object, *_: object, **__: object) -> dict[str, tuple[str, str]]:
        made = many(value, lambda one, _deep: loaded(Option(), one), 0, 2)
        return {one["value"]: (one["zh"], one["en"]) for one in made}


class Entry(Part):
    """What stands in a table: a number of some kind."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Number:
        kind = value.get("kind") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(kind, str) or kind not in _NUMBERS:
            known = "、".join(_NUMBERS)
            raise ValidationError(both(f"kind 应为 {known}", f"kind should be one of {known}"))
        keys, make = _NUMBERS[kind]
        shape = {"kind": Text(20), **{key: _KEYS[key]() for key in keys}}
        made = loaded(Strict.from_dict(shape)(), value)
        number = make({key: made[key] for key in keys if made[key] is not None}, {})
        assert isinstance(number, Number)
        return number


_KEYS: dict[str, Callable[[], fields.Field[Any]]] = {
    "per": lambda: UnitText(optional=True),
    "unit": UnitText,
    "decimals": lambda: Whole(optional=True),
    "low": lambda: Whole(optional=True),
    "high": lambda: Whole(optional=True),
    "options": Options,
    "by": Name,
    "of": Entry,
    "on": UnitText,
    "word": Name,
}
"""The keys of a declaration and how each is read."""

Made = Callable[[dict[str, Any], dict[str, Any]], ParamField]

_NUMBERS: dict[str, tuple[tuple[str, ...], Made]] = {
    "money": (("per",), lambda of, names: Money(**of, **names)),
    "percent": (
        ("low", "high"),
        lambda of, names: Percent(**{k: str(v) for k, v in of.items()}, **names),
    ),
    "integer": (
        ("unit", "low", "high"),
        lambda of, names: Integer(of=of.pop("unit"), **of, **names),
    ),
    "decimal": (("unit", "decimals"), lambda of, names: Decimal(of=of.pop("unit"), **of, **names)),
}
KINDS: dict[str, tuple[tuple[str, ...], Made]] = {
    **_NUMBERS,
    "choice": (("options",), lambda of, names: Choice(**of, **names)),
    "day": ((), lambda _of, names: Day(**names)),
    "table": (("by", "of"), lambda of, names: Table(**of, **names)),
    "words": (("by", "word"), lambda of, names: Table(by=of["by"], of=Word(of["word"]), **names)),
    "tiers": (("on",), lambda of, names: Tiers(**of, **names)),
    "bands": (("on", "of"), lambda of, names: Bands(**of, **names)),
}
"""The kinds of parameters: their own keys, and what they make."""


@dataclass(frozen=True)
class Declared:
    """One parameter of a composed rule."""

    name: str
    kind: str
    field: ParamField
    sample: Any

    @property
    def role(self) -> str:
        """What a rule may do with it."""
        return ROLES[self.kind]


class Sample(Part):
    """The sample value: judged by the parameter's own schema."""

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        return value


def declared(value: object, _deep: int = 0) -> Declared:
    """Read one declaration; ValidationError with every problem of it."""
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(kind, str) or kind not in KINDS:
        known = "、".join(KINDS)
        raise ValidationError({"kind": [both(f"应为以下之一：{known}", f"one of: {known}")]})
    keys, make = KINDS[kind]
    shape: dict[str, fields.Field[Any]] = {
        "name": Name(),
        "kind": Text(20),
        "zh": Text(60),
        "en": Text(80),
        "article": Text(40, optional=True),
        "sample": Sample(),
    }
    own = {key: _KEYS[key]() for key in keys}
    made = loaded(Strict.from_dict({**shape, **own})(), value)
    names = {"doc": made["zh"], "en": made["en"], "article": made["article"] or ""}
    given = {key: made[key] for key in keys if made[key] is not None}
    return Declared(made["name"], kind, make(given, names), made["sample"])
