"""Home 首页: what waits for this person, what they do next, and where the money stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access import FINANCE_ROLES
from tracker.errors import NotThere, mark
from tracker.models.cargo import Shipment
from tracker.models.filings import Allotment
from tracker.models.money import STANDING_STAGES
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, PROVINCE_ROLES, League, User
from tracker.models.work import Job
from tracker.steps import funds
from tracker.steps import waiting as steps
from tracker.web import applying, context, policy, rooms, totals
from tracker.web.addresses import inside
from tracker.web.words import LOCALES

bp = Blueprint("home", __name__)

ROOMS: dict[str, str] = {
    "manifest": "manifests.manifests",
    "shipment": "unmatched.unmatched",
    "method": "methods.methods",
    "matter": "matters.matters",
    "application": "applications.applications",
    "publication": "publications.publications",
    "objection": "objections.objections",
    "filing": "filings.filings",
    "forecast": "forecasts.forecasts",
    "division": "divisions.divisions",
    "allotment": "allotments.allotments",
    "disbursement": "disbursements.disbursements",
    "adjustment": "adjustments.adjustments",
    "recovery": "recoveries.recoveries",
    "proposal": "proposals.proposals",
    "cross_check": "cross_checks.cross_checks",
    "silent": "shipments.shipments",
    "level": "levels.levels",
    "hold": "holds.holds",
    "near_pair": "contests.contests",
    "token": "account.account",
    "job": "jobs.jobs",
}
"""Kind of what waits -> the room where it is worked on."""

FILED_STAGES = STANDING_STAGES[STANDING_STAGES.index("filed") :]
"""Stages whose lines the province sees."""
FINANCE_ROOMS = {
    "filed": "filings.filings",
    "approved": "filings.filings",
    "instructed": "disbursements.disbursements",
    "disbursed": "disbursements.disbursements",
}
"""Stage -> where Finance, which sees no lines, finds what makes up the sum."""


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
        entries_of=entries_of,
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
    """What waits for this person, each with the way there; what they cannot open is left out."""
    found = [
        Waiting(steps.words(one, gettext), one.count, rooms.address(ROOMS[one.kind], **one.narrow))
        for one in steps.waiting(session, user, context.now())
    ]
    return [one for one in found if one.url]


def entries_of(sums: Mapping[str, int], league: League | None = None) -> dict[str, str]:
    """Stage with money -> where it comes from: its entries, or the papers Finance reviews.

    Nothing where whoever asks sees the sum and no lines: for the province what is not filed yet.
    """
    role, code = context.user().role, {"league": league.code} if league else {}
    theirs = STANDING_STAGES if role not in PROVINCE_ROLES else FILED_STAGES
    ways = {stage: ("ledger.ledger", {"stage": stage}) for stage in theirs}
    if role in FINANCE_ROLES:
        ways = {stage: (room, {}) for stage, room in FINANCE_ROOMS.items()}
    ways["allotted"] = ("allotments.allotments", {})
    return {
        stage: rooms.address(room, **asked, **code)
        for stage, (room, asked) in ways.items()
        if sums.get(stage)
    }


def _figures(session: Session, user: User) -> list[tuple[str, int, str]]:
    """Counts beside the money: (label, count, address)."""
    found: list[tuple[str, int, str]] = []
    if access.may(user, "see_shipments"):
        seen = access.visible_shipments(user)
        address = url_for("shipments.shipments")
        found.append((gettext("Shipments"), steps.count(session, seen), address))
        waits = seen.where(Shipment.waits_for != "", Shipment.state == "standing")
        address = url_for("shipments.shipments", waits="1")
        found.append((gettext("Shipments that wait"), steps.count(session, waits), address))
        contested = seen.where(Shipment.state == "contested")
        address = url_for("shipments.shipments", state="contested")
        found.append((gettext("Contested shipments"), steps.count(session, contested), address))
    if access.may(user, "see_jobs"):
        dead = select(Job).where(Job.state == "dead")
        address = rooms.address("jobs.jobs", state="dead")
        found.append((gettext("Work that failed"), steps.count(session, dead), address))
    if access.may(user, "manage_users"):
        shut = select(User).where(~User.active | (User.locked_until > context.now()))
        found.append(
            (gettext("People locked out"), steps.count(session, shut), url_for("users.users"))
        )
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
