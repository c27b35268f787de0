"""Adjustments 差额调整: settled amounts computed anew, asked for by a firm or by its league."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.access.adjustments import visible_adjustments
from tracker.models.adjustments import ADJUSTMENT_STATES, Adjustment, AdjustmentLine
from tracker.models.filings import Decision
from tracker.web import acting, adjustments, context, policy
from tracker.web.api.correction_shapes import ChangedAnswer
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    FirmAnswer,
    ItemAnswer,
    Key,
    LeagueAnswer,
    Lines,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("adjustments", "差额调整", "Settled amounts computed anew, by the difference.")


class AdjustmentsAsked(Asked):
    """Filters."""

    state = Word(*ADJUSTMENT_STATES)
    league = Text(6)


class AdjustmentAsk(Body):
    """Which upload says otherwise of settled shipments, and why."""

    manifest = Key(required=True)
    reason = Lines(300, least=1, required=True)


class AdjustmentDraft(Body):
    """Under which method what is settled is computed anew, and why."""

    method = Key(required=True)
    reason = Lines(300, least=1, required=True)


class AdjustmentDemand(Body):
    """The letter to the firm, and by when it is to pay back."""

    document_no = Text(60, least=1, required=True)
    due_on = Day(required=True)


class AdjustmentStep(StepBody):
    """A step of an adjustment."""

    step = Word(*names("adjustment"), required=True)


class AdjustmentAnswer(Answer):
    """差额调整."""

    id = fields.Integer(attribute="adjustment.id")
    code = fields.String(attribute="adjustment.code")
    league = fields.Nested(LeagueAnswer, attribute="adjustment.league")
    firm = fields.Nested(FirmAnswer, attribute="adjustment.firm")
    programme = fields.String(attribute="adjustment.programme.code")
    manifest = fields.Integer(
        attribute="adjustment.manifest_id",
        allow_none=True,
        metadata={"description": "The upload whose rows say otherwise; none of a league's own."},
    )
    reason = fields.String(attribute="adjustment.reason")
    state = fields.String(attribute="adjustment.state")
    lines = fields.Integer()
    moved_fen = fields.Integer(metadata={"description": "What accrues more; below zero, less."})
    excess_fen = fields.Integer(
        metadata={"description": "What then stands above the awards in the hands of others."}
    )


class AdjustmentOne(AdjustmentAnswer, Acted):
    """差额调整，附改动的行与办理记录."""

    changes = fields.List(fields.Nested(ChangedAnswer))


class AdjustmentsMade(Answer):
    """所生成的单据编号."""

    ids = fields.List(fields.Integer())


class AdjustedAnswer(ItemAnswer):
    """调整明细."""

    before_fen = fields.Integer(metadata={"description": "What the assessment before awards."})
    after_fen = fields.Integer()
    moved_fen = fields.Integer()
    excess_fen = fields.Integer()


@blp.listing("", "差额调整列表", AdjustmentAnswer, AdjustmentsAsked)
@policy.may("see_adjustments")
def listed(pages: Pages) -> list[adjustments.Listed]:
    """The adjustments one may see, newest first."""
    query = adjustments.filtered(context.user()).order_by(Adjustment.id.desc())
    return adjustments.listed(context.session(), part(query, pages))


@blp.writing("", "申请差额调整", AdjustmentsMade, AdjustmentAsk, status=201)
@policy.may("ask_adjustment")
def ask(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Ask for what the settled rows of a committed upload say; one adjustment a league."""
    keys = adjustments.request_of(body["manifest"], body["reason"])
    return made({"ids": keys}, "adjustments", keys[0])


@blp.writing("/anew", "按办法重新测算已申报的补贴", AdjustmentsMade, AdjustmentDraft, status=201)
@policy.may("draft_adjustment")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Have what is settled under a method computed anew; one adjustment a firm."""
    keys = adjustments.make(body["method"], body["reason"])
    return made({"ids": keys}, "adjustments", keys[0])


@blp.reading("/<int:key>", "一项差额调整：改动、办理记录、可办环节", AdjustmentOne)
@policy.may("see_adjustments")
def one(key: int) -> Mapping[str, Any]:
    """One adjustment: the rows beside what stood, what was decided, the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/lines", "调整明细", AdjustedAnswer)
@policy.may("see_adjustments")
def line_list(key: int, pages: Pages) -> list[AdjustmentLine]:
    """What each shipment was computed at, and is now."""
    return part(adjustments.lines_of(context.user(), _found(key)), pages)


@blp.writing("/<int:key>/figures", "重新计算调整金额", AdjustmentOne)
@policy.may("draft_adjustment")
def compute(key: int) -> Mapping[str, Any]:
    """Compute its figures as the books stand now."""
    adjustments.compute_anew(key)
    return _one(key)


@blp.writing(
    "/<int:key>/recoveries", "起草多付部分的追缴", AdjustmentsMade, AdjustmentDemand, status=201
)
@policy.may("draft_recovery")
def demand(body: Mapping[str, Any], key: int) -> Any:  # noqa: ANN401  an answer with its address
    """Draft the recoveries of what it left too much of, one a payment."""
    keys = adjustments.demand_back(key, body["document_no"], body["due_on"])
    return made({"ids": keys}, "recoveries", keys[0])


@blp.writing("/<int:key>/steps", "办理差额调整环节", TakenAnswer, AdjustmentStep)
@policy.only(*acting.takers("adjustment"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `adjust` lets the correction in and posts the differences."""
    return acting.press(visible_adjustments, key, **body)


def _found(key: int) -> Adjustment:
    return access.see(context.session(), visible_adjustments(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    (sums,) = adjustments.listed(session, [found])
    members = session.scalars(adjustments.lines_of(context.user(), found)).all()
    return {
        "adjustment": found,
        "lines": sums.lines,
        "moved_fen": sums.moved_fen,
        "excess_fen": sums.excess_fen,
        "changes": adjustments.beside(session, found, members),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
