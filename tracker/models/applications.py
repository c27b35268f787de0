"""Applications 企业申报: a firm's request for a period, with its lines and promises."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Fen, Key, one_of
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, League

APPLICATION_STATES = (
    "draft",
    "prepared",
    "applied",
    "first_reviewed",
    "passed",
    "in_filing",
    "closed",
    "declined",
    "withdrawn",
)


class Application(Base):
    """申报: chosen shipments of one period, one programme, one league."""

    __tablename__ = "application"
    __table_args__ = (
        one_of("state", APPLICATION_STATES),
        CheckConstraint("period_to >= period_from", "period"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Number people quote, e.g. ``SB-2026-0001``."""
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default="draft")
    bank_name: Mapped[str] = mapped_column(String(80), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    promised: Mapped[bool] = mapped_column(default=False)
    """承诺书: what is stated is true."""
    no_other_subsidy: Mapped[bool] = mapped_column(default=False)
    """Declared: no other subsidy for the same shipments anywhere."""
    revision: Mapped[int] = mapped_column(default=1)
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class ApplicationLine(Base):
    """申报明细: one item in one application; an item is in at most one open application."""

    __tablename__ = "application_line"
    __table_args__ = (
        UniqueConstraint("application_id", "item_id"),
        Index(
            "uq_application_line_open",
            "item_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        CheckConstraint("reduced_fen >= 0 AND reduced_fen <= applied_fen", "reduced"),
        CheckConstraint("reduced_fen = 0 OR reason_code <> ''", "reason"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    applied_fen: Mapped[int] = mapped_column(Fen)
    """申报: what stood accrued when the application was prepared."""
    reduced_fen: Mapped[int] = mapped_column(Fen, default=0)
    """核减 at first review."""
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    application: Mapped[Application] = relationship(init=False)
    item: Mapped[Item] = relationship(init=False)
