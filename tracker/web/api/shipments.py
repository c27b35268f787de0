"""Shipments 车次（箱）: the list with its filters; one with cargo, route, tallies and money."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.cargo import SHIPMENT_STATES
from tracker.models.cross_checks import CROSS_OUTCOMES
from tracker.models.money import STANDING_STAGES
from tracker.steps import legs, parcels
from tracker.steps.lacking import LACKS
from tracker.web import (
    context,
    cross_views,
    lacking,
    oddities,
    policy,
    routes,
    shipment_list,
    stories,
)
from tracker.web.api.cross_shapes import CrossResultAnswer
from tracker.web.api.further_shapes import LegAnswer, ParcelsAnswer
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import Answer, Asked, Day, FirmAnswer, LeagueAnswer, Text, Word

blp = Noun(
    "shipments", "车次（箱）", "What is paid for: a vehicle's crossing, or a box on a train."
)

SORTS = (*shipment_list.SORTS, *(f"-{name}" for name in shipment_list.SORTS))


class ShipmentsAsked(Asked):
    """Filters and order."""

    state = Word(*SHIPMENT_STATES)
    mode = Word(*shipment_list.MODES)
    league = Text(6)
    firm = Text(18)
    waits = Word("1", metadata={"description": "Only those that wait for something."})
    stage = Word(*STANDING_STAGES)
    manifest = Text(16)
    application = Text(16)
    crossed = Word(
        *CROSS_OUTCOMES, metadata={"description": "Only those of which a cross-check says this."}
    )
    lacks = Word(*LACKS, metadata={"description": "Only those that lack this."})
    first = Day(data_key="from")
    last = Day(data_key="to")
    q = Text(80)
    sort = Word(*SORTS)


class ShipmentAnswer(Answer):
    """车次（箱）."""

    id = fields.Integer(attribute="shipment.id")
    label = fields.String(attribute="shipment.label")
    unit_key = fields.String(attribute="shipment.unit_key")
    firm = fields.Nested(FirmAnswer, attribute="shipment.firm")
    league = fields.Nested(LeagueAnswer, attribute="shipment.league", allow_none=True)
    mode = fields.String(attribute="shipment.mode")
    direction = fields.String(attribute="shipment.direction")
    departure_date = fields.Date(attribute="shipment.departure_date")
    border_exit_date = fields.Date(attribute="shipment.border_exit_date", allow_none=True)
    state = fields.String(attribute="shipment.state")
    waits_for = fields.String(attribute="shipment.waits_for")
    version_no = fields.Integer(attribute="shipment.version_no")
    accepted_seq = fields.Integer(attribute="shipment.accepted_seq")
    accepted_at = fields.AwareDateTime(attribute="shipment.accepted_at")
    corridor = fields.String(allow_none=True)
    route_state = fields.String(allow_none=True)
    balances_fen = fields.Dict(attribute="balances", keys=fields.String(), values=fields.Integer())
    amount_fen = fields.Integer(allow_none=True)
    stage = fields.String(metadata={"description": "The furthest its money has reached."})


class CargoAnswer(Answer):
    """明细行（一票货）, one version of it."""

    waybill_no = fields.String(attribute="line.waybill_no")
    version_no = fields.Integer(attribute="line.version_no")
    standing = fields.Boolean(attribute="line.standing")
    supervision_mode = fields.String(attribute="line.supervision_mode")
    goods_name = fields.String(attribute="line.goods_name")
    gross_weight_g = fields.Integer(attribute="line.gross_weight_g")
    packages = fields.Integer(attribute="line.packages")
    values = fields.Dict(attribute="line.fields", keys=fields.String())
    content_sha256 = fields.String(attribute="line.content_sha256")
    manifest_id = fields.Integer(allow_none=True)
    file_name = fields.String()
    sheet = fields.String()
    row = fields.Integer(attribute="row_no")


class PartAnswer(Answer):
    """一段里程."""

    kind = fields.String()
    code = fields.String()
    name = fields.String()
    km_tenths = fields.Integer()


class RouteAnswer(Answer):
    """线路, one version of it."""

    standing = fields.Boolean(attribute="route.standing")
    state = fields.String(attribute="route.state")
    corridor = fields.String(attribute="route.corridor", allow_none=True)
    corridor_name = fields.String(attribute="corridor")
    hub = fields.String()
    port = fields.String()
    league = fields.String()
    distance_km_tenths = fields.Integer(attribute="route.distance_km_tenths", allow_none=True)
    domestic_km_tenths = fields.Integer(allow_none=True)
    province_km_tenths = fields.Integer(allow_none=True)
    confidence_per_mille = fields.Integer(attribute="route.confidence")
    parts = fields.List(fields.Nested(PartAnswer))
    reasons = fields.List(fields.String())
    km_source = fields.String()
    attribution = fields.String()


class AssessmentAnswer(Answer):
    """测算: what the method's rule said, step by step."""

    method_id = fields.Integer()
    document_no = fields.String(attribute="method.document_no")
    seq = fields.Integer()
    outcome = fields.String()
    award_fen = fields.Integer()
    run_sha256 = fields.String()
    facts = fields.Dict(keys=fields.String())
    tally = fields.Dict(keys=fields.String())


class MoveAnswer(Answer):
    """资金变动."""

    seq = fields.Integer()
    kind = fields.String()
    at = fields.AwareDateTime()
    business_date = fields.Date()
    actor = fields.String()
    source = fields.String()
    target = fields.String()
    amount_fen = fields.Integer()
    reason_code = fields.String()


class HolderAnswer(Answer):
    """何处办理."""

    kind = fields.String()
    id = fields.Integer()
    code = fields.String()
    state = fields.String()


class ChangeAnswer(Answer):
    """一项变化: a fact, a limit of the method, or what a counter held before."""

    kind = fields.String()
    name = fields.String()
    was = fields.Raw(allow_none=True, metadata={"description": "As recorded; null is unknown."})
    values = fields.List(
        fields.Raw(), metadata={"description": "Any of these gives the same result."}
    )


class HintAnswer(Answer):
    """变化后的结果: what the rule, run again with these changes and all else as it is, came to."""

    kind = fields.String(metadata={"description": "fact, limit, counter, together or method."})
    article = fields.String()
    changes = fields.List(fields.Nested(ChangeAnswer))
    outcome = fields.String()
    award_fen = fields.Integer()
    zh = fields.String()
    en = fields.String()


class DueAnswer(Answer):
    """补贴项: what the shipment is due in one league under one programme."""

    item = fields.String(attribute="item.code")
    league = fields.Nested(LeagueAnswer, attribute="item.league")
    assessments = fields.List(
        fields.Nested(AssessmentAnswer), metadata={"description": "The standing one first."}
    )
    balances_fen = fields.Dict(attribute="balances", keys=fields.String(), values=fields.Integer())
    moves = fields.List(fields.Nested(MoveAnswer))
    holders = fields.List(fields.Nested(HolderAnswer))
    hints = fields.List(
        fields.Nested(HintAnswer),
        attribute="changed_by",
        metadata={"description": "What would change the result; none where it gets all."},
    )


class ShipmentOne(ShipmentAnswer):
    """车次（箱）的来龙去脉."""

    unit = fields.Dict(attribute="shipment.unit", keys=fields.String())
    cargo = fields.List(fields.Nested(CargoAnswer))
    routes = fields.List(
        fields.Nested(RouteAnswer), metadata={"description": "The standing one first."}
    )
    dues = fields.List(fields.Nested(DueAnswer))
    legs = fields.List(fields.Nested(LegAnswer))
    parcels = fields.Nested(ParcelsAnswer, allow_none=True)
    lacks = fields.List(
        fields.String(), metadata={"description": "Fields and evidence needed before applying."}
    )
    oddities = fields.List(
        fields.String(),
        metadata={"description": "What to look at twice, in words; told to reviewers only."},
    )
    cross_checks = fields.List(
        fields.Nested(CrossResultAnswer),
        metadata={"description": "What files of customs, ports or railways say; standing first."},
    )


@blp.listing("", "车次（箱）列表", ShipmentAnswer, ShipmentsAsked)
@policy.may("see_shipments")
def listed(pages: Pages) -> list[shipment_list.Row]:
    """The visible shipments that fit the filters."""
    user = context.user()
    query = shipment_list.ordered(shipment_list.query(user))
    return shipment_list.rows(context.session(), user, part(query, pages))


@blp.reading("/<int:key>", "一车次（箱）：货物、线路、测算、资金", ShipmentOne)
@policy.may("see_shipments")
def one(key: int) -> Mapping[str, Any]:
    """One shipment: cargo, route, computation, and where its money is."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_shipments(user), key)
    (row,) = shipment_list.rows(session, user, [found])
    opens = access.may(user, "see_manifests")
    return {
        "shipment": found,
        "corridor": row.corridor,
        "route_state": row.route_state,
        "balances": row.balances,
        "amount_fen": row.amount_fen,
        "stage": row.stage,
        "cargo": [
            {
                "line": version.line,
                "manifest_id": version.manifest_id if opens else None,
                "file_name": version.file_name,
                "sheet": version.sheet,
                "row_no": version.row_no,
            }
            for version in stories.lines(session, found)
        ],
        "routes": routes.of(session, found),
        "dues": stories.dues(session, user, found),
        "legs": [
            {
                "leg": told.leg,
                "manifest_id": told.manifest_id if opens else None,
                "file_name": told.file_name,
                "sheet": told.sheet,
            }
            for told in legs.of(session, found)
        ],
        "parcels": parcels.of(session, found),
        "lacks": [one.name for one in lacking.of(found)],
        "oddities": oddities.of(found),
        "cross_checks": cross_views.of_shipment(found),
    }
