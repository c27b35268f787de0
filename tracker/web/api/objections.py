"""Objections 异议: what is said against something published, and what is decided on it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.access.publications import visible_objections
from tracker.models.filings import Decision
from tracker.models.publications import OBJECTION_STATES, Objection
from tracker.steps import objection as steps
from tracker.web import acting, context, objections, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    Key,
    LeagueAnswer,
    Lines,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("objections", "异议", "What is said against something published.")


class ObjectionsAsked(Asked):
    """Filters."""

    state = Word(*OBJECTION_STATES)
    league = Text(6)


class ObjectionBody(Body):
    """Who says what against which line of a publication."""

    line = Key(required=True)
    objector = Text(objections.NAME_LENGTH, least=1, required=True)
    contact = Text(objections.NAME_LENGTH, load_default="")
    received_on = Day(required=True)
    words = Lines(objections.WORDS_LENGTH, least=1, required=True)


class ObjectionStep(StepBody):
    """A step of an objection."""

    step = Word(*names("objection"), required=True)


class ObjectionAnswer(Answer):
    """异议."""

    id = fields.Integer(attribute="objection.id")
    code = fields.String(attribute="objection.code")
    league = fields.Nested(LeagueAnswer, attribute="objection.league")
    publication = fields.String(attribute="objection.line.publication.code")
    application = fields.String(attribute="objection.line.application.code")
    firm = fields.String(attribute="objection.line.firm_name")
    objector = fields.String(attribute="objection.objector")
    contact = fields.String(attribute="objection.contact")
    received_on = fields.Date(attribute="objection.received_on")
    words = fields.String(attribute="objection.words")
    state = fields.String(attribute="objection.state")


class ObjectionOne(ObjectionAnswer, Acted):
    """异议，附办理记录."""


@blp.listing("", "异议列表", ObjectionAnswer, ObjectionsAsked)
@policy.may("see_objections")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The objections one may see, newest first."""
    query = objections.filtered(context.user()).order_by(Objection.id.desc())
    return [{"objection": one} for one in part(query, pages)]


@blp.writing("", "登记异议", ObjectionOne, ObjectionBody, status=201)
@policy.may("record_objection")
def record(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Record an objection; from now on the application is not filed before it is decided."""
    said = {name: value for name, value in body.items() if name != "line"}
    key = objections.make(body["line"], steps.Said(**said))
    return made(_one(key), "objections", key)


@blp.reading("/<int:key>", "一件异议：内容、办理记录、可办环节", ObjectionOne)
@policy.may("see_objections")
def one(key: int) -> Mapping[str, Any]:
    """One objection: what was said, what was decided, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/steps", "办理异议环节", TakenAnswer, ObjectionStep)
@policy.only(*acting.takers("objection"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `sustain` returns the application too."""
    return acting.press(visible_objections, key, **body)


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_objections(context.user()), key)
    return {
        "objection": found,
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
