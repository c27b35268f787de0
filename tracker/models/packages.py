"""Packages 盟市数据包: a league's part of the books in one file, asked for and made."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of
from tracker.models.people import League, User

PACKAGE_STATES = ("asked", "made", "dropped", "failed")


class LeaguePackage(Base):
    """盟市数据包: a file of a league's books up to one link of the chain.

    The file lies apart from the raw files, so that no backup packs packages; after later ones it
    is dropped, and the row stays to say what was handed out.
    """

    __tablename__ = "league_package"
    __table_args__ = (
        one_of("state", PACKAGE_STATES),
        CheckConstraint("(state IN ('made', 'dropped')) = (sha256 <> '')", "made"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    """Who asked for it."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(8), default="asked")
    seq: Mapped[int] = mapped_column(Key, default=0)
    """The newest entry of the ledger in it."""
    head: Mapped[str] = mapped_column(String(64), default="")
    """Hash of that entry: an anchor."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the file."""
    size_bytes: Mapped[int] = mapped_column(Key, default=0)
    made_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
