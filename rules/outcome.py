"""Outcome 测算结果: the tally of one shipment, put together from its lines.

awarded: money. zero: a final nothing, with the reason. refused: an article is not met; every line
is there all the same. waiting: something is unknown, and nothing is final. A refusal is final
whatever else is unknown, so it comes first, then an article that pays nothing, then waiting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, prod
from typing import Any

from rules.lines import LINE_FIELDS, Line, parse_value

OUTCOMES = ("awarded", "zero", "refused", "waiting")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an amount is zero or waits, and which article says so."""

    article: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Article and the text in both languages."""
        return {"article": self.article, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Tally:
    """The calculation of one shipment 测算明细.

    `award_fen` is what counts; `computed_fen` what the lines come to whatever the requirements say,
    None while something is unknown.
    """

    outcome: str
    award_fen: int
    computed_fen: int | None
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The whole tally, JSON-able; `from_json` gives it back equal."""
        return {
            "outcome": self.outcome,
            "award_fen": self.award_fen,
            "computed_fen": self.computed_fen,
            "lines": [line.as_json() for line in self.lines],
            "reasons": [reason.as_json() for reason in self.reasons],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Tally":
        """The inverse of `as_json`; a missing or unknown key raises."""
        return cls(
            outcome=values["outcome"],
            award_fen=values["award_fen"],
            computed_fen=values["computed_fen"],
            lines=tuple(_line(line) for line in values["lines"]),
            reasons=tuple(Reason(**reason) for reason in values["reasons"]),
        )


def _line(values: Mapping[str, Any]) -> Line:
    if set(values) != set(LINE_FIELDS):
        raise KeyError(f"测算明细行的字段不对：{sorted(set(values) ^ set(LINE_FIELDS))}")
    return Line(**{**values, "factors": tuple(dict(f) for f in values["factors"])})


def assemble(outcome: str, award_fen: int, computed_fen: int, lines: Sequence[Line]) -> Tally:
    """The tally of one shipment, with the reasons its outcome rests on."""
    waits = any(line.waits for line in lines)
    once: dict[str, Reason] = {}
    for reason in _reasons(outcome, lines):
        once.setdefault(reason.zh, reason)
    reasons = tuple(once.values())
    return Tally(outcome, award_fen, None if waits else computed_fen, tuple(lines), reasons)


def outcome_of(*, refused: bool, nothing_due: bool, waiting: bool, award_fen: int) -> str:
    """The outcome by precedence: refused, zero by an article, waiting, then by the amount."""
    if refused:
        return "refused"
    if nothing_due:
        return "zero"
    if waiting:
        return "waiting"
    return "awarded" if award_fen else "zero"


def _reasons(outcome: str, lines: Sequence[Line]) -> Iterable[Reason]:
    failed = [line for line in lines if line.passed is False]
    if outcome == "awarded":
        return []
    if outcome == "refused" or (outcome == "zero" and failed):
        told = failed
    elif outcome == "waiting":
        told = [line for line in lines if line.waits]
    else:
        told = [line for line in lines if line.after_fen == 0 and line.reason_zh]
    return [Reason(line.article, line.reason_zh or "", line.reason_en or "") for line in told]


def recompute(line: Line) -> int | None:
    """What a line's printed figures come to, in fen; None for lines without an amount.

    Uses nothing but what is printed: the proof that an explanation explains.
    """
    if line.after_fen is None:
        return None
    factors = prod((parse_value(f["value"]) for f in line.factors), start=Fraction(1))
    return _RECOMPUTED[line.kind](line, line.before_fen or 0, factors)


def _left(line: Line, factors: Fraction) -> int:
    return max(whole_fen(factors * 100, "down") - (line.used_before or 0), 0)


_RECOMPUTED: dict[str, Callable[[Line, int, Fraction], int]] = {
    "pay": lambda line, before, f: before + whole_fen(f * 100, line.rounding),
    "times": lambda line, before, f: whole_fen(before * f, line.rounding),
    "less": lambda line, before, f: max(before - whole_fen(f * 100, line.rounding), 0),
    "cap": lambda line, before, f: min(before, _left(line, f)),
    "cap_total": lambda line, before, f: min(before, _left(line, f)),
    "whole_total": lambda line, before, f: before if before <= _left(line, f) else 0,
    "prorate": lambda line, before, f: whole_fen(before * f, line.rounding),
}
"""Kind of a line -> its amount from what is printed: the line, before, the product of factors."""


def whole_fen(fen: Fraction, rounding: str | None) -> int:
    """A ratio of fen to whole fen: half up, up, or down."""
    if rounding == "up":
        return ceil(fen)
    return floor(fen + Fraction(1, 2)) if rounding == "half_up" else floor(fen)
