"""Divisions 资金分配: the pools a league divides in proportion, before, during and afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from rules.lines import Line
from rules.outcome import Tally
from tracker import access
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models import subjects
from tracker.models.divisions import DIVISION_STATES, OPEN_STATES, Division
from tracker.models.methods import Programme
from tracker.models.money import Assessment, Item
from tracker.models.people import Firm, League, User
from tracker.steps import division as steps
from tracker.web import acting, asked, context, downloads, filters, policy

bp = Blueprint("divisions", __name__, url_prefix="/divisions")

COUNTER_LENGTH = 250


@dataclass(frozen=True)
class Pool:
    """A pool that waits, and the division of it that is under way, if one is."""

    programme: Programme
    waits: steps.Waiting
    open: Division | None

    @property
    def ratio(self) -> str:
        """The proportion it comes to as things stand."""
        return percent(self.waits.room_fen, self.waits.asked_fen)


@dataclass(frozen=True)
class Share:
    """What one firm brings to a division and is given."""

    firm: str
    uscc: str
    claims: int
    asked_fen: int
    given_fen: int


@dataclass(frozen=True)
class Given:
    """What one item brought to a division and was given."""

    item: Item
    firm: str
    asked_fen: int
    given_fen: int
    added: bool
    """A fen was added for its remainder."""


@bp.get("")
@policy.may("see_divisions")
def divisions() -> ResponseReturnValue:
    """The league's pools that wait, then its divisions, newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Division.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "divisions/list.html",
        pools=pools(session, user),
        listed=session.scalars(newest).all(),
        paged=paged,
        states=DIVISION_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_draft=access.may(user, "draft_division"),
    )


@bp.post("")
@policy.may("draft_division")
def draft() -> ResponseReturnValue:
    """Divide a pool on paper: nothing moves before two people have taken it on."""
    form = request.form
    key = make(form.get("programme", ""), asked.clean(form.get("counter", ""), COUNTER_LENGTH))
    flash(gettext("Drafted. Look at the totals, then pass it on for approval."), "success")
    return redirect(url_for("divisions.division", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_divisions")
def division(key: int) -> ResponseReturnValue:
    """One division: what there is, what is asked, every firm's share, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_divisions(user), key)
    query = steps.given(found)
    paged = asked.paged(asked.count(session, query))
    part = query.limit(paged.rows).offset(paged.offset)
    return render_template(
        "divisions/one.html",
        division=found,
        ratio=percent(found.room_fen, found.asked_fen),
        shares=shares(session, found),
        lines=given(session, part, found.counter),
        paged=paged,
        early=is_early(found, local_day(context.now())),
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
    )


@bp.get("/<int:key>/shares.csv")
@policy.may("see_divisions")
def download(key: int) -> ResponseReturnValue:
    """The shares of a pool that was divided, shipment by shipment."""
    session = context.session()
    found = access.see(session, access.visible_divisions(context.user()), key)
    head = [
        filters.day_head(found.programme),
        filters.name_head(found.programme),
        gettext("Firm"),
        gettext("Brought (yuan)"),
        gettext("Given (yuan)"),
        gettext("A fen added for the remainder"),
        gettext("Item"),
    ]
    return downloads.csv_file(f"{found.code}.csv", head, _cells(session, found))


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("division"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown."""
    acting.press_from_form(access.visible_divisions, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("divisions.division", key=key), code=303)


def filtered(user: User) -> Select[Division]:
    """The visible ones that the address asks for."""
    query = access.visible_divisions(user)
    if state := asked.one_of("state", DIVISION_STATES):
        query = query.where(Division.state == state)
    return asked.of_league(query, Division.league_id)


def pools(session: Session, user: User) -> list[Pool]:
    """What waits to be divided in the person's league; nothing for who belongs to none."""
    if user.league is None or not access.may(user, "see_divisions"):
        return []
    query = access.visible_divisions(user).where(Division.state.in_(OPEN_STATES))
    under_way = {(one.programme_id, one.counter): one for one in session.scalars(query)}
    return [
        Pool(programme, waits, under_way.get((programme.id, waits.counter)))
        for programme in session.scalars(select(Programme).order_by(Programme.id))
        for waits in steps.waiting(session, user.league, programme)
    ]


def shares(session: Session, found: Division) -> list[Share]:
    """Each firm's share, the largest first."""
    names = dict(
        session.execute(
            select(Firm.uscc, Firm.name).where(Firm.uscc.in_([one[0] for one in found.shares]))
        ).all()
    )
    made = [Share(names[uscc], uscc, *figures) for uscc, *figures in found.shares]
    return sorted(made, key=lambda one: (-one.given_fen, one.uscc))


def given(session: Session, query: Select[Assessment], counter: str) -> list[Given]:
    """The shares among these assessments, in their order."""
    query = subjects.joined(query.join(Item, Item.id == Assessment.item_id)).join(Item.firm)
    firms = contains_eager(Assessment.item, Item.firm)
    query = query.options(*subjects.eager(Assessment.item), firms)
    return [_given(made, _line(made, counter)) for made in session.scalars(query)]


def is_early(found: Division, today: date) -> bool:
    """Whether more may be claimed of an open division's pool, as its year is not over."""
    return found.state in OPEN_STATES and found.ends_on is not None and today <= found.ends_on


def make(programme: str, counter: str) -> int:
    """Draft a division as the signed-in person; returns its key."""
    registry = context.ground().registry

    def work(db: Session, person: User) -> int:
        found = db.scalar(select(Programme).where(Programme.code == programme))
        if found is None:
            raise NotThere(mark("There is no such programme."), mark("Choose one of the pools."))
        return steps.draft(db, registry, person, found, counter).id

    return context.write(work)


def percent(part_fen: int, whole_fen: int) -> str:
    """The proportion in which a pool is divided, cut to four decimals; never above a hundred."""
    if part_fen >= whole_fen:
        return "100%"
    parts = int(Fraction(part_fen, whole_fen) * 1_000_000)
    return f"{parts // 10_000}.{parts % 10_000:04d}%"


def _line(made: Assessment, counter: str) -> Line:
    return next(one for one in Tally.from_json(made.tally).lines if one.counter == counter)


def _given(made: Assessment, line: Line) -> Given:
    item = made.item
    added = line.rounding == "up"
    return Given(item, item.firm.name, line.before_fen or 0, line.after_fen or 0, added)


def _cells(session: Session, found: Division) -> Iterator[Sequence[object]]:
    for one in given(session, steps.given(found).limit(downloads.MOST_ROWS + 1), found.counter):
        yield (
            one.item.subject.day,
            one.item.subject.label,
            one.firm,
            downloads.fen_as_yuan(one.asked_fen),
            downloads.fen_as_yuan(one.given_fen),
            int(one.added),
            one.item.code,
        )
