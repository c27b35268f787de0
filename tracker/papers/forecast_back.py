"""Forecast back 回传的需求测算表: what was typed into a sheet of need, and what was changed. Pure.

Three columns are for typing: how many shipments are expected, what one brings where the ledger
knows none, and why. The others are held against the version the sheet is of. What was typed is
told by that version too: a cell nobody touched leaves alone what was stated since.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules.lines import yuan
from tracker.errors import Refused, mark
from tracker.papers import demand_detail as sheet
from tracker.papers import typed_rows
from tracker.papers.typed_rows import Wrong, wrong
from tracker.steps import forecast_lines
from tracker.steps.forecast_lines import REASON_LENGTH, Line, Stated

READ = {
    "code": sheet.CODE,
    "label": "企业",
    "expected": sheet.EXPECTED,
    "mean": sheet.STATED_MEAN,
    "reason": sheet.REASON,
}
"""What is read of a row beside the figures -> its heading."""
NEEDED = ("code", "expected", "mean", "reason")
COUNTS: dict[str, Callable[[Line], int | None]] = {
    sheet.KNOWN: lambda line: line.known,
    sheet.SAMPLE_COUNT: lambda line: 0 if line.states_mean else line.mean_count,
    sheet.RECENT: lambda line: line.recent,
    sheet.WINDOW: lambda line: line.recent_days,
    sheet.DAYS: lambda line: line.days,
    sheet.AHEAD: lambda line: line.ahead,
    sheet.SUGGESTED: lambda line: line.suggested,
}
FEN: dict[str, Callable[[Line], int | None]] = {
    sheet.ACCRUED: lambda line: line.accrued_fen,
    sheet.APPLIED: lambda line: line.applied_fen,
    sheet.FILED: lambda line: line.filed_fen,
    sheet.APPROVED: lambda line: line.approved_fen,
    sheet.STANDING: lambda line: line.known_fen,
    sheet.SAMPLE_SUM: lambda line: 0 if line.states_mean else line.mean_sum_fen,
    sheet.MEAN: lambda line: None if line.states_mean else line.mean_fen,
}
"""Headings of the figures of the ledger -> what the version has; none for what follows from what is
typed, as the sums beside it do."""
VERSION = re.compile(r"测算编号：\S+ 第 (\d{1,6}) 版")
"""Of which version a sheet is, as it says above its headings."""

PROBLEMS: typed_rows.Problems = {
    **typed_rows.PROBLEMS,
    "unknown": (
        mark("No line of this forecast has this code."),
        mark("Do not change the last column; download the sheet anew and copy your figures over."),
    ),
    "missing": (
        mark("The line is missing from the sheet."),
        mark("Copy its row back from the sheet you downloaded; a line is not taken out of it."),
    ),
    "gone": (
        mark("The newest version has this line no longer."),
        mark("Download the sheet of the newest version and copy your figures over."),
    ),
    "altered": (
        mark("%(heading)s was changed to %(said)s; it is %(stands)s."),
        mark("Only the yellow cells are for typing; the change is not taken over."),
    ),
    "expected": (
        mark("“%(text)s” is no whole number."),
        mark("Write a whole number such as 120, and 0 where none is expected."),
    ),
    "mean": (
        mark("“%(text)s” is no amount in yuan."),
        mark("Write it in yuan with at most two decimals, such as 12,500.00."),
    ),
}
"""Code -> what is wrong and how to mend it; what a statement itself refuses is ``stated``."""


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the version the sheet is of, and the same line as it stands now."""

    code: str
    label: str
    before: Line
    line: Line | None
    """None where the newest version has it no longer."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet, in texts."""

    row: int
    code: str
    label: str
    expected: str
    mean: str
    reason: str
    figures: tuple[tuple[str, str], ...] = ()
    """Headings of the figures of the ledger, and what stands below them."""


@dataclass(frozen=True, slots=True)
class Read:
    """The sheet as it came back."""

    version_no: int
    """Of which version it says it is; zero where it says none."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the sheet would have expected of a line, where that is not what stands."""

    row: int
    label: str
    line: Line
    """As it stands."""
    said: Stated
    made: Line
    """As it would be."""


Comparison = typed_rows.Comparison[Proposed]


def read(raw: bytes) -> Read:
    """The rows of the lines; raises ``Refused`` for what is no sheet of need."""
    figures = {heading: heading for heading in (*COUNTS, *FEN)}
    found = typed_rows.read(raw, READ | figures, NEEDED)
    version = VERSION.search(found.above)
    rows = tuple(
        Row(
            row,
            **{name: texts.get(name, "") for name in READ},
            figures=tuple((name, texts[name]) for name in figures if name in texts),
        )
        for row, texts in found.rows
    )
    return Read(int(version[1]) if version else 0, rows)


def compared(rows: Sequence[Row], lines: Sequence[Known]) -> Comparison:
    """What the rows say of the lines: the same, something to propose, or something wrong."""
    return typed_rows.compared(rows, lines, PROBLEMS, _looked)


def _looked(one: Row, known: Known) -> tuple[list[Wrong], Proposed | None]:
    bad = _altered(one, known)
    found = _typed(one, known)
    return ([*bad, found], None) if isinstance(found, Wrong) else (bad, found)


def _altered(one: Row, known: Known) -> list[Wrong]:
    """The figures of the ledger that say another thing than the version has."""
    bad: list[Wrong] = []
    for heading, said in one.figures:
        stands = (COUNTS | FEN)[heading](known.before)
        told = typed_rows.whole(said) if heading in COUNTS else typed_rows.fen(said)
        # some programs save formulas without what they come to: an empty cell says nothing
        if said and stands is not None and told != stands:
            args = {
                "said": said[:40],
                "stands": f"{stands:,}" if heading in COUNTS else yuan(stands),
            }
            bad.append(wrong(PROBLEMS, "altered", one.row, known.label, heading=heading, **args))
    return bad


def _typed(one: Row, known: Known) -> Proposed | Wrong | None:
    said, before = _said(one, known), _stands(known.before)
    if isinstance(said, Wrong):
        return said
    if said == before:
        return None
    if known.line is None:
        return wrong(PROBLEMS, "gone", one.row, known.label)
    now = _stands(known.line)
    # a reason belongs to the number beside it: typed anew, it goes with what the sheet says
    explained = (said.expected, said.reason) != (before.expected, before.reason)
    said = Stated(
        now.expected if said.expected == before.expected else said.expected,
        said.reason if explained else now.reason or said.reason,
        now.mean_fen if said.mean_fen == before.mean_fen else said.mean_fen,
    )
    try:
        made = forecast_lines.stated(known.line, said)
    except Refused as error:
        return Wrong(one.row, known.label, "stated", error.message, error.mend, error.values)
    return Proposed(one.row, known.label, known.line, said, made) if made != known.line else None


def _said(one: Row, known: Known) -> Stated | Wrong:
    expected = typed_rows.whole(one.expected)
    mean = typed_rows.fen(one.mean) if one.mean else 0
    if expected is None:
        return wrong(PROBLEMS, "expected", one.row, known.label, text=one.expected[:40])
    if mean is None:
        return wrong(PROBLEMS, "mean", one.row, known.label, text=one.mean[:40])
    if len(one.reason) > REASON_LENGTH:
        return wrong(PROBLEMS, "long", one.row, known.label, most=REASON_LENGTH)
    return Stated(expected, one.reason, mean or None)


def _stands(line: Line) -> Stated:
    """What the sheet of its version has in the three columns."""
    mean = line.mean_fen if line.states_mean else 0
    return Stated(line.expected, typed_rows.text(line.reason), mean or None)
