"""The demo goes through the whole journey once, also where it was interrupted on the way."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from rules.registry import every_rule
from tracker import demo, jobs, verify
from tracker.books import ledger
from tracker.db import Database
from tracker.demo import sign_ins
from tracker.models.cargo import Manifest, Shipment
from tracker.models.filings import Disbursement, Filing
from tracker.models.money import Assessment
from tracker.models.near_pairs import NearPair, NearVerdict
from tracker.settings import Settings

pytestmark = pytest.mark.no_cover  # it runs everything; what it happens to pass proves little


@pytest.fixture
def empty(database: Database, settings: Settings) -> jobs.Bench:
    return jobs.Bench(database, settings, every_rule())


def run(bench: jobs.Bench) -> None:
    for _title, do in demo.parts(bench):
        do()


def what_stands(bench: jobs.Bench) -> dict[str, Any]:
    with bench.database.reading() as session:
        counts = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (
                *(Manifest, Shipment, NearPair, NearVerdict),
                *(Assessment, Filing, Disbursement),
            )
        }
        return {**counts, "entries": ledger.head(session).seq}


def test_an_interrupted_demo_goes_on_and_a_whole_one_is_left_as_it_is(
    empty: jobs.Bench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual: Mapping[str, Any] = dict(jobs.JOBS)
    begun: list[str] = []

    def interrupted(bench: jobs.Bench, job: jobs.Claimed) -> jobs.Effect:
        begun.append(job.kind)
        if len(begun) == 4:
            raise KeyboardInterrupt
        effect: jobs.Effect = usual[job.kind](bench, job)
        return effect

    for kind in usual:
        monkeypatch.setitem(jobs.JOBS, kind, interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(empty)
    told = sign_ins.kept(settings.home)
    assert not sign_ins.loaded(settings.home)
    run(empty)
    sign_ins.finish(settings.home)
    whole = what_stands(empty)
    assert (whole["manifest"], whole["filing"], whole["disbursement"]) == (9, 2, 1)
    assert (whole["near_pair"], whole["near_verdict"]) == (2, 1)
    run(empty)
    assert what_stands(empty) == whole
    assert sign_ins.loaded(settings.home)
    assert sign_ins.kept(settings.home) == told, "the printed password stays good"
    assert not verify.verify(settings.database_url).faults
