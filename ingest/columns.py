"""Whole columns judged at once 整列判断: what is plainly right passes, the rest one by one.

`look` finds the cells that are not plainly right for a type of field: what is plainly right,
cleaning and `judge` would return unchanged. Only the others are looked at singly, each different
text once. That is what makes the checks fast without making them two sets of rules.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from ingest import clean, days, identifiers, quantities, verdicts
from ingest.fields import Field
from ingest.verdicts import Judge, Verdict

JUDGES: dict[str, Judge] = {
    "text": verdicts.text,
    "enum": verdicts.enum,
    "code": verdicts.code,
    "date": days.judge_date,
    "time": days.judge_time,
    "integer": quantities.judge,
    "decimal": quantities.judge,
    "document": identifiers.document,
    "plain": identifiers.plain,
    "plate": identifiers.plate,
    "container": identifiers.container,
    "list": identifiers.several,
}
SHAPED = {
    "firm_code": None,
    "declaration_no": r"^[0-9]{4}20[0-9]{2}[01][0-9]{9}$",
    "list_no": r"^[0-9]{4}20[0-9]{2}[IE][0-9]{9,11}$",
    "hs_code": r"^(?:[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10})$",
}
BOX = r"^[A-Z]{3}[UJZ][0-9]{7}$"
POWERS = np.array([2**place for place in range(10)])
VALUES = np.zeros(128, dtype=np.int64)
for _character in "0123456789":
    VALUES[ord(_character)] = int(_character)
for _character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    VALUES[ord(_character)] = identifiers.letter_value(_character)


@dataclass(frozen=True, slots=True)
class Look:
    """Which cells of a column need a closer look, by index, and the different texts they say."""

    cells: pl.Series
    at: pl.Series
    texts: tuple[str, ...]

    def saying(self, texts: Collection[str]) -> pl.Series:
        """Return the indices of the cells that say one of these texts, all of them looked at."""
        wanted = pl.Series(list(texts), dtype=pl.String).implode()
        return self.at.filter(self.cells.gather(self.at).is_in(wanted))


@dataclass(frozen=True, slots=True)
class Judged:
    """A column's canonical values (null where there is none) and the verdicts with a problem.

    `odd` maps every text, as it stands in the sheet, that something is wrong with to its verdict.
    """

    values: pl.Series
    odd: dict[str, Verdict]


def judge(one: Field, said: str, day: date) -> Verdict:
    """Judge one cleaned cell of a field."""
    return JUDGES[one.type](one, said, day)


def look(one: Field, cells: pl.Series, day: date) -> Look:
    """Find the cells of a column, as they stand in the sheet, that are not plainly right."""
    frame = cells.alias("cell").to_frame()
    rest = pl.col("cell").is_not_null() if (fine := _plain(one, cells, day)) is None else ~fine
    at = frame.select(pl.arg_where(rest)).to_series()
    texts = cells.gather(at).unique().to_list() if len(at) else ()
    return Look(cells, at, tuple(texts))


def judge_all(one: Field, cells: pl.Series, day: date) -> Judged:
    """Judge a column of cells as they stand in the sheet."""
    return judge_looked(one, look(one, cells, day), day)


def judge_looked(one: Field, found: Look, day: date) -> Judged:
    """Judge the cells that need a closer look; the others are right as they stand."""
    upper = one.type in clean.UPPER
    tidied = {text: clean.tidy(text, upper=upper) for text in found.texts}
    verdict = {text: judge(one, said, day) if said else Verdict() for text, said in tidied.items()}
    if any(told.code == "ambiguous_number" for told in verdict.values()):
        doubtful = [text for text, said in tidied.items() if quantities.may_be_small(said)]
        verdict |= dict.fromkeys(doubtful, Verdict("", "ambiguous_number"))
    changed = {
        text: told.value or None for text, told in verdict.items() if told.value != text or not text
    }
    values = found.cells
    if changed:
        new = pl.Series(list(changed.values()), dtype=pl.String)
        values = values.replace(list(changed), new)
    return Judged(values, {text: told for text, told in verdict.items() if told.code})


def _plain(one: Field, cells: pl.Series, day: date) -> pl.Expr | None:
    """Return where the cells are plainly right; None where each different text is judged.

    What is plainly right is also clean: `clean.tidy` would not change it, and no error of a
    spreadsheet (#N/A) is among it.
    """
    cell = pl.col("cell")
    if one.type == "text":
        return (cell.str.len_chars() <= (one.max or 0)) & ~cell.str.contains(f"{clean.ODD}|^#|^$")
    if one.type == "container":
        return pl.lit(_boxes(cells))
    pattern = _pattern(one)
    if pattern is None:
        return None
    fine = cell.str.contains(pattern)
    if one.name in {"declaration_no", "list_no"}:
        return fine & (cell.str.slice(4, 4) <= str(day.year))
    if one.type in {"document", "plain", "plate", "list"}:
        return fine & ~cell.is_in(list(verdicts.NONE_SAID))
    return fine


def _pattern(one: Field) -> str | None:
    if one.name in SHAPED:
        return SHAPED[one.name]
    most = one.max or 0
    if one.type in {"integer", "decimal"}:
        digits = len(str(most)) - 1 if set(str(most)) != {"9"} else len(str(most))
        low = rf"[1-9][0-9]{{0,{digits - 1}}}"
        whole = low if one.above_zero or one.min else f"(?:0|{low})"
        part = rf"(?:\.[0-9]{{0,{one.decimals - 1}}}[1-9])?" if one.decimals else ""
        return f"^{whole}{part}$"
    patterns = {
        "document": rf"^[A-Z0-9][A-Z0-9\-/]{{0,{most - 1}}}$",
        "plain": rf"^[A-Z0-9]{{1,{most}}}$",
        "list": rf"^[A-Z0-9]{{1,{most}}}$",
        "plate": rf"^{identifiers.PLATE.pattern}$",
    }
    return patterns.get(one.type)


def _boxes(cells: pl.Series) -> pl.Series:
    """Return which cells are container numbers whose check digit is right; null of blank cells."""
    shaped = cells.str.contains(BOX)
    text = "".join(cells.filter(shaped).to_list()).encode("ascii")
    if not text:
        return shaped
    numbers = np.frombuffer(text, dtype=np.uint8).reshape(-1, 11)
    totals = VALUES[numbers[:, :10]] @ POWERS
    right = totals % 11 % 10 == VALUES[numbers[:, 10]]
    return shaped.clone().scatter(shaped.arg_true(), pl.Series(right))
