"""Methods 补贴办法: what leagues register and Commerce records; each with its numbers in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from rules.composed import sentences as read_back
from rules.conformance import closes, divides
from rules.params import ParamsError
from rules.rule import Rule
from rules.units import RuleError
from tracker import access
from tracker.access.composed import visible_composed
from tracker.db import local_day
from tracker.errors import Conflict, NotThere, mark
from tracker.models.composed import ComposedRule
from tracker.models.methods import METHOD_STATES, Method, Programme
from tracker.models.people import League, User
from tracker.steps import composed, trials
from tracker.steps import methods as steps
from tracker.web import acting, asked, context, filters, numbers, policy, sentences
from tracker.web import trials as trials_page

bp = Blueprint("methods", __name__, url_prefix="/methods")

DRAFTERS = ("league_officer",)
TITLE_LENGTH = 120
NUMBER_LENGTH = 60


@dataclass(frozen=True)
class Filled:
    """What the form of a method holds."""

    programme: str
    title: str
    document_no: str
    issued_on: str
    valid_from: str
    valid_to: str
    params: Mapping[str, Any]
    messages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field of the form, or parameter -> what is wrong with it."""


@bp.get("")
@policy.may("see_methods")
def methods() -> ResponseReturnValue:
    """The methods one may see, by league, the newest version first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    ordered = query.join(League, League.id == Method.league_id)
    ordered = ordered.order_by(League.code, Method.valid_from.desc(), Method.version_no.desc())
    return render_template(
        "methods/list.html",
        methods=session.scalars(ordered.limit(paged.rows).offset(paged.offset)).all(),
        paged=paged,
        states=METHOD_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        today=local_day(context.now()),
        may_draft=user.role in DRAFTERS,
        faults=context.ground().registry.faults,
    )


@bp.get("/new")
@policy.only(*DRAFTERS)
def new() -> ResponseReturnValue:
    """Choose a rule of one's league; then the form made from what the rule says it needs."""
    session, user = context.session(), context.user()
    found = rules_of(user)
    if (named := asked.text("rule")) not in found:
        return render_template("methods/choose.html", **_offered(found.values()))
    rule = found[named]
    earlier = session.scalar(
        access.visible_methods(user)
        .where(Method.league_id == user.league_id, _of_rule(rule))
        .order_by(Method.version_no.desc())
        .limit(1)
    )
    return _form(rule, _from_earlier(rule, earlier))


@bp.post("")
@policy.only(*DRAFTERS)
def draft() -> ResponseReturnValue:
    """Draft a version; what is wrong is shown in the form, and nothing typed is lost."""
    form = request.form
    found = rules_of(context.user())
    if (named := form.get("rule", "")) not in found:
        raise NotThere(mark("There is no such rule of your league."), mark("Choose one of them."))
    rule = found[named]
    filled = _filled(rule)
    if filled.messages:
        return _form(rule, filled), 422
    key = make(rule.id, filled)
    flash(gettext("Drafted. Lay it beside the document, then submit it for record."), "success")
    return redirect(url_for("methods.method", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_methods")
def method(key: int) -> ResponseReturnValue:
    """One version: the document, its numbers as sentences, its life, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_methods(user), key)
    rule, fault = _rule(found)
    described = rule.describe_params() if rule else ()
    compared = _version_before(session, user, found)
    others = access.visible_methods(user).where(
        Method.league_id == found.league_id,
        Method.programme_id == found.programme_id,
        Method.id != found.id,
    )
    return render_template(
        "methods/one.html",
        method=found,
        sentences=sentences.sentences(found.params, described),
        divides=rule is not None and divides(rule, found.params),
        closes=rule is not None and closes(rule, found.params),
        articles=read_back(rule.definition) if rule and rule.definition else (),
        panel=trials_page.panel(session, found),
        fault=fault,
        compared=compared,
        changes=changes(found, compared) if compared else [],
        ends=steps.superseded(session, found),
        may_replay=session.scalar(access.replayable_methods(user).where(Method.id == found.id))
        is not None,
        others=session.scalars(others.order_by(Method.version_no.desc())).all(),
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        today=local_day(context.now()),
        unfollowed=session.scalar(
            select(Method.id).where(
                Method.id == found.id, steps.ends_unfollowed(local_day(context.now()))
            )
        ),
        may_amend=found.league_id == user.league_id and user.role in DRAFTERS,
        **_composed(session, user, found),
    )


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("method"))
def step(key: int) -> ResponseReturnValue:
    """Take a step of the method's life on what was shown."""
    acting.press_from_form(access.visible_methods, key)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("methods.method", key=key), code=303)


def changes(found: Method, earlier: Method) -> list[sentences.Change]:
    """What a version says otherwise than an earlier one."""
    rules = [_rule(one)[0] for one in (earlier, found)]
    described = [rule.describe_params() if rule else () for rule in rules]
    read = [read_back(rule.definition) for rule in rules if rule and rule.definition]
    return [
        *(sentences.reworded(*read) if len(read) == len(rules) else ()),
        *sentences.changes(earlier.params, described[0], found.params, described[1]),
    ]


def _composed(session: Session, user: User, found: Method) -> dict[str, Any]:
    """The composed rule it computes with, where one may see it, and the rule to amend it by."""
    seen = visible_composed(user)
    kept = session.scalar(seen.where(ComposedRule.rule_id == found.rule_id))
    newest = kept and session.scalar(
        composed.newest(seen).where(
            ComposedRule.league_id == kept.league_id, ComposedRule.number == kept.number
        )
    )
    return {"kept": kept, "amended_by": newest.rule_id if newest else found.rule_id}


def _version_before(session: Session, user: User, found: Method) -> Method | None:
    """The newest visible version before this one that was not withdrawn."""
    return session.scalar(
        access.visible_methods(user)
        .where(
            Method.league_id == found.league_id,
            Method.programme_id == found.programme_id,
            Method.version_no < found.version_no,
            Method.state != "withdrawn",
        )
        .order_by(Method.version_no.desc())
        .limit(1)
    )


def filtered(user: User) -> Select[Method]:
    """The visible ones that the address asks for."""
    query = access.visible_methods(user)
    if state := asked.one_of("state", METHOD_STATES):
        query = query.where(Method.state == state)
    if asked.one_of("ending", ("yes",)):
        query = query.where(steps.ends_unfollowed(local_day(context.now())))
    query = asked.of_league(query, Method.league_id)
    if text := asked.text("q"):
        named = Method.title.icontains(text, autoescape=True)
        query = query.where(named | Method.document_no.icontains(text, autoescape=True))
    return query


def rules_of(user: User) -> dict[str, Rule]:
    """The rules there are for this person's league, its own and those any league may take."""
    codes = {"", user.league.code if user.league else ""}
    found = context.ground().registry.rules
    installed = {name: rule for name, rule in found.items() if rule.league in codes}
    newest = composed.newest(visible_composed(user)).order_by(ComposedRule.number)
    return {
        **{one.rule_id: composed.rule(one) for one in context.session().scalars(newest)},
        **installed,
    }


def _offered(found: Iterable[Rule]) -> dict[str, Any]:
    """The league's own rules, the shapes as they read, and what no method can be registered by."""
    why = {rule.id: _unfit(rule) for rule in found}
    fit = [rule for rule in found if not why[rule.id]]
    said = {rule.id: read_back(rule.definition) for rule in found if rule.definition}
    return {
        "own": [rule for rule in fit if rule.league],
        "shapes": [rule for rule in fit if not rule.league],
        "unfit": [(rule, why[rule.id]) for rule in found if why[rule.id]],
        "said": said,
    }


def _unfit(rule: Rule) -> str:
    try:
        return steps.unfit(rule, rule.sample_params)
    except RuleError:
        return mark("This rule cannot compute even a shipment of which everything is known.")


def make(rule_id: str, filled: Filled) -> int:
    """Draft the version as the signed-in person and try it; returns its key.

    The laws are tried before the books are locked: that takes about a second.
    """
    ground, now = context.ground(), context.now()
    rule = steps.chosen(context.session(), ground.registry, context.user(), rule_id)
    trials.broken_laws(rule, filled.params)

    def work(db: Session, person: User) -> int:
        chosen = select(Programme).where(Programme.code == filled.programme)
        made = steps.draft(
            db,
            ground.registry,
            person,
            programme=db.scalars(chosen).one(),
            rule_id=rule_id,
            params=dict(filled.params),
            title=filled.title,
            document_no=filled.document_no,
            issued_on=date.fromisoformat(filled.issued_on),
            valid_from=date.fromisoformat(filled.valid_from),
            valid_to=date.fromisoformat(filled.valid_to) if filled.valid_to else None,
            is_sample=ground.is_sample,
        )
        trials.attempt(db, rule, made, person, now)
        return made.id

    return context.write(work)


def _rule(found: Method) -> tuple[Rule | None, tuple[str, str] | None]:
    """The rule a method computes with, or why it cannot be used, in words."""
    registry = context.ground().registry
    try:
        return steps.pinned(registry, found), None
    except Conflict as error:
        return registry.rules.get(found.rule_id), context.words_of(error)


def _from_earlier(rule: Rule, earlier: Method | None) -> Filled:
    """The form as it begins: the numbers of the version before, or the rule's own sample."""
    return Filled(
        programme=earlier.programme.code if earlier else "",
        title=earlier.title if earlier else rule.title,
        document_no="",
        issued_on="",
        valid_from="",
        valid_to="",
        params={**rule.sample_params, **_carried(rule, earlier.params)}
        if earlier
        else rule.sample_params,
    )


def _of_rule(rule: Rule) -> ColumnElement[bool]:
    """Of a method: that it is by this rule, or by an earlier version of it that was composed."""
    stem, _, version = rule.id.rpartition("/")
    composed_here = rule.id.startswith("composed/") and version.isdecimal()
    return Method.rule_id.startswith(f"{stem}/") if composed_here else Method.rule_id == rule.id


def _carried(rule: Rule, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Numbers of an earlier method that this rule still asks for in the same form."""
    sample = rule.sample_params
    known = {str(one["name"]) for one in rule.describe_params()}
    return {
        name: value
        for name, value in params.items()
        if name in known and isinstance(value, type(sample.get(name, value)))
    }


def _filled(rule: Rule) -> Filled:
    form = request.form
    params = numbers.read(rule.describe_params(), form)
    title = asked.clean(form.get("title", ""), TITLE_LENGTH)
    document_no = asked.clean(form.get("document_no", ""), NUMBER_LENGTH)
    days = {name: form.get(name, "").strip() for name in ("issued_on", "valid_from", "valid_to")}
    messages: dict[str, list[str]] = {}
    known = {one.code for one in _programmes(rule)}
    checks = (
        ("programme", form.get("programme", "") in known, gettext("Choose the programme.")),
        ("title", bool(title), gettext("The title is missing.")),
        ("document_no", bool(document_no), gettext("The document number is missing.")),
        ("issued_on", _is_day(days["issued_on"]), gettext("The day of issue is missing.")),
        ("valid_from", _is_day(days["valid_from"]), gettext("The first day in force is missing.")),
        ("valid_to", _follows(days), gettext("The last day in force lies before the first.")),
    )
    messages |= {name: [words] for name, holds, words in checks if not holds}
    try:
        rule.load_params(params)
    except ParamsError as error:
        messages |= error.messages
    return Filled(
        programme=form.get("programme", ""),
        title=title,
        document_no=document_no,
        **days,
        params=params,
        messages=messages,
    )


def _is_day(text: str) -> bool:
    return asked.read_day(text) is not None


def _follows(days: Mapping[str, str]) -> bool:
    if not days["valid_to"]:
        return True
    first, last = (asked.read_day(days[name]) for name in ("valid_from", "valid_to"))
    return last is not None and (first is None or last >= first)


def _form(rule: Rule, filled: Filled) -> str:
    described = rule.describe_params()
    programmes = _programmes(rule)
    names = {str(one["name"]) for one in described}
    return render_template(
        "methods/new.html",
        rule=rule,
        filled=filled,
        fields=numbers.fields(described, filled.params, filled.messages),
        programme_options=[(one.code, filters.said(one, "name")) for one in programmes],
        errors={_place(name, names): "，".join(said) for name, said in filled.messages.items()},
    )


def _programmes(rule: Rule) -> Sequence[Programme]:
    """Those that are about what the rule is about."""
    query = select(Programme).where(Programme.subject == rule.subject.name)
    return context.session().scalars(query.order_by(Programme.code)).all()


def _place(name: str, parameters: set[str]) -> str:
    """The field of the form a message belongs to; ``rate.MN`` belongs to the table ``rate``."""
    first = name.partition(".")[0]
    return numbers.PREFIX + first if first in parameters else name
