"""Comparison 比对: what rows say of the shipment they name, beside what we say of it.

A row about one waybill is compared with the lines of that waybill, a row about a truck with all of
them. Amounts of rows about different goods are added up first; rows that tell the same goods twice
are compared each. What either side leaves blank is not compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingest.cross_checks.held import Held, Stated, own_of, told_of, values
from ingest.cross_checks.naming import Known
from ingest.cross_checks.sheet import Row
from ingest.cross_checks.table import COMPARED, OUTCOMES, PARTS, Outcome, Rule

VERSION = 1
"""Of the comparison; it goes up with whatever makes another result of the same values."""
NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """What both say of one field, and which rows say so; ``outcome`` is the worst of them."""

    field: str
    outcome: Outcome
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a whole file says: of each shipment, and of rows that fit several of them.

    A shipment without findings should stand in the file and does not: no answer.
    """

    findings: Mapping[int, tuple[Finding, ...]]
    rows: Mapping[int, tuple[int, ...]]
    several: Mapping[int, tuple[int, ...]]


def cross_check(held: Iterable[Held], rows: Iterable[Row], stated: Stated) -> Compared:
    """Compare the rows of a file with the shipments that it may be about."""
    known = Known(held, stated)
    named: dict[int, list[Row]] = defaultdict(list)
    several: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found = known.named_by(row.fields)
        if len(found) == 1:
            named[found[0]].append(row)
        elif found:
            several[row.row] = tuple(found)
    unsure = {key for found in several.values() for key in found}
    silent = [
        key
        for key, one in known.by_key.items()
        if key not in named and key not in unsure and stated.covers(one)
    ]
    findings = {key: compare(known.by_key[key], found) for key, found in named.items()}
    return Compared(
        findings | dict.fromkeys(silent, ()),
        {key: tuple(sorted(row.row for row in found)) for key, found in named.items()},
        several,
    )


def outcome_of(findings: Sequence[Finding]) -> str:
    """What the findings about one shipment come to."""
    there = {one.outcome for one in findings}
    return next((one for one in OUTCOMES if one in there), NO_ANSWER)


def compare(one: Held, rows: Sequence[Row]) -> tuple[Finding, ...]:
    """Compare the rows that name a shipment with it; by field, in the order of the table."""
    scopes = [(row, _lines(one, row.fields)) for row in sorted(rows, key=lambda row: row.row)]
    said = {name for row, _ in scopes for name in row.fields}
    found = (
        _amounts(one, rule, scopes) if rule.how == "amount" else _values(one, rule, scopes)
        for rule in COMPARED.values()
        if rule.name in said
    )
    return tuple(finding for finding in found if finding)


Scopes = Sequence[tuple[Row, tuple[int, ...]]]
"""Rows, each with the lines that it is about."""


def _lines(one: Held, row: Mapping[str, str]) -> tuple[int, ...]:
    """The lines that a row is about: those of its waybill, declaration, list or box, or all."""
    chosen = tuple(range(len(one.lines)))
    for name in PARTS:
        said = row.get(name)
        fitting = tuple(at for at in chosen if said and one.lines[at].get(name) == said)
        chosen = fitting or chosen
    return chosen


def _values(one: Held, rule: Rule, scopes: Scopes) -> Finding | None:
    told: list[Finding] = []
    for row, lines in scopes:
        said = row.fields.get(rule.name)
        if not said:
            continue
        ours = told_of(one, rule.name, lines)
        if said in ours or own_of(one, rule.name, [one.lines[at] for at in lines]):
            outcome, held = _outcome(rule, said, ours), tuple(sorted(ours))
            told.append(Finding(rule.name, outcome, held, (said,), (row.row,)))
    return _worst(told)


def _outcome(rule: Rule, said: str, ours: Iterable[str]) -> Outcome:
    if said in ours:
        return "agrees"
    if rule.how == "day":
        day = date.fromisoformat(said)
        if any(abs((day - date.fromisoformat(each)).days) <= rule.near for each in ours):
            return "near"
    return "differs"


def _amounts(one: Held, rule: Rule, scopes: Scopes) -> Finding | None:
    by_lines: dict[tuple[int, ...], list[Row]] = defaultdict(list)
    for row, lines in scopes:
        if row.fields.get(rule.name):
            by_lines[lines].append(row)
    told: list[Finding] = []
    for lines, rows in by_lines.items():
        ours = values((one.lines[at] for at in lines), rule.name)
        if len(ours) == len(lines):
            total = sum(map(Decimal, ours))
            told += (_amount(rule, Decimal(total), part) for part in _apart(rows))
    return _worst(told)


def _apart(rows: Sequence[Row]) -> Sequence[Sequence[Row]]:
    """Rows to be added up: all together where each is about other goods, otherwise each alone."""
    goods = {tuple(row.fields.get(name, "") for name in PARTS) for row in rows}
    return [rows] if len(goods) == len(rows) else [[row] for row in rows]


def _amount(rule: Rule, ours: Decimal, rows: Sequence[Row]) -> Finding:
    theirs = Decimal(sum(Decimal(row.fields[rule.name]) for row in rows))
    allowed = max(abs(ours) * rule.near / 1000, rule.at_least)
    apart = abs(ours - theirs)
    outcome: Outcome = "agrees" if not apart else "near" if apart <= allowed else "differs"
    numbers = tuple(row.row for row in rows)
    return Finding(rule.name, outcome, (_plain(ours),), (_plain(theirs),), numbers)


def _plain(amount: Decimal) -> str:
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _worst(told: Sequence[Finding]) -> Finding | None:
    """One finding of a field: of what came out worst, who says what."""
    if not told:
        return None
    worst = min((one.outcome for one in told), key=OUTCOMES.index)
    those = [one for one in told if one.outcome == worst]
    ours = _once(value for one in those for value in one.ours)
    theirs = _once(value for one in those for value in one.theirs)
    rows = tuple(sorted({row for one in those for row in one.rows}))
    return Finding(told[0].field, worst, ours, theirs, rows)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
