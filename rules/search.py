"""Search 试找: the single changes after which an article no longer stands in the way.

Numbers are searched outward from what the record holds and then halved, so that the one found does
and the one before it does not; words are those the rule names; a limit is raised by what it took.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rules.lines import Line, parse_value
from rules.outcome import Tally
from rules.params import TableValue
from rules.probe import Change, Goal, Probe, Value, leaves
from rules.subject import Fact

STRIDE = 16
"""How much wider each step outward is than the one before."""
FIXED = {
    "shipment": ("key", "order", "firm", "league", "trips"),
    "period": ("key", "order", "firm", "league", "kind", "last_day"),
}
"""Subject -> what one is known by; never said to be otherwise."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Changes that clear an obstacle, tried."""

    kind: str
    changes: tuple[Change, ...]


def candidates(probe: Probe, tally: Tally, place: int, goal: Goal) -> Iterator[Candidate]:
    """Every single change that clears the obstacle at this line: facts first, then limits.

    What is left of a cap over many no number of this shipment can raise, so none is searched.
    """
    words, line = Words.of(probe), tally.lines[place]
    spared = ("whole",) if line.kind == "cap_total" and not line.waits else ()
    subject = probe.rule.subject
    for name, fact in subject.facts.items():
        if fact.kind in spared or fact.kind not in _SEARCHES or name in FIXED[subject.name]:
            continue
        if _looks_at(probe, tally, place, name):
            for change in _SEARCHES[fact.kind](probe, name, goal, words):
                yield Candidate("fact", (change,))
    if line.cut_fen and line.limit_fen is not None:
        yield from _without_limit(probe, line, place)


def _looks_at(probe: Probe, tally: Tally, place: int, name: str) -> bool:
    """Whether the line rests on the fact: it is another one when the fact is unknown."""
    was = getattr(probe.facts, name)
    if was is None:
        return bool(tally.lines[place].waits)
    blind = probe.tally(Change("fact", name, was, (None,)))
    return blind is None or blind.lines[place : place + 1] != tally.lines[place : place + 1]


@dataclass(frozen=True, slots=True)
class Words:
    """The words each text fact may be, as far as the rule and its tables name any."""

    by_fact: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, tuple[str, ...]]
    """Of a fact that has a fixed list, all there are; empty otherwise."""

    @classmethod
    def of(cls, probe: Probe) -> "Words":
        """Those it compares with and those its tables list."""
        found = {name: [*words] for name, words in probe.heard().items()}
        for value in probe.rule.load_params(probe.params).values():
            if isinstance(value, TableValue):
                found.setdefault(value.by, []).extend(value.entries)
        choices = {name: fact.choices for name, fact in probe.rule.subject.facts.items()}
        return cls({name: tuple(dict.fromkeys(words)) for name, words in found.items()}, choices)

    def of_fact(self, name: str) -> tuple[str, ...]:
        """The words to try: all there are where the fact has a fixed list."""
        return self.choices[name] or self.by_fact.get(name, ())


# --- facts -----------------------------------------------------------------------------------


def _numbers(probe: Probe, name: str, goal: Goal, _words: Words) -> Iterator[Change]:
    """The nearest number above and the nearest below that do; an unknown one has none."""
    was: int | None = getattr(probe.facts, name)
    low, high = _bounds(probe, name, probe.rule.subject.facts[name])

    def does(number: int) -> bool:
        return _clears(probe, Change("fact", name, was, (number,)), goal)

    if was is None:
        for number in _unknown(probe, name, goal, high):
            yield Change("fact", name, None, (number,))
        return
    for end in (high, low):
        nearest = nearest_number(does, was, end)
        if nearest is not None:
            yield Change("fact", name, was, (nearest,))


def _unknown(probe: Probe, name: str, goal: Goal, high: int) -> list[int]:
    """Of a number nobody knows: the least that does, and the least after which no more is paid."""

    def pays(number: int) -> int:
        """Fen with this number; -1 where it does not do."""
        again = probe.tally(Change("fact", name, None, (number,)))
        return -1 if again is None or not goal(again) else again.award_fen

    def paying(least: int) -> int | None:
        """The least number with which so much is paid."""
        return nearest_number(lambda number: pays(number) >= least, -1, high)

    steps = [min(STRIDE**step, high) for step in range(high.bit_length() // 4 + 2)]
    most = max(pays(number) for number in steps)
    found = [paying(least) for least in (0, most) if most >= 0]
    return list(dict.fromkeys(number for number in found if number is not None))


def _bounds(probe: Probe, name: str, fact: Fact) -> tuple[int, int]:
    """The least and the most the number can be: a part never passes its whole."""
    low, high = 0, fact.high
    for part, whole in probe.rule.subject.parts:
        if part == name:
            most = getattr(probe.facts, whole)
            high = high if most is None else min(high, most)
        if whole == name:
            low = max(low, getattr(probe.facts, part) or 0)
    return low, high


def nearest_number(does: Callable[[int], bool], start: int, end: int) -> int | None:
    """A number between `start` (not itself) and `end` that does while the one before it does not.

    The nearest of all where `does` changes once; steps outward widen, then the gap is halved.
    """
    sign, reach = (1, end - start) if end > start else (-1, start - end)
    none, far = 0, min(1, reach)
    while far > none and not does(start + sign * far):
        none, far = far, min(far * STRIDE, reach)
    if far == none:
        return None
    while far - none > 1:
        middle = (far + none) // 2
        if does(start + sign * middle):
            far = middle
        else:
            none = middle
    return start + sign * far


def _flags(probe: Probe, name: str, goal: Goal, _words: Words) -> Iterator[Change]:
    """Yes or no, whichever it is not."""
    was: bool | None = getattr(probe.facts, name)
    for value in (True, False):
        change = Change("fact", name, was, (value,))
        if value is not was and _clears(probe, change, goal):
            yield change


def _texts(probe: Probe, name: str, goal: Goal, words: Words) -> Iterator[Change]:
    """The words that do, those with one result together."""
    was: str | None = getattr(probe.facts, name)
    alike: dict[tuple[object, ...], list[Value]] = {}
    for word in words.of_fact(name):
        change = Change("fact", name, was, (word,))
        if word != was and _clears(probe, change, goal):
            again = probe.tally(change)
            assert again is not None, "it clears, so it was run"
            alike.setdefault((again.outcome, again.award_fen, again.reasons), []).append(word)
    for same in alike.values():
        yield Change("fact", name, was, tuple(same))


_SEARCHES: dict[str, Callable[[Probe, str, Goal, Words], Iterator[Change]]] = {
    "whole": _numbers,
    "flag": _flags,
    "text": _texts,
}


def _clears(probe: Probe, change: Change, goal: Goal) -> bool:
    again = probe.tally(change)
    return again is not None and goal(again)


# --- limits and counters ---------------------------------------------------------------------


def without_caps(probe: Probe, tally: Tally) -> tuple[Change, ...]:
    """Every cap that takes something away lifted, one after the other as each lets through more.

    Empty where one of them rests on something that cannot be lifted by itself.
    """
    changes: tuple[Change, ...] = ()
    while True:
        cut = [i for i, line in enumerate(tally.lines) if line.cut_fen]
        if not cut:
            return changes
        lifted = next(_without_limit(probe, tally.lines[cut[0]], cut[0], changes), None)
        if lifted is None:
            return ()
        changes = lifted.changes
        again = probe.tally(*changes)
        assert again is not None, "it lifts the cap, so it was run"
        tally = again


def _without_limit(
    probe: Probe, line: Line, place: int, given: tuple[Change, ...] = ()
) -> Iterator[Candidate]:
    """The method's own limit raised to just enough; else the counter lowered to just so much.

    On top of the changes `given`, under which the line is this one.
    """
    before, limit, used = line.before_fen or 0, line.limit_fen or 0, line.used_before or 0
    raised = before + used

    def lifts(change: Change) -> bool:
        again = probe.tally(*given, change)
        if again is None:
            return False
        now = again.lines[place]
        return (now.article, now.before_fen, now.cut_fen) == (line.article, before, 0)

    for path, text in leaves(probe.params).items():
        if not _is(text, limit):
            continue
        enough, short = (
            Change("limit", path, text, (f"{fen // 100}.{fen % 100:02d}",))
            for fen in (raised, raised - 1)
        )
        if lifts(enough) and not lifts(short):
            yield Candidate("limit", (*given, enough))
            return
    if line.counter is not None and before <= limit:
        lower = Change("counter", line.counter, used, (limit - before,))
        if lifts(lower):
            yield Candidate("counter", (*given, lower))


def _is(text: str, limit_fen: int) -> bool:
    """Whether a parameter is this much money."""
    digits = text.replace(".", "", 1)
    return digits.isascii() and digits.isdigit() and parse_value(text) * 100 == limit_fen
