"""Self-evaluations 绩效自评: what a league says of a filing's targets, version by version."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.self_evaluations import REACHED
from tracker.steps import filing as filings
from tracker.steps import self_evaluations as steps
from tracker.web import context, policy, self_evaluations
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, Body, Length, Lines, Text, Whole, Word

blp = Noun("self_evaluations", "绩效自评", "How a filing's targets were reached.", under="filings")
MOST_TARGETS = 200
MOST_VERSIONS = 1_000_000


class ResultBody(Body):
    """What was reached of one target that the ledger has no figure for."""

    target = Text(steps.MOST_SIGNS, least=1, required=True)
    result = Text(steps.MOST_RESULT_SIGNS, required=True)


class SelfEvaluationBody(Body):
    """What the league says; `seen` is the newest version that was read, 0 where there is none."""

    seen = Whole(0, MOST_VERSIONS, required=True)
    reached = Word(*REACHED, required=True)
    results = fields.List(
        fields.Nested(ResultBody), load_default=list, validate=Length(max=MOST_TARGETS)
    )
    words = Lines(steps.MOST_SIGNS, least=1, required=True)
    reasons = Lines(steps.MOST_SIGNS, load_default="")
    measures = Lines(steps.MOST_SIGNS, load_default="")


class SelfEvaluationAnswer(Answer):
    """一版绩效自评."""

    version = fields.Integer(attribute="version_no")
    reached = fields.String()
    results = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Target -> what was reached, where the ledger has no figure."},
    )
    words = fields.String()
    reasons = fields.String()
    measures = fields.String()
    stated_by = fields.String(attribute="user.name")
    stated_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the entry that tells of it."})


class SelfEvaluationsAnswer(Answer):
    """一份报送的绩效自评."""

    filing = fields.String(metadata={"description": "The filing as the league sent it."})
    to_measure = fields.List(
        fields.String(), metadata={"description": "Targets whose results the league says."}
    )
    versions = fields.List(fields.Nested(SelfEvaluationAnswer))


@blp.reading("/<int:key>/self-evaluations", "报送的绩效自评", SelfEvaluationsAnswer)
@policy.may("see_filings")
def listed(key: int) -> Mapping[str, Any]:
    """Every version of what the league says of a filing, the newest first."""
    return _all(key)


@blp.writing(
    "/<int:key>/self-evaluations",
    "填写绩效自评",
    SelfEvaluationsAnswer,
    SelfEvaluationBody,
    status=201,
)
@policy.may("evaluate_filing")
def state(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say how the targets were reached, or say it anew; earlier versions stay."""
    rest = {name: body[name] for name in ("reached", *self_evaluations.TEXTS)}
    results = {one["target"]: one["result"] for one in body["results"]}
    self_evaluations.put(key, steps.Words(results=results, **rest), body["seen"])
    return _all(key)


def _all(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, access.visible_filings(context.user()), key)
    whole = filings.sent(session, found)
    return {
        "filing": whole.code,
        "to_measure": [one.name for one in steps.to_measure(whole)],
        "versions": steps.of(session, whole)[::-1],
    }
