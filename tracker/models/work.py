"""Work 后台任务与审计日志: jobs waiting or done, and who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, CanonicalJson, Key, Moment, one_of

JOB_STATES = ("waiting", "running", "done", "dead")


class Job(Base):
    """后台任务: claimed under a lease, finished in the transaction of its effect."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JOB_STATES),
        Index("ix_job_state_run_after", "state", "run_after"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(40))
    slot: Mapped[str] = mapped_column(String(120), unique=True)
    """Unique key made from the cause: the same cause asks for the same job once."""
    payload: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    created_at: Mapped[datetime] = mapped_column(Moment)
    run_after: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment, default=None)
    token: Mapped[str] = mapped_column(String(32), default="")
    """Fencing token of the worker that holds it; a worker with an old one cannot finish it."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    last_error: Mapped[str] = mapped_column(Text, default="")


class AuditEvent(Base):
    """审计日志: who did what, when, with what outcome; append-only and chained."""

    __tablename__ = "audit_event"
    __table_args__ = (one_of("outcome", ("done", "refused", "failed")),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    login: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(8))
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, default_factory=dict)
