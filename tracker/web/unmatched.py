"""Unmatched 待定线路: shipments whose route cannot be told, and where a reviewer sets them on one.

Those that say the same stand together, so that one decision serves all. What stands in the way is
said in words; the corridors that come nearest are drawn, and a place can be named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest.match import Match
from ingest.network import Network
from ingest.network.model import Corridor
from tracker import access
from tracker.access import pins as reviewed
from tracker.db import local_day
from tracker.errors import mark
from tracker.models.cargo import Route, Shipment
from tracker.models.people import User
from tracker.steps import matching, naming, networks, pinning, pins
from tracker.steps.pinning import Choice, Group
from tracker.web import asked, context, policy
from tracker.web.filters import tongue
from tracker.web.networks import corridor_of
from tracker.web.routes import marks

bp = Blueprint("unmatched", __name__, url_prefix="/unmatched")

MOST = 5_000
"""Shipments put together on one page, the longest waiting first."""
REASON_LENGTH, ID_LENGTH = 300, 60
LABELS: dict[str, str] = {
    "origin_place": mark("Place of departure"),
    "hub": mark("Hub"),
    "exit_customs": mark("Exit customs"),
    "border_station": mark("Border station"),
    "dest_country": mark("Country of destination"),
    "dest_place": mark("Destination"),
}
"""What a shipment says of its route -> msgid."""


@dataclass(frozen=True)
class Shown:
    """Shipments that say the same, as the list shows them."""

    group: Group
    words: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Candidate:
    """A corridor that comes near, drawn; with the route it would give as the words stand."""

    corridor: Corridor
    name: str
    score: int | None
    """Per mille; None for one that was asked for."""
    stops: tuple[tuple[str, int, str], ...]
    route: Match | None
    league: str
    """Whose shipment it would be."""


@dataclass(frozen=True)
class Taught:
    """A name that pins teach, as the list shows it."""

    suggestion: naming.Suggestion
    place: str
    others: tuple[str, ...]


@bp.get("")
@policy.may("see_unmatched")
def unmatched() -> ResponseReturnValue:
    """What waits for a reviewer, the longest first."""
    session, user = context.session(), context.user()
    query = reviewed.unmatched(user)
    total = asked.count(session, query)
    found = session.scalars(query.order_by(Shipment.accepted_seq).limit(MOST)).all()
    groups = pinning.groups(found)
    paged = asked.paged(len(groups))
    part = groups[paged.offset : paged.offset + paged.rows]
    routes = matching.standing(session, [one.shipments[0] for one in part])
    return render_template(
        "unmatched/list.html",
        shown=[_shown(one, routes[one.shipments[0].id]) for one in part],
        paged=paged,
        total=total,
        most=MOST,
        taught=_taught(session) if access.may(user, "draft_proposal") else [],
    )


@bp.post("/names")
@policy.may("draft_proposal")
def take_up() -> ResponseReturnValue:
    """Propose a word as a name of the place that reviewers took it for."""
    form, now = request.form, context.now()
    words, place = (asked.clean(form.get(name, ""), ID_LENGTH) for name in ("words", "place"))
    note = gettext("Learned from routes that reviewers set")

    def work(db: Session, person: User) -> int:
        return naming.take_up(db, person, words, place, note=note, now=now).id

    key = context.write(work)
    flash(gettext("Drafted. Look at it, then propose it to Commerce."), "success")
    return redirect(url_for("proposals.proposal", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_unmatched")
def one(key: int) -> ResponseReturnValue:
    """One of them with all that say the same: the corridors that come near, and the form."""
    session, user = context.session(), context.user()
    found = access.see(session, reviewed.reviewable(user), key)
    group = _alike(session, user, found)
    network = _network(session, found)
    route = matching.standing(session, [found])[found.id]
    shown = _shown(group, route)
    wanted = asked.clean(request.args.get("corridor", ""), ID_LENGTH)
    places = {end: asked.clean(request.args.get(end, ""), ID_LENGTH) for end in ("near", "far")}
    before = pins.newest(session, found)
    candidates = _candidates(network, found, route, wanted, places) if network else []
    fits = bool(wanted and candidates and candidates[0].route)
    return render_template(
        "unmatched/one.html",
        shipment=found,
        shown=shown,
        candidates=candidates,
        corridors=_corridors(network, found.mode) if network else [],
        near=_places(network, at_home=True) if network else [],
        far=_places(network, at_home=False) if network else [],
        wanted=wanted,
        places=places,
        may_pin=access.may(user, "pin_route"),
        before=before,
        effect=_effect(session, group, wanted, places) if fits else None,
        lapsed=before is not None and before.asked_sha256 != group.sha256,
        until=max(one.accepted_seq for one in group.shipments),
    )


@bp.post("/<int:key>")
@policy.may("pin_route")
def pin(key: int) -> ResponseReturnValue:
    """Set it, and all that say the same, on the corridor."""
    form = request.form
    places = {end: asked.clean(form.get(end, ""), ID_LENGTH) for end in ("near", "far")}
    count = pinned(
        key,
        Choice(
            asked.clean(form.get("corridor", ""), ID_LENGTH),
            {end: place for end, place in places.items() if place},
            asked.clean(form.get("reason", ""), REASON_LENGTH),
        ),
        alone=bool(form.get("alone")),
        until=asked.key(form.get("until", "")),
    )
    flash(gettext("Set on the corridor: %(count)s. What they earn is computed.", count=count))
    return redirect(url_for("unmatched.unmatched"), code=303)


def pinned(key: int, choice: Choice, *, alone: bool, until: int = 0) -> int:
    """Set a shipment on a corridor, with those that say the same unless ``alone``; how many.

    ``until`` is the last acceptance that the reviewer saw: what came since waits for another look.
    """
    now, registry = context.now(), context.ground().registry

    def work(db: Session, person: User) -> int:
        found = access.see(db, reviewed.reviewable(person), key)
        alike = [found] if alone else list(_alike(db, person, found).shipments)
        some = [one for one in alike if not until or one.accepted_seq <= until or one is found]
        return pinning.pin(db, registry, person, some, choice, now)

    return context.write(work)


def _taught(session: Session) -> list[Taught]:
    now = context.now()
    found = naming.suggestions(session, now)
    version = networks.in_force(session, local_day(now))
    if not found or version is None:
        return []
    called = naming.names(networks.opened(version), tongue())
    return [
        Taught(one, called[one.place], tuple(called[other] for other in one.others))
        for one in found[: asked.PAGE_ROWS]
    ]


def _alike(session: Session, user: User, found: Shipment) -> Group:
    """The shipment with those that wait and say the same; one that has a route, alone."""
    query = reviewed.unmatched(user).where(
        Shipment.mode == found.mode, Shipment.direction == found.direction
    )
    every = session.scalars(query.order_by(Shipment.accepted_seq).limit(MOST)).all()
    groups = pinning.groups(every)
    alone = Group(pins.said(found), pins.sha256(pins.said(found)), (found,))
    return next((one for one in groups if found in one.shipments), alone)


def _effect(
    session: Session, group: Group, corridor: str, places: Mapping[str, str]
) -> tuple[int, int | None]:
    """What the group earns now and would on the corridor."""
    given = {end: place for end, place in places.items() if place}
    registry = context.ground().registry
    return pinning.effect(session, registry, group.shipments, Choice(corridor, given, ""))


def _network(session: Session, found: Shipment) -> Network | None:
    version = networks.in_force(session, found.departure_date)
    return networks.opened(version).on(found.departure_date) if version else None


def _shown(group: Group, route: Route) -> Shown:
    language = "en" if tongue() == "en" else "zh"
    return Shown(
        group=group,
        words=tuple(
            (gettext(label), str(group.words[name]))
            for name, label in LABELS.items()
            if group.words[name]
        ),
        why=tuple(str(reason[language]) for reason in route.match.get("reasons", [])),
        state=route.state,
    )


def _candidates(
    network: Network, found: Shipment, route: Route, wanted: str, places: Mapping[str, str]
) -> list[Candidate]:
    """Those that matching found nearest, or the one asked for, each with what it would give."""
    near = {one["corridor"]: one["score"] for one in route.match.get("candidates", [])}
    known = {one.id for one in network.corridors}
    names = [wanted] if wanted else [name for name in near if name in known]
    return [
        _candidate(network, found, corridor_of(network, name), near.get(name), places)
        for name in names
    ]


def _candidate(
    network: Network,
    found: Shipment,
    corridor: Corridor,
    score: int | None,
    places: Mapping[str, str],
) -> Candidate:
    language = tongue()
    given = {end: place for end, place in places.items() if place}
    route = pins.routed(pins.said(found), corridor.id, given, network)
    stops = marks(route, network, language) if route else ()
    leagues = {one.code: one.names.text(language) for one in network.leagues}
    league = leagues.get(route.league or "", "") if route else ""
    return Candidate(corridor, corridor.names.text(language), score, stops, route, league)


def _corridors(network: Network, mode: str) -> list[tuple[str, str]]:
    return [
        (one.id, f"{one.id} {one.names.text(tongue())}")
        for one in network.corridors
        if one.mode == mode
    ]


def _places(network: Network, *, at_home: bool) -> Sequence[tuple[str, str]]:
    """Places in China, or abroad, by name."""
    language = tongue()
    chosen = (one for one in network.places if (one.country == "CN") == at_home)
    return sorted(((one.id, one.names.text(language)) for one in chosen), key=lambda it: it[1])
