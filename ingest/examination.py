"""One file examined 审阅: read, understood, checked, and reported; a bad file never raises."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest import correction, formats, headings, marked, readings, sniff
from ingest.answers import Answer, Said, about, sheet_named
from ingest.check import Checked, check
from ingest.grid import HEADER_WITHIN, Grid, Source
from ingest.headings import Heading
from ingest.rows import FileInfo, Outcome, Problem, Report, problem

UNREADABLE = {
    "empty": "empty_file",
    "xml": "xml_file",
    "pdf": "pdf_file",
    "image": "image_file",
    "archive": "not_a_workbook",
}
MAX_BYTES = 256 * 2**20
"""A manifest of a million rows is half as large."""
EXCEL_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Found:
    """The sheet that was chosen, its headings, what was said about it, and all sheets like it."""

    grid: Grid
    heading: Heading
    said: Said
    sheets: tuple[str, ...]


def examine(
    raw: bytes,
    name: str = "",
    *,
    day: date,
    firm_code: str | None = None,
    answers: Sequence[Answer] = (),
    remembered: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Read and check one manifest.

    `name` is only shown, the kind is decided by content. `day` is today in Beijing; `firm_code` the
    code of the firm that applies, which rows of another firm are held against. `answers` are what a
    person said about the file since it was first read; `remembered` says what headings mean in this
    firm's files (as `headings.norm` writes them -> field, blank for none). `progress` is told rows
    done and rows in all. What is wrong with the file is a problem with row None.
    """
    info = FileInfo(hashlib.sha256(raw).hexdigest(), name, sniff.kind(raw))
    source = read(raw, info.kind) if len(raw) <= MAX_BYTES else _too_big(info)
    info = replace(info, kind=source.kind, encoding=source.encoding)
    found, problems = _choose(source, answers, remembered)
    if not found:
        return Report(info, "reject", (), tuple(problems))
    info = _described(info, found)
    problems += readings.unsettled(found.heading.problems, found.said)
    if any(one.severity == "refuse" for one in problems):
        return _untaken(info, found, problems)
    grid = correction.corrected(found.grid, found.heading, found.said)
    checked = check(grid, found.heading, day, firm_code, progress, found.said)
    return _report(info, found, checked, problems)


def read(raw: bytes, kind: str) -> Source:
    """Read a file of a kind that `sniff.kind` named."""
    unread = Source(kind, None, (), (problem(UNREADABLE.get(kind, "unknown_kind")),))
    return formats.read(raw, kind) or unread


def _too_big(info: FileInfo) -> Source:
    args = {"limit": MAX_BYTES >> 20}
    return Source(info.kind, None, (), (problem("too_big", args=args),))


def _choose(
    source: Source, answers: Sequence[Answer], remembered: Mapping[str, str] | None
) -> tuple[Found | None, list[Problem]]:
    """Choose the sheet that was named, or the first with a heading row; of several, ask."""
    problems = list(source.problems)
    if any(one.severity == "refuse" for one in problems):
        return None, problems
    if not source.grids:
        return None, [*problems, problem("no_sheet")]
    likely = [grid for grid in source.grids if headings.start(grid) is not None]
    wanted = sheet_named(answers)
    named = next((grid for grid in source.grids if wanted and grid.sheet == wanted), None)
    grid = named or next(iter(likely or source.grids))
    said = about(answers, grid.sheet)
    heading = headings.find(grid, said.header, said.columns, remembered)
    if not heading:
        least = {"count": headings.LEAST_KNOWN, "limit": HEADER_WITHIN}
        return None, [*problems, problem("no_header", args=least)]
    sheets = tuple(
        one.sheet for one in source.grids if one is grid or any(one is it for it in likely)
    )
    if len(likely) > 1 and not named:
        args = {"count": len(sheets), "sheets": sheets}
        problems.append(problem("several_sheets", value="、".join(sheets), args=args))
    return Found(grid, heading, said, tuple(filter(None, sheets))), problems


def _described(info: FileInfo, found: Found) -> FileInfo:
    heading = found.heading
    return replace(
        info,
        sheet=found.grid.sheet,
        sheets=found.sheets,
        header_row=heading.row,
        headings=heading.texts,
        mapping=heading.mapping,
        unknown=heading.unknown,
    )


def _untaken(info: FileInfo, found: Found, problems: list[Problem]) -> Report:
    """Report a sheet whose headings cannot be relied on: no row of it is judged."""
    return Report(info, "reject", (), tuple(problems), (), len(found.grid.rows))


def _report(info: FileInfo, found: Found, checked: Checked, problems: list[Problem]) -> Report:
    rows = len(found.grid.rows)
    problems += _notices(found.grid)
    if rows == len(checked.skipped):
        problems.append(problem("no_rows", found.grid.sheet))
    problems += checked.problems
    return Report(
        info,
        _outcome(checked, problems),
        checked.lines,
        tuple(problems),
        checked.skipped,
        rows,
        checked.waiting,
        checked.refused,
        checked.doubled,
    )


def _notices(grid: Grid) -> list[Problem]:
    found = []
    counts = {"formula": marked.formulas(grid.marks), "hidden_rows": grid.marks.hidden_rows}
    for code, count in counts.items():
        if count:
            found.append(problem(code, grid.sheet, args={"count": count}))
    if len(grid.rows) and grid.rows[-1] == EXCEL_ROWS:
        found.append(problem("cut_at_limit", grid.sheet, args={"count": EXCEL_ROWS}))
    return found


def _outcome(checked: Checked, problems: list[Problem]) -> Outcome:
    """Reject when nothing can go in, whatever is answered; ask when a person has to answer."""
    if not (checked.lines or checked.waiting):
        return "reject"
    return "ask" if any(one.severity == "ask" for one in problems) else "accept"
