"""Receipts 测算说明单: what stood computed at one link of the chain, as people were told it.

No ground for payment, and immutable: a later state of things is told by a new receipt.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.people import Firm, User

RECEIPT_KINDS = ("shipment", "matter", "application", "firm_year")


class Receipt(Base):
    """测算说明单: of a shipment, a matter, an application or a firm's year; of who asked."""

    __tablename__ = "receipt"
    __table_args__ = (
        one_of("kind", RECEIPT_KINDS),
        CheckConstraint("office_firm_id IS NULL OR office_league_id IS NULL", "office"),
        Index("ix_receipt_office_firm_id", "office_firm_id"),
        Index("ix_receipt_office_league_id", "office_league_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(19), unique=True)
    """验证码: sixteen signs of chance in groups of four; who has it may ask whether it is true."""
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    """What it is about, as lists name it."""
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    """Whose money it tells of."""
    seq: Mapped[int] = mapped_column(Key)
    """The newest link of the chain when it was made."""
    total_fen: Mapped[int] = mapped_column(Fen)
    content: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the content's canonical JSON; printed, so that file and paper can be held together."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_sample: Mapped[bool]
    office_firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), default=None)
    office_league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), default=None)
    """Of the office that asked: a firm, a league, or (neither) Commerce."""
    firm: Mapped[Firm] = relationship(init=False, lazy="joined", foreign_keys=[firm_id])
    user: Mapped[User] = relationship(init=False, lazy="joined", foreign_keys=[user_id])
