"""Composed rules 组合规则: the rules leagues put together themselves, version by version."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from rules.composed import canonical, sentences
from tracker import access
from tracker.access.composed import visible_composed, visible_composed_drafts
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.methods import Method
from tracker.models.people import League, User
from tracker.steps import composed as steps
from tracker.web import asked, context, policy
from tracker.web import sentences as words

bp = Blueprint("composed", __name__, url_prefix="/composed")


@bp.get("")
@policy.may("see_composed")
def composed() -> ResponseReturnValue:
    """The newest version of each rule one may see, and the drafts beside them."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    drafts = visible_composed_drafts(user).order_by(ComposedDraft.edited_at.desc())
    return render_template(
        "composed/list.html",
        rules=session.scalars(ordered(query).limit(paged.rows).offset(paged.offset)).all(),
        drafts=session.scalars(drafts).all(),
        paged=paged,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_compose=access.may(user, "compose_rule"),
    )


@bp.get("/<int:key>")
@policy.may("see_composed")
def one(key: int) -> ResponseReturnValue:
    """One version: how it reads, its numbers, its other versions and the methods by it."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_composed(user), key)
    rule = steps.rule(found)
    versions = visible_composed(user).where(
        ComposedRule.league_id == found.league_id, ComposedRule.number == found.number
    )
    by_it = access.visible_methods(user).where(Method.rule_id == found.rule_id)
    newest = session.scalar(steps.newest(versions))
    before = session.scalar(versions.where(ComposedRule.version_no == found.version_no - 1))
    return render_template(
        "composed/one.html",
        rule=found,
        articles=sentences(found.definition),
        numbers=words.sentences(rule.sample_params, rule.describe_params()),
        before=before,
        changes=changes(before, found) if before else (),
        versions=session.scalars(versions.order_by(ComposedRule.version_no.desc())).all(),
        methods=session.scalars(by_it.order_by(Method.version_no.desc())).all(),
        is_newest=newest is not None and newest.id == found.id,
        may_compose=access.may(user, "compose_rule") and user.league_id == found.league_id,
    )


def changes(before: ComposedRule, after: ComposedRule) -> list[words.Change]:
    """What a version says otherwise than the one before it: articles, then numbers."""
    rules = [steps.rule(one) for one in (before, after)]
    numbers = [(rule.sample_params, rule.describe_params()) for rule in rules]
    read = [sentences(one.definition) for one in (before, after)]
    return [*words.reworded(*read), *words.changes(*numbers[0], *numbers[1])]


@bp.get("/<int:key>/definition.json")
@policy.may("see_composed")
def definition(key: int) -> Response:
    """The definition as a file, to be taken elsewhere or laid by; its SHA-256 is the rule's."""
    found = access.see(context.session(), visible_composed(context.user()), key)
    response = Response(canonical(found.definition), content_type="application/json")
    name = found.rule_id.replace("/", "-")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def filtered(user: User) -> Select[ComposedRule]:
    """The newest of the visible ones that the address asks for."""
    query = asked.of_league(steps.newest(visible_composed(user)), ComposedRule.league_id)
    if text := asked.text("q"):
        query = query.where(ComposedRule.title.icontains(text, autoescape=True))
    return query


def ordered(query: Select[Any]) -> Select[Any]:
    """By league, then as they were begun."""
    joined = query.join(League, League.id == ComposedRule.league_id)
    return joined.order_by(League.code, ComposedRule.number, ComposedRule.version_no.desc())
