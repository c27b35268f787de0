"""Holds 暂缓: lines kept back from the allocation, by a category or one by one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ingest.oddities import MESSAGES
from tracker import access, bulk
from tracker.access.holds import visible_holds
from tracker.db import local_day
from tracker.errors import NotThere, mark
from tracker.models import subjects
from tracker.models.cargo import CargoLine, Route, Shipment
from tracker.models.filings import Filing, FilingLine
from tracker.models.holds import HeldLine, Hold, HoldReply
from tracker.models.methods import Programme
from tracker.models.money import Item
from tracker.models.people import Firm, League, User
from tracker.steps import filing as filings
from tracker.steps import flow, holding, replies
from tracker.web import acting, asked, context, policy, rooms
from tracker.web.shipments import mode_name

bp = Blueprint("holds", __name__, url_prefix="/holds")

CATEGORIES: dict[str, str] = {
    "line": mark("One line"),
    "firm": mark("Firm"),
    "corridor": mark("Corridor"),
    "oddity": mark("What stands out"),
    "vehicle": mark("Kind of vehicle"),
    "cargo": mark("Supervision mode of the cargo"),
    "programme": mark("Programme"),
}
"""Category -> msgid."""
ODDITIES: dict[str, str] = {
    "seal_twice": mark("a seal stands on several shipments"),
    "carnet_twice": mark("a TIR carnet stands on several shipments"),
    "batch_twice": mark("a batch number stands on several shipments"),
    "trailer_again": mark("a trailer crossed again behind another tractor"),
    "bare_crossings": mark("a tractor crossed without a loaded trailer"),
    "empty_train": mark("a train has many empty boxes"),
    "box_too_soon": mark("a box was back too soon"),
    "too_fast": mark("faster than can be"),
    "freight_high": mark("freight far above the others"),
    "freight_low": mark("freight far below the others"),
}
"""Kind of oddity -> msgid."""
Category = tuple[str, str]
"""Category and the value of it that is held."""


@dataclass(frozen=True)
class Held:
    """A hold as it shows: what it holds, and how much of it is held still."""

    hold: Hold
    what: str
    count: int
    amount_fen: int
    open_count: int
    replies: list[HoldReply]
    due_on: date | None
    """The last day for a reply, where there is a deadline."""

    @property
    def why(self) -> str:
        """The reason's code in words, and the words beside it."""
        return f"{gettext(flow.REASON_CODES[self.hold.reason_code])} — {self.hold.reason}"


@dataclass(frozen=True)
class Panel:
    """What a filing's page shows of holds, and of what was held back of it."""

    holds: list[Held]
    rests: list[tuple[Filing, filings.Totals, str]]
    """What was held back when its others were approved, with its sums, and where one sees it."""
    whole: Filing | None
    """The filing as the league sent it, of one that is itself such a rest."""
    options: list[tuple[str, str]]
    """What can be held now; nothing to who may not."""


@bp.get("")
@policy.may("see_holds")
def holds() -> ResponseReturnValue:
    """The holds one may see, those that stand first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.limit(paged.rows).offset(paged.offset)
    return render_template(
        "holds/list.html",
        listed=told(session, session.scalars(part).all()),
        paged=paged,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_place=access.may(user, "place_hold"),
        today=local_day(context.now()),
    )


@bp.get("/new")
@policy.may("place_hold")
def new() -> ResponseReturnValue:
    """Choose what of a league is held: of what it has filed, and of what it files later."""
    session = context.session()
    league = _league(session, asked.text("league"))
    filed = select(Filing.id).where(Filing.league_id == league.id, Filing.state == "filed")
    return render_template(
        "holds/new.html",
        league=league,
        options=options(session, filed),
        reasons=acting.reasons(),
    )


@bp.post("")
@policy.may("place_hold")
def place() -> ResponseReturnValue:
    """Place a hold; what meets it is listed on its page."""
    form = request.form
    category, _, value = form.get("what", "").partition(":")
    key = make(
        league=asked.clean(form.get("league", "")),
        filing=asked.key(form.get("filing", "")),
        category=category,
        value=asked.clean(value, 250),
        reason_code=form.get("reason_code", ""),
        reason=asked.clean(form.get("reason", ""), acting.REASON_LENGTH),
    )
    flash(gettext("Held. Every line it holds is listed below."), "success")
    return redirect(url_for("holds.hold", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_holds")
def hold(key: int) -> ResponseReturnValue:
    """One hold: why, by whom, and what it holds, line by line."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_holds(user), key)
    query = lines(found)
    paged = asked.paged(asked.count(session, query))
    (shown,) = told(session, [found])
    return render_template(
        "holds/one.html",
        one=shown,
        lines=session.execute(query.limit(paged.rows).offset(paged.offset)).all(),
        paged=paged,
        passed_over=holding.passed_over(session, found),
        may_lift=found.lifted_at is None and access.may(user, "place_hold"),
        may_reply=found.lifted_at is None and access.may(user, "reply_to_hold"),
        today=local_day(context.now()),
    )


@bp.post("/<int:key>/lift")
@policy.may("place_hold")
def lift(key: int) -> ResponseReturnValue:
    """Lift it, with words."""
    press_lift(key, asked.clean(request.form.get("reason", ""), acting.REASON_LENGTH))
    flash(gettext("Lifted, and recorded with your name."), "success")
    return redirect(url_for("holds.hold", key=key), code=303)


@bp.post("/<int:key>/replies")
@policy.may("reply_to_hold")
def reply(key: int) -> ResponseReturnValue:
    """Say what was mended."""
    put_reply(key, asked.clean(request.form.get("words", ""), acting.REASON_LENGTH))
    flash(gettext("Sent to Commerce, and recorded with your name."), "success")
    return redirect(url_for("holds.hold", key=key), code=303)


def make(
    *, league: str, filing: int, category: str, value: str, reason_code: str, reason: str
) -> int:
    """Place a hold as the signed-in person, over a filing or a league; returns its key."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        of = access.see(db, access.visible_filings(person), filing) if filing else None
        over = of.league if of else _league(db, league)
        said = holding.Wanted(over, of, category, value, reason_code, reason)
        return holding.place(db, person, said, now).id

    return context.write(work)


def press_lift(key: int, reason: str) -> None:
    """Lift a visible hold as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        holding.lift(db, person, access.see(db, visible_holds(person), key), reason, now)

    context.write(work)


def put_reply(key: int, words: str) -> None:
    """Reply to a visible hold as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        replies.reply(db, person, access.see(db, visible_holds(person), key), words, now)

    context.write(work)


def of(session: Session, user: User, filing: Filing) -> Panel:
    """What the page of a filing shows of holds to this person."""
    sees = access.may(user, "see_holds")
    places = filing.state == "filed" and access.may(user, "place_hold")
    return Panel(
        holds=told(session, holding.of_filing(session, filing)) if sees else [],
        rests=[
            (one, filings.totals(session, one), rooms.address("filings.filing", key=one.id))
            for one in filings.later(session, filing)
        ],
        whole=filings.sent(session, filing) if filing.rest_of else None,
        options=options(session, select(Filing.id).where(Filing.id == filing.id)) if places else [],
    )


def filtered(user: User) -> Select[Hold]:
    """The visible ones that the address asks for, those that stand first, then the newest."""
    query = asked.of_league(visible_holds(user), Hold.league_id)
    if wanted := asked.one_of("replied", ("yes", "no")):
        replied = replies.replied() if wanted == "yes" else ~replies.replied()
        query = query.where(replied, Hold.lifted_at.is_(None))
    return query.order_by(Hold.lifted_at.is_not(None), Hold.id.desc())


def lines(found: Hold) -> Select[HeldLine, FilingLine]:
    """What a hold holds, line by line, each with its line of a filing as it stands now."""
    items = select(HeldLine.item_id).where(HeldLine.hold_id == found.id)
    last = select(func.max(FilingLine.id)).where(FilingLine.item_id.in_(items))
    query = (
        select(HeldLine, FilingLine)
        .join(Item, Item.id == HeldLine.item_id)
        .join(FilingLine, FilingLine.item_id == HeldLine.item_id)
        .where(HeldLine.hold_id == found.id, FilingLine.id.in_(last.group_by(FilingLine.item_id)))
        .order_by(HeldLine.id)
    )
    return subjects.joined(query).options(*subjects.eager(HeldLine.item))


def told(session: Session, found: Sequence[Hold]) -> list[Held]:
    """The holds with what they hold, and how much of it is held still."""
    keys = [one.id for one in found]
    sums = select(HeldLine.hold_id, func.count(HeldLine.id), func.sum(HeldLine.amount_fen))
    sums = sums.where(HeldLine.hold_id.in_(keys)).group_by(HeldLine.hold_id)
    caught = {key: (count, int(fen)) for key, count, fen in session.execute(sums)}
    still, due = holding.open_counts(session, keys), replies.due(session, found)
    said: dict[int, list[HoldReply]] = defaultdict(list)
    for reply in replies.to(session, *found):
        said[reply.hold_id].append(reply)
    what = words(session, [(one.category, one.value) for one in found])
    return [
        Held(
            one,
            what[one.category, one.value],
            *caught.get(one.id, (0, 0)),
            still.get(one.id, 0),
            said[one.id],
            due.get(one.id),
        )
        for one in found
    ]


def words(session: Session, held: Collection[Category]) -> dict[Category, str]:
    """Category and value -> what is held, in words."""
    values: dict[str, list[str]] = defaultdict(list)
    for category, value in held:
        values[category].append(value)
    firms = select(Firm.uscc, Firm.name)
    items = subjects.joined(select(Item.code, subjects.LABEL).select_from(Item))
    names: dict[str, dict[Any, str]] = {
        "firm": dict(bulk.looked_up(session, firms, Firm.uscc, values["firm"])),
        "line": dict(bulk.looked_up(session, items, Item.code, values["line"])),
        "oddity": {code: gettext(ODDITIES[code]) for code in values["oddity"] if code in ODDITIES},
        "vehicle": {mode: mode_name(mode) for mode in values["vehicle"]},
    }
    return {
        (category, value): gettext(
            "%(category)s: %(value)s",
            category=gettext(CATEGORIES[category]),
            value=names.get(category, {}).get(value, value),
        )
        for category, value in held
    }


def options(session: Session, within: Select[int]) -> list[tuple[str, str]]:
    """What can be held of these filings: category and value, and their words."""
    lines = select(FilingLine.item_id).where(FilingLine.filing_id.in_(within))
    firms, programmes, shipments = (
        select(column).where(Item.id.in_(lines))
        for column in (Item.firm_id, Item.programme_id, Item.shipment_id)
    )
    asked_of = {
        "firm": select(Firm.uscc).where(Firm.id.in_(firms)),
        "corridor": select(Route.corridor).where(Route.standing, Route.shipment_id.in_(shipments)),
        "vehicle": select(Shipment.mode).where(Shipment.id.in_(shipments)),
        "cargo": select(CargoLine.supervision_mode).where(
            CargoLine.standing, CargoLine.shipment_id.in_(shipments)
        ),
        "programme": select(Programme.code).where(Programme.id.in_(programmes)),
    }
    found: dict[str, list[str]] = {
        category: sorted(filter(None, session.scalars(query.distinct())))
        for category, query in asked_of.items()
    }
    found["oddity"] = list(MESSAGES)
    held = [(category, value) for category, values in found.items() for value in values]
    told = words(session, held)
    return [(":".join(one), told[one]) for one in held]


def _league(session: Session, code: str) -> League:
    found = session.scalar(select(League).where(League.code == code))
    if found is None:
        raise NotThere(mark("There is no such league."), mark("Choose one of the list."))
    return found
