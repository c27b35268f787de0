"""Contests 重复主张: for reviewers, shipments that two firms claim, with both sides to compare.

Those that look alike and may be one trip come first: they hold an application until they are
cleared, one by one or several at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ingest import alike
from tracker import access
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.steps import contests as steps
from tracker.steps import near_verdicts, shipments
from tracker.web import acting, asked, batches, context, filters, near_pairs, policy

bp = Blueprint("contests", __name__, url_prefix="/contests")


@dataclass(frozen=True)
class Point:
    """One thing both sides say, and whether they say the same."""

    label: str
    holder: str
    other: str
    tells: bool = True
    """Whether saying the same of it means anything."""

    @property
    def same(self) -> bool:
        """Both say it, and say the same."""
        return self.tells and self.holder == self.other != ""

    @property
    def close(self) -> bool:
        """They are one character apart."""
        return self.tells and alike.one_away(self.holder, self.other)


@dataclass(frozen=True)
class Shown:
    """One pair as the page shows it."""

    pair: steps.Contest
    grounds: list[str]
    points: list[Point]


def _league(one: Shipment) -> str:
    return str(filters.said(one.league, "name")) if one.league else ""


def _unit(name: str) -> Callable[[Shipment], str]:
    return lambda one: str(one.unit.get(name) or "")


Points = tuple[tuple[str, Callable[[Shipment], str]], ...]
"""What is read of both sides: label, and what a shipment says of it."""

WHOSE: Points = (
    (mark("Firm"), lambda one: one.firm.name),
    (mark("Accepted"), lambda one: filters.moment(one.accepted_at)),
)
POINTS: Points = (
    (mark("Day of departure"), lambda one: one.departure_date.isoformat()),
    (mark("Border exit"), lambda one: str(one.border_exit_date or "")),
    (mark("Truck"), _unit("truck_plate")),
    (mark("Trailer"), _unit("trailer_plate")),
    (mark("Train"), _unit("train_no")),
    (mark("Trip batch number"), _unit("trip_batch_no")),
    (mark("TIR carnet"), _unit("tir_carnet_no")),
    (mark("Boxes"), lambda one: "、".join(box["no"] for box in one.unit.get("containers", ()))),
    (mark("Exit customs"), _unit("exit_customs")),
    (mark("Destination"), _unit("dest_place")),
)
"""What is compared, in the order it is read."""


@bp.get("")
@policy.may("see_contests")
def contests() -> ResponseReturnValue:
    """Shipments that look alike, page by page; then what is contested, where one sees both."""
    session, user = context.session(), context.user()
    query = near_pairs.filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = session.scalars(query.limit(paged.rows).offset(paged.offset)).all()
    alikes = near_pairs.told(session, user, part)
    found = steps.contests(session, access.contest_sides(user))
    sides = {side.id: side for one in found for side in (one.holder, one.other)}
    sides |= {side.shipment.id: side.shipment for one in alikes for side in (one.first, one.second)}
    waybills = {
        key: "、".join(sorted(line["waybill_no"] for line in unit.lines))
        for key, unit in shipments.units_of(session, list(sides.values())).items()
    }
    opens = access.seen(session, access.visible_shipments(user), sides.keys())
    shown = [_shown(pair, waybills) for pair in found]
    return render_template(
        "contests/list.html",
        shown=shown,
        opens=opens,
        alikes=[(one, _compared(one)) for one in alikes],
        paged=paged,
        states=[(name, gettext(label)) for name, label in near_pairs.STATES.items()],
        tones=near_pairs.TONES,
        verdicts=[(name, gettext(label)) for name, label in near_verdicts.WORDS.items()],
        reasons=[(name, gettext(label)) for name, label in near_verdicts.RESTS_ON.items()],
        judges=access.may(user, "judge_pair"),
    )


@bp.post("/verdicts")
@policy.may("judge_pair")
def judge() -> ResponseReturnValue:
    """Say of each pair that is ticked what it is, and answer for each."""
    form = request.form
    reason = asked.clean(form.get("reason", ""), acting.REASON_LENGTH)
    wanted = [
        batches.Wanted(one, form.get(f"shown-{one}", ""), form.get("reason_code", ""), reason)
        for one in dict.fromkeys(asked.key(said) for said in form.getlist("key"))
    ]
    answers = near_pairs.judge_each(wanted, form.get("verdict", ""))
    return render_template("contests/judged.html", answers=answers)


def _compared(one: near_pairs.Shown) -> list[Point]:
    """What both sides say, as far as either is told."""
    points = [
        *(_point(one, label, _of_open(say), tells=False) for label, say in WHOSE),
        _point(one, mark("League"), lambda side: _league(side.shipment), tells=False),
        _point(
            one, mark("Day of departure"), lambda side: side.shipment.departure_date.isoformat()
        ),
        *(_point(one, label, _number(kind)) for kind, label in near_pairs.KINDS.items()),
        _point(one, mark("Weight and packages"), _goods),
    ]
    return [point for point in points if point.holder or point.other]


def _point(
    one: near_pairs.Shown, label: str, say: Callable[[near_pairs.Side], str], *, tells: bool = True
) -> Point:
    return Point(gettext(label), say(one.first), say(one.second), tells)


def _of_open(say: Callable[[Shipment], str]) -> Callable[[near_pairs.Side], str]:
    return lambda side: say(side.shipment) if side.open else ""


def _number(kind: str) -> Callable[[near_pairs.Side], str]:
    return lambda side: side.said.get(kind, "")


def _goods(side: near_pairs.Side) -> str:
    if side.goods is None:
        return ""
    grams, packages = side.goods
    kg, counted = f"{grams / 1000:,.12g}", f"{packages:,}"
    return str(gettext("%(kg)s kg in %(packages)s packages", kg=kg, packages=counted))


def _shown(pair: steps.Contest, waybills: Mapping[int, str]) -> Shown:
    holder, other = pair.holder, pair.other
    points = [
        *(Point(gettext(label), say(holder), say(other), tells=False) for label, say in WHOSE),
        Point(gettext("League"), _league(holder), _league(other), tells=False),
        *(Point(gettext(label), say(holder), say(other)) for label, say in POINTS),
        Point(gettext("Waybill"), waybills.get(holder.id, ""), waybills.get(other.id, "")),
    ]
    told = [point for point in points if point.holder or point.other]
    return Shown(pair, [gettext(steps.GROUNDS[name]) for name in pair.grounds], told)
