"""Publications 公示: what a league shows before it files, its days, and what is objected to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.publications import visible_objections, visible_publications
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.methods import Programme
from tracker.models.people import League, User
from tracker.models.publications import (
    MOST_WORKING_DAYS,
    PUBLICATION_STATES,
    Objection,
    Publication,
    PublicationLine,
)
from tracker.steps import programmes, publish_setting, workdays
from tracker.steps import publication as steps
from tracker.web import acting, asked, context, downloads, policy

bp = Blueprint("publications", __name__, url_prefix="/publications")

NOTICE_LENGTH = 200


@dataclass(frozen=True)
class Listed:
    """A publication in the list, with its sums."""

    publication: Publication
    firms: int
    items: int
    amount_fen: int


@dataclass(frozen=True)
class Wanted:
    """Of which programme and period one wants to publish."""

    programme: Programme
    first: date
    last: date

    @property
    def period(self) -> tuple[date, date]:
        """From when to when."""
        return self.first, self.last


@dataclass(frozen=True)
class Ready:
    """What would be published, and for how long."""

    wanted: Wanted
    rows: list[steps.Row]
    setting: publish_setting.Setting
    sha256: str
    ends_on: date
    uncounted: list[int]
    """Years of which the calendar has no notice."""


@bp.get("")
@policy.may("see_publications")
def publications() -> ResponseReturnValue:
    """The publications one may see, newest first; what waits; what the league has set."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Publication.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "publications/list.html",
        listed=listed(session, list(session.scalars(newest))),
        paged=paged,
        states=PUBLICATION_STATES[1:],
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        waiting=steps.waiting(session, user.league) if user.league else [],
        settings=settings(session, user),
        may_publish=access.may(user, "publish"),
        may_set=access.may(user, "set_publishing"),
        most_days=MOST_WORKING_DAYS,
        today=local_day(context.now()),
    )


@bp.get("/new")
@policy.may("publish")
def new() -> ResponseReturnValue:
    """What would be published of a programme and period, to be looked at first."""
    return render_template(
        "publications/new.html",
        ready=ready(asked_for(request.args)),
        most_days=MOST_WORKING_DAYS,
    )


@bp.post("")
@policy.may("publish")
def publish() -> ResponseReturnValue:
    """Publish what was shown."""
    form = request.form
    notice = steps.Notice(
        asked.key(form.get("working_days", "")),
        asked.clean(form.get("place", ""), NOTICE_LENGTH),
        asked.clean(form.get("contact", ""), NOTICE_LENGTH),
    )
    key = make(asked_for(form), notice, form.get("shown_sha256", ""))
    flash(gettext("Published. Show the table where the notice says it can be read."), "success")
    return redirect(url_for("publications.publication", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_publications")
def publication(key: int) -> ResponseReturnValue:
    """One publication: its days, what it shows, what was objected, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_publications(user), key)
    lines = steps.lines(session, found)
    objections = visible_objections(user).where(Objection.line_id.in_([one.id for one in lines]))
    today = local_day(context.now())
    return render_template(
        "publications/one.html",
        publication=found,
        lines=lines,
        total_fen=sum(one.amount_fen for one in lines),
        objections=session.scalars(objections.order_by(Objection.id)).all(),
        runs=found.state == "published" and today <= found.ends_on,
        today=today,
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        may_object=found.state == "published" and access.may(user, "record_objection"),
        sees_objections=access.may(user, "see_objections"),
    )


@bp.get("/<int:key>/lines.csv")
@policy.may("see_publications")
def line_file(key: int) -> ResponseReturnValue:
    """What is published, as CSV."""
    session = context.session()
    found = access.see(session, visible_publications(context.user()), key)
    head = [
        gettext("Firm"),
        gettext("Application"),
        gettext("Shipments or matters"),
        gettext("Amount (yuan)"),
    ]
    rows = (
        (one.firm_name, one.application.code, one.items, downloads.fen_as_yuan(one.amount_fen))
        for one in steps.lines(session, found)
    )
    return downloads.csv_file(f"{found.code}.csv", head, rows)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("publication"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(visible_publications, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("publications.publication", key=key), code=303)


@bp.post("/settings")
@policy.may("set_publishing")
def choose() -> ResponseReturnValue:
    """Say whether the league publishes before it files."""
    form = request.form
    put_setting(
        form.get("programme", ""),
        publish_setting.Setting("needed" in form, asked.key(form.get("working_days", ""))),
        asked.clean(form.get("document_no", ""), 60),
    )
    flash(gettext("Saved, and recorded with your name."), "success")
    return redirect(url_for("publications.publications"), code=303)


def filtered(user: User) -> Select[Publication]:
    """The visible ones that the address asks for."""
    query = visible_publications(user)
    if state := asked.one_of("state", PUBLICATION_STATES):
        query = query.where(Publication.state == state)
    if asked.one_of("running", ("yes",)):
        query = query.where(steps.runs(local_day(context.now())))
    return asked.of_league(query, Publication.league_id)


def listed(session: Session, found: list[Publication]) -> list[Listed]:
    """The publications with their sums."""
    query = (
        select(
            PublicationLine.publication_id,
            func.count(PublicationLine.id),
            func.sum(PublicationLine.items),
            func.sum(PublicationLine.amount_fen),
        )
        .where(PublicationLine.publication_id.in_([one.id for one in found]))
        .group_by(PublicationLine.publication_id)
    )
    sums = {key: tuple(map(int, rest)) for key, *rest in session.execute(query)}
    return [Listed(one, *sums[one.id]) for one in found]


def settings(session: Session, user: User) -> list[tuple[Programme, publish_setting.Setting]]:
    """What the person's league has chosen for each programme; nothing for who belongs to none."""
    if user.league_id is None:
        return []
    programmes = session.scalars(select(Programme).order_by(Programme.id))
    return [(one, publish_setting.of(session, user.league_id, one.id)) for one in programmes]


def asked_for(values: Mapping[str, str]) -> Wanted:
    """The programme and period that a form or address names; raises ``Refused`` for none."""
    first, last = asked.read_day(values.get("from", "")), asked.read_day(values.get("to", ""))
    programme = programmes.named(context.session(), values.get("programme", ""))
    if first is None or last is None:
        raise Refused(mark("The period is not one."), mark("Choose one of the periods that wait."))
    return Wanted(programme, first, last)


def ready(wanted: Wanted) -> Ready:
    """What the signed-in person's league would publish of it now."""
    session, user = context.session(), context.user()
    assert user.league is not None, "only a league's officer publishes"
    rows = steps.ready(session, user.league, wanted.programme, *wanted.period)
    chosen = publish_setting.of(session, user.league.id, wanted.programme.id)
    today = local_day(context.now())
    ends_on = steps.ends_on(session, today, chosen.working_days)
    return Ready(
        wanted=wanted,
        rows=rows,
        setting=chosen,
        sha256=steps.preview_sha256(rows),
        ends_on=ends_on,
        uncounted=workdays.uncounted(session, today, ends_on),
    )


def make(wanted: Wanted, notice: steps.Notice, seen_sha256: str) -> int:
    """Publish as the signed-in person; returns the publication's key."""
    now, code = context.now(), wanted.programme.code

    def work(db: Session, person: User) -> int:
        under = programmes.named(db, code)
        return steps.publish(
            db, person, under, wanted.period, notice, seen_sha256=seen_sha256, now=now
        ).id

    return context.write(work)


def put_setting(programme: str, wanted: publish_setting.Setting, document_no: str) -> None:
    """Choose for a programme as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        under = programmes.named(db, programme)
        publish_setting.choose(db, person, under, wanted, document_no, now)

    context.write(work)
