"""Pins access 人工定线权限: which shipments without a route a reviewer may look at.

A league sees those that name one of its places as where they set out, and such as name none that we
know; Commerce and the auditor all. The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, or_, select

from tracker.access import may
from tracker.models.cargo import Route, Shipment
from tracker.models.people import LEAGUE_ROLES, User
from tracker.models.pins import Pin


def unmatched(user: User) -> Select[Shipment]:
    """Standing shipments whose route cannot be told, as far as one may review them."""
    found = (
        select(Shipment)
        .join(Route, (Route.shipment_id == Shipment.id) & Route.standing)
        .where(Shipment.state == "standing", Route.state != "matched")
    )
    if not may(user, "see_unmatched"):
        return found.where(false())
    if user.role not in LEAGUE_ROLES:
        return found
    assert user.league is not None, f"{user.login} belongs to nobody"
    return found.where(or_(Route.league_code.is_(None), Route.league_code == user.league.code))


def reviewable(user: User) -> Select[Shipment]:
    """Those without a route, and those that have one: the league's own, or set by hand before."""
    found = select(Shipment).where(Shipment.state == "standing")
    waiting = Shipment.id.in_(unmatched(user).with_only_columns(Shipment.id))
    if not may(user, "see_unmatched"):
        return found.where(false())
    if user.role in LEAGUE_ROLES:
        return found.where(waiting | (Shipment.league_id == user.league_id))
    return found.where(waiting | Shipment.id.in_(select(Pin.shipment_id)))
