"""Composed rules 组合规则: rules a league put together from articles, as data on the shared engine.

A kept version is never edited: an amended rule is a new version under the same number, and a method
is pinned to one of them by its hash. What is still being worked on is a draft, beside them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.people import League, User


class ComposedRule(Base):
    """组合规则: one version, kept for good; only added to."""

    __tablename__ = "composed_rule"
    __table_args__ = (UniqueConstraint("league_id", "number", "version_no"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    number: Mapped[int]
    """Of the league's rules, from 1; its versions share it."""
    version_no: Mapped[int]
    rule_id: Mapped[str] = mapped_column(String(80), unique=True)
    """What methods name it by: composed/150100/1/2 is the second version of the first rule."""
    title: Mapped[str] = mapped_column(String(100))
    definition: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """As ``rules.composed`` reads it."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the definition's canonical JSON."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kept_at: Mapped[datetime] = mapped_column(Moment)
    is_sample: Mapped[bool] = mapped_column(default=False)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


DRAFT_STATES = ("open", "kept", "discarded")


class ComposedDraft(Base):
    """组合规则草稿: a definition in work; edited until it is kept as a version or thrown away.

    The row stays, so that its number never comes to mean another draft.
    """

    __tablename__ = "composed_draft"
    __table_args__ = (
        one_of("state", DRAFT_STATES),
        Index("ix_composed_draft_league_id", "league_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    number: Mapped[int | None]
    """Of the rule it will be the next version of; None where it will be a new one."""
    definition: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    """Who worked on it last."""
    edited_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="open")
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape
