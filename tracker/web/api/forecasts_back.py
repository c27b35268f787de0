"""Forecasts back 回传需求测算表: a sheet of need, filled in and uploaded again."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.web import context, forecasts_back, policy, sheets_back
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, Body, Whole
from tracker.web.api.sheets_back import SheetFile, WrongAnswer
from tracker.web.forecasts_back import Returned

blp = Noun(
    "forecasts_back", "回传需求测算表", "What was typed into a sheet of need.", under="forecasts"
)


class TakeBody(Body):
    """The version the caller saw."""

    version_no = Whole(1, required=True, metadata={"description": "The newest one."})


class StatedAnswer(Answer):
    """一行拟填报."""

    row = fields.Integer()
    key = fields.String(attribute="line.key")
    label = fields.String()
    expected_now = fields.Integer(attribute="line.expected")
    mean_fen_now = fields.Integer(attribute="line.mean_fen")
    reason_now = fields.String(attribute="line.reason")
    expected_fen_now = fields.Integer(attribute="line.expected_fen")
    expected = fields.Integer(attribute="made.expected")
    mean_fen = fields.Integer(attribute="made.mean_fen")
    reason = fields.String(attribute="made.reason")
    expected_fen = fields.Integer(attribute="made.expected_fen")


class ForecastSheetAnswer(Answer):
    """一份回传的需求测算表."""

    sha256 = fields.String()
    forecast = fields.String(attribute="forecast.code")
    newest_no = fields.Integer(attribute="forecast.newest_no")
    unchanged_no = fields.Integer(
        metadata={"description": "The version whose very file it is; 0 where it is that of none."}
    )
    version_no = fields.Integer(metadata={"description": "The version it was held against."})
    same = fields.Integer(attribute="found.same")
    proposed = fields.List(fields.Nested(StatedAnswer), attribute="found.proposed")
    problems = fields.List(fields.Nested(WrongAnswer), attribute="found.problems")


@blp.writing(
    "/<int:key>/sheets-back", "回传需求测算表", ForecastSheetAnswer, SheetFile, location="files"
)
@policy.may("see_forecasts")
def upload(body: Mapping[str, Any], key: int) -> Returned:
    """Look at a workbook that came back; nothing is changed by it."""
    return _one(key, forecasts_back.kept(key, sheets_back.chosen(body["file"])))


@blp.reading("/<int:key>/sheets-back/<sha256>", "一份回传的需求测算表", ForecastSheetAnswer)
@policy.may("see_forecasts")
def back(key: int, sha256: str) -> Returned:
    """What it says beside what stands."""
    return _one(key, sha256)


@blp.writing("/<int:key>/sheets-back/<sha256>", "采纳回传需求测算表", ForecastSheetAnswer, TakeBody)
@policy.may("draft_forecast")
def take(body: Mapping[str, Any], key: int, sha256: str) -> Returned:
    """Take over everything it proposes as a further version, or nothing where a row is wrong."""
    forecasts_back.taken(key, sha256, body["version_no"])
    return _one(key, sha256)


def _one(key: int, sha256: str) -> Returned:
    return forecasts_back.returned(context.session(), context.user(), key, sha256)
