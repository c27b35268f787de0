"""The first screen answers what each role comes for: what waits, what is left, where money is."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import instructions, journeys, publications, questions, way
from tests.journeys import NOW
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import Visitor, visit
from tracker import jobs
from tracker.models.applications import Application
from tracker.models.filings import Disbursement
from tracker.models.methods import Method
from tracker.models.recoveries import Recovery
from tracker.models.work import Job
from tracker.steps import unanswered
from tracker.web import sessions


def test_a_firm_sees_what_it_can_apply_for_and_where_its_money_is(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench, 2)
    page = visit(app, "clerk").see("/")
    row = page.table()[1]
    assert row[1:4] == ["Hohhot", "2", "1,000.00"]
    (apply,) = (link for link in page.links if link.startswith("/applications/new"))
    assert "2" in visit(app, "clerk").see(apply).words
    (here,) = page.tree.xpath("//ol[@class='path']/li[@class='here']")
    assert "Accrued" in here.text_content()
    nothing = visit(app, "other_clerk").see("/").words
    assert "Nothing can be applied for at present." in nothing
    assert "Nothing waits for you." in nothing


def test_a_firm_is_told_of_uploads_to_look_at_or_to_mend(bench: jobs.Bench, app: Flask) -> None:
    journeys.upload(bench, journeys.sheet(journeys.row("W1")))
    journeys.upload(bench, b"%PDF-1.7 nothing", name="发运.pdf")
    links = visit(app, "clerk").see("/").links
    assert "/manifests?state=checked" in links
    assert "/manifests?state=refused" in links


@pytest.mark.parametrize(
    ("login", "waits"),
    [
        ("league_officer", "/applications?state=applied"),
        ("finance_officer", "/filings?state=approved"),
    ],
)
def test_what_waits_stands_on_top_and_leads_there(
    bench: jobs.Bench, app: Flask, login: str, waits: str
) -> None:
    if login == "league_officer":
        money.applied(bench)
    else:
        money.approved(bench)
    page = visit(app, login).see("/")
    assert waits in page.links
    visit(app, login).see(waits)


def test_a_method_that_ends_before_long_is_told_until_another_follows(
    bench: jobs.Bench, app: Flask
) -> None:
    waits = "/methods?ending=yes"
    theirs = [f"{waits}&league={journeys.LEAGUE}", waits]

    def last_day(day: date | None) -> None:
        bench.database.transact(
            lambda session: session.execute(update(Method).values(valid_to=day))
        )

    people = [visit(app, login) for login in ("league_officer", "commerce_officer")]
    for day, told in ((date(2026, 8, 2), True), (date(2026, 8, 3), False), (None, False)):
        last_day(day)
        links = [one.see("/").links for one in people]
        assert [one in there for one, there in zip(theirs, links, strict=True)] == [told, told]
    last_day(date(2026, 5, 31))
    assert waits not in visit(app, "clerk").see("/").links
    (row,) = people[0].see(theirs[0]).table()[1:]
    assert "none follows" in people[0].see("/").words
    assert "no recorded method follows" in people[0].see("/methods/1").words
    assert row[2]


def test_a_demand_to_pay_back_is_told_to_the_firm_and_near_its_day_to_the_league(
    bench: jobs.Bench, app: Flask
) -> None:
    way.demanded(bench, way.recovery_drafted(bench, way.disbursed(bench)))

    def told(login: str) -> bool:
        page = visit(app, login).see("/")
        return "/recoveries?state=recoverable" in page.links and "2026-06-" in page.words

    def due(day: date) -> None:
        bench.database.transact(
            lambda session: session.execute(update(Recovery).values(due_on=day))
        )

    due(date(2026, 6, 30))
    assert (
        "1 Recoveries · Pay it back · the first by 2026-06-30" in visit(app, "clerk").see("/").words
    )
    assert [told(one) for one in ("manager", "league_officer", "other_clerk")] == [
        True,
        False,
        False,
    ]
    due(date(2026, 6, 3))
    assert [told(one) for one in ("manager", "league_officer", "other_clerk")] == [
        True,
        True,
        False,
    ]
    assert not told("commerce_officer")


def instructed(bench: jobs.Bench, key: int, ago: timedelta) -> None:
    """The treasury was told to pay so long ago."""
    now = journeys.NOW - ago
    for login, step in (("league_finance", "prepare"), ("league_approver", "instruct")):
        journeys.act_on(bench, Disbursement, key, login, step, now=now)


def paid_apart(bench: jobs.Bench, filing: int, number: int) -> int:
    """A disbursement of one truck out of an allotment of its own."""
    fen, document = journeys.RATE_FEN, f"示例预〔2026〕{10 + number}号"
    allotment = way.allotted(bench, filing, fen, document_no=document)
    return way.disbursements(bench, allotment)[0]


def test_payments_the_bank_leaves_unanswered_wait_for_the_leagues_finance_oldest_first(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.approved(bench, 4)
    late, later, in_time, listed = (paid_apart(bench, filing, number) for number in range(4))
    edge = timedelta(days=unanswered.DAYS)
    for key, ago in (
        (later, edge + timedelta(days=1)),
        (late, edge + timedelta(days=3)),
        (in_time, edge),
        (listed, edge + timedelta(days=2)),
    ):
        instructed(bench, key, ago)
    instructions.listed(bench, listed)
    told = (
        "2 Disbursements · No answer from the bank for more than 5 days: ask it"
        " · the oldest from 2026-04-26"
    )
    finance = visit(app, "league_finance")
    page = finance.see("/")
    assert told in page.words
    assert told not in visit(app, "league_approver").see("/").words
    (there,) = (link for link in page.links if "silent=yes" in link)
    rows = finance.see(there).table(-1)[1:]
    codes = {key: instructions.code(bench, key) for key in (late, later)}
    assert [row[0] for row in rows] == [codes[late], codes[later]], "the oldest first"
    assert rows[0][-3] == "2026-04-26"
    api = call(app, "league_finance").get("disbursements", silent="yes")
    assert {one["code"] for one in api} == set(codes.values())
    way.confirmed(bench, late)
    way.failed(bench, later)
    assert "ask it" not in finance.see("/").words


def passed(bench: jobs.Bench, number: int) -> int:
    way.shipped(bench, 1, first=10 * number)
    return way.passed(bench)


def one_of_each(bench: jobs.Bench) -> list[str]:
    """Codes of passed applications: published, objected to, published later, not published."""
    publications.chosen(bench)
    keys = []
    for number, now in enumerate((NOW, NOW, NOW + timedelta(days=7))):
        keys.append(passed(bench, number))
        publications.published(bench, now)
    publications.objected(bench, keys[1])
    keys.append(passed(bench, 3))
    with bench.database.reading() as session:
        return [session.get_one(Application, key).code for key in keys]


def told_of_passed(officer: Visitor) -> list[tuple[str, str]]:
    """What the home page says of passed applications, and where each leads."""
    items = officer.see("/").tree.xpath("//ul[@class='todo']/li/a")
    found = [(" ".join(one.text_content().split()), one.get("href")) for one in items]
    return [one for one in found if "state=passed" in one[1]]


OBJECTED = (
    "1 Applications · Passed, and an objection is not decided: file them after it",
    "/applications?state=passed&filing=objected",
)


def test_passed_applications_are_told_apart_by_what_they_wait_for(
    bench: jobs.Bench, app: Flask
) -> None:
    one_of_each(bench)
    officer = visit(app, "league_officer")
    waits = "1 Applications · Passed, and their publication runs until {day}: file them after it"
    there = "/applications?state=passed&filing=running&until={day}"
    days = ("2026-05-11", "2026-05-18")
    running = [(waits.format(day=day), there.format(day=day)) for day in days]
    assert told_of_passed(officer) == [OBJECTED, *running]
    publications.chosen(bench, needed=False)
    ready = "3 Applications · File passed applications"
    assert told_of_passed(officer) == [
        (ready, "/applications?state=passed&filing=ready"),
        OBJECTED,
    ]
    assert "Passed" not in visit(app, "league_approver").see("/").words


def test_the_list_of_applications_is_narrowed_down_to_what_waits_alike(
    bench: jobs.Bench, app: Flask
) -> None:
    first, objected, later, unpublished = one_of_each(bench)
    officer = visit(app, "league_officer")

    def listed(**asked: str) -> list[str]:
        api = call(app, "league_officer").get("applications", 200, **asked)
        page = officer.see("/applications", **asked)
        here = [row[0] for row in page.table()[1:]] if page.tree.xpath("//table") else []
        assert here == [one["code"] for one in api]
        return here

    assert listed(filing="running", until="2026-05-18") == [later]
    assert listed(filing="running") == [later, first]
    assert listed(filing="objected", state="passed") == [objected]
    assert listed(filing="unpublished") == [unpublished]
    assert listed(filing="ready") == []
    publications.chosen(bench, needed=False)
    assert listed(filing="ready") == [unpublished, later, first]
    firm = call(app, "clerk").get("applications", filing="objected")
    assert len(firm) == len([first, objected, later, unpublished]), "none of a firm's business"


def test_home_asks_no_more_of_more_passed_applications(bench: jobs.Bench, app: Flask) -> None:
    publications.chosen(bench)
    officer = visit(app, "league_officer")
    counts = []
    for wave in (1, 3):
        for number in range(wave):
            passed(bench, 4 * wave + number)
            publications.published(bench)
        officer.see("/")
        with questions.asked(bench.database) as asked:
            assert "their publication runs until" in officer.see("/").words
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_token_that_ends_soon_is_told_to_its_own_person(bench: jobs.Bench, app: Flask) -> None:
    def make(session: Session) -> None:
        made = journeys.NOW - sessions.TOKEN_LIFE + timedelta(days=7)
        sessions.issue(session, journeys.person(session, "clerk"), "系统", made, "push")

    bench.database.transact(make)
    told = "1 Tokens · End soon: make new ones · the first by 2026-05-11"
    assert told in visit(app, "clerk").see("/").words
    assert told not in visit(app, "manager").see("/").words


def test_a_league_sees_what_is_left_of_its_allotments(bench: jobs.Bench, app: Flask) -> None:
    money.allotted(bench)
    page = visit(app, "league_finance").see("/")
    assert page.table()[1] == ["示例预〔2026〕2号", "1,000.00", "0.00", "1,000.00"]


def test_an_allotment_to_draw_on_waits_for_the_leagues_finance(
    bench: jobs.Bench, app: Flask
) -> None:
    money.allotted(bench)
    waits = "1 Disbursements · Draft the disbursements"
    assert waits in visit(app, "league_finance").see("/").words
    assert waits not in visit(app, "league_officer").see("/").words


def test_nothing_is_left_to_draw_once_all_is_disbursed(bench: jobs.Bench, app: Flask) -> None:
    money.disbursed(bench)
    assert "Draft the disbursements" not in visit(app, "league_finance").see("/").words


@pytest.mark.no_cover
@pytest.mark.parametrize("login", ["commerce_officer", "finance_approver", "auditor"])
def test_the_province_sees_the_units_side_by_side(
    bench: jobs.Bench, app: Flask, login: str
) -> None:
    money.disbursed(bench)
    rows = {row[0]: row for row in visit(app, login).see("/").table()}
    assert len(rows) == 15
    assert rows["Hohhot"][-2:] == ["0.10", "0.10"]
    assert set(rows["Baotou"][1:]) == {"—"}


def test_an_administrator_sees_work_and_people_and_no_business(
    bench: jobs.Bench, app: Flask
) -> None:
    money.committed(bench)
    admin = visit(app, "admin")
    assert "Nothing waits for you." in admin.see("/").words
    bench.database.transact(lambda session: session.execute(update(Job).values(state="dead")))
    page = admin.see("/")
    assert "Given up: look, and start it again" in page.words
    assert "Work that failed" in page.words
    assert "People locked out" in page.words
    assert "/shipments" not in page.links


def test_a_stranger_is_led_to_the_sign_in_page(app: Flask) -> None:
    assert app.test_client().get("/").headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    ("login", "leads"),
    [
        ("clerk", {"/ledger?stage=filed"}),
        ("league_approver", {"/ledger?stage=filed"}),
        ("commerce_officer", {"/ledger?stage=filed&league=150100"}),
        ("auditor", {"/ledger?stage=filed&league=150100"}),
        ("finance_officer", {"/filings?league=150100"}),
    ],
)
def test_every_sum_of_money_on_the_first_screen_leads_to_what_it_is_made_of(
    bench: jobs.Bench, app: Flask, login: str, leads: set[str]
) -> None:
    money.filed(bench, 2)
    visitor = visit(app, login)
    sums = visitor.see("/").tree.xpath("//main//a[span[@class='money']]|//ol[@class='path']//a")
    assert {link.get("href") for link in sums} == leads
    for address in leads:
        assert len(visitor.see(address).table()) > 1, "and something stands there"


def test_the_province_follows_no_sum_of_what_was_not_filed(bench: jobs.Bench, app: Flask) -> None:
    money.applied(bench, 2)
    for login in ("commerce_officer", "finance_approver"):
        page = visit(app, login).see("/")
        assert "0.10" in page.words
        assert not [link for link in page.links if "league=150100" in link]
