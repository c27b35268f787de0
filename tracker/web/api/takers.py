"""Takers 经办单位: who takes each step that another body may take, and the choices made."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import fields

from tracker.models.people import LEAGUE_ROLES, PROVINCE_ROLES
from tracker.models.takers import Taker
from tracker.steps import takers as steps
from tracker.web import context, policy, requirements, takers
from tracker.web.api.nouns import Noun, Pages, cut, part
from tracker.web.api.requirements import RequirementsAsked
from tracker.web.api.shape import Answer, Body, Day, LeagueAnswer, Text, Word

blp = Noun("takers", "经办单位", "Which body takes a step, usually and where a document says so.")


class TakerBody(Body):
    """Which body takes a step of a league and programme, from which day, on what document."""

    league = Text(
        6, load_default="", metadata={"description": "Empty: one's own; the province names one."}
    )
    programme = Text(30, least=1, required=True)
    place = Word(*steps.NAMED, required=True, metadata={"description": "Flow and step."})
    role = Word(*LEAGUE_ROLES, *PROVINCE_ROLES, required=True)
    valid_from = Day(load_default=None, metadata={"description": "Empty: today."})
    document_no = Text(60, least=1, required=True)


class TakerChoice(Answer):
    """一次设定."""

    league = fields.Nested(LeagueAnswer)
    programme = fields.String(attribute="programme.code")
    place = fields.String()
    role = fields.String()
    valid_from = fields.Date()
    document_no = fields.String()
    set_by = fields.String(attribute="user.name")
    set_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Of the ledger entry."})


class TakerAnswer(Answer):
    """经办单位."""

    place = fields.String(metadata={"description": "Flow and step."})
    why = fields.String(metadata={"description": "What it means when another takes it, in words."})
    usual = fields.String()
    others = fields.List(fields.String(), metadata={"description": "Who may take it instead."})
    role = fields.String(metadata={"description": "Who takes it today."})
    otherwise = fields.Boolean()
    setting = fields.Nested(TakerChoice, allow_none=True)
    to_come = fields.List(fields.Nested(TakerChoice))


@blp.listing("", "经办单位", TakerAnswer, RequirementsAsked)
@policy.may("see_requirements")
def listed(pages: Pages) -> list[takers.Taken]:
    """Who takes each step that another body may take; without a league, the usual."""
    wanted = _wanted()
    return cut(takers.taken(wanted.league, wanted.programme), pages)


@blp.listing("/choices", "历次设定", TakerChoice, RequirementsAsked)
@policy.may("see_requirements")
def choices(pages: Pages) -> list[Taker]:
    """Every choice that was made for a league and programme, the newest first."""
    wanted = _wanted()
    return part(takers.chosen(context.user(), wanted.league, wanted.programme), pages)


@blp.writing("", "设定经办单位", TakerAnswer, TakerBody, method="PUT")
@policy.may("set_taker")
def choose(body: Mapping[str, Any]) -> takers.Taken:
    """Say which body takes the step from the day on; what was taken before stays valid."""
    takers.put(
        body["league"],
        body["programme"],
        body["place"],
        body["role"],
        body["valid_from"],
        body["document_no"],
    )
    named = {"league": body["league"], "programme": body["programme"]}
    wanted = requirements.asked_for(context.session(), context.user(), named)
    found = takers.taken(wanted.league, wanted.programme)
    return next(one for one in found if one.place == body["place"])


def _wanted() -> requirements.Wanted:
    return requirements.asked_for(context.session(), context.user(), request.args)
