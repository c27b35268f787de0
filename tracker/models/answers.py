"""Answers 回答: what a person answered about an upload, and the headings a firm confirmed.

An upload is its bytes and its answers, in their order: examined again, they give the same rows.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedAsDataclass, declared_attr, mapped_column, relationship

from ingest.answers import KINDS
from tracker.db import Base, Key, Moment, one_of
from tracker.models.people import User


class KeptAnswer(MappedAsDataclass, kw_only=True):
    """回答: one answer to one question about an upload; only added to, the last one holds."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False, sort_order=-1)
    answer_no: Mapped[int]
    """From 1 within the upload."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(12))
    sheet: Mapped[str] = mapped_column(String(120), default="")
    row_no: Mapped[int | None] = mapped_column(default=None)
    column_letter: Mapped[str | None] = mapped_column(String(8), default=None)
    field: Mapped[str | None] = mapped_column(String(40), default=None)
    code: Mapped[str | None] = mapped_column(String(60), default=None)
    """Code of the problem that is answered."""
    value: Mapped[str | None] = mapped_column(Text, default=None)
    """None takes the answer back."""

    @declared_attr
    @classmethod
    def user(cls) -> Mapped[User]:
        """Who gave it."""
        return relationship(init=False, lazy="joined")


class ManifestAnswer(KeptAnswer, Base):
    """回答: what was answered about a manifest."""

    __tablename__ = "manifest_answer"
    __table_args__ = (one_of("kind", KINDS), UniqueConstraint("manifest_id", "answer_no"))

    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))


class FirmHeading(Base):
    """表头记忆: what a heading means in one firm's files, as somebody confirmed; only added to.

    An upload is read with what was confirmed before it came, however often it is read.
    """

    __tablename__ = "firm_heading"
    __table_args__ = (Index("ix_firm_heading_firm_id_heading", "firm_id", "heading"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    heading: Mapped[str] = mapped_column(String(120))
    """As ``ingest.headings.norm`` compares it."""
    field: Mapped[str | None] = mapped_column(String(40))
    """Blank where the column means nothing to us; None where it is forgotten again."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
