"""Forecasts 需求测算: what a league will need for a programme in a year or some of its quarters.

Nothing that was computed or stated is edited: each statement is a further version with its own
sheet, and what was submitted is replaced by another one or recalled. It moves no money.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.methods import Programme
from tracker.models.people import League, User

FORECAST_STATES = ("draft", "prepared", "submitted", "replaced", "recalled", "withdrawn")
SENT_STATES = ("submitted", "replaced", "recalled")
"""Of those that reached the province."""


class Forecast(Base):
    """需求测算: one programme of a league in some quarters of a year."""

    __tablename__ = "forecast"
    __table_args__ = (
        one_of("state", FORECAST_STATES),
        CheckConstraint(
            "first_quarter >= 1 AND first_quarter <= last_quarter AND last_quarter <= 4", "quarters"
        ),
        CheckConstraint("(state = 'replaced') = (replaced_by_id IS NOT NULL)", "replaced"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Number people quote, e.g. ``XQ-00001``."""
    league_id: Mapped[int] = mapped_column(ForeignKey("league.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    first_quarter: Mapped[int]
    last_quarter: Mapped[int]
    document_no: Mapped[str] = mapped_column(String(60))
    basis: Mapped[str] = mapped_column(Text)
    """依据: on what the request rests."""
    newest_no: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("forecast.id"), default=None)
    revision: Mapped[int] = mapped_column(default=1)
    league: Mapped[League] = relationship(init=False, lazy="joined")
    programme: Mapped[Programme] = relationship(init=False, lazy="joined")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  SQLAlchemy's own shape

    @property
    def quarters(self) -> range:
        """The quarters it is about."""
        return range(self.first_quarter, self.last_quarter + 1)


class ForecastVersion(Base):
    """测算版本: every line of a forecast at one time, with the sheet made of them; append-only."""

    __tablename__ = "forecast_version"
    __table_args__ = (UniqueConstraint("forecast_id", "version_no"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id"))
    version_no: Mapped[int]
    computed_on: Mapped[date]
    """The day up to which shipments are known; what is to come begins the day after."""
    seq: Mapped[int] = mapped_column(Key)
    """Of the ledger, as known at which its figures are told."""
    head: Mapped[str] = mapped_column(String(64))
    """Ledger head printed on the sheet: an anchor."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """As ``steps.forecast_lines.Line``."""
    known_fen: Mapped[int] = mapped_column(Fen)
    expected_fen: Mapped[int] = mapped_column(Fen)
    approved_fen: Mapped[int] = mapped_column(Fen)
    """What of the known is approved already."""
    is_sample: Mapped[bool]
    sha256: Mapped[str] = mapped_column(String(64))
    """Over the forecast's code, the number and all it says."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    sheet_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Raw file of the 需求测算表."""
    user: Mapped[User] = relationship(init=False, lazy="joined")

    @property
    def need_fen(self) -> int:
        """What is known and what is expected."""
        return self.known_fen + self.expected_fen

    @property
    def left_fen(self) -> int:
        """What of the need is not approved yet."""
        return self.need_fen - self.approved_fen
