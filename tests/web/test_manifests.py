"""A firm uploads, watches, mends and commits; nobody else touches its files."""

import secrets

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.web import money
from tests.web.visitors import Page, Visitor, upload, visit
from tracker import jobs
from tracker.models.cargo import Manifest
from tracker.models.work import Job

GOOD = journeys.sheet(journeys.row("W1"), journeys.row("W2", "蒙A20002"))
MIXED = journeys.sheet(journeys.row("W1"), journeys.row("W2", "蒙A20002", **{"毛重(KG)": "abc"}))


@pytest.fixture
def clerk(bench: jobs.Bench, app: Flask) -> Visitor:
    assert bench.settings.home.exists()
    return visit(app, "clerk")


def actions(page: Page) -> list[str]:
    return [str(form.action) for form in page.tree.forms]


def test_an_upload_is_watched_until_it_is_read_with_and_without_script(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    page = upload(clerk, (GOOD, "三月发运.csv"))
    assert "Received, being checked" in page.words
    assert 'hx-get="/manifests/1/progress"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    busy = clerk.client.get("/manifests/1/progress", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in busy.headers
    jobs.drain(bench)
    ready = clerk.client.get("/manifests/1/progress", headers={"HX-Request": "true"})
    assert ready.headers["HX-Refresh"] == "true"
    assert "hx-get" not in ready.get_data(as_text=True)
    page = clerk.see("/manifests/1")
    assert "hx-get" not in page.text
    assert "Checked, look at the preview" in page.words


def test_the_preview_adds_up_to_the_rows_read_and_says_what_they_would_earn(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (MIXED, "发运.csv"))
    jobs.drain(bench)
    words = clerk.see("/manifests/1").words
    assert "Rows read 3 = New 1 + To be mended 1 + Not data 1" in words
    assert "500.00" in words
    assert "8,000.000" in words


def test_problems_are_named_by_row_and_column_as_in_excel(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (MIXED, "发运.csv"))
    jobs.drain(bench)
    (row,) = (
        line for line in clerk.see("/manifests/1/problems").table() if "must be mended" in line
    )
    assert row[0] == "3"
    assert row[1].startswith("T ")
    assert row[2] == "abc"
    assert row[4]
    assert row[5]
    assert "No problem fits" in clerk.see("/manifests/1/problems", code="nothing").words
    asked = clerk.see("/manifests/1/problems", severity="refuse")
    assert {line[3] for line in asked.table()[1:]} == {"must be mended"}


def test_rows_can_be_looked_at_one_by_one_with_what_became_of_them(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (MIXED, "发运.csv"))
    jobs.drain(bench)
    journeys.commit(bench, 1)
    page = clerk.see("/manifests/1/rows")
    links = [link for link in page.links if link.startswith("/manifests/1/rows/")]
    rows = list(dict.fromkeys(links))
    assert len(rows) == 3
    assert links.count(rows[2]) == 2, "the row's problems are one press away"
    good, bad = clerk.see(rows[1]), clerk.see(rows[2])
    assert "W1" in good.words
    assert "/shipments/1" in good.links
    assert "abc" in bad.words
    assert not [link for link in bad.links if link.startswith("/shipments/")]
    assert len(clerk.see("/manifests/1/rows", state="refused").table()) == 2
    assert "No row fits" in clerk.see("/manifests/1/rows", state="contested").words


def test_what_stays_out_and_how_to_bring_it_in_is_said_before_committing(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (MIXED, "发运.csv"))
    jobs.drain(bench)
    page = clerk.see("/manifests/1")
    assert "1 rows stay out until they are mended." in page.words
    assert "Correct the others below, or in your own file" in page.words
    assert "/manifests/1/commit" in actions(page)


def test_a_file_of_which_nothing_can_go_in_offers_no_commit(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (journeys.sheet(journeys.row("W1", 发车日期="03.04.2026")), "发运.csv"))
    jobs.drain(bench)
    page = clerk.see("/manifests/1")
    assert "No row of this file can go in as it is." in page.words
    assert "/manifests/1/commit" not in actions(page)


def test_a_file_that_is_no_table_says_what_it_is_and_shows_no_empty_sums(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (b"%PDF-1.7 nothing", "扫描件.xlsx"))
    jobs.drain(bench)
    words = clerk.see("/manifests/1").words
    assert "KindPDF" in words
    assert "Rows read" not in words


def test_the_gravest_problems_are_counted_first(clerk: Visitor, bench: jobs.Bench) -> None:
    rows = [
        journeys.row("W1", 发车日期="03.04.2026"),
        journeys.row("W2", "蒙A20002", **{"毛重(KG)": "abc"}),
    ]
    upload(clerk, (journeys.sheet(*rows), "发运.csv"))
    jobs.drain(bench)
    words = clerk.see("/manifests/1").words
    assert "must be mended 1 please check 1" in words


def test_committing_makes_shipments_and_is_offered_once(clerk: Visitor, bench: jobs.Bench) -> None:
    upload(clerk, (GOOD, "发运.csv"))
    jobs.drain(bench)
    form = clerk.see("/manifests/1").form("/manifests/1/commit")
    page = clerk.send(form)
    assert "Being committed" in page.words
    jobs.drain(bench)
    page = clerk.see("/manifests/1")
    assert "Committed" in page.words
    assert "/shipments?manifest=1" in page.links
    assert len(clerk.see("/shipments", manifest="1").table()) == 3
    assert "not waiting to be committed" in clerk.send(form, 409).words


def test_the_same_file_again_leads_to_the_earlier_upload(clerk: Visitor, bench: jobs.Bench) -> None:
    upload(clerk, (GOOD, "发运.csv"))
    jobs.drain(bench)
    page = upload(clerk, (GOOD, "又一次.csv"))
    assert page.address == "/manifests/1"
    assert "was uploaded before as “发运.csv” (no. 1)" in page.words


def test_several_files_stand_or_fall_each_by_itself(clerk: Visitor) -> None:
    page = upload(clerk, (GOOD, "甲.csv"), (GOOD, "乙.csv"), (MIXED, "丙.csv"))
    assert page.address == "/manifests"
    assert "乙.csv：The same file" in page.words
    assert [line[1] for line in page.table()[1:]] == ["丙.csv", "甲.csv"]


def test_of_many_files_that_are_refused_none_is_passed_over_in_silence(clerk: Visitor) -> None:
    names = [f"发运{secrets.token_hex(60)}.csv" for _ in range(40)]
    page = upload(clerk, *((GOOD, name) for name in names))
    assert page.words.count("The same file was uploaded before") == 10
    assert "29 further files were not taken in." in page.words


def test_an_upload_of_nothing_says_so(clerk: Visitor) -> None:
    assert "No file was chosen." in upload(clerk).words


def test_changed_rows_are_laid_beside_what_stands(clerk: Visitor, bench: jobs.Bench) -> None:
    journeys.commit(bench, journeys.upload(bench, GOOD))
    again = journeys.sheet(journeys.row("W1", 件数="7"))
    upload(clerk, (again, "更正.csv"))
    jobs.drain(bench)
    assert "/manifests/2/changes" in clerk.see("/manifests/2").links
    tables = clerk.see("/manifests/2/changes").tree.xpath("//table[.//td='100']")
    assert len(tables) == 1
    assert "7" in tables[0].text_content()


def test_a_withdrawn_upload_counts_for_nothing_and_can_be_found(
    clerk: Visitor, bench: jobs.Bench
) -> None:
    upload(clerk, (GOOD, "发运.csv"))
    jobs.drain(bench)
    page = clerk.send(clerk.see("/manifests/1").form("/manifests/1/withdraw"))
    assert "The upload was withdrawn" in page.words
    assert len(clerk.see("/manifests", state="withdrawn", q="发运").table()) == 2
    assert "No upload fits the filter." in clerk.see("/manifests", q="别的").words
    with bench.database.reading() as session:
        assert session.get_one(Manifest, 1).state == "withdrawn"


def test_the_original_bytes_come_back_under_their_name(clerk: Visitor) -> None:
    upload(clerk, (GOOD, "发运.csv"))
    answer = clerk.client.get("/manifests/1/file", buffered=True)
    assert answer.data == GOOD
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_file_that_is_no_table_is_refused_in_words(clerk: Visitor, bench: jobs.Bench) -> None:
    upload(clerk, (b"%PDF-1.7 nothing", "发运.pdf"))
    jobs.drain(bench)
    words = clerk.see("/manifests/1").words
    assert "Cannot be used" in words
    assert "No row of this file can go in" in words


def test_work_that_failed_for_good_is_told_to_the_firm(clerk: Visitor, bench: jobs.Bench) -> None:
    upload(clerk, (GOOD, "发运.csv"))

    def kill(session: Session) -> None:
        session.scalars(select(Job).where(Job.kind == "check_manifest")).one().state = "dead"

    bench.database.transact(kill)
    page = clerk.see("/manifests/1")
    assert "failed several times and has stopped" in page.words
    assert "hx-get" not in page.text


def test_another_firm_finds_neither_the_upload_nor_its_file(clerk: Visitor, app: Flask) -> None:
    upload(clerk, (GOOD, "发运.csv"))
    other = visit(app, "other_clerk")
    assert "Nothing was uploaded yet." in other.see("/manifests").words
    for address in ("/manifests/1", "/manifests/1/file", "/manifests/1/rows/1"):
        other.see(address, 404)
    visit(app, "auditor").see("/manifests/1")
    visit(app, "league_officer").see("/manifests/1", 403)


def test_a_row_whose_money_was_applied_for_says_so_and_what_to_do(
    bench: jobs.Bench, app: Flask
) -> None:
    money.applied(bench, 1)
    key = journeys.upload(bench, journeys.sheet(journeys.row("W0", "蒙A10000", 件数="77")))
    page = visit(app, "clerk").see(f"/manifests/{key}/rows", state="refused")
    assert "Its money has been applied for" in page.words
    (row,) = [link for link in page.links if f"/manifests/{key}/rows/" in link]
    assert "return the application first" in visit(app, "clerk").see(row).words
    page = visit(app, "clerk").see(f"/manifests/{key}")
    assert "Of 1 rows the money has been applied for" in page.words
    assert "once it was filed, ask the league to adjust the amounts" in page.words, "no dead end"
    assert "stay out until they are mended" not in page.words, "nothing is to be mended"
    assert f"/manifests/{key}/failing" not in page.links


def test_what_cannot_be_estimated_is_a_dash_and_no_number_of_yuan(
    bench: jobs.Bench, app: Flask
) -> None:
    raw = journeys.sheet(journeys.row("W1"))
    journeys.commit(bench, journeys.upload(bench, raw))
    key = journeys.upload(bench, raw, login="other_clerk")
    page = visit(app, "other_clerk").see(f"/manifests/{key}")
    assert "Estimate —" in page.words
    assert "— yuan" not in page.words
