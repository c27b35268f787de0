"""Correction shapes 更正的数据格式: what the API says of changed rows, replacing, withdrawing."""

from marshmallow import fields

from tracker.web.api.shape import Answer


class DifferenceAnswer(Answer):
    """一处不同."""

    field = fields.String()
    label = fields.String()
    before = fields.String()
    after = fields.String()


class ChangedAnswer(Answer):
    """改动的行，与现行明细并列."""

    id = fields.Integer()
    sheet = fields.String()
    row = fields.Integer(attribute="row_no")
    state = fields.String()
    reason = fields.String()
    unit_key = fields.String()
    waybill_no = fields.String()
    earlier = fields.String(
        metadata={"description": "What people call the shipment of the line that stands, or stood."}
    )
    waits = fields.Boolean(metadata={"description": "The row has not gone in."})
    verdict = fields.String(metadata={"description": "What was said last of just this."})
    differences = fields.List(fields.Nested(DifferenceAnswer))


class ReplacesAnswer(Answer):
    """替换: which upload it takes the place of, and what that comes to."""

    manifest = fields.Integer(attribute="link.replaced_id")
    difference_fen = fields.Integer(
        attribute="link.difference_fen",
        allow_none=True,
        metadata={"description": "Change of the accrued money, tried out when it was read."},
    )
    leaving = fields.Function(lambda one: len(one.leaving), metadata={"type": "integer"})
    legs_leaving = fields.Function(lambda one: one.further[0], metadata={"type": "integer"})
    lists_leaving = fields.Function(
        lambda one: one.further[1],
        metadata={"type": "integer", "description": "Parcel lists that leave."},
    )
    hindrances = fields.List(fields.String(), metadata={"description": "Why it cannot go in."})


class WithdrawalAnswer(Answer):
    """撤回: the last time it was asked for."""

    state = fields.String()
    asked_at = fields.AwareDateTime()
    asked_by = fields.String(attribute="user.name")
    settled = fields.List(
        fields.String(), metadata={"description": "Shipments it was refused for."}
    )
    seq = fields.Integer(allow_none=True)
