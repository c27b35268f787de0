"""Forecast lines 测算明细: what stands of each firm, route and quarter, and what is to come. Pure.

What is to come is a number of shipments times what one brought so far, nothing else: the number is
carried on from the last year's pace, and the league may say another one and why. Each line tells
what its mean rests on.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from tracker.errors import Refused, mark

RECENT_DAYS = 365
LEAST_DAYS = 30
"""The pace is that of the last year, or since the first shipment, but never of a few days."""
MOST_EXPECTED = 100_000
MOST_MEAN_FEN = 1_000_000_000
REASON_LENGTH = 200
MEANS: dict[str, str] = {
    "own_corridor": mark("this firm on this corridor"),
    "own": mark("this firm"),
    "corridor": mark("all firms on this corridor"),
    "league": mark("all firms of the league"),
    "earlier": mark("all firms, under whatever version of the method"),
    "stated": mark("stated by the league"),
    "nothing": mark("nothing is known yet"),
}
"""What a mean rests on -> msgid, the nearest first."""


Place = tuple[str, str]
"""Firm and corridor of a line."""
NEWCOMERS: Place = ("", "")
"""Firms that are not in the ledger yet."""
Level = tuple[int | None, str | None, str | None]
"""Version, firm and corridor a mean is of; None for any."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the period, and the version of the method by which it is told."""

    number: int
    first: date
    last: date
    method: int
    """Version number of the method."""
    in_force: bool
    """Whether that version is in force then; otherwise it is the one in force today."""


@dataclass(frozen=True, slots=True)
class Row:
    """Shipments of one firm on one corridor and day, as the ledger has them."""

    uscc: str
    firm: str
    corridor: str
    """Empty where the method pays alike on all, or none was matched."""
    route: str
    """Name of the corridor."""
    day: date
    method: int
    """Version in force on the day; zero where none is."""
    count: int
    settled: int
    """Of these the assessed ones, whether due or not; the others wait for something."""
    accrued_fen: int
    applied_fen: int
    filed_fen: int
    approved_fen: int
    """Approved, instructed or disbursed."""

    @property
    def fen(self) -> int:
        """All that stands."""
        return self.accrued_fen + self.applied_fen + self.filed_fen + self.approved_fen


@dataclass(frozen=True, slots=True)
class Line:
    """One firm on one corridor in one quarter; a firm without a code stands for those to come."""

    quarter: int
    uscc: str
    firm: str
    corridor: str
    route: str
    method: int
    in_force: bool
    known: int
    """Shipments that stand."""
    accrued_fen: int
    applied_fen: int
    filed_fen: int
    approved_fen: int
    mean_from: str
    mean_count: int
    mean_sum_fen: int
    """What so many shipments brought."""
    recent: int
    recent_days: int
    days: int
    """Of the quarter, still to come."""
    ahead: int
    """Of the standing ones, those of these days: what is to come is beside them."""
    suggested: int
    expected: int
    reason: str = ""

    @property
    def key(self) -> str:
        """Which line of its forecast it is."""
        return f"{self.quarter}|{self.uscc}|{self.corridor}"

    @property
    def states_mean(self) -> bool:
        """Whether the ledger knows no mean, so that the league states one where it expects any."""
        return self.mean_from in {"nothing", "stated"}

    @property
    def known_fen(self) -> int:
        """What stands in the ledger."""
        return self.accrued_fen + self.applied_fen + self.filed_fen + self.approved_fen

    @property
    def mean_fen(self) -> int:
        """What one shipment brings, to the fen, half up."""
        return halves_up(self.mean_sum_fen, self.mean_count) if self.mean_count else 0

    @property
    def expected_fen(self) -> int:
        """What the shipments to come bring."""
        return self.expected * self.mean_fen

    @property
    def need_fen(self) -> int:
        """What is known and what is expected."""
        return self.known_fen + self.expected_fen

    def as_json(self) -> dict[str, Any]:
        """As a version keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says of one line: how many shipments, why, and what one brings if unknown."""

    expected: int
    reason: str = ""
    mean_fen: int | None = None


def halves_up(part: int, whole: int) -> int:
    """A quotient of what is not negative, rounded half up."""
    return (2 * part + whole) // (2 * whole)


def read(kept: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The lines of a version."""
    return [Line(**one) for one in kept]


def of(rows: Sequence[Row], quarters: Sequence[Quarter], today: date) -> list[Line]:
    """The lines of the quarters: by firm and corridor what stands, and what the pace suggests."""
    window = _window(rows, today)
    recent: dict[Place, int] = defaultdict(int)
    for row in rows:
        if today - timedelta(days=window) < row.day <= today:
            recent[row.uscc, row.corridor] += row.count
    named = {(row.uscc, row.corridor): (row.firm, row.route) for row in rows}
    past = _Past(rows, today, window, recent, named, _sums(rows))
    return [line for quarter in quarters for line in _of_quarter(past, quarter)]


def stated(line: Line, said: Stated) -> Line:
    """The line as a person wants it; raises ``Refused`` for what cannot be, or without a reason."""
    reason = said.reason.strip()[:REASON_LENGTH]
    if not line.days:
        raise Refused(
            mark("Quarter %(quarter)s is over; nothing more is to come in it."),
            mark("Change lines of quarters that are not over."),
            quarter=line.quarter,
        )
    if not 0 <= said.expected <= MOST_EXPECTED:
        raise Refused(
            mark("So many shipments cannot be expected: %(count)s."),
            mark("Write a whole number from 0 to %(most)s."),
            count=said.expected,
            most=f"{MOST_EXPECTED:,}",
        )
    if said.mean_fen is not None and not (line.states_mean and 0 < said.mean_fen <= MOST_MEAN_FEN):
        raise Refused(
            mark("What a shipment brings is stated only where the ledger knows none."),
            mark("Leave it blank where a mean is shown; otherwise write an amount in yuan."),
        )
    changed = said.expected != line.suggested or said.mean_fen is not None
    if changed and not reason:
        raise Refused(
            mark("A reason is needed where you expect another number than the pace suggests."),
            mark("Say in words on what your number rests: contracts, timetables, announcements."),
        )
    kept = replace(line, expected=said.expected, reason=reason if changed else "")
    if not line.states_mean:
        return kept
    if said.mean_fen is None:
        return replace(kept, mean_from="nothing", mean_count=0, mean_sum_fen=0)
    return replace(kept, mean_from="stated", mean_count=1, mean_sum_fen=said.mean_fen)


def again(before: Sequence[Line], fresh: Sequence[Line]) -> list[Line]:
    """Fresh lines with what was stated before, where it still can be and says something else."""
    said = {one.key: one for one in before if one.reason}
    return [
        _again(said[line.key], line) if line.key in said and line.days else line for line in fresh
    ]


def _again(before: Line, line: Line) -> Line:
    mean = before.mean_fen if before.mean_from == "stated" else None
    if line.mean_from != "nothing":
        mean = None
    return stated(line, Stated(before.expected, before.reason, mean))


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of the past, and what is carried on from it."""

    rows: Sequence[Row]
    today: date
    window: int
    """Days of which the pace is taken."""
    recent: Mapping[Place, int]
    """Shipments in the window."""
    named: Mapping[Place, tuple[str, str]]
    """Names of the firm and the corridor."""
    sums: Mapping[Level, tuple[int, int]]


def _of_quarter(past: _Past, quarter: Quarter) -> Iterator[Line]:
    tomorrow = past.today + timedelta(days=1)
    days = max((quarter.last - max(quarter.first, tomorrow)).days + 1, 0)
    known: dict[Place, list[Row]] = defaultdict(list)
    for row in past.rows:
        if quarter.first <= row.day <= quarter.last:
            known[row.uscc, row.corridor].append(row)
    places = sorted(known.keys() | (past.recent.keys() if days else set()))
    for place in [*places, *([NEWCOMERS] if days else [])]:
        yield _line(past, quarter, place, known[place], days)


def _line(past: _Past, quarter: Quarter, place: Place, rows: Sequence[Row], days: int) -> Line:
    uscc, corridor = place
    firm, route = past.named.get(place, ("", ""))
    level, (mean_count, mean_sum) = _mean(past.sums, quarter.method, uscc, corridor)
    recent = past.recent.get(place, 0)
    ahead = sum(row.count for row in rows if row.day > past.today)
    suggested = max(halves_up(recent * days, past.window) - ahead, 0)
    return Line(
        quarter=quarter.number,
        uscc=uscc,
        firm=firm,
        corridor=corridor,
        route=route,
        method=quarter.method,
        in_force=quarter.in_force,
        known=sum(row.count for row in rows),
        accrued_fen=sum(row.accrued_fen for row in rows),
        applied_fen=sum(row.applied_fen for row in rows),
        filed_fen=sum(row.filed_fen for row in rows),
        approved_fen=sum(row.approved_fen for row in rows),
        mean_from=level,
        mean_count=mean_count,
        mean_sum_fen=mean_sum,
        recent=recent,
        recent_days=past.window,
        days=days,
        ahead=ahead,
        suggested=suggested,
        expected=suggested,
    )


def _sums(rows: Sequence[Row]) -> dict[Level, tuple[int, int]]:
    """Version, firm and corridor, None for any -> assessed shipments and what they brought."""
    found: dict[Level, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        for key in {
            (row.method, row.uscc, row.corridor),
            (row.method, row.uscc, None),
            (row.method, None, row.corridor),
            (row.method, None, None),
            (None, None, None),
        }:
            found[key][0] += row.settled
            found[key][1] += row.fen
    return {key: (count, fen) for key, (count, fen) in found.items()}


def _mean(
    sums: Mapping[Level, tuple[int, int]], method: int, uscc: str, corridor: str
) -> tuple[str, tuple[int, int]]:
    """What the mean rests on, and of how many shipments how much."""
    levels: list[tuple[str, Level]] = [
        *([("own_corridor", (method, uscc, corridor))] if uscc and corridor else []),
        *([("own", (method, uscc, None))] if uscc else []),
        *([("corridor", (method, None, corridor))] if corridor else []),
        ("league", (method, None, None)),
        ("earlier", (None, None, None)),
    ]
    for level, key in levels:
        count, fen = sums.get(key, (0, 0))
        if count:
            return level, (count, fen)
    return "nothing", (0, 0)


def _window(rows: Sequence[Row], today: date) -> int:
    """Over how many days up to today the pace is taken."""
    first = min((row.day for row in rows if row.day <= today), default=today)
    return min(max((today - first).days + 1, LEAST_DAYS), RECENT_DAYS)
