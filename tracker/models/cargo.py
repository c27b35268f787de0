"""Cargo 货物: manifests with rows and problems; shipments with lines and boxes; routes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Fen, Key, Moment, one_of
from tracker.models.networks import NetworkVersion
from tracker.models.people import Firm, League, User

MANIFEST_STATES = ("received", "checked", "refused", "committing", "committed", "withdrawn")
ROW_STATES = (
    "new",
    "unchanged",
    "changed",
    "replaces",
    "contested",
    "doubled",
    "refused",
    "asked",
    "not_data",
)
MENDED_STATES = ("refused", "asked")
"""Of rows that stay out until somebody mends or answers: their cells are kept to be corrected."""
SOURCES = ("web", "api", "inbox")
"""How an upload came: from the page, from a system by the API, or from a firm's inbox."""
SHIPMENT_STATES = ("standing", "contested", "withdrawn")
ROUTE_STATES = ("matched", "ambiguous", "unmatched")


class Manifest(Base):
    """发运明细表: one upload by one firm; the same bytes stand once while live."""

    __tablename__ = "manifest"
    __table_args__ = (
        one_of("state", MANIFEST_STATES),
        one_of("source", SOURCES),
        Index(
            "uq_manifest_live",
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
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16), default="received")
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int] = mapped_column(default=0)
    reading: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson, default=None)
    """How the file was understood: kind, encoding, sheet, header row, mapping; from ``ingest``."""
    estimate_fen: Mapped[int | None] = mapped_column(Fen, default=None)
    """What the new and changed rows would earn, dry; only a preview."""
    committed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    readings: Mapped[int] = mapped_column(default=1)
    """How often it was asked to be read: once, and again after answers."""
    source: Mapped[str] = mapped_column(String(8), default="web")
    commits_itself: Mapped[bool] = mapped_column(default=False)
    """Whether it goes in by itself when the first reading leaves nothing to be asked."""
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    user: Mapped[User] = relationship(init=False, lazy="joined")


class ManifestRow(Base):
    """清单行: every row read ends in exactly one state, and the states add up to the rows read."""

    __tablename__ = "manifest_row"
    __table_args__ = (
        one_of("state", ROW_STATES),
        UniqueConstraint("manifest_id", "sheet", "row_no"),
        Index(
            "ix_manifest_row_before_id",
            "before_id",
            sqlite_where=text("before_id IS NOT NULL"),
            postgresql_where=text("before_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    sheet: Mapped[str] = mapped_column(String(120))
    row_no: Mapped[int]
    """As the person sees it in Excel."""
    state: Mapped[str] = mapped_column(String(12))
    fields: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson, default=None)
    """Canonical fields of an accepted row, values as text."""
    unit_key: Mapped[str | None] = mapped_column(String(200), default=None)
    line_key: Mapped[str | None] = mapped_column(String(300), default=None)
    content_sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why a row is no data, or a good row cannot simply go in; otherwise empty."""
    cells: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson, default=None)
    """The cells as they stand in the file, by column letter, of a row that stays out."""
    before_id: Mapped[int | None] = mapped_column(Key, default=None)
    """Cargo line that the row changes or takes the place of; somebody confirms that first."""
    taken_seq: Mapped[int | None] = mapped_column(Key, default=None)
    """Sequence of the entry with which the row began to count; None of one that stays out."""


class ManifestProblem(Base):
    """问题: what is wrong with one cell, row or file, as ``ingest`` said it."""

    __tablename__ = "manifest_problem"
    __table_args__ = (one_of("severity", ("refuse", "ask", "notice")),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    severity: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(60))
    sheet: Mapped[str | None] = mapped_column(String(120), default=None)
    row_no: Mapped[int | None] = mapped_column(default=None)
    column_letter: Mapped[str | None] = mapped_column(String(8), default=None)
    field: Mapped[str | None] = mapped_column(String(40), default=None)
    value: Mapped[str | None] = mapped_column(String(500), default=None)
    values: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, default_factory=dict)
    """What the message's text needs beside the value."""


class Shipment(Base):
    """一车次 / 一箱: the paid unit. Road: one vehicle crossing; rail: one box on one train."""

    __tablename__ = "shipment"
    __table_args__ = (one_of("state", SHIPMENT_STATES), UniqueConstraint("firm_id", "unit_key"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    unit_key: Mapped[str] = mapped_column(String(200), index=True)
    mode: Mapped[str] = mapped_column(String(8))
    direction: Mapped[str] = mapped_column(String(1))
    departure_date: Mapped[date] = mapped_column(index=True)
    border_exit_date: Mapped[date | None]
    label: Mapped[str] = mapped_column(String(60), index=True)
    """What people call it: the plate on the road, the box on rail."""
    unit: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """The unit as ``ingest.shipments`` put it together from the standing lines."""
    version_no: Mapped[int]
    accepted_seq: Mapped[int] = mapped_column(Key, unique=True)
    """Place in the queue of acceptance; kept through corrections. The total order of counters."""
    accepted_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(12), default="standing")
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), default=None, index=True)
    """The league of the standing route; None while unmatched."""
    waits_for: Mapped[str] = mapped_column(String(200), default="")
    """Why nothing is computed yet; empty when assessed."""
    firm: Mapped[Firm] = relationship(init=False, lazy="joined")
    league: Mapped[League | None] = relationship(init=False, lazy="joined")

    @hybrid_property
    def key(self) -> str:
        """Its natural code."""
        return self.unit_key

    @hybrid_property
    def day(self) -> date:
        """The day that assigns it: to a method in force, to a period."""
        return self.departure_date

    @hybrid_property
    def stands(self) -> bool:
        """Whether it counts."""
        return self.state == "standing"


class CargoLine(Base):
    """明细行（一票货）: one waybill's goods in one shipment; a correction is a new version."""

    __tablename__ = "cargo_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "line_key", "version_no"),
        Index(
            "uq_cargo_line_standing",
            "shipment_id",
            "line_key",
            unique=True,
            sqlite_where=text("standing = 1"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    manifest_row_id: Mapped[int] = mapped_column(ForeignKey("manifest_row.id"), index=True)
    line_key: Mapped[str] = mapped_column(String(300))
    """Identity within the shipment: the waybill."""
    version_no: Mapped[int]
    waybill_no: Mapped[str] = mapped_column(String(37), index=True)
    supervision_mode: Mapped[str] = mapped_column(String(4))
    goods_name: Mapped[str] = mapped_column(String(250))
    gross_weight_g: Mapped[int] = mapped_column(Key)
    packages: Mapped[int] = mapped_column(Key)
    fields: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    content_sha256: Mapped[str] = mapped_column(String(64))
    standing: Mapped[bool] = mapped_column(default=True)
    row: Mapped[ManifestRow] = relationship(init=False)


class Route(Base):
    """线路: the corridor a shipment was matched to, with its km by league and country."""

    __tablename__ = "route"
    __table_args__ = (
        one_of("state", ROUTE_STATES),
        Index(
            "uq_route_standing",
            "shipment_id",
            unique=True,
            sqlite_where=text("standing = 1"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    network_version_id: Mapped[int] = mapped_column(ForeignKey("network_version.id"))
    shipment_version_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    corridor: Mapped[str | None] = mapped_column(String(20))
    hub: Mapped[str | None] = mapped_column(String(20))
    port: Mapped[str | None] = mapped_column(String(20))
    league_code: Mapped[str | None] = mapped_column(String(6))
    distance_km_tenths: Mapped[int | None]
    confidence: Mapped[int]
    """Margin to the second candidate, per mille."""
    match: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """The whole answer of ``ingest.match``: km by part, candidates, reasons."""
    standing: Mapped[bool] = mapped_column(default=True)
    network_version: Mapped[NetworkVersion] = relationship(init=False)


class BorneKey(Base):
    """标识: what a shipment bears and may be known by, until an entry releases it."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(12))
    claim: Mapped[str] = mapped_column(String(200))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    released_seq: Mapped[int | None] = mapped_column(Key, default=None)
    """Sequence of the ledger entry by which the shipment bears it no longer."""


class ClaimKey(BorneKey):
    """唯一键: a shipment can be claimed once, across firms and leagues, while the claim is live.

    Kinds: ``unit``, ``box`` (box, day, direction), ``batch`` (batch, plate, departure date) and
    ``vehicle`` (plate, exit date, direction).
    """

    __tablename__ = "claim_key"
    __table_args__ = (
        Index(
            "uq_claim_key_live",
            "kind",
            "claim",
            unique=True,
            sqlite_where=text("released_seq IS NULL"),
            postgresql_where=text("released_seq IS NULL"),
        ),
    )


class WatchKey(BorneKey):
    """查重标识: what two shipments should not both bear and yet may: told, it bars nobody.

    Kinds: ``seal``, ``carnet`` (TIR), ``batch`` (the number alone) and ``trailer`` (plate, day,
    direction).
    """

    __tablename__ = "watch_key"
    __table_args__ = (Index("ix_watch_key_claim", "claim"),)
