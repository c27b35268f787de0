"""Letter templates 文书模板: Word files that offices put in the place of the built-in ones.

Only added to: the newest row of an office and a kind counts, and one without a file is the way back
to what stood before it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of
from tracker.models.people import League, User

FILED_KINDS = ("request", "publication", "performance")
"""Papers of a filing."""
APPLIED_KINDS = ("application", "promise")
"""Papers of an application."""
LETTER_KINDS = (*FILED_KINDS, *APPLIED_KINDS)


class LetterTemplate(Base):
    """文书模板: a league's own, or Commerce's for all leagues that have none."""

    __tablename__ = "letter_template"
    __table_args__ = (
        one_of("kind", LETTER_KINDS),
        Index("ix_letter_template_league_id_kind", "league_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(12))
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"))
    """None for Commerce's."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Raw file; empty for the way back to the next best: Commerce's, or the built-in one."""
    file_name: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)
    league: Mapped[League | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
