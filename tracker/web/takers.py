"""Takers 经办单位: who takes each step of the money's path, and another body named for one.

Shown on the page of the whole way (``requirements``), and set from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.takers import visible_takers
from tracker.db import local_day
from tracker.errors import Refused, mark
from tracker.models.methods import Programme
from tracker.models.people import League, User
from tracker.models.takers import Taker
from tracker.steps import flow, programmes, taker_setting
from tracker.steps import takers as steps
from tracker.web import asked, context, policy

bp = Blueprint("takers", __name__, url_prefix="/takers")


@dataclass(frozen=True)
class Taken:
    """A step that another body may take, and who takes it."""

    place: str
    why: str
    usual: str
    others: tuple[str, ...]
    role: str
    setter: str
    setting: Taker | None = None
    """What counts today; none where nothing was ever set."""
    to_come: Sequence[Taker] = ()

    @property
    def otherwise(self) -> bool:
        """Whether another body than usual takes it today."""
        return self.role != self.usual

    @property
    def instead(self) -> list[str]:
        """Who may take it instead of who does today."""
        return [role for role in (self.usual, *self.others) if role != self.role]


@bp.post("")
@policy.may("set_taker")
def choose() -> ResponseReturnValue:
    """Say which body takes a step of a league and programme from a day on."""
    form = request.form
    league, programme = (asked.clean(form.get(name, "")) for name in ("league", "programme"))
    first = asked.read_day(form.get("valid_from", ""))
    if first is None:
        raise Refused(mark("Say from which day it counts."), mark("Fill in the day."))
    put(
        league,
        programme,
        asked.clean(form.get("place", "")),
        asked.clean(form.get("role", "")),
        first,
        asked.clean(form.get("document_no", ""), 60),
    )
    flash(gettext("Saved, and recorded with your name."), "success")
    where = url_for("requirements.requirements", league=league, programme=programme)
    return redirect(f"{where}#takers", code=303)


def put(
    league: str, programme: str, place: str, role: str, first: date | None, document_no: str
) -> None:
    """Choose as the signed-in person; no league: one's own; no day: today."""
    now, at = context.now(), steps.named(place)

    def work(db: Session, person: User) -> None:
        code = league or (person.league.code if person.league else "")
        whose = db.scalar(select(League).where(League.code == code))
        if whose is None:
            raise Refused(mark("Name the league whose step it is."), mark("Choose one."))
        under = programmes.named(db, programme)
        wanted = taker_setting.Wanted(at, role, whose, under, first or local_day(now))
        taker_setting.choose(db, person, wanted, document_no, now)

    context.write(work)


def taken(league: League | None, programme: Programme) -> list[Taken]:
    """Each step that another body may take, and who takes it today; the usual without a league."""
    day = local_day(context.now())
    book = context.takers() if league else steps.Book()
    home = (league.id if league else 0, programme.id)
    return [
        Taken(
            place=one.name,
            why=gettext(one.why),
            usual=one.usual,
            others=one.others,
            role=book.role(one, home, day),
            setter=one.setter,
            setting=book.in_force(one, home, day),
            to_come=book.to_come(one, home, day),
        )
        for one in steps.PLACES
    ]


def rows(kind: str, league: League | None, programme: Programme) -> tuple[flow.Step, ...]:
    """The rows of a flow with who takes each step of the league and programme today."""
    if kind not in steps.KINDS or league is None:
        return flow.FLOWS[kind]
    day = local_day(context.now())
    return context.takers().flow(kind, (league.id, programme.id), day)


def chosen(user: User, league: League | None, programme: Programme) -> Select[Taker]:
    """Every choice that was made for the league and programme, the newest first."""
    query = visible_takers(user).where(Taker.programme_id == programme.id)
    if league:
        query = query.where(Taker.league_id == league.id)
    return query.order_by(Taker.id.desc())


def settable(user: User, found: Sequence[Taken]) -> list[Taken]:
    """Those of them that this person may give to another body."""
    return [one for one in found if one.setter == user.role and access.may(user, "set_taker")]
