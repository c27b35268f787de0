"""Pinning 人工定线办理: a reviewer sets shipments on a corridor, with a reason."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.match import Match
from rules.registry import Registry
from tracker import access
from tracker.books import audit, ledger
from tracker.bulk import among
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.cargo import Shipment
from tracker.models.money import Entry, Item, ItemStage
from tracker.models.people import LEAGUE_ROLES, User
from tracker.models.pins import Pin
from tracker.steps import accrual, networks, pins, preview, routing, shipments

PINNED = "route.pin"
"""Kind of the entry, and of the audit event."""


@dataclass(frozen=True)
class Choice:
    """What a reviewer decides: a corridor, the places meant, and why."""

    corridor: str
    places: Mapping[str, str]
    """``near`` and ``far``: ids of places, where the words name none that we know."""
    reason: str


@dataclass(frozen=True)
class Group:
    """Shipments that say the same of their route, the first accepted first."""

    words: Mapping[str, Any]
    sha256: str
    shipments: tuple[Shipment, ...]


def groups(found: Sequence[Shipment]) -> list[Group]:
    """The shipments by what they say, the longest waiting first."""
    alike: dict[str, list[Shipment]] = defaultdict(list)
    for one in found:
        alike[pins.sha256(pins.said(one))].append(one)
    return [Group(pins.said(some[0]), key, tuple(some)) for key, some in alike.items()]


def tried(session: Session, one: Shipment, choice: Choice) -> Match | None:
    """The route that the choice would give the shipment; None where it gives none."""
    version = networks.in_force(session, one.departure_date)
    if version is None:
        return None
    network = networks.opened(version).on(one.departure_date)
    return pins.routed(pins.said(one), choice.corridor, choice.places, network)


def effect(
    session: Session, registry: Registry, found: Sequence[Shipment], choice: Choice
) -> tuple[int, int | None]:
    """Fen the shipments earn now, and what they would on the route; None where nobody knows."""
    routes = {one.id: tried(session, one, choice) for one in found}
    known = {key: route for key, route in routes.items() if route is not None}
    query = select(func.sum(ItemStage.balance)).join(Item, Item.id == ItemStage.item_id)
    ids = [one.id for one in found]
    query = query.where(ItemStage.stage == "accrued", among(session, Item.shipment_id, ids))
    return int(session.scalar(query) or 0), preview.on_route(session, registry, found, known)


def pin(
    session: Session,
    registry: Registry,
    user: User,
    found: Sequence[Shipment],
    choice: Choice,
    now: datetime,
) -> int:
    """Set the shipments on the corridor and accrue what they now earn; how many.

    What was filed already keeps its amount until it is adjusted. Raises ``NotAllowed`` for who may
    not, ``Refused`` without a reason or where the corridor does not fit, ``Conflict`` for what is
    before the league, or was filed and would be another league's.
    """
    access.require(user, "pin_route")
    if not choice.reason.strip():
        raise Refused(mark("A reason is needed."), mark("Say how you know the route."))
    settled = shipments.settled(session, [one.id for one in found])
    _require_not_before(session, settled)
    for one in found:
        _require_fitting(session, user, one, choice, settled=one.id in settled)
    entry = _told(session, user, found, choice, now)
    session.add_all(
        Pin(
            shipment_id=one.id,
            asked_sha256=pins.sha256(pins.said(one)),
            corridor=choice.corridor,
            places=dict(choice.places),
            reason=choice.reason.strip(),
            user_id=user.id,
            pinned_at=now,
            seq=entry.seq,
        )
        for one in found
    )
    session.flush()
    audit.done(
        session,
        user,
        PINNED,
        f"entry:{entry.seq}",
        now,
        {"corridor": choice.corridor, "shipments": len(found)},
    )
    cause = accrual.Cause(f"pin:{entry.seq}", user.login, now)
    units = shipments.units_of(session, found)
    routing.route(session, registry, found, units, cause, f"entry:{entry.seq}")
    return len(found)


def _told(
    session: Session, user: User, found: Sequence[Shipment], choice: Choice, now: datetime
) -> Entry:
    """The entry that tells of the decision; it moves no money."""
    return ledger.tell(
        session,
        PINNED,
        ledger.next_cause(session, f"pin:{pins.sha256(pins.said(found[0]))[:32]}"),
        user.login,
        {
            "corridor": choice.corridor,
            "places": dict(choice.places),
            "reason": choice.reason.strip(),
            "shipments": [[one.firm.uscc, one.unit_key, one.version_no] for one in found],
        },
        now,
    )


def _require_not_before(session: Session, settled: Collection[int]) -> None:
    """Refuse while money of theirs is before the league, which can give the application back.

    What was filed keeps its amount: whether another route makes it another one, an adjustment says.
    """
    before = select(Item.shipment_id).join(ItemStage, ItemStage.item_id == Item.id)
    before = before.where(ItemStage.stage == "applied", ItemStage.balance > 0)
    if session.scalar(before.where(among(session, Item.shipment_id, sorted(settled))).limit(1)):
        raise Conflict(
            mark("Its money has been applied for; the route stays as it was judged."),
            mark("Return the application first."),
        )


def _require_fitting(
    session: Session, user: User, one: Shipment, choice: Choice, *, settled: bool
) -> None:
    route = tried(session, one, choice)
    if route is None or route.league is None:
        raise Refused(
            mark("%(shipment)s has no start or no end on this corridor."),
            mark("Say which places its words mean, or choose another corridor."),
            shipment=one.label,
        )
    if settled and (one.league is None or route.league != one.league.code):
        raise Conflict(
            mark("By this route %(shipment)s, which was filed, is another league's."),
            mark("What was paid for it is demanded back, and the other league is applied to."),
            shipment=one.label,
        )
    if user.role in LEAGUE_ROLES and (user.league is None or route.league != user.league.code):
        raise NotAllowed(
            mark("By this route the shipment is another league's."),
            mark("Leave it to that league, or to Commerce."),
        )
