"""Failing rows 待改行工作簿: the rows of an upload that stayed out, as its own columns. Pure.

Exactly the refused and the waiting rows, in the person's own headings and order, with what is
wrong marked where it is wrong; those of legs and parcels on sheets of their own. Mended and
uploaded, the added columns mean nothing to the reader.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

from xlsxwriter.worksheet import Worksheet

from ingest.fields import SHEETS, Field, needed
from ingest.grid import index_of
from ingest.rows import Further, Line, Problem, Report
from tracker.chinese import said
from tracker.errors import mark
from tracker.papers.formulas import Cell
from tracker.papers.template import NAMES
from tracker.papers.workbook import UNDATED, Book, begin, put

SHEET, FIRST = mark("To be mended"), mark("Original row")
LAST = (mark("What is wrong"), mark("How to mend it"))
"""Name of the sheet, and the headings of the columns before and after the person's own."""
OURS = frozenset(said(heading, lang) for heading in (FIRST, *LAST) for lang in ("zh", "en"))
NO_VALUE = frozenset({"error_cell", "formula_empty"})
NOT_AVAILABLE = "#N/A"
NUMBER = re.compile(r"\d{1,40}(?:\.\d{1,40})?(?:E\+?\d{1,2})?")
WIDTH, WIDE = 14, 48
MOST_COMMENTED = 5_000
"""Cells with a comment; beyond them the last columns say it all the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the paper: where it stood in the file (None for one it lacked), what it means."""

    letter: str | None
    heading: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one sheet that stay out, and what is wrong with them."""

    name: str
    fields: Mapping[str, Field]
    headings: Mapping[str, str]
    mapping: Mapping[str, str]
    lines: Sequence[Line]
    problems: Sequence[Problem]


@dataclass(slots=True)
class Faults:
    """What keeps one row out: by cell, and all together."""

    cells: dict[str, list[Problem]] = field(default_factory=dict)
    """By column letter, or by the field whose column the file lacks."""
    all: list[Problem] = field(default_factory=list)


def rows(report: Report) -> list[Line]:
    """The rows that stay out until they are mended, in the order of the file, sheet by sheet."""
    return list(chain.from_iterable(part.lines for part in parts(report)))


def parts(report: Report, lang: str = "zh") -> list[Part]:
    """The sheets of which rows stay out: cargo lines first."""
    apart = {one.sheet for one in report.further}
    told = [one for one in report.problems if one.sheet not in apart]
    file = report.file
    found = [
        Part(said(SHEET, lang), SHEETS["lines"], file.headings, file.mapping, _out(report), told)
    ]
    for one in report.further:
        told = [problem for problem in report.problems if problem.sheet == one.sheet]
        name = f"{said(SHEET, lang)} {said(NAMES[one.kind], lang)}"
        found.append(Part(name, SHEETS[one.kind], one.headings, one.mapping, _out(one), told))
    return [part for part in found if part.lines]


def _out(read: Report | Further) -> list[Line]:
    return sorted(chain(read.refused, read.waiting), key=lambda line: line.row)


def failing(report: Report, lang: str = "zh") -> bytes:
    """The failing rows as an .xlsx workbook; the same report, the same bytes."""
    book = begin(said(SHEET, lang), report.file.sha256, UNDATED)
    names: set[str] = set()
    for part in parts(report, lang):
        alike = sum(name.startswith(part.name) for name in names)
        name = f"{part.name} {alike + 1}" if part.name in names else part.name
        names.add(name)
        _sheet(book, book.file.add_worksheet(name), part, lang)
    return book.close()


def _sheet(book: Book, sheet: Worksheet, part: Part, lang: str) -> None:
    faults = _faults(part)
    columns = _columns(part, lang)
    last = (said(heading, lang) for heading in LAST)
    for number, text in enumerate([said(FIRST, lang), *(one.heading for one in columns), *last]):
        own = 0 < number <= len(columns)
        put(book, sheet, 0, number, text, "heading" if own else "heading_more")
    sheet.set_column(0, len(columns), WIDTH)
    sheet.set_column(len(columns) + 1, len(columns) + 2, WIDE)
    comments = 0
    for at, line in enumerate(part.lines, 1):
        put(book, sheet, at, 0, line.row, "number")
        comments = _row(book, sheet, at, (line, columns, faults[line.row]), lang, comments)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _row(
    book: Book,
    sheet: Worksheet,
    at: int,
    row: tuple[Line, Sequence[Column], Faults],
    lang: str,
    comments: int,
) -> int:
    """Write one row; answers how many cells have a comment by now."""
    line, columns, faults = row
    for number, one in enumerate(columns, 1):
        wrong = faults.cells.get(one.letter or one.field or "", [])
        put(book, sheet, at, number, _cell(line, one, wrong), "wrong" if wrong else "document")
        if wrong and comments < MOST_COMMENTED:
            sheet.write_comment(at, number, _said(wrong, lang))
            comments += 1
    messages = [problem.message(lang) for problem in faults.all]
    remedies = [problem.remedy(lang) for problem in faults.all]
    put(book, sheet, at, len(columns) + 1, _lines(messages), "document")
    put(book, sheet, at, len(columns) + 2, _lines(remedies), "document")
    return comments


def _cell(line: Line, one: Column, wrong: Sequence[Problem]) -> Cell:
    """The cell as it was; of a merged cell, what it says here, for its merge is not taken along.

    What was wrong with the kind of a cell must not pass for mended because it is text by now: a
    number whose digits are lost stays a number, an error an error, and an amount merged over rows
    is left to be filled in.
    """
    raw = line.raw.get(one.letter or "", "") or (line[one.field] if one.field else "")
    if not line.raw:  # of parcels no cells are kept: what is wrong stands with what is wrong
        raw = next((problem.value for problem in wrong if problem.value), raw)
    codes = {problem.code for problem in wrong}
    if "merged_amount" in codes:
        return None
    if codes & NO_VALUE:
        return raw or next(filter(None, (problem.value for problem in wrong)), NOT_AVAILABLE)
    if "digits_lost" in codes and NUMBER.fullmatch(raw):
        return Decimal(raw)
    return raw


def _columns(part: Part, lang: str) -> list[Column]:
    """The person's own columns, and those that the sheet lacks."""
    letters = set(part.headings).union(*(line.raw for line in part.lines))
    own = [
        Column(letter, part.headings.get(letter, ""), part.mapping.get(letter))
        for letter in sorted(letters, key=index_of)
    ]
    lacking = [
        Column(None, part.fields[one.field].label(lang), one.field)
        for one in part.problems
        if one.code == "missing_column" and one.field
    ]
    return [one for one in own if one.heading not in OURS] + lacking


def _faults(part: Part) -> dict[int, Faults]:
    """Row -> what keeps it out."""
    found = {line.row: Faults() for line in part.lines}
    by_row = {line.row: line for line in part.lines}
    for problem in part.problems:
        if problem.severity == "notice":
            continue
        for row in _where(problem, part):
            if row in found:
                one = _single(problem, by_row[row])
                found[row].all.append(one)
                place = problem.column or problem.field or ""
                found[row].cells.setdefault(place, []).append(one)
    return found


def _where(problem: Problem, part: Part) -> Iterator[int]:
    """The rows a problem is about; a column that is lacking, those whose lines need it."""
    if problem.code == "missing_column" and problem.field:
        one = part.fields[problem.field]
        yield from (line.row for line in part.lines if needed(one, line.fields))
    else:
        yield from problem.rows


def _single(problem: Problem, line: Line) -> Problem:
    """A problem shared by most of a column, as this row has it, where that is known."""
    if problem.row is not None or set(problem.args) != {"rows"}:
        return problem
    value = line.raw.get(problem.column or "")
    return replace(problem, row=line.row, value=value, args={})


def _said(problems: Sequence[Problem], lang: str) -> str:
    return _lines([f"{one.message(lang)}\n{one.remedy(lang)}" for one in problems])


def _lines(texts: Sequence[str]) -> str:
    """Texts below each other, each once."""
    return "\n".join(dict.fromkeys(texts))
