"""Rule 规则: one league's formula as code, with its parameters and the hash of its source.

A rule is a function in the document's own order, one step an article. The same pass gives the
amount and its explanation.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rules.facts import SHIPMENT, ShipmentFacts
from rules.params import Loaded, PeriodParams, RuleParams, describe, load
from rules.periods import PERIOD, PeriodFacts
from rules.subject import Record, Subject


@dataclass(frozen=True)
class Rule:
    """A formula: `compute(facts, params, steps)` gives the amount and records its steps.

    `source_sha256` is the hash of the whole file the function stands in: recording a method pins
    it, and a run can refuse another. A rule that is data has its `definition` instead of a path,
    and the hash of that. `monotone` names facts that can only raise the award, `cases` are its
    golden cases as `rules.cases` reads them.
    """

    id: str
    league: str
    programme: str
    title: str
    params: type[PeriodParams]
    compute: Callable[[Any, Any, Any], Any]
    source_sha256: str
    source_path: str
    sample_params: Mapping[str, Any] = field(default_factory=dict)
    monotone: tuple[str, ...] = ()
    definition: Mapping[str, Any] | None = None
    cases: tuple[Mapping[str, Any], ...] = ()

    @property
    def subject(self) -> Subject:
        """What the rule is about: a shipment, or a period."""
        return SHIPMENT if issubclass(self.params, RuleParams) else PERIOD

    @property
    def record(self) -> type[Record]:
        """The class of one of them."""
        return ShipmentFacts if self.subject is SHIPMENT else PeriodFacts

    def load_params(self, values: object) -> Loaded:
        """JSON values to exact parameters; raises ParamsError with Chinese messages by field."""
        return load(self.params, values)

    def describe_params(self) -> list[dict[str, object]]:
        """What a form needs: name, kind, doc, en, unit, article and bounds of each parameter."""
        return describe(self.params)


def rule(
    *,
    id: str,  # noqa: A002  what a rule is called everywhere else, too
    league: str,
    programme: str,
    title: str,
    params: type[PeriodParams],
    sample: Mapping[str, Any] | None = None,
    monotone: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, Any, Any], Any]], Rule]:
    """Make a Rule of the function below it."""

    def made(compute: Callable[[Any, Any, Any], Any]) -> Rule:
        path = compute.__code__.co_filename
        return Rule(
            id=id,
            league=league,
            programme=programme,
            title=title,
            params=params,
            compute=compute,
            source_sha256=_sha256(path),
            source_path=path,
            sample_params=sample or {},
            monotone=monotone,
        )

    return made


@cache
def _sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
