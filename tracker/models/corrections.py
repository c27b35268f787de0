"""Corrections 更正: what people confirmed, withdrew and replaced of uploads; only added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.cargo import Manifest
from tracker.models.people import User

VERDICTS = ("confirm", "apart", "wait")
"""Of a row laid beside what stands: it takes its place, it is another one, or it waits again."""
WITHDRAWAL_STATES = ("asked", "done", "refused", "failed")


class RowConfirmation(Base):
    """确认: somebody saw a row beside what stands and said what it is; the last word holds.

    It holds for what was seen: once the row says something else, or something else stands, it is
    asked again.
    """

    __tablename__ = "row_confirmation"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        Index("ix_row_confirmation_manifest_id", "manifest_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    sheet: Mapped[str] = mapped_column(String(120))
    row_no: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    """What the row said."""
    before_id: Mapped[int] = mapped_column(ForeignKey("cargo_line.id"))
    """The line it was laid beside."""
    verdict: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[User] = relationship(init=False, lazy="joined")


class ManifestWithdrawal(Base):
    """撤回入库: somebody asked for a committed upload to be taken back, and what came of it."""

    __tablename__ = "manifest_withdrawal"
    __table_args__ = (
        one_of("state", WITHDRAWAL_STATES),
        Index(
            "uq_manifest_withdrawal_asked",
            "manifest_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(8), default="asked")
    settled: Mapped[list[Any]] = mapped_column(CanonicalJson, default_factory=list)
    """Labels of the shipments it was refused for."""
    seq: Mapped[int | None] = mapped_column(Key, default=None)
    """Sequence of the ledger entry that took it back."""
    user: Mapped[User] = relationship(init=False, lazy="joined")


class ManifestReplacement(Base):
    """替换: an upload that is to take the place of a committed one, as a whole."""

    __tablename__ = "manifest_replacement"

    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), primary_key=True)
    replaced_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    difference_fen: Mapped[int | None] = mapped_column(Fen, default=None)
    """What the firm's accrued money would change by, tried out as the books stood when it was read;
    None where it cannot go in."""
    manifest: Mapped[Manifest] = relationship(
        init=False, lazy="joined", foreign_keys="ManifestReplacement.manifest_id"
    )
    replaced: Mapped[Manifest] = relationship(
        init=False, lazy="joined", foreign_keys="ManifestReplacement.replaced_id"
    )
