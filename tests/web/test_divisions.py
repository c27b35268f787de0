"""A league divides a pool on its page: totals first, two people, no firm sees another's claim."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import divisions, journeys
from tests.way import accrued
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """Claims of two firms on one pool."""
    bench = divisions.world(database, settings)
    divisions.claim(bench, {"1": "100.00", "2": "100.00"})
    divisions.claim(bench, {"3": "100.00"}, login="other_clerk")
    return bench


@pytest.fixture
def app(world: jobs.Bench) -> Iterator[Flask]:
    """The program over it, with the rule of this test."""
    with programs.made(world.settings, world.registry) as made:
        yield made


def test_an_officer_drafts_an_approver_divides_and_each_firm_sees_its_own(
    world: jobs.Bench, app: Flask
) -> None:
    officer, approver = visit(app, "league_officer"), visit(app, "league_approver")
    clerk = visit(app, "clerk")
    before = clerk.see("/shipments/1").words
    assert "takes part with 100.00 CNY" in before
    assert "divided in proportion, once the period is settled" in before
    page = officer.see("/divisions")
    assert page.table()[-1][:6] == [
        *("pool of the year of year 2026", "100.00", "0.00", "3", "300.00", "33.3333%")
    ]
    page = officer.send(page.form("/divisions"))
    assert "The year of this pool goes on up to 2026-12-31." in page.words
    assert [row[1:] for row in page.table()[1:]] == [
        ["2", "200.00", "66.67"],
        ["1", "100.00", "33.33"],
    ]
    page = officer.press(page, "prepare")
    page = approver.press(approver.see(page.address), "divide")
    assert accrued(world) == {"1": 3_334, "2": 3_333, "3": 3_333}
    assert "33.34 + a fen" in page.words
    assert "No share" not in clerk.see("/shipments/1").words
    after = clerk.see("/shipments/1").words
    assert "300.00 CNY due in all" in after
    assert "33.34" in after
    clerk.see("/divisions", 403)
    rows = visit(app, "auditor").client.get(f"{page.address}/shares.csv").get_data(as_text=True)
    assert len(rows.splitlines()) == 4
    method = officer.see("/methods/1").words
    assert "How the pool is divided" in method
    assert "largest remainders" in method
    assert "waits for a further division of what is left" in method


def test_the_api_divides_too(world: jobs.Bench, app: Flask) -> None:
    officer, approver = call(app, "league_officer"), call(app, "league_approver")
    (pool,) = officer.get("divisions/pools")
    assert (pool["claims"], pool["asked_fen"], pool["open_id"]) == (3, 30_000, None)
    asked = {"programme": pool["programme"], "counter": pool["counter"]}
    one = officer.post("divisions", 201, **asked)
    share = one["shares"][0]
    assert (share["uscc"], share["claims"]) == (journeys.FIRM, 2)
    assert (share["asked_fen"], share["given_fen"]) == (20_000, 6_667)
    assert officer.post("divisions", 409, **asked)["code"]
    path = f"divisions/{one['id']}"
    sent = {"shown_sha256": one["shown_sha256"]}
    officer.post(f"{path}/steps", step="prepare", **sent)
    officer.post(f"{path}/steps", 403, step="divide", **sent)
    taken = approver.post(f"{path}/steps", step="divide", **sent)
    assert taken["state_after"] == "divided"
    assert [share["given_fen"] for share in officer.get(f"{path}/shares")] == [3_334, 3_333, 3_333]
    assert officer.get("divisions/pools") == []
    call(app, "commerce_officer").get(path, 403)
    assert accrued(world) == {"1": 3_334, "2": 3_333, "3": 3_333}
