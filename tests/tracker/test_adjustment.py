"""A settled amount computed anew: more accrues, less is demanded back, and two people see to it."""

import pytest
from sqlalchemy import select

from tests import adjustments, journeys, way
from tests.adjustments import adjusted, asked, corrected, figures, said
from tests.journeys import act_on
from tracker import jobs
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.adjustments import Adjustment
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine, ManifestRow
from tracker.settings import Settings


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    return adjustments.world(database, settings)


def test_what_the_firm_corrects_upwards_after_payment_accrues_by_the_difference(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "100.00", "2": "50.00"})
    adjustments.paid(world)
    key = corrected(world, {"1": "130.00", "2": "50.00"})
    assert figures(world, key) == {"1": (10_000, 13_000, 3_000, 0)}
    assert way.stages(world) == {"accrued": 3_000, "disbursed": 15_000}
    assert way.proven(world)


def test_a_supplementary_accrual_is_a_line_of_a_later_application_and_is_paid(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "100.00"})
    adjustments.paid(world)
    corrected(world, {"1": "130.00"})
    second = way.filed(world, way.applied(world, period=way.PERIOD))
    assert way.stages(world) == {"filed": 3_000, "disbursed": 10_000}
    way.approve(world, second)
    (key,) = way.disbursements(world, way.allotted(world, second, 3_000, "示例预〔2026〕9号"))
    way.instructed(world, key)
    way.confirmed(world, key)
    assert way.stages(world) == {"disbursed": 13_000}
    assert way.proven(world)


def test_what_is_less_after_payment_stands_as_an_excess_and_is_demanded_back(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "100.00", "2": "50.00"})
    adjustments.paid(world)
    key = corrected(world, {"1": "70.00"})
    assert figures(world, key) == {"1": (10_000, 7_000, 0, 3_000)}
    assert way.stages(world) == {"disbursed": 15_000}, "nothing is paid back by itself"
    (owed,) = adjustments.demand(world, key)
    with pytest.raises(Conflict, match="to be demanded back"):
        adjustments.demand(world, key)
    way.demanded(world, owed)
    assert way.stages(world) == {"disbursed": 12_000, "recoverable": 3_000}
    with pytest.raises(Conflict, match="to be demanded back"):
        adjustments.demand(world, key)
    assert way.proven(world)


def test_more_after_less_gives_only_what_the_award_leaves_room_for(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.paid(world)
    corrected(world, {"1": "70.00"})
    key = corrected(world, {"1": "90.00"})
    assert figures(world, key) == {"1": (7_000, 9_000, 0, 1_000)}
    corrected(world, {"1": "120.00"})
    assert way.stages(world) == {"accrued": 2_000, "disbursed": 10_000}
    assert way.proven(world)


def test_more_after_the_money_came_back_accrues_anew(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.paid(world)
    (owed,) = adjustments.demand(world, corrected(world, {"1": "60.00"}))
    way.came_back(world, way.demanded(world, owed), 4_000, "回单1")
    corrected(world, {"1": "80.00"})
    assert way.stages(world) == {"accrued": 2_000, "disbursed": 6_000}
    assert way.proven(world)


def test_what_accrued_beside_it_goes_back_before_anything_is_demanded(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.paid(world)
    corrected(world, {"1": "130.00"})
    key = corrected(world, {"1": "90.00"})
    assert figures(world, key) == {"1": (13_000, 9_000, -3_000, 1_000)}
    assert way.stages(world) == {"disbursed": 10_000}
    assert way.proven(world)


def test_what_reviewers_took_off_stays_off(world: jobs.Bench) -> None:
    said(world, {"1": "100.00", "2": "50.00"})
    key = way.applied(world)
    way.reduced(world, Application, key, (4_000, *way.CUT))
    way.filed(world, key)
    assert way.stages(world) == {"filed": 11_000}
    one = corrected(world, {"1": "70.00"})
    assert figures(world, one) == {"1": (10_000, 7_000, 0, 0)}, "60 yuan stand of 70"
    two = corrected(world, {"1": "120.00"})
    assert figures(world, two)["1"] == (7_000, 12_000, 5_000, 0), "the 40 yuan are not given back"
    assert way.proven(world)


def test_a_total_of_the_year_is_never_overdrawn_by_a_correction(world: jobs.Bench) -> None:
    said(world, {"1": "300.00", "2": "650.00"})
    adjustments.filed(world)
    key = corrected(world, {"1": "400.00"})
    assert figures(world, key) == {"1": (30_000, 35_000, 5_000, 0)}, "50 yuan were left of 1,000"
    assert way.proven(world)


def test_what_a_correction_frees_of_a_total_goes_to_those_who_wait_behind(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "900.00"})
    adjustments.filed(world)
    said(world, {"2": "300.00"})
    assert way.accrued(world) == {"2": 10_000}
    corrected(world, {"1": "750.00"})
    assert way.accrued(world) == {"2": 25_000}
    assert way.proven(world)


def test_the_corrected_line_stands_as_a_further_version_and_its_row_counts(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    corrected(world, {"1": "130.00"})
    with world.database.reading() as session:
        stands = session.scalars(select(CargoLine).where(CargoLine.standing)).one()
        rows = select(ManifestRow).where(ManifestRow.manifest_id == 2)
        row = session.scalars(rows.where(ManifestRow.unit_key.is_not(None))).one()
        assert (stands.version_no, stands.manifest_row_id) == (2, row.id)
        assert (row.state, row.reason) == ("changed", "")
    again = said(world, {"1": "130.00", "3": "1.00"})
    with world.database.reading() as session:
        query = select(ManifestRow.state).where(
            ManifestRow.manifest_id == again, ManifestRow.unit_key.is_not(None)
        )
        assert session.scalars(query.order_by(ManifestRow.row_no)).all() == ["unchanged", "new"]


def test_an_upload_that_adjusted_what_is_settled_is_not_taken_back(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    corrected(world, {"1": "130.00"})
    with pytest.raises(Conflict, match="applied for"):
        journeys.withdraw(world, 2)


def test_whoever_proposes_an_adjustment_does_not_confirm_it(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    key = adjustments.proposed(world, asked(world, said(world, {"1": "130.00"})))
    journeys.moved(world, "league_officer", role="league_approver")
    with pytest.raises(NotAllowed):
        act_on(world, Adjustment, key, "league_officer", "adjust")
    assert way.stages(world) == {"filed": 10_000}


def test_nothing_moves_before_it_is_confirmed_nor_where_it_is_declined(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    key = adjustments.proposed(world, asked(world, said(world, {"1": "130.00"})))
    assert way.stages(world) == {"filed": 10_000}
    act_on(
        world,
        Adjustment,
        key,
        "league_approver",
        "decline",
        reason_code="other",
        reason="无发票（示例）",
    )
    assert way.stages(world) == {"filed": 10_000}
    assert asked(world, said(world, {"1": "140.00"})) == key + 1, "it may be asked for anew"
    assert way.proven(world)


def test_what_came_out_otherwise_meanwhile_is_looked_at_again(world: jobs.Bench) -> None:
    said(world, {"1": "300.00"})
    adjustments.filed(world)
    key = adjustments.proposed(world, asked(world, said(world, {"1": "900.00"})))
    said(world, {"2": "600.00"})
    with pytest.raises(Conflict, match="comes out otherwise"):
        act_on(world, Adjustment, key, "league_approver", "adjust")
    assert way.stages(world) == {"accrued": 60_000, "filed": 30_000}
    act_on(
        world,
        Adjustment,
        key,
        "league_approver",
        "return",
        reason_code="other",
        reason="无发票（示例）",
    )
    with pytest.raises(Conflict, match="comes out otherwise"):
        adjustments.proposed(world, key)
    adjustments.computed(world, key)
    assert figures(world, key) == {"1": (30_000, 40_000, 10_000, 0)}
    adjusted(world, key)
    assert way.proven(world)


def test_a_request_may_be_withdrawn_by_the_firm_alone(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    key = asked(world, said(world, {"1": "130.00"}))
    with pytest.raises(NotAllowed, match="Only who asked"):
        act_on(world, Adjustment, key, "league_officer", "withdraw")
    act_on(world, Adjustment, key, "clerk", "withdraw")
    assert way.state(world, Adjustment, key) == "withdrawn"


@pytest.mark.parametrize(
    ("login", "reason", "error", "words"),
    [
        ("other_clerk", adjustments.WHY, NotAllowed, "its own corrections"),
        ("clerk", " ", Refused, "reason"),
    ],
)
def test_who_may_ask_and_with_what(
    world: jobs.Bench, login: str, reason: str, error: type[Exception], words: str
) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    upload = said(world, {"1": "130.00"})
    with pytest.raises(error, match=words):
        asked(world, upload, login, reason)


def test_what_is_still_before_the_league_is_returned_and_not_adjusted(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    way.applied(world)
    with pytest.raises(Conflict, match="still before the league"):
        asked(world, said(world, {"1": "130.00"}))


def test_a_shipment_is_in_one_open_adjustment_at_a_time(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    asked(world, said(world, {"1": "130.00"}))
    with pytest.raises(Conflict, match="not decided yet"):
        asked(world, said(world, {"1": "140.00"}))


def test_a_file_is_committed_before_its_settled_rows_are_asked_for(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.filed(world)
    waiting = journeys.upload(world, journeys.sheet(journeys.row("W1", "蒙A10001", 运费="1.00")))
    with pytest.raises(Conflict, match="not been committed"):
        asked(world, waiting)


def test_an_empty_run_found_later_is_an_excess_whole(world: jobs.Bench) -> None:
    said(world, {"1": "100.00"})
    adjustments.paid(world)
    key = corrected(world, {"1": "100.00"}, 重空标志="空", **{"毛重(KG)": ""})
    assert figures(world, key) == {"1": (10_000, 0, 0, 10_000)}
    assert way.proven(world)


def test_under_an_amended_method_the_league_has_what_is_settled_computed_anew(
    world: jobs.Bench,
) -> None:
    said(world, {"1": "700.00", "2": "400.00"})
    adjustments.paid(world)
    assert way.stages(world) == {"disbursed": 100_000}
    with pytest.raises(Conflict, match="comes out as it was"):
        adjustments.drafted(world)
    method = adjustments.amended(world, "1200.00")
    (key,) = adjustments.drafted(world, method)
    assert figures(world, key) == {"2": (30_000, 40_000, 10_000, 0)}
    adjusted(world, key)
    assert way.stages(world) == {"accrued": 10_000, "disbursed": 100_000}
    assert way.proven(world)
