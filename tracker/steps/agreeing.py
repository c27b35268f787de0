"""Agreeing 加签: the steps by which one more person agrees to another, where a level asks for it.

Which steps may be asked for it is a table; whether one is, from which amount, is data (``levels``).
"""

from tracker.errors import mark
from tracker.steps.step import COMMERCE, FINANCE, LEAGUE_BODIES, Step

LEVELLED: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "application": {"pass": (mark("Agree to passing it"), LEAGUE_BODIES)},
    "filing": {
        "file": (mark("Agree to filing it"), LEAGUE_BODIES),
        "endorse": (mark("Agree to the proposal"), COMMERCE),
        "approve": (mark("Agree to approving it"), FINANCE),
    },
    "division": {"divide": (mark("Agree to dividing the pool"), LEAGUE_BODIES)},
    "allotment": {
        "allot": (mark("Agree to allotting it"), FINANCE),
        "carry_over": (mark("Agree to carrying it over"), FINANCE),
        "lapse": (mark("Agree to taking it back"), FINANCE),
    },
    "disbursement": {"instruct": (mark("Agree to instructing it"), LEAGUE_BODIES)},
    "recovery": {
        "recover": (mark("Agree to demanding it"), LEAGUE_BODIES),
        "lift": (mark("Agree to lifting it"), LEAGUE_BODIES),
    },
}
"""Flow -> its steps for which one more person may have to agree, from an amount on -> the label of
agreeing, and the roles of the same body that may be asked for it."""
AGREE = "agree_"
"""Begins the step by which one more person agrees to another: the thing stays where it is."""


def with_agreeing(kind: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps of a flow, followed by those by which one more person agrees to some of them."""
    named = {step.name: step for step in steps}
    return (*steps, *(_agreeing(kind, named[name]) for name in LEVELLED[kind]))


def _agreeing(kind: str, step: Step) -> Step:
    label, roles = LEVELLED[kind][step.name]
    (state,) = step.before
    return Step(AGREE + step.name, label, step.before, state, roles, checks=step.checks)
