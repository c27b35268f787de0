"""Versions of the network: made from the one in force, never edited, one a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.network import exchange, load_seed
from tests.journeys import NOW
from tests.proposed import NAMED, named
from tracker import cli, jobs
from tracker.errors import Conflict, Refused
from tracker.models.networks import NetworkVersion
from tracker.steps import beginnings, networks

SEED = load_seed()
DAY = date(2026, 12, 1)


def amend(session: Session, alias: str, day: date, place: str = "moscow") -> NetworkVersion:
    """A version with one more name from a day on."""
    return networks.amend(
        session,
        named(alias, place).apply,
        day,
        actor="system",
        now=NOW,
        note="示例",
    )


def test_an_amended_network_is_a_new_version_that_names_the_one_before(bench: jobs.Bench) -> None:
    sha = bench.database.transact(lambda session: amend(session, "示例货场", DAY).sha256)
    with bench.database.reading() as session:
        made, before = (
            networks.in_force(session, DAY),
            networks.in_force(session, date(2026, 11, 30)),
        )
        assert made is not None
        assert before is not None
        assert (made.sha256, made.note) == (sha, "示例")
        assert networks.opened(made).before == before.sha256
        assert "示例货场" in networks.opened(made).place("moscow").aliases
        assert "示例货场" not in networks.opened(before).place("moscow").aliases


def test_a_change_that_is_taken_back_is_a_version_of_its_own(bench: jobs.Bench) -> None:
    def work(session: Session) -> None:
        amend(session, "示例货场", DAY)
        back = networks.amend(
            session,
            lambda network: replace(network, places=SEED.places),
            date(2027, 1, 1),
            actor="system",
            now=NOW,
            note="",
        )
        assert networks.opened(back).places == SEED.places

    bench.database.transact(work)


def test_what_changes_nothing_or_is_not_sound_makes_no_version(bench: jobs.Bench) -> None:
    def refused(session: Session) -> None:
        with pytest.raises(Conflict, match="Nothing is otherwise"):
            networks.amend(session, lambda one: one, DAY, actor="system", now=NOW, note="")
        with pytest.raises(Conflict, match="No network"):
            amend(session, "示例货场", date(2000, 1, 1))
        with pytest.raises(Refused, match="berlin"):
            amend(session, "Berlin", DAY)
        with pytest.raises(Conflict, match="begins on this day"):
            amend(session, "示例货场", beginnings.NETWORK_FROM)
        with pytest.raises(Conflict, match="kept already"):
            networks.record(session, SEED, DAY, actor="system", now=NOW)
        assert session.scalar(select(func.count()).select_from(NetworkVersion)) == 1

    bench.database.transact(refused)


def test_a_newer_seed_leaves_the_network_of_older_books_as_it_is(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginnings, "load_seed", lambda: NAMED.apply(SEED))
    bench.database.transact(lambda session: beginnings.seed(session, NOW))
    with bench.database.reading() as session:
        assert session.scalars(select(NetworkVersion.sha256)).all() == [SEED.sha256]


def test_a_network_goes_out_of_one_set_of_books_and_into_another_by_the_commands(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "_bench", lambda: bench)
    file, run = tmp_path / "network.json", CliRunner().invoke
    assert run(cli.network, ["export", str(file)]).exit_code == 0
    assert exchange.read(file.read_bytes()) == SEED
    assert run(cli.network, ["export", str(file), "--seed"]).exit_code == 0
    assert exchange.read(file.read_bytes()) == SEED
    same = run(cli.network, ["import", str(file), "--valid-from", "2026-12-01", "--yes"])
    assert same.exit_code == 1
    assert "没有任何不同" in same.output
    file.write_bytes(exchange.write(NAMED.apply(SEED)))
    asked = run(cli.network, ["import", str(file), "--valid-from", "2026-12-01"], input="n\n")
    assert "moscow" in asked.output
    assert asked.exit_code == 1
    taken = run(cli.network, ["import", str(file), "--valid-from", "2026-12-01", "--yes"])
    assert taken.exit_code == 0
    with bench.database.reading() as session:
        made = networks.in_force(session, DAY)
        assert made is not None
        assert "示例货场" in networks.opened(made).place("moscow").aliases
    file.write_text("[]", encoding="utf-8")
    assert run(cli.network, ["import", str(file), "--valid-from", "2026-12-02"]).exit_code == 1


def test_a_network_is_brought_in_over_the_one_that_was_looked_at_and_no_other(
    bench: jobs.Bench,
) -> None:
    def work(session: Session) -> None:
        seen = networks.in_force(session, DAY)
        assert seen is not None
        mine = named("示例一").apply(networks.opened(seen))
        amend(session, "示例二", DAY)
        with pytest.raises(Conflict, match="Another network"):
            networks.bring_in(session, mine, DAY, over=seen, actor="x", now=NOW, note="")

    bench.database.transact(work)
