"""Filings 报送: a league's request to the province; funds, allotments, disbursements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.applications import Application
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, League

FILING_STATES = (
    "draft",
    "prepared",
    "filed",
    "proposed",
    "endorsed",
    "allocated",
    "approved",
    "returned",
    "declined",
    "withdrawn",
    "closed",
)
APPROVED_STATES = ("approved", "closed")
"""Of filings whose amounts stand; before, a firm is not told what was taken off."""
ISSUED_STATES = ("allotted", "lapsing", "carrying", "lapsed")
"""Of allotments that the league knows of."""
ALLOTMENT_STATES = ("draft", "prepared", *ISSUED_STATES, "withdrawn")
DISBURSEMENT_STATES = ("draft", "prepared", "instructed", "disbursed", "failed", "withdrawn")
DISBURSING_STATES = ("draft", "prepared", "instructed")
"""Of disbursements on their way: what they pay and keep off is spoken for."""


class Filing(Base):
    """报送: passed applications of one league and programme with their calculation sheet."""

    __tablename__ = "filing"
    __table_args__ = (
        one_of("state", FILING_STATES),
        one_of("kind", ("forecast", "settlement")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[str] = mapped_column(String(12))
    document_no: Mapped[str] = mapped_column(String(60))
    basis: Mapped[str] = mapped_column(Text)
    """依据: on what the request rests."""
    performance_target: Mapped[str] = mapped_column(Text, default="")
    minutes_no: Mapped[str] = mapped_column(String(60), default="")
    """Of the panel 集体研究 that decided on the request; empty where there was none."""
    panel_on: Mapped[date | None] = mapped_column(default=None)
    """The day it sat."""
    state: Mapped[str] = mapped_column(String(16), default="draft")
    sheet_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Raw file of the calculation sheet as filed."""
    sheet_seq: Mapped[int | None] = mapped_column(Key, default=None)
    sheet_head: Mapped[str] = mapped_column(String(64), default="")
    """Ledger head printed on the sheet: an anchor."""
    rest_of: Mapped[str] = mapped_column(String(40), default="")
    """Code of the filing as the league sent it, of which this is what was held back while others
    were approved; empty for one that the league sent."""
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class FilingLine(Base):
    """报送明细: one item in one filing; computed, applied, reduced and approved side by side."""

    __tablename__ = "filing_line"
    __table_args__ = (
        UniqueConstraint("filing_id", "item_id"),
        Index(
            "uq_filing_line_open",
            "item_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        CheckConstraint("reduced_fen >= 0 AND reduced_fen <= filed_fen", "reduced"),
        CheckConstraint("reduced_fen = 0 OR reason_code <> ''", "reason"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    filed_fen: Mapped[int] = mapped_column(Fen)
    reduced_fen: Mapped[int] = mapped_column(Fen, default=0)
    """核减 by Commerce; approved is filed less reduced."""
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    held: Mapped[bool] = mapped_column(default=False)
    """暂缓: a hold stands that holds it; approving the others leaves it filed."""
    filing: Mapped[Filing] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    item: Mapped[Item] = relationship(init=False)


class Fund(Base):
    """外经贸发展专项资金: a fiscal year's special fund by document number; limits approvals."""

    __tablename__ = "fund"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    document_no: Mapped[str] = mapped_column(String(60), unique=True)
    fiscal_year: Mapped[int] = mapped_column(index=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    is_sample: Mapped[bool] = mapped_column(default=False)


class Allotment(Base):
    """预算指标: money for a league, per filing or in advance; a limit on disbursements."""

    __tablename__ = "allotment"
    __table_args__ = (
        one_of("state", ALLOTMENT_STATES),
        CheckConstraint("amount_fen > 0", "amount"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    document_no: Mapped[str] = mapped_column(String(60), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"))
    """None of one in advance, which is matched as filings are approved."""
    budget_line: Mapped[str] = mapped_column(String(60))
    fiscal_year: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(Fen)
    issued_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    fund: Mapped[Fund] = relationship(init=False, lazy="joined")
    filing: Mapped[Filing | None] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape

    @property
    def is_issued(self) -> bool:
        """Whether the league knows of it: it was allotted, whatever became of what was left."""
        return self.state in ISSUED_STATES


class AllotmentMatch(Base):
    """指标对应: so much of an allotment is for a filing; what lapsed is taken off. Append-only."""

    __tablename__ = "allotment_match"
    __table_args__ = (CheckConstraint("amount_fen <> 0", "amount"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    allotment_id: Mapped[int] = mapped_column(ForeignKey("allotment.id"), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    seq: Mapped[int] = mapped_column(Key)
    """Of the entry that matched it or took it off."""


class Disbursement(Base):
    """拨付兑现: the league's treasury pays one firm out of one allotment."""

    __tablename__ = "disbursement"
    __table_args__ = (
        one_of("state", DISBURSEMENT_STATES),
        CheckConstraint("amount_fen > 0", "amount"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    allotment_id: Mapped[int] = mapped_column(ForeignKey("allotment.id"), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    bank_name: Mapped[str] = mapped_column(String(80))
    bank_account: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    bank_answer: Mapped[str] = mapped_column(String(120), default="")
    """回单号 of a payment that arrived, or what the bank said of one that failed."""
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    allotment: Mapped[Allotment] = relationship(init=False, lazy="joined")
    filing: Mapped[Filing] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class DisbursementLine(Base):
    """拨付明细: what of one item is in one disbursement; never zero."""

    __tablename__ = "disbursement_line"
    __table_args__ = (
        UniqueConstraint("disbursement_id", "item_id"),
        CheckConstraint("amount_fen > 0", "amount"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    disbursement_id: Mapped[int] = mapped_column(ForeignKey("disbursement.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(Fen)
    item: Mapped[Item] = relationship(init=False)


class Decision(Base):
    """办理记录: one step taken by one person on what was shown to them; append-only.

    Maker and checker are never one user: a checking step names the maker's decision, and the
    database refuses the same user twice and a check of anything but what the maker was shown.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("maker_id IS NULL OR maker_id <> user_id", "two_people"),
        CheckConstraint("(maker_id IS NULL) = (maker_decision_id IS NULL)", "maker"),
        Index("ix_decision_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    subject_kind: Mapped[str] = mapped_column(String(16))
    """The name of its flow: ``application``, ``filing``, …"""
    subject_id: Mapped[int] = mapped_column(Key)
    step: Mapped[str] = mapped_column(String(24))
    state_before: Mapped[str] = mapped_column(String(16))
    state_after: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    login: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the ledger entry the step wrote."""
    shown_sha256: Mapped[str] = mapped_column(String(64))
    """Hash of what was shown to the person when the step was taken."""
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    maker_decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), default=None)
    detail: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, default_factory=dict)
