"""Funds 专项资金: a year's special fund, which allocations draw on."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.models.filings import Fund
from tracker.steps import funds
from tracker.web import allotments, context, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Body, Fen, LimitAnswer, Text, Whole

blp = Noun("funds", "专项资金", "The special funds, and what is left of each.")


class FundBody(Body):
    """A fund by its document."""

    document_no = Text(60, least=1, required=True)
    fiscal_year = Whole(1000, 9999, required=True)
    amount_fen = Fen(1, required=True)


class FundAnswer(Answer):
    """专项资金."""

    id = fields.Integer(attribute="fund.id")
    document_no = fields.String(attribute="fund.document_no")
    fiscal_year = fields.Integer(attribute="fund.fiscal_year")
    amount_fen = fields.Integer(attribute="fund.amount_fen")
    limit = fields.Nested(LimitAnswer)
    is_sample = fields.Boolean(attribute="fund.is_sample")


@blp.listing("", "专项资金列表", FundAnswer)
@policy.may("see_funds")
def listed(pages: Pages) -> list[funds.Listed]:
    """The special funds, newest year first, with what is left."""
    return funds.with_limits(context.session(), part(funds.query(context.user()), pages))


@blp.writing("", "登记专项资金", FundAnswer, FundBody, status=201)
@policy.may("record_fund")
def record(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Enter a year's special fund; allocations can draw on it from now on."""
    key = allotments.enter_fund(**body)
    return made(_one(key), "funds", key)


@blp.reading("/<int:key>", "一笔专项资金", FundAnswer)
@policy.may("see_funds")
def one(key: int) -> funds.Listed:
    """One fund with what is left of it."""
    return _one(key)


def _one(key: int) -> funds.Listed:
    session = context.session()
    found: Fund = access.see(session, access.visible_funds(context.user()), key)
    return funds.with_limits(session, [found])[0]
