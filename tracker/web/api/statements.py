"""Statements 对账单: balances as they stood at an entry, and a firm's money in a period."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields

from tracker.errors import NotThere, mark
from tracker.models.methods import Programme
from tracker.models.people import Firm
from tracker.steps import positions
from tracker.steps.statements import Statement
from tracker.web import balances, context, policy, statements
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, Asked, Day, Text, Word

blp = Noun("statements", "对账单", "What stood where, as it was known at an entry of the ledger.")
NOTHING = mark("Nothing stands anywhere yet.")
LATER = mark("Come back when money moves.")


class KnownAsked(Asked):
    """Up to which entry: by its number, or the newest of a day; else the newest of all."""

    seq = Text(18)
    day = Day()


class BalancesAsked(KnownAsked):
    """What is summed by."""

    by = Word(*positions.BY, load_default="league")


class StatementAsked(KnownAsked):
    """Whose, and of which business days."""

    firm = Text(18)
    first = Day(data_key="from")
    last = Day(data_key="to")


class PositionAnswer(Answer):
    """一行余额."""

    league = fields.String()
    part = fields.String(
        metadata={"description": "A firm's credit code, a programme's code or a month; or empty."}
    )
    sums = fields.Dict(keys=fields.String(), values=fields.Integer())


class BalancesAnswer(Answer):
    """时点余额."""

    seq = fields.Integer()
    hash = fields.String()
    by = fields.String()
    rows = fields.List(fields.Nested(PositionAnswer))


class StageMoveAnswer(Answer):
    """一个阶段."""

    name = fields.String()
    opening_fen = fields.Integer(attribute="opening")
    came_fen = fields.Integer(attribute="came")
    went_fen = fields.Integer(attribute="went")
    closing_fen = fields.Integer(attribute="closing")


class EntryMoveAnswer(Answer):
    """一笔分录的变动."""

    seq = fields.Integer(attribute="entry.seq")
    business_date = fields.Date(attribute="entry.business_date")
    kind = fields.String(attribute="entry.kind")
    source_stage = fields.String(attribute="source")
    target_stage = fields.String(attribute="target")
    items = fields.Integer()
    amount_fen = fields.Integer(attribute="fen")


class StatementAnswer(Answer):
    """对账单."""

    firm = fields.String(attribute="firm.name")
    uscc = fields.String(attribute="firm.uscc")
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    seq = fields.Integer(attribute="known.seq")
    hash = fields.String(attribute="known.hash")
    stages = fields.List(fields.Nested(StageMoveAnswer))
    moves = fields.List(fields.Nested(EntryMoveAnswer))


@blp.reading("/balances", "时点余额：按盟市、企业、项目或月份", BalancesAnswer, BalancesAsked)
@policy.may("see_ledger")
def standing(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stood in each stage once an entry was written."""
    session, user = context.session(), context.user()
    known = balances.known(session)
    if known is None:
        raise NotThere(NOTHING, LATER)
    rows = positions.at(session, user, asked["by"], known.seq)
    told = [{"league": one.league.code, "part": _code(one.part), "sums": one.sums} for one in rows]
    return {"seq": known.seq, "hash": known.hash, "by": asked["by"], "rows": told}


@blp.reading("", "企业对账单", StatementAnswer, StatementAsked)
@policy.may("see_statements")
def statement(asked: Mapping[str, Any]) -> Statement:
    """A firm's money in a period; a firm's own without asking."""
    del asked  # checked by now; read from the address
    wanted = statements.asked_for(context.user().firm)
    if wanted is None:
        raise NotThere(NOTHING, LATER)
    return statements.of(wanted)


def _code(part: Firm | Programme | date | None) -> str:
    if part is None:
        return ""
    if isinstance(part, date):
        return f"{part:%Y-%m}"
    return part.uscc if isinstance(part, Firm) else part.code
