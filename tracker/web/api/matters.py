"""Matters 申报事项: a firm's year: begun, stated by firm and league, confirmed, and what is due."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import Decision
from tracker.models.matters import MATTER_STATES, Matter
from tracker.steps import matters as steps
from tracker.web import acting, context, deadlines, matters, policy, totals
from tracker.web.api.nouns import Noun, Pages, cut, made, part
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    FirmAnswer,
    LeagueAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Timed,
    Whole,
    Word,
    names,
)

blp = Noun("matters", "申报事项", "A firm's year under a programme that is not about freight.")
YEARS = (2000, 2999)


class MattersAsked(Asked):
    """Filters."""

    state = Word(*MATTER_STATES)
    league = Text(6)
    q = Text(80)


class MatterBody(Body):
    """Which league's programme, and which year."""

    league = Text(6, least=1, required=True)
    programme = Text(30, least=1, required=True)
    year = Whole(*YEARS, required=True)


class FactsBody(Body):
    """A whole statement of one side: what is not in it is unknown from then on."""

    facts = fields.Dict(
        keys=Text(40),
        required=True,
        metadata={
            "description": "Fact -> value, as the rules take it: money in whole fen, other numbers"
            " in the unit of the fact, flags true or false; null is unknown, never zero."
        },
    )
    title = Text(steps.TITLE_LENGTH, load_default="")
    basis = Text(steps.BASIS_LENGTH, load_default="")


class MatterStep(StepBody):
    """A step of a matter."""

    step = Word(*names("matter"), required=True)


class OfferAnswer(Answer):
    """可填报的年度."""

    league = fields.Nested(LeagueAnswer, attribute="method.league")
    programme = fields.String(attribute="method.programme.code")
    document_no = fields.String(attribute="method.document_no")
    year = fields.Integer()
    first_day = fields.Date()
    last_day = fields.Date()


class MatterAnswer(Answer):
    """申报事项."""

    id = fields.Integer(attribute="matter.id")
    code = fields.String(attribute="matter.code")
    title = fields.String(attribute="matter.title")
    firm = fields.Nested(FirmAnswer, attribute="matter.firm")
    league = fields.Nested(LeagueAnswer, attribute="matter.league")
    programme = fields.String(attribute="matter.programme.code")
    year = fields.Integer(attribute="matter.year")
    first_day = fields.Date(attribute="matter.first_day")
    last_day = fields.Date(attribute="matter.last_day")
    state = fields.String(attribute="matter.state")
    award_fen = fields.Integer(
        allow_none=True, metadata={"description": "What it is due; null while nothing is computed."}
    )


class MatterOne(MatterAnswer, Timed):
    """申报事项，附填报内容、测算、办理记录."""

    version_no = fields.Integer(metadata={"description": "The version that is shown."})
    standing_no = fields.Integer(
        attribute="matter.version_no",
        metadata={"description": "The version that was confirmed and stands; 0 for none."},
    )
    firm_facts = fields.Dict(keys=fields.String(), attribute="version.firm_facts")
    league_facts = fields.Dict(keys=fields.String(), attribute="version.league_facts")
    basis = fields.String(attribute="version.basis")
    asked = fields.List(
        fields.String(), metadata={"description": "The facts one's own side states now."}
    )
    tried = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "Tally of the newest version, tried out while it is worked on."},
    )
    balances_fen = fields.Dict(keys=fields.String(), values=fields.Integer())


@blp.listing("", "申报事项列表", MatterAnswer, MattersAsked)
@policy.may("see_matters")
def listed(pages: Pages) -> list[matters.Listed]:
    """The matters one may see; for the league those that wait for it first."""
    user = context.user()
    query = matters.ordered(matters.filtered(user), user)
    return matters.listed(context.session(), part(query, pages))


@blp.listing("/offers", "可填报的年度", OfferAnswer)
@policy.may("draft_matter")
def offer_list(pages: Pages) -> list[steps.Offer]:
    """The years that a recorded method pays for and that one's firm has not stated yet."""
    found = matters.offers(context.session(), context.user())
    return cut(found, pages)


@blp.writing("", "起草申报事项", MatterOne, MatterBody, status=201)
@policy.may("draft_matter")
def draft(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Begin a matter; nothing is stated yet."""
    key = matters.make(**body)
    return made(_one(key), "matters", key)


@blp.reading("/<int:key>", "一项申报事项：填报内容、测算、可办环节", MatterOne)
@policy.may("see_matters")
def one(key: int) -> Mapping[str, Any]:
    """One matter: what is stated, what it is due or would be, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/facts", "填报", MatterOne, FactsBody, method="PUT")
@policy.may("state_matter")
def state(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """State one's own side's facts, all of them; each statement is a version that is kept."""
    matters.keep(key, body["facts"], title=body["title"], basis=body["basis"])
    return _one(key)


@blp.writing("/<int:key>/steps", "办理申报事项环节", TakenAnswer, MatterStep)
@policy.only(*acting.takers("matter"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `confirm` accrues."""
    return acting.press(access.visible_matters, key, **body)


def _one(key: int) -> Mapping[str, Any]:
    session, user = context.session(), context.user()
    found: Matter = access.see(session, access.visible_matters(user), key)
    (row,) = matters.listed(session, [found])
    tally, _ = matters.tried(session, found)
    version = matters.version_of(session, user, found)
    return {
        "matter": found,
        "award_fen": row.award_fen,
        "version": version,
        "version_no": version.version_no,
        "asked": matters.asked_of(session, found),
        "tried": tally.as_json() if tally else None,
        "balances_fen": totals.of_items(session, matters.items_of(found)),
        "offer": acting.offer(session, found),
        "deadline": deadlines.of(found),
        "decisions": acting.history(session, found),
    }
