"""Where a correction of what is settled cannot be let in, of pools, and by chance."""

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from tests import adjustments, divisions, journeys, way
from tests.adjustments import adjusted, asked, corrected, figures, said
from tests.journeys import act_on
from tracker import jobs
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed
from tracker.models.filings import Filing
from tracker.settings import Settings
from tracker.steps import adjusting, adjustment, assessment


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    return adjustments.world(database, settings)


def test_rows_that_say_what_stands_by_now_are_not_asked_for(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    twin = journeys.sheet(journeys.row("Wc1", "蒙A10001", 运费="130.00"), ["", "（示例）"])
    later = journeys.upload(world, twin)
    corrected(world, {"1": "130.00"})
    journeys.commit(world, later)
    with pytest.raises(Conflict, match=r"what stands by now|can be adjusted"):
        asked(world, later)


def test_a_correction_onto_what_another_firm_claims_is_not_let_in(world: jobs.Bench) -> None:
    box = {"集装箱号": "SHLU0000012", "箱型": "45G1"}
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    said(world, {"2": "90.00"}, login="other_clerk", **box)
    with pytest.raises(Conflict, match="another shipment holds"):
        asked(world, said(world, {"1": "100.00"}, **box))


def test_a_correction_off_the_routes_of_the_league_is_not_let_in(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    with pytest.raises(Conflict, match="no longer on a route of this league"):
        asked(world, said(world, {"1": "100.00"}, 集结中心="示例不明", 始发地="示例不明"))


def test_what_could_not_be_computed_any_more_is_not_let_in(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    with pytest.raises(Conflict, match="could not be computed"):
        asked(world, said(world, {"1": ""}))


def test_what_was_declined_stays_declined(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    key = adjustments.filed(world)
    act_on(world, Filing, key, "commerce_officer", "propose")
    act_on(world, Filing, key, "commerce_approver", "decline", **journeys.WHY)
    assert way.stages(world) == {}
    one = corrected(world, {"1": "130.00"})
    assert figures(world, one) == {"1": (10_000, 13_000, 0, 0)}
    assert way.stages(world) == {}
    assert way.proven(world)


def test_of_a_pool_that_was_divided_nothing_more_is_given_and_less_is_demanded(
    database: Database, settings: Settings
) -> None:
    bench = divisions.world(database, settings)
    divisions.claim(bench, {"1": "100.00", "2": "100.00"})
    divisions.divide(bench)
    adjustments.filed(bench)
    more = asked(bench, divisions.claim(bench, {"1": "300.00"}))
    assert figures(bench, more) == {"1": (5_000, 5_000, 0, 0)}
    less = asked(bench, divisions.claim(bench, {"2": "60.00"}))
    assert figures(bench, less) == {"2": (5_000, 3_000, 0, 2_000)}
    adjusted(bench, more)
    adjusted(bench, less)
    assert way.stages(bench) == {"filed": 10_000}
    assert way.proven(bench)


def test_only_the_league_s_officer_has_amounts_computed_anew(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    key = asked(world, said(world, {"1": "130.00"}))
    with pytest.raises(NotAllowed, match="Only an officer"):
        adjustments.computed(world, key, "league_approver")
    adjustments.proposed(world, key)
    with pytest.raises(Conflict, match="not waiting"):
        adjustments.computed(world, key)
    amended = adjustments.amended(world, "90.00")
    with pytest.raises(Conflict, match="not in force"):
        adjustments.drafted(world)
    with pytest.raises(NotAllowed, match="Only an officer"):
        adjustments.drafted(world, amended, login="league_approver")
    with pytest.raises(Conflict, match="not decided yet"):
        adjustments.drafted(world, amended)


def test_a_file_with_more_than_one_looks_through_is_split(
    world: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjustment, "MOST_LINES", 1)
    said(world, {"1": "100.00", "2": "100.00"})
    adjustments.filed(world)
    upload = said(world, {"1": "130.00", "2": "130.00"})
    monkeypatch.setattr(adjusting, "carry_out", None)  # nothing is computed of what is too much
    with pytest.raises(Conflict, match="More than 1"):
        asked(world, upload)


@given(fen=st.lists(st.integers(0, 60_000), min_size=2, max_size=4))
@settings_of(max_examples=6)
def test_however_often_it_is_corrected_what_stands_is_what_the_corrections_moved(
    world: jobs.Bench, fen: list[int]
) -> None:
    if not way.stages(world):  # further examples go on where the one before ended
        said(world, {"1": "123.45"})
        adjustments.paid(world)
    for due in fen:
        stood = sum(way.stages(world).values())
        with world.database.reading() as session:
            award = assessment.newest(session, [1])[1].award_fen
        if due == award:
            continue
        key = corrected(world, {"1": f"{due // 100}.{due % 100:02d}"})
        ((before, after, moved, excess),) = figures(world, key).values()
        assert (before, after) == (award, due)
        assert sum(way.stages(world).values()) == stood + moved
        assert excess == max(stood + moved - due, 0)
        assert moved <= 0 or stood + moved <= due
    assert way.proven(world)
