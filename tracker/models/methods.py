"""Methods 补贴办法: what leagues register with Commerce; each row is one version, never edited."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.composed import ComposedRule
from tracker.models.people import League, User

METHOD_STATES = (
    "draft",
    "submitted",
    "examined",
    "returned",
    "recorded",
    "superseded",
    "withdrawn",
)


PROGRAMME_SUBJECTS = ("shipment", "period")
"""What the rules of a programme are about, as ``rules.subject`` names it."""


class Programme(Base):
    """补贴项目: the domain within which a shipment or a firm's year is paid once in all leagues."""

    __tablename__ = "programme"
    __table_args__ = (one_of("subject", PROGRAMME_SUBJECTS),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(8), default="shipment")


class Method(Base):
    """补贴办法: one version of a league's document, with the rule that computes it and its numbers.

    Recorded versions of one league and programme never overlap in validity: a trigger on SQLite, an
    exclusion constraint on PostgreSQL.
    """

    __tablename__ = "method"
    __table_args__ = (
        one_of("state", METHOD_STATES),
        UniqueConstraint("league_id", "programme_id", "version_no"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", "validity"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    version_no: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    document_no: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    valid_from: Mapped[date]
    rule_id: Mapped[str] = mapped_column(String(80))
    rule_sha256: Mapped[str] = mapped_column(String(64))
    params: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    """Last day of validity; None: until superseded."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")
    composed: Mapped[ComposedRule | None] = relationship(
        primaryjoin=lambda: foreign(Method.rule_id) == ComposedRule.rule_id,
        viewonly=True,
        init=False,
    )
    """The league's composed rule it computes with; None where the rule is installed."""

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape


class MethodTrial(Base):
    """校验: a method's rule and numbers were tried, with the league's golden cases; only added to.

    The newest one of a method counts: it is submitted only where nothing was broken.
    """

    __tablename__ = "method_trial"
    __table_args__ = (Index("ix_method_trial_method_id", "method_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    method_id: Mapped[int] = mapped_column(ForeignKey("method.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    tried_at: Mapped[datetime] = mapped_column(Moment)
    engine_version: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    """Of the workbook the cases came in; empty where there was none."""
    cases: Mapped[list[list[str]]] = mapped_column(CanonicalJson)
    """The league's own golden cases: the headings, then a row a fact, a column a case."""
    broken: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """Each law that does not hold, with the counter-example that shows it."""
    user: Mapped[User] = relationship(init=False, lazy="joined")
