"""Disbursements 拨付兑现: from an allotment to the firm's account."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import DISBURSEMENT_STATES, Decision, Disbursement
from tracker.models.money import STANDING_STAGES, Item
from tracker.models.people import FIRM_ROLES
from tracker.steps import offset
from tracker.web import acting, context, disbursements, policy
from tracker.web.api.nouns import Noun, Pages, part, start
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    FirmAnswer,
    ItemAnswer,
    Key,
    LeagueAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("disbursements", "拨付兑现", "The league's treasury pays a firm out of an allotment.")


class DisbursementsAsked(Asked):
    """Filters."""

    state = Word(*DISBURSEMENT_STATES)
    league = Text(6)
    silent = Word("yes", metadata={"description": "Of those the bank should have answered."})
    q = Text(80)


class DisbursementBody(Body):
    """Out of which allotment."""

    allotment = Key(required=True)


class DisbursementStep(StepBody):
    """A step of a disbursement; `confirm` brings the number of the bank's receipt."""

    step = Word(*names("disbursement"), required=True)
    bank_answer = Text(120, metadata={"description": "Number of the bank's receipt."})


class DisbursementAnswer(Answer):
    """拨付兑现."""

    id = fields.Integer(attribute="disbursement.id")
    code = fields.String(attribute="disbursement.code")
    league = fields.Nested(LeagueAnswer, attribute="disbursement.league")
    firm = fields.Nested(FirmAnswer, attribute="disbursement.firm")
    allotment = fields.String(attribute="disbursement.allotment.document_no")
    filing = fields.String(attribute="disbursement.filing.code")
    amount_fen = fields.Integer(attribute="disbursement.amount_fen")
    bank_name = fields.String(attribute="disbursement.bank_name")
    bank_account = fields.String(attribute="disbursement.bank_account")
    bank_answer = fields.String(attribute="disbursement.bank_answer")
    state = fields.String(attribute="disbursement.state")


class DisbursementOne(DisbursementAnswer, Acted):
    """拨付兑现，附办理记录."""

    kept_off_fen = fields.Integer(
        metadata={"description": "Kept off for recoveries: the cash is the amount less these."}
    )


class MoneyAsked(Asked):
    """Filters."""

    stage = Word(*STANDING_STAGES)
    q = Text(80)


class MoneyAnswer(ItemAnswer):
    """资金到哪了：一车次（箱）或事项."""

    league = fields.Nested(LeagueAnswer)
    balances_fen = fields.Dict(attribute="balances", keys=fields.String(), values=fields.Integer())
    with_whom = fields.List(
        fields.String(),
        attribute="place.roles",
        metadata={"description": "Roles that have it now; none once it was paid."},
    )
    since = fields.AwareDateTime(attribute="place.since", allow_none=True)


class PaidAnswer(ItemAnswer):
    """拨付明细."""

    amount_fen = fields.Integer(attribute="line.amount_fen")


@blp.listing("", "拨付列表", DisbursementAnswer, DisbursementsAsked)
@policy.may("see_disbursements")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The disbursements one may see, newest first."""
    query = disbursements.filtered(context.user()).order_by(Disbursement.id.desc())
    return [{"disbursement": one} for one in part(query, pages)]


@blp.writing("", "起草拨付", DisbursementOne, DisbursementBody, status=201, many=True)
@policy.may("draft_disbursement")
def draft(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Draft the disbursements of an allotment, one an application."""
    return [_one(key) for key in disbursements.make(body["allotment"])]


@blp.listing("/money", "我的资金到哪了", MoneyAnswer, MoneyAsked)
@policy.only(*FIRM_ROLES)
def money(pages: Pages) -> list[disbursements.Standing]:
    """Where is my money: every item of the firm, its stage, who has it now and since when."""
    query = disbursements.standing_query(context.user()).order_by(Item.code)
    return disbursements.standing(context.session(), list(part(query, pages)))


@blp.reading("/<int:key>", "一笔拨付：账户、办理记录、可办环节", DisbursementOne)
@policy.may("see_disbursements")
def one(key: int) -> Mapping[str, Any]:
    """One disbursement: payee, account, what was decided, and the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/lines", "拨付明细", PaidAnswer)
@policy.may("see_shipments")
def line_list(key: int, pages: Pages) -> list[Mapping[str, Any]]:
    """What of each shipment is paid."""
    session = context.session()
    query = disbursements.lines_of(_found(key))
    pages.item_count = disbursements.count_of(session, query)
    rows = session.execute(query.limit(pages.page_size).offset(start(pages)))
    return [{"line": line, "item": item} for line, item in rows]


@blp.writing("/<int:key>/steps", "办理拨付环节", TakenAnswer, DisbursementStep)
@policy.only(*acting.takers("disbursement"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `confirm` brings the number of the bank's receipt."""
    detail = {"bank_answer": body["bank_answer"]} if "bank_answer" in body else {}
    rest = {name: value for name, value in body.items() if name != "bank_answer"}
    return acting.press(access.visible_disbursements, key, detail=detail, **rest)


def _found(key: int) -> Disbursement:
    return access.see(context.session(), access.visible_disbursements(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    return {
        "disbursement": found,
        "kept_off_fen": offset.kept_fen(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
