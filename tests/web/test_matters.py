"""A firm states its year on its page; the league confirms; a receipt says what it came to."""

import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from rules.lines import yuan
from rules.periods import PERIOD_FACTS
from rules.subject import Fact
from tests import matters, way
from tests.journeys import LEAGUE, act_on
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.db import Database
from tracker.models.matters import Matter
from tracker.settings import Settings
from tracker.web import matter_form

AWARD_FEN, CONFIRMED = 2_000_000, 3


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with its method recorded."""
    return matters.world(database, settings)


@pytest.fixture
def app(world: jobs.Bench) -> Iterator[Flask]:
    """The program over it, with the rules of this test."""
    with programs.made(world.settings, world.registry) as made:
        yield made


def test_a_firm_states_its_year_and_the_league_confirms_it(world: jobs.Bench, app: Flask) -> None:
    clerk, officer = visit(app, "clerk"), visit(app, "league_officer")
    page = clerk.see("/matters")
    assert "No year was stated yet." in page.words
    page = clerk.see("/matters/new")
    assert [row[2] for row in page.table()[1:]] == [
        *("2025-01-01 – 2025-12-31", "2026-01-01 – 2026-12-31")
    ]
    page = clerk.send(page.form("/matters", year="2026"))
    facts = f"{page.address}/facts"
    form = page.form(facts)
    assert {name for name in form.fields if name.startswith("f.")} == {
        *("f.cost_fen", "f.platforms", "f.turnover_cent")
    }
    page = clerk.send(form, 422, **{"f.cost_fen": "1,5", "f.platforms": "1.5"})
    assert "“1,5” is no number." in page.words
    assert "At most to 1 platforms." in page.words
    page = clerk.send(
        page.form(facts),
        **{"f.cost_fen": "1,000.50", "f.platforms": "1", "f.turnover_cent": "10,000.00"},
    )
    assert "1,000.50 CNY" in page.words
    assert "waits" in page.words, "whether the firm is small nobody stated yet"
    officer.see(page.address, 404)
    page = clerk.press(page, "submit")
    assert officer.see("/matters").table()[1][0] == "SX-2026-0001"
    page = officer.see(page.address)
    refused = officer.press(page, "confirm", 422)
    assert "Not stated yet" in refused.words
    page = officer.send(page.form(facts), **{"f.small": "1", "basis": "示例名录第1号"})
    assert "20,700.35" in page.words, "tried out before it counts"
    page = officer.press(page, "confirm")
    assert way.stages(world) == {"accrued": 2_070_035}
    for one in (clerk.see(page.address), page):
        assert "示例名录第1号" in one.words
        assert "How the amount came about" in one.words
    assert "SX-2026-0001" in clerk.see("/disbursements/money").words
    visit(app, "other_clerk").see(page.address, 404)
    matters.submitted(world, login="other_clerk")
    asked = {"state": "submitted", "q": "入驻", "league": LEAGUE}
    assert [row[0] for row in officer.see("/matters", **asked).table()[1:]] == ["SX-2026-0002"]
    page = officer.see("/matters/2")
    page = officer.press(page, "return", reason_code="evidence_missing", reason="缺合同（示例）")
    assert "It is back with the firm." in page.words
    assert "缺合同（示例）" in visit(app, "other_clerk").see("/matters/2").words


def test_what_a_firm_wrote_and_took_back_is_nobody_elses(world: jobs.Bench, app: Flask) -> None:
    key = matters.confirmed(world)
    act_on(world, Matter, key, "clerk", "correct")
    matters.state(world, key, "clerk", {**matters.ENTERED, "platforms": 7})
    for state in ("draft", "withdrawn"):
        found = call(app, "league_officer").get(f"matters/{key}")
        assert (found["state"], found["firm_facts"]["platforms"]) == (state, 1)
        if state == "draft":
            act_on(world, Matter, key, "clerk", "withdraw")


def test_rows_of_matters_are_headed_as_matters(world: jobs.Bench, app: Flask) -> None:
    matters.confirmed(world)
    clerk = visit(app, "clerk", "zh")
    page = clerk.see("/disbursements/money")
    assert page.table()[0][:2] == ["发车日期或期末日", "车牌号、箱号或事项"]
    assert "发车日期或期末日,车牌号、箱号或事项" in clerk.see("/disbursements/money.csv").text


def test_a_system_states_a_year_through_the_interface(app: Flask) -> None:
    clerk, officer = call(app, "clerk"), call(app, "league_officer")
    assert [one["year"] for one in clerk.get("matters/offers")] == [2025, 2026]
    made = clerk.post("matters", 201, league=LEAGUE, programme="platforms", year=2026)
    where = f"matters/{made['id']}"
    assert made["asked"] == ["cost_fen", "turnover_cent", "platforms"]
    wrong = clerk.put(f"{where}/facts", 422, facts={"cost_fen": "1.00"})
    assert "cost_fen" in wrong["message"]
    kept = clerk.put(f"{where}/facts", facts=dict(matters.ENTERED))
    assert kept["firm_facts"] == matters.ENTERED
    assert kept["tried"]["outcome"] == "waiting"
    clerk.post(f"{where}/steps", step="submit", shown_sha256=kept["shown_sha256"])
    looked = officer.put(f"{where}/facts", facts=dict(matters.SMALL), basis="示例名录第1号")
    officer.post(f"{where}/steps", step="confirm", shown_sha256=looked["shown_sha256"])
    assert clerk.get(where)["award_fen"] == 2_000_000


WHOLE = [fact for fact in PERIOD_FACTS.values() if fact.kind == "whole"]


@given(
    st.sampled_from(WHOLE).flatmap(lambda fact: st.tuples(st.just(fact), st.integers(0, fact.high)))
)
def test_what_is_shown_of_a_number_is_read_back_to_the_last_unit(stated: tuple[Fact, int]) -> None:
    fact, value = stated
    typed = matter_form.as_typed(fact, value)
    assert matter_form.read_whole(fact, typed) == value
    whole, point, part = typed.partition(".")
    assert matter_form.read_whole(fact, f"{int(whole):,}{point}{part}") == value


def test_a_firm_makes_a_receipt_of_its_matter_that_says_facts_and_articles(
    world: jobs.Bench, app: Flask
) -> None:
    key = matters.confirmed(world)
    clerk = visit(app, "clerk")
    page = clerk.send(clerk.see(f"/matters/{key}").form("/receipts"))
    assert "Receipt of a matter (no ground for payment)" in page.words
    assert page.table()[0] == ["Fact", "Value", "Stated by"]
    assert ["platforms entered", "1 platforms", "the firm"] in page.table()
    assert ["a small or medium foreign-trade firm", "yes", "the league"] in page.table()
    assert page.table(1)[-1][:2] + page.table(1)[-1][-1:] == ["Result", "Awarded", yuan(AWARD_FEN)]
    assert page.table(2)[1:] == [["Accrued", yuan(AWARD_FEN)]]
    assert "示例名录第1号" in page.words, "on what the league's part rests"
    told = json.loads(clerk.client.get(f"{page.address}/receipt.json").data)["content"]
    assert (told["kind"], told["total_fen"]) == ("matter", AWARD_FEN)
    book = load_workbook(io.BytesIO(clerk.client.get(f"{page.address}/receipt.xlsx").data))
    assert AWARD_FEN / 100 in [cell.value for sheet in book for row in sheet for cell in row]
    assert clerk.client.get(f"{page.address}/receipt.pdf").data.startswith(b"%PDF")
    listed = clerk.see("/receipts", kind="matter").table()
    assert listed[1][1:3] == ["Matter", f"{told['title']} sample"]
    assert way.proven(world)


def test_the_receipt_of_a_matter_stays_as_confirmed_while_it_is_corrected(
    world: jobs.Bench, app: Flask
) -> None:
    key = matters.confirmed(world)
    act_on(world, Matter, key, "manager", "correct")
    matters.state(world, key, "clerk", {**matters.ENTERED, "platforms": 3})
    clerk = call(app, "clerk")
    made = clerk.post("receipts", 201, kind="matter", of=key)["content"]
    assert made["about"]["version_no"] == CONFIRMED
    assert [one["value"] for one in made["stated"] if one["fact"] == "platforms"] == [1]
    assert made["total_fen"] == AWARD_FEN


def test_nothing_is_told_of_a_matter_before_it_is_confirmed_or_once_it_is_withdrawn(
    world: jobs.Bench, app: Flask
) -> None:
    key = matters.submitted(world)
    clerk, page = call(app, "clerk"), visit(app, "clerk")
    clerk.post("receipts", 422, kind="matter", of=key)
    assert "Make a receipt" not in page.see(f"/matters/{key}").words
    matters.state(world, key, "league_officer", matters.SMALL, "示例名录第1号")
    act_on(world, Matter, key, "league_officer", "confirm")
    call(app, "other_clerk").post("receipts", 404, kind="matter", of=key)
    assert "Make a receipt" in page.see(f"/matters/{key}").words
    act_on(world, Matter, key, "clerk", "withdraw")
    clerk.post("receipts", 422, kind="matter", of=key)
    assert "Make a receipt" not in page.see(f"/matters/{key}").words
