"""Samples 抽查: lines of a filing drawn by chance, with the seed that draws them again."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.web import context, policy, samples
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, Body, Whole

blp = Noun("samples", "抽查", "Lines of a filing drawn by chance.", under="filings")
MOST = 1_000_000


class SampleBody(Body):
    """How many lines."""

    count = Whole(1, MOST, required=True)


class SampleAnswer(Answer):
    """一次抽取."""

    seq = fields.Integer(attribute="draw.entry.seq")
    seed = fields.String(attribute="draw.seed")
    drawn_at = fields.AwareDateTime(attribute="draw.entry.recorded_at")
    items = fields.Function(
        lambda one: [line.item.code for line in one.lines],
        metadata={"type": "array", "items": {"type": "string"}},
    )


class SamplesAnswer(Answer):
    """一份报送的全部抽取."""

    samples = fields.List(fields.Nested(SampleAnswer))


@blp.reading("/<int:key>/samples", "报送的抽查", SamplesAnswer)
@policy.may("see_filing_lines")
def listed(key: int) -> Mapping[str, Any]:
    """Every drawing of a filing, the oldest first."""
    return _all(key)


@blp.writing("/<int:key>/samples", "抽取样本", SamplesAnswer, SampleBody, status=201)
@policy.may("draw_sample")
def draw(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Draw so many lines; seed and lines are recorded in the ledger."""
    samples.drawn(key, body["count"])
    return _all(key)


def _all(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, access.visible_filings(context.user()), key)
    return {"samples": samples.of(session, found)}
