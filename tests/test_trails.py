"""A trail that was walked before leads to the same books, and nothing else is taken for one."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests import journeys, way
from tests.trails import Standing
from tracker import jobs
from tracker.models.people import Firm


@pytest.fixture
def walked(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The uploads that steps of the program read, from now on."""
    names: list[str] = []
    upload = journeys.upload

    def noted(made: jobs.Bench, raw: bytes, name: str = "发运.csv", **other: Any) -> int:  # noqa: ANN401  of ``upload``
        names.append(name)
        return upload(made, raw, name, **other)

    monkeypatch.setattr(journeys, "upload", noted)
    standing.set_back(remembered=True)
    return names


def test_a_remembered_trail_leads_to_the_same_books_and_files(
    bench: jobs.Bench, standing: Standing, walked: list[str]
) -> None:
    key = way.shipped(bench, 2), way.filed(bench)
    stages = way.stages(bench)
    files = sorted(path.name for path in bench.settings.home.rglob("*.*"))
    again = len(walked)
    standing.set_back(remembered=True)
    assert (way.shipped(bench, 2), way.filed(bench)) == key
    assert len(walked) == again
    assert way.stages(bench) == stages == {"filed": 2 * journeys.RATE_FEN}
    assert sorted(path.name for path in bench.settings.home.rglob("*.*")) == files
    assert way.proven(bench)


def test_what_else_is_written_leaves_the_trail(
    bench: jobs.Bench, standing: Standing, walked: list[str]
) -> None:
    way.shipped(bench)
    standing.set_back(remembered=True)
    firm = select(Firm).where(Firm.uscc == journeys.FIRM)
    bench.database.transact(lambda session: setattr(session.scalars(firm).one(), "name", "改名"))
    again = len(walked)
    way.shipped(bench)
    assert len(walked) == again + 1
    with bench.database.reading() as session:
        assert session.scalars(firm).one().name == "改名"


def test_other_rules_or_settings_and_open_sessions_are_walked(
    bench: jobs.Bench, standing: Standing, walked: list[str]
) -> None:
    way.shipped(bench)
    others = (
        replace(bench, settings=replace(bench.settings, lease_seconds=1)),
        replace(bench, registry=replace(bench.registry)),
        jobs.Bench(bench.database, bench.settings, bench.registry),
    )
    for number, other in enumerate(others, 1):
        standing.set_back(remembered=True)
        before = len(walked)
        way.shipped(other)
        assert len(walked) == before + 1, number
    standing.set_back(remembered=True)
    with bench.database.reading() as session:
        session.scalars(select(Firm)).all()
        before = len(walked)
        way.shipped(bench)
        assert len(walked) == before + 1


@pytest.mark.usefixtures("monkeypatch")
def test_where_the_program_is_exchanged_nothing_is_remembered(
    bench: jobs.Bench, standing: Standing
) -> None:
    way.shipped(bench)
    assert standing.trail is None
