"""Answer shapes 回答的格式: what a person says of a file that was uploaded, and what was said."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from ingest.answers import KINDS
from ingest.answers import Answer as Answered
from tracker.web.api.shape import Answer, Body, Text, Whole, Word


class AnswerBody(Body):
    """One answer: `kind` says to what; see the kinds' own words."""

    kind = Word(*KINDS, required=True)
    sheet = Text(120, load_default="")
    row = Whole(1, 1_100_000, load_default=None, allow_none=True)
    column = Text(8, load_default="")
    field = Text(40, load_default="")
    code = Text(60, load_default="")
    value = Text(2000, load_default="")


class GivenAnswer(Answer):
    """回答: what was answered, by whom and when."""

    number = fields.Integer(attribute="answer_no")
    kind = fields.String()
    sheet = fields.String()
    row = fields.Integer(attribute="row_no", allow_none=True)
    column = fields.String(attribute="column_letter", allow_none=True)
    field = fields.String(allow_none=True)
    code = fields.String(allow_none=True)
    value = fields.String(allow_none=True, metadata={"description": "Null takes it back."})
    answered_at = fields.AwareDateTime()
    answered_by = fields.String(attribute="user.name")


def as_given(body: Mapping[str, Any], sheet: str = "") -> Answered:
    """The answer of a body; about this sheet where it names none."""
    return Answered(
        kind=body["kind"],
        sheet=body["sheet"] or sheet,
        row=body["row"],
        column=body["column"] or None,
        field=body["field"] or None,
        code=body["code"] or None,
        value=body["value"],
    )
