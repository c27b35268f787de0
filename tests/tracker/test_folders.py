"""Folders of inboxes: links, pipes and hostile names are told; nothing is followed or lost."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests import way
from tests.inboxes import GOOD, Box
from tests.journeys import FIRM, OTHER_FIRM, row, sheet
from tracker import folders, intake, jobs
from tracker.models.cargo import Manifest
from tracker.models.inbox import Inbox
from tracker.models.work import AuditEvent


def test_links_folders_and_pipes_are_told_and_never_followed(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(GOOD)
    box.look()
    (box.folder / "link.csv").symlink_to(secret)
    (box.folder / "twice.csv").hardlink_to(secret)
    (box.folder / "folder").mkdir()
    os.mkfifo(box.folder / "pipe.csv")
    box.look(2)
    for name in ("link.csv", "twice.csv", "folder", "pipe.csv"):
        told = box.reply(name, folders.NOT_TAKEN)
        assert (told["state"], told["reason"]) == ("not_taken", "not_plain"), name
    assert way.count(box.bench, Manifest) == 0
    assert secret.read_bytes() == GOOD
    assert not list(box.bench.settings.home.glob("blobs/*/*"))


def test_a_thing_that_cannot_be_moved_keeps_nothing_else_from_being_taken(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.look()
    (box.folder / "子目录").mkdir()
    os.utime(box.folder / "子目录", (0, 0))
    box.put("发运.csv")
    hold = folders.hold

    def locked(folder: int, found: folders.Look, number: int) -> bool:
        """What the system says of a folder that only another account may write into."""
        if found.name == "子目录":
            raise PermissionError(found.name)
        return hold(folder, found, number)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "hold", locked)
        box.look(3)
    assert box.reply("发运.csv")["state"] == "committed"
    assert fault(box) == "no_access"
    box.look()
    assert box.reply("子目录", folders.NOT_TAKEN)["reason"] == "not_plain"
    assert fault(box) == ""


def fault(box: Box) -> str:
    """What is wrong with the folder."""
    with box.bench.database.reading() as session:
        return session.scalars(select(Inbox)).one().fault


def test_a_file_too_large_is_told_and_not_read(box: Box) -> None:
    box.bench = replace(box.bench, settings=replace(box.bench.settings, upload_limit_bytes=100))
    box.put("大.csv")
    box.look(2)
    assert box.reply("大.csv", folders.NOT_TAKEN)["reason"] == "too_large"
    assert (box.folder / "未收" / "大.csv").read_bytes() == GOOD
    with box.bench.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.outcome == "refused")).one()
        assert (event.action, event.login) == ("inbox.take", "manager")


def test_more_files_than_one_look_takes_wait_for_the_next(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 2)
    for number in range(3):
        box.put(f"{number}.csv")
    box.look()
    with box.bench.database.reading() as session:
        assert session.scalars(select(Inbox)).one().waiting == 1
    box.look(3)
    assert [one.state for one in box.files()] == ["taken", "known", "known"]


def test_a_hostile_name_is_only_a_name(box: Box) -> None:
    box.look()
    for name in (
        b"\xb7\xa2\xd4\xcb.csv",
        b"a\nb\x1b[31m.csv",
        b"x\\..\\..\\y.csv",
        b"n" * 250 + b".csv",
    ):
        path = os.fsencode(box.folder) + b"/" + name
        with open(path, "wb") as out:  # noqa: PTH123  the name is no text
            out.write(sheet(row(f"W{len(name)}", f"蒙A10{len(name):03}")))
    box.look(2)
    kept = {path.name for path in (box.folder / "已收").iterdir() if path.suffix == ".csv"}
    assert kept == {"发运.csv", "ab[31m.csv", "x....y.csv", "n" * 176 + ".csv"}
    assert {path.name for path in box.folder.parent.iterdir()} == {FIRM}


def test_a_root_that_cannot_be_read_is_told_of_every_inbox(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def locked(path: Any, *given: Any, **named: Any) -> int:  # noqa: ANN401  whatever it takes
        """What the system says of a folder that only another account may look into."""
        if path == box.folder.parent:
            raise PermissionError(path)
        return opened(path, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", locked)
        assert intake.wanted(box.bench.database, box.bench.settings)
        box.look()
    assert fault(box) == "no_access"


def test_folders_that_are_nobodys_are_told_once_and_left(box: Box) -> None:
    stray = box.folder.parent / "91150100XXXXXXXXXX"
    stray.mkdir()
    (stray / "发运.csv").write_bytes(GOOD)
    closed = box.folder.parent / OTHER_FIRM
    closed.mkdir()
    (closed / "发运.csv").write_bytes(GOOD)
    box.look(3)
    (one,) = box.files()
    assert (one.file_name, one.reason) == (stray.name, "unknown_folder")
    assert (stray / "发运.csv").exists()
    assert (closed / "发运.csv").exists()


def test_a_folder_that_is_a_link_is_told_and_not_entered(bench: jobs.Bench, tmp_path: Path) -> None:
    box = Box(bench, tmp_path / "inbox")
    box.open()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "发运.csv").write_bytes(GOOD)
    box.folder.symlink_to(elsewhere)
    box.look(2)
    assert fault(box) == "not_a_folder"
    assert [path.name for path in elsewhere.iterdir()] == ["发运.csv"]
    box.folder.unlink()
    box.look()
    assert fault(box) == ""
