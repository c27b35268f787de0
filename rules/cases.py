"""Cases 样例: golden cases of a rule, what a finance office says must come out.

A case gives facts (of one shipment, or of several in order of acceptance), changed parameters and
opening balances, and the award in yuan, the outcome and the reason expected of each; or the error.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from rules.lines import yuan
from rules.params import ParamsError
from rules.rule import Rule
from rules.subject import FactsError, Record
from rules.tally import assess
from rules.units import RuleError

KEYS = {"name", "source", "facts", "params", "opening", "award", "outcome", "reason", "error"}


class CasesError(ValueError):
    """Cases that cannot be read: which, why, and how to mend it."""


@dataclass(frozen=True)
class Expected:
    """One shipment of a case and what must come of it; None where nothing is said.

    `award` is yuan as text ("6672.00"), `reason` the first reason in Chinese, "" for none.
    """

    facts: Mapping[str, Any]
    award: str | None = None
    outcome: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Case:
    """One golden case. `params` differ from the rule's sample, `error` is part of its text."""

    name: str
    rows: tuple[Expected, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    opening: Mapping[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that does not agree: which, what was expected and what came out."""

    case: str
    what: str
    expected: str
    got: str

    def __str__(self) -> str:
        """In one Chinese sentence."""
        return f"样例“{self.case}”：{self.what}应为 {self.expected}，得 {self.got}"

    def as_json(self) -> dict[str, str]:
        """Every field."""
        return {"case": self.case, "what": self.what, "expected": self.expected, "got": self.got}


def cases_of(rule: Rule) -> list[Case]:
    """The golden cases a rule carries; raises CasesError for one that cannot be read."""
    return [case(values) for values in rule.cases]


def case(values: Mapping[str, Any]) -> Case:
    """One case from JSON; facts, award, outcome and reason are one value, or a list a shipment."""
    strange = sorted(set(values) - KEYS)
    if strange or "name" not in values or "facts" not in values:
        raise CasesError(
            f"样例须有 name 与 facts，只能另有 {'、'.join(sorted(KEYS))}；多余：{strange}"
            f"（a case has a name and facts; unknown keys: {strange}）"
        )
    facts = _listed(values["facts"])
    told = [_listed(values.get(key)) for key in ("award", "outcome", "reason")]
    if any(len(one) not in {0, len(facts)} for one in told):
        raise CasesError(
            f"样例“{values['name']}”：应得的项数须与事实的票数相同"
            "（as many awards, outcomes and reasons as shipments）"
        )
    rows = tuple(Expected(*row) for row in zip_longest(facts, *told))
    return Case(
        str(values["name"]),
        rows,
        values.get("params", {}),
        values.get("opening", {}),
        str(values.get("error", "")),
    )


def run_cases(rule: Rule, cases: Sequence[Case]) -> list[Failure]:
    """Every disagreement between the rule and its cases, in both back ends."""
    return [wrong for one in cases for wrong in _run(rule, one)]


def _run(rule: Rule, one: Case) -> Iterator[Failure]:
    params = {**rule.sample_params, **one.params}
    try:
        rows = [record(rule, row.facts, place) for place, row in enumerate(one.rows, 1)]
        runs = [assess(rule, params, rows, one.opening, backend=b) for b in ("columns", "naive")]
    except (ParamsError, FactsError, RuleError) as wrong:
        if not one.error or one.error not in str(wrong):
            yield Failure(one.name, "错误", one.error or "无", str(wrong))
        return
    if one.error:
        yield Failure(one.name, "错误", one.error, "无")
    found: dict[Failure, None] = {}
    for run in runs:
        for place, row in enumerate(one.rows):
            tally = run.tally(place)
            told = (
                ("补贴金额", row.award, yuan(tally.award_fen).replace(",", "")),
                ("结果", row.outcome, tally.outcome),
                ("原因", row.reason, tally.reasons[0].zh if tally.reasons else ""),
            )
            for what, expected, got in told:
                if expected is not None and expected != got:
                    found[Failure(one.name, what, expected or "无", got or "无")] = None
    yield from found


def record(rule: Rule, values: Mapping[str, Any], place: int) -> Record:
    """A record of the rule's subject; key, order, firm and league are made up where not given."""
    given = {"key": f"例{place}", "order": place, "firm": "示例企业", "league": "150000"}
    return rule.record.from_json({**given, **values})


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
