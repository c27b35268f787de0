"""Routes 线路: a shipment's route as a page shows it: names, km by part, the strip, the reasons."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.match import Match, strip
from ingest.network import Network
from tracker.models.cargo import Route, Shipment
from tracker.papers import strips
from tracker.steps import networks
from tracker.web.filters import territory, tongue


@dataclass(frozen=True)
class PartOf:
    """So many km in one league or country."""

    kind: str
    code: str
    name: str
    km_tenths: int


@dataclass(frozen=True)
class RouteView:
    """One version of a shipment's route, in words."""

    route: Route
    corridor: str
    hub: str
    port: str
    league: str
    km_source: str
    parts: tuple[PartOf, ...]
    stops: tuple[tuple[str, int, str], ...]
    """(name, tenths of km from the start, sign) for the strip diagram."""
    reasons: tuple[str, ...]
    candidates: tuple[tuple[str, int], ...]
    """(corridor, score per mille), best first."""
    domestic_km_tenths: int | None
    province_km_tenths: int | None
    attribution: str


def of(session: Session, shipment: Shipment) -> list[RouteView]:
    """All versions of the route, the standing one first, then the newest."""
    query = (
        select(Route)
        .where(Route.shipment_id == shipment.id)
        .order_by(Route.standing.desc(), Route.id.desc())
    )
    return [_view(route) for route in session.scalars(query)]


def part_name(network: Network, kind: str, code: str) -> str:
    """What people call a part of a corridor."""
    language = tongue()
    if kind == "league":
        names = {league.code: league.names for league in network.leagues}
        return names[code].text(language) if code in names else code
    if code == "CN":
        return "China, outside the leagues" if language == "en" else "中国境内其他路段"
    return territory(code)


Mark = tuple[str, int, str]
"""A name, tenths of km from the start of the route, a sign."""


def stops_of(route: Route, language: str) -> tuple[Mark, ...]:
    """The marks of a route; none where it is unmatched."""
    return marks(Match.from_json(route.match), networks.opened(route.network_version), language)


def marks(found: Match, network: Network, language: str) -> tuple[Mark, ...]:
    """The same of a match on a network."""
    start = found.start_km_tenths or 0
    return tuple(
        (stop.en if language == "en" else stop.zh, stop.km_tenths - start, strips.KINDS[stop.kind])
        for stop in strip(found, network)
        if stop.on_route
    )


def _view(route: Route) -> RouteView:
    network = networks.opened(route.network_version)
    language = tongue()
    found = Match.from_json(route.match)
    corridor = network.corridor(route.corridor) if route.corridor else None
    hubs = {hub.id: hub.names.text(language) for hub in network.hubs}
    leagues = {league.code: league.names.text(language) for league in network.leagues}
    return RouteView(
        route=route,
        corridor=corridor.names.text(language) if corridor else "",
        hub=hubs.get(route.hub or "", route.hub or ""),
        port=network.port(route.port).names.text(language) if route.port else "",
        league=leagues.get(route.league_code or "", ""),
        km_source=corridor.km_source if corridor else "",
        parts=tuple(
            PartOf(kind, code, part_name(network, kind, code), tenths)
            for kind, code, tenths in found.parts
        ),
        stops=marks(found, network, language),
        reasons=tuple(
            str(reason["en" if language == "en" else "zh"])
            for reason in route.match.get("reasons", [])
        ),
        candidates=found.candidates,
        domestic_km_tenths=found.domestic_km_tenths,
        province_km_tenths=found.province_km_tenths,
        attribution=network.attribution,
    )
