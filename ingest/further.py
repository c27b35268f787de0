"""Further sheets 附表 of a manifest: legs 分段 and parcels 包裹清单, read with the cargo lines.

They are judged by the same checks as cargo lines, column by column, and every row of theirs ends in
exactly one state too; their sums stand by themselves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from ingest import check, correction, headings, legs, links, marked, parcels, readings, together
from ingest.answers import Answer, about
from ingest.check import Checked, Work
from ingest.faults import Fault
from ingest.fields import SHEETS, Kind
from ingest.grid import Grid
from ingest.headings import TELLS, Heading
from ingest.links import LINKS, Books
from ingest.notdata import Sorted, sort
from ingest.rows import Further, Lines, ParcelList, Problem


@dataclass(slots=True)
class Reading:
    """Further sheets while they are read, one after the other."""

    day: date
    firm_code: str | None
    answers: Sequence[Answer]
    books: Books
    lines: pl.DataFrame
    """What rows can belong to (`ingest.links`): those of the file, and those found standing."""
    told: parcels.Told = field(default_factory=parcels.Told)
    problems: list[Problem] = field(default_factory=list)
    accepted: list[pl.DataFrame] = field(default_factory=list)
    """Accepted parcels, a frame a sheet."""
    hashed: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.UInt64))
    """Hashes of the parcels of the sheet at hand."""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading the further sheets of a file found."""

    sheets: tuple[Further, ...] = ()
    parcels: tuple[ParcelList, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(
    grids: Sequence[tuple[Kind, Grid]],
    lines: Checked | None,
    day: date,
    firm_code: str | None,
    answers: Sequence[Answer],
    books: Books,
) -> Read:
    """Read the further sheets of a file; `lines` are its cargo lines, where it has any."""
    reading = Reading(day, firm_code, answers, books, _lines(lines))
    found = [one for kind, grid in grids if (one := _sheet(reading, kind, grid))]
    made: tuple[ParcelList, ...] = ()
    if reading.accepted:
        accepted = pl.concat(reading.accepted)
        made = tuple(parcels.lists(accepted, reading.lines))
        reading.problems += parcels.compared(made, accepted, reading.lines)
    return Read(tuple(found), made, tuple(reading.problems))


def _lines(checked: Checked | None) -> pl.DataFrame:
    """Make the file's cargo lines what rows can belong to; those that stay out are known too."""
    made = [pl.DataFrame(schema=links.SHAPE)]
    if checked:
        for part, takes_in in (
            (checked.lines, True),
            (checked.waiting, False),
            (checked.refused, False),
        ):
            if len(part):
                made.append(links.targets(part.values, takes_in=takes_in))
    return pl.concat(made)


def _sheet(reading: Reading, kind: Kind, grid: Grid) -> Further | None:
    """Read one sheet; None where nothing stands below its headings, as in an unfilled template."""
    alone = not reading.lines.height
    said = about([one for one in reading.answers if alone or one.sheet == grid.sheet], grid.sheet)
    heading = headings.find(grid, said.header, said.columns, kind=kind)
    if not heading:
        return None
    grid = correction.corrected(grid, heading, said)
    parts = sort(grid, heading, said.left_out, TELLS[kind])
    if not len(parts.data.rows):
        return None
    doubts = readings.unsettled(heading.problems, said)
    reading.problems += [*doubts, *marked.notices(grid)]
    read = _described(kind, grid, heading, parts)
    if any(one.severity == "refuse" for one in doubts):
        return replace(read, refused=_untouched(parts.data))
    work = check.judged(parts.data, heading, kind, reading.day, said)
    frame = _whole(work, kind, len(parts.data.rows))
    units = _linked(reading, work, frame)
    work.faults += together.missing(frame, work.blank, SHEETS[kind])
    work.faults += JUDGES[kind](reading, frame, units, parts.data)
    checked = check.sorted_out(work, frame, parts, heading, said)
    reading.problems += checked.problems
    accepted = parts.data.rows.is_in(checked.lines.rows.implode())
    if kind == "parcels":
        more = [units.alias("unit"), reading.hashed, parts.data.rows.alias("row")]
        kept = frame.with_columns(*more, pl.lit(grid.sheet).alias("sheet"))
        reading.accepted.append(kept if accepted.all() else kept.filter(accepted))
    bare = _without_cells if kind == "parcels" else _as_they_are
    return replace(
        read,
        lines=bare(checked.lines),
        units=units.filter(accepted),
        waiting=bare(checked.waiting),
        refused=bare(checked.refused),
        doubled=bare(checked.doubled),
    )


def _described(kind: Kind, grid: Grid, heading: Heading, parts: Sorted) -> Further:
    return Further(
        kind=kind,
        sheet=grid.sheet,
        header_row=heading.row,
        headings=heading.texts,
        mapping=heading.mapping,
        unknown=heading.unknown,
        rows_read=len(grid.rows),
        skipped=parts.skipped,
    )


def _whole(work: Work, kind: Kind, height: int) -> pl.DataFrame:
    """Return the values with a column for every field of the kind."""
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    return pl.DataFrame({name: work.values.get(name, blank) for name in SHEETS[kind]})


def _untouched(data: Grid) -> Lines:
    """Return rows under headings that cannot be relied on: none of them is judged."""
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, len(data.rows))
    return Lines(data.sheet, data.rows, pl.DataFrame({LINKS[0]: blank}), pl.DataFrame())


def _as_they_are(lines: Lines) -> Lines:
    return lines


def _without_cells(lines: Lines) -> Lines:
    return Lines(lines.sheet, lines.rows, lines.values, pl.DataFrame())


def _linked(reading: Reading, work: Work, frame: pl.DataFrame) -> pl.Series:
    """Find the shipments of the rows, and remember the lines that were asked for."""
    nothing = pl.Series([True]).new_from_index(0, frame.height)
    blank = pl.DataFrame({name: work.blank.get(name, nothing) for name in LINKS})
    found, reading.lines = links.link(frame.select(LINKS), blank, reading.lines, reading.books)
    work.faults += found.faults
    return found.units


def _legs(reading: Reading, frame: pl.DataFrame, units: pl.Series, data: Grid) -> Iterable[Fault]:
    return legs.check(frame, units, reading.lines, data.rows)


def _parcels(
    reading: Reading, frame: pl.DataFrame, units: pl.Series, data: Grid
) -> Iterable[Fault]:
    yield from parcels.check(frame, units, data.rows, data.sheet, reading.told)
    reading.hashed = parcels.hashes(frame["parcel_no"], reading.firm_code)
    yield from parcels.claimed(reading.hashed, units, reading.lines, reading.books)


JUDGES: Mapping[Kind, Callable[[Reading, pl.DataFrame, pl.Series, Grid], Iterable[Fault]]] = {
    "legs": _legs,
    "parcels": _parcels,
}
"""Kind of sheet -> what its rows say against each other and against what stands."""
