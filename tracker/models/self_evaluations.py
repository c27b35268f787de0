"""Self-evaluations 绩效自评: what a league says of how a filing's performance targets were reached.

Only added to: a correction is a further version, and each is told in the ledger.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.filings import Filing
from tracker.models.people import User

REACHED = ("all", "part", "none")
"""How much of the targets was reached."""


class SelfEvaluation(Base):
    """绩效自评: one version of a league's words on one filing. Append-only."""

    __tablename__ = "self_evaluation"
    __table_args__ = (one_of("reached", REACHED), UniqueConstraint("filing_id", "version_no"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    """The filing as the league sent it."""
    version_no: Mapped[int]
    """From 1, by one."""
    reached: Mapped[str] = mapped_column(String(4))
    results: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    """Target that the ledger has no figure for -> what was reached, as the league measured it."""
    words: Mapped[str] = mapped_column(Text)
    """完成情况."""
    reasons: Mapped[str] = mapped_column(Text)
    """未完成原因; empty where all was reached."""
    measures: Mapped[str] = mapped_column(Text)
    """改进措施: what will be done."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    stated_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    filing: Mapped[Filing] = relationship(init=False)
    user: Mapped[User] = relationship(init=False, lazy="joined")
