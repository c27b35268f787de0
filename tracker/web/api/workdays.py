"""Workdays 工作日历: days off and weekends worked, as notices have them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.models.publications import CalendarDay
from tracker.steps import workdays as steps
from tracker.web import context, policy, workdays
from tracker.web.api.nouns import Noun, Pages, cut
from tracker.web.api.shape import Answer, Asked, Body, Day, Text, Truth

blp = Noun("workdays", "工作日历", "Days off and weekends worked, by which publications count.")


class YearAsked(Asked):
    """Which year; this one where none is named."""

    year = Text(4)


class SpanBody(Body):
    """Days to write down alike."""

    first = Day(required=True)
    last = Day(required=True)
    working = Truth(required=True)
    name = Text(40, least=1, required=True)
    document_no = Text(60, least=1, required=True)


class CalendarDayAnswer(Answer):
    """日历中的一天."""

    day = fields.Date()
    working = fields.Boolean()
    name = fields.String()
    document_no = fields.String()
    login = fields.String(metadata={"description": "`system` for what the program brings."})
    recorded_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry."})


@blp.listing("", "一年中的放假与调休", CalendarDayAnswer, YearAsked)
@policy.may("see_calendar")
def listed(pages: Pages) -> list[CalendarDay]:
    """The days of a year that are not as their weekday says; the newest row of each."""
    found = steps.year(context.session(), workdays.asked_year()).days
    return cut(found, pages)


@blp.writing("", "登记放假或调休", CalendarDayAnswer, SpanBody, status=201, many=True)
@policy.may("record_calendar")
def record(body: Mapping[str, Any]) -> list[CalendarDay]:
    """Write days down; what stood before stays and counts no more."""
    said = {name: value for name, value in body.items() if name != "document_no"}
    span = steps.Span(**said)
    workdays.put(span, body["document_no"])
    return steps.between(context.session(), span.first, span.last)
