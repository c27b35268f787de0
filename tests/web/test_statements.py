"""What stood where is told as it was known then, to the byte; a firm's statement adds up."""

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import Select, func, select

from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Visitor, visit
from tracker import jobs
from tracker.books import ledger
from tracker.models.money import MONEY_STAGES, ItemStage
from tracker.steps import positions

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


def head(bench: jobs.Bench) -> int:
    with bench.database.reading() as session:
        return ledger.head(session).seq


def raw(visitor: Visitor, address: str) -> bytes:
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    return bytes(answer.data)


@pytest.mark.parametrize("by", positions.BY)
def test_balances_from_the_lines_are_those_that_are_kept(bench: jobs.Bench, by: str) -> None:
    money.disbursed(bench)
    with bench.database.reading() as session:
        auditor = journeys.person(session, "auditor")
        now = positions.at(session, auditor, by)
        assert positions.at(session, auditor, by, ledger.head(session).seq) == now
        kept = {row[0]: int(row[1]) for row in session.execute(_kept())}
        told = {stage: sum(row.sums.get(stage, 0) for row in now) for stage in kept}
    assert told == kept
    assert told


def _kept() -> Select[str, int]:
    standing = select(ItemStage.stage, func.sum(ItemStage.balance)).where(ItemStage.balance > 0)
    return standing.group_by(ItemStage.stage)


def test_what_stood_at_an_entry_is_the_same_to_the_byte_after_money_moved_on(
    bench: jobs.Bench, app: Flask
) -> None:
    key = money.applied(bench, 2)
    seq = head(bench)
    auditor = visit(app, "auditor")
    addresses = [
        f"/ledger/balances.xlsx?by=firm&seq={seq}",
        f"/statements/statement.pdf?firm=1&seq={seq}&from=2026-01-01&to=2026-12-31",
        f"/statements/statement.xlsx?firm=1&seq={seq}&from=2026-01-01&to=2026-12-31",
    ]
    before = [raw(auditor, one) for one in addresses]
    shown = auditor.see("/ledger/balances", seq=str(seq)).table()[1:]
    way.filed(bench, key)
    assert head(bench) > seq
    assert [raw(auditor, one) for one in addresses] == before
    then = auditor.see("/ledger/balances", seq=str(seq))
    assert then.table()[1:] == shown
    assert "as they were known at entry" in then.words
    assert auditor.see("/ledger/balances").table()[1:] != shown


def test_balances_are_summed_by_programme_and_by_month(bench: jobs.Bench, app: Flask) -> None:
    money.applied(bench, 2)
    league = visit(app, "league_officer")
    month = league.see("/ledger/balances", by="month").table()
    assert month[1][:2] == ["Hohhot", "2026-03"]
    assert "1,000.00" in month[1]
    programme = league.see("/ledger/balances", by="programme").table()
    assert programme[1][0] == "Hohhot"
    assert programme[1][2:] == month[1][2:]
    book = load_workbook(io.BytesIO(raw(league, "/ledger/balances.xlsx?by=month")))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "2026-03" in cells
    assert 1000 in cells


def test_the_province_sees_sums_of_firms_it_may_not_follow_and_no_firm(
    bench: jobs.Bench, app: Flask
) -> None:
    money.applied(bench, 2)
    finance = visit(app, "finance_officer")
    assert "1,000.00" in finance.see("/ledger/balances", by="month").words
    assert "示例企业甲" not in finance.see("/ledger/balances", by="firm").words
    assert finance.client.get("/statements").status_code == 403


def test_a_firms_statement_adds_up_and_leads_to_its_entries(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    clerk = visit(app, "clerk")
    page = clerk.see("/statements", 200, **YEAR)
    stages = {row[0]: row[1:] for row in page.table()[1:]}
    assert stages["Disbursed"] == ["0.00", "1,000.00", "0.00", "1,000.00"]
    assert stages["Accrued"] == ["0.00", "1,000.00", "1,000.00", "0.00"]
    moves = page.table(1)[1:]
    assert moves[0][4:] == ["Entitlement", "Accrued", "2", "1,000.00"]
    links = page.tree.xpath("//h2[@id='moves']/following::table[1]//th/a/@href")
    assert links[0].startswith("/ledger/")


def test_a_period_opens_with_what_stood_before_it(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    later = {"from": "2100-01-01", "to": "2100-12-31"}
    told = call(app, "clerk").get("statements", 200, **later)
    assert told["moves"] == []
    (stage,) = [one for one in told["stages"] if one["closing_fen"]]
    assert (stage["name"], stage["opening_fen"], stage["came_fen"]) == ("disbursed", 100_000, 0)
    assert {one["name"] for one in told["stages"]} <= set(MONEY_STAGES)
    assert (
        "No money of this firm moved" in visit(app, "clerk").see("/statements", 200, **later).words
    )


def test_nobody_states_another_firms_money(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    other = visit(app, "other_clerk")
    assert "示例企业甲" not in other.see("/statements").words
    assert other.client.get("/statements?firm=1").status_code == 404
    assert other.client.get("/statements/statement.xlsx?firm=1").status_code == 404
    assert call(app, "other_clerk").get("statements")["moves"] == []


def test_before_the_first_entry_nothing_is_told(bench: jobs.Bench, app: Flask) -> None:
    money.applied(bench, 1)
    auditor = visit(app, "auditor")
    page = auditor.see("/ledger/balances", day="2000-01-01")
    assert "Nothing stands anywhere yet." in page.words
    assert auditor.client.get("/ledger/balances.xlsx?day=2000-01-01").status_code == 404
    assert auditor.client.get("/statements/statement.pdf").status_code == 404
    assert call(app, "auditor").get("statements/balances", 404, day="2000-01-01")
    assert "示例企业甲" in auditor.see("/ledger/balances", day="2100-01-01").words


def test_the_api_tells_balances_by_natural_codes(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    api = call(app, "auditor")
    for by, part in {
        "league": "",
        "firm": journeys.FIRM,
        "programme": "freight",
        "month": "2026-03",
    }.items():
        told = api.get("statements/balances", by=by)
        assert (told["seq"], told["by"]) == (head(bench), by)
        assert told["rows"] == [
            {"league": journeys.LEAGUE, "part": part, "sums": {"disbursed": 100_000}}
        ]
