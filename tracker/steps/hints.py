"""Hints 何种变化会改变结果: what it would take for what gets nothing or not all.

The facts, parameters and counters of the assessment that stands are run again by the recorded
rule, one thing changed at a time; nothing is written, and nothing told that no run proves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules import hints
from rules.facts import ShipmentFacts
from rules.hints import Hint
from rules.outcome import Tally
from rules.registry import Registry
from rules.rule import Rule
from tracker.errors import Conflict, mark
from tracker.models import subjects
from tracker.models.methods import Method
from tracker.models.money import Assessment
from tracker.steps import assessment, methods, shipments

NOTHING_ALONE = mark("Tried one at a time, no change was found that gives another result.")
NOT_AS_RECORDED = mark("The rule is not installed as it was recorded, so nothing is run again.")


@dataclass(frozen=True)
class Found:
    """What would change the result; where nothing does, why there is nothing to tell."""

    hints: Sequence[Hint] = ()
    why: str = ""


def of(session: Session, registry: Registry, made: Assessment) -> Found | None:
    """What would change a standing assessment; None where the item gets all there is.

    Also None where its subject stands no longer, or in another league: nobody applies for it here;
    and where it only waits for its pool to be divided, which no fact of it changes.
    """
    subject = made.item.subject
    tally = Tally.from_json(made.tally)
    stands = subject.stands and subject.league_id == made.item.league_id
    if not stands or assessment.claimed(tally) is not None or not hints.falls_short(tally):
        return None
    rule = _rule(registry, made.method)
    if rule is None:
        return Found(why=NOT_AS_RECORDED)
    facts = rule.record.from_json(made.facts)
    held = _held(session, rule, made) if made.outcome == "waiting" else None
    pools = assessment.numbers(made)
    found = hints.hints(rule, made.method.params, facts, tally, held, pools)
    if isinstance(facts, ShipmentFacts):  # the day of another one is a mistake; a year is given
        found += _other_versions(session, registry, made, facts, tally)
    return Found(found, "" if found else NOTHING_ALONE)


def _rule(registry: Registry, method: Method) -> Rule | None:
    """The rule as the method was recorded with; None where it is another one now, or none."""
    try:
        return methods.pinned(registry, method)
    except Conflict:
        return None


def _other_versions(
    session: Session, registry: Registry, made: Assessment, facts: ShipmentFacts, tally: Tally
) -> Iterator[Hint]:
    """What the method's other recorded versions would give, each on its day nearest to this one."""
    own, left = made.method, made.item.subject.day
    query = select(Method).where(
        Method.league_id == own.league_id,
        Method.programme_id == own.programme_id,
        Method.state == "recorded",
        Method.id != own.id,
    )
    for other in session.scalars(query.order_by(Method.valid_from)):
        rule = _rule(registry, other)
        if rule is None:
            continue
        day = min(max(left, other.valid_from), other.valid_to or date.max)
        held = assessment.opening_for(session, rule, other, frozenset({made.item.subject.id}))
        document = f"{other.title}（{other.document_no}）"
        hint = hints.under(
            rule, other.params, facts, tally, held, document=document, day=day.isoformat()
        )
        if hint is not None:
            yield hint


def _held(session: Session, rule: Rule, made: Assessment) -> Mapping[str, int] | None:
    """What every counter holds for what waits, as its next assessment would see them.

    None under a method that assesses no more: then only what the tally tells is known.
    """
    later = methods.covered(session, made.method, made.item.subject.accepted_seq or 0)
    if not later:
        return None
    kind = subjects.of(made.method.programme)
    fixed = shipments.settled(session, [one.id for one in later], kind)
    return assessment.opening_for(
        session, rule, made.method, frozenset(one.id for one in later if one.id not in fixed)
    )
