"""Code lists 代码表: which codes exist, and everything people write instead of them.

Each list is a CSV beside this file with its source in README.md. Unknown codes are asked about.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
NOT_NAMES = frozenset({"mode", "feu_halves"})


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list: `rows` by code, and `spellings`, folded text -> code."""

    name: str
    rows: Mapping[str, Mapping[str, str]]
    spellings: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """Return the code that the text means, or None."""
        return self.spellings.get(fold(text))

    def padded(self, text: str) -> str | None:
        """Return the code that the digits would be, had they not lost their leading zeros."""
        full = text.zfill(4)
        return full if text.isdigit() and full != text and full in self.rows else None


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def load(name: str) -> CodeList:
    """Read the list `name`.csv; a name that two codes share means neither of them."""
    rows = {row["code"]: row for row in _rows(name)}
    said: dict[str, set[str]] = {}
    for code, row in rows.items():
        for spelling in _spellings(row):
            said.setdefault(fold(spelling), set()).add(code)
    clear = {spelling: next(iter(codes)) for spelling, codes in said.items() if len(codes) == 1}
    return CodeList(name, rows, clear | {fold(code): code for code in rows})


def _spellings(row: Mapping[str, str]) -> list[str]:
    names = [
        spelling
        for column, text in row.items()
        if column not in NOT_NAMES
        for spelling in (text.split(";") if column == "aliases" else [text])
        if spelling
    ]
    code, zh = row["code"], row["zh"]
    return [*names, f"{code}{zh}", f"{zh}{code}", f"{code}-{zh}", f"{zh}({code})"]


@cache
def towns() -> Mapping[str, Mapping[str, str]]:
    """Return the towns with two ports: folded name -> {"ROAD": office, "RAIL": office}."""
    return {
        fold(row["name"]): {"ROAD": row["road"], "RAIL": row["rail"]}
        for row in _rows("customs_towns")
    }
