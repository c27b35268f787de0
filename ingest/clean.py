"""Cells made comparable 规范化: compatible forms, blanks, invisible characters.

The raw cell is kept, and nothing is repaired here: what is left of a cell is what the person
meant to type.
"""

import re
import unicodedata

import polars as pl

INVISIBLE = "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]"
BLANKS = r"[\s\u0000-\u001f\u007f]+"
NOTHING = r"^[-–—―−_/\\]+$"
"""A cell of dashes or slashes is blank: people strike out what does not apply."""
ODD = r"[^\x20-\x7e]|^ | $|  |^'|^[-_/\\]+$"
UPPER = frozenset({"document", "plain", "plate", "container", "list"})
"""Types whose letters are compared and kept in upper case."""
_INVISIBLE, _BLANKS, _NOTHING = map(re.compile, (INVISIBLE, BLANKS, NOTHING))


def tidy(text: str, *, upper: bool = False) -> str:
    """Clean one cell; blank when nothing is left."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _BLANKS.sub(" ", _INVISIBLE.sub("", folded)).strip().removeprefix("'").strip()
    folded = _NOTHING.sub("", folded)
    return folded.upper() if upper else folded


def column(cells: pl.Series, *, upper: bool = False) -> pl.Series:
    """Clean a column; blank cells become null. The same as `tidy` of every cell, faster."""
    odd = cells.str.contains(ODD).fill_null(value=False)
    if odd.any():
        cells = _scatter(cells, odd, _tidied(cells.filter(odd)))
    return cells.str.to_uppercase() if upper else cells


def _tidied(cells: pl.Series) -> pl.Series:
    folded = (
        cells.str.normalize("NFKC")
        .str.replace_all(INVISIBLE, "")
        .str.replace_all(BLANKS, " ")
        .str.strip_chars()
        .str.strip_prefix("'")
        .str.strip_chars()
        .str.replace(NOTHING, "")
    )
    return folded.replace("", None)


def _scatter(cells: pl.Series, where: pl.Series, values: pl.Series) -> pl.Series:
    return cells.clone().scatter(where.arg_true(), values)
