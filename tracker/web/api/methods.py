"""Methods 补贴办法: what leagues register with Commerce, and its steps."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import Decision
from tracker.models.methods import METHOD_STATES, Method
from tracker.models.people import League
from tracker.web import acting, context, deadlines, methods, policy
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import (
    Answer,
    Asked,
    LeagueAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Timed,
    Word,
    names,
)

blp = Noun("methods", "补贴办法", "The documents by which leagues subsidise, with their numbers.")


class MethodsAsked(Asked):
    """Filters."""

    state = Word(*METHOD_STATES)
    league = Text(6)
    q = Text(80)


class MethodStep(StepBody):
    """A step of a method."""

    step = Word(*names("method"), required=True)


class MethodAnswer(Answer):
    """补贴办法."""

    id = fields.Integer(attribute="method.id")
    league = fields.Nested(LeagueAnswer, attribute="method.league")
    programme = fields.String(attribute="method.programme.code")
    version_no = fields.Integer(attribute="method.version_no")
    title = fields.String(attribute="method.title")
    document_no = fields.String(attribute="method.document_no")
    issued_on = fields.Date(attribute="method.issued_on")
    valid_from = fields.Date(attribute="method.valid_from")
    valid_to = fields.Date(attribute="method.valid_to", allow_none=True)
    state = fields.String(attribute="method.state")
    is_sample = fields.Boolean(attribute="method.is_sample")


class MethodOne(MethodAnswer, Timed):
    """补贴办法，附规则、参数、办理记录."""

    rule = fields.String(attribute="method.rule_id")
    rule_sha256 = fields.String(attribute="method.rule_sha256")
    params = fields.Dict(attribute="method.params", keys=fields.String())


@blp.listing("", "补贴办法列表", MethodAnswer, MethodsAsked)
@policy.may("see_methods")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The methods one may see, by league, the newest version first."""
    query = methods.filtered(context.user()).join(League, League.id == Method.league_id)
    order = (League.code, Method.valid_from.desc(), Method.version_no.desc())
    return [{"method": one} for one in part(query.order_by(*order), pages)]


@blp.reading("/<int:key>", "一份办法：规则、参数、办理记录、可办环节", MethodOne)
@policy.may("see_methods")
def one(key: int) -> Mapping[str, Any]:
    """One method: its rule and numbers, what was decided, and the steps one may take."""
    session = context.session()
    found = access.see(session, access.visible_methods(context.user()), key)
    return {
        "method": found,
        "offer": acting.offer(session, found),
        "deadline": deadlines.of(found),
        "decisions": acting.history(session, found),
    }


@blp.writing("/<int:key>/steps", "办理备案环节", TakenAnswer, MethodStep)
@policy.only(*acting.takers("method"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown."""
    return acting.press(access.visible_methods, key, **body)
