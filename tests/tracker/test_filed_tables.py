"""A filing's tables in Excel and PDF: figures as numbers, and what people typed as text only."""

import io
import re
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import way
from tests.journeys import NOW, RATE_FEN, act_on
from tests.publications import UPHELD, chosen, published
from tracker import jobs
from tracker.errors import TooMuch
from tracker.models.applications import ApplicationLine
from tracker.models.filings import Filing, FilingLine
from tracker.models.people import Firm
from tracker.models.publications import Publication
from tracker.papers import filed_papers, filed_tables, letter_facts, paper_book, pdf, sheets
from tracker.papers.paper import Money, Paper

TRICKY = '=HYPERLINK("http://example","x")'
FONT = re.compile(rb"/BaseFont/[A-Z]{6}\+NotoSansCJKsc")


def renamed(bench: jobs.Bench, name: str) -> None:
    """The firm is called otherwise from now on."""

    def work(session: Session) -> None:
        for firm in session.scalars(select(Firm).where(Firm.name != "示例企业乙")):
            firm.name = name

    bench.database.transact(work)


def cells(raw: bytes) -> list[Any]:
    """Every cell with something in it."""
    sheet = load_workbook(io.BytesIO(raw)).active
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.fixture(name="filing")
def a_filing(bench: jobs.Bench) -> int:
    """A drafted filing of two published trucks of a firm with a tricky name."""
    chosen(bench)
    way.shipped(bench, 2)
    key = way.passed(bench)
    renamed(bench, TRICKY)
    published(bench, place="=1+1")
    renamed(bench, "示例企业甲")
    return way.filing_drafted(bench, key)


@pytest.mark.parametrize("kind", filed_papers.BOOKS)
def test_a_table_in_excel_holds_numbers_and_no_formula(
    bench: jobs.Bench, filing: int, kind: str
) -> None:
    def target(session: Session) -> None:
        session.get_one(Filing, filing).performance_target = "支持企业数：=2+2\n=SUM(A1)：1"

    bench.database.transact(target)
    with bench.database.reading() as session:
        one = session.get_one(Filing, filing)
        raw = filed_papers.book(session, one, kind, NOW)
        assert raw == filed_papers.book(session, one, kind, NOW)
    found = cells(raw)
    assert not [cell for cell in found if cell.data_type == "f"]
    told = [cell.value for cell in found]
    if kind == "publication":
        assert TRICKY in told
        assert told.count(2 * RATE_FEN / 100) == 2
        assert told.count(2) == 2
    else:
        assert {"=2+2", "=SUM(A1)", "1 家", "1,000.00 元"} <= set(told)


def test_the_table_of_a_publication_is_what_was_frozen(bench: jobs.Bench, filing: int) -> None:
    with bench.database.reading() as session:
        paper, made_at = filed_papers.table_paper(session, session.get_one(Publication, 1))
        listed = letter_facts.to_show(session, session.get_one(Filing, filing))
        assert [row[0] for row in listed] == [TRICKY]
    assert paper.grids[0].rows == ((1, TRICKY, "SB-2026-0001", 2, Money(2 * RATE_FEN)),)
    assert dict(paper.facts)["公示地点"] == "=1+1"
    assert (paper.mark, made_at.date()) == ("示例，不作依据", NOW.date())
    assert dict(paper.facts)["公示编号"] == "GS-00001"
    assert FONT.search(raw := pdf.write(paper, made_at)), "the font is embedded"
    assert raw == pdf.write(paper, made_at)
    assert not [one for one in cells(paper_book.write(paper, made_at)) if one.data_type == "f"]


def test_the_table_of_one_that_was_withdrawn_says_so(bench: jobs.Bench) -> None:
    way.shipped(bench)
    way.passed(bench)
    key = published(bench)
    act_on(bench, Publication, key, "league_officer", "withdraw", **UPHELD)
    with bench.database.reading() as session:
        paper, _ = filed_papers.table_paper(session, session.get_one(Publication, key))
    assert dict(paper.facts)["公示编号"] == "GS-00001（已撤回）"


def lines(bench: jobs.Bench, filing: int) -> Paper:
    with bench.database.reading() as session:
        one = session.get_one(Filing, filing)
        values, _ = letter_facts.of_filing(session, one, NOW)
        return filed_tables.line_list(values, one, sheets.lines_of(session, one))


def test_the_list_of_lines_shows_what_each_review_took_off(bench: jobs.Bench, filing: int) -> None:
    def reduce(session: Session) -> None:
        line = session.scalars(select(FilingLine).order_by(FilingLine.id)).first()
        assert line is not None
        line.reduced_fen, line.reason_code = 1, "calculation"
        other = session.scalars(select(FilingLine).order_by(FilingLine.id.desc())).first()
        assert other is not None
        query = select(ApplicationLine).where(ApplicationLine.item_id == other.item_id)
        applied = session.scalars(query).one()
        applied.reduced_fen, applied.reason_code = RATE_FEN, "duplicate"
        session.delete(other)

    bench.database.transact(reduce)
    (grid,) = lines(bench, filing).grids
    assert grid.headings[2].label == "车牌号或箱号"
    assert [row[-4:] for row in grid.rows] == [
        tuple(map(Money, (RATE_FEN, 0, 1, RATE_FEN - 1))),
        tuple(map(Money, (RATE_FEN, RATE_FEN, 0, 0))),
    ]
    assert grid.total[-1] == Money(RATE_FEN - 1)


def test_a_list_that_no_pdf_holds_is_left_out_of_the_whole(
    bench: jobs.Bench, filing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench.database.reading() as session:
        one = session.get_one(Filing, filing)
        assert FONT.search(filed_papers.line_list(session, one, NOW))
        monkeypatch.setattr(pdf, "MOST_ROWS", 1)
        with pytest.raises(TooMuch, match="a PDF holds 1"):
            filed_papers.line_list(session, one, NOW)
        raw = filed_papers.bundle(session, bench.settings.home, one, NOW)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pdf")]
