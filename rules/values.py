"""Values 参数值: the numbers of a method after loading, exact, with their units and names.

What the schema in `rules.params` makes of JSON and both back ends read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rules.units import Unit

Two = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Exact:
    """One exact number with its unit and names."""

    value: Fraction
    unit: Unit
    name: Two


@dataclass(frozen=True, slots=True)
class TableValue:
    """Numbers or words by the value of a text fact (`by`)."""

    by: str
    entries: Mapping[str, "Exact | str"]
    name: Two
    of: Unit | str


@dataclass(frozen=True, slots=True)
class LadderValue:
    """Steps: from the first number on, this factor applies."""

    on: str
    rungs: tuple[tuple[int, Exact], ...]
    name: Two


@dataclass(frozen=True, slots=True)
class BandsValue:
    """Numbers by a quantity: from the first edge on (the first is 0), this number applies."""

    on: Unit
    of: Unit
    rungs: tuple[tuple[Fraction, Exact], ...]
    name: Two


@dataclass(frozen=True, slots=True)
class DayValue:
    """One day, as YYYY-MM-DD."""

    day: str
    name: Two


Value = Exact | TableValue | LadderValue | BandsValue | DayValue | str
Loaded = Mapping[str, Value]
"""Parameters after loading: exact values by field name."""
