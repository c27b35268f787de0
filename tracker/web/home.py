"""Home 首页: what waits for this person, what they do next, and where the money stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access import pins
from tracker.access.proposals import visible_proposals
from tracker.access.publications import visible_objections, visible_publications
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models.cargo import Manifest, Shipment
from tracker.models.filings import Allotment
from tracker.models.methods import Method
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, PROVINCE_ROLES, League, User
from tracker.models.work import Job
from tracker.steps import confirmations, methods
from tracker.steps.flow import FLOWS
from tracker.web import (
    applying,
    context,
    disbursements,
    funds,
    labels,
    policy,
    publications,
    rooms,
    totals,
)
from tracker.web.addresses import inside
from tracker.web.words import LOCALES

bp = Blueprint("home", __name__)

SUBJECTS: dict[str, tuple[Callable[[User], Select[Any]], tuple[str, ...]]] = {
    "method": (access.visible_methods, ("methods.methods",)),
    "matter": (access.visible_matters, ("matters.matters",)),
    "application": (access.visible_applications, ("applications.applications",)),
    "publication": (visible_publications, ("publications.publications",)),
    "objection": (visible_objections, ("objections.objections",)),
    "filing": (access.visible_filings, ("filings.filings",)),
    "division": (access.visible_divisions, ("divisions.divisions",)),
    "allotment": (access.visible_allotments, ("allotments.allotments",)),
    "disbursement": (access.visible_disbursements, ("disbursements.disbursements",)),
    "recovery": (access.visible_recoveries, ("recoveries.recoveries",)),
    "proposal": (visible_proposals, ("proposals.proposals",)),
}
"""Kind -> what one sees of it, and the rooms where it is worked on, the first that is open."""

KINDS = {
    "method": mark("Methods"),
    "matter": mark("Matters"),
    "application": mark("Applications"),
    "publication": mark("Publications"),
    "objection": mark("Objections"),
    "filing": mark("Filings"),
    "division": mark("Divisions"),
    "allotment": mark("Allotments"),
    "disbursement": mark("Disbursements"),
    "recovery": mark("Recoveries"),
    "proposal": mark("Proposals for the network"),
}

AFTERWARDS: dict[tuple[str, str, str], str] = {
    ("league_officer", "application", "passed"): mark("File passed applications"),
    ("finance_officer", "filing", "approved"): mark("Allot for approved filings"),
}
"""What one does next where it begins something new, not a step of the same thing."""

WARNED = ("league_officer", "league_approver", "commerce_officer", "commerce_approver")
"""Who is told of methods that end."""


@dataclass(frozen=True)
class Waiting:
    """Some things that wait for this person."""

    label: str
    count: int
    url: str


@bp.get("/")
@policy.anyone
def home() -> ResponseReturnValue:
    """The first screen; a stranger is led to the sign-in page."""
    user = context.visitor()
    if user is None:
        return redirect(url_for("auth.sign_in"), code=303)
    session = context.session()
    return render_template(
        "home/home.html",
        waiting=waiting(session, user),
        figures=_figures(session, user),
        open_quarters=applying.open_quarters(session, user) if user.role in FIRM_ROLES else [],
        balances=_balances(session, user),
        allotments=_allotments(session, user),
        leagues=_leagues(session, user),
    )


@bp.get("/language/<code>")
@policy.anyone
def language(code: str) -> ResponseReturnValue:
    """Remember the language in a cookie and go back."""
    if code not in LOCALES:
        raise NotThere(mark("There is no such language."))
    response = make_response(redirect(inside(request.args.get("next")), code=303))
    response.set_cookie(
        rooms.LANGUAGE_COOKIE,
        code,
        max_age=31_536_000,
        secure=context.settings().cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def waiting(session: Session, user: User) -> list[Waiting]:
    """What waits for this person: their forward steps of every flow, and what begins something."""
    found = _manifests(session, user)
    for kind, (visible, endpoints) in SUBJECTS.items():
        wanted = [
            (step.label, step.before)
            for step in FLOWS[kind]
            if user.role in step.roles and step.name not in labels.BACKWARD
        ]
        wanted += [
            (label, (state,))
            for (role, subject, state), label in AFTERWARDS.items()
            if role == user.role and subject == kind
        ]
        for label, states in wanted:
            query = visible(user)
            table = query.column_descriptions[0]["entity"]
            count = _count(session, query.where(table.state.in_(states)))
            url = _open_room(endpoints, state=states[0])
            if count and url:
                found.append(Waiting(f"{gettext(KINDS[kind])} · {gettext(label)}", count, url))
    found += _ending(session, user)
    if access.may(user, "pin_route") and (
        count := _count(session, pins.unmatched(user).with_only_columns(Shipment.id))
    ):
        title = " · ".join((gettext("Shipments"), gettext("Set the route")))
        found.append(Waiting(title, count, rooms.address("unmatched.unmatched")))
    if unpublished := len(publications.owed(session, user)):
        kind = KINDS["publication"]
        title = " · ".join((gettext(kind), gettext("Passed and not published yet")))
        found.append(Waiting(title, unpublished, rooms.address("publications.publications")))
    if drawable := len(disbursements.drawable(session, user)):
        label = mark("Draft the disbursements")
        title = " · ".join((gettext("Disbursements"), gettext(label)))
        found.append(Waiting(title, drawable, url_for("disbursements.disbursements")))
    return found


def _manifests(session: Session, user: User) -> list[Waiting]:
    if user.role not in FIRM_ROLES:
        return []
    found = []
    for wanted, name, value, label in (
        (Manifest.state == "checked", "state", "checked", mark("Look at the preview and commit")),
        (Manifest.state == "refused", "state", "refused", mark("Mend and upload again")),
        (confirmations.unsaid(), "waiting", "yes", mark("Confirm changed rows")),
    ):
        if count := _count(session, access.visible_manifests(user).where(wanted)):
            url = rooms.address("manifests.manifests", **{name: value})
            title = " · ".join((gettext("Manifests"), gettext(label)))
            found.append(Waiting(title, count, url))
    return found


def _ending(session: Session, user: User) -> list[Waiting]:
    """Methods that end before long with none to follow, for who drafts and who records them."""
    if user.role not in WARNED:
        return []
    soon = access.visible_methods(user).where(methods.ends_unfollowed(local_day(context.now())))
    mine = {"league": user.league.code} if user.league else {}
    if user.league:
        soon = soon.where(Method.league_id == user.league_id)
    if not (count := _count(session, soon)):
        return []
    kind = KINDS["method"]
    title = " · ".join((gettext(kind), gettext("End soon, and none follows")))
    return [Waiting(title, count, rooms.address("methods.methods", ending="yes", **mine))]


def _open_room(endpoints: tuple[str, ...], state: str) -> str:
    found = (rooms.address(endpoint, state=state) for endpoint in endpoints)
    return next((address for address in found if address), "")


def _figures(session: Session, user: User) -> list[tuple[str, int, str]]:
    """Counts beside the money: (label, count, address)."""
    found: list[tuple[str, int, str]] = []
    if access.may(user, "see_shipments"):
        seen = access.visible_shipments(user)
        address = url_for("shipments.shipments")
        found.append((gettext("Shipments"), _count(session, seen), address))
        waits = seen.where(Shipment.waits_for != "", Shipment.state == "standing")
        address = url_for("shipments.shipments", waits="1")
        found.append((gettext("Shipments that wait"), _count(session, waits), address))
        contested = seen.where(Shipment.state == "contested")
        address = url_for("shipments.shipments", state="contested")
        found.append((gettext("Contested shipments"), _count(session, contested), address))
    if access.may(user, "see_jobs"):
        dead = select(Job).where(Job.state == "dead")
        address = _open_room(("jobs.jobs",), state="dead")
        found.append((gettext("Work that failed"), _count(session, dead), address))
    if access.may(user, "manage_users"):
        shut = select(User).where(~User.active | (User.locked_until > context.now()))
        found.append((gettext("People locked out"), _count(session, shut), url_for("users.users")))
    return found


def _balances(session: Session, user: User) -> dict[str, int] | None:
    if user.role in FIRM_ROLES and user.firm is not None:
        return totals.of_firm(session, user.firm.uscc)
    if user.role in LEAGUE_ROLES and user.league is not None:
        return totals.of_league(session, user.league.code)
    return None


def _allotments(session: Session, user: User) -> list[tuple[Allotment, funds.Limit]]:
    """For a league: what Finance allotted to it, and what is left of each."""
    if user.role not in LEAGUE_ROLES:
        return []
    issued = access.visible_allotments(user).order_by(Allotment.id.desc())
    return [(one, funds.of_allotment(session, one)) for one in session.scalars(issued)]


def _leagues(session: Session, user: User) -> list[tuple[League, dict[str, int]]]:
    """The units side by side: stage -> fen, and under ``allotted`` what Finance gave."""
    if user.role not in (*PROVINCE_ROLES, "auditor"):
        return []
    sums = totals.by_league(session)
    allotted = funds.allotted(session, user)
    leagues = session.scalars(select(League).order_by(League.code))
    return [
        (league, {**sums.get(league.code, {}), "allotted": allotted.get(league.id, 0)})
        for league in leagues
    ]


def _count(session: Session, query: Select[Any]) -> int:
    table = query.column_descriptions[0]["entity"]
    counted = query.with_only_columns(func.count(table.id), maintain_column_froms=True)
    return session.scalar(counted.order_by(None)) or 0
