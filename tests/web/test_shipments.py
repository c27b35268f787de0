"""A shipment tells its whole story to those it concerns, down to the row of the file."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, questions, way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.books import ledger
from tracker.models.filings import Disbursement
from tracker.models.money import Item
from tracker.models.people import League
from tracker.steps import accrual


def test_the_list_filters_sorts_and_finds(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench, 3)
    clerk = visit(app, "clerk")
    page = clerk.see("/shipments", sort="label")
    assert [row[1] for row in page.table()[1:]] == ["蒙A10000", "蒙A10001", "蒙A10002"]
    page = clerk.see("/shipments", sort="-label")
    assert [row[1] for row in page.table()[1:]] == ["蒙A10002", "蒙A10001", "蒙A10000"]
    assert len(clerk.see("/shipments", q="W2").table()) == 2
    assert len(clerk.see("/shipments", stage="accrued", mode="ROAD", league="150100").table()) == 4
    for nothing in ({"from": "2026-03-03"}, {"to": "2026-03-01"}, {"waits": "1"}, {"q": "甲"}):
        assert "No shipment fits the filter." in clerk.see("/shipments", 200, **nothing).words


def test_a_list_with_nothing_in_it_says_what_to_do(app: Flask) -> None:
    assert (
        "They appear when a manifest is committed." in visit(app, "clerk").see("/shipments").words
    )


def test_a_shipment_shows_cargo_route_tally_money_and_history(
    bench: jobs.Bench, app: Flask
) -> None:
    money.disbursed(bench, 1)
    page = visit(app, "clerk").see("/shipments/1")
    words = page.words
    for told in ("W0", "9610", "e-commerce", "跨境电商小包", "8,000", "52,000 CNY"):
        assert told in words
    assert page.tree.xpath("//figure[contains(@class, 'strip')]")
    assert "T0" in words
    assert "Why this route" in words
    assert "第二条" in words
    assert "Result (yuan) 500.00" in words
    assert page.tree.xpath("//ol[@class='path']/li[@aria-current='step']/span")[0].text == (
        "Disbursed"
    )
    assert "示例办〔2026〕1号" in words
    assert [link for link in page.links if link.startswith("/manifests/1/rows/")]
    assert "/methods/1" in page.links
    assert [link for link in page.links if link.startswith("/ledger/")]
    assert [link for link in page.links if link.startswith("/disbursements/")]


def test_a_league_sees_nothing_of_what_another_computed_for_a_shipment_that_moved(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)

    def elsewhere(session: Session) -> None:
        here = session.scalars(select(Item)).one()
        there = Item(
            code="elsewhere",
            shipment_id=here.shipment_id,
            programme_id=here.programme_id,
            firm_id=here.firm_id,
            league_id=session.scalars(select(League.id).where(League.code == "150900")).one(),
        )
        session.add(there)
        session.flush()
        moves = (accrual.move_item(there, "entitlement", "accrued", 12_300),)
        day = date(2026, 5, 4)
        draft = ledger.Draft("accrue", "elsewhere", day, "system", moves)
        ledger.post(session, draft, now=journeys.NOW)

    bench.database.transact(elsewhere)
    officer, clerk = visit(app, "league_officer"), visit(app, "clerk")
    for address in ("/shipments/1", "/shipments", "/shipments/list.csv"):
        theirs, all_of_it = (
            one.client.get(address, buffered=True).get_data(as_text=True)
            for one in (officer, clerk)
        )
        assert "123.00" in all_of_it or "623.00" in all_of_it
        assert "123.00" not in theirs
        assert "623.00" not in theirs
    (due,) = call(app, "league_officer").get("shipments/1")["dues"]
    assert due["league"]["code"] == journeys.LEAGUE


def test_drafts_of_others_are_not_named_as_where_the_money_is(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)
    way.drafted(bench)
    page = visit(app, "clerk").see("/shipments/1")
    assert "SB-2026-0001" in page.words
    assert "SB-2026-0001" not in visit(app, "league_officer").see("/shipments/1").words


def test_a_disbursement_is_named_to_the_firm_from_when_the_treasury_is_instructed(
    bench: jobs.Bench, app: Flask
) -> None:
    (key,) = way.disbursements(bench, money.allotted(bench, 1))
    journeys.act_on(bench, Disbursement, key, "league_finance", "prepare")
    clerk = visit(app, "clerk")
    for login, named in (("league_officer", True), ("clerk", False), ("commerce_officer", False)):
        for address in ("/shipments/1", "/applications/1"):
            words = visit(app, login).see(address).words
            assert ("DF-0001-001" in words) is named, (login, address)
    journeys.act_on(bench, Disbursement, key, "league_approver", "instruct")
    for address in ("/shipments/1", "/applications/1"):
        page = clerk.see(address)
        assert f"/disbursements/{key}" in page.links
        assert "BS-00001" in page.words


def test_the_boxes_of_a_truck_are_named_with_their_size(bench: jobs.Bench, app: Flask) -> None:
    row = journeys.row("W1", 集装箱号="MSKU1234565", 箱型="45G1")
    journeys.take_in(bench, row)
    words = visit(app, "clerk").see("/shipments/1").words
    assert "MSKU1234565 45G1 (2 TEU)" in words


def test_an_empty_run_shows_why_it_earns_nothing(bench: jobs.Bench, app: Flask) -> None:
    empty = journeys.row("W1", **{"重空标志": "空", "毛重(KG)": ""})
    journeys.take_in(bench, empty)
    words = visit(app, "clerk").see("/shipments/1").words
    assert "empty runs earn nothing" in words
    assert "Result (yuan) 0.00" in words
    assert "earns nothing" in visit(app, "clerk").see("/shipments").words


def test_a_contested_shipment_says_so_to_the_later_firm(bench: jobs.Bench, app: Flask) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    journeys.commit(bench, journeys.upload(bench, raw, login="other_clerk"), login="other_clerk")
    page = visit(app, "other_clerk").see("/shipments/2")
    assert "Somebody else has claimed this shipment." in page.words
    assert "示例企业甲" not in page.words


def test_a_corrected_line_keeps_its_earlier_version(bench: jobs.Bench, app: Flask) -> None:
    journeys.take_in(bench, journeys.row("W1"))
    again = journeys.sheet(journeys.row("W1", 件数="77"))
    journeys.commit(bench, journeys.upload(bench, again))
    page = visit(app, "clerk").see("/shipments/1")
    assert "version 2" in page.words
    assert "Earlier versions" in page.words
    assert "77" in page.words


def test_who_sees_a_shipment(bench: jobs.Bench, app: Flask) -> None:
    money.committed(bench, 1)
    league = visit(app, "league_officer").see("/shipments/1")
    assert "发运.csv" in league.words, "a league reads where a line came from"
    assert not [link for link in league.links if link.startswith("/manifests")]
    visit(app, "auditor").see("/shipments/1")
    visit(app, "other_clerk").see("/shipments/1", 404)
    visit(app, "commerce_officer").see("/shipments/1", 404)
    visit(app, "finance_officer").see("/shipments/1", 403)


@pytest.mark.parametrize("login", ["clerk", "auditor"])
def test_the_list_downloads_as_a_table_that_adds_up(
    bench: jobs.Bench, app: Flask, login: str
) -> None:
    money.committed(bench, 2)
    answer = visit(app, login).client.get("/shipments/list.csv", buffered=True)
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("蒙A1000")
    assert "500.00" in lines[1]


def test_who_sees_a_refused_shipment_sees_what_would_change_it(
    bench: jobs.Bench, app: Flask
) -> None:
    empty = journeys.row("W1", **{"重空标志": "空", "毛重(KG)": ""})
    journeys.take_in(bench, empty, journeys.row("W2", "蒙A10002"))
    told = "the record holds yes. If evidence proves empty run is no, this article is met; "
    told += "the award is 500.00 CNY."
    for login in ("clerk", "league_officer", "auditor"):
        page = visit(app, login).see("/shipments/1")
        assert "What would change the result" in page.words
        assert told in page.words
    assert "What would change" not in visit(app, "clerk").see("/shipments/2").words
    for login in ("other_clerk", "commerce_officer"):
        visit(app, login).see("/shipments/1", 404)
    (due,) = call(app, "clerk").get("shipments/1")["dues"]
    (hint,) = due["hints"]
    assert (hint["kind"], hint["outcome"], hint["award_fen"]) == ("fact", "awarded", 50_000)
    assert hint["changes"] == [{"kind": "fact", "name": "empty", "was": True, "values": [False]}]
    (all_of_it,) = call(app, "clerk").get("shipments/2")["dues"]
    assert not all_of_it["hints"]


@pytest.mark.parametrize("login", ["clerk", "league_officer", "commerce_officer", "auditor"])
def test_whoever_sees_a_shipment_reads_the_rows_of_the_files_it_came_from(
    bench: jobs.Bench, app: Flask, login: str
) -> None:
    money.filed(bench, 2)
    visitor = visit(app, login)
    links = visitor.see("/shipments/1").links
    assert [one for one in links if "/rows" in one], "the shipment leads to its rows"
    page = visitor.see("/shipments/1/rows")
    for told in ("W0", "跨境电商小包", "8000", "52000", "row 2"):
        assert told in page.words
    assert "W1" not in page.words, "nothing of the other shipment in the same file"
    leads = [one for one in page.links if one.startswith("/manifests/1/rows/")]
    assert bool(leads) is (login in ("clerk", "auditor"))


def test_the_rows_of_a_shipment_are_for_nobody_who_may_not_see_it(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)
    visit(app, "other_clerk").see("/shipments/1/rows", 404)
    visit(app, "commerce_officer").see("/shipments/1/rows", 404)
    visit(app, "finance_officer").see("/shipments/1/rows", 403)


def test_the_rows_of_a_shipment_stand_as_in_the_file_and_earlier_versions_below(
    bench: jobs.Bench, app: Flask
) -> None:
    journeys.take_in(bench, journeys.row("W9"), journeys.row("W1"))
    journeys.take_in(bench, journeys.row("W1", 件数="77"))
    page = visit(app, "league_officer").see("/shipments/1/rows")
    titles = [one.text_content() for one in page.tree.xpath("//main//h2")]
    assert [one.split()[-1] for one in titles] == ["2", "2", "3"]
    assert page.words.index("version 2") < page.words.index("earlier version")


def test_the_rows_of_more_lines_ask_the_database_no_oftener(bench: jobs.Bench, app: Flask) -> None:
    counts, auditor = list[int](), visit(app, "auditor")
    for number in (1, 3):
        journeys.take_in(bench, *(journeys.row(f"W{one}") for one in range(number)))
        with questions.asked(bench.database) as asked:
            page = auditor.see("/shipments/1/rows")
        assert len(page.tree.xpath("//main//h2")) == number
        counts.append(len(asked))
    assert counts[0] == counts[1]
