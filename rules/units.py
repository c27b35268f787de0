"""Units 计量单位: what a number is of, so that kilometres never become money by mistake.

A unit is a product of powers ("CNY/km" is CNY to 1 and km to -1). Units multiply and are compared;
nothing here knows a number.
"""

from dataclasses import dataclass
from functools import cache

NAMES_ZH = {
    "CNY": "元",
    "km": "公里",
    "FEU": "大箱(FEU)",
    "TEU": "标箱(TEU)",
    "trip": "车次",
    "g": "克",
    "package": "件",
    "USD": "美元",
    "train": "列",
    "year": "年",
    "platform": "个平台",
    "firm": "家企业",
    "person": "人",
}
NAMES_EN = {
    "CNY": "CNY",
    "km": "km",
    "FEU": "FEU",
    "TEU": "TEU",
    "trip": "trip",
    "g": "g",
    "package": "package",
    "USD": "USD",
    "train": "train",
    "year": "year",
    "platform": "platform",
    "firm": "firm",
    "person": "person",
}


class RuleError(Exception):
    """The rule's own source is wrong: units that do not fit, a Python `if` on a column, ..."""


class QuantityOverflow(RuleError):
    """A product could pass what an exact 64-bit column holds; refused rather than wrapped."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of named units, sorted by name; the empty product is a plain number."""

    powers: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        """The unit in English, such as CNY/km."""
        return _spelled(self)[1]

    @property
    def zh(self) -> str:
        """The unit in Chinese, such as 元/公里."""
        return _spelled(self)[0]


PLAIN = Unit()
CNY = Unit((("CNY", 1),))


@cache
def _spelled(unit: Unit) -> tuple[str, str]:
    return _words(unit, NAMES_ZH), _words(unit, NAMES_EN)


def _words(unit: Unit, names: dict[str, str]) -> str:
    """What stands above the line, then what it is divided by."""
    above = "·".join(_power(names[n], e) for n, e in unit.powers if e > 0)
    below = "·".join(_power(names[n], -e) for n, e in unit.powers if e < 0)
    return f"{above or '1'}/{below}" if below else above


def _power(name: str, exponent: int) -> str:
    return name if exponent == 1 else f"{name}^{exponent}"


@cache
def unit(text: str) -> Unit:
    """Read "CNY/km", "CNY/FEU·km", "FEU" or ""; an unknown name raises RuleError."""
    above, _, below = text.partition("/")
    powers: dict[str, int] = {}
    for part, sign in ((above, 1), (below, -1)):
        for name in part.split("·") if part else ():
            powers[name] = powers.get(name, 0) + sign
    for name in powers:
        if name not in NAMES_ZH:
            raise RuleError(f"没有这个计量单位：{name}（unknown unit {name}）")
    return Unit(tuple(sorted((n, e) for n, e in powers.items() if e)))


@cache
def multiply(one: Unit, other: Unit) -> Unit:
    """The unit of a product."""
    powers = dict(one.powers)
    for name, exponent in other.powers:
        powers[name] = powers.get(name, 0) + exponent
    return Unit(tuple(sorted((n, e) for n, e in powers.items() if e)))


def same(one: Unit, other: Unit, what: str) -> None:
    """Raise RuleError unless two units agree; `what` names the step in which they meet."""
    if one != other:
        raise RuleError(
            f"{what}：计量单位不同，{one.zh or '无单位'} 与 {other.zh or '无单位'}"
            f"（{str(one) or 'plain'} against {str(other) or 'plain'}）"
        )
