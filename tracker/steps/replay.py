"""Replay 回放: what a method would have paid for what really stood in a past period, nothing kept.

Every standing shipment of the league that left in the period, or matter whose year ended in it, is
assessed by the method as if it had been in force all the time, in the order of acceptance, counters
beginning at nothing; beside it stands what was assessed for the same.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from rules.registry import Registry
from rules.rule import Rule
from rules.subject import Record
from rules.tally import Run, Tally, assess
from tracker.db import chunks
from tracker.errors import Refused, mark
from tracker.models import subjects
from tracker.models.methods import Method
from tracker.models.money import Assessment, Item
from tracker.models.people import Firm
from tracker.steps import assessment, methods

MOST_SHIPMENTS = 200_000


@dataclass(frozen=True)
class Row:
    """One shipment or matter: what was assessed, and what the method would give."""

    key: int
    label: str
    firm: str
    day: date
    before_fen: int
    before: str
    """Outcome of what stands; empty where nothing was assessed."""
    after_fen: int
    after: str
    place: int
    """Its row in the run."""

    @property
    def change_fen(self) -> int:
        """What it would win; below zero what it would lose."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class Sums:
    """Of some rows, in fen."""

    shipments: int
    before_fen: int
    after_fen: int

    @property
    def change_fen(self) -> int:
        """After less before."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class Replay:
    """The whole comparison; rows with the greatest change first."""

    method: Method
    first: date
    last: date
    rows: Sequence[Row]
    run: Run | None
    """None where nothing stood in the period."""

    @property
    def total(self) -> Sums:
        """Of all."""
        return _sums(self.rows)

    @property
    def by_firm(self) -> list[tuple[str, Sums]]:
        """Name of each firm with its sums, the greatest change first."""
        found = self._grouped(lambda row: row.firm)
        return sorted(found.items(), key=lambda pair: (-abs(pair[1].change_fen), pair[0]))

    @property
    def by_month(self) -> list[tuple[str, Sums]]:
        """Each month such as ``2026-03`` with its sums, in their order."""
        return sorted(self._grouped(lambda row: f"{row.day:%Y-%m}").items())

    @property
    def outcomes(self) -> list[tuple[str, str, int]]:
        """Outcome before, outcome after, how many; the most first."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.rows:
            found[row.before, row.after] += 1
        return [(*key, count) for key, count in sorted(found.items(), key=lambda one: -one[1])]

    def changed(self) -> list[Row]:
        """The rows whose amount or outcome would be another."""
        return [row for row in self.rows if row.change_fen or row.before != row.after]

    def _grouped(self, key: Callable[[Row], str]) -> dict[str, Sums]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            groups[key(row)].append(row)
        return {name: _sums(rows) for name, rows in groups.items()}


def replay(session: Session, registry: Registry, method: Method, first: date, last: date) -> Replay:
    """Assess the league's shipments or matters of these days (both included) by the method.

    Raises ``Refused`` for days the wrong way round or too many of them, ``Conflict`` where the
    rule cannot be used.
    """
    if last < first:
        raise Refused(mark("The last day lies before the first."), mark("Correct the days."))
    rule = methods.pinned(registry, method)
    stands = _standing(session, method, first, last)
    if not stands:
        return Replay(method, first, last, (), None)
    known = _facts(session, rule, method, stands)
    run = assess(rule, method.params, [known[one.id] for one in stands], {})
    found = [
        Row(
            key=one.id,
            label=one.label,
            firm=one.name,
            day=one.day,
            before_fen=one.award_fen or 0,
            before=one.outcome or "",
            after_fen=award,
            after=outcome,
            place=place,
        )
        for place, (one, award, outcome) in enumerate(
            zip(stands, run.awards, run.outcomes, strict=True)
        )
    ]
    found.sort(key=lambda row: (-abs(row.change_fen), row.day, row.key))
    return Replay(method, first, last, found, run)


def tallies(
    session: Session, made: Replay, key: int
) -> tuple[Row, Mapping[str, Any] | None, Tally] | None:
    """One row with both tallies: as it stands (None where nothing does) and as it would be."""
    row = next((row for row in made.rows if row.key == key), None)
    if row is None or made.run is None:
        return None
    of_it = subjects.of(made.method.programme).item_key == key
    stands = session.scalar(
        select(Assessment.tally).where(Assessment.id.in_(assessment.last(made.method).where(of_it)))
    )
    return row, stands, made.run.tally(row.place)


def usual_days(session: Session, method: Method) -> tuple[date, date] | None:
    """The newest year in which anything of the league stands, up to the last day of it."""
    kind = subjects.of(method.programme)
    last = session.scalar(select(func.max(kind.table.day)).where(*_of(kind, method)))
    return (last.replace(month=1, day=1), last) if last else None


def _of(kind: subjects.Kind, method: Method) -> tuple[ColumnElement[bool], ...]:
    """What stands of the method's league and programme."""
    table = kind.table
    return (table.league_id == method.league_id, table.stands, *kind.within(method.programme_id))


def _standing(session: Session, method: Method, first: date, last: date) -> Sequence[Any]:
    """All in order of acceptance, each with the outcome and amount that stand."""
    kind = subjects.of(method.programme)
    table = kind.table
    newest = (
        select(
            kind.item_key.label("subject_id"),
            Assessment.outcome,
            Assessment.award_fen,
            Assessment.facts,
            Assessment.version_no.label("assessed_version_no"),
        )
        .join_from(Assessment, Item)
        .where(Assessment.id.in_(assessment.last(method)))
        .subquery()
    )
    columns = (table.id, table.label.label("label"), table.day.label("day"), table.version_no)
    query = (
        select(*columns, Firm.name, *newest.c)
        .join(Firm, Firm.id == table.firm_id)
        .outerjoin(newest, newest.c.subject_id == table.id)
        .where(*_of(kind, method), table.day.between(first, last))
        .order_by(table.accepted_seq)
        .limit(MOST_SHIPMENTS + 1)
    )
    found = session.execute(query).all()
    if len(found) > MOST_SHIPMENTS:
        raise Refused(
            mark("There are more than %(most)s of them in these days."),
            mark("Choose a shorter period."),
            most=MOST_SHIPMENTS,
        )
    return found


def _facts(
    session: Session, rule: Rule, method: Method, stands: Sequence[Any]
) -> dict[int, Record]:
    """Facts as the standing assessments keep them; anew for what changed since or was never."""
    kind = subjects.of(method.programme)
    found = {
        one.id: rule.record.from_json(one.facts)
        for one in stands
        if one.assessed_version_no == one.version_no
    }
    for keys in chunks([one.id for one in stands if one.id not in found]):
        missing = session.scalars(select(kind.table).where(kind.table.id.in_(keys)))
        found |= assessment.FACTS[kind.name](session, list(missing))
    return found


def _sums(rows: Sequence[Row]) -> Sums:
    return Sums(len(rows), sum(row.before_fen for row in rows), sum(row.after_fen for row in rows))
