"""Networks 路网: which version of the corridors judges a shipment of a given day."""

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import Network
from tracker.books import ledger
from tracker.db import canonical
from tracker.errors import Conflict, mark
from tracker.models.networks import NetworkVersion


def record(
    session: Session,
    network: Network,
    valid_from: date,
    *,
    actor: str,
    now: datetime,
    note: str = "",
) -> NetworkVersion:
    """Keep a network as an immutable version, in force from a day; the same one again is the same.

    Raises ``Conflict`` when another version begins on that day.
    """
    known = session.scalar(select(NetworkVersion).where(NetworkVersion.sha256 == network.sha256))
    if known is not None:
        return known
    if session.scalar(select(NetworkVersion).where(NetworkVersion.valid_from == valid_from)):
        raise Conflict(
            mark("Another version of the network begins on this day."),
            mark("Choose another day."),
        )
    version = NetworkVersion(
        sha256=network.sha256, body=network.as_json(), valid_from=valid_from, note=note
    )
    session.add(version)
    ledger.post(
        session,
        ledger.Draft(
            kind="network.record",
            cause=f"network:{network.sha256}",
            business_date=valid_from,
            actor=actor,
            moves=(),
            detail={"network": network.sha256, "valid_from": valid_from.isoformat()},
        ),
        now=now,
    )
    session.flush()
    return version


def in_force(session: Session, day: date) -> NetworkVersion | None:
    """The version that began last on or before the day."""
    query = select(NetworkVersion).where(NetworkVersion.valid_from <= day)
    return session.scalar(query.order_by(NetworkVersion.valid_from.desc()).limit(1))


def opened(version: NetworkVersion) -> Network:
    """The network as a value, ready to match with; built once per version and process."""
    return _opened(version.sha256, _Carried(version))


class _Carried:
    """Carries the row past the cache: equal to every other, as the hash already tells."""

    def __init__(self, version: NetworkVersion) -> None:
        self.version = version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Carried)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _opened(sha256: str, carried: _Carried) -> Network:
    body = carried.version.body
    network = Network.from_json(body)
    assert network.sha256 == sha256, f"network {sha256} was altered: {canonical(body)[:80]}"
    return network
