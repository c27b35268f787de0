"""Everybody sees the ledger as far as it is theirs, entry by entry, with its link in the chain."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.books import anchors, ledger
from tracker.models.cargo import Manifest
from tracker.models.money import Entry, Item
from tracker.steps import (
    accrual,
    deadlines,
    holding,
    pinning,
    publish_setting,
    replies,
    sampling,
    self_evaluations,
    windows,
    workdays,
)
from tracker.steps.flow import FLOWS
from tracker.web import ledger as ledger_pages
from tracker.web.books import KINDS


def entries(rows: list[list[str]]) -> list[str]:
    return [row[1] for row in rows[1:]]


def test_every_life_that_an_entry_may_be_about_has_its_page() -> None:
    assert set(ledger_pages.PAGES_OF) == set(FLOWS)


def test_the_auditor_sees_every_entry_and_the_head(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    with bench.database.reading() as session:
        head = ledger.head(session)
    page = visit(app, "auditor").see("/ledger")
    numbers = [row[0] for row in page.table()[1:]]
    assert numbers == [f"#{number}" for number in range(head.seq, 0, -1)]
    assert head.hash in page.words
    assert entries(page.table())[0] == "Disbursement · The bank confirmed"


def test_the_ledger_is_filtered_by_kind_stage_day_firm_and_item(
    bench: jobs.Bench, app: Flask
) -> None:
    money.disbursed(bench)
    auditor = visit(app, "auditor")
    kind = auditor.see("/ledger", kind="accrue")
    assert set(entries(kind.table())) == {"Accrual"}
    stage = auditor.see("/ledger", stage="instructed")
    assert entries(stage.table()) == [
        "Disbursement · The bank confirmed",
        "Disbursement · Instruct the treasury",
    ]
    assert len(auditor.see("/ledger", item="蒙A10001", stage="disbursed").table()) == 2
    assert (
        len(auditor.see("/ledger", firm="示例企业甲", league="150100", stage="filed").table()) == 3
    )
    ahead = {"from": "2100-01-01"}
    assert "No entry fits the filter." in auditor.see("/ledger", 200, **ahead).words
    before = {"to": "2000-01-01"}
    assert "No entry fits the filter." in auditor.see("/ledger", 200, **before).words
    assert "No entry fits the filter." in auditor.see("/ledger", firm="示例企业乙").words


def test_an_entry_shows_lines_cause_hashes_and_leads_to_its_neighbours(
    bench: jobs.Bench, app: Flask
) -> None:
    money.disbursed(bench)
    auditor = visit(app, "auditor")
    with bench.database.reading() as session:
        head = ledger.head(session)
    page = auditor.see(f"/ledger/{head.seq}")
    before = auditor.see(f"/ledger/{head.seq - 1}")
    assert head.hash in page.words
    assert f"/ledger/{head.seq - 1}" in page.links
    assert f"/ledger/{head.seq}" in before.links
    assert "Disbursement DF-0001-001" in page.words
    assert "/disbursements/1" in page.links
    (_, first, second) = page.table()
    assert first[1:6] == [
        "示例企业甲 · Hohhot",
        "蒙A10000",
        "Instructed",
        "Disbursed",
        "500.00",
    ]
    assert second[2] == "蒙A10001"
    assert '"kind": "disbursement.confirm"' in page.words


def test_an_entry_of_a_manifest_names_the_firm_and_leads_to_the_upload(
    bench: jobs.Bench, app: Flask
) -> None:
    key = money.committed(bench)
    auditor = visit(app, "auditor")
    with bench.database.reading() as session:
        seq = session.scalars(select(Entry.seq).where(Entry.kind == "manifest.commit")).one()
        uscc = session.get_one(Manifest, key).firm.uscc
    page = auditor.see(f"/ledger/{seq}")
    assert f"Manifest of the firm {uscc}" in page.words
    assert f"/manifests/{key}" in page.links


def test_from_an_entry_to_the_shipment_to_the_row_of_the_file(
    bench: jobs.Bench, app: Flask
) -> None:
    money.disbursed(bench, 1)
    clerk = visit(app, "clerk")
    listed = clerk.see("/ledger", stage="disbursed")
    (entry,) = (link for link in listed.links if link.removeprefix("/ledger/").isdigit())
    links = clerk.see(entry).links
    (shipment,) = (link for link in links if link.removeprefix("/shipments/").isdigit())
    assert f"{shipment}/rows" in links, "and straight to its rows"
    (row,) = (link for link in clerk.see(shipment).links if link.startswith("/manifests/1/rows/"))
    page = clerk.see(row)
    assert "Row 2 of 发运.csv" in page.words
    assert shipment in page.links


def test_a_firm_sees_its_own_postings_and_no_other(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench, 1)
    other = journeys.sheet(journeys.row("W9", "蒙A99999"))
    journeys.commit(bench, journeys.upload(bench, other, login="other_clerk"), login="other_clerk")
    clerk, auditor = visit(app, "clerk"), visit(app, "auditor")
    everything = [
        link.removeprefix("/ledger/") for link in auditor.see("/ledger", kind="accrue").links
    ]
    numbers = [number for number in everything if number.isdigit()]
    assert len(numbers) == 2
    answers = [clerk.client.get(f"/ledger/{number}").status_code for number in numbers]
    assert sorted(answers) == [200, 404]
    text = clerk.see("/ledger").text + clerk.client.get(
        "/ledger/entries.csv", buffered=True
    ).get_data(as_text=True)
    assert "蒙A99999" not in text
    assert "示例企业乙" not in text
    clerk.see("/ledger/0", 404)
    clerk.see(f"/ledger/{1 << 62}", 404)


def test_a_firm_does_not_learn_whose_manifest_changed_what_it_is_due(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)

    def freed(session: Session) -> int:
        item = session.scalars(select(Item)).one()
        draft = ledger.Draft(
            kind="accrue",
            cause=f"accrue:manifest:{journeys.OTHER_FIRM}:{'5' * 64}:150100/freight/1:0",
            business_date=date(2026, 5, 4),
            actor="other_clerk",
            moves=(accrual.move_item(item, "entitlement", "accrued", 700),),
        )
        return ledger.post(session, draft, now=journeys.NOW).seq

    seq = bench.database.transact(freed)
    clerk = visit(app, "clerk")
    for address in (f"/ledger/{seq}", "/ledger", "/ledger/entries.csv", "/shipments/1"):
        text = clerk.client.get(address, buffered=True).get_data(as_text=True)
        assert "7.00" in text, address
        for hidden in (journeys.OTHER_FIRM, "other_clerk", "5" * 64):
            assert hidden not in text, address
    assert "Manifest of another firm" in clerk.see(f"/ledger/{seq}").words
    entry = call(app, "clerk").get(f"ledger/entries/{seq}")
    assert (entry["cause"], entry["actor"]) == ("accrue:manifest", "")
    told = visit(app, "league_officer").see(f"/ledger/{seq}").words
    assert f"Manifest of the firm {journeys.OTHER_FIRM}" in told
    assert "other_clerk" in told


def test_others_lines_of_one_entry_are_counted_and_not_shown(bench: jobs.Bench, app: Flask) -> None:
    money.approved(bench)
    with bench.database.reading() as session:
        head = ledger.head(session)
    finance = visit(app, "finance_approver").see(f"/ledger/{head.seq}")
    assert "2 further lines are about others and not shown." in finance.words
    assert "蒙A10000" not in finance.text
    assert "speaks of others and is not shown" in finance.words
    assert "Fund 示例专项〔2026〕1号" in finance.words


@pytest.mark.parametrize(
    ("login", "firms"),
    [("clerk", False), ("league_officer", True), ("auditor", True), ("finance_officer", False)],
)
def test_balances_by_stage_league_and_firm(
    bench: jobs.Bench, app: Flask, login: str, *, firms: bool
) -> None:
    money.disbursed(bench)
    page = visit(app, login).see("/ledger/balances")
    league = next(row for row in page.table() if row[0] == "Hohhot")
    assert "1,000.00" in league
    assert ("示例企业甲" in page.words.partition("By league")[2]) == firms
    total = page.table()[-1]
    assert total[0] == "Sum"
    assert total[6] == "1,000.00"


def test_balances_show_what_is_left_of_the_fund_and_the_allotment(
    bench: jobs.Bench, app: Flask
) -> None:
    money.disbursed(bench)
    rows = visit(app, "finance_officer").see("/ledger/balances").table(1)
    assert rows[1][1:] == [way.FUND, "—", "1,000.00", "49,000.00"]
    assert rows[2][1:] == ["示例预〔2026〕2号", "Hohhot", "1,000.00", "0.00"]
    league = visit(app, "league_finance").see("/ledger/balances").words
    assert "示例预〔2026〕2号" in league
    assert way.FUND not in league


def test_the_download_holds_every_visible_line_with_its_hash(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench, 2)
    answer = visit(app, "clerk").client.get("/ledger/entries.csv", buffered=True)
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert len(lines) == 3
    assert "500.00" in lines[1]
    assert len(lines[1].rsplit(",", 1)[1]) == 64


def test_an_administrator_has_no_part_in_the_ledger(app: Flask) -> None:
    visit(app, "admin").see("/ledger", 403)


def test_the_auditor_sees_which_anchors_the_ledger_holds(bench: jobs.Bench, app: Flask) -> None:
    auditor = visit(app, "auditor")
    assert "No anchor was kept yet." in auditor.see("/ledger/anchors").words
    assert "/ledger/anchors" in auditor.see("/ledger").links
    assert "/ledger/anchors" not in visit(app, "finance_officer").see("/ledger").links
    with bench.database.reading() as session:
        head = ledger.head(session)
    file = bench.settings.anchors_file
    anchors.keep(file, head, journeys.NOW)
    page = auditor.see("/ledger/anchors")
    told = ["2026-05-04 11:00", f"#{head.seq}", head.hash, "holds"]
    assert page.table()[1:] == [told]
    assert "that do not hold" not in page.words
    anchors.keep(file, ledger.Head(head.seq + 1, "0" * 64), journeys.NOW + timedelta(days=1))
    with file.open("a", encoding="utf-8") as out:
        out.write("2026-05-06")
    page = auditor.see("/ledger/anchors")
    assert [row[-1] for row in page.table()[1:]] == ["cannot be read", "does not hold", "holds"]
    assert "Anchors that do not hold: 1." in page.words


def test_what_moves_no_money_has_words_in_the_ledger() -> None:
    told = {holding.PLACED, holding.LIFTED, replies.SAID, deadlines.SET, windows.OPENED}
    told |= {workdays.RECORDED, publish_setting.SET, sampling.DRAWN, pinning.PINNED}
    told |= {self_evaluations.STATED}
    assert told <= {*KINDS}


@pytest.mark.parametrize("login", ["clerk", "league_officer", "commerce_officer", "auditor"])
def test_from_a_number_to_the_row_of_the_file_are_three_clicks(
    bench: jobs.Bench, app: Flask, login: str
) -> None:
    money.filed(bench)
    visitor = visit(app, login)
    page = visitor.see("/ledger/balances", by="firm")
    (number,) = {one for one in page.links if one.startswith("/ledger?stage=filed")}
    page = visitor.see(number)
    (entry,) = (
        one for one in page.links if one.rpartition("/")[0] == "/ledger" and one[-1:].isdigit()
    )
    page = visitor.see(entry)
    row = next(one for one in page.links if one.startswith("/shipments/") and "/rows" in one)
    assert "W0" in visitor.see(row).words
