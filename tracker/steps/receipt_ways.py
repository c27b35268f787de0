"""Ways 行驶线路 on a receipt: a shipment's route, marks and tracks as they stood when it was made.

They are kept whole in the content, so that years later the receipt draws the same picture.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, strip
from tracker import access
from tracker.access import tracks as track_access
from tracker.models.cargo import Route, Shipment
from tracker.models.people import User
from tracker.models.tracks import SECTIONS, TrackCheck
from tracker.steps import networks


def of(session: Session, user: User, found: Shipment) -> Mapping[str, Any]:
    """Corridor, km, marks and tracks of the standing route; no corridor where none is matched."""
    route = session.scalar(select(Route).where(Route.shipment_id == found.id, Route.standing))
    if route is None or route.corridor is None:
        return {"corridor": None}
    network = networks.opened(route.network_version)
    names = network.corridor(route.corridor).names
    match = Match.from_json(route.match)
    start = match.start_km_tenths or 0
    return {
        "corridor": {"id": route.corridor, "zh": names.zh, "en": names.en},
        "network_sha256": route.network_version.sha256,
        "distance_tenth_km": route.distance_km_tenths,
        "domestic_tenth_km": match.domestic_km_tenths,
        "stops": [
            {"zh": one.zh, "en": one.en, "tenth_km": one.km_tenths - start, "kind": one.kind}
            for one in strip(match, network)
            if one.on_route
        ],
        "tracks": [_track(one, start) for one in _checks(session, user, route)],
    }


def _checks(session: Session, user: User, route: Route) -> list[TrackCheck]:
    if not access.may(user, "see_tracks"):
        return []
    query = track_access.visible_track_checks(user).where(
        TrackCheck.route_id == route.id, TrackCheck.standing
    )
    return list(session.scalars(query.order_by(TrackCheck.id)))


def _track(one: TrackCheck, start: int) -> Mapping[str, Any]:
    body = one.body
    return {
        "plate": one.track.plate,
        "checker": one.checker,
        **{name: getattr(one, name) for name in ("outcome", *SECTIONS)},
        "progress": [[at, km - start, on] for at, km, on in body["progress"]],
        "gaps": [[first, last, bridged] for first, last, *_, bridged in body["gaps"]],
        "crossed_at": body["crossed_at"],
    }
