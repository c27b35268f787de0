"""Maps 线路示意图: the corridors of a month with what went on them, drawn here, and as a table."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tracker import access
from tracker.db import local_day
from tracker.papers import maps
from tracker.web import asked, context, policy, volumes
from tracker.web.filters import tongue

bp = Blueprint("maps", __name__, url_prefix="/networks/map")


@bp.get("")
@policy.may("see_networks", "see_shipments")
def month() -> ResponseReturnValue:
    """The month asked for; otherwise the newest with shipments, or this one."""
    session, user = context.session(), context.user()
    known = volumes.months(session, user)
    first = asked.read_month(request.args.get("month", "")) or newest(known)
    found = volumes.of_month(session, user, first)
    shipments = {one.id: one.shipments for one in found.volumes}
    pictures = [
        maps.drawn(found.network, found.corridors, shipments, window, tongue())
        for window in (maps.WIDE, *maps.NARROW)
        if found.network
    ]
    return render_template(
        "networks/map.html",
        month=found,
        months=sorted({*known, first}, reverse=True),
        written=volumes.written,
        pictures=[one for one in pictures if one],
        sees_volumes=access.may(user, "see_shipments"),
    )


def newest(known: list[date]) -> date:
    """The newest month with shipments; this one where there is none."""
    return known[0] if known else local_day(context.now()).replace(day=1)
