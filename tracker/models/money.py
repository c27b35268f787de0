"""Money 资金: the chain, entries, postings, accounts, items and assessments. All append-only.

A posting moves a positive amount from one account to another, so every entry balances by
construction. Triggers refuse change and removal and keep the balances (see ``books.triggers``).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.cargo import Shipment
from tracker.models.matters import Matter
from tracker.models.methods import Method, Programme
from tracker.models.people import Firm, League

MONEY_STAGES = (
    "entitlement",
    "accrued",
    "applied",
    "filed",
    "approved",
    "instructed",
    "disbursed",
    "recoverable",
)
STANDING_STAGES = tuple(stage for stage in MONEY_STAGES if stage != "entitlement")
"""Where money of an item may stand; it comes from its entitlement."""
LIMIT_STAGES = ("granted", "headroom", "used")
SOURCE_STAGES = ("entitlement", "granted")
"""Where money and limits come from; only these may run below zero."""


TAKERS_SET = text("kind = 'taker.set'")
"""Which entries say who takes a step: counted at every step and on every page that says whose turn
it is, so that they are found without reading the ledger."""


class ChainHead(Base):
    """链首: the one row whose lock orders all entries; it names the newest link."""

    __tablename__ = "chain_head"
    __table_args__ = (CheckConstraint("id = 1", "one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Key)
    hash: Mapped[str] = mapped_column(String(64))


class Entry(Base):
    """分录: one event of the books, with its link in the hash chain; the body says everything."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_taker", "kind", sqlite_where=TAKERS_SET, postgresql_where=TAKERS_SET),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    seq: Mapped[int] = mapped_column(Key, unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    cause: Mapped[str] = mapped_column(String(250), unique=True)
    """Idempotency key made from what caused it; the same key with other content is an error."""
    business_date: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(60))
    """Sign-in name of the person, or ``system``."""
    posting_count: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Account(Base):
    """账户: one stage of one owner; balances are kept by triggers and never below zero."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("unit", "stage", "owner"),
        one_of("unit", ("fen", "limit")),
        one_of("stage", (*MONEY_STAGES, *LIMIT_STAGES)),
        CheckConstraint(
            "(unit = 'limit') = (stage IN ('granted', 'headroom', 'used'))", "stage_of_unit"
        ),
        CheckConstraint("is_source = (stage IN ('entitlement', 'granted'))", "source"),
        CheckConstraint("is_source OR balance >= 0", "floor"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    unit: Mapped[str] = mapped_column(String(8))
    stage: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(120))
    """Natural code: ``league|firm|programme`` for money, ``fund:…``, ``allotment:…`` for limits."""
    is_source: Mapped[bool] = mapped_column(default=False)
    """May run below zero: the stages in ``SOURCE_STAGES``."""
    balance: Mapped[int] = mapped_column(Fen, default=0)


class Item(Base):
    """补贴项: what a shipment or a matter is due to one firm under one programme in one league."""

    __tablename__ = "item"
    __table_args__ = (CheckConstraint("(shipment_id IS NULL) <> (matter_id IS NULL)", "subject"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(250), unique=True)
    """Natural code, the same on every database: unit key, programme, firm, league."""
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipment.id"), index=True, default=None
    )
    matter_id: Mapped[int | None] = mapped_column(ForeignKey("matter.id"), index=True, default=None)
    shipment: Mapped[Shipment | None] = relationship(init=False)
    matter: Mapped[Matter | None] = relationship(init=False)
    programme: Mapped[Programme] = relationship(init=False)
    firm: Mapped[Firm] = relationship(init=False)
    league: Mapped[League] = relationship(init=False)

    @property
    def subject(self) -> Shipment | Matter:
        """What it is due for."""
        found = self.shipment or self.matter
        assert found is not None, f"item {self.code} is due for nothing"
        return found


class ItemStage(Base):
    """项下余额: how many fen of one item stand in one stage; never below zero."""

    __tablename__ = "item_stage"
    __table_args__ = (CheckConstraint("balance >= 0", "floor"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    balance: Mapped[int] = mapped_column(Fen)


class Posting(Base):
    """记账行: a positive amount from one account to another."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("entry_id", "line_no"),
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint("source_id <> target_id", "moves"),
        Index("ix_posting_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    line_no: Mapped[int]
    source_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    amount: Mapped[int] = mapped_column(Fen)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), default=None)
    reason_code: Mapped[str] = mapped_column(String(40), default="")


class Assessment(Base):
    """测算: what a method's rule said of one item: facts, tally and what it consumed; immutable."""

    __tablename__ = "assessment"
    __table_args__ = (
        one_of("outcome", ("awarded", "zero", "refused", "waiting")),
        Index("ix_assessment_item_seq", "item_id", "seq"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    method_id: Mapped[int] = mapped_column(ForeignKey("method.id"), index=True)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the accrual entry it belongs to."""
    version_no: Mapped[int]
    """Of the shipment or the matter."""
    run_sha256: Mapped[str] = mapped_column(String(64))
    """Content address of the run: rule, engine, parameters, facts, opening balances."""
    outcome: Mapped[str] = mapped_column(String(8))
    award_fen: Mapped[int] = mapped_column(Fen)
    facts: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    tally: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    consumption: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Counter key -> {"before": fen or count, "used": fen or count}."""
    item: Mapped[Item] = relationship(init=False)
    method: Mapped[Method] = relationship(init=False)
