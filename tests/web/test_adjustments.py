"""A firm asks on the page of its file, the league sees both sides, two adjust; the API too."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import adjustments, way
from tests.web import programs
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.db import Database
from tracker.models.recoveries import Recovery
from tracker.settings import Settings


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """Two trucks paid; a corrected file of both committed, which could not go in by itself."""
    bench = adjustments.world(database, settings)
    adjustments.said(bench, {"1": "100.00", "2": "50.00"})
    adjustments.paid(bench)
    adjustments.said(bench, {"1": "130.00", "2": "20.00"})
    return bench


@pytest.fixture
def app(world: jobs.Bench) -> Iterator[Flask]:
    """The program over it, with the rule of this test."""
    with programs.made(world.settings, world.registry) as made:
        yield made


def test_a_firm_asks_the_league_sees_both_sides_and_two_people_adjust(
    world: jobs.Bench, app: Flask
) -> None:
    clerk, officer = visit(app, "clerk"), visit(app, "league_officer")
    approver = visit(app, "league_approver")
    page = clerk.see("/manifests/2")
    assert "Of 2 rows the money has been applied for" in page.words
    page = clerk.send(page.form("/adjustments/of/2"), reason="运费录错（示例）")
    assert "Nothing has moved yet." in page.words
    told = clerk.see("/manifests/2")
    assert page.address in told.links
    assert "Ask the league to adjust them" not in told.words, "it is asked for once"
    seen = officer.see(page.address)
    assert "运费录错（示例）" in seen.words
    assert "manifest.csv" not in seen.words, "a league sees the rows, not the firm's file"
    assert [row[2:] for row in seen.table()[1:]] == [
        ["100.00", "130.00", "30.00", "0.00"],
        ["50.00", "20.00", "0.00", "30.00"],
    ]
    assert ["Freight", "100", "130"] in seen.table(1)
    assert "Propose the adjustment" in officer.see("/").words
    seen = officer.send(seen.form(f"{page.address}/figures"))
    officer.press(seen, "propose")
    done = approver.press(approver.see(page.address), "adjust")
    assert "Adjusted" in done.words
    assert way.stages(world) == {"accrued": 3_000, "disbursed": 15_000}
    assert "Demand back what was paid too much" in officer.see("/").words
    form = officer.see(page.address).form(f"{page.address}/recoveries")
    drafted = officer.send(form, document_no="示例追〔2026〕3号", due_on="2027-12-31")
    assert "30.00" in drafted.words
    assert way.states(world, Recovery) == ["draft"]
    assert "Demand back what was paid too much" not in officer.see("/").words
    visit(app, "other_clerk").see(page.address, 404)
    way.passed(world, way.applied(world))
    line = officer.see("/applications/2").words
    assert "supplementary: 100.00 yuan were applied for before" in line
    assert "supplementary" not in officer.see("/applications/1").words
    assert "corrected since: 30.00 yuan more than is due" in officer.see("/applications/1").words


def test_the_list_tells_what_each_comes_to_and_a_league_has_a_method_computed_anew(
    world: jobs.Bench, app: Flask
) -> None:
    adjustments.corrected(world, {"1": "130.00"})
    officer = visit(app, "league_officer")
    page = officer.see("/adjustments")
    assert page.table()[1][3:] == ["Adjusted", "1", "30.00", "0.00"]
    form, why = page.form("/adjustments", method=""), "办法修订（示例）"
    assert "comes out as it was" in officer.send(form, 409, method="1", reason=why).words
    method = adjustments.amended(world, "60.00")
    form = officer.see("/adjustments").form("/adjustments", method="")
    seen = officer.send(form, method=str(method), reason=why)
    assert "computed anew as the books have it" in seen.words
    assert "No adjustment fits the filter." in officer.see("/adjustments", state="declined").words
    assert "There are no adjustments." in visit(app, "other_clerk").see("/adjustments").words
    assert visit(app, "clerk").see("/adjustments").words.count("TZ-0000") == 1, (
        "not yet carried out"
    )


def test_a_page_says_what_lacks_in_words(world: jobs.Bench, app: Flask) -> None:
    clerk, officer = visit(app, "clerk"), visit(app, "league_officer")
    assert (
        "A reason is needed."
        in clerk.send(clerk.see("/manifests/2").form("/adjustments/of/2"), 422, reason=" ").words
    )
    key = adjustments.adjusted(world, adjustments.asked(world, 2))
    form = officer.see(f"/adjustments/{key}").form(f"/adjustments/{key}/recoveries")
    told = officer.send(form, 422, document_no="示例追〔2026〕3号", due_on="").words
    assert "The day by which it is to be paid back is missing." in told


def test_the_api_asks_computes_adjusts_and_demands(app: Flask) -> None:
    clerk, officer = call(app, "clerk"), call(app, "league_officer")
    approver = call(app, "league_approver")
    (key,) = clerk.post("adjustments", 201, manifest=2, reason="运费录错（示例）")["ids"]
    path = f"adjustments/{key}"
    one = officer.post(f"{path}/figures")
    assert (one["lines"], one["moved_fen"], one["excess_fen"]) == (2, 3_000, 3_000)
    assert [change["differences"][0]["after"] for change in one["changes"]] == ["130", "20"]
    sent = {"shown_sha256": officer.get(path)["shown_sha256"]}
    officer.post(f"{path}/steps", step="propose", **sent)
    officer.post(f"{path}/steps", 403, step="adjust", **sent)
    assert approver.post(f"{path}/steps", step="adjust", **sent)["state_after"] == "adjusted"
    lines = clerk.get(f"{path}/lines")
    assert [line["moved_fen"] for line in lines] == [3_000, 0]
    asked = {"document_no": "示例追〔2026〕3号", "due_on": "2027-12-31"}
    assert officer.post(f"{path}/recoveries", 201, **asked)["ids"] == [1]
    officer.post(f"{path}/recoveries", 409, **asked)
    officer.post("adjustments/anew", 409, method=1, reason="办法修订（示例）")
    assert [one["id"] for one in call(app, "commerce_officer").get("adjustments")] == [key]
    assert call(app, "other_clerk").get("adjustments") == []
    call(app, "finance_officer").get(path, 403)
