"""Hints 何种变化会改变结果: for a shipment that gets nothing or not all, what it would take.

One thing is changed at a time, the rule is run again, and only what that run proves is told: the
smallest number beyond which an article is met, the words it accepts, the amount without a cap.
Candidates come from what the rule looks at; nothing here knows a formula. A hint says what the
rule asks and what the record holds, for whoever has evidence of it; it alters nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules import hint_words
from rules.facts import ShipmentFacts
from rules.lines import Two
from rules.outcome import Tally
from rules.probe import Change, Goal, Probe, held_by
from rules.rule import Rule
from rules.search import Candidate, candidates, without_caps
from rules.subject import Record

__all__ = ["Change", "Hint", "hints"]


@dataclass(frozen=True, slots=True)
class Hint:
    """What a re-run proved: with these changes, and all else as it is, this is the result.

    kind: ``fact`` (one fact), ``limit`` (without a cap), ``counter`` (had the counter held less),
    ``together`` (several articles' changes at once) and ``method`` (another version of it, on the
    nearest day of its validity): these have no `article` of their own.
    """

    kind: str
    article: str
    changes: tuple[Change, ...]
    outcome: str
    award_fen: int
    zh: str
    en: str

    def as_json(self) -> dict[str, object]:
        """Every field, JSON-able."""
        return {
            "kind": self.kind,
            "article": self.article,
            "changes": [change.as_json() for change in self.changes],
            "outcome": self.outcome,
            "award_fen": self.award_fen,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One article that stands in the way, by its line, and when it no longer does."""

    place: int
    cleared: Goal


def hints(
    rule: Rule,
    params: Mapping[str, object],
    facts: Record,
    tally: Tally,
    held: Mapping[str, int] | None = None,
    pools: Mapping[str, int] | None = None,
) -> list[Hint]:
    """What would change this tally, in the order of its lines; nothing where it gets all.

    `held` is what every counter held when the shipment came; without it, only counters that the
    tally tells are known, and no hint rests on another. A tally that the rule does not give again
    has no hints: nothing can be proven of it. `pools` is how those it shares stood: they stay.
    """
    obstacles = list(_obstacles(tally))
    if not obstacles:
        return []
    probe = Probe(rule, params, facts, {**held_by(tally), **(pools or {})}, held)
    if probe.tally() != tally:
        return []
    found: list[Hint] = []
    firsts: list[Change] = []
    for obstacle in obstacles:
        proven = list(_proven(probe, tally, obstacle))
        found += [hint for hint in proven if _tells(hint, tally)]
        firsts += [change for hint in proven[:1] for change in hint.changes]
    if any(tally.lines[obstacle.place].cut_fen for obstacle in obstacles):
        firsts = [*without_caps(probe, tally)]
    elif len(firsts) != len(obstacles):
        firsts = []
    return [*found, *_together(probe, tally, firsts, found)]


def _obstacles(tally: Tally) -> Iterator[Obstacle]:
    """What stands in the way: articles not met; else what is unknown; else what took away."""
    failed = frozenset(i for i, line in enumerate(tally.lines) if line.passed is False)
    if failed:
        yield from (Obstacle(place, _met(tally, place, failed)) for place in sorted(failed))
        return
    if tally.outcome == "waiting":
        yield Obstacle(next(i for i, line in enumerate(tally.lines) if line.waits), _awarded)
        return
    cut = [i for i, line in enumerate(tally.lines) if line.cut_fen]
    nothing = (i for i, line in enumerate(tally.lines) if line.after_fen == 0)
    first = next(nothing, None) if tally.outcome == "zero" else None
    if first is not None and first not in cut:
        yield Obstacle(first, _awarded)
    for place in cut:
        yield Obstacle(place, _whole(tally, place))


def _awarded(again: Tally) -> bool:
    return again.outcome == "awarded"


def _met(tally: Tally, place: int, failed: frozenset[int]) -> Goal:
    """The article is met and no other one fails that was met before."""

    def goal(again: Tally) -> bool:
        now = {i for i, line in enumerate(again.lines) if line.passed is False}
        aligned = _aligned(tally, again)
        return aligned and again.lines[place].passed is True and now < failed

    return goal


def _whole(tally: Tally, place: int) -> Goal:
    """The cap takes nothing away any more, and what passes it is more than before."""
    passed = tally.lines[place].after_fen or 0

    def goal(again: Tally) -> bool:
        if not _aligned(tally, again):
            return False
        line = again.lines[place]
        return line.cut_fen == 0 and (line.after_fen or 0) > passed

    return goal


def _aligned(one: Tally, other: Tally) -> bool:
    """Whether the same articles stand in the same lines."""
    return [(a.article, a.kind) for a in one.lines] == [(b.article, b.kind) for b in other.lines]


def _proven(probe: Probe, tally: Tally, obstacle: Obstacle) -> Iterator[Hint]:
    """Each single change that clears the obstacle, with the result of its run."""
    line = tally.lines[obstacle.place]
    for one in candidates(probe, tally, obstacle.place, obstacle.cleared):
        again = probe.tally(*one.changes)
        assert again is not None, "a candidate was run before"
        said = hint_words.one(probe.rule.subject, line, one.changes[0], tally, again)
        yield _hint(one.kind, line.article, one, again, said)


def _hint(kind: str, article: str, one: Candidate, again: Tally, said: Two) -> Hint:
    return Hint(kind, article, one.changes, again.outcome, again.award_fen, *said)


def _tells(hint: Hint, tally: Tally) -> bool:
    """Whether it is worth telling: without a cap, only what brings more."""
    return hint.kind == "fact" or hint.award_fen > tally.award_fen


def _together(
    probe: Probe, tally: Tally, changes: Sequence[Change], found: Sequence[Hint]
) -> Iterator[Hint]:
    """Several changes at once, where that brings more than any one of them."""
    names = {(change.kind, change.name) for change in changes}
    if len(changes) <= 1 or len(names) != len(changes):
        return
    again = probe.tally(*changes)
    best = max((hint.award_fen for hint in found), default=0)
    if again is not None and again.award_fen > max(best, tally.award_fen):
        said = hint_words.together(probe.rule.subject, changes, tally, again)
        yield Hint("together", "", tuple(changes), again.outcome, again.award_fen, *said)


def under(
    rule: Rule,
    params: Mapping[str, object],
    facts: ShipmentFacts,
    tally: Tally,
    held: Mapping[str, int],
    document: str,
    day: str,
) -> Hint | None:
    """What another version of the method would give on this day of its validity, if it is more.

    `held` is what every counter holds; None also where the version cannot be run on these facts.
    """
    change = Change("fact", "departure_day", facts.departure_day, (day,))
    again = Probe(rule, params, facts, {}, held).tally(change)
    if again is None or again.award_fen <= tally.award_fen:
        return None
    said = hint_words.version(document, change, tally, again)
    return Hint("method", "", (change,), again.outcome, again.award_fen, *said)


def falls_short(tally: Tally) -> bool:
    """Whether the shipment gets nothing, waits, or a cap takes something from it."""
    return next(_obstacles(tally), None) is not None
