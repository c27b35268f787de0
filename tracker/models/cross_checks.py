"""Cross-checks 数据比对: files of customs, ports and railways, what they say, and how it compares.

A file belongs to the league that brought it, or to Commerce. Its bytes, what is stated of it, every
reading, every comparison and every result stay; a result only stops standing, where another takes
its place or the file is withdrawn with a reason. Nothing here changes an amount.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ingest.answers import KINDS
from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.answers import KeptAnswer
from tracker.models.cargo import Shipment
from tracker.models.people import League, User

CROSS_SOURCES = ("customs", "port", "railway", "other")
"""Whose data it is: 海关, 口岸, 铁路, 其他."""
CROSS_MODES = ("", "ROAD", "RAIL")
"""Of what a file speaks; blank where it speaks of both."""
CROSS_FILE_STATES = ("received", "read", "refused", "withdrawn")
CROSS_ROW_STATES = ("data", "doubled", "not_data")
CROSS_OUTCOMES = ("differs", "no_answer", "near", "agrees")
"""不一致, 无应答, 相近, 一致; what a person looks at sooner stands before."""


def _live_once(name: str, columns: tuple[str, ...], owner: str) -> Index:
    """The same bytes stand once in one office."""
    where = text(f"state NOT IN ('refused', 'withdrawn') AND {owner}")
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class CrossCheckFile(Base):
    """数据比对文件: one upload with what is stated of it: whose data, of which days, mode, port."""

    __tablename__ = "cross_check_file"
    __table_args__ = (
        one_of("source", CROSS_SOURCES),
        one_of("state", CROSS_FILE_STATES),
        one_of("mode", CROSS_MODES),
        CheckConstraint("first_day <= last_day", "days"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            "withdrawn",
        ),
        _live_once("uq_cross_check_file_league", ("league_id", "sha256"), "league_id IS NOT NULL"),
        _live_once("uq_cross_check_file_commerce", ("sha256",), "league_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), index=True)
    """None of what Commerce brought."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    source: Mapped[str] = mapped_column(String(8))
    source_name: Mapped[str] = mapped_column(String(100))
    """Which office or firm it came from, in words."""
    document_no: Mapped[str] = mapped_column(String(60))
    """Of the letter with which it came; blank where there is none."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    mode: Mapped[str] = mapped_column(String(4))
    port: Mapped[str] = mapped_column(String(4))
    """Customs office; blank where it has several."""
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Key)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(12), default="received")
    readings: Mapped[int] = mapped_column(default=1)
    """How often it was asked to be read: once, and again after answers."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    withdrawn_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), default=None
    )
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    league: Mapped[League | None] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined", foreign_keys=[user_id])


class CrossCheckAnswer(KeptAnswer, Base):
    """回答: what was answered about the columns of a file."""

    __tablename__ = "cross_check_answer"
    __table_args__ = (one_of("kind", KINDS), UniqueConstraint("file_id", "answer_no"))

    file_id: Mapped[int] = mapped_column(ForeignKey("cross_check_file.id"))


class CrossCheckReading(Base):
    """读取: what one reading of the bytes, with the answers so far, made of the file."""

    __tablename__ = "cross_check_reading"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("cross_check_file.id"))
    number: Mapped[int]
    """The newest one counts."""
    read_at: Mapped[datetime] = mapped_column(Moment)
    rows: Mapped[int] = mapped_column(Key)
    understood: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Kind, encoding, sheet, heading row, columns; from ``ingest``."""
    problems: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """The first of them, as ``ingest`` said them."""
    problem_count: Mapped[int]


class CrossCheckRow(Base):
    """第三方数据行: one row of a file as one reading understood it."""

    __tablename__ = "cross_check_row"
    __table_args__ = (
        one_of("state", CROSS_ROW_STATES),
        UniqueConstraint("reading_id", "row_no"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    reading_id: Mapped[int] = mapped_column(ForeignKey("cross_check_reading.id"))
    row_no: Mapped[int]
    """As the person sees it in Excel."""
    state: Mapped[str] = mapped_column(String(12))
    fields: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    """Canonical values of the fields that are looked for."""
    unread: Mapped[list[str]] = mapped_column(CanonicalJson)
    """Fields whose cells could not be read, so that they are not compared."""
    reason: Mapped[str] = mapped_column(String(40), default="")
    """Why a row is no data."""


class CrossCheckComparison(Base):
    """一次比对: a reading held against the shipments as they stood; kept where it found anew."""

    __tablename__ = "cross_check_comparison"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("cross_check_file.id"), index=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("cross_check_reading.id"))
    comparer: Mapped[str] = mapped_column(String(16))
    """Version of the comparison."""
    compared_at: Mapped[datetime] = mapped_column(Moment)
    several: Mapped[dict[str, list[int]]] = mapped_column(CanonicalJson, deferred=True)
    """Number of a row that fits several shipments equally -> their ids; none of them is meant."""


class CrossCheckResult(Base):
    """比对结果: what one file says of one shipment, beside the shipment as it stood."""

    __tablename__ = "cross_check_result"
    __table_args__ = (
        one_of("outcome", CROSS_OUTCOMES),
        Index(
            "uq_cross_check_result_standing",
            "file_id",
            "shipment_id",
            unique=True,
            sqlite_where=text("standing = 1"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("cross_check_file.id"))
    comparison_id: Mapped[int] = mapped_column(ForeignKey("cross_check_comparison.id"), index=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    shipment_version_no: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """Of each compared field: outcome, ours, theirs, rows; none where there is no answer."""
    standing: Mapped[bool] = mapped_column(default=True)
    file: Mapped[CrossCheckFile] = relationship(init=False, lazy="joined")
    comparison: Mapped[CrossCheckComparison] = relationship(init=False, lazy="joined")
    shipment: Mapped[Shipment] = relationship(init=False)


class CrossCheckNamed(Base):
    """对应: a row of the file that names the shipment of a result."""

    __tablename__ = "cross_check_named"
    __table_args__ = (
        UniqueConstraint("result_id", "row_id"),
        Index("ix_cross_check_named_row_id", "row_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    result_id: Mapped[int] = mapped_column(ForeignKey("cross_check_result.id"))
    row_id: Mapped[int] = mapped_column(ForeignKey("cross_check_row.id"))
