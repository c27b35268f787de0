"""Recoveries 追缴: what firms have to give back, and what came back of it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import Decision
from tracker.models.recoveries import RECOVERY_STATES, Recovery
from tracker.steps import recovery as steps
from tracker.steps.codes import RECOVERY_CODES
from tracker.web import acting, context, policy, recoveries
from tracker.web.api.nouns import Noun, Pages, cut, made, part
from tracker.web.api.shape import (
    MOST_CHOSEN,
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    Fen,
    FirmAnswer,
    ItemAnswer,
    Key,
    LeagueAnswer,
    Length,
    Lines,
    StepBody,
    TakenAnswer,
    Text,
    Truth,
    Word,
    names,
)

blp = Noun("recoveries", "追缴", "What was paid wrongly and has to come back.")


class RecoveriesAsked(Asked):
    """Filters."""

    state = Word(*RECOVERY_STATES)
    league = Text(6)
    q = Text(80)


class RecoveryBody(Body):
    """Of which payment, why, and by when."""

    disbursement = Key(required=True)
    reason_code = Word(*RECOVERY_CODES, required=True)
    reason = Lines(300, least=1, required=True)
    document_no = Text(60, least=1, required=True)
    due_on = Day(required=True)
    whole = Truth(
        load_default=True,
        metadata={"description": "All that stands paid; otherwise the amounts come after."},
    )


class AmountBody(Body):
    """追缴明细: how much of one item is to come back."""

    item_id = Key(required=True)
    amount_fen = Fen(required=True)


class AmountsBody(Body):
    """Amounts of several items; zero takes a line off."""

    lines = fields.List(
        fields.Nested(AmountBody), required=True, validate=Length(min=1, max=MOST_CHOSEN)
    )


class RecoveryStep(StepBody):
    """A step of a recovery; `receive` and `close` tell what came back and by which paper."""

    step = Word(*names("recovery"), required=True)
    kind = Word(*steps.BY_HAND)
    document_no = Text(60)
    received_on = Day()
    amount_fen = Fen(1)


class RecoveryAnswer(Answer):
    """追缴."""

    id = fields.Integer(attribute="recovery.id")
    code = fields.String(attribute="recovery.code")
    league = fields.Nested(LeagueAnswer, attribute="recovery.league")
    firm = fields.Nested(FirmAnswer, attribute="recovery.firm")
    disbursement = fields.String(attribute="recovery.disbursement.code")
    reason_code = fields.String(attribute="recovery.reason_code")
    reason = fields.String(attribute="recovery.reason")
    document_no = fields.String(attribute="recovery.document_no")
    due_on = fields.Date(attribute="recovery.due_on")
    state = fields.String(attribute="recovery.state")
    demanded_fen = fields.Integer(attribute="sums.demanded_fen")
    back_fen = fields.Integer(attribute="sums.back_fen")
    left_fen = fields.Integer()


class BackAnswer(Answer):
    """收回: what came back at one time."""

    kind = fields.String()
    document_no = fields.String()
    received_on = fields.Date()
    amount_fen = fields.Integer()


class RecoveryOne(RecoveryAnswer, Acted):
    """追缴，附收回与办理记录."""

    back = fields.List(fields.Nested(BackAnswer))


class DemandedAnswer(ItemAnswer):
    """追缴明细."""

    item_id = fields.Integer(attribute="item.id")
    paid_fen = fields.Integer(
        metadata={"description": "What may be demanded, while it is a draft."}
    )
    demanded_fen = fields.Integer()


@blp.listing("", "追缴列表", RecoveryAnswer, RecoveriesAsked)
@policy.may("see_recoveries")
def listed(pages: Pages) -> list[recoveries.Listed]:
    """The recoveries one may see, newest first, with what is still owed."""
    query = recoveries.filtered(context.user()).order_by(Recovery.id.desc())
    return recoveries.listed(context.session(), part(query, pages))


@blp.writing("", "起草追缴", RecoveryOne, RecoveryBody, status=201)
@policy.may("draft_recovery")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft a recovery of what one disbursement paid."""
    key = recoveries.make(**body)
    return made(_one(key), "recoveries", key)


@blp.reading("/<int:key>", "一项追缴：收回、办理记录、可办环节", RecoveryOne)
@policy.may("see_recoveries")
def one(key: int) -> Mapping[str, Any]:
    """One recovery: what came back, what was decided, and the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/lines", "追缴明细", DemandedAnswer)
@policy.may("see_shipments")
def line_list(key: int, pages: Pages) -> list[steps.Paid]:
    """What of each shipment is to come back; of a draft every line that was paid."""
    found = _found(key)
    drafts = found.state == "draft" and access.may(context.user(), "draft_recovery")
    rows = recoveries.lines_of(context.session(), found, all_paid=drafts)
    return cut(rows, pages)


@blp.writing("/<int:key>/lines", "填写追缴金额", RecoveryOne, AmountsBody, method="PUT")
@policy.may("draft_recovery")
def fill_in(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say how much of these items is to come back; zero takes a line off."""
    recoveries.set_amounts(key, {line["item_id"]: line["amount_fen"] for line in body["lines"]})
    return _one(key)


@blp.writing("/<int:key>/steps", "办理追缴环节", TakenAnswer, RecoveryStep)
@policy.only(*acting.takers("recovery"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `receive` tells what came back, and ends it when all has."""
    if body["step"] not in recoveries.OWN_FORM:
        asked = {name: body[name] for name in ("step", "shown_sha256", "reason_code", "reason")}
        return acting.press(access.visible_recoveries, key, **asked)
    return recoveries.press_receive(
        key,
        body["shown_sha256"],
        kind=body.get("kind", ""),
        document_no=body.get("document_no", ""),
        received_on=body.get("received_on"),
        amount_fen=body.get("amount_fen", 0),
    )


def _found(key: int) -> Recovery:
    return access.see(context.session(), access.visible_recoveries(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    (one,) = recoveries.listed(session, [found])
    return {
        "recovery": found,
        "sums": one.sums,
        "left_fen": one.left_fen,
        "back": steps.parts(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
