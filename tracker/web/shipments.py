"""Shipments 车次（箱）: the list that filters, sorts and downloads; one with its whole story."""

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from rules.facts import ECOMMERCE_MODES
from tracker import access
from tracker.access.pins import reviewable
from tracker.models.cargo import SHIPMENT_STATES, Shipment
from tracker.models.cross_checks import CROSS_OUTCOMES
from tracker.models.money import STANDING_STAGES
from tracker.models.people import FIRM_ROLES, League
from tracker.papers.receipt import DIRECTIONS, MODES
from tracker.steps import assessment, legs, parcels, pins
from tracker.web import (
    asked,
    context,
    downloads,
    filters,
    further_sheets,
    labels,
    oddities,
    policy,
    problems,
    rooms,
    routes,
    shipment_list,
    stories,
)

bp = Blueprint("shipments", __name__, url_prefix="/shipments")
CSV_BATCH = 500
ROOMS_OF = {
    "application": "applications.application",
    "publication": "publications.publication",
    "filing": "filings.filing",
    "disbursement": "disbursements.disbursement",
    "recovery": "recoveries.recovery",
}
"""What may hold the money -> the page that shows it."""


@bp.get("")
@policy.may("see_shipments")
def shipments() -> ResponseReturnValue:
    """The visible shipments that fit the filters."""
    session, user = context.session(), context.user()
    query = shipment_list.query(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = shipment_list.ordered(query).limit(paged.rows).offset(paged.offset)
    leagues = session.scalars(select(League).order_by(League.code)).all()
    return render_template(
        "shipments/list.html",
        rows=shipment_list.rows(session, user, session.scalars(part).all()),
        paged=paged,
        leagues=[(league.code, filters.said(league, "name")) for league in leagues],
        stages=STANDING_STAGES,
        states=SHIPMENT_STATES,
        modes=shipment_list.MODES,
        cross_outcomes=CROSS_OUTCOMES,
        shows_firm=user.role not in FIRM_ROLES,
        sort=asked.text("sort") or shipment_list.DEFAULT_SORT,
    )


@bp.get("/list.csv")
@policy.may("see_shipments")
def download() -> ResponseReturnValue:
    """The same list as a file; amounts in yuan with two decimals."""
    head = [
        gettext("Shipment"),
        gettext("Firm"),
        gettext("League"),
        gettext("Mode"),
        gettext("Direction"),
        gettext("Day of departure"),
        gettext("Border exit"),
        gettext("Route"),
        gettext("State"),
        gettext("Waits for"),
        gettext("Amount (yuan)"),
        *(filters.stage(stage) for stage in STANDING_STAGES),
    ]
    return downloads.csv_file(gettext("Shipments") + ".csv", head, _cells())


@bp.get("/<int:key>")
@policy.may("see_shipments")
def shipment(key: int) -> ResponseReturnValue:
    """One shipment: cargo, route, computation, and where its money is."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_shipments(user), key)
    versions = stories.lines(session, found)
    route_views = routes.of(session, found)
    dues = stories.dues(session, user, found)
    return render_template(
        "shipments/one.html",
        shipment=found,
        unit=found.unit,
        versions=versions,
        legs=legs.of(session, found),
        parcels=parcels.of(session, found),
        reload_name=further_sheets.reload_name,
        earlier=stories.earlier(versions),
        route=route_views[0] if route_views and route_views[0].route.standing else None,
        earlier_routes=[view for view in route_views if not view.route.standing],
        may_set_route=access.may(user, "pin_route")
        and bool(access.seen(session, reviewable(user), [found.id])),
        pin=pins.standing(session, [found]).get(found.id),
        dues=dues,
        oddities=oddities.of(found),
        may_see_manifest=access.may(user, "see_manifests"),
        may_issue_receipt=access.may(user, "issue_receipt"),
        holder_url=holder_url,
        ecommerce_modes=ECOMMERCE_MODES,
        in_pool=assessment.IN_POOL,
        turn=labels.turn,
        shows_firm=user.role not in FIRM_ROLES,
    )


@bp.get("/<int:key>/rows")
@policy.may("see_shipments")
def rows(key: int) -> ResponseReturnValue:
    """The rows of the uploaded files it came from, field by field, and no others."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_shipments(user), key)
    return render_template(
        "shipments/rows.html",
        shipment=found,
        versions=[(one, _said(one)) for one in sorted(stories.lines(session, found), key=_place)],
        may_see_manifest=access.may(user, "see_manifests"),
    )


def mode_name(mode: str) -> str:
    """Road or rail, in words."""
    return str(gettext(MODES[mode]))


def direction_name(direction: str) -> str:
    """Outbound or inbound, in words."""
    return str(gettext(DIRECTIONS[direction]))


@bp.app_context_processor
def _words() -> dict[str, object]:
    return {"mode_name": mode_name, "direction_name": direction_name}


def holder_url(holder: stories.Holder) -> str:
    """Where this person can open what holds the money; nothing where they cannot."""
    return rooms.address(ROOMS_OF[holder.kind], key=holder.id)


def _cells() -> Iterator[list[object]]:
    session, user = context.session(), context.user()
    query = shipment_list.ordered(shipment_list.query(user)).limit(downloads.MOST_ROWS + 1)
    part: list[Shipment] = []
    for one in session.scalars(query):
        part.append(one)
        if len(part) == CSV_BATCH:
            yield from map(_row, shipment_list.rows(session, user, part))
            part = []
    yield from map(_row, shipment_list.rows(session, user, part))


def _row(row: shipment_list.Row) -> list[object]:
    one = row.shipment
    return [
        one.label,
        one.firm.name,
        filters.said(one.league, "name") if one.league else "",
        mode_name(one.mode),
        direction_name(one.direction),
        one.departure_date,
        one.border_exit_date,
        row.corridor,
        filters.state_label(one.state, "shipment"),
        gettext(one.waits_for) if one.waits_for else "",
        _plain(row.amount_fen),
        *(_plain(row.balances.get(stage)) for stage in STANDING_STAGES),
    ]


def _place(version: stories.Version) -> tuple[bool, str, str, int]:
    """What stands first, then as a person finds it in the file."""
    return not version.line.standing, version.file_name, version.sheet, version.row_no


def _said(version: stories.Version) -> list[tuple[str, object]]:
    """What the row of the file says, under the headings of the template."""
    return [(problems.label(name), value) for name, value in version.line.fields.items()]


def _plain(fen: int | None) -> str:
    return "" if fen is None else downloads.fen_as_yuan(fen)
