"""Line shapes 明细的格式: a line of an application or a filing, and what is taken off it."""

from marshmallow import fields

from tracker.steps import flow
from tracker.web.api.cross_shapes import CrossResultAnswer
from tracker.web.api.shape import Body, Fen, ItemAnswer, Text, Word


class Reduction(Body):
    """核减: zero undoes it; anything else needs a reason code and words."""

    reduced_fen = Fen(required=True)
    reason_code = Word("", *flow.REASON_CODES, load_default="")
    reason = Text(300, load_default="")


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
