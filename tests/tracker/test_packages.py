"""Packages: one moment's books in one file, proved by themselves, restored into either kind."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys, way
from tests.databases import KINDS, Databases, connected
from tests.ingest.further_samples import book, leg, parcel
from tests.ingest.manifest_samples import road
from tests.journeys import NOW
from tracker import blobs, jobs, packages, schema, verify
from tracker.books import ledger, queue
from tracker.errors import Conflict, Refused
from tracker.models.cargo import Manifest
from tracker.models.further import FurtherSheet, Leg, ParcelList
from tracker.models.people import ApiToken, SignIn, User
from tracker.packages import tables
from tracker.settings import Settings
from tracker.verify.package import opened_package

ALTERED: tuple[tuple[Callable[[str, bytes], bytes | None], str], ...] = (
    (lambda name, raw: raw[:-1] if "/" in name else raw, "内容与其哈希不符"),
    (lambda name, raw: None if "/" in name else raw, "缺失"),
    (lambda name, raw: raw + b"\0" if name.endswith("sqlite") else raw, "与清单所记的哈希不符"),
)
"""What may happen to a member of a package, and how it is told."""


def packed(bench: jobs.Bench, folder: Path, *, audit: bool = False) -> packages.Made:
    choice = packages.AUDITED if audit else packages.WHOLE
    return packages.pack(bench.database, bench.settings.home, folder / "包.zip", NOW, choice)


def changed(source: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of the package with members changed, or left out where the change gives None."""
    target = source.with_name("改.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            raw = change(name, old.read(name))
            if raw is not None:
                new.writestr(name, raw)
    return target


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_packed_is_restored_to_the_byte_into_either_kind_of_database(
    bench: jobs.Bench, all_databases: Databases, tmp_path: Path, kind: str
) -> None:
    way.disbursed(bench, 2)
    journeys.commit(bench, journeys.upload(bench, book([road()], [leg()], [parcel()])))
    made = packed(bench, tmp_path)
    target = all_databases.settings(kind, tmp_path / "anew", migrated=False)
    with connected(target) as database:
        packages.unpack(database, target.home, made.path)
        assert schema.check(database) == []
        with bench.database.reading() as here, database.reading() as there:
            assert ledger.head(there) == ledger.head(here) == ledger.Head(made.seq, made.head)
            for table in (Manifest, User, FurtherSheet, Leg, ParcelList):
                rows = [
                    [{**vars(one), "_sa_instance_state": None} for one in session.scalars(query)]
                    for session in (here, there)
                    for query in [select(table).order_by(table.id)]
                ]
                assert rows[0] == rows[1] != []
            sha256 = there.scalars(select(Manifest.sha256)).first() or ""
        assert blobs.read(target.home, sha256) == blobs.read(bench.settings.home, sha256)
        report = verify.verify(target.database_url, {made.seq: made.head}, bench.registry.rules)
        assert report.faults == ()
        again = jobs.Bench(database, target, bench.registry)
        way.shipped(again, 1, first=7)
        assert way.count(again, Manifest) == 3, "work goes on with numbers of its own"


@pytest.mark.no_cover
def test_a_package_is_proved_without_the_program(bench: jobs.Bench, tmp_path: Path) -> None:
    way.disbursed(bench)
    made = packed(bench, tmp_path)
    report = verify.verify(str(made.path), rules=bench.registry.rules)
    assert report.faults == ()
    assert (report.seq, report.head) == (made.seq, made.head)
    wrong = verify.verify(str(made.path), {1: "0" * 64}, bench.registry.rules)
    assert "锚点" in str(wrong.faults[0])


def test_a_package_that_was_altered_is_found_out_and_not_restored(
    bench: jobs.Bench, all_databases: Databases, tmp_path: Path
) -> None:
    way.shipped(bench)
    made = packed(bench, tmp_path)
    target = all_databases.settings("sqlite", tmp_path / "anew", migrated=False)
    for change, said in ALTERED:
        altered = changed(made.path, change)
        report = verify.verify(str(altered), rules=bench.registry.rules)
        assert said in report.faults[0].what
        with connected(target) as database, pytest.raises(Refused, match="damaged"):
            packages.unpack(database, target.home, altered)


def test_what_is_no_package_is_said_to_be_none(tmp_path: Path) -> None:
    nothing = tmp_path / "无.zip"
    nothing.write_bytes(b"PK")
    with pytest.raises(OSError, match="不是完整的数据包"):
        verify.verify(str(nothing))
    with zipfile.ZipFile(nothing, "w") as package:
        package.writestr("package.json", '{"format": "tracker-package/9"}')
    with pytest.raises(OSError, match="不认识的数据包格式：tracker-package/9"):
        verify.verify(str(nothing))


OLDER = {"assessment": {"shipment_version_no": 1}}
"""What a column was called before version 16, and what stands in it here."""


def test_a_package_of_an_earlier_version_is_proved_and_brought_up(
    bench: jobs.Bench, all_databases: Databases, tmp_path: Path
) -> None:
    """Evidence came with version 10; whatever came after 9 is empty, so the books are the same."""
    way.shipped(bench)
    made = packed(bench, tmp_path)
    old = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'old.sqlite'}")
    with connected(old) as database:
        schema.upgrade_database(database, "0009")
        with bench.database.reading() as session:
            database.transact(
                lambda target: tables.copy(
                    session.connection(), target.connection(), tables.Choice(blank=OLDER)
                )
            )
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")
    raw = (tmp_path / "old.sqlite").read_bytes()

    def older(name: str, kept: bytes) -> bytes:
        if name.endswith("json"):
            told = {"revision": "0009", "books_sha256": hashlib.sha256(raw).hexdigest()}
            return json.dumps({**json.loads(kept), **told}).encode()
        return raw if name.endswith("sqlite") else kept

    package = changed(made.path, older)
    assert verify.verify(str(package), rules=bench.registry.rules).faults == ()
    target = all_databases.settings("sqlite", tmp_path / "anew", migrated=False)
    with connected(target) as database:
        packages.unpack(database, target.home, package)
        assert schema.check(database) == []


def test_bytes_that_are_damaged_are_said_to_be_so_and_never_break_anything(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    whole = packed(bench, tmp_path).path.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        damaged = tmp_path / "坏.zip"
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        with suppress(OSError):
            verify.verify(str(damaged), rules=bench.registry.rules)


@pytest.mark.no_cover
def test_what_fails_while_a_package_is_open_is_not_told_as_its_damage(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    made = packed(bench, tmp_path)
    with pytest.raises(KeyError, match="ours"), opened_package(str(made.path)):
        raise KeyError("ours")


def test_nothing_is_ever_restored_over_books_nor_written_over_a_file(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    made = packed(bench, tmp_path)
    with pytest.raises(Conflict, match="not empty"):
        packages.unpack(bench.database, bench.settings.home, made.path)
    with pytest.raises(Refused, match="a file of this name"):
        packed(bench, tmp_path)


def test_a_package_of_a_newer_program_waits_for_it(
    bench: jobs.Bench, all_databases: Databases, tmp_path: Path
) -> None:
    def newer(name: str, raw: bytes) -> bytes:
        return (
            json.dumps({**json.loads(raw), "revision": "9999"}).encode()
            if name.endswith("json")
            else raw
        )

    altered = changed(packed(bench, tmp_path).path, newer)
    target = all_databases.settings("sqlite", tmp_path / "anew", migrated=False)
    with connected(target) as database, pytest.raises(Refused, match="newer version"):
        packages.unpack(database, target.home, altered)


def test_each_night_one_package_is_kept_and_only_our_own_old_ones_go(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    folder = tmp_path / "夜"
    bench = replace(bench, settings=replace(bench.settings, backup_folder=folder, backups=2))
    for name in ("tracker-20200101.zip", "tracker-20200102.zip", "我的.zip"):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")

    def names() -> list[str]:
        return sorted(file.name for file in folder.iterdir())

    for slot in ("back_up:1", "back_up:2"):

        def ask(session: Session, slot: str = slot) -> None:
            queue.enqueue(session, "back_up", slot, {}, NOW)

        bench.database.transact(ask)
        assert jobs.drain(bench) == 1
        assert names()[:1] == ["tracker-20200102.zip"]
        assert len(names()) == 3
    newest = folder / names()[1]
    assert verify.verify(str(newest), rules=bench.registry.rules).faults == ()


def test_for_auditors_it_holds_nothing_that_lets_anybody_sign_in(
    bench: jobs.Bench, all_databases: Databases, tmp_path: Path
) -> None:
    made = packed(bench, tmp_path, audit=True)
    target = all_databases.settings("sqlite", tmp_path / "anew", migrated=False)
    with connected(target) as database:
        packages.unpack(database, target.home, made.path)
        with database.reading() as session:
            assert set(session.scalars(select(User.password_hash))) == {""}
            assert session.scalars(select(SignIn)).all() == []
            assert session.scalars(select(ApiToken)).all() == []
    assert verify.verify(str(made.path), rules=bench.registry.rules).faults == ()
