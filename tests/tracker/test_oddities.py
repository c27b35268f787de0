"""Oddities of shipments are found beside the other books, and honest neighbours have none."""

from sqlalchemy import select

from tests import journeys
from tracker import jobs
from tracker.models.cargo import Shipment
from tracker.steps import oddities

BOX = {"集装箱号": "SHLU0000012", "箱型": "45G1"}
BACK = {
    "进出口标志": "进口",
    "出境口岸": "0705",
    "运抵国": "CN",
    "始发地": "莫斯科",
    "集结中心": "呼和浩特",
    "目的地": "呼和浩特",
}


def told(bench: jobs.Bench) -> dict[str, list[str]]:
    """Label -> the codes of its oddities."""
    with bench.database.reading() as session:
        labels = {one.id: one.label for one in session.scalars(select(Shipment))}
        found = oddities.of(session, list(labels))
        return {labels[key]: [one.code for one in odd] for key, odd in found.items()}


def test_a_box_out_and_in_within_two_days_is_told_of_both_whoever_claims_it(
    bench: jobs.Bench,
) -> None:
    journeys.take_in(bench, journeys.row("W1", "蒙A10001", **BOX))
    back = {**BACK, **BOX, "发车日期": "2026-03-04", "出境日期": "2026-03-12"}
    journeys.take_in(bench, journeys.row("W2", "蒙A10002", **back), login="other_clerk")
    assert told(bench) == {"蒙A10001": ["box_too_soon"], "蒙A10002": ["box_too_soon"]}


def test_a_box_that_comes_in_weeks_later_or_another_box_is_not_told(bench: jobs.Bench) -> None:
    later = {**BACK, **BOX, "发车日期": "2026-03-09", "出境日期": "2026-03-17"}
    other = {**BACK, "集装箱号": "SHLU0000028", "箱型": "45G1"}
    other |= {"发车日期": "2026-03-04", "出境日期": "2026-03-12"}
    rows = [
        journeys.row("W1", "蒙A10001", **BOX),
        journeys.row("W2", "蒙A10002", **later),
        journeys.row("W3", "蒙A10003", **other),
    ]
    journeys.take_in(bench, *rows)
    assert told(bench) == {}


def test_a_freight_far_from_the_others_of_its_month_is_told_and_only_that(
    bench: jobs.Bench,
) -> None:
    rows = [journeys.row(f"W{n}", f"蒙A{10_000 + n}") for n in range(11)]
    rows.append(journeys.row("W11", "蒙A10011", 运费="160000.00"))
    rows.append(journeys.row("W12", "蒙A10012", 运费="16000.00"))
    rows.append(journeys.row("W13", "蒙A10013", 运费="150000.00"))
    dear = {"运费": "160000.00", "发车日期": "2026-02-02", "出境日期": "2026-02-04"}
    rows.append(journeys.row("W14", "蒙A10014", **dear))
    journeys.take_in(bench, *rows)
    assert told(bench) == {"蒙A10011": ["freight_high"], "蒙A10012": ["freight_low"]}
