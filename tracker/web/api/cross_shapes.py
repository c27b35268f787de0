"""Cross shapes 数据比对的格式: results as the API tells them, to reviewers and to firms."""

from marshmallow import fields

from tracker.web.api.shape import Answer


class CrossFindingAnswer(Answer):
    """一个字段的比对."""

    field = fields.String()
    label = fields.String()
    outcome = fields.String(metadata={"description": "agrees, near or differs."})
    ours = fields.String(metadata={"description": "In words; told to reviewers only."})
    theirs = fields.String(metadata={"description": "In words; told to reviewers only."})


class CrossResultAnswer(Answer):
    """比对结果: what one file says of one shipment."""

    shipment_id = fields.Integer(attribute="result.shipment_id")
    shipment_version_no = fields.Integer(attribute="result.shipment_version_no")
    standing = fields.Boolean(attribute="result.standing")
    outcome = fields.String(attribute="result.outcome")
    source = fields.String(attribute="result.file.source")
    from_whom = fields.String(
        metadata={"description": "Office and number of the letter; told to reviewers only."}
    )
    compared_at = fields.AwareDateTime(attribute="result.comparison.compared_at")
    findings = fields.List(fields.Nested(CrossFindingAnswer))
