"""Holds 暂缓: lines of filings kept back from the allocation, by a category or one by one.

A hold names every line it holds. It is never edited: the league replies, and it is lifted, by whom,
when and why.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, Moment, one_of
from tracker.models.filings import Filing
from tracker.models.money import Item
from tracker.models.people import League, User

HOLD_CATEGORIES = ("line", "firm", "corridor", "oddity", "vehicle", "cargo", "programme")


class Hold(Base):
    """暂缓: every line of a filing, or of a league, that meets a category."""

    __tablename__ = "hold"
    __table_args__ = (
        one_of("category", HOLD_CATEGORIES),
        CheckConstraint("(lifted_at IS NULL) = (lifted_seq IS NULL)", "lifted"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"), index=True)
    """None for all filings of the league, those that come later included."""
    category: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(250))
    """Code of what the category names: credit code, corridor, kind of oddity, item …"""
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime] = mapped_column(Moment)
    placed_seq: Mapped[int] = mapped_column(Key)
    lifted_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    lifted_seq: Mapped[int | None] = mapped_column(Key, default=None)
    lifted_reason: Mapped[str] = mapped_column(String(300), default="")
    league: Mapped[League] = relationship(init=False, lazy="joined")
    filing: Mapped[Filing | None] = relationship(init=False)
    user: Mapped[User] = relationship(init=False, foreign_keys=[user_id])
    lifted_user: Mapped[User | None] = relationship(init=False, foreign_keys=[lifted_user_id])


class HeldLine(Base):
    """暂缓明细: one line that a hold holds, and what it came to. Append-only."""

    __tablename__ = "held_line"
    __table_args__ = (UniqueConstraint("hold_id", "item_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    """Where it stood when it was held."""
    amount_fen: Mapped[int] = mapped_column(Fen)
    hold: Mapped[Hold] = relationship(init=False)
    item: Mapped[Item] = relationship(init=False)
    filing: Mapped[Filing] = relationship(init=False)


class HoldReply(Base):
    """答复: what a league says to a hold of Commerce. Append-only."""

    __tablename__ = "hold_reply"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    words: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    user: Mapped[User] = relationship(init=False, lazy="joined")
