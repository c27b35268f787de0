"""Inboxes 收件箱: a firm's folder that tests put files into and look into, minute by minute."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.journeys import FIRM, NOW, person, row, sheet
from tracker import folders, intake, jobs
from tracker.models.inbox import InboxFile
from tracker.steps import inbox

GOOD = sheet(row("W1"))
LATER = timedelta(minutes=1)


class Box:
    """A firm's folder, looked into minute by minute."""

    def __init__(self, bench: jobs.Bench, root: Path) -> None:
        root.mkdir(exist_ok=True)
        self.bench = replace(bench, settings=replace(bench.settings, inbox=root))
        self.folder = root / FIRM
        self.now = NOW

    def open(self, login: str = "manager", *, commits_itself: bool = True) -> None:
        """Let the manager open it."""
        self.do(
            lambda session: inbox.open_inbox(
                session, person(session, login), self.now, commits_itself=commits_itself
            )
        )

    def do(self, work: Callable[[Session], Any]) -> Any:  # noqa: ANN401  whatever the work gives
        """In a transaction."""
        return self.bench.database.transact(work)

    def put(self, name: str, raw: bytes = GOOD) -> Path:
        """Write a file into it."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_bytes(raw)
        return path

    def look(self, times: int = 1) -> None:
        """Look into it so often, a minute apart, and do what comes of it."""
        for _ in range(times):
            intake.sweep(self.bench.database, self.bench.settings, self.now)
            jobs.drain(self.bench)
            self.now += LATER

    def reply(self, name: str, place: str = folders.TAKEN) -> dict[str, Any]:
        """What the reply beside a file says."""
        told: dict[str, Any] = json.loads((self.folder / place / f"{name}.回执.json").read_bytes())
        return told

    def text(self, name: str, place: str = folders.TAKEN) -> str:
        """The same for people."""
        return (self.folder / place / f"{name}.回执.txt").read_text("utf-8-sig")

    def files(self) -> list[InboxFile]:
        """What is known of every file, in the order they came."""
        with self.bench.database.reading() as session:
            return list(session.scalars(select(InboxFile).order_by(InboxFile.id)))
