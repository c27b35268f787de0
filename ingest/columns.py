"""Whole columns judged at once 整列判断: what is plainly right passes, the rest one by one.

`_plain` finds, for a type of field, the cells that cleaning and `judge` would return unchanged;
only the others are looked at singly, each different text once. That is what makes the checks fast
without making them two sets of rules.
"""

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
    "declaration_no": r"^\d{4}20\d{2}[01]\d{9}$",
    "list_no": r"^\d{4}20\d{2}[IE]\d{9,11}$",
    "hs_code": r"^(?:\d{4}|\d{6}|\d{8}|\d{10})$",
}
BOX = r"^[A-Z]{3}[UJZ]\d{7}$"
POWERS = np.array([2**place for place in range(10)])
VALUES = np.zeros(128, dtype=np.int64)
for _character in "0123456789":
    VALUES[ord(_character)] = int(_character)
for _character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    VALUES[ord(_character)] = identifiers.letter_value(_character)


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


def judge_all(one: Field, cells: pl.Series, day: date) -> Judged:
    """Judge a column of cells as they stand in the sheet."""
    fine = _plain(one, cells, day)
    rest = cells if fine is None else cells.filter(~fine)
    upper = one.type in clean.UPPER
    tidied = {text: clean.tidy(text, upper=upper) for text in rest.drop_nulls().unique().to_list()}
    verdict = {text: judge(one, said, day) if said else Verdict() for text, said in tidied.items()}
    if any(found.code == "ambiguous_number" for found in verdict.values()):
        doubtful = [text for text, said in tidied.items() if quantities.may_be_small(said)]
        verdict |= dict.fromkeys(doubtful, Verdict("", "ambiguous_number"))
    changed = {text: found.value for text, found in verdict.items() if found.value != text}
    values = cells
    if changed:
        new = list(changed.values())
        values = cells.replace(list(changed), pl.Series(new, dtype=pl.String)).replace("", None)
    return Judged(values, {text: found for text, found in verdict.items() if found.code})


def _plain(one: Field, cells: pl.Series, day: date) -> pl.Series | None:
    """Return which cells are plainly right; None where each different text is judged.

    What is plainly right is also clean: `clean.tidy` would not change it.
    """
    if one.type == "text":
        return (cells.str.len_chars() <= (one.max or 0)) & ~cells.str.contains(clean.ODD)
    if one.type == "container":
        return _boxes(cells)
    pattern = _pattern(one)
    if pattern is None:
        return None
    fine = cells.str.contains(pattern)
    if one.name in {"declaration_no", "list_no"}:
        return fine & (cells.str.slice(4, 4) <= str(day.year))
    if one.type in {"document", "plain", "plate", "list"}:
        return fine & ~cells.is_in(list(verdicts.NONE_SAID))
    return fine


def _pattern(one: Field) -> str | None:
    if one.name in SHAPED:
        return SHAPED[one.name]
    most = one.max or 0
    if one.type in {"integer", "decimal"}:
        digits = len(str(most)) - 1 if set(str(most)) != {"9"} else len(str(most))
        low = rf"[1-9]\d{{0,{digits - 1}}}"
        whole = low if one.above_zero or one.min else f"(?:0|{low})"
        return rf"^{whole}(?:\.\d{{0,{one.decimals - 1}}}[1-9])?$" if one.decimals else f"^{whole}$"
    patterns = {
        "document": rf"^[A-Z0-9][A-Z0-9\-/]{{0,{most - 1}}}$",
        "plain": rf"^[A-Z0-9]{{1,{most}}}$",
        "list": rf"^[A-Z0-9]{{1,{most}}}$",
        "plate": rf"^{identifiers.PLATE.pattern}$",
    }
    return patterns.get(one.type)


def _boxes(cells: pl.Series) -> pl.Series:
    """Return which cells are container numbers whose check digit is right."""
    shaped = cells.str.contains(BOX).fill_null(value=False)
    text = "".join(cells.filter(shaped).to_list()).encode("ascii")
    if not text:
        return shaped
    numbers = np.frombuffer(text, dtype=np.uint8).reshape(-1, 11)
    totals = VALUES[numbers[:, :10]] @ POWERS
    right = totals % 11 % 10 == VALUES[numbers[:, 10]]
    return shaped.clone().scatter(shaped.arg_true(), pl.Series(right))
