"""Evidence 佐证材料: files that prove what is stated, and what each of them proves.

The bytes never change; what is said of them may be corrected, and each correction is an audit
event. Nothing is deleted: evidence is withdrawn with a reason, a link is removed and stays.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.people import Firm, League, User

EVIDENCE_KINDS = (
    "declaration",
    "list_export",
    "waybill",
    "cmr",
    "tir_page",
    "freight_invoice",
    "payment_proof",
    "track",
    "stamped_scan",
    "third_party",
    "other",
)
EVIDENCE_SUBJECTS = (
    "shipment",
    "cargo_line",
    "manifest",
    "application",
    "filing",
    "allotment",
    "disbursement",
    "method",
    "matter",
    "proposal",
    "publication",
    "objection",
    "forecast",
)
"""What evidence may belong to. A cargo line is named by its first version, which a correction of
the line does not change."""


def _standing_once(owner: str) -> Index:
    """The same bytes stand once for one owner."""
    where = text(f"withdrawn_at IS NULL AND {owner}_id IS NOT NULL")
    columns = (f"{owner}_id", "sha256")
    name = f"uq_evidence_{owner}"
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Evidence(Base):
    """佐证材料: one file with what it is; of a firm, a league, or (neither) the province."""

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", EVIDENCE_KINDS),
        CheckConstraint("firm_id IS NULL OR league_id IS NULL", "owner"),
        CheckConstraint("total_fen IS NULL OR (total_fen > 0 AND currency <> '')", "total"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            "withdrawn",
        ),
        _standing_once("firm"),
        _standing_once("league"),
        Index("ix_evidence_sha256", "sha256"),
        Index("ix_evidence_kind_document_no", "kind", "document_no"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[str] = mapped_column(String(8))
    """What the bytes are: a kind of ``ingest.evidence.TAKEN``, never what the name says."""
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Key)
    notices: Mapped[list[str]] = mapped_column(CanonicalJson)
    """Of ``ingest.evidence.NOTICES``: what is to be told of the file."""
    added_at: Mapped[datetime] = mapped_column(Moment)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), default=None)
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), default=None)
    document_no: Mapped[str] = mapped_column(String(60), default="")
    total_fen: Mapped[int | None] = mapped_column(Fen, default=None)
    """Of an invoice or a payment, in hundredths of its currency."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    withdrawn_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), default=None
    )
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    firm: Mapped[Firm | None] = relationship(init=False, lazy="joined")
    league: Mapped[League | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined", foreign_keys=[user_id])


class EvidenceLink(Base):
    """佐证关系: a piece of evidence belongs to a thing, with the part of the invoice on it."""

    __tablename__ = "evidence_link"
    __table_args__ = (
        one_of("subject_kind", EVIDENCE_SUBJECTS),
        CheckConstraint("part_fen IS NULL OR part_fen >= 0", "part"),
        CheckConstraint(
            "part_fen IS NULL OR subject_kind IN ('shipment', 'cargo_line')", "part_of"
        ),
        CheckConstraint("(removed_at IS NULL) = (removed_user_id IS NULL)", "removed"),
        Index(
            "uq_evidence_link_standing",
            "evidence_id",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_evidence_link_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int] = mapped_column(Key)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    linked_at: Mapped[datetime] = mapped_column(Moment)
    part_fen: Mapped[int | None] = mapped_column(Fen, default=None)
    """Of the total, what falls on this shipment or line; the standing parts never exceed it."""
    removed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    removed_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    evidence: Mapped[Evidence] = relationship(init=False)
