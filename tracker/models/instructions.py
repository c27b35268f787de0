"""Instructions 支付指令: lists for the treasury's system, its answers, accounts put right.

The treasury's own system does the paying. A disbursement stands on one list at most; one that the
bank refused is drafted anew and stands on another. Nothing here is ever changed.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment
from tracker.models.filings import Disbursement
from tracker.models.people import League, User


class InstructionList(Base):
    """支付清单: instructed disbursements of one league, told to its treasury in one file."""

    __tablename__ = "instruction_list"
    __table_args__ = (
        CheckConstraint("members > 0 AND cash_fen > 0", "members"),
        Index("ix_instruction_list_league_id", "league_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    payer_name: Mapped[str] = mapped_column(String(80))
    payer_bank: Mapped[str] = mapped_column(String(80))
    payer_account: Mapped[str] = mapped_column(String(34))
    pay_on: Mapped[date]
    members: Mapped[int]
    cash_fen: Mapped[int] = mapped_column(Fen)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


class InstructionListLine(Base):
    """支付清单明细: one disbursement with the cash to pay, never zero."""

    __tablename__ = "instruction_list_line"
    __table_args__ = (CheckConstraint("cash_fen > 0", "cash"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    instruction_list_id: Mapped[int] = mapped_column(ForeignKey("instruction_list.id"), index=True)
    disbursement_id: Mapped[int] = mapped_column(ForeignKey("disbursement.id"), unique=True)
    cash_fen: Mapped[int] = mapped_column(Fen)
    """The amount less what is kept off for recoveries."""
    disbursement: Mapped[Disbursement] = relationship(init=False, lazy="joined")


class BankFile(Base):
    """回单文件: what the bank or the treasury's system answered, as it was read."""

    __tablename__ = "bank_file"
    __table_args__ = (Index("uq_bank_file_league_id", "league_id", "sha256", unique=True),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson, deferred=True)
    """As ``papers.bank_answers`` read them."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    read_at: Mapped[datetime] = mapped_column(Moment)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


class PayeeAccount(Base):
    """收款账户更正: the account a firm names anew where the bank refused the first."""

    __tablename__ = "payee_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    bank_name: Mapped[str] = mapped_column(String(80))
    bank_account: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    stated_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[User] = relationship(init=False, lazy="joined")
