"""Allotments 下达指标: what Finance gives each league to disburse, by document number."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import ALLOTMENT_STATES, Allotment, Decision
from tracker.steps import funds, matches
from tracker.steps.allotment import Particulars
from tracker.web import acting, allotments, context, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    Fen,
    Key,
    LeagueAnswer,
    LimitAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("allotments", "预算指标", "What a league may disburse, by document number.")


class AllotmentsAsked(Asked):
    """Filters."""

    state = Word(*ALLOTMENT_STATES)
    league = Text(6)
    q = Text(80)


class AllotmentBody(Body):
    """An allotment by its document."""

    filing = Key(load_default=None, metadata={"description": "Absent for one in advance."})
    league = Text(6, load_default="", metadata={"description": "Of one in advance."})
    fund = Text(60, least=1, required=True, metadata={"description": "Its document number."})
    document_no = Text(60, least=1, required=True)
    budget_line = Text(60, least=1, required=True)
    amount_fen = Fen(1, required=True)
    issued_on = Day(required=True)


class AllotmentStep(StepBody):
    """A step of an allotment."""

    step = Word(*names("allotment"), required=True)


class AllotmentAnswer(Answer):
    """预算指标."""

    id = fields.Integer(attribute="allotment.id")
    document_no = fields.String(attribute="allotment.document_no")
    league = fields.Nested(LeagueAnswer, attribute="allotment.league")
    fund = fields.String(attribute="allotment.fund.document_no")
    filing_id = fields.Integer(attribute="allotment.filing_id", allow_none=True)
    budget_line = fields.String(attribute="allotment.budget_line")
    fiscal_year = fields.Integer(attribute="allotment.fiscal_year")
    amount_fen = fields.Integer(attribute="allotment.amount_fen")
    issued_on = fields.Date(attribute="allotment.issued_on")
    state = fields.String(attribute="allotment.state")
    matched = fields.Dict(
        keys=fields.Integer(),
        values=fields.Integer(),
        metadata={"description": "Filing -> fen of it that are for that filing."},
    )
    limit = fields.Nested(LimitAnswer)


class AllotmentOne(AllotmentAnswer, Acted):
    """预算指标，附办理记录."""


@blp.listing("", "预算指标列表", AllotmentAnswer, AllotmentsAsked)
@policy.may("see_allotments")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The allotments one may see with what is left of each."""
    session = context.session()
    query = allotments.filtered(context.user()).order_by(Allotment.id.desc())
    return [
        {
            "allotment": one,
            "limit": funds.of_allotment(session, one),
            "matched": matches.of(session, one),
        }
        for one in part(query, pages)
    ]


@blp.writing("", "起草下达", AllotmentOne, AllotmentBody, status=201)
@policy.may("draft_allotment")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft an allotment of an approved filing, or in advance for a league."""
    names = ("document_no", "budget_line", "amount_fen", "issued_on")
    said = Particulars(**{name: body[name] for name in names})
    key = allotments.make(said, body["fund"], filing=body["filing"], league=body["league"])
    return made(_one(key), "allotments", key)


@blp.reading("/<int:key>", "一项预算指标：余额、办理记录、可办环节", AllotmentOne)
@policy.may("see_allotments")
def one(key: int) -> Mapping[str, Any]:
    """One allotment: what is left of it, what was decided, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/steps", "办理下达环节", TakenAnswer, AllotmentStep)
@policy.only(*acting.takers("allotment"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown."""
    return acting.press(access.visible_allotments, key, **body)


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, access.visible_allotments(context.user()), key)
    return {
        "allotment": found,
        "limit": funds.of_allotment(session, found),
        "matched": matches.of(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
