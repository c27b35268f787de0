"""Matter facts 申报事项的事实: who states which, and what of a matter a rule may know.

A rule about a firm's year says by itself which facts it reads; a few of them are not the firm's to
state. What nobody stated is unknown, never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.periods import PERIOD_FACTS, PeriodFacts
from rules.reading import reads
from rules.rule import Rule
from rules.subject import FactsError
from tracker.db import chunks
from tracker.errors import Refused, mark
from tracker.models.matters import Matter, MatterVersion

KIND = "FIRM_YEAR"
GIVEN = ("key", "order", "firm", "league", "kind", "last_day")
"""Facts that the matter itself is."""
OF_LEAGUE = ("leading", "small", "recognised", "assessed_fen")
"""Facts that the league answers for: it recognises firms and bases, and states amounts."""
LAST = 10**15
"""The place in the queue of what is not accepted yet."""


def asked(rule: Rule, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that somebody states for this rule with these numbers."""
    return tuple(name for name in reads(rule, params) if name not in GIVEN)


def split(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those the firm states, and those the league states."""
    told = tuple(names)
    return (
        tuple(name for name in told if name not in OF_LEAGUE),
        tuple(name for name in told if name in OF_LEAGUE),
    )


def checked(matter: Matter, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without what is unknown; raises ``Refused`` naming what cannot be."""
    known = {name: value for name, value in facts.items() if value is not None}
    try:
        record(matter, known)
    except FactsError as error:
        raise Refused(
            mark("What is stated cannot be: %(faults)s"),
            mark("Correct it and save again."),
            faults=str(error),
        ) from error
    return known


def record(matter: Matter, facts: Mapping[str, Any]) -> PeriodFacts:
    """The matter with these facts as a rule takes it; raises ``FactsError``."""
    values = {name: facts.get(name) for name in PERIOD_FACTS}
    return PeriodFacts.from_json(
        values
        | {
            "key": matter.code,
            "order": matter.accepted_seq or LAST,
            "firm": matter.firm.uscc,
            "league": matter.league.code,
            "kind": KIND,
            "last_day": matter.last_day.isoformat(),
        }
    )


def stated(version: MatterVersion) -> dict[str, Any]:
    """All that a version states, by either side."""
    return {**version.firm_facts, **version.league_facts}


def of(session: Session, found: Sequence[Matter], _known: object = None) -> dict[int, PeriodFacts]:
    """Matter id -> the facts that were confirmed of it."""
    facts: dict[int, PeriodFacts] = {}
    by_id = {one.id: one for one in found}
    for keys in chunks(list(by_id)):
        query = (
            select(MatterVersion)
            .join(Matter, Matter.id == MatterVersion.matter_id)
            .where(Matter.id.in_(keys), MatterVersion.version_no == Matter.version_no)
        )
        for version in session.scalars(query):
            facts[version.matter_id] = record(by_id[version.matter_id], stated(version))
    return facts
