"""A firm applies and its league reviews, through the forms that stand on the pages."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import journeys, questions, way
from tests.web import money, walks
from tests.web.visitors import People, visit
from tracker import jobs
from tracker.db import Base
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Shipment
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, User
from tracker.steps import application as steps
from tracker.web import applying

QUARTER = "/applications/new?league=150100&programme=freight&from=2026-01-01&to=2026-03-31"
RETURNED: dict[str, Any] = {"reason_code": "evidence_missing", "reason": "缺少报关单"}


def change(bench: jobs.Bench, table: type[Base], **values: object) -> None:
    bench.database.transact(lambda session: session.execute(update(table).values(**values)))


def test_a_firm_applies_and_its_league_passes_it(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    page = walks.drafted(people)
    assert page.address == "/applications/1"
    assert "next: Firm, clerk" in page.words
    page = walks.filled(people, page)
    assert "Saved." in page.words
    page = people["clerk"].press(page, "prepare")
    assert "It is with" not in page.words, "the clerk may still open it again"
    page = walks.taken(people, "manager", page.address, "apply")
    assert "It is with: League commerce, officer" in page.words
    assert way.stages(bench) == {"applied": 100_000}
    assert "It is with: League commerce, officer" not in (
        people["league_officer"].see(page.address).words
    )
    walks.taken(people, "league_officer", page.address, "first_review")
    page = walks.taken(people, "league_approver", page.address, "pass")
    assert "Passed by the league" in page.words
    assert page.steps == ["return"]
    assert "示例league_approver" in page.words, "who decided stands on the page"


def test_a_period_of_more_shipments_needs_no_longer_question(
    bench: jobs.Bench, people: People
) -> None:
    most: list[int] = []
    for first, trucks in ((0, 1), (1, 9)):
        way.shipped(bench, trucks, first=first)
        with questions.asked(bench.database) as asked:
            assert "lacks=road_waybill" in people["clerk"].see(QUARTER).text
        most.append(max(len(one.values) for one in asked))
    assert most[0] == most[1], "a database takes so many parameters"


def test_what_can_be_applied_for_is_offered_by_quarter_and_league(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    page = people["manager"].see("/applications/new")
    assert page.table()[1][:5] == [
        *("2026 Q1", "Hohhot"),
        "Freight subsidy for e-commerce trucks to Europe",
        *("2", "1,000.00"),
    ]
    walks.drafted(people, "manager")
    assert "Nothing is waiting to be applied for." in people["clerk"].see("/applications/new").words


def test_what_is_missing_and_what_waits_is_said_per_shipment(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 3)

    def spoil(session: Session) -> None:
        first, second, _ = session.scalars(select(Shipment).order_by(Shipment.id))
        first.border_exit_date = None
        second.state = "contested"

    bench.database.transact(spoil)
    page = people["clerk"].see(QUARTER)
    lacking, waiting = page.table(2)[1], page.table(3)[1]
    assert lacking[1:] == ["蒙A10000", "day of border crossing", "500.00"]
    assert waiting[1:] == ["蒙A10001", "Contested Somebody else has claimed this shipment."]
    assert "Draft the application over these 2" in page.words


def test_a_period_without_anything_says_so_and_cannot_be_drafted(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    clerk = people["clerk"]
    page = clerk.see(QUARTER.replace("2026-0", "2025-0"))
    assert "There is nothing to apply for in this period." in page.words
    form = clerk.see(QUARTER).form("/applications")
    assert (
        "nothing to apply for"
        in clerk.send(form, 422, **{"from": "2025-01-01", "to": "2025-03-31"}).words
    )
    assert "ends before it begins" in clerk.send(form, 422, **{"from": "2026-04-01"}).words
    assert "are needed" in clerk.send(form, 422, league="").words


def test_lines_left_out_stay_free_for_another_application(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 3)
    page = walks.drafted(people)
    first, second, _ = page.tree.xpath("//input[@name='left_out']/@value")
    page = walks.filled(people, page, left_out=[str(first), str(second)])
    assert "500.00" in page.table()[-1][3]
    again = walks.drafted(people)
    assert again.address == "/applications/2"
    assert again.form("/applications/2/form").fields["bank_name"] == "示例银行", "filled in already"


def test_only_the_programme_that_was_asked_for_is_applied_for(bench: jobs.Bench) -> None:
    way.shipped(bench, 2)

    def work(session: Session) -> list[Any]:
        other = Programme(code="other", name_zh="其他", name_en="Other")
        session.add(other)
        session.flush()
        item = session.scalars(select(Item)).first()
        assert item is not None
        days = (date(2026, 1, 1), date(2026, 3, 31))
        assert steps.open_items(session, item.firm_id, item.league, item.programme, *days)
        return steps.open_items(session, item.firm_id, item.league, other, *days)

    assert bench.database.transact(work) == []


def test_without_promises_and_account_the_clerk_cannot_pass_it_on(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    clerk, page = people["clerk"], walks.drafted(people)
    assert "promise" in clerk.press(page, "prepare", 422).words
    page = walks.filled(people, page, bank_account="")
    assert "account details are missing" in clerk.press(page, "prepare", 422).words


def test_another_firms_application_is_not_there(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    other = people["other_clerk"]
    for path in (address, f"{address}/lines.csv", "/applications/99"):
        other.see(path, 404)
    assert "SB-2026-0001" not in other.see("/applications").words
    form = people["manager"].see(address).form("/sign-out")
    own = other.see("/applications").form("/sign-out").fields["csrf_token"]
    theirs = replace(form, action=f"{address}/steps")
    other.send(theirs, 404, csrf_token=own, step="withdraw")


def test_a_draft_is_not_yet_the_leagues_to_see(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    people["league_officer"].see(walks.drafted(people).address, 404)


def test_what_changed_since_it_was_shown_is_not_decided_on(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    stale = people["league_officer"].see(address)
    walks.reduced(people, "league_officer", address, "10.00")
    page = people["league_officer"].press(stale, "first_review", 409)
    assert "It has changed since you looked at it." in page.words
    assert "Look at it again and decide on what you see." in page.words


def test_nobody_passes_what_they_reviewed_themselves(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    walks.taken(people, "league_officer", address, "first_review")
    bench.database.transact(
        lambda session: session.execute(
            update(User).where(User.login == "league_officer").values(role="league_approver")
        )
    )
    page = people["league_officer"].see(address)
    assert page.steps == ["return"]
    assert "You took the step before, so another person must check it." in page.words
    form = page.form(f"{address}/steps", step="return")
    refused = people["league_officer"].send(form, 403, step="pass")
    assert "Two people are required" in refused.words


def test_a_reduction_needs_a_reason_and_an_amount_within_the_line(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address, officer = walks.applied(bench), people["league_officer"]
    form = walks.reduction(officer.see(address))
    good = {"reduced_yuan": "1,00.00", "reason_code": "other", "reason": "示例"}
    assert "is no amount in yuan" in officer.send(form, 422, **good).words
    for wrong in ({"reason": ""}, {"reason_code": ""}, {"reduced_yuan": "500.01"}):
        page = officer.send(form, 422, **{**good, "reduced_yuan": "100", **wrong})
        assert "eduction" in page.words
    with bench.database.reading() as session:
        assert session.scalars(select(ApplicationLine.reduced_fen)).all() == [0, 0]


def test_computed_applied_reduced_and_left_stand_side_by_side(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    page = walks.reduced(people, "league_officer", address, "120.50")
    odd, plain = page.table()[1:3]
    assert odd[2:6] == [
        *("500.00", "500.00"),
        "120.50Weight differs from customs — 重量以海关数据为准",
        "379.50",
    ]
    assert "reduced" in odd[6], "what was reduced stands on top, and says so"
    assert plain[2:6] == ["500.00", "500.00", "—", "500.00"]
    assert page.table()[-1][1:4] == ["1,000.00", "120.50", "879.50"]
    page = walks.reduced(people, "league_officer", address, "0.00", reason="", reason_code="")
    assert page.table()[-1][1:4] == ["1,000.00", "0.00", "1,000.00"]


def test_a_reduction_is_undone_by_a_button_of_its_own(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address, officer = walks.applied(bench), people["league_officer"]
    assert "Undo the reduction" not in officer.see(address).words
    page = walks.reduced(people, "league_officer", address, "120.50")
    assert "Undo the reduction" in page.words
    page = officer.send(walks.reduction(page), undo="1")
    assert page.table()[-1][1:4] == ["1,000.00", "0.00", "1,000.00"]


def test_a_passed_application_says_who_has_it_until_the_money_is_there(
    bench: jobs.Bench, app: Flask
) -> None:
    money.filed(bench)
    words = visit(app, "clerk").see("/applications/1").words
    assert "BS-00001 Filed to the province next: Department of Commerce, officer" in words


@pytest.mark.no_cover
def test_a_decided_application_waits_for_allotment_and_disbursement(
    bench: jobs.Bench, app: Flask
) -> None:
    money.allotted(bench)
    words = visit(app, "clerk").see("/applications/1").words
    assert "Decided by the province" in words
    assert "the league's finance disburses" in words


def test_a_disbursed_application_names_the_disbursement(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    page = visit(app, "clerk").see("/applications/1")
    assert "DF-0001-001 Disbursed" in page.words
    assert "/disbursements/1" in page.links
    assert "the league's finance disburses" not in page.words


def test_a_returned_application_tells_the_firm_why_and_is_applied_for_again(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    officer = people["league_officer"]
    form = officer.see(address).form(f"{address}/steps", step="return")
    assert "A reason is needed." in officer.send(form, 422).words
    assert "It is back with the firm." in officer.send(form, **RETURNED).words
    assert way.stages(bench) == {"accrued": 100_000}
    page = people["clerk"].see(address)
    assert "It was returned: Evidence missing — 缺少报关单" in page.words
    people["clerk"].press(page, "prepare")
    assert "Applied" in walks.taken(people, "manager", address, "apply").words


def test_a_declined_application_leaves_nothing(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    walks.taken(people, "league_officer", address, "first_review")
    walks.taken(people, "league_approver", address, "decline", **RETURNED)
    page = people["manager"].see(address)
    assert "It was declined: Evidence missing — 缺少报关单" in page.words
    assert page.table()[-1][3] == "0.00"
    assert way.stages(bench) == {}


def test_the_list_filters_and_pages(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)

    def many(session: Session) -> None:
        first = session.get_one(Application, 1)
        for number in range(2, 62):
            session.add(
                Application(
                    code=f"SB-2026-{number:04d}",
                    firm_id=first.firm_id,
                    league_id=first.league_id,
                    programme_id=first.programme_id,
                    period_from=first.period_from,
                    period_to=first.period_to,
                    state="closed",
                )
            )

    bench.database.transact(many)
    page = people["league_officer"].see("/applications")
    assert "61 in all · page 1 of 2" in page.words
    assert page.table()[1][0] == "SB-2026-0001", "what waits stands on top"
    assert len(people["league_officer"].see("/applications", page="2").table()) == 12
    page = people["league_officer"].see("/applications", state="closed", q="0061")
    assert [row[0] for row in page.table()[1:]] == ["SB-2026-0061"]
    page = people["auditor"].see("/applications", league="150900")
    assert "No application fits the filter." in page.words
    assert "SB-2026-0061" in people["auditor"].see("/applications", league="150100").words
    assert address == "/applications/1"


@pytest.mark.no_cover
def test_lines_are_paged_in_every_order(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 53)
    address, officer = walks.applied(bench), people["league_officer"]
    for sort in ("odd", "day", "-day", "amount", "-amount"):
        pages = (officer.see(address, sort=sort), officer.see(address, sort=sort, page="2"))
        labels = [row[1] for page in pages for row in page.table()[1:-1]]
        assert len(labels) == len(set(labels)) == 53, sort


def test_a_download_carries_no_formula_of_anybodys_text(bench: jobs.Bench, people: People) -> None:
    way.shipped(bench, 2)
    address = walks.applied(bench)
    for start in ("=", "+", "-", "@", "＝", " ="):
        change(bench, Firm, name=f"{start}HYPERLINK(1)")
        change(bench, Shipment, label=f"{start}1+1")
        walks.reduced(people, "league_officer", address, "1", reason=f"{start}cmd|1")
        answer = people["manager"].see(f"{address}/lines.csv").response
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert len(rows) == 3
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))]
        assert rows[1][1] == f"'{start}1+1"
        assert rows[1][3:5] == ["500.00", "500.00"], "figures stay figures"


def test_quarters_begin_and_end_where_they_should() -> None:
    named = applying.quarters(date(2026, 2, 28))
    assert named[0] == ("2026 Q1", date(2026, 1, 1), date(2026, 3, 31))
    assert named[1] == ("2025 Q4", date(2025, 10, 1), date(2025, 12, 31))
    assert len(named) == applying.QUARTERS_BACK


def test_what_is_lacking_is_not_lacking_before_applying_once_it_is_applied_for(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 1)
    key = way.drafted(bench)
    clerk = visit(app, "clerk")
    before, after = "Still lacking before applying", "Still lacking"
    pages = (f"/applications/{key}", "/shipments/1")
    for address in pages:
        assert before in clerk.see(address).words
    way.apply(bench, key)
    for address in pages:
        words = clerk.see(address).words
        assert before not in words
        assert after in words


def test_who_is_next_after_the_approval_is_finance_and_then_the_treasury(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.approved(bench, 1)
    clerk = visit(app, "clerk")
    assert "next: Finance allots" in clerk.see("/applications/1").words
    way.allotted(bench, filing, journeys.RATE_FEN)
    words = clerk.see("/applications/1").words
    assert "What is approved is allotted; next: the league's finance disburses." in words
    assert "Finance allots" not in words
