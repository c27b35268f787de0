"""Proposals 线路建议: changes to the network that a league or Commerce asks for, and their life.

What is proposed never changes: one that was returned is followed by another. An approved one names
the version of the network it became.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.networks import NetworkVersion
from tracker.models.people import League, User

PROPOSAL_STATES = ("draft", "submitted", "approved", "returned", "withdrawn")
PROPOSAL_KINDS = ("amendment", "network")


class Proposal(Base):
    """线路建议: an amendment of the network, or a whole network in its place."""

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("state", PROPOSAL_STATES),
        one_of("kind", PROPOSAL_KINDS),
        CheckConstraint("kind = 'amendment' OR league_id IS NULL", "of_province"),
        CheckConstraint(
            "(network_version_id IS NULL) = (valid_from IS NULL)"
            " AND (state <> 'approved' OR valid_from IS NOT NULL)",
            "approved",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), index=True)
    """None for what Commerce itself brings."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, deferred=True)
    """Of an ``ingest.network`` Amendment or Network, by its kind."""
    body_sha256: Mapped[str] = mapped_column(String(64))
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the document the change rests on."""
    note: Mapped[str] = mapped_column(String(200))
    based_on_id: Mapped[int] = mapped_column(ForeignKey("network_version.id"))
    """The version in force when it was proposed: what it was compared with."""
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    is_sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    valid_from: Mapped[date | None] = mapped_column(default=None)
    """First day in force, as it was approved."""
    network_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("network_version.id"), default=None
    )
    """The version it became."""
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
    based_on: Mapped[NetworkVersion] = relationship(init=False, foreign_keys=[based_on_id])

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape
