"""Composing 拟订组合规则: where a league's officer puts a rule together, without code.

Every button saves what the form holds. What it says stands at each block as a sentence; what is
wrong stands at its field. Only a whole rule can be kept as a version.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from rules.composed import ComposedError, compose, sentences
from rules.composed.look import look, placed
from tracker import access
from tracker.access.composed import visible_composed, visible_composed_drafts
from tracker.errors import NotThere, Refused, TooMuch, mark
from tracker.models.composed import ComposedDraft, ComposedRule
from tracker.models.people import User
from tracker.steps import composed as steps
from tracker.web import asked, composing_form, context, policy
from tracker.web.composing_kit import Kit

bp = Blueprint("composing", __name__, url_prefix="/composing")

MOST_BYTES = 200_000
SUBJECTS: dict[str, str] = {
    "shipment": mark("Each shipment, as it comes"),
    "period": mark("A firm's year, or another period"),
}
"""What a rule may be about -> msgid."""


@bp.get("/new")
@policy.may("compose_rule")
def new() -> ResponseReturnValue:
    """Choose what to begin from: nothing, a shape, a rule of one's own, or a file."""
    own = context.session().scalars(steps.newest(visible_composed(context.user())))
    return render_template(
        "composing/new.html",
        subjects=[(name, gettext(label)) for name, label in SUBJECTS.items()],
        shapes=[
            (rule, sentences(rule.definition))
            for rule in context.ground().registry.rules.values()
            if rule.definition and not rule.league
        ],
        own=own.all(),
    )


@bp.post("")
@policy.may("compose_rule")
def begin() -> ResponseReturnValue:
    """Begin a draft, and go to work on it."""
    now, form = context.now(), request.form
    definition, number = _start(form.get("from", ""), form.get("subject", ""), form.get("as", ""))

    def work(db: Session, person: User) -> int:
        return steps.begin(db, person, definition, now, number).id

    return redirect(url_for("composing.draft", key=context.write(work)), code=303)


@bp.get("/<int:key>")
@policy.may("compose_rule")
def draft(key: int) -> ResponseReturnValue:
    """A rule in work: its articles as sentences, each with its fields."""
    found = access.see(context.session(), visible_composed_drafts(context.user()), key)
    kit = Kit(found.definition, look(found.definition))
    return render_template(
        "composing/draft.html",
        draft=found,
        kit=kit,
        opened=asked.text("open"),
    )


@bp.post("/<int:key>")
@policy.may("compose_rule")
def work(key: int) -> ResponseReturnValue:
    """Save the form, and do what its button asks for."""
    now, form, is_sample = context.now(), request.form, context.ground().is_sample
    do = form.get("do", "save")

    def write(db: Session, person: User) -> tuple[str, int | None]:
        found = _draft(db, person, key)
        said = composing_form.read(form, found.definition)
        made, block = composing_form.changed(said, do, form)
        definition = placed(made) if do == "keep" else made
        steps.save(db, person, found, definition, asked.key(form.get("revision", "")), now)
        if do != "keep" or look(found.definition).wrong:
            return block, None
        return "", steps.keep(db, person, found, now, is_sample=is_sample).id

    block, kept = context.write(write)
    if kept is not None:
        flash(
            gettext("Kept. It is never edited again; an amended rule is its next version."),
            "success",
        )
        return redirect(url_for("composed.one", key=kept), code=303)
    if do == "keep":
        flash(gettext("Saved, but not kept: mend what is marked first."), "error")
    block = block or (do.partition(".")[2] if do.startswith("open.") else "")
    address = url_for("composing.draft", key=key, open=block or None)
    return redirect(f"{address}#{block.replace('.', '-')}" if block else address, code=303)


@bp.post("/<int:key>/reading")
@policy.may("compose_rule")
def reading(key: int) -> ResponseReturnValue:
    """What the form would say as it is filled in now; nothing is saved."""
    found = access.see(context.session(), visible_composed_drafts(context.user()), key)
    definition = composing_form.read(request.form, found.definition)
    kit = Kit(definition, look(definition))
    return render_template("composing/reading.html", kit=kit)


@bp.post("/<int:key>/discard")
@policy.may("compose_rule")
def discard(key: int) -> ResponseReturnValue:
    """Throw a draft away."""
    now = context.now()

    def write(db: Session, person: User) -> None:
        found = _draft(db, person, key)
        steps.discard(db, person, found, now)

    context.write(write)
    flash(gettext("The draft is thrown away; kept versions stand."), "success")
    return redirect(url_for("composed.composed"), code=303)


def _start(named: str, subject: str, wanted: str) -> tuple[Mapping[str, Any], int | None]:
    """The definition to begin from, and the number of the rule it amends, if any."""
    if named == "file":
        return _from_file(), None
    if not named and subject in SUBJECTS:
        return steps.blank(subject), None
    rule = context.ground().registry.rules.get(named)
    if rule is not None and rule.definition and not rule.league:
        return {**rule.definition, "source": ""}, None  # where the shape was seen is no basis
    seen = visible_composed(context.user()).where(ComposedRule.rule_id == named)
    kept = context.session().scalar(seen)
    if kept is None:
        raise NotThere(
            mark("There is no such rule to begin from."), mark("Choose one of those listed.")
        )
    return kept.definition, kept.number if wanted == "version" else None


def _from_file() -> Mapping[str, Any]:
    """A definition that was downloaded before; only a whole rule is taken."""
    file = request.files.get("file")
    raw = file.stream.read(MOST_BYTES + 1) if file else b""
    if len(raw) > MOST_BYTES:
        raise TooMuch(mark("The file is too large for a rule."), mark("Choose a downloaded rule."))
    try:
        definition = json.loads(raw)
        compose(definition)
    except ComposedError as error:
        raise Refused(
            mark("The file holds no rule: %(faults)s"),
            mark("Choose a file that was downloaded from a composed rule."),
            faults=steps.told(error),
        ) from error
    except (ValueError, RecursionError) as error:
        raise Refused(
            mark("The file cannot be read as a rule."),
            mark("Choose a file that was downloaded from a composed rule."),
        ) from error
    assert isinstance(definition, dict)
    return definition


def _draft(session: Session, user: User, key: int) -> ComposedDraft:
    return access.see(session, visible_composed_drafts(user), key)
