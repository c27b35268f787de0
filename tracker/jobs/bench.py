"""Bench 工作台: what a job works with, what it is told, and what it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from rules.registry import Registry
from tracker.db import Database
from tracker.settings import Settings

Effect = Callable[[Session], None]
"""What a job does in the transaction that ends it."""


@dataclass(frozen=True)
class Bench:
    """What a job works with."""

    database: Database
    settings: Settings
    registry: Registry

    @property
    def lease(self) -> timedelta:
        """How long a claim on a job holds without being renewed."""
        return timedelta(seconds=self.settings.lease_seconds)


@dataclass(frozen=True)
class Claimed:
    """A job in hand, as values: the row itself belongs to a session that has ended."""

    id: int
    kind: str
    token: str
    payload: Mapping[str, Any]


def nothing(session: Session) -> None:
    """Nothing to keep: the finished job is the record."""
    del session
