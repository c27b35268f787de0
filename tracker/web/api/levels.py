"""Levels 审批层级: from which amount on one more person must agree before a step counts."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.access.levels import visible_levels
from tracker.models.filings import Decision
from tracker.models.levels import LEVEL_STATES, Level
from tracker.models.people import ROLES
from tracker.steps.agreeing import LEVELLED
from tracker.web import acting, context, levels, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    Fen,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("levels", "审批层级", "From which amount on one more person must agree.")

STEPS = tuple(dict.fromkeys(name for named in LEVELLED.values() for name in named))


class LevelsAsked(Asked):
    """Filters."""

    state = Word(*LEVEL_STATES)


class LevelBody(Body):
    """For which step, from which amount, whose agreement, and between which days."""

    subject_kind = Word(*LEVELLED, required=True)
    step = Word(*STEPS, required=True)
    programme = Text(30, load_default="", metadata={"description": "Empty for every programme."})
    from_fen = Fen(1, required=True)
    role = Word(*ROLES, required=True)
    valid_from = Day(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    document_no = Text(levels.DOCUMENT_LENGTH, least=1, required=True)
    note = Text(levels.NOTE_LENGTH, load_default="")


class LevelStep(StepBody):
    """A step of a level."""

    step = Word(*names("level"), required=True)


class LevelAnswer(Answer):
    """审批层级."""

    id = fields.Integer()
    code = fields.String()
    subject_kind = fields.String()
    step = fields.String()
    programme = fields.Function(lambda one: one.programme.code if one.programme else "")
    from_fen = fields.Integer()
    role = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    document_no = fields.String()
    note = fields.String()
    state = fields.String()


class LevelOne(Acted):
    """审批层级，附办理记录、可办环节."""

    level = fields.Nested(LevelAnswer)


@blp.listing("", "审批层级列表", LevelAnswer, LevelsAsked)
@policy.may("see_levels")
def listed(pages: Pages) -> list[Level]:
    """The levels one may see, the newest first."""
    return part(levels.filtered(context.user()).order_by(Level.id.desc()), pages)


@blp.writing("", "起草审批层级", LevelOne, LevelBody, status=201)
@policy.may("draft_level")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft a level; nothing changes before another person puts it in force."""
    key = levels.make(body)
    return made(_one(key), "levels", key)


@blp.reading("/<int:key>", "一个审批层级：内容、办理记录、可办环节", LevelOne)
@policy.may("see_levels")
def one(key: int) -> Mapping[str, Any]:
    """One level: what it says, what was decided, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/steps", "办理审批层级环节", TakenAnswer, LevelStep)
@policy.only(*acting.takers("level"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown."""
    return acting.press(visible_levels, key, **body)


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_levels(context.user()), key)
    return {
        "level": found,
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
