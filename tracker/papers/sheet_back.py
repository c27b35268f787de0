"""Sheet back 回传的清算明细表: what was typed into a calculation sheet, and what was changed. Pure.

Only two columns are for typing: what Commerce takes off, and why. Every other cell of the lines is
held against what was filed, so that a figure altered on the way is told and never taken over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.lines import yuan
from tracker.chinese import in_chinese
from tracker.errors import mark
from tracker.papers import detail, typed_rows
from tracker.papers.typed_rows import Wrong, wrong
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
COLON = "：:"
OTHER = "other"
MOST_WORDS = 300
"""Of a reason, as the books have room for."""

PROBLEMS: typed_rows.Problems = {
    **typed_rows.PROBLEMS,
    "unknown": (
        mark("No line of this filing has this code."),
        mark("Do not change the last column; download the sheet anew and copy your figures over."),
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


Comparison = typed_rows.Comparison[Proposed]


def read(raw: bytes) -> list[Row]:
    """The rows of the lines; raises ``Refused`` for what is no calculation sheet."""
    sheet = typed_rows.read(raw, READ, NEEDED)
    return [Row(row, **{"label": "", **texts}) for row, texts in sheet.rows]


def compared(rows: Sequence[Row], lines: Sequence[Known]) -> Comparison:
    """What the rows say of the lines: the same, something to propose, or something wrong."""
    return typed_rows.compared(rows, lines, PROBLEMS, _looked)


def reason_of(said: str) -> tuple[str, str]:
    """The reason's code and the words beside it, as the sheet prints both in one cell."""
    for code, msgid in REASON_CODES.items():
        label = in_chinese(msgid)
        if said.startswith(label):
            return code, said.removeprefix(label).lstrip(COLON + " ").strip() or label
    return OTHER, said


def _looked(one: Row, line: Known) -> tuple[list[Wrong], Proposed | None]:
    bad: list[Wrong] = []
    filed = yuan(line.filed_fen)
    # some programs save formulas without what they come to: an empty cell says nothing
    if one.filed and (told := typed_rows.fen(one.filed)) != line.filed_fen:
        said = one.filed if told is None else yuan(told)
        bad.append(wrong(PROBLEMS, "altered", one.row, line.label, said=said[:40], filed=filed))
    found = _typed(one, line)
    return ([*bad, found], None) if isinstance(found, Wrong) else (bad, found)


def _typed(one: Row, line: Known) -> Proposed | Wrong | None:
    fen = typed_rows.fen(one.reduced) if one.reduced else 0
    if fen is None or not 0 <= fen <= line.filed_fen:
        said = one.reduced[:40]
        return wrong(PROBLEMS, "amount", one.row, line.label, said=said, filed=yuan(line.filed_fen))
    if not fen:
        return Proposed(one.row, line, 0, "", "") if line.reduced_fen else None
    if not one.reason:
        return wrong(PROBLEMS, "reason", one.row, line.label)
    code, words = reason_of(one.reason)
    if len(words) > MOST_WORDS:
        return wrong(PROBLEMS, "long", one.row, line.label, most=MOST_WORDS)
    if (fen, code, words) == (line.reduced_fen, line.reason_code, line.reason):
        return None
    return Proposed(one.row, line, fen, code, words)
