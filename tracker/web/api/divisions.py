"""Divisions 资金分配: pools that a league divides in proportion among all that is claimed."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.divisions import DIVISION_STATES, Division
from tracker.models.filings import Decision
from tracker.steps import division as steps
from tracker.web import acting, asked, context, divisions, policy
from tracker.web.api.nouns import Noun, Pages, cut, made, part, start
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    ItemAnswer,
    LeagueAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("divisions", "资金分配", "A pool divided in proportion among all that is claimed of it.")


class DivisionsAsked(Asked):
    """Filters."""

    state = Word(*DIVISION_STATES)
    league = Text(6)


class DivisionBody(Body):
    """Which pool, as the list of those that wait names it."""

    programme = Text(30, least=1, required=True)
    counter = Text(divisions.COUNTER_LENGTH, least=1, required=True)


class DivisionStep(StepBody):
    """A step of a division."""

    step = Word(*names("division"), required=True)


class PoolAnswer(Answer):
    """待分配的资金池."""

    programme = fields.String(attribute="programme.code")
    counter = fields.String(attribute="waits.counter")
    name_zh = fields.String(attribute="waits.name_zh")
    name_en = fields.String(attribute="waits.name_en")
    limit_fen = fields.Integer(attribute="waits.limit_fen")
    before_fen = fields.Integer(attribute="waits.before_fen")
    claims = fields.Integer(attribute="waits.claims")
    asked_fen = fields.Integer(attribute="waits.asked_fen")
    open_id = fields.Integer(
        attribute="open.id",
        allow_none=True,
        dump_default=None,
        metadata={"description": "The division of it that is under way."},
    )


class DivisionAnswer(Answer):
    """资金分配."""

    id = fields.Integer(attribute="division.id")
    code = fields.String(attribute="division.code")
    league = fields.Nested(LeagueAnswer, attribute="division.league")
    programme = fields.String(attribute="division.programme.code")
    counter = fields.String(attribute="division.counter")
    name_zh = fields.String(attribute="division.name_zh")
    name_en = fields.String(attribute="division.name_en")
    ends_on = fields.Date(attribute="division.ends_on", allow_none=True)
    state = fields.String(attribute="division.state")
    limit_fen = fields.Integer(attribute="division.limit_fen")
    before_fen = fields.Integer(attribute="division.before_fen")
    claims = fields.Integer(attribute="division.claims")
    asked_fen = fields.Integer(attribute="division.asked_fen")
    given_fen = fields.Integer(attribute="division.given_fen")


class ShareAnswer(Answer):
    """一家企业的份额."""

    uscc = fields.String()
    firm = fields.String()
    claims = fields.Integer()
    asked_fen = fields.Integer()
    given_fen = fields.Integer()


class DivisionOne(DivisionAnswer, Acted):
    """资金分配，附各企业份额与办理记录."""

    shares = fields.List(fields.Nested(ShareAnswer))


class PoolShareAnswer(ItemAnswer):
    """一票的份额."""

    firm = fields.String()
    asked_fen = fields.Integer()
    given_fen = fields.Integer()
    added = fields.Boolean(metadata={"description": "A fen was added for its remainder."})


@blp.listing("", "资金分配列表", DivisionAnswer, DivisionsAsked)
@policy.may("see_divisions")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The divisions one may see, newest first."""
    query = divisions.filtered(context.user()).order_by(Division.id.desc())
    return [{"division": one} for one in part(query, pages)]


@blp.listing("/pools", "待分配的资金池", PoolAnswer)
@policy.may("see_divisions")
def pool_list(pages: Pages) -> list[divisions.Pool]:
    """The pools of one's league that are claimed and wait to be divided."""
    found = divisions.pools(context.session(), context.user())
    return cut(found, pages)


@blp.writing("", "起草资金分配", DivisionOne, DivisionBody, status=201)
@policy.may("draft_division")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft a division over all that is claimed of the pool now; nothing moves yet."""
    key = divisions.make(body["programme"], body["counter"])
    return made(_one(key), "divisions", key)


@blp.reading("/<int:key>", "一次资金分配：份额、办理记录、可办环节", DivisionOne)
@policy.may("see_divisions")
def one(key: int) -> Mapping[str, Any]:
    """One division: every firm's share, what was decided, and the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/shares", "逐票份额", PoolShareAnswer)
@policy.may("see_divisions")
def share_list(key: int, pages: Pages) -> list[divisions.Given]:
    """What each shipment was given; nothing before the pool is divided."""
    session, found = context.session(), _found(key)
    query = steps.given(found)
    pages.item_count = asked.count(session, query)
    wanted = query.limit(pages.page_size).offset(start(pages))
    return divisions.given(session, wanted, found.counter)


@blp.writing("/<int:key>/steps", "办理资金分配环节", TakenAnswer, DivisionStep)
@policy.only(*acting.takers("division"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `divide` accrues every share."""
    return acting.press(access.visible_divisions, key, **body)


def _found(key: int) -> Division:
    return access.see(context.session(), access.visible_divisions(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    return {
        "division": found,
        "shares": divisions.shares(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
