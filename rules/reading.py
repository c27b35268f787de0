"""Reading 所需事实: which facts a rule looks at with a method's numbers, found by letting it look.

A rule has no branch of its own, so one run over any record reads all it ever reads with these
numbers: a form can ask for just those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from rules.batch import Facts, Wholes, Words
from rules.columns import Bound
from rules.composed.compose import anything
from rules.rule import Rule
from rules.steps import Steps


@dataclass(frozen=True, eq=False)
class Noting(Facts):
    """Facts that note which of them were read."""

    noted: set[str] = field(default_factory=set)

    def _raw(self, field: str) -> Wholes:
        self.noted.add(field)
        return super()._raw(field)

    def _words(self, field: str) -> Words:
        self.noted.add(field)
        return super()._words(field)


def reads(rule: Rule, params: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the facts the rule looks at, in their table's order. Raises as ``rules.assess``."""
    columns = Facts.of([anything(rule.record)])
    known = {one.name: getattr(columns, one.name) for one in fields(Facts)}
    noting = Noting(**known)
    loaded = rule.load_params(params)
    rule.compute(noting, Bound(loaded), Steps(noting, loaded, {}))
    return tuple(name for name in rule.subject.facts if name in noting.noted)
