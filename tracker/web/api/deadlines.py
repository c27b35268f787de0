"""Deadlines 期限: when firms may apply, and how many working days each body has."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from tracker.models.deadlines import MOST_WORKING_DAYS, Deadline, Window
from tracker.steps import clocks, windows
from tracker.steps import deadlines as steps
from tracker.web import context, deadlines, policy
from tracker.web.api.nouns import Noun, Pages, cut
from tracker.web.api.shape import Answer, Body, Day, LeagueAnswer, Text, Whole, Word

blp = Noun("deadlines", "期限", "When firms may apply, and how many working days each body has.")


class DeadlineBody(Body):
    """How many working days something may take."""

    clock = Word(*clocks.NAMED, required=True)
    working_days = Whole(0, MOST_WORKING_DAYS, required=True)
    document_no = Text(60, least=1, required=True)


class DeadlineAnswer(Answer):
    """期限."""

    clock = fields.String()
    league = fields.Nested(
        LeagueAnswer, allow_none=True, metadata={"description": "Null: every league."}
    )
    working_days = fields.Integer(metadata={"description": "0: no deadline."})
    document_no = fields.String()
    set_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry."})


class WindowBody(Body):
    """When firms may apply for a period."""

    programme = Text(30, least=1, required=True)
    period_from = Day(required=True)
    period_to = Day(required=True)
    opens_on = Day(required=True)
    closes_on = Day(required=True)
    document_no = Text(60, least=1, required=True)


class ClosingAnswer(Answer):
    """申报截止."""

    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry."})
    applications = fields.Integer(metadata={"description": "How many had gone in."})
    applied_fen = fields.Integer()
    not_in = fields.Integer(metadata={"description": "Drafted by firms and not sent."})


class WindowAnswer(Answer):
    """申报期."""

    league = fields.Nested(LeagueAnswer, attribute="call.league")
    programme = fields.String(attribute="call.programme.code")
    period_from = fields.Date(attribute="call.period_from")
    period_to = fields.Date(attribute="call.period_to")
    opens_on = fields.Date(attribute="call.opens_on")
    closes_on = fields.Date(
        attribute="call.closes_on",
        metadata={"description": "The last day on which a firm may apply."},
    )
    document_no = fields.String(attribute="call.document_no")
    set_at = fields.AwareDateTime(attribute="call.set_at")
    seq = fields.Integer(
        attribute="call.seq", metadata={"description": "Sequence of the ledger entry."}
    )
    closing = fields.Nested(
        ClosingAnswer,
        allow_none=True,
        metadata={"description": "Null until the day after the last one, and for firms."},
    )


@blp.listing("", "期限列表", DeadlineAnswer)
@policy.may("see_deadlines")
def listed(pages: Pages) -> list[Deadline]:
    """The deadline of each clock that counts now: the province's, and one's own league's."""
    found = steps.standing(context.session(), context.user().league_id)
    return cut(found, pages)


@blp.writing("", "设置期限", DeadlineAnswer, DeadlineBody, method="PUT")
@policy.may("set_deadline")
def choose(body: Mapping[str, Any]) -> Deadline:
    """Say how many working days something may take; what runs already keeps its days."""
    return context.session().get_one(Deadline, deadlines.put(**body))


@blp.listing("/windows", "申报期列表", WindowAnswer)
@policy.may("see_deadlines")
def window_list(pages: Pages) -> list[Mapping[str, Any]]:
    """When firms may apply, the last to close first."""
    found = windows.standing(context.session(), context.user().league_id)
    return _calls(cut(found, pages))


@blp.writing("/windows", "设置申报期", WindowAnswer, WindowBody, status=201)
@policy.may("open_window")
def open_window(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say when firms may apply for a period; the same period again replaces what stood."""
    days = [body[name] for name in deadlines.DAYS]
    key = deadlines.put_window(body["programme"], days, body["document_no"])
    (told,) = _calls([context.session().get_one(Window, key)])
    return told


def _calls(found: Sequence[Window]) -> list[Mapping[str, Any]]:
    closed = deadlines.closed(found)
    return [{"call": one, "closing": closed.get(one.id)} for one in found]
