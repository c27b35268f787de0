"""Filed papers 报送文书: a filing's papers in Word, Excel and PDF, one by one or all in one file.

They are made anew each time from what the books say now; the calculation sheet goes in as the very
bytes that were filed. What was stamped is attached as evidence.
"""

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

from sqlalchemy.orm import Session

from tracker import blobs
from tracker.db import SHANGHAI
from tracker.errors import NotThere, mark
from tracker.models.filings import Filing
from tracker.models.publications import Publication
from tracker.papers import filed_tables, letter_facts, letters, paper_book, pdf, sheets
from tracker.papers.docx import packed
from tracker.papers.filling import fill
from tracker.papers.letter_facts import Facts
from tracker.papers.paper import Paper
from tracker.steps import letter_templates
from tracker.steps import publication as publications

SHEET = "测算表"
LINES = "明细清单"
BOOKS = ("publication", "performance")
"""Letters that are tables, and come in Excel too."""


def letter(session: Session, home: Path, filing: Filing, kind: str, now: datetime) -> bytes:
    """One letter of a filing, from the template its league uses."""
    facts = letter_facts.of_filing(session, filing, now)
    return fill(template(session, home, filing.league_id, kind), *facts)


def table(session: Session, home: Path, publication: Publication) -> bytes:
    """The 公示表 of one publication."""
    facts = letter_facts.of_publication(session, publication)
    return fill(template(session, home, publication.league_id, "publication"), *facts)


def table_paper(session: Session, publication: Publication) -> tuple[Paper, datetime]:
    """The 公示表 of one publication for Excel and PDF, and the day in it: its own."""
    values, _ = letter_facts.of_publication(session, publication)
    rows = map(letter_facts.frozen, publications.lines(session, publication))
    made_at = datetime.combine(publication.published_on, time(), SHANGHAI)
    return filed_tables.published(values, rows), made_at


def book(session: Session, filing: Filing, kind: str, now: datetime) -> bytes:
    """The 公示表 or 绩效表 of a filing in Excel."""
    return _book(session, filing, kind, letter_facts.of_filing(session, filing, now), now)


def _book(session: Session, filing: Filing, kind: str, facts: Facts, now: datetime) -> bytes:
    values, lists = facts
    if kind == "publication":
        paper = filed_tables.published(values, letter_facts.to_show(session, filing))
    else:
        paper = filed_tables.performance(values, lists)
    return paper_book.write(paper, now, letters.LETTERS[kind].label)


def line_list(session: Session, filing: Filing, now: datetime) -> bytes:
    """The 明细清单 of a filing as a PDF. Raises ``TooMuch`` for more lines than it holds."""
    return pdf.write(_lines(session, filing, letter_facts.of_filing(session, filing, now)), now)


def template(session: Session, home: Path, league_id: int | None, kind: str) -> bytes:
    """The template a league uses for a paper, as a file."""
    found = letter_templates.of(session, league_id, kind)
    return blobs.read(home, found.sha256) if found else letters.built_in(kind)


def bundle(session: Session, home: Path, filing: Filing, now: datetime) -> bytes:
    """请示, 测算表, 公示表, 绩效表 and, while a PDF holds them, all lines, in one file.

    Raises ``NotThere`` before the sheet is made.
    """
    if not filing.sheet_sha256:
        raise NotThere(mark("The calculation sheet has not been made yet."))
    return packed(dict(_files(session, home, filing, now)))


def _files(
    session: Session, home: Path, filing: Filing, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Each paper with its name, in the order in which one reads them."""
    facts = letter_facts.of_filing(session, filing, now)

    def named(number: int, label: str, ending: str) -> str:
        return f"{filing.code}_{number}_{label}.{ending}"

    for kind, number in (("request", 1), ("publication", 3), ("performance", 4)):
        label = letters.LETTERS[kind].label
        raw = fill(template(session, home, filing.league_id, kind), *facts)
        yield named(number, label, "docx"), raw
        if kind in BOOKS:
            yield named(number, label, "xlsx"), _book(session, filing, kind, facts, now)
        else:
            yield named(2, SHEET, "xlsx"), blobs.read(home, filing.sheet_sha256)
    paper = _lines(session, filing, facts)
    if paper.rows <= pdf.MOST_ROWS:
        yield named(5, LINES, "pdf"), pdf.write(paper, now)


def _lines(session: Session, filing: Filing, facts: Facts) -> Paper:
    return filed_tables.line_list(facts[0], filing, sheets.lines_of(session, filing))
