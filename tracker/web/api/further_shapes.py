"""Further sheets 附表 as answers: legs and parcel lists of an upload and of a shipment."""

from marshmallow import fields

from tracker.web.api.shape import Answer


class FurtherAnswer(Answer):
    """附表: a sheet of legs or parcels as it was read; its states add up to its rows."""

    kind = fields.String(metadata={"description": "legs or parcels."})
    sheet = fields.String()
    header_row = fields.Integer()
    mapping = fields.Dict(keys=fields.String(), values=fields.String())
    unknown_columns = fields.Dict(attribute="unknown", keys=fields.String(), values=fields.String())
    rows_read = fields.Integer()
    states = fields.Dict(keys=fields.String(), values=fields.Integer())


class LegAnswer(Answer):
    """分段: one leg as the newest upload that counts says it."""

    leg_no = fields.Integer(attribute="leg.leg_no")
    fields_ = fields.Dict(attribute="leg.fields", data_key="fields", keys=fields.String())
    version_no = fields.Integer(attribute="leg.version_no")
    manifest_id = fields.Integer(allow_none=True)
    file_name = fields.String()
    sheet = fields.String()
    row_no = fields.Integer(attribute="leg.row_no")


class ParcelsAnswer(Answer):
    """包裹清单: counts and sums; single parcels are not kept."""

    parcels = fields.Integer(attribute="parcel_count")
    lists = fields.Integer(attribute="list_count")
    rows = fields.Integer(attribute="row_count")
    value_fen = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        allow_none=True,
        metadata={"description": "Hundredths by currency; null where a row has no value."},
    )
    weight_g = fields.Integer(allow_none=True)
    version_no = fields.Integer()
