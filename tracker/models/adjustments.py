"""Adjustments 差额调整: money that was applied for already, computed anew, and what comes of it.

What is more accrues beside what stands, to be applied for later; what is less of what is not on its
way yet goes back, and the rest is demanded back. Figures never change once it was adjusted.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, one_of
from tracker.models.cargo import Manifest
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, League

ADJUSTMENT_STATES = ("asked", "proposed", "adjusted", "declined", "withdrawn")
OPEN_STATES = ("asked", "proposed")


class Adjustment(Base):
    """差额调整: of shipments of one firm in one league, asked for by the firm or by the league."""

    __tablename__ = "adjustment"
    __table_args__ = (one_of("state", ADJUSTMENT_STATES),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Number people quote, e.g. ``TZ-00001``."""
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), index=True)
    """The upload whose rows say otherwise; None where the league has it computed anew as it is."""
    reason: Mapped[str] = mapped_column(Text)
    """Why, in words of who asked for it."""
    state: Mapped[str] = mapped_column(String(12), default="asked")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    manifest: Mapped[Manifest | None] = relationship(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class AdjustmentLine(Base):
    """调整明细: one item, what it was computed at and is now; in at most one open adjustment."""

    __tablename__ = "adjustment_line"
    __table_args__ = (
        UniqueConstraint("adjustment_id", "item_id"),
        Index(
            "uq_adjustment_line_open",
            "item_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        CheckConstraint("before_fen >= 0 AND after_fen >= 0", "computed"),
        CheckConstraint("moved_fen <= 0 OR excess_fen = 0", "one_way"),
        CheckConstraint("excess_fen >= 0", "excess"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    adjustment_id: Mapped[int] = mapped_column(ForeignKey("adjustment.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    before_fen: Mapped[int] = mapped_column(Fen)
    """What the standing assessment awards."""
    after_fen: Mapped[int] = mapped_column(Fen)
    """What the rule awards now, at the item's own place in the queue."""
    moved_fen: Mapped[int] = mapped_column(Fen)
    """What accrues more; below zero, what of the accrued goes back."""
    excess_fen: Mapped[int] = mapped_column(Fen)
    """What then stands above the award in the hands of others: demanded back once it is paid."""
    is_open: Mapped[bool] = mapped_column(default=True)
    adjustment: Mapped[Adjustment] = relationship(init=False)
    item: Mapped[Item] = relationship(init=False)
