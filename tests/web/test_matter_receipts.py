"""A receipt of a matter says what was confirmed of a firm's year, and what it is due."""

import io
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from openpyxl import load_workbook

from rules.lines import yuan
from tests import matters, way
from tests.journeys import act_on
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.db import Database
from tracker.models.matters import Matter
from tracker.settings import Settings

AWARD_FEN, CONFIRMED = 2_000_000, 3


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """The small world with a method about a firm's year."""
    return matters.world(database, settings)


@pytest.fixture
def app(world: jobs.Bench) -> Iterator[Flask]:
    """The program over it."""
    with programs.made(world.settings, world.registry) as made:
        yield made


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
