"""Requirements 环节要求: what a league asks for before a step, and before which; the newest counts.

Only added to. Which requirements there are, and where each may stand, is code
(``tracker.steps.requirements``); which of them a league asks for is here.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of
from tracker.models.methods import Programme
from tracker.models.people import LEAGUE_ROLES, League, User

REQUIREMENTS = ("cross_check", "third_party", "joint_review", "panel")
"""数据比对, 第三方核验, 财政会审, 集体研究; in the order in which they are shown."""
JOINT_REVIEW = "joint_review"
"""The one that another office meets, by agreeing."""


class Requirement(Base):
    """环节要求: whether a league asks for it under a programme, before which step, by whom."""

    __tablename__ = "requirement"
    __table_args__ = (
        one_of("name", REQUIREMENTS),
        one_of("role", ("", *LEAGUE_ROLES)),
        CheckConstraint(f"(name = '{JOINT_REVIEW}') = (role <> '')", "whose"),
        Index("ix_requirement_league_id_programme_id", "league_id", "programme_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(String(16))
    needed: Mapped[bool]
    """Without it the step is not taken."""
    place: Mapped[str] = mapped_column(String(40))
    """Flow and step before which it lies: ``application.pass``."""
    role: Mapped[str] = mapped_column(String(24))
    """Who agrees, where another office does; blank otherwise."""
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the league's document that says so."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")
