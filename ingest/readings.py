"""Readings 读法: how what can be read two ways is read, once a person said which.

A reading only writes a cell anew; the new text is judged like any other, so that no reading can let
a bad value in. What is right as it stands is confirmed instead, and what is neither is corrected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from ingest import clean, columns
from ingest.answers import Answer, Said
from ingest.faults import Fault
from ingest.fields import FIELDS, Field
from ingest.grid import Grid
from ingest.headings import MAY_MEAN
from ingest.readable import READINGS, SCALED, Reading, scaled
from ingest.rows import Problem, problem
from ingest.verdicts import Verdict

CONFIRMABLE = frozenset(
    {
        "unknown_code",
        "old_date",
        "train_on_road",
        "mode_office",
        "dest_not_china",
        "empty_with_weight",
        "declaration_direction",
        "list_direction",
        "merged_amount",
        "unit_contradicts",
    }
)
"""Questions whose answer may be that it is right; one crossing on two days never is."""
ONE_TOO_MANY = frozenset({"conflicting_row", "two_exits"})
"""Questions that leaving one of two rows out settles."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that a problem allows, and how it is called."""

    answer: Answer
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Reread:
    """A column read as answered; `used` says which cells a reading wrote anew."""

    cells: pl.Series
    used: tuple[tuple[Reading, pl.Series], ...]


def find(code: str | None, value: str) -> Reading | None:
    """Return the reading of a code that has this value."""
    return next((one for one in READINGS.get(code or "", ()) if one.value == value), None)


def unsettled(problems: Iterable[Problem], said: Said) -> list[Problem]:
    """Return the problems of headings that no reading settles."""
    return [
        one
        for one in problems
        if not find(one.code, said.readings.get(one.field or "", {}).get(one.code, ""))
    ]


def reread(
    one: Field, cells: pl.Series, odd: Mapping[str, Verdict], wanted: Mapping[str, str], day: date
) -> Reread:
    """Read the cells whose problem was answered as the answers say."""
    chosen = {code: found for code, value in wanted.items() if (found := find(code, value))}
    whole = chosen.pop(SCALED, None)
    written: dict[str, str] = {}
    by: dict[Reading, list[str]] = {}
    for text, verdict in odd.items():
        reading = chosen.get(verdict.code or "")
        said = clean.tidy(text, upper=one.type in clean.UPPER)
        new = reading.read(said, one, day) if reading else None
        if reading and new is not None:
            written[text] = new
            by.setdefault(reading, []).append(text)
    if whole:
        changed = scaled(whole, cells, odd, written, one, day)
        by[whole] = list(changed)
        written |= changed
    used = tuple((reading, cells.is_in(_texts(said))) for reading, said in by.items())
    return Reread(_rewritten(cells, written), used)


def _texts(said: list[str]) -> pl.Series:
    return pl.Series(said, dtype=pl.String).implode()


def _rewritten(cells: pl.Series, written: Mapping[str, str]) -> pl.Series:
    if not written:
        return cells
    return cells.replace(list(written), pl.Series(list(written.values()), dtype=pl.String))


def told(read: Reread, data: Grid, one: Field, letter: str | None) -> Iterator[Problem]:
    """Say once a reading which rows it changed."""
    for reading, where in read.used:
        rows = tuple(data.rows.filter(where.fill_null(value=False)).to_list())
        args = {"rows": rows, "said": reading.zh, "said_en": reading.en, "count": len(rows)}
        if rows:
            yield problem("read_as", data.sheet, column=letter, field=one.name, args=args)


def confirmed(faults: Iterable[Fault], rows: pl.Series, answers: Sequence[Answer]) -> list[Fault]:
    """Let what was confirmed be a notice: those rows go in, the others still wait."""
    found: list[Fault] = []
    for fault in faults:
        about = [one for one in answers if _is_about(one, fault)]
        if not about or fault.severity != "ask" or fault.code not in CONFIRMABLE:
            found.append(fault)
            continue
        said = [one.row for one in about if one.row is not None]
        every = len(said) < len(about)
        right = fault.where if every else fault.where & rows.is_in(_rows(said))
        left = fault.where & ~right
        parts = (replace(fault, where=right, level="notice"), replace(fault, where=left))
        found += [part for part in parts if part.where.any()]
    return found


def _is_about(one: Answer, fault: Fault) -> bool:
    return one.code == fault.code and one.field in {None, fault.field}


def _rows(said: list[int]) -> pl.Series:
    return pl.Series(said, dtype=pl.UInt32).implode()


def offers(told: Problem) -> tuple[Offer, ...]:
    """Return what can be answered to a problem; nothing where only a correction helps."""
    if told.code in {"doubled_heading", "heading_unclear"}:
        return tuple(_columns(told))
    if told.code == "several_sheets":
        return tuple(_sheets(told))
    if told.severity != "ask":
        return ()
    if told.code in READINGS:
        return tuple(_readings(told))
    if told.code in ONE_TOO_MANY:
        return tuple(_left_out(told))
    return tuple(_confirmed(told)) if told.code in CONFIRMABLE else ()


def _columns(told: Problem) -> Iterator[Offer]:
    names = MAY_MEAN if told.code == "heading_unclear" else (told.field or "",)
    for name in names:
        one = FIELDS[name]
        made = Answer(kind="column", sheet=told.sheet, column=told.column, value=name)
        zh, en = f"{told.column} 列是“{one.zh}”", f'Column {told.column} is "{one.en}"'
        yield Offer(made, zh, en)
    none = Answer(kind="column", sheet=told.sheet, column=told.column)
    yield Offer(none, f"不读 {told.column} 列", f"Leave column {told.column} out")


def _sheets(told: Problem) -> Iterator[Offer]:
    names = told.args.get("sheets")
    for name in names if isinstance(names, (tuple, list)) else (told.value or "").split("、"):
        made = Answer(kind="sheet", value=str(name))
        yield Offer(made, f"读取“{name}”", f'Read "{name}"')


def _readings(told: Problem) -> Iterator[Offer]:
    """Offer the readings under which the cell is right; of a heading's doubt, every one."""
    one = FIELDS[told.field or ""]
    said = clean.tidy(told.value or "", upper=one.type in clean.UPPER)
    for reading in READINGS[told.code]:
        new = reading.read(said, one, date.max)
        if told.code == SCALED or (new and columns.judge(one, new, date.max).value):
            shown = new if new and told.code != SCALED else ""
            made = Answer(
                kind="reading", sheet=told.sheet, field=told.field, code=told.code,
                value=reading.value,
            )  # fmt: skip
            zh = f"整列：{reading.zh}" + (f"（{told.value} 即 {shown}）" if shown else "")
            en = f"The column: {reading.en}" + (f" ({told.value} is {shown})" if shown else "")
            yield Offer(made, zh, en)


def _left_out(told: Problem) -> Iterator[Offer]:
    for row in (told.row, told.args.get("other_row")):
        if isinstance(row, int):
            made = Answer(kind="leave_out", sheet=told.sheet, row=row)
            yield Offer(made, f"剔除第 {row} 行", f"Leave row {row} out")


def _confirmed(told: Problem) -> Iterator[Offer]:
    made = Answer(kind="confirm", sheet=told.sheet, row=told.row, field=told.field, code=told.code)
    if told.row is None:
        yield Offer(made, f"这 {len(told.rows)} 行都无误", f"All {len(told.rows)} rows are right")
    else:
        yield Offer(made, "核对过，无误", "Checked, it is right")
