"""Unmatched 待定线路: shipments whose route cannot be told, and setting them on a corridor."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.access import pins as reviewed
from tracker.models.cargo import Shipment
from tracker.steps import matching, pins
from tracker.steps.pinning import Choice
from tracker.web import context, policy, unmatched
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import Answer, Body, Text, Truth

blp = Noun("unmatched", "待定线路", "Shipments that wait for a reviewer to set their route.")


class PinBody(Body):
    """The corridor, the places that the words mean, and how one knows."""

    corridor = Text(unmatched.ID_LENGTH, least=1, required=True)
    near = Text(unmatched.ID_LENGTH, load_default="")
    far = Text(unmatched.ID_LENGTH, load_default="")
    reason = Text(unmatched.REASON_LENGTH, least=1, required=True)
    alone = Truth(load_default=False)


class UnmatchedAnswer(Answer):
    """一票待定线路的发运."""

    shipment_id = fields.Integer(attribute="shipment.id")
    label = fields.String(attribute="shipment.label")
    unit_key = fields.String(attribute="shipment.unit_key")
    firm = fields.String(attribute="shipment.firm.name")
    departure_date = fields.Date(attribute="shipment.departure_date")
    state = fields.String(attribute="route.state")
    says = fields.Dict(keys=fields.String())
    same_as = fields.String(
        metadata={"description": "Those with the same one say the same of their route."}
    )
    candidates = fields.List(fields.Dict(), attribute="route.match.candidates")
    reasons = fields.List(fields.Dict(), attribute="route.match.reasons")


class PinnedAnswer(Answer):
    """定线结果."""

    count = fields.Integer()


@blp.listing("", "待定线路列表", UnmatchedAnswer)
@policy.may("see_unmatched")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """What waits for a reviewer, the longest first."""
    query = reviewed.unmatched(context.user()).order_by(Shipment.accepted_seq)
    found = part(query, pages)
    routes = matching.standing(context.session(), found)
    return [
        {
            "shipment": one,
            "route": routes[one.id],
            "says": (said := pins.said(one)),
            "same_as": pins.sha256(said),
        }
        for one in found
    ]


@blp.writing("/<int:key>", "指定线路", PinnedAnswer, PinBody)
@policy.may("pin_route")
def pin(body: Mapping[str, Any], key: int) -> Mapping[str, int]:
    """Set it on the corridor, with all that say the same unless ``alone``."""
    places = {end: body[end] for end in ("near", "far") if body[end]}
    choice = Choice(body["corridor"], places, body["reason"])
    return {"count": unmatched.pinned(key, choice, alone=body["alone"])}
