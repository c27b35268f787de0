"""Composed rules 组合规则: rules a league put together from articles, read and kept as JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from rules.composed import sentences
from tracker import access
from tracker.access.composed import visible_composed
from tracker.errors import mark
from tracker.models.composed import ComposedRule
from tracker.models.people import User
from tracker.steps import composed as steps
from tracker.web import composed, context, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Asked, Body, LeagueAnswer, Spoken, Text, Whole

blp = Noun(
    "composed", "组合规则", "Rules leagues put together from articles; a version is never edited."
)

MOST_NUMBER = 1_000_000
"""More rules than any league has."""


class ComposedAsked(Asked):
    """Filters."""

    league = Text(6)
    q = Text(80)


class Definition(Spoken, fields.Dict):
    """A definition, judged as a rule."""

    own = {"invalid": mark("It is not an object of keys and values.")}  # noqa: RUF012  a table


class ComposedBody(Body):
    """A definition as ``rules/composed`` reads it; its id, league and programme are given here."""

    definition = Definition(required=True, keys=fields.String())
    number = Whole(
        1,
        MOST_NUMBER,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the rule it is the next version of; none for a new rule."},
    )


class ComposedAnswer(Answer):
    """组合规则."""

    id = fields.Integer(attribute="rule.id")
    league = fields.Nested(LeagueAnswer, attribute="rule.league")
    rule = fields.String(attribute="rule.rule_id")
    number = fields.Integer(attribute="rule.number")
    version_no = fields.Integer(attribute="rule.version_no")
    title = fields.String(attribute="rule.title")
    sha256 = fields.String(attribute="rule.sha256")
    kept_at = fields.AwareDateTime(attribute="rule.kept_at")
    kept_by = fields.String(attribute="rule.user.name")
    is_sample = fields.Boolean(attribute="rule.is_sample")


class SentenceAnswer(Answer):
    """条文."""

    zh = fields.String()
    en = fields.String()


class ComposedOne(ComposedAnswer):
    """组合规则，附定义与条文."""

    definition = fields.Dict(attribute="rule.definition", keys=fields.String())
    sentences = fields.List(fields.Nested(SentenceAnswer))


@blp.listing("", "组合规则列表", ComposedAnswer, ComposedAsked)
@policy.may("see_composed")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The newest version of each rule one may see."""
    query = composed.ordered(composed.filtered(context.user()))
    return [{"rule": one} for one in part(query, pages)]


@blp.reading("/<int:key>", "一个版本：定义与条文", ComposedOne)
@policy.may("see_composed")
def one(key: int) -> Mapping[str, Any]:
    """One version: its definition, and how it reads."""
    found = access.see(context.session(), visible_composed(context.user()), key)
    return _whole(found)


@blp.writing("", "定稿一个版本", ComposedOne, ComposedBody, status=201)
@policy.may("compose_rule")
def keep(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Keep a definition as a new rule, or as the next version of one; only a whole rule is kept."""
    now, is_sample = context.now(), context.ground().is_sample

    def work(db: Session, person: User) -> int:
        return steps.add(
            db, person, body["definition"], now, number=body["number"], is_sample=is_sample
        ).id

    key = context.write(work)
    found = access.see(context.session(), visible_composed(context.user()), key)
    return made(_whole(found), "composed", key)


def _whole(found: ComposedRule) -> Mapping[str, Any]:
    said = sentences(found.definition)
    return {"rule": found, "sentences": [{"zh": zh, "en": en} for zh, en in said]}
