"""Networks 路网: the versions of the route network; corridors with stations and km, hubs, ports."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from ingest.network import Network
from ingest.network.model import Corridor
from tracker import access
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models.networks import NetworkVersion
from tracker.steps import networks as steps
from tracker.web import context, policy
from tracker.web.filters import tongue
from tracker.web.routes import PartOf, part_name

BASES: dict[str, str] = {"policy_measure_2": mark("Measure 2 of the policy")}
"""What the seed's hubs are registered by -> msgid."""

bp = Blueprint("networks", __name__, url_prefix="/networks")


@dataclass(frozen=True)
class Stop:
    """One station of a corridor."""

    name: str
    km_tenths: int
    sign: str
    """``hub``, ``port``, ``station`` or ``abroad``, as on the strip."""
    part: str
    """In which league or country it lies."""


@dataclass(frozen=True)
class Line:
    """One corridor as the list shows it."""

    corridor: Corridor
    name: str
    begins: str
    ends: str
    port: str

    @property
    def domestic_km_tenths(self) -> int:
        """Km from its beginning to the border."""
        return self.corridor.border_km_tenths - self.corridor.start_km_tenths

    @property
    def km_tenths(self) -> int:
        """Km over all."""
        return self.corridor.end_km_tenths - self.corridor.start_km_tenths


@dataclass(frozen=True)
class Drawn:
    """One corridor whole: its line, its stations, its km by league and country."""

    line: Line
    stops: list[Stop]
    parts: list[PartOf]


@dataclass(frozen=True)
class PlaceRow:
    """A hub or a port as the list shows it."""

    id: str
    name: str
    place: str
    modes: tuple[str, ...]
    note: str
    """What a hub is registered by; customs offices of a port."""


@bp.get("")
@policy.may("see_networks")
def networks() -> ResponseReturnValue:
    """The version in force, and the others below."""
    session = context.session()
    found = steps.in_force(session, local_day(context.now()))
    return _page(found)


@bp.get("/<int:key>")
@policy.may("see_networks")
def network(key: int) -> ResponseReturnValue:
    """One version."""
    return _page(access.see(context.session(), select(NetworkVersion), key))


@bp.get("/<int:key>/corridors/<name>")
@policy.may("see_networks")
def corridor(key: int, name: str) -> ResponseReturnValue:
    """One corridor of a version: its strip, its stations with km, its km by league and country."""
    version = access.see(context.session(), select(NetworkVersion), key)
    opened = steps.opened(version)
    found = drawn(opened, corridor_of(opened, name))
    return render_template(
        "networks/corridor.html",
        version=version,
        line=found.line,
        stops=found.stops,
        parts=found.parts,
        attribution=opened.attribution,
    )


def corridor_of(network: Network, name: str) -> Corridor:
    """The corridor of this name; raises ``NotThere``."""
    found = next((one for one in network.corridors if one.id == name), None)
    if found is None:
        raise NotThere(mark("The network has no such corridor."), mark("Choose one of the list."))
    return found


def drawn(opened: Network, found: Corridor) -> Drawn:
    """A corridor with all that its page shows of it."""
    parts = [
        PartOf(kind, code, part_name(opened, kind, code), tenths)
        for kind, code, tenths in found.parts(found.start_km_tenths, found.end_km_tenths)
    ]
    return Drawn(line(opened, found), stops(opened, found), parts)


def _page(version: NetworkVersion | None) -> str:
    session = context.session()
    versions = session.scalars(select(NetworkVersion).order_by(NetworkVersion.valid_from.desc()))
    opened = steps.opened(version) if version else None
    in_force = steps.in_force(session, local_day(context.now()))
    return render_template(
        "networks/list.html",
        version=version,
        versions=versions.all(),
        in_force=in_force,
        lines=[line(opened, one) for one in opened.corridors] if opened else [],
        hubs=hubs(opened) if opened else [],
        ports=ports(opened) if opened else [],
        places=len(opened.places) if opened else 0,
        attribution=opened.attribution if opened else "",
    )


def line(opened: Network, found: Corridor) -> Line:
    """A corridor with its names."""
    language = tongue()
    first, last = found.stations[0], found.stations[-1]
    return Line(
        corridor=found,
        name=found.names.text(language),
        begins=_station_name(opened, first.kind, first.id),
        ends=_station_name(opened, last.kind, last.id),
        port=opened.port(found.port).names.text(language),
    )


def stops(opened: Network, found: Corridor) -> list[Stop]:
    """The stations of a corridor in their order."""
    places = {hub.place for hub in opened.hubs}
    made = []
    for station in found.stations:
        piece = next(point for point, end in found.pieces() if station.km_tenths <= end)
        inside = station.km_tenths <= found.border_km_tenths
        sign = "port" if station.kind == "port" else "hub" if station.id in places else "station"
        made.append(
            Stop(
                name=_station_name(opened, station.kind, station.id),
                km_tenths=station.km_tenths - found.start_km_tenths,
                sign=sign if inside else "abroad",
                part=part_name(opened, piece.kind, piece.code),
            )
        )
    return made


def hubs(opened: Network) -> list[PlaceRow]:
    """The registered hubs."""
    language = tongue()
    return [
        PlaceRow(
            id=hub.id,
            name=hub.names.text(language),
            place=opened.place(hub.place).names.text(language),
            modes=(),
            note=gettext(BASES[hub.basis]) if hub.basis in BASES else hub.basis,
        )
        for hub in opened.hubs
    ]


def ports(opened: Network) -> list[PlaceRow]:
    """The ports; the highway and the railway port of one town are two."""
    language = tongue()
    return [
        PlaceRow(
            id=port.id,
            name=port.names.text(language),
            place=opened.place(port.place).names.text(language) if port.place else "",
            modes=port.modes,
            note="、".join((*port.offices, *port.town_offices)),
        )
        for port in opened.ports
    ]


def _station_name(opened: Network, kind: str, name: str) -> str:
    found = opened.port(name) if kind == "port" else opened.place(name)
    return found.names.text(tongue())
