"""Line shapes 明细的格式: a line of an application or a filing, with what others say of it."""

from marshmallow import fields

from tracker.web.api.cross_shapes import CrossResultAnswer
from tracker.web.api.shape import ItemAnswer


class LineAnswer(ItemAnswer):
    """明细: computed, applied or filed, reduced and left side by side."""

    id = fields.Integer()
    firm = fields.String()
    computed_fen = fields.Integer(allow_none=True)
    amount_fen = fields.Integer()
    reduced_fen = fields.Integer()
    held_fen = fields.Integer(
        metadata={"description": "On hold: not part of what is decided with the others."}
    )
    approved_fen = fields.Integer()
    reason_code = fields.String()
    reason = fields.String()
    cross_checks = fields.List(
        fields.Nested(CrossResultAnswer),
        metadata={"description": "What files of customs, ports or railways say, the worst first."},
    )
    flags = fields.List(fields.String(), metadata={"description": "What stands out, in words."})
