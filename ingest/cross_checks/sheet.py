"""Sheet 第三方数据表: somebody else's rows, read like a manifest's and as far as it goes.

The same formats, headings, answers and messages as of a manifest 明细表. But nothing is required of
it beside one column by which a shipment is found: a cell that cannot be read is told and not
compared, and its row counts all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from ingest import check, examination, headings, marked, readings
from ingest.answers import Answer, Said
from ingest.cross_checks.table import FOUND_BY, TAKEN
from ingest.faults import Fault, problems_of
from ingest.fields import FIELDS
from ingest.grid import HEADER_WITHIN, Grid
from ingest.headings import Heading
from ingest.notdata import sort
from ingest.readable import SCALED
from ingest.rows import FileInfo, Problem, Skipped, problem

SPOKEN = ("sheet", "header", "column", "reading")
"""Kinds of answers that are taken: what a column means and how it is read, never what it says."""
WEIGHT = "gross_weight_kg"
LIGHT_KG = 100
"""No loaded vehicle or box weighs less. A column without any heavier is of tonnes or of parcels,
and a person says which."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: canonical values by field name, and the fields whose cells could not be read."""

    row: int
    fields: Mapping[str, str]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What reading found: the rows, those left out, and what is wrong or worth knowing.

    A sheet without rows could not be read; the problems say why.
    """

    file: FileInfo
    rows: tuple[Row, ...] = ()
    doubled: tuple[int, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(
    raw: bytes,
    name: str = "",
    *,
    day: date,
    answers: Sequence[Answer] = (),
    remembered: Mapping[str, str] | None = None,
    filled: Mapping[str, str] | None = None,
) -> Sheet:
    """Read a sheet; ``filled`` are fields that all rows say alike where the sheet has no column.

    ``day`` is today in Beijing; ``answers`` and ``remembered`` as in ``ingest.examine``.
    """
    info, source = examination.opened(raw, name)
    spoken = [one for one in answers if one.kind in SPOKEN]
    found, problems = examination.choose(source, spoken, remembered)
    if not found:
        return Sheet(info, problems=tuple(map(_renamed, problems)))
    heading = _taken(found.heading)
    info = examination.described(info, replace(found, heading=heading))
    doubts = [one for one in found.heading.problems if one.field in TAKEN]
    problems += readings.unsettled(doubts, found.said)
    if not set(heading.mapping.values()) & set(FOUND_BY):
        wanted = {lang: _labels(lang) for lang in ("zh", "en")}
        args = {"fields": wanted["zh"], "fields_en": wanted["en"]}
        problems.append(problem("cross_no_name", found.grid.sheet, args=args))
    if any(one.severity == "refuse" for one in problems):
        return Sheet(info, problems=tuple(problems))
    said = replace(found.said, fills={name: it for name, it in (filled or {}).items() if it})
    return _rows(info, found.grid, heading, said, problems, day)


def _rows(
    info: FileInfo,
    grid: Grid,
    heading: Heading,
    said: Said,
    problems: list[Problem],
    day: date,
) -> Sheet:
    parts = sort(grid, heading)
    data = parts.data
    if not len(data.rows):
        return Sheet(info, (), (), parts.skipped, (*problems, problem("no_rows", grid.sheet)))
    work = check.judged(data, heading, "lines", day, said)
    check.towns(work)
    problems = [*problems, *_light(work, heading, said, grid.sheet)]
    doubtful = [one for one in work.faults if one.field in TAKEN and one.severity != "notice"]
    doubtful += _unscaled(work, problems)
    frame = _sure(work, doubtful)
    again = _again(data)
    nameless = _nameless(frame) & ~again.where
    more = [again, Fault("cross_names_nothing", nameless)]
    letters = {name: letter for letter, name in heading.mapping.items()}
    told = problems_of([*work.faults, *more], data, letters)
    return Sheet(
        info,
        tuple(_each(data, frame, doubtful, again)),
        tuple(data.rows.filter(again.where).to_list()),
        parts.skipped,
        (*problems, *marked.notices(grid), *told, *work.told),
    )


def _light(work: check.Work, heading: Heading, said: Said, sheet: str) -> list[Problem]:
    """Whether a column of weights whose heading says no unit may be of tonnes."""
    settled = readings.find(SCALED, said.readings.get(WEIGHT, {}).get(SCALED, ""))
    letter = next((at for at, name in heading.mapping.items() if name == WEIGHT), "")
    if settled or not letter or any(one.code == SCALED for one in heading.problems):
        return []
    weights = [Decimal(one) for one in work.values[WEIGHT].drop_nulls() if one]
    if not 0 < max(weights, default=Decimal(0)) < LIGHT_KG:
        return []
    text = heading.texts[letter]
    return [problem(SCALED, sheet, column=letter, field=WEIGHT, value=text)]


def _unscaled(work: check.Work, problems: Sequence[Problem]) -> list[Fault]:
    """The cells of columns whose unit is still asked for: nothing is compared in a guessed one."""
    columns = [one.field for one in problems if one.code == SCALED and one.field]
    return [Fault(SCALED, work.values[name].is_not_null(), name) for name in columns]


def _sure(work: check.Work, doubtful: Sequence[Fault]) -> pl.DataFrame:
    """The values that are read; what waits for an answer is none."""
    frame = work.frame("lines").select(pl.col(name) for name in TAKEN if name in work.values)
    for fault in doubtful:
        name = fault.field or ""
        frame = frame.with_columns(frame[name].set(fault.where, None))
    return frame


def _each(
    data: Grid, frame: pl.DataFrame, doubtful: Sequence[Fault], again: Fault
) -> Iterator[Row]:
    """Every row that is no repetition."""
    unread: dict[int, list[str]] = {}
    for fault in doubtful:
        for at in fault.where.arg_true().to_list():
            unread.setdefault(at, []).append(fault.field or "")
    whole = zip(data.rows.to_list(), frame.to_dicts(), again.where.to_list(), strict=True)
    for at, (row, values, doubled) in enumerate(whole):
        if not doubled:
            said = {name: value for name, value in values.items() if value}
            yield Row(row, said, tuple(dict.fromkeys(unread.get(at, ()))))


def _again(data: Grid) -> Fault:
    """Rows that repeat an earlier one, cell by cell."""
    first: dict[tuple[str | None, ...], int] = {}
    before: dict[int, int] = {}
    for at, (row, cells) in enumerate(zip(data.rows.to_list(), data.cells.rows(), strict=True)):
        if first.setdefault(cells, row) != row:
            before[at] = first[cells]
    where = pl.Series([False]).new_from_index(0, len(data.rows))
    where = where.scatter(list(before), values=True) if before else where
    return Fault("doubled_row", where, None, lambda at: {"other_row": before[at]})


def _nameless(frame: pl.DataFrame) -> pl.Series:
    """Rows in which nothing stands by which a shipment is found."""
    names = [name for name in FOUND_BY if name in frame.columns]
    return frame.select(pl.all_horizontal(pl.col(names).is_null()).alias("none")).to_series()


def _taken(heading: Heading) -> Heading:
    """The heading with only the columns that are read; the others mean nothing here."""
    mapping = {letter: name for letter, name in heading.mapping.items() if name in TAKEN}
    unknown = {letter: text for letter, text in heading.texts.items() if letter not in mapping}
    return replace(heading, mapping=mapping, unknown=unknown, currencies={})


def _renamed(one: Problem) -> Problem:
    """The same problem; of a missing heading row told as of a sheet that has no template."""
    if one.code != "no_header":
        return one
    least = {"count": headings.LEAST_KNOWN, "limit": HEADER_WITHIN}
    return problem("cross_no_header", one.sheet, args=least)


def _labels(lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(FIELDS[name].label(lang) for name in FOUND_BY)
