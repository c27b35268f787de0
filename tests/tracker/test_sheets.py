"""The calculation sheet of a filing: what stands in the ledger, with what was taken off and why."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.journeys import FIRM, NOW, OTHER_FIRM, RATE_FEN, act_on
from tests.settlements import FORMULA, cells_of, fen, recomputed, rows_of
from tracker import blobs, jobs
from tracker.books import ledger
from tracker.errors import Conflict, Refused
from tracker.models.applications import Application
from tracker.models.cargo import Shipment
from tracker.models.filings import Filing, FilingLine
from tracker.models.methods import Programme
from tracker.models.money import Item, ItemStage
from tracker.models.people import Firm
from tracker.papers import detail, settlement, sheets, summary


def two_firms(bench: jobs.Bench) -> int:
    """A drafted filing of two firms: of five trucks one is reduced, one is taken off wholly."""
    way.shipped(bench, 3)
    way.shipped(bench, 2, first=20, login="other_clerk")
    keys = [way.applied(bench), way.applied(bench, "other_")]
    cuts = (12_345, "freight_unproven", "请补充运费发票"), (RATE_FEN, "duplicate", FORMULA)
    way.reduced(bench, Application, keys[0], *cuts)
    for key in keys:
        way.passed(bench, key)
    return way.filing_drafted(bench, *keys)


def kept(bench: jobs.Bench, key: int) -> bytes:
    """The sheet as it was kept."""
    with bench.database.reading() as session:
        sha256 = session.get_one(Filing, key).sheet_sha256
    return blobs.path(bench.settings.home, sha256).read_bytes()


def anew(bench: jobs.Bench, key: int) -> bytes:
    """The sheet of what stands now."""
    with bench.database.reading() as session:
        found = session.get_one(Filing, key)
        return sheets.settlement(session, found, ledger.head(session), NOW, bench.registry)


@pytest.mark.no_cover
def test_every_amount_is_what_stands_in_the_ledger(bench: jobs.Bench) -> None:
    key = two_firms(bench)
    rows = rows_of(kept(bench, key))
    with bench.database.reading() as session:
        query = (
            select(Item.code, func.sum(ItemStage.balance))
            .join(ItemStage, ItemStage.item_id == Item.id)
            .where(ItemStage.stage == "applied")
            .group_by(Item.code)
        )
        standing = {code: int(amount) for code, amount in session.execute(query)}
        head = ledger.head(session)
    *lines, total = rows
    code = "补贴项编码（请勿改动）"
    assert [fen(row[detail.FILED]) for row in lines] == [
        standing.get(row[code], 0) for row in lines
    ]
    assert fen(total[detail.FILED]) == sum(standing.values()) == 5 * RATE_FEN - 62_345
    assert {fen(row[detail.ASSESSED]) for row in lines} == {RATE_FEN}
    assert {fen(row[detail.APPLIED]) for row in lines} == {RATE_FEN}
    first = load_workbook(io.BytesIO(kept(bench, key)), data_only=True)[summary.NAME]
    words = [str(cell.value) for row in first.iter_rows() for cell in row if cell.value]
    assert f"台账 #{head.seq} {head.hash}" in words
    check = next(
        row for row in first.iter_rows() if row[0].value == "校核：报送合计与台账之差（元）"
    )
    assert [cell.value for cell in check if cell.value is not None][1:] == [0]


@pytest.mark.no_cover
def test_what_the_league_took_off_shows_with_its_reason(bench: jobs.Bench) -> None:
    *lines, total = rows_of(kept(bench, two_firms(bench)))
    assert [
        (row["企业序号"], fen(row[detail.REDUCED]), row["核减原因"], fen(row[detail.FILED]))
        for row in lines
    ] == [
        (1, 12_345, "运费无凭证：请补充运费发票", RATE_FEN - 12_345),
        (1, RATE_FEN, f"已在别处申报：{FORMULA}", 0),
        (1, 0, "", RATE_FEN),
        (2, 0, "", RATE_FEN),
        (2, 0, "", RATE_FEN),
    ]
    assert fen(total[detail.REDUCED]) == 62_345


@pytest.mark.no_cover
def test_what_commerce_takes_off_shows_in_a_sheet_made_afterwards(bench: jobs.Bench) -> None:
    key = way.filed(bench, _two_trucks(bench))
    way.reduced(bench, Filing, key, (100, "other", "取整"))
    raw = anew(bench, key)
    row, _, total = rows_of(raw)
    assert (fen(row[detail.LATER]), row["商务厅核减原因"]) == (100, "其他（见说明）：取整")
    assert fen(row[detail.APPROVED]) == RATE_FEN - 100
    assert fen(total[detail.APPROVED]) == 2 * RATE_FEN - 100
    assert recomputed(raw) > 0


def _two_trucks(bench: jobs.Bench) -> int:
    way.shipped(bench, 2)
    return way.applied(bench)


@pytest.mark.no_cover
def test_each_firm_is_summed_in_yuan_and_in_ten_thousands(bench: jobs.Bench) -> None:
    raw = kept(bench, two_firms(bench))
    first = load_workbook(io.BytesIO(raw), data_only=True)[summary.NAME]
    rows = [row for row in first.iter_rows(values_only=True) if row[1] and row[3] is not None]
    assert [row[1:] for row in rows[1:]] == [
        ("示例企业甲", FIRM, 3, 0.15, 0.06, 0.09, 0, 0.09, 876.55, 876.55),
        ("示例企业乙", OTHER_FIRM, 2, 0.1, 0, 0.1, 0, 0.1, 1000, 1000),
        ("合计", None, 5, 0.25, 0.06, 0.19, 0, 0.19, 1876.55, 1876.55),
    ]


def test_the_same_filing_makes_the_same_bytes(bench: jobs.Bench) -> None:
    key = two_firms(bench)
    assert anew(bench, key) == anew(bench, key) == kept(bench, key)


@pytest.mark.no_cover
def test_names_and_words_of_anybody_stay_text(bench: jobs.Bench) -> None:
    key = two_firms(bench)

    def work(session: Session) -> None:
        for firm, name in zip(session.scalars(select(Firm)), (FORMULA, "+1"), strict=True):
            firm.name = name
        for shipment in session.scalars(select(Shipment)):
            shipment.label = "@SUM(A1)"
        found = session.get_one(Filing, key)
        found.document_no, found.basis, found.performance_target = "=2", "=3", "=4"

    bench.database.transact(work)
    cells = cells_of(anew(bench, key))
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert {FORMULA, "+1", "@SUM(A1)"} <= texts
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert not [text for text in formulas if "@" in text or len(text) < 5]
    assert recomputed(anew(bench, key)) == len(formulas)


def test_a_sheet_is_made_of_a_draft_whose_amounts_still_stand(bench: jobs.Bench) -> None:
    key = two_firms(bench)

    def attach(session: Session) -> None:
        found = session.get_one(Filing, key)
        sheets.attach(session, bench.settings.home, found, NOW, bench.registry)

    def change(session: Session, by: int) -> None:
        line = session.scalars(select(FilingLine).order_by(FilingLine.id)).first()
        assert line is not None
        line.filed_fen += by

    bench.database.transact(lambda session: change(session, -1))
    with pytest.raises(Conflict, match="no longer what stands"):
        bench.database.transact(attach)
    bench.database.transact(lambda session: change(session, 1))
    act_on(bench, Filing, key, "league_officer", "prepare")
    with pytest.raises(Conflict, match="while the filing is a draft"):
        bench.database.transact(attach)


def test_a_filing_without_lines_has_no_sheet(bench: jobs.Bench) -> None:
    def work(session: Session) -> None:
        empty = Filing(
            code="BS-9",
            league_id=journeys.league(session).id,
            programme_id=session.scalars(select(Programme)).one().id,
            kind="settlement",
            document_no="1",
            basis="1",
        )
        session.add(empty)
        session.flush()
        sheets.settlement(session, empty, ledger.head(session), NOW, bench.registry)

    with pytest.raises(Refused, match="no lines"):
        bench.database.transact(work)


@pytest.mark.no_cover
def test_the_method_is_printed_with_its_parameters(bench: jobs.Bench) -> None:
    sheet = load_workbook(io.BytesIO(kept(bench, two_firms(bench))))[settlement.PARAMETERS]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["每车次补贴", "500.00", "元/车次", "第二条", "rate"] in rows
    words = " ".join(str(row[0]) for row in rows)
    for said in ("示例办〔2026〕1号", "2026-01-01 至 2026-12-31", "SHA-256", "tests/journey"):
        assert said in words
