"""What a cell turned out to say: its canonical value, and what is wrong with it 单元格判断.

`judge` decides about one cell of any field. It is the only place where a single cell is judged:
columns use it for every cell that is not plainly right, and so does the correction of one row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ingest import codes
from ingest.fields import Field

Args = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The canonical value (blank when there is none) and the problem's code and arguments."""

    value: str = ""
    code: str | None = None
    args: Args = field(default_factory=dict)


Judge = Callable[[Field, str, date], Verdict]
NONE_SAID = frozenset(
    {"无", "没有", "无箱", "非集装箱", "散货", "NONE", "NO", "N/A", "NA", "NULL", "NIL"}
)


def text(one: Field, said: str, _day: date) -> Verdict:
    """Judge free text: only its length can be wrong."""
    limit = one.max or len(said)
    if len(said) > limit:
        return Verdict("", "too_long", {"count": len(said), "limit": limit})
    return Verdict(said)


def enum(one: Field, said: str, _day: date) -> Verdict:
    """Judge a choice among a few; the numbers 3 and 2 for a mode of transport are asked about."""
    folded = codes.fold(said)
    for value, spellings in one.values.items():
        if folded == value or folded in map(codes.fold, spellings):
            return Verdict(value)
    if one.name == "transport_mode" and folded.isdigit():
        return Verdict("", "mode_three" if folded == "3" else "mode_number")
    choices = "、".join(spellings[0] for spellings in one.values.values())
    return Verdict("", "not_a_choice", {"choices": choices})


def code(one: Field, said: str, _day: date) -> Verdict:
    """Judge a code or its name; what the list does not know is asked about, never refused."""
    known = codes.load(one.codes or "")
    if found := known.find(said):
        return Verdict(found)
    if full := known.padded(codes.fold(said)):
        return Verdict(full, "leading_zero", {"expected": f"{full} {known.rows[full]['zh']}"})
    if one.codes == "customs" and codes.fold(said) in codes.towns():
        return Verdict(codes.fold(said), "needs_mode")
    if len(said) > max(one.max or 0, 60):
        return Verdict("", "too_long", {"count": len(said), "limit": one.max})
    return Verdict(codes.fold(said), "unknown_code")


def said_none(said: str) -> bool:
    """Say whether the cell states that there is none."""
    return said.upper() in NONE_SAID
