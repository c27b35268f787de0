"""Forecasts 需求测算: what a league will need for a programme in a year or some of its quarters."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker import access
from tracker.access.forecasts import visible_forecasts
from tracker.models.filings import Decision
from tracker.models.forecasts import FORECAST_STATES, Forecast
from tracker.steps import forecast as steps
from tracker.steps.forecast_lines import MOST_EXPECTED, MOST_MEAN_FEN, REASON_LENGTH, Line, Stated
from tracker.web import acting, context, downloads, forecasts, policy
from tracker.web.api.nouns import Noun, Pages, cut, made, part
from tracker.web.api.shape import (
    MOST_CHOSEN,
    Acted,
    Answer,
    Asked,
    Body,
    Fen,
    LeagueAnswer,
    Length,
    Lines,
    StepBody,
    TakenAnswer,
    Text,
    Whole,
    Word,
    names,
)

blp = Noun("forecasts", "需求测算", "What a league will need; no basis for payment.")


class ForecastsAsked(Asked):
    """Filters."""

    state = Word(*FORECAST_STATES)
    league = Text(6)
    year = Whole(2000, 2100)


class ForecastBody(Body):
    """Which programme and quarters, and on what the request rests."""

    programme = Text(30, least=1, required=True)
    year = Whole(2000, 2100, required=True)
    first_quarter = Whole(1, 4, load_default=1)
    last_quarter = Whole(1, 4, load_default=4)
    document_no = Text(steps.DOCUMENT_LENGTH, least=1, required=True)
    basis = Lines(steps.BASIS_LENGTH, least=1, required=True)


class StatedBody(Body):
    """What is expected of one line."""

    key = Text(80, least=1, required=True, metadata={"description": "As the line names itself."})
    expected = Whole(0, MOST_EXPECTED, required=True)
    reason = Text(REASON_LENGTH, load_default="")
    mean_fen = Fen(1, MOST_MEAN_FEN, allow_none=True, load_default=None)
    """What one shipment brings, only where the ledger knows none."""


class StatedLines(Body):
    """What is expected of lines of a version."""

    version_no = Whole(1, required=True)
    lines = fields.List(
        fields.Nested(StatedBody), required=True, validate=Length(min=1, max=MOST_CHOSEN)
    )


class ForecastStep(StepBody):
    """A step of a forecast."""

    step = Word(*names("forecast"), required=True)


class ForecastAnswer(Answer):
    """需求测算."""

    id = fields.Integer(attribute="forecast.id")
    code = fields.String(attribute="forecast.code")
    league = fields.Nested(LeagueAnswer, attribute="forecast.league")
    programme = fields.String(attribute="forecast.programme.code")
    year = fields.Integer(attribute="forecast.year")
    first_quarter = fields.Integer(attribute="forecast.first_quarter")
    last_quarter = fields.Integer(attribute="forecast.last_quarter")
    document_no = fields.String(attribute="forecast.document_no")
    state = fields.String(attribute="forecast.state")
    replaced_by_id = fields.Integer(attribute="forecast.replaced_by_id", allow_none=True)
    version_no = fields.Integer(attribute="version.version_no")
    computed_on = fields.Date(attribute="version.computed_on")
    seq = fields.Integer(attribute="version.seq")
    head = fields.String(attribute="version.head")
    known_fen = fields.Integer(attribute="version.known_fen")
    approved_fen = fields.Integer(attribute="version.approved_fen")
    expected_fen = fields.Integer(attribute="version.expected_fen")
    need_fen = fields.Integer(attribute="version.need_fen")
    left_fen = fields.Integer(attribute="version.left_fen")
    is_sample = fields.Boolean(attribute="version.is_sample")


class VersionAnswer(Answer):
    """测算版本."""

    version_no = fields.Integer()
    made_at = fields.AwareDateTime()
    made_by = fields.String(attribute="user.name")
    seq = fields.Integer()
    need_fen = fields.Integer()
    sha256 = fields.String()
    sheet_sha256 = fields.String()


class ForecastOne(ForecastAnswer, Acted):
    """需求测算，附依据、各版本、办理记录."""

    basis = fields.String(attribute="forecast.basis")
    versions = fields.List(fields.Nested(VersionAnswer))


class ForecastLineAnswer(Answer):
    """测算明细的一行."""

    key = fields.String()
    quarter = fields.Integer()
    uscc = fields.String(metadata={"description": "Empty for firms not in the ledger yet."})
    firm = fields.String()
    corridor = fields.String()
    method_version = fields.Integer(attribute="method")
    in_force = fields.Boolean()
    known = fields.Integer()
    accrued_fen = fields.Integer()
    applied_fen = fields.Integer()
    filed_fen = fields.Integer()
    approved_fen = fields.Integer()
    known_fen = fields.Integer()
    mean_from = fields.String()
    mean_count = fields.Integer()
    mean_sum_fen = fields.Integer()
    mean_fen = fields.Integer()
    recent = fields.Integer()
    recent_days = fields.Integer()
    days = fields.Integer()
    ahead = fields.Integer()
    suggested = fields.Integer()
    expected = fields.Integer()
    reason = fields.String()
    expected_fen = fields.Integer()
    need_fen = fields.Integer()


@blp.listing("", "需求测算列表", ForecastAnswer, ForecastsAsked)
@policy.may("see_forecasts")
def listed(pages: Pages) -> list[forecasts.Listed]:
    """The forecasts one may see, newest first."""
    query = forecasts.filtered(context.user()).order_by(Forecast.id.desc())
    return forecasts.listed(context.session(), part(query, pages))


@blp.writing("", "起草需求测算", ForecastOne, ForecastBody, status=201)
@policy.may("draft_forecast")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft a forecast with its first version and sheet; it moves no money."""
    said = dict(body)
    key = forecasts.make(said.pop("programme"), steps.Wanted(**said))
    return made(_one(key), "forecasts", key)


@blp.reading("/<int:key>", "一份需求测算：版本、办理记录、可办环节", ForecastOne)
@policy.may("see_forecasts")
def one(key: int) -> Mapping[str, Any]:
    """One forecast with its versions, what was decided, and the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/lines", "测算明细", ForecastLineAnswer)
@policy.may("see_forecasts")
def line_list(key: int, pages: Pages) -> list[Line]:
    """The lines of the newest version, each with its basis."""
    lines = steps.lines(steps.version(context.session(), _found(key)))
    return cut(lines, pages)


@blp.writing("/<int:key>/lines", "填报预计票数", ForecastOne, StatedLines)
@policy.may("draft_forecast")
def state(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say what is expected of lines, with the reason; a further version is kept."""
    said = {
        line["key"]: Stated(line["expected"], line["reason"], line["mean_fen"])
        for line in body["lines"]
    }
    forecasts.keep(key, said, body["version_no"])
    return _one(key)


@blp.writing("/<int:key>/compute", "按最新台账重新测算", ForecastOne)
@policy.may("draft_forecast")
def compute(key: int) -> Mapping[str, Any]:
    """Tell a draft anew at the ledger's newest entry; what was stated stays."""
    forecasts.again(key)
    return _one(key)


@blp.file("/<int:key>/versions/<int:number>/sheet", "下载需求测算表", downloads.BOOK_TYPE)
@policy.may("see_forecasts")
def sheet(key: int, number: int) -> Response:
    """The sheet of a version: the very bytes that were made with it."""
    return forecasts.sheet_of(key, number)


@blp.file("/<int:key>/versions/<int:number>/pdf", "下载需求测算表 PDF", downloads.PDF_TYPE)
@policy.may("see_forecasts")
def pdf_file(key: int, number: int) -> Response:
    """A version as a PDF to be signed and sealed."""
    return forecasts.pdf_of(key, number)


@blp.writing("/<int:key>/steps", "办理需求测算环节", TakenAnswer, ForecastStep)
@policy.only(*acting.takers("forecast"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `submit` sends it to the province."""
    return acting.press(visible_forecasts, key, **body)


def _found(key: int) -> Forecast:
    return access.see(context.session(), visible_forecasts(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    return {
        "forecast": found,
        "version": steps.version(session, found),
        "versions": steps.versions(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
