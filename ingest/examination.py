"""One file examined 审阅: read, understood, checked, and reported; a bad file never raises."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest import correction, formats, further, headings, marked, readings, sniff
from ingest.answers import Answer, Said, about, sheet_named
from ingest.check import Checked, check
from ingest.fields import Kind
from ingest.grid import HEADER_WITHIN, Grid, Source
from ingest.headings import Heading
from ingest.links import NO_BOOKS, Books
from ingest.rows import FileInfo, Further, Outcome, Problem, Report, problem

UNREADABLE = {
    "empty": "empty_file",
    "xml": "xml_file",
    "pdf": "pdf_file",
    "image": "image_file",
    "archive": "not_a_workbook",
}
MAX_BYTES = 256 * 2**20
"""A manifest of a million rows is half as large."""


@dataclass(frozen=True, slots=True)
class Found:
    """The sheet that was chosen, its headings, what was said about it, and all sheets like it."""

    grid: Grid
    heading: Heading
    said: Said
    sheets: tuple[str, ...]


def examine(  # noqa: PLR0913  all that a reading depends on, by name
    raw: bytes,
    name: str = "",
    *,
    day: date,
    firm_code: str | None = None,
    answers: Sequence[Answer] = (),
    remembered: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    books: Books = NO_BOOKS,
) -> Report:
    """Read and check one manifest.

    `name` is only shown, the kind is decided by content. `day` is today in Beijing; `firm_code` the
    code of the firm that applies, which rows of another firm are held against. `answers` are what a
    person said about the file since it was first read; `remembered` says what headings mean in this
    firm's files (as `headings.norm` writes them -> field, blank for none). `progress` is told rows
    done and rows in all. `books` answers what legs and parcels must be held against, of lines and
    lists that stand. What is wrong with the file is a problem with row None.
    """
    info, source = opened(raw, name)
    source, attached = _apart(source, answers)
    checked = None
    if attached and not source.grids:
        report = Report(info, "reject", (), source.problems)
    else:
        found, problems = choose(source, answers, remembered)
        if not found:
            return Report(info, "reject", (), tuple(problems))
        info = described(info, found)
        problems += readings.unsettled(found.heading.problems, found.said)
        if any(one.severity == "refuse" for one in problems):
            return _untaken(info, problems)
        grid = correction.corrected(found.grid, found.heading, found.said)
        checked = check(grid, found.heading, day, firm_code, progress, found.said)
        report = _report(info, found, checked, problems)
    return _whole(report, further.read(attached, checked, day, firm_code, answers, books))


def opened(raw: bytes, name: str) -> tuple[FileInfo, Source]:
    """Tell what a file is, and take its sheets out of it, if it has any."""
    info = FileInfo(hashlib.sha256(raw).hexdigest(), name, sniff.kind(raw))
    source = read(raw, info.kind) if len(raw) <= MAX_BYTES else _too_big(info)
    return replace(info, kind=source.kind, encoding=source.encoding), source


def _apart(
    source: Source, answers: Sequence[Answer]
) -> tuple[Source, tuple[tuple[Kind, Grid], ...]]:
    """Part further sheets from those that may hold cargo lines; a sheet that was named is one.

    Where only further sheets have headings, the others are notes beside them.
    """
    wanted = sheet_named(answers)
    kinds = {
        place: kind
        for place, grid in enumerate(source.grids)
        if (kind := headings.kind_of(grid)) != "lines" and not (wanted and grid.sheet == wanted)
    }
    rest = tuple(grid for place, grid in enumerate(source.grids) if place not in kinds)
    if kinds and not any(headings.start(grid) is not None for grid in rest):
        rest = tuple(grid for grid in rest if wanted and grid.sheet == wanted)
    return replace(source, grids=rest), tuple(
        (kind, source.grids[place]) for place, kind in kinds.items()
    )


def _whole(report: Report, read: further.Read) -> Report:
    """Add the further sheets to what was found in the lines."""
    whole = replace(
        report,
        further=read.sheets,
        parcels=read.parcels,
        problems=(*report.problems, *read.problems),
    )
    return replace(whole, outcome=_outcome(whole, whole.problems))


def read(raw: bytes, kind: str) -> Source:
    """Read a file of a kind that `sniff.kind` named."""
    unread = Source(kind, None, (), (problem(UNREADABLE.get(kind, "unknown_kind")),))
    return formats.read(raw, kind) or unread


def _too_big(info: FileInfo) -> Source:
    args = {"limit": MAX_BYTES >> 20}
    return Source(info.kind, None, (), (problem("too_big", args=args),))


def choose(
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


def described(info: FileInfo, found: Found) -> FileInfo:
    """Say how the chosen sheet was understood."""
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


def _untaken(info: FileInfo, problems: list[Problem]) -> Report:
    """Report a sheet whose headings cannot be relied on: no row of it is judged."""
    return Report(info, "reject", (), tuple(problems))


def _report(info: FileInfo, found: Found, checked: Checked, problems: list[Problem]) -> Report:
    rows = len(found.grid.rows)
    problems += marked.notices(found.grid)
    if rows == len(checked.skipped):
        problems.append(problem("no_rows", found.grid.sheet))
    problems += checked.problems
    return Report(
        info,
        "reject",
        checked.lines,
        tuple(problems),
        checked.skipped,
        rows,
        checked.waiting,
        checked.refused,
        checked.doubled,
    )


def _outcome(read: Report, problems: Sequence[Problem]) -> Outcome:
    """Reject when nothing can go in, whatever is answered; ask when a person has to answer."""
    sheets: tuple[Report | Further, ...] = (read, *read.further)
    if not any(one.lines or one.waiting for one in sheets):
        return "reject"
    return "ask" if any(one.severity == "ask" for one in problems) else "accept"
