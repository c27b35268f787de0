"""Checks 校验 over whole columns: a sheet of text in, typed lines and problems out.

Every check is independent: no bad cell switches another one off, so a row with two faults shows
two problems. What one cell may say stands in `ingest.columns`, what cells say together in
`ingest.together`; both only collect faults, and this module decides where every row ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import polars as pl

from ingest import codes, columns, correction, marked, readings, together
from ingest.answers import NOTHING, Said
from ingest.faults import Fault, problems_of, rows_with
from ingest.fields import FIELDS, SHEETS, Field, Kind
from ingest.grid import Grid
from ingest.headings import Heading
from ingest.notdata import Sorted, sort
from ingest.rows import Lines, Problem, Skipped, problem
from ingest.verdicts import Args, Verdict

Progress = Callable[[int, int], None]
SUMMED = ("packages", "gross_weight_kg", "net_weight_kg", "goods_value", "freight")


@dataclass(frozen=True, slots=True)
class Checked:
    """Where every row of a sheet ended, and the problems."""

    lines: Lines
    waiting: Lines
    refused: Lines
    doubled: Lines
    problems: tuple[Problem, ...]
    skipped: tuple[Skipped, ...]


@dataclass(slots=True)
class Work:
    """A sheet while it is checked: canonical values, true blanks, faults and readings so far.

    `same` are the fields whose values are the cells as they stand, by the letter of the column.
    """

    values: dict[str, pl.Series] = field(default_factory=dict)
    blank: dict[str, pl.Series] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    told: list[Problem] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)

    def frame(self, kind: Kind) -> pl.DataFrame:
        """Return the values as columns, in the order of the field table."""
        return pl.DataFrame(
            {name: self.values[name] for name in SHEETS[kind] if name in self.values}
        )


def check(
    grid: Grid,
    heading: Heading,
    day: date,
    firm_code: str | None = None,
    progress: Progress | None = None,
    said: Said = NOTHING,
) -> Checked:
    """Check a sheet; `day` is today in Beijing, `firm_code` the firm that applies."""
    parts = sort(grid, heading, said.left_out)
    data = parts.data
    work = judged(data, heading, "lines", day, said, progress)
    towns(work)
    frame = work.frame("lines")
    work.faults += together.check(frame, work.blank, data.rows, firm_code)
    checked = sorted_out(work, frame, parts, heading, said)
    if progress:
        progress(len(data.rows), len(data.rows))
    return checked


def judged(
    data: Grid,
    heading: Heading,
    kind: Kind,
    day: date,
    said: Said,
    progress: Progress | None = None,
) -> Work:
    """Judge every column of a kind of sheet by itself."""
    fields = SHEETS[kind]
    letters = {name: letter for letter, name in heading.mapping.items()}
    work = Work()
    for done, (name, letter) in enumerate(letters.items(), 1):
        _column(work, data, fields[name], letter, day, said)
        if progress:
            progress(len(data.rows) * done // (len(letters) + 1), len(data.rows))
    for name in said.fills:
        if name in fields and name not in letters:
            _column(work, data, fields[name], None, day, said)
    _implied(work, heading)
    return work


def _column(work: Work, data: Grid, one: Field, letter: str | None, day: date, said: Said) -> None:
    """Judge one column; remember its values, its true blanks and its faults.

    A field without a column is one of blank cells: an answer fills them.
    """
    raw = data.cells[letter] if letter else marked.blank(data)
    look = columns.look(one, raw, day)
    taken = marked.column(data, one, letter, look)
    cells = taken.cells
    if one.name in said.fills:
        cells = correction.filled(cells, taken.settled, said.fills[one.name])
    look = look if cells is raw else columns.look(one, cells, day)
    judged = columns.judge_looked(one, look, day)
    if one.name in said.readings:
        read = readings.reread(one, cells, judged.odd, said.readings[one.name], day)
        if read.used:
            look = columns.look(one, read.cells, day)
            judged = columns.judge_looked(one, look, day)
            work.told += readings.told(read, data, one, letter)
    verdicts = list(_verdicts(one.name, look, judged.odd))
    work.values[one.name] = judged.values
    if judged.values is raw and letter:
        work.same[one.name] = letter
    work.blank[one.name] = _blank(judged.values, taken.settled, verdicts)
    work.faults += taken.faults
    work.faults += verdicts


def _blank(values: pl.Series, settled: pl.Series, verdicts: Iterable[Fault]) -> pl.Series:
    """Return which cells are really blank, not merely wrong."""
    blank = values.is_null()
    if blank.any():
        blank = blank & ~settled
        for fault in verdicts:
            blank = blank & ~fault.where
    return blank


def _verdicts(name: str, look: columns.Look, odd: Mapping[str, Verdict]) -> Iterator[Fault]:
    texts: dict[str, list[str]] = {}
    for text, verdict in odd.items():
        texts.setdefault(verdict.code or "", []).append(text)
    for code, said in texts.items():
        at = look.saying(said)
        told = dict(zip(at.to_list(), look.cells.gather(at).to_list(), strict=True))
        yield Fault(code, together.mask(at, len(look.cells)), name, _saying(odd, told))


def _saying(odd: Mapping[str, Verdict], told: Mapping[int, str]) -> Callable[[int], Args]:
    return lambda at: odd[told[at]].args


def towns(work: Work) -> None:
    """Settle which office of a town with two ports is meant, now that the mode is known."""
    modes = work.values.get("transport_mode")
    for place, fault in enumerate(work.faults):
        if fault.code == "needs_mode" and modes is not None and fault.field:
            said = work.values[fault.field]
            known = codes.towns()
            at = fault.where.arg_true().to_list()
            found = [known[said[index]].get(modes[index] or "") for index in at]
            offices = pl.Series(
                [office or said[index] for office, index in zip(found, at, strict=True)],
                dtype=pl.String,
            )
            work.values[fault.field] = said.clone().scatter(at, offices)
            left = [index for index, office in zip(at, found, strict=True) if not office]
            where = pl.Series([False]).new_from_index(0, len(said)).scatter(left, values=True)
            work.faults[place] = replace(fault, where=where)
            work.same.pop(fault.field, None)


def _implied(work: Work, heading: Heading) -> None:
    """Give amounts the currency that their heading names."""
    for name, currency in heading.currencies.items():
        if name in work.values:
            continue
        amount = work.values["freight" if name == "freight_currency" else "goods_value"]
        chosen = pl.when(amount.is_not_null()).then(pl.lit(currency)).otherwise(None)
        work.values[name] = pl.select(chosen.alias(name)).to_series()


def _widths(data: Grid) -> Iterator[Fault]:
    widths = data.marks.widths
    where = marked.at_rows(data.rows, widths)
    if where.any():
        rows, limit = data.rows, len(data.cells.columns)
        yield Fault(
            "row_width", where, None, lambda at: {"count": widths[rows[at]], "limit": limit}
        )


def sorted_out(
    work: Work, frame: pl.DataFrame, parts: Sorted, heading: Heading, said: Said
) -> Checked:
    """Send every row to the one place where it ends."""
    data, height = parts.data, len(parts.data.rows)
    letters = {name: letter for letter, name in heading.mapping.items()}
    work.faults += _widths(data)
    if said.confirmed:
        work.faults = readings.confirmed(work.faults, data.rows, said.confirmed)
    refused = rows_with(work.faults, "refuse", height)
    again = [fault.where for fault in work.faults if fault.code == "doubled_row"]
    doubled = again[0] & ~refused if again else refused & ~refused
    waiting = rows_with(work.faults, "ask", height) & ~refused & ~doubled
    accepted = ~(refused | doubled | waiting)

    def lines(where: pl.Series) -> Lines:
        if not where.any():
            return Lines(data.sheet, data.rows.head(0), frame.head(0), data.cells.head(0))
        if where.all():
            return Lines(data.sheet, data.rows, frame, data.cells)
        raw = data.cells.filter(where)
        same = {name: raw[letter] for name, letter in work.same.items()}
        other = frame.drop(same).filter(where) if len(same) < frame.width else frame.clear()
        values = pl.DataFrame({**other.to_dict(), **same}).select(frame.columns)
        return Lines(data.sheet, data.rows.filter(where), values, raw)

    found = problems_of(work.faults, data, letters)
    totals = tuple(_totals(frame, parts, letters, said.readings))
    return Checked(
        lines(accepted),
        lines(waiting),
        lines(refused),
        lines(doubled),
        (*found, *work.told, *totals),
        parts.skipped,
    )


def _totals(
    frame: pl.DataFrame,
    parts: Sorted,
    letters: Mapping[str, str],
    wanted: Mapping[str, Mapping[str, str]],
) -> Iterator[Problem]:
    """Compare the sheet's total rows with our own sums; a subtotal sums since the one before.

    A total is read as was answered for its column.
    """
    since = 0
    for place, row in enumerate(parts.totals.rows.to_list()):
        part = row in parts.subtotals
        rows = parts.data.rows
        where = (rows < row) & (rows > since) if part else rows < row
        since = row if part else since
        for name in SUMMED:
            letter = letters.get(name)
            said = parts.totals.cells[letter][place] if letter else None
            ours = _sum(frame[name].filter(where)) if said else Decimal(0)
            if said and letter and _differs(FIELDS[name], said.strip(), wanted.get(name, {}), ours):
                args = {"other": format(ours.normalize(), "f")}
                yield problem(
                    "total_differs", parts.data.sheet, row,
                    column=letter, field=name, value=said, args=args,
                )  # fmt: skip


def _sum(texts: pl.Series) -> Decimal:
    total = texts.cast(pl.Decimal(38, 5)).sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def _differs(one: Field, said: str, wanted: Mapping[str, str], ours: Decimal) -> bool:
    one = replace(one, max=None)
    verdict = columns.judge(one, said, date.max)
    if wanted:
        odd = {said: verdict} if verdict.code else {}
        read = readings.reread(one, pl.Series([said]), odd, wanted, date.max)
        verdict = columns.judge(one, read.cells[0], date.max)
    return not verdict.code and Decimal(verdict.value or "0") != ours
