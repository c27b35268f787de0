"""Networks 路网: which version of the corridors judges a shipment of a given day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.network import Network, faults
from tracker.books import audit, ledger, queue
from tracker.db import canonical
from tracker.errors import Conflict, Refused, mark
from tracker.models.networks import NetworkVersion

MOST_TOLD = 5


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

    Raises ``Conflict`` where another version begins on that day, or where this very network is kept
    already from another day: one made with ``amend`` never is, for it names the one before it.
    """
    known = session.scalar(select(NetworkVersion).where(NetworkVersion.sha256 == network.sha256))
    if known is not None and known.valid_from == valid_from:
        return known
    if known is not None:
        raise Conflict(
            mark("This very network is kept already, in force from %(day)s."),
            mark("Make the new version from the one in force instead."),
            day=known.valid_from.isoformat(),
        )
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
    if not_first(session, version):
        payload = {"network": network.sha256, "login": actor}
        queue.enqueue(session, "match_waiting", f"match_waiting:{network.sha256}", payload, now)
    return version


def not_first(session: Session, version: NetworkVersion) -> bool:
    """Whether another version was kept before it, so that shipments may wait that it can match."""
    query = select(NetworkVersion.id).where(NetworkVersion.id < version.id).limit(1)
    return session.scalar(query) is not None


def days_of(session: Session, version: NetworkVersion) -> tuple[date, date]:
    """The first and the last day on which the version is the one in force."""
    query = select(func.min(NetworkVersion.valid_from))
    after = session.scalar(query.where(NetworkVersion.valid_from > version.valid_from))
    return version.valid_from, after - timedelta(days=1) if after else date.max


def amend(
    session: Session,
    change: Callable[[Network], Network],
    valid_from: date,
    *,
    actor: str,
    now: datetime,
    note: str,
) -> NetworkVersion:
    """Make a new version from the one in force on a day, by a pure function, from that day on.

    ``change`` takes the network in force on ``valid_from`` and returns the amended one, built with
    ``dataclasses.replace``; it reads no database and no clock. Gather all that is to begin on one
    day into one call: no two versions begin on the same day. A version that begins later keeps what
    it says, so whoever changes the past amends each later one as well. For example, names that
    people were found to write::

        networks.amend(
            session,
            lambda network: with_aliases(network, {"moscow": ("Moskva-Tovarnaya",)}),
            date(2026, 12, 1),
            actor=user.login,
            now=now,
            note="别名：莫斯科",
        )

    Shipments already matched keep their route; those that wait unmatched on its days are matched
    anew by a job. Raises ``Conflict`` where nothing is in force on
    the day, where nothing would change, or where another version begins on it, ``Refused`` naming
    the faults of what ``change`` made.
    """
    before = in_force(session, valid_from)
    if before is None:
        raise Conflict(
            mark("No network of corridors is in force on this day."),
            mark("Choose a later day, or import a network from that day on."),
        )
    base = opened(before)
    found = replace(change(base), before=base.before)
    if found == base:
        raise Conflict(
            mark("Nothing is otherwise than in the version in force on this day."),
            mark("Change something first."),
        )
    require_sound(found)
    found = replace(found, before=before.sha256)
    return record(session, found, valid_from, actor=actor, now=now, note=note)


def bring_in(
    session: Session,
    network: Network,
    valid_from: date,
    *,
    over: NetworkVersion | None,
    actor: str,
    now: datetime,
    note: str,
) -> NetworkVersion:
    """Keep a whole network that came in a file, in force from a day, in the place of the one then.

    ``over`` is the version in force then as the person saw it. Raises ``Conflict`` where another
    one is by now, and as ``amend``, but for a day on which none is in force yet.
    """
    then = in_force(session, valid_from)
    if (then and then.id) != (over and over.id):
        raise Conflict(
            mark("Another network is in force on this day than when this was looked at."),
            mark("Look at the changes again."),
        )
    if then is None:
        require_sound(network)
        version = record(session, network, valid_from, actor=actor, now=now, note=note)
    else:
        version = amend(session, lambda _: network, valid_from, actor=actor, now=now, note=note)
    audit.record(
        session,
        at=now,
        login=actor,
        action="network.import",
        subject=version.sha256,
        detail={"valid_from": valid_from.isoformat(), "note": note},
    )
    return version


def require_sound(network: Network) -> None:
    """Raise ``Refused`` naming what does not fit together."""
    wrong = faults(network)
    if wrong:
        raise Refused(
            mark("The network is not sound: %(faults)s"),
            mark("Mend what is named and try again."),
            faults="；".join(str(fault) for fault in wrong[:MOST_TOLD]),
        )


def in_force(session: Session, day: date) -> NetworkVersion | None:
    """The version that began last on or before the day."""
    query = select(NetworkVersion).where(NetworkVersion.valid_from <= day)
    return session.scalar(query.order_by(NetworkVersion.valid_from.desc()).limit(1))


def corridor_names(session: Session, versions: set[int]) -> dict[tuple[int, str], str]:
    """Network version and corridor -> its Chinese name."""
    query = select(NetworkVersion).where(NetworkVersion.id.in_(versions))
    return {
        (version.id, corridor["id"]): corridor["names"]["zh"]
        for version in session.scalars(query)
        for corridor in version.body["corridors"]
    }


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
