"""Further sheets 附表 of a manifest: legs 分段 as rows, parcel lists 包裹清单 counted and hashed.

What an upload said stands while the upload does: of several versions the newest one of an upload
that is committed. So nothing has to be put back when an upload is withdrawn or replaced.
"""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, CanonicalJson, Key, one_of

LEG_STATES = ("new", "unchanged", "changed", "held")
"""``held``: its shipment has not gone in."""
LIST_STATES = (*LEG_STATES, "claimed")
"""``claimed``: a parcel of it went in with another shipment since the file was read."""


class FurtherSheet(Base):
    """附表: a sheet of legs or parcels as it was read; its rows end in states of their own."""

    __tablename__ = "further_sheet"
    __table_args__ = (one_of("kind", ("legs", "parcels")),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    sheet: Mapped[str] = mapped_column(String(120))
    header_row: Mapped[int]
    mapping: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Column letter -> field."""
    unknown: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """Column letter -> heading of a column that means nothing to us and is not kept."""
    rows_read: Mapped[int]
    states: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """State -> rows that ended in it; they add up to the rows read."""


class Leg(Base):
    """分段: one leg of a shipment as one upload says it; a correction is a new version."""

    __tablename__ = "leg"
    __table_args__ = (one_of("state", LEG_STATES), UniqueConstraint("further_sheet_id", "row_no"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    further_sheet_id: Mapped[int] = mapped_column(ForeignKey("further_sheet.id"))
    row_no: Mapped[int]
    unit_key: Mapped[str] = mapped_column(String(200))
    leg_no: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    content_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipment.id"), default=None, index=True
    )
    """None until it went in."""
    version_no: Mapped[int | None] = mapped_column(default=None)
    """From 1 within shipment and number; the same content keeps its version."""


class ParcelList(Base):
    """包裹清单: the parcels of one shipment in one upload, counted and hashed, never as rows."""

    __tablename__ = "parcel_list"
    __table_args__ = (one_of("state", LIST_STATES), UniqueConstraint("manifest_id", "unit_key"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    unit_key: Mapped[str] = mapped_column(String(200))
    departure_date: Mapped[date]
    row_count: Mapped[int] = mapped_column(Key)
    parcel_count: Mapped[int] = mapped_column(Key)
    list_count: Mapped[int] = mapped_column(Key)
    """Different 9610 lists that the rows name."""
    value_fen: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    """Currency -> hundredths; None where a row has no value."""
    weight_g: Mapped[int | None] = mapped_column(Key)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the parcels' numbers under the firm's code: eight bytes each, sorted."""
    content_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipment.id"), default=None, index=True
    )
    """None until it went in."""
    version_no: Mapped[int | None] = mapped_column(default=None)
    """From 1 within the shipment; the same content keeps its version."""
