"""Requirements 流程设置: the steps in their order, and what leagues ask for before them."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import fields

from tracker.models.people import LEAGUE_ROLES
from tracker.models.requirements import REQUIREMENTS, Requirement
from tracker.steps import requirements as steps
from tracker.web import context, policy, requirements
from tracker.web.api.nouns import Noun, Pages, cut, part
from tracker.web.api.shape import Answer, Asked, Body, LeagueAnswer, Text, Truth, Word

blp = Noun("requirements", "流程设置", "The steps, and what leagues ask for before them.")


class RequirementsAsked(Asked):
    """Which league and programme; one's own league, and freight, where nothing is said."""

    league = Text(6)
    programme = Text(30)


class RequirementBody(Body):
    """Whether it is asked for, before which step, and on what document."""

    programme = Text(30, least=1, required=True)
    name = Word(*REQUIREMENTS, required=True)
    needed = Truth(required=True)
    place = Word(
        "", *steps.PLACES, load_default="", metadata={"description": "Empty: the usual step."}
    )
    role = Word(
        "",
        *LEAGUE_ROLES,
        load_default="",
        metadata={"description": "Who agrees to a joint review; empty: the usual office."},
    )
    document_no = Text(60, least=1, required=True)


class RequirementAnswer(Answer):
    """环节要求."""

    name = fields.String()
    asks = fields.String(metadata={"description": "What it asks for, in words."})
    needed = fields.Boolean()
    place = fields.String(metadata={"description": "Flow and step before which it lies."})
    places = fields.List(fields.String(), metadata={"description": "Where it may lie."})
    role = fields.String(metadata={"description": "Who agrees to a joint review."})
    document_no = fields.String(metadata={"description": "Empty where nothing was chosen."})
    set_by = fields.String()
    set_at = fields.AwareDateTime(allow_none=True)
    seq = fields.Integer(allow_none=True, metadata={"description": "Of the ledger entry."})


class ChoiceAnswer(Answer):
    """一次设定."""

    league = fields.Nested(LeagueAnswer)
    programme = fields.String(attribute="programme.code")
    name = fields.String()
    needed = fields.Boolean()
    place = fields.String()
    role = fields.String()
    document_no = fields.String()
    set_by = fields.String(attribute="user.name")
    set_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Of the ledger entry."})


class LevelCode(Answer):
    """审批层级编号."""

    code = fields.String()


class ChainStep(Answer):
    """流程环节."""

    kind = fields.String(metadata={"description": "Of what it is a step."})
    step = fields.String(attribute="step.name")
    roles = fields.List(fields.String(), attribute="step.roles")
    checks = fields.String(
        attribute="step.checks",
        allow_none=True,
        metadata={"description": "Another person than who took this step; null: one is enough."},
    )
    levels = fields.List(fields.Pluck(LevelCode, "code"))
    required = fields.List(fields.Pluck(RequirementAnswer, "name"))
    usual = fields.String(
        attribute="taken.usual",
        allow_none=True,
        dump_default=None,
        metadata={"description": "Only where another body may take it: who usually does."},
    )


class TakenOtherwise(Answer):
    """另行指定经办单位的环节."""

    place = fields.String(metadata={"description": "Flow and step."})
    role = fields.String(metadata={"description": "Who takes it today."})
    document_no = fields.String(attribute="setting.document_no")


class LeagueRequirements(Answer):
    """盟市的环节要求."""

    league = fields.Nested(LeagueAnswer)
    required = fields.List(fields.Nested(RequirementAnswer))
    otherwise = fields.List(
        fields.Nested(TakenOtherwise),
        metadata={"description": "Steps that another body than usual takes today."},
    )


@blp.listing("", "环节要求", RequirementAnswer, RequirementsAsked)
@policy.may("see_requirements")
def listed(pages: Pages) -> list[requirements.Required]:
    """What a league says of each requirement; for the province without a league, the usual."""
    found = requirements.required(context.session(), _wanted())
    return cut(found, pages)


@blp.listing("/chain", "资金流程各环节", ChainStep, RequirementsAsked)
@policy.may("see_requirements")
def chain(pages: Pages) -> list[requirements.Row]:
    """The steps from the application to the payment, and what must lie before each."""
    session, wanted = context.session(), _wanted()
    asked = requirements.required(session, wanted)
    found = requirements.chain(session, context.user(), wanted, asked)
    return cut(found, pages)


@blp.listing("/leagues", "各盟市环节要求并列", LeagueRequirements, RequirementsAsked)
@policy.may("see_requirements")
def leagues(pages: Pages) -> list[Mapping[str, Any]]:
    """What each league one may see asks for, side by side."""
    wanted = _wanted()
    found = requirements.side_by_side(context.session(), context.user(), wanted)
    return [
        {"league": league, "required": asked, "otherwise": others}
        for league, asked, others in cut(found, pages)
    ]


@blp.listing("/choices", "历次设定", ChoiceAnswer, RequirementsAsked)
@policy.may("see_requirements")
def choices(pages: Pages) -> list[Requirement]:
    """Every choice that was made for a league and programme, the newest first."""
    return part(requirements.chosen(context.user(), _wanted()), pages)


@blp.writing("", "设定环节要求", RequirementAnswer, RequirementBody, method="PUT")
@policy.may("set_requirement")
def choose(body: Mapping[str, Any]) -> requirements.Required:
    """Say whether the league asks for it from now on; what was taken before stays valid."""
    requirements.put(**body)
    session = context.session()
    wanted = requirements.asked_for(session, context.user(), {"programme": body["programme"]})
    found = requirements.required(session, wanted)
    return next(one for one in found if one.name == body["name"])


def _wanted() -> requirements.Wanted:
    return requirements.asked_for(context.session(), context.user(), request.args)
