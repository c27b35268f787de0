"""Packages 盟市数据包: a league's books in one file, made by the worker and taken from here."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.packages import visible_leagues, visible_packages
from tracker.errors import NotThere, mark
from tracker.models.packages import PACKAGE_STATES, LeaguePackage
from tracker.models.people import LEAGUE_ROLES, League, User
from tracker.steps import league_packages as steps
from tracker.web import asked, context, downloads, policy

bp = Blueprint("packages", __name__, url_prefix="/packages")

RELOAD_SECONDS = 3


@bp.get("")
@policy.may("see_packages")
def packages() -> ResponseReturnValue:
    """The packages of the leagues one may have packed, newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(LeaguePackage.id.desc()).limit(paged.rows).offset(paged.offset)
    found = session.scalars(part).all()
    return render_template(
        "packages/list.html",
        listed=found,
        paged=paged,
        states=PACKAGE_STATES,
        leagues=session.scalars(visible_leagues(user).order_by(League.code)).all(),
        of_league=user.role in LEAGUE_ROLES,
        busy=any(one.state == "asked" for one in found),
        kept=steps.KEPT,
        reload_seconds=RELOAD_SECONDS,
    )


@bp.post("")
@policy.may("see_packages")
def ask() -> ResponseReturnValue:
    """Ask for a package; the worker makes it."""
    make(asked.clean(request.form.get("league", "")))
    flash(gettext("Asked for. It is being made; it stands in the list when it is there."))
    return redirect(url_for("packages.packages"), code=303)


@bp.get("/<int:key>/file")
@policy.may("see_packages")
def file(key: int) -> Response:
    """The file; who took it is recorded."""
    home, now = context.settings().home, context.now()

    def work(db: Session, person: User) -> tuple[str, str]:
        one = access.see(db, visible_packages(person), key)
        found = steps.fetch(db, person, home, one, now)
        return str(found), f"{one.league.name_zh}数据包-{one.seq}.zip"

    where, name = context.write(work, ledger=False)
    kind = downloads.ZIP_TYPE
    return send_file(where, mimetype=kind, as_attachment=True, download_name=name, max_age=0)


def make(code: str) -> int:
    """Ask for the package of the league with this code; a league's person asks for their own."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        query = visible_leagues(person)
        if person.role not in LEAGUE_ROLES or code:
            query = query.where(League.code == code)
        league = db.scalar(query)
        if league is None:
            raise NotThere(
                mark("There is no such league, or it is not yours to pack."),
                mark("Choose one of those offered."),
            )
        return steps.ask(db, person, league, now).id

    return context.write(work, ledger=False)


def filtered(user: User) -> Select[LeaguePackage]:
    """The visible ones that the address asks for."""
    query = asked.of_league(visible_packages(user), LeaguePackage.league_id)
    if state := asked.one_of("state", PACKAGE_STATES):
        query = query.where(LeaguePackage.state == state)
    return query


def seen(key: int) -> LeaguePackage:
    """One of those one may see."""
    return access.see(context.session(), visible_packages(context.user()), key)
