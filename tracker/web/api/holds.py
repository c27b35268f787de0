"""Holds 暂缓: lines kept back from the allocation, each named; placed and lifted."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.access.holds import visible_holds
from tracker.models.holds import HOLD_CATEGORIES
from tracker.steps import flow, holding
from tracker.web import context, holds, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Asked, Body, ItemAnswer, Key, Text, Word

blp = Noun("holds", "暂缓", "Lines kept back from the allocation.")


class HoldsAsked(Asked):
    """Filters."""

    league = Text(6)
    replied = Word(
        "yes", "no", metadata={"description": "Of those that stand: whether the league replied."}
    )


class HoldBody(Body):
    """Over a filing, or over all a league has filed and files later; what meets it, and why."""

    filing = Key(load_default=0)
    league = Text(6, load_default="")
    category = Word(*HOLD_CATEGORIES, required=True)
    value = Text(
        250,
        least=1,
        required=True,
        metadata={
            "description": "By category: item code, credit code, corridor, kind of oddity, `ROAD`"
            " or `RAIL`, supervision mode, programme."
        },
    )
    reason_code = Word(*flow.REASON_CODES, required=True)
    reason = Text(300, least=1, required=True)


class ReplyBody(Body):
    """What the league says to it."""

    words = Text(300, least=1, required=True)


class ReplyAnswer(Answer):
    """答复."""

    words = fields.String()
    login = fields.String(attribute="user.login")
    said_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry."})


class LiftBody(Body):
    """Why it is lifted."""

    reason = Text(300, least=1, required=True)


class HoldAnswer(Answer):
    """暂缓."""

    id = fields.Integer(attribute="hold.id")
    code = fields.String(attribute="hold.code")
    league = fields.String(attribute="hold.league.code")
    filing_id = fields.Integer(attribute="hold.filing_id", allow_none=True)
    category = fields.String(attribute="hold.category")
    value = fields.String(attribute="hold.value")
    reason_code = fields.String(attribute="hold.reason_code")
    reason = fields.String(attribute="hold.reason")
    placed_by = fields.String(attribute="hold.user.login")
    placed_at = fields.AwareDateTime(attribute="hold.placed_at")
    placed_seq = fields.Integer(attribute="hold.placed_seq")
    lifted_at = fields.AwareDateTime(attribute="hold.lifted_at", allow_none=True)
    lifted_reason = fields.String(attribute="hold.lifted_reason")
    count = fields.Integer(metadata={"description": "How many lines it caught."})
    amount_fen = fields.Integer()
    open_count = fields.Integer(metadata={"description": "How many of them are held still."})
    replies = fields.List(fields.Nested(ReplyAnswer))
    due_on = fields.Date(
        allow_none=True, metadata={"description": "The last day for a reply; null: no deadline."}
    )


class HeldLineAnswer(ItemAnswer):
    """暂缓明细: a line it caught, and where it stands now."""

    amount_fen = fields.Integer()
    filing = fields.String(metadata={"description": "The filing in which it is now."})
    held = fields.Boolean()


class HoldOne(HoldAnswer):
    """暂缓，附被暂缓的每一行."""

    lines = fields.List(fields.Nested(HeldLineAnswer))
    passed_over = fields.List(
        fields.String(),
        metadata={"description": "Filings that were being decided on, and were not touched."},
    )


@blp.listing("", "暂缓列表", HoldAnswer, HoldsAsked)
@policy.may("see_holds")
def listed(pages: Pages) -> list[holds.Held]:
    """The holds one may see, those that stand first."""
    found = part(holds.filtered(context.user()), pages)
    return holds.told(context.session(), found)


@blp.writing("", "暂缓符合条件的各行", HoldOne, HoldBody, status=201)
@policy.may("place_hold")
def place(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Hold every line of a filing, or of a league, that meets the category."""
    key = holds.make(**body)
    return made(_one(key), "holds", key)


@blp.reading("/<int:key>", "一项暂缓：原因、每一行", HoldOne)
@policy.may("see_holds")
def one(key: int) -> Mapping[str, Any]:
    """One hold: why, by whom, and what it holds, line by line."""
    return _one(key)


@blp.writing("/<int:key>/lift", "解除暂缓", HoldOne, LiftBody)
@policy.may("place_hold")
def lift(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Lift it; a line that another hold holds stays held."""
    holds.press_lift(key, body["reason"])
    return _one(key)


@blp.writing("/<int:key>/replies", "答复一项暂缓", HoldOne, ReplyBody, status=201)
@policy.may("reply_to_hold")
def reply(body: Mapping[str, Any], key: int) -> Any:  # noqa: ANN401  an answer with its address
    """Say what was mended; Commerce reads it and decides."""
    holds.put_reply(key, body["words"])
    return made(_one(key), "holds", key)


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_holds(context.user()), key)
    (shown,) = holds.told(session, [found])
    return {
        **vars(shown),
        "passed_over": holding.passed_over(session, found),
        "lines": [
            {
                "item": line.item,
                "amount_fen": line.amount_fen,
                "filing": now.filing.code,
                "held": now.held,
            }
            for line, now in session.execute(holds.lines(found))
        ],
    }
