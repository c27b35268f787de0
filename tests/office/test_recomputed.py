"""Every sheet comes to the same fen when an office program recomputes it."""

import pytest

from rules.registry import every_rule
from tests import divisions, forecasts, journeys, way
from tests.office.conftest import Recomputed, Saved, formulas, spoilt, values
from tests.settlements import content, every_kind, of_shape
from tracker import blobs, jobs
from tracker.db import Database
from tracker.models.filings import Filing
from tracker.papers import settlement
from tracker.settings import Settings
from tracker.steps.forecast_lines import Stated

SHAPES = [
    name.removeprefix("shapes/")
    for name, rule in every_rule().rules.items()
    if not rule.league and rule.subject.name == "shipment"
]


def test_what_is_stored_beside_a_formula_is_wrong_before_it_is_recomputed() -> None:
    raw = settlement.write(content(every_kind("half_up")))
    wrong, right = values(spoilt(raw)), values(raw)
    places = formulas(raw)
    assert places
    assert all(wrong[place] != right[place] for place in places)


@pytest.mark.parametrize("rounding", ["half_up", "down"])
def test_every_kind_of_step_recomputes(rounding: str, recomputed: Recomputed) -> None:
    details = every_kind(rounding)
    assert recomputed(settlement.write(content(details))) > 10 * len(details)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_recomputes(shape: str, recomputed: Recomputed) -> None:
    details = of_shape(shape, "99.99")
    assert recomputed(settlement.write(content(details))) > len(details)


def test_the_shares_of_a_divided_pool_recompute(
    database: Database, settings: Settings, recomputed: Recomputed
) -> None:
    bench = divisions.world(database, settings)
    divisions.claim(bench, {"1": "100.00", "2": "70.00"})
    divisions.claim(bench, {"3": "130.01"}, login="other_clerk")
    divisions.divide(bench)
    assert recomputed(filed(bench)) > 10


def filed(bench: jobs.Bench) -> bytes:
    """The sheet of a filing of the first firm's shares."""
    key = way.filing_drafted(bench, way.passed(bench))
    with bench.database.reading() as session:
        sha256 = session.get_one(Filing, key).sheet_sha256
    return blobs.path(bench.settings.home, sha256).read_bytes()


def test_a_forecast_recomputes_and_comes_back_as_it_stands(
    database: Database, settings: Settings, recomputed: Recomputed, saved: Saved
) -> None:
    bench = journeys.bench(database, settings)
    way.shipped(bench, 7)
    way.shipped(bench, 2, first=20, login="other_clerk")
    way.approved(bench)
    way.shipped(bench, 4, first=40)
    key = forecasts.drafted(bench)
    lines = forecasts.lines(bench, key)
    said = {one.key: Stated(1_234, "每日三班") for one in lines if one.days}
    forecasts.stated(bench, key, said)
    raw = forecasts.sheet(bench, key)
    assert recomputed(raw) > 5 * len(lines)
    found = forecasts.back(bench, key, saved(spoilt(raw)))
    assert (found.same, found.proposed, found.problems) == (len(lines), (), ())


def test_a_mean_the_league_states_recomputes_and_comes_back(
    database: Database, settings: Settings, recomputed: Recomputed, saved: Saved
) -> None:
    bench = journeys.bench(database, settings)
    key = forecasts.drafted(bench)
    lines = forecasts.lines(bench, key)
    forecasts.stated(bench, key, {lines[0].key: Stated(20, "两家企业已签约", 45_010)})
    raw = forecasts.sheet(bench, key)
    assert recomputed(raw) > 5 * len(lines)
    found = forecasts.back(bench, key, saved(spoilt(raw)))
    assert (found.same, found.problems) == (len(lines), ())
