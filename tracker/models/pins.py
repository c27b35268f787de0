"""Pins 人工定线: the corridor a reviewer set a shipment on; immutable.

A pin holds as long as the shipment says of its route what it said then; another pin replaces it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, CanonicalJson, Key, Moment
from tracker.models.cargo import Shipment
from tracker.models.people import User


class Pin(Base):
    """人工定线: a shipment's corridor, and the places its texts mean, with the reason."""

    __tablename__ = "pin"
    __table_args__ = (Index("ix_pin_shipment_id", "shipment_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    asked_sha256: Mapped[str] = mapped_column(String(64))
    """Of what the shipment said of its route; where it says otherwise now, the pin is void."""
    corridor: Mapped[str] = mapped_column(String(20))
    places: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """``near`` (in China) and ``far`` (abroad): ids of places, where the text said none we know."""
    reason: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    pinned_at: Mapped[datetime] = mapped_column(Moment)
    seq: Mapped[int] = mapped_column(Key)
    """Sequence of the entry that tells of it."""
    shipment: Mapped[Shipment] = relationship(init=False)
    user: Mapped[User] = relationship(init=False, lazy="joined")
