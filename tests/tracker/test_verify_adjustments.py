"""Adjustments that were changed behind the program's back are found by the verifier."""

import pytest

from tests import adjustments
from tests.tampering import Execute, tamper
from tracker import jobs, verify
from tracker.db import Database
from tracker.settings import Settings

CHANGED = "与分录所记不符"


@pytest.fixture
def world(database: Database, settings: Settings) -> jobs.Bench:
    """One truck paid and adjusted upwards, another downwards, a third asked for and declined."""
    bench = adjustments.world(database, settings)
    adjustments.said(bench, {"1": "100.00", "2": "50.00", "3": "10.00"})
    adjustments.paid(bench)
    adjustments.corrected(bench, {"1": "130.00", "2": "20.00"})
    adjustments.proposed(bench, adjustments.asked(bench, adjustments.said(bench, {"3": "9.00"})))
    return bench


def faults(bench: jobs.Bench) -> list[tuple[str, str]]:
    report = verify.verify(bench.settings.database_url, rules=bench.registry.rules)
    return [(one.where, one.what) for one in report.faults]


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE adjustment_line SET excess_fen = 0 WHERE excess_fen > 0",
        "UPDATE adjustment SET state = 'declined' WHERE id = 1",
        "DELETE FROM adjustment_line WHERE adjustment_id = 1 AND moved_fen > 0",
    ],
)
def test_an_adjustment_that_is_not_what_its_entry_tells_is_named(
    world: jobs.Bench, said: str
) -> None:
    assert faults(world) == []

    def work(execute: Execute) -> None:
        execute(said)

    tamper(world.settings.database_url, work)
    assert ("差额调整 TZ-00001", CHANGED) in faults(world)


def test_one_that_stands_as_carried_out_without_an_entry_is_named(world: jobs.Bench) -> None:
    def work(execute: Execute) -> None:
        execute("UPDATE adjustment SET state = 'adjusted' WHERE id = 2")

    tamper(world.settings.database_url, work)
    assert ("差额调整 TZ-00002", CHANGED) in faults(world)
