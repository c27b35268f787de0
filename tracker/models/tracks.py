"""Tracks 轨迹: files of positions, the vehicles in them, what shipments they show, what they prove.

The bytes, the declared datum and zone never change, nor does what a check found: another route or
another checker is a new check, and the old one stays to be read. Nothing is deleted: a file is
withdrawn with a reason, a link is removed and stays. Positions themselves are read from the bytes
whenever they are asked for.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment, one_of
from tracker.models.cargo import SOURCES, Route, Shipment
from tracker.models.people import Firm, User

TRACK_DATUMS = ("WGS84", "GCJ02", "BD09")
TRACK_FILE_STATES = ("received", "read", "refused", "withdrawn")
SECTIONS = ("province", "domestic", "abroad")
"""区内段, 境内段, 境外段: the sections of a route that are proven one by one."""
VERDICTS = ("proven", "contradicted", "not_proven")


class TrackFile(Base):
    """轨迹文件: one upload by one firm, with the datum and the zone that it declared."""

    __tablename__ = "track_file"
    __table_args__ = (
        one_of("datum", TRACK_DATUMS),
        one_of("state", TRACK_FILE_STATES),
        one_of("source", SOURCES),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            "withdrawn",
        ),
        Index(
            "uq_track_file_live",
            "firm_id",
            "sha256",
            unique=True,
            sqlite_where=text("state NOT IN ('refused', 'withdrawn')"),
            postgresql_where=text("state NOT IN ('refused', 'withdrawn')"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Key)
    datum: Mapped[str] = mapped_column(String(8))
    """坐标系 as declared; never guessed and never changed by what the points look like."""
    zone: Mapped[str] = mapped_column(String(40))
    """Of times without an offset, such as +08:00; blank where every time has its own."""
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(String(8), default="web")
    state: Mapped[str] = mapped_column(String(12), default="received")
    reading: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson, default=None)
    """What reading found: kind, rows, points, what was left out, problems in both languages."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    withdrawn_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), default=None
    )
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined", foreign_keys=[user_id])


class Track(Base):
    """轨迹: one vehicle of a file; its points are in the file's bytes."""

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("track_file_id", "number"),
        Index("ix_track_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    track_file_id: Mapped[int] = mapped_column(ForeignKey("track_file.id"))
    number: Mapped[int]
    """Place in the file, from 1."""
    plate: Mapped[str] = mapped_column(String(40))
    """As the file says; blank where it names no vehicle."""
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    points: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the places: the same in another file is a copy, whatever plate and times say."""
    dropped: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Why points were left out -> how many."""
    file: Mapped[TrackFile] = relationship(init=False, lazy="joined")


class TrackLink(Base):
    """轨迹关联: a track shows a shipment; found by plate and day, or set by a person."""

    __tablename__ = "track_link"
    __table_args__ = (
        CheckConstraint("removed_user_id IS NULL OR removed_at IS NOT NULL", "removed"),
        Index(
            "uq_track_link_standing",
            "track_id",
            "shipment_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    """Who set it; None where plate and day fit."""
    removed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    removed_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    """Who took it off; None where plate and day fit no longer. What a person took off is not set
    again by itself."""
    track: Mapped[Track] = relationship(init=False)
    shipment: Mapped[Shipment] = relationship(init=False)
    user: Mapped[User | None] = relationship(init=False, foreign_keys=[user_id])


class TrackCheck(Base):
    """轨迹核验: what a track shows of a shipment's route, by section, as one checker found it."""

    __tablename__ = "track_check"
    __table_args__ = (
        *(one_of(section, VERDICTS) for section in ("outcome", *SECTIONS)),
        Index(
            "uq_track_check_standing",
            "track_id",
            "shipment_id",
            unique=True,
            sqlite_where=text("standing = 1"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"))
    """The route it was laid on, and by that the version of the network."""
    checker: Mapped[str] = mapped_column(String(16))
    """Version of the checker."""
    declared: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """What was declared of the shipment and compared: direction, days."""
    checked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(12))
    """Over the whole way, with what concerns no section, such as a copy."""
    province: Mapped[str] = mapped_column(String(12))
    domestic: Mapped[str] = mapped_column(String(12))
    abroad: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """The whole answer of ``ingest.tracks``: findings, crossing, gaps, progress."""
    standing: Mapped[bool] = mapped_column(default=True)
    """It ends where another check takes its place, or the track shows the shipment no longer."""
    track: Mapped[Track] = relationship(init=False)
    route: Mapped[Route] = relationship(init=False)
