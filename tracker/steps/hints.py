"""Hints 何种变化会改变结果: what it would take for a shipment that gets nothing or not all.

The facts, parameters and counters of the assessment that stands are run again by the recorded
rule, one thing changed at a time; nothing is written, and nothing told that no run proves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from rules import hints
from rules.facts import ShipmentFacts
from rules.hints import Hint
from rules.outcome import Tally
from rules.registry import Registry
from tracker.errors import mark
from tracker.models.money import Assessment
from tracker.steps import assessment, methods, shipments

NOTHING_ALONE = mark("No single change of what the rule looks at would give another result.")
NOT_AS_RECORDED = mark("The rule is not installed as it was recorded, so nothing is run again.")


@dataclass(frozen=True)
class Found:
    """What would change the result; where nothing does, why there is nothing to tell."""

    hints: Sequence[Hint] = ()
    why: str = ""


def of(session: Session, registry: Registry, made: Assessment) -> Found | None:
    """What would change a standing assessment; None where the shipment gets all there is.

    Also None where the shipment stands no longer, or in another league: nobody applies for it here.
    """
    shipment = made.item.shipment
    tally = Tally.from_json(made.tally)
    stands = shipment.state == "standing" and shipment.league_id == made.item.league_id
    if not stands or not hints.falls_short(tally):
        return None
    rule = registry.rules.get(made.method.rule_id)
    if rule is None or rule.source_sha256 != made.method.rule_sha256:
        return Found(why=NOT_AS_RECORDED)
    facts = ShipmentFacts.from_json(made.facts)
    held = _held(session, made) if made.outcome == "waiting" else None
    found = hints.hints(rule, made.method.params, facts, tally, held)
    return Found(found, "" if found else NOTHING_ALONE)


def _held(session: Session, made: Assessment) -> Mapping[str, int] | None:
    """What every counter holds for a shipment that waits, as its next assessment would see them.

    None under a method that assesses no more: then only what the tally tells is known.
    """
    later = methods.covered(session, made.method, made.item.shipment.accepted_seq)
    if not later:
        return None
    fixed = shipments.settled(session, [one.id for one in later])
    return assessment.opening_of(
        session, made.method, frozenset(one.id for one in later if one.id not in fixed)
    )
