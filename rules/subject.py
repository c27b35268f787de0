"""Subject 测算对象: what a rule is about, a shipment or a period, as one table of its facts.

A subject names its facts (kind, unit, bounds, meaning), what a rule calls them, and what can be a
share of what. `Record` is one of them, frozen, whole numbers and text only, None for unknown; the
same checks, JSON and CSV serve every subject.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self


class FactsError(ValueError):
    """Facts that cannot be; `problems` says which and why, in Chinese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: kind (text, day, flag, whole), unit, meaning; bounds by kind."""

    kind: str
    unit: str
    zh: str
    en: str
    high: int = 0
    choices: tuple[str, ...] = ()
    pattern: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a rule is about.

    `facts` in the order of the CSV columns. `quantities` is what a rule calls a whole-number fact:
    the fact, what it is divided by, the unit then. `shares`: what a share is measured by: the part,
    the whole, the name in two languages. `parts`: pairs of which the first can never pass the
    second. `day` is the fact that assigns it to a year.
    """

    name: str
    zh: str
    en: str
    facts: Mapping[str, Fact]
    quantities: Mapping[str, tuple[str, int, str]]
    shares: Mapping[str, tuple[str, str, str, str]]
    parts: tuple[tuple[str, str], ...]
    day: str

    def kind_of(self, name: str) -> str:
        """What a rule may do with this name: number, flag or text; "" where there is none."""
        if name in self.quantities:
            return "number"
        fact = self.facts.get(name)
        return {"flag": "flag", "text": "text", "day": "text"}.get(fact.kind, "") if fact else ""

    def unknown(self, field: str) -> tuple[str, str]:
        """The reason something waits for a fact, in Chinese and English."""
        return f"缺少{self.facts[field].zh}", f"{self.facts[field].en} is unknown"


class Record:
    """One subject of a rule: a field for each of its facts under the same name, None if unknown.

    Raises FactsError for a wrong type, a number out of bounds, an impossible day, a part above
    its whole.
    """

    __slots__ = ()
    SUBJECT: ClassVar[Subject]

    key: str
    order: int
    firm: str
    league: str

    if TYPE_CHECKING:

        def __init__(self, **values: object) -> None: ...

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        subject = self.SUBJECT
        problems = [p for n, f in subject.facts.items() if (p := _problem(n, f, getattr(self, n)))]
        if not problems:
            for part, whole in subject.parts:
                one, all_ = getattr(self, part), getattr(self, whole)
                if one is not None and all_ is not None and one > all_:
                    zh = subject.facts[part].zh
                    problems.append(f"{part}（{zh}）{one} 大于 {whole} {all_}")
        if problems:
            raise FactsError(problems)

    def as_json(self) -> dict[str, str | int | bool | None]:
        """Every field under its name, JSON-able."""
        return {name: getattr(self, name) for name in self.SUBJECT.facts}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`; refuses unknown names, and each value as the class does."""
        facts = cls.SUBJECT.facts
        strange = sorted(set(values) - set(facts))
        absent = [n for n, f in facts.items() if f.required and values.get(n) is None]
        if strange or absent:
            raise FactsError(
                [f"没有这个事实：{n}" for n in strange]
                + [f"缺少 {n}（{facts[n].zh}）" for n in absent]
            )
        return cls(**values)

    @classmethod
    def from_text(cls, cells: Mapping[str, str]) -> Self:
        """One row of facts.csv: empty cells are unknown; `trips` is 1 where there is no column."""
        problems: list[str] = []
        values: dict[str, object] = {}
        for name, cell in cells.items():
            fact = cls.SUBJECT.facts.get(name)
            if fact is None or not cell.strip():
                values[name] = None
            elif fact.kind == "whole" and not re.fullmatch(r"[0-9]{1,16}", cell.strip()):
                problems.append(f"{name}（{fact.zh}）“{cell}”不是非负整数")
            elif fact.kind == "flag" and cell.strip() not in {"0", "1"}:
                problems.append(f"{name}（{fact.zh}）“{cell}”应为 1 或 0")
            else:
                values[name] = _TYPED[fact.kind](cell.strip())
        if problems:
            raise FactsError(problems)
        return cls.from_json(values)


def _flag(text: str) -> bool:
    return text == "1"


_TYPED: dict[str, Callable[[str], object]] = {"whole": int, "flag": _flag, "text": str, "day": str}


def _problem(name: str, fact: Fact, value: object) -> str:
    """What is wrong with one field, or ""."""
    if value is None:
        return f"缺少 {name}（{fact.zh}）" if fact.required else ""
    return _CHECKS[fact.kind](fact, f"{name}（{fact.zh}）", value)


def _whole_problem(fact: Fact, what: str, value: object) -> str:
    if type(value) is not int:
        return f"{what}应为整数，得到 {value!r}"
    return "" if 0 <= value <= fact.high else f"{what} {value} 超出 0 至 {fact.high}"


def _flag_problem(_fact: Fact, what: str, value: object) -> str:
    return "" if isinstance(value, bool) else f"{what}应为是或否，得到 {value!r}"


def _text_problem(fact: Fact, what: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        return f"{what}应为文本，得到 {value!r}"
    if fact.choices and value not in fact.choices:
        return f"{what}“{value}”应为 {'、'.join(fact.choices)} 之一"
    if fact.pattern and not re.fullmatch(fact.pattern, value):
        return f"{what}“{value}”格式不对"
    return ""


def _day_problem(_fact: Fact, what: str, value: object) -> str:
    try:
        day = date.fromisoformat(str(value)) if isinstance(value, str) else None
    except ValueError:
        day = None
    return "" if day and day.isoformat() == value else f"{what}应为 YYYY-MM-DD，得到 {value!r}"


_CHECKS: dict[str, Callable[[Fact, str, object], str]] = {
    "whole": _whole_problem,
    "flag": _flag_problem,
    "text": _text_problem,
    "day": _day_problem,
}


def year_of(day: str, start_month: int) -> str:
    """The year a day belongs to when years begin in this month, named by the year it begins in."""
    year, month = int(day[:4]), int(day[5:7])
    return f"{year if month >= start_month else year - 1:04d}"
