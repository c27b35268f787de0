"""Recoveries 追缴: what a firm has to give back of what it was paid, and what came back of it.

Money is recoverable item by item, so a recovery names the lines of one disbursement it takes back.
What came back is one row a time; it fills the lines in their order.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, one_of
from tracker.models.filings import Disbursement
from tracker.models.money import Item
from tracker.models.people import Firm, League

RECOVERY_STATES = (
    "draft",
    "prepared",
    "recoverable",
    "recovered",
    "lifting",
    "lifted",
    "withdrawn",
)
RECOVERY_KINDS = ("returned", "enforced", "offset")
"""How money comes back: 退回 paid back by the firm, 追缴 enforced, 扣回 kept off what is due."""


class Recovery(Base):
    """追缴: a league takes back from a firm what one disbursement paid wrongly."""

    __tablename__ = "recovery"
    __table_args__ = (one_of("state", RECOVERY_STATES),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    disbursement_id: Mapped[int] = mapped_column(ForeignKey("disbursement.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    document_no: Mapped[str] = mapped_column(String(60))
    """文号 of the league's letter to the firm."""
    due_on: Mapped[date]
    """By when the firm is to pay it back."""
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    disbursement: Mapped[Disbursement] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class RecoveryLine(Base):
    """追缴明细: what of one item is to come back; never zero."""

    __tablename__ = "recovery_line"
    __table_args__ = (
        UniqueConstraint("recovery_id", "item_id"),
        CheckConstraint("amount_fen > 0", "amount"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    item: Mapped[Item] = relationship(init=False)


class RecoveryPart(Base):
    """收回: what came back at one time; the same paper of the bank counts once."""

    __tablename__ = "recovery_part"
    __table_args__ = (
        one_of("kind", RECOVERY_KINDS),
        UniqueConstraint("recovery_id", "kind", "document_no"),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("(kind = 'offset') = (disbursement_id IS NOT NULL)", "offset"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"))
    kind: Mapped[str] = mapped_column(String(8))
    document_no: Mapped[str] = mapped_column(String(60))
    """回单号, number of the enforcing paper, or code of the disbursement it was kept off."""
    received_on: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(Fen)
    disbursement_id: Mapped[int | None] = mapped_column(ForeignKey("disbursement.id"), default=None)


class DisbursementOffset(Base):
    """扣回: what a disbursement keeps off its cash for a recovery; counts once it is confirmed."""

    __tablename__ = "disbursement_offset"
    __table_args__ = (CheckConstraint("amount_fen > 0", "amount"),)

    disbursement_id: Mapped[int] = mapped_column(ForeignKey("disbursement.id"), primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recovery.id"), primary_key=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    recovery: Mapped[Recovery] = relationship(init=False, lazy="joined")
