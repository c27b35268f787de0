"""Filed papers 报送文书: a filing's letters in Word, one by one or all in one file with its sheet.

They are made anew each time from what the books say now; the calculation sheet goes in as the very
bytes that were filed. What was stamped is attached as evidence.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from tracker import blobs
from tracker.errors import NotThere, mark
from tracker.models.filings import Filing
from tracker.models.publications import Publication
from tracker.papers import letter_facts, letters
from tracker.papers.docx import packed
from tracker.papers.filling import fill
from tracker.steps import letter_templates

SHEET = "测算表"


def letter(session: Session, home: Path, filing: Filing, kind: str, now: datetime) -> bytes:
    """One letter of a filing, from the template its league uses."""
    facts = letter_facts.of_filing(session, filing, now)
    return fill(template(session, home, filing.league_id, kind), *facts)


def table(session: Session, home: Path, publication: Publication) -> bytes:
    """The 公示表 of one publication."""
    facts = letter_facts.of_publication(session, publication)
    return fill(template(session, home, publication.league_id, "publication"), *facts)


def template(session: Session, home: Path, league_id: int | None, kind: str) -> bytes:
    """The template a league uses for a paper, as a file."""
    found = letter_templates.of(session, league_id, kind)
    return blobs.read(home, found.sha256) if found else letters.built_in(kind)


def bundle(session: Session, home: Path, filing: Filing, now: datetime) -> bytes:
    """请示, 测算表, 公示表 and 绩效表 in one file. Raises ``NotThere`` before the sheet is made."""
    if not filing.sheet_sha256:
        raise NotThere(mark("The calculation sheet has not been made yet."))
    facts = letter_facts.of_filing(session, filing, now)
    made = {
        one.label: fill(template(session, home, filing.league_id, kind), *facts)
        for kind, one in letters.LETTERS.items()
    }
    request, *others = made.items()
    sheet = blobs.read(home, filing.sheet_sha256)
    files: Mapping[str, bytes] = {
        _name(filing, 1, request[0], "docx"): request[1],
        _name(filing, 2, SHEET, "xlsx"): sheet,
        **{
            _name(filing, number, label, "docx"): raw
            for number, (label, raw) in enumerate(others, 3)
        },
    }
    return packed(files)


def _name(filing: Filing, number: int, label: str, ending: str) -> str:
    return f"{filing.code}_{number}_{label}.{ending}"
