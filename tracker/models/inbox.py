"""Inbox 收件箱: a folder a firm's own system writes into, and the files that were found there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of
from tracker.models.cargo import Manifest
from tracker.models.people import Firm, User

INBOX_FILE_STATES = ("seen", "taken", "known", "not_taken")


class Inbox(Base):
    """收件箱: acts as the manager who opened it until it is closed; a firm has one open at most."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "uq_inbox_open",
            "firm_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    commits_itself: Mapped[bool]
    """Whether what it takes goes in by itself when nothing has to be asked."""
    closed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    waiting: Mapped[int] = mapped_column(default=0)
    """Files left for the next look, because there were more than one look takes."""
    fault: Mapped[str] = mapped_column(String(24), default="")
    """Why the folder could not be looked into the last time; otherwise empty."""
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


class InboxFile(Base):
    """收件: one file found in an inbox, and what became of it; also a folder that is nobody's."""

    __tablename__ = "inbox_file"
    __table_args__ = (
        one_of("state", INBOX_FILE_STATES),
        Index("ix_inbox_file_inbox_id_state", "inbox_id", "state"),
        Index(
            "uq_inbox_file_seen",
            "inbox_id",
            "name_sha256",
            unique=True,
            sqlite_where=text("state = 'seen'"),
            postgresql_where=text("state = 'seen'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"))
    """None for a folder that belongs to no firm."""
    name_sha256: Mapped[str] = mapped_column(String(64))
    """Of the name as the folder has it, whatever its bytes are."""
    file_name: Mapped[str] = mapped_column(String(255))
    """The name as people can read it."""
    size_bytes: Mapped[int] = mapped_column(Key)
    changed_ns: Mapped[int] = mapped_column(Key)
    """When it was last written to, by the folder's own clock."""
    seen_at: Mapped[datetime] = mapped_column(Moment)
    """Since when it was found unchanged."""
    state: Mapped[str] = mapped_column(String(12), default="seen")
    reason: Mapped[str] = mapped_column(String(24), default="")
    """Why it was not taken."""
    taken_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    manifest_id: Mapped[int | None] = mapped_column(
        ForeignKey("manifest.id"), index=True, default=None
    )
    kept_name: Mapped[str] = mapped_column(String(255), default="")
    """Its name among the files that were taken, or were not."""
    asked: Mapped[int] = mapped_column(default=0)
    """How often a reply was asked for."""
    told: Mapped[str] = mapped_column(String(40), default="")
    """What the reply beside the file says by now; empty before the first."""
    inbox: Mapped[Inbox | None] = relationship(init=False, lazy="joined")
    manifest: Mapped[Manifest | None] = relationship(init=False, lazy="joined")
