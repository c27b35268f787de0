"""A league's forecast: what stands by the ledger, what is to come by pace and mean, two people."""

import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests import divisions, forecasts, journeys, matters, way
from tests.forecasts import YEAR
from tests.guards import refused
from tests.journeys import FIRM, NOW, OTHER_FIRM, RATE_FEN, act_on, person
from tests.settlements import recomputed
from tracker import jobs
from tracker.access.forecasts import visible_forecasts
from tracker.books import ledger
from tracker.db import Database
from tracker.errors import Conflict, NotAllowed, Refused
from tracker.models.filings import Decision
from tracker.models.forecasts import Forecast, ForecastVersion
from tracker.models.money import Entry
from tracker.papers import forecast_paper
from tracker.settings import Settings
from tracker.steps import forecast
from tracker.steps.forecast_lines import Line, Stated

DAYS = {1: 0, 2: 57, 3: 92, 4: 92}
"""Of each quarter, to come after the fourth of May."""


def of(lines: list[Line], quarter: int, uscc: str) -> Line:
    (found,) = [one for one in lines if (one.quarter, one.uscc) == (quarter, uscc)]
    return found


def test_what_stands_is_the_ledger_s_and_what_is_to_come_is_pace_times_mean(
    bench: jobs.Bench,
) -> None:
    way.shipped(bench, 3)
    way.shipped(bench, 2, first=20, login="other_clerk")
    way.approved(bench)
    key = forecasts.drafted(bench)
    lines = forecasts.lines(bench, key)
    assert {one.quarter: one.days for one in lines} == DAYS
    first = of(lines, 1, FIRM)
    assert (first.known, first.approved_fen, first.expected) == (3, 3 * RATE_FEN, 0)
    assert of(lines, 1, OTHER_FIRM).accrued_fen == 2 * RATE_FEN
    third = of(lines, 3, FIRM)
    assert (third.recent, third.recent_days, third.suggested) == (3, 64, 4)
    assert (third.mean_from, third.mean_fen, third.expected_fen) == ("own", RATE_FEN, 4 * RATE_FEN)
    newcomer = of(lines, 3, "")
    assert (newcomer.mean_from, newcomer.expected, newcomer.mean_fen) == ("league", 0, RATE_FEN)
    made = forecasts.version(bench, key)
    with bench.database.reading() as session:
        head = ledger.head(session)
        balances = ledger.balances_at(session, head.seq)
    assert (made.seq, made.head) == (head.seq, head.hash)
    stood = sum(fen for ref, fen in balances.items() if ref.unit == "fen" and fen > 0)
    assert made.known_fen == stood == 5 * RATE_FEN
    assert made.approved_fen == 3 * RATE_FEN
    assert made.left_fen == made.need_fen - 3 * RATE_FEN
    assert recomputed(forecasts.sheet(bench, key)) > 10 * len(lines)


def test_a_person_expects_another_number_and_says_why(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = forecasts.drafted(bench)
    third = of(forecasts.lines(bench, key), 3, FIRM)
    with pytest.raises(Refused, match="A reason is needed"):
        forecasts.stated(bench, key, {third.key: Stated(40)})
    assert not forecasts.stated(bench, key, {third.key: Stated(third.suggested, "照旧")})
    assert forecasts.stated(bench, key, {third.key: Stated(40, " 新增每日一班 ")})
    changed = of(forecasts.lines(bench, key), 3, FIRM)
    assert (changed.expected, changed.reason) == (40, "新增每日一班")
    assert changed.expected_fen == 40 * RATE_FEN
    before, after = (_numbered(bench, key, number) for number in (1, 2))
    assert (before.seq, before.head) == (after.seq, after.head), "told at the same entry"
    assert before.sha256 != after.sha256
    assert before.sheet_sha256 != after.sheet_sha256
    assert recomputed(forecasts.sheet(bench, key))


def _numbered(bench: jobs.Bench, key: int, number: int) -> ForecastVersion:
    with bench.database.reading() as session:
        return forecast.version(session, session.get_one(Forecast, key), number)


def test_what_was_stated_stays_when_it_is_computed_anew(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = forecasts.drafted(bench)
    third, second = (of(forecasts.lines(bench, key), number, FIRM) for number in (3, 2))
    said = {third.key: Stated(40, "新增每日一班"), second.key: Stated(9, "五月加开")}
    forecasts.stated(bench, key, said)
    way.shipped(bench, 2, first=10)
    later = NOW.replace(month=7)
    forecasts.computed(bench, key, later)
    lines = forecasts.lines(bench, key)
    assert of(lines, 3, FIRM).expected == 40
    assert {one.quarter for one in lines} == {1, 3, 4}, "the second is over by now"
    assert of(lines, 4, FIRM).recent == 5
    assert of(lines, 1, FIRM).known == 5


@pytest.mark.parametrize(
    ("quarter", "said", "why"),
    [
        (1, Stated(5, "补报"), "is over"),
        (3, Stated(-1, "减少"), "cannot be expected"),
        (3, Stated(100_001, "大增"), "cannot be expected"),
        (3, Stated(9, "改均值", 100), "only where the ledger knows none"),
    ],
)
def test_what_cannot_be_expected_is_refused(
    bench: jobs.Bench, quarter: int, said: Stated, why: str
) -> None:
    way.shipped(bench, 3)
    key = forecasts.drafted(bench)
    line = of(forecasts.lines(bench, key), quarter, FIRM)
    with pytest.raises(Refused, match=why):
        forecasts.stated(bench, key, {line.key: said})
    with pytest.raises(Refused, match="no such line"):
        forecasts.stated(bench, key, {"9||": said})


def test_where_the_ledger_knows_nothing_the_league_states_what_a_shipment_brings(
    bench: jobs.Bench,
) -> None:
    key = forecasts.drafted(bench, replace(YEAR, first_quarter=3))
    third, fourth = forecasts.lines(bench, key)
    assert (third.mean_from, third.mean_fen, third.expected) == ("nothing", 0, 0)
    said = Stated(20, "两家企业已签约", 45_000)
    forecasts.stated(bench, key, {third.key: said})
    assert forecasts.version(bench, key).expected_fen == 20 * 45_000
    forecasts.computed(bench, key)
    assert forecasts.version(bench, key).expected_fen == 20 * 45_000, "still nothing is known"
    way.shipped(bench, 2)
    forecasts.computed(bench, key)
    found = of(forecasts.lines(bench, key), 3, "")
    assert (found.expected, found.mean_from, found.mean_fen) == (20, "league", RATE_FEN)
    with pytest.raises(Refused, match="only where"):
        forecasts.stated(bench, key, {found.key: said})
    assert fourth.reason == ""


def test_what_was_stated_is_taken_back(bench: jobs.Bench) -> None:
    key = forecasts.drafted(bench, replace(YEAR, first_quarter=4))
    (line,) = forecasts.lines(bench, key)
    forecasts.stated(bench, key, {line.key: Stated(20, "两家企业已签约", 45_000)})
    forecasts.stated(bench, key, {line.key: Stated(0)})
    assert forecasts.lines(bench, key) == [line]


def test_two_people_submit_what_they_were_shown(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = forecasts.drafted(bench)
    act_on(bench, Forecast, key, "league_officer", "prepare")
    with pytest.raises(Conflict, match="Only a draft"):
        forecasts.computed(bench, key)
    with pytest.raises(Conflict, match="Only a draft"):
        forecasts.stated(bench, key, {})
    with pytest.raises(NotAllowed):
        act_on(bench, Forecast, key, "league_officer", "submit")
    seq = forecasts.version(bench, key).seq
    act_on(bench, Forecast, key, "league_approver", "submit")
    with bench.database.reading() as session:
        one = session.get_one(Forecast, key)
        assert one.state == "submitted"
        entries = session.scalars(select(Entry).where(Entry.seq > seq)).all()
        assert [entry.posting_count for entry in entries] == [0, 0], "no money moves"
    assert way.proven(bench)


def test_a_later_one_replaces_what_was_submitted_for_the_same_quarters(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    first = forecasts.submitted(bench, replace(YEAR, last_quarter=2))
    other = forecasts.submitted(bench, replace(YEAR, first_quarter=4))
    later = forecasts.submitted(bench, replace(YEAR, first_quarter=2, last_quarter=3))
    with bench.database.reading() as session:
        states = [session.get_one(Forecast, key).state for key in (first, other, later)]
        assert states == ["replaced", "submitted", "submitted"]
        assert session.get_one(Forecast, first).replaced_by_id == later
        taken = select(Decision).where(
            Decision.subject_kind == "forecast", Decision.step == "submit"
        )
        details = [one.detail for one in session.scalars(taken.order_by(Decision.id))]
        assert details == [{}, {}, {"replaces": ["XQ-00001"]}]
    act_on(
        *(bench, Forecast, other, "league_approver", "recall"),
        reason_code="other",
        reason="计划有变，重新测算",
    )
    with bench.database.reading() as session:
        assert [one.id for one, _ in forecast.still_needed(session, 2026)] == [later]
        assert forecast.still_needed(session, 2025) == []


def test_what_was_approved_since_is_needed_no_longer(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = forecasts.submitted(bench)
    need = forecasts.version(bench, key).need_fen
    with bench.database.reading() as session:
        ((_, fen),) = forecast.still_needed(session, 2026)
        assert fen == need
    way.approved(bench)
    with bench.database.reading() as session:
        ((_, fen),) = forecast.still_needed(session, 2026)
        assert fen == need - 3 * RATE_FEN


def test_only_a_league_officer_forecasts_and_only_what_is_not_over(bench: jobs.Bench) -> None:
    for login in ("league_approver", "commerce_officer", "clerk"):
        with pytest.raises(NotAllowed, match="Only a league officer"):
            forecasts.drafted(bench, login=login)
    for wanted, why in (
        (replace(YEAR, first_quarter=3, last_quarter=2), "not in order"),
        (replace(YEAR, last_quarter=5), "not in order"),
        (replace(YEAR, basis=" "), "basis of the request"),
        (replace(YEAR, year=2029), "next two"),
        (replace(YEAR, last_quarter=1), "they are over"),
    ):
        with pytest.raises(Refused, match=why):
            forecasts.drafted(bench, wanted)


def test_without_a_recorded_method_nothing_is_forecast(
    database: Database, settings: Settings
) -> None:
    made = journeys.peopled(database, settings)
    with pytest.raises(Refused, match="no recorded method"):
        forecasts.drafted(made)


def test_a_quarter_without_a_method_says_by_which_it_is_told(bench: jobs.Bench) -> None:
    way.shipped(bench, 3)
    key = forecasts.drafted(bench, replace(YEAR, year=2027, last_quarter=1))
    line = of(forecasts.lines(bench, key), 1, FIRM)
    assert not line.in_force
    assert (line.known, line.suggested, line.mean_fen) == (0, 4, RATE_FEN)
    book = load_workbook(io.BytesIO(forecasts.sheet(bench, key)), data_only=True)
    said = [str(cell.value) for row in book["明细"].iter_rows() for cell in row]
    assert any("该季度尚无备案办法，暂按此版" in one for one in said)


def test_each_sees_what_is_theirs(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = forecasts.drafted(bench)

    def seen(login: str) -> bool:
        with bench.database.reading() as session:
            query = visible_forecasts(person(session, login))
            return session.scalar(query.where(Forecast.id == key)) is not None

    inside = ("league_officer", "league_approver", "league_finance", "auditor")
    province = ("commerce_officer", "finance_officer")
    assert all(seen(login) for login in inside)
    assert not any(seen(login) for login in (*province, "clerk", "admin"))
    act_on(bench, Forecast, key, "league_officer", "prepare")
    act_on(bench, Forecast, key, "league_approver", "submit")
    assert all(seen(login) for login in province)
    assert way.decisions(bench, "commerce_officer", "forecast") == 2


def test_what_was_sent_stays_sent(bench: jobs.Bench) -> None:
    way.shipped(bench, 1)
    key = forecasts.submitted(bench)
    refused(
        bench.database,
        "stays|only added to",
        "UPDATE forecast SET year = 2027",
        "UPDATE forecast SET state = 'draft'",
        "DELETE FROM forecast",
        "UPDATE forecast_version SET known_fen = 0",
        "DELETE FROM forecast_version",
    )
    assert forecasts.version(bench, key).version_no == 1


def test_a_method_that_pays_by_distance_is_told_corridor_by_corridor(
    database: Database, settings: Settings
) -> None:
    world = forecasts.by_distance(database, settings)
    way.shipped(world, 3)
    far = journeys.row("W9", "蒙A20009", 出境口岸="0702", 运抵国="PL", 目的地="华沙")
    journeys.take_in(world, far)
    lines = forecasts.lines(world, forecasts.drafted(world))
    first = [one for one in lines if one.quarter == 1]
    assert [one.known for one in first] == [3, 1]
    assert len({one.corridor for one in first}) == 2
    assert all(one.route for one in first)
    assert {one.mean_from for one in first} == {"own_corridor"}
    assert first[0].mean_fen != first[1].mean_fen


def test_a_programme_about_a_firm_s_year_is_told_by_firm(
    database: Database, settings: Settings
) -> None:
    world = matters.world(database, settings)
    matters.confirmed(world, year=2025)
    matters.confirmed(world, login="other_clerk")
    key = forecasts.drafted(world, programme="platforms")
    lines = forecasts.lines(world, key)
    assert {one.quarter for one in lines} == {2, 3, 4}
    fourth = of(lines, 4, OTHER_FIRM)
    assert (fourth.known, fourth.ahead, fourth.accrued_fen) == (1, 1, 2_000_000)
    assert of(lines, 4, FIRM).suggested == 1, "as last year"
    assert recomputed(forecasts.sheet(world, key))


def test_what_waits_to_be_computed_stands_but_makes_no_mean(
    database: Database, settings: Settings
) -> None:
    world = divisions.world(database, settings)
    divisions.claim(world, {"1": "30.00", "2": "50.00"})
    waits = of(forecasts.lines(world, forecasts.drafted(world)), 1, FIRM)
    assert (waits.known, waits.known_fen, waits.mean_from) == (2, 0, "nothing")
    divisions.divide(world)
    shared = of(forecasts.lines(world, forecasts.drafted(world)), 1, FIRM)
    assert (shared.mean_from, shared.mean_count, shared.mean_fen) == ("own", 2, 4_000)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(1, 4, "2026年"), (2, 2, "2026年第2季度"), (2, 3, "2026年第2—3季度")],
)
def test_the_papers_say_which_quarters_they_are_about(
    bench: jobs.Bench, first: int, last: int, said: str
) -> None:
    way.shipped(bench, 1)
    key = forecasts.drafted(bench, replace(YEAR, first_quarter=first, last_quarter=last))
    book = load_workbook(io.BytesIO(forecasts.sheet(bench, key)), data_only=True)
    heading = [str(row[0].value) for row in book["汇总"].iter_rows(max_row=8)]
    assert any(f"测算期间：{said}　" in one for one in heading)
    assert any("预测测算" in one and "不作兑付依据" in one for one in heading)
    with bench.database.reading() as session:
        one = session.get_one(Forecast, key)
        lines = forecasts.lines(bench, key)
        paper = forecast_paper.of_version(one, forecasts.version(bench, key), lines, lang="zh")
    assert dict(paper.facts)["期间"] == said
    assert paper.mark.startswith("预测测算，不作兑付依据")
    assert len(paper.grids[2].rows) == len(lines)
    named = {f"第{one.quarter}季度" for one in lines}
    assert {row[0] for grid in (paper.grids[0], paper.grids[2]) for row in grid.rows} == named
