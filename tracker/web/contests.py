"""Contests 重复主张: for reviewers, shipments that two firms claim, with both sides to compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker import access
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.steps import contests as steps
from tracker.steps import shipments
from tracker.web import context, filters, policy

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
    (mark("League"), _league),
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
    """Every pair that one may see both sides of."""
    session, user = context.session(), context.user()
    found = steps.contests(session, access.contest_sides(user))
    sides = {side.id: side for one in found for side in (one.holder, one.other)}
    waybills = {
        key: "、".join(sorted(line["waybill_no"] for line in unit.lines))
        for key, unit in shipments.units_of(session, list(sides.values())).items()
    }
    opens = access.seen(session, access.visible_shipments(user), sides.keys())
    shown = [_shown(pair, waybills) for pair in found]
    return render_template("contests/list.html", shown=shown, opens=opens)


def _shown(pair: steps.Contest, waybills: Mapping[int, str]) -> Shown:
    holder, other = pair.holder, pair.other
    points = [
        *(Point(gettext(label), say(holder), say(other), tells=False) for label, say in WHOSE),
        *(Point(gettext(label), say(holder), say(other)) for label, say in POINTS),
        Point(gettext("Waybill"), waybills.get(holder.id, ""), waybills.get(other.id, "")),
    ]
    told = [point for point in points if point.holder or point.other]
    return Shown(pair, [gettext(steps.GROUNDS[name]) for name in pair.grounds], told)
