"""Networks 路网: immutable, content-addressed versions of corridors, places, hubs and ports."""

from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base, CanonicalJson, Key


class NetworkVersion(Base):
    """路网版本: a shipment is judged by the network in force on its departure day."""

    __tablename__ = "network_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column(CanonicalJson, deferred=True)
    """Large: read only when a process meets the version for the first time."""
    valid_from: Mapped[date] = mapped_column(unique=True)
    """First day in force; a version holds until the next one begins."""
    note: Mapped[str] = mapped_column(String(200), default="")
