"""Sheet back 回传的清算明细表: what was typed into a calculation sheet, and what was changed. Pure.

Only two columns are for typing: what Commerce takes off, and why. Every other cell of the lines is
held against what was filed, so that a figure altered on the way is told and never taken over.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest import formats, sniff
from ingest.headings import norm
from rules.lines import yuan
from tracker.chinese import in_chinese
from tracker.errors import Refused, mark
from tracker.papers import detail
from tracker.steps.codes import REASON_CODES

CODE = detail.HEADINGS[-1]
READ = {
    "code": CODE,
    "label": "车牌/箱号",
    "filed": detail.FILED,
    "reduced": detail.LATER,
    "reason": "商务厅核减原因",
}
"""What is read of a row -> its heading; of matters the label is called otherwise."""
NEEDED = ("code", "filed", "reduced", "reason")
NOISE = Decimal("0.0001")
"""Of a fen: what office programs leave of binary fractions."""
COLON = "：:"
OTHER = "other"
MOST_WORDS = 300
"""Of a reason, as the books have room for."""

PROBLEMS: dict[str, tuple[str, str]] = {
    "unknown": (
        mark("No line of this filing has this code."),
        mark("Do not change the last column; download the sheet anew and copy your figures over."),
    ),
    "twice": (
        mark("The line stands on several rows."),
        mark("Keep one of them, and upload the file again."),
    ),
    "missing": (
        mark("The line is missing from the sheet."),
        mark("Nothing is taken off it; add the row again if something should be."),
    ),
    "altered": (
        mark("The amount filed was changed to %(said)s yuan; it is %(filed)s yuan."),
        mark("Only the two columns of Commerce are for typing; the change is not taken over."),
    ),
    "amount": (
        mark("“%(said)s” is no amount between 0 and %(filed)s yuan with at most two decimals."),
        mark("Correct what is taken off, and upload the file again."),
    ),
    "reason": (
        mark("Something is taken off and no reason is written."),
        mark("Write the reason beside it, and upload the file again."),
    ),
    "long": (
        mark("The reason has more than %(most)s characters."),
        mark("Shorten it, and upload the file again."),
    ),
}
"""Code -> what is wrong and how to mend it, as msgids."""


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the filing as it stands."""

    code: str
    label: str
    filed_fen: int
    reduced_fen: int
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet, in texts."""

    row: int
    code: str
    label: str
    filed: str
    reduced: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the sheet would have taken off a line, where that is not what stands."""

    row: int
    line: Known
    reduced_fen: int
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row; row 0 for a line that has none."""

    row: int
    label: str
    code: str
    """Of ``PROBLEMS``."""
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sheet beside the filing."""

    same: int
    """Lines on which it says what stands."""
    proposed: tuple[Proposed, ...]
    problems: tuple[Wrong, ...]


def read(raw: bytes) -> list[Row]:
    """The rows of the lines; raises ``Refused`` for what is no calculation sheet."""
    source = formats.read(raw, sniff.kind(raw))
    for grid in source.grids if source else ():
        rows = [*zip(grid.rows.to_list(), *grid.cells.iter_columns(), strict=True)]
        for at, (_, *cells) in enumerate(rows):
            places = _places([_text(cell) for cell in cells])
            if set(NEEDED) <= set(places):
                return list(_rows(rows[at + 1 :], places))
    raise Refused(
        mark("This is no calculation sheet: no row has the headings %(headings)s."),
        mark("Download the calculation sheet here, fill it in, and upload that workbook."),
        headings="、".join(READ[name] for name in NEEDED),
    )


def compared(rows: Sequence[Row], lines: Sequence[Known]) -> Comparison:
    """What the rows say of the lines: the same, something to propose, or something wrong."""
    known = {one.code: one for one in lines}
    seen = Counter(one.code for one in rows)
    same, proposed, problems = 0, [], []
    for one in rows:
        line = known.get(one.code)
        wrong = _unplaced(line, seen[one.code])
        if line is None or wrong:
            problems.append(Wrong(one.row, one.label, wrong or "unknown", {}))
            continue
        # some programs save formulas without what they come to: an empty cell says nothing
        if one.filed and (told := _fen(one.filed)) != line.filed_fen:
            said = one.filed if told is None else yuan(told)
            args = {"said": said[:40], "filed": yuan(line.filed_fen)}
            problems.append(Wrong(one.row, line.label, "altered", args))
        found = _typed(one, line)
        if isinstance(found, Wrong):
            problems.append(found)
        elif found is None:
            same += 1
        else:
            proposed.append(found)
    problems += [Wrong(0, line.label, "missing", {}) for line in lines if line.code not in seen]
    return Comparison(same, tuple(proposed), tuple(problems))


def reason_of(said: str) -> tuple[str, str]:
    """The reason's code and the words beside it, as the sheet prints both in one cell."""
    for code, msgid in REASON_CODES.items():
        label = in_chinese(msgid)
        if said.startswith(label):
            return code, said.removeprefix(label).lstrip(COLON + " ").strip() or label
    return OTHER, said


def _unplaced(line: Known | None, times: int) -> str:
    if line is None:
        return "unknown"
    return "twice" if times > 1 else ""


def _typed(one: Row, line: Known) -> Proposed | Wrong | None:
    fen = _fen(one.reduced) if one.reduced else 0
    if fen is None or not 0 <= fen <= line.filed_fen:
        args = {"said": one.reduced[:40], "filed": yuan(line.filed_fen)}
        return Wrong(one.row, line.label, "amount", args)
    if not fen:
        return Proposed(one.row, line, 0, "", "") if line.reduced_fen else None
    if not one.reason:
        return Wrong(one.row, line.label, "reason", {})
    code, words = reason_of(one.reason)
    if len(words) > MOST_WORDS:
        return Wrong(one.row, line.label, "long", {"most": str(MOST_WORDS)})
    if (fen, code, words) == (line.reduced_fen, line.reason_code, line.reason):
        return None
    return Proposed(one.row, line, fen, code, words)


def _places(cells: Sequence[str]) -> dict[str, int]:
    names = {norm(heading): name for name, heading in READ.items()}
    return {names[norm(cell)]: place for place, cell in enumerate(cells) if norm(cell) in names}


def _rows(rows: Sequence[tuple[Any, ...]], places: Mapping[str, int]) -> Iterator[Row]:
    for number, *cells in rows:
        texts = {name: _text(cells[place]) for name, place in places.items()}
        if texts["code"]:  # sums and signatures below the lines have none
            yield Row(int(number), label=texts.pop("label", ""), **texts)


def _text(cell: object) -> str:
    """One line of what a cell says, without signs that nobody sees; else as it was typed."""
    return "".join(sign for sign in " ".join(str(cell or "").split()) if sign.isprintable())


def _fen(said: str) -> int | None:
    """Yuan as whole fen; None for what is no amount to the fen."""
    try:
        hundredths = Decimal(unicodedata.normalize("NFKC", said).replace(",", "")) * 100
        whole = hundredths.to_integral_value()
    except InvalidOperation:
        return None
    return int(whole) if hundredths.is_finite() and abs(hundredths - whole) < NOISE else None
