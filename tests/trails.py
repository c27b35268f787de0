"""Trails 足迹: what many tests walk alike is walked once, and from then on begun at its end.

A test says how it came to where it begins: so many trucks shipped, applied for, filed. These are
steps of the program. But where they were taken from the same beginning before, in this process and
with nothing of the program exchanged, the books that they led to are copied instead.
"""

import shutil
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, event

from tests.databases import Databases
from tests.journeys import REGISTRY
from tracker import jobs
from tracker.db import Database
from tracker.settings import Settings

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Trail = tuple[Hashable, ...]
"""Steps since the beginning, each with what it was given."""


@dataclass
class Standing:
    """A database that many tests work on, one after the other."""

    databases: Databases
    source: Settings
    """What it is set back to; nobody has it open."""
    settings: Settings
    database: Database
    ended: Path
    """A folder for copies of its home."""
    trail: Trail | None = None
    """How its books came to be what they are; None where that is not remembered."""
    ends: dict[Trail, tuple[Settings, Any]] = field(default_factory=dict)
    """Trail -> a copy of the books at its end, and what its last step answered."""

    def __post_init__(self) -> None:
        """Whatever else is written leaves the trail, whoever writes it."""
        event.listen(Engine, "commit", self._leave)

    def set_back(self, *, remembered: bool = False) -> None:
        """As it was made, whatever the test before did; the way from here may be ``remembered``."""
        self.database.engine.dispose()
        shutil.rmtree(self.settings.home)
        self.databases.set_back(self.settings, self.source)
        self.trail = () if remembered else None

    def walk(self, step: Hashable, work: Callable[[], Answer]) -> Answer:
        """Where the step leads from here: by its work, or at once where that is remembered."""
        begun, self.trail = self.trail, None
        if begun is None or self.database.engine.pool.checkedout():  # type: ignore[attr-defined]  # a pool that counts
            return work()
        trail = (*begun, step)
        answer: Answer
        if trail in self.ends:
            source, answer = self.ends[trail]
            self.database.engine.dispose()
            self.databases.set_back(self.settings, source)
        else:
            answer = work()
            self.database.engine.dispose()
            home = self.ended / str(len(self.ends))
            self.ends[trail] = (self.databases.copied(self.settings, home, kept=True), answer)
        self.trail = trail
        return answer

    def _leave(self, connection: object) -> None:
        del connection
        self.trail = None


@dataclass(frozen=True)
class Bench(jobs.Bench):
    """The bench of a test over it."""

    standing: Standing = field(compare=False)

    @property
    def plain(self) -> bool:
        """Whether neither its settings nor its rules were exchanged."""
        return self.settings == self.standing.settings and self.registry is REGISTRY


def remembered(
    walk: Callable[Concatenate[jobs.Bench, Given], Answer],
) -> Callable[Concatenate[jobs.Bench, Given], Answer]:
    """A step of trails: it changes the books and the files beside them, and nothing else."""

    @wraps(walk)
    def taken(bench: jobs.Bench, /, *args: Given.args, **named: Given.kwargs) -> Answer:
        def work() -> Answer:
            return walk(bench, *args, **named)

        if not isinstance(bench, Bench) or not bench.plain:
            return work()
        return bench.standing.walk((walk.__name__, args, tuple(named.items())), work)

    return taken
