"""Methods 补贴办法: a league registers its document, Commerce records it, the day picks it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from rules.conformance import pools_divided
from rules.params import ParamsError
from rules.registry import Registry
from rules.rule import Rule
from rules.units import RuleError
from tracker.books import queue
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.filings import Decision
from tracker.models.methods import Method, Programme
from tracker.models.people import League, User
from tracker.models.subjects import Subject
from tracker.steps import composed, flow, trials

ENDED_STATES = ("recorded", "superseded", "withdrawn")
"""Of a method that will not be recorded any more, so it ends no other."""
ABOUT = {
    "shipment": mark("This programme is about shipments, and the rule about a firm's year."),
    "period": mark("This programme is about a firm's year, and the rule about shipments."),
}
"""Subject of a programme -> why a rule about another is none for it, as a msgid."""
WARNED_DAYS = 90
"""Before the last day of a method: time for a document, its review and its record."""


def rule_of(registry: Registry, rule_id: str) -> Rule:
    """The rule of this id; a missing or faulty one is an error, never an ineligible firm."""
    rule = registry.rules.get(rule_id)
    if rule is None:
        fault = next((fault for fault in registry.faults if rule_id in str(fault)), None)
        raise Conflict(
            mark("The rule %(rule)s cannot be used: %(fault)s."),
            mark("Everything that needs it waits; the administrator must mend the installation."),
            rule=rule_id,
            fault=fault or "not installed",
        )
    return rule


def chosen(session: Session, registry: Registry, user: User, rule_id: str) -> Rule:
    """The rule a league drafts with: one it composed itself, or an installed one."""
    return composed.find(session, user.league_id, rule_id) or rule_of(registry, rule_id)


def found(registry: Registry, method: Method) -> Rule | None:
    """The rule of the method's id as it is now, installed or composed; None where there is none."""
    installed = registry.rules.get(method.rule_id)
    if installed is not None or method.composed is None:
        return installed
    return composed.rule(method.composed)


def pinned(registry: Registry, method: Method) -> Rule:
    """The rule a recorded method was recorded with; another source under the same id is refused."""
    rule = found(registry, method) or rule_of(registry, method.rule_id)
    if rule.source_sha256 != method.rule_sha256:
        raise Conflict(
            mark("The rule %(rule)s is no longer the one that was recorded with the method."),
            mark("Install the recorded version again, or register an amended method."),
            rule=method.rule_id,
        )
    return rule


def unfit(rule: Rule, params: Mapping[str, Any], programme: Programme | None = None) -> str:
    """Why no method can be registered with this rule, as a msgid; "" where one can.

    A rule whose own sample is empty is judged by the numbers it is drafted with; with a programme,
    also by what that is about. Raises ``RuleError`` where it cannot compute with these numbers.
    """
    if programme is not None and rule.subject.name != programme.subject:
        return ABOUT[programme.subject]
    if params and pools_divided(rule, params) > 1:
        return mark("This rule divides more than one pool in proportion, one after the other.")
    return ""


def draft(  # noqa: PLR0913  a document has this many particulars
    session: Session,
    registry: Registry,
    user: User,
    *,
    programme: Programme,
    rule_id: str,
    params: dict[str, Any],
    title: str,
    document_no: str,
    issued_on: date,
    valid_from: date,
    valid_to: date | None,
    is_sample: bool = False,
) -> Method:
    """Draft a version of the league's method; its numbers are checked by the rule's own schema.

    Raises ``Refused`` naming the wrong numbers, ``NotAllowed`` for another league's rule.
    """
    if user.role != "league_officer" or user.league_id is None:
        raise NotAllowed(mark("Only a league officer registers a method."))
    rule = _checked(session, registry, user, rule_id, params, programme)
    newest = session.scalar(
        select(func.max(Method.version_no)).where(
            Method.league_id == user.league_id, Method.programme_id == programme.id
        )
    )
    method = Method(
        league_id=user.league_id,
        programme_id=programme.id,
        version_no=(newest or 0) + 1,
        title=title,
        document_no=document_no,
        issued_on=issued_on,
        valid_from=valid_from,
        rule_id=rule_id,
        rule_sha256=rule.source_sha256,
        params=params,
        valid_to=valid_to,
        is_sample=is_sample,
    )
    session.add(method)
    session.flush()
    return method


def shown(session: Session, method: Method) -> dict[str, Any]:
    """What a person decides on: the document, its days, rule, numbers, trial, and what it ends."""
    trial = trials.newest(session, method)
    tried = {} if trial is None else {"cases": trial.cases, "broken": trial.broken}
    return {
        "league": method.league.code,
        "programme": method.programme.code,
        "version": method.version_no,
        "title": method.title,
        "document_no": method.document_no,
        "valid_from": method.valid_from.isoformat(),
        "valid_to": method.valid_to.isoformat() if method.valid_to else None,
        "rule": method.rule_id,
        "rule_sha256": method.rule_sha256,
        "params": method.params,
        "supersedes": [one.document_no for one in superseded(session, method)],
        **tried,
    }


def superseded(session: Session, method: Method) -> list[Method]:
    """The recorded versions that end, or never begin, once this one is recorded."""
    return [] if method.state in ENDED_STATES else _overlapping(session, method)


def take(session: Session, method: Method, name: str, taking: flow.Taking) -> Decision:
    """Take a step of a method's life; recording one asks for the shipments that waited for it.

    A version that is recorded supersedes those before it from its first day on. Raises as
    ``flow.take``, and ``Conflict`` where one before it would go on after its last day.
    """
    if name == "submit":
        trials.require_whole(session, method)
    if name == "record" and (ended := _supersede(session, method)):
        taking = replace(taking, detail={**taking.detail, "superseded": ended})
    decision = flow.take(session, method, name, taking)
    if name == "record":
        payload = {"method": method.id, "login": taking.user.login}
        queue.enqueue(
            session, "assess_method", f"assess_method:{code(method)}", payload, taking.now
        )
    return decision


def code(method: Method) -> str:
    """Its natural code, the same on every database: league, programme, version."""
    return f"{method.league.code}/{method.programme.code}/{method.version_no}"


def covered(session: Session, method: Method, from_seq: int = 0) -> list[Subject]:
    """The standing shipments or matters under the method, in order of acceptance from a place on.

    None under one that is not in force: a superseded version assesses no more.
    """
    if method.state != "recorded":
        return []
    last = method.valid_to or date.max
    kind = subjects.of(method.programme)
    table = kind.table
    query = select(table).where(
        table.league_id == method.league_id,
        table.stands,
        table.day.between(method.valid_from, last),
        table.accepted_seq >= from_seq,
        *kind.within(method.programme_id),
    )
    return list(session.scalars(query.order_by(table.accepted_seq)))


def in_force(session: Session, league_id: int, programme_id: int, day: date) -> Method | None:
    """The recorded version in force on the day, or None: explicitly no method."""
    return session.scalar(
        select(Method).where(
            Method.league_id == league_id,
            Method.programme_id == programme_id,
            Method.state == "recorded",
            Method.valid_from <= day,
            or_(Method.valid_to.is_(None), Method.valid_to >= day),
        )
    )


def ends_unfollowed(today: date) -> ColumnElement[bool]:
    """Of a method: that its last day is near, and no recorded one goes on from there."""
    later = aliased(Method)
    followed = select(later.id).where(
        later.league_id == Method.league_id,
        later.programme_id == Method.programme_id,
        later.state == "recorded",
        later.valid_from > Method.valid_to,
    )
    near = Method.valid_to.between(today, today + timedelta(days=WARNED_DAYS))
    return (Method.state == "recorded") & near & ~followed.exists()


def _checked(
    session: Session,
    registry: Registry,
    user: User,
    rule_id: str,
    params: dict[str, Any],
    programme: Programme,
) -> Rule:
    rule = chosen(session, registry, user, rule_id)
    if rule.league not in {"", session.get_one(League, user.league_id).code}:
        raise NotAllowed(mark("This rule is another league's."))
    try:
        rule.load_params(params)
        why = unfit(rule, params, programme)
    except (ParamsError, RuleError) as error:
        raise Refused(
            mark("The numbers of the method are not right: %(faults)s"),
            mark("Correct them and submit again."),
            faults=str(error),
        ) from error
    if why:
        raise Refused(why, mark("Choose another rule, or another programme."))
    return rule


def _supersede(session: Session, method: Method) -> list[list[str]]:
    """End the versions before it the day before its first; one it covers wholly never counts.

    Returns the code and the last day of each, for the entry. Raises ``Conflict`` where one would go
    on after this one's last day: no day may have a gap that nobody decided on.
    """
    ended: list[list[str]] = []
    for other in _overlapping(session, method):
        if method.valid_to is not None and (
            other.valid_to is None or other.valid_to > method.valid_to
        ):
            raise Conflict(
                mark("%(document)s is in force beyond the last day of this one."),
                mark("Leave the last day of this one open, or let it end no earlier."),
                document=other.document_no,
            )
        if other.valid_from < method.valid_from:
            other.valid_to = method.valid_from - timedelta(days=1)
            ended.append([code(other), other.valid_to.isoformat()])
        else:
            other.state = "superseded"
            ended.append([code(other), ""])
    session.flush()
    return ended


def _overlapping(session: Session, method: Method) -> list[Method]:
    query = select(Method).where(
        Method.id != method.id,
        Method.league_id == method.league_id,
        Method.programme_id == method.programme_id,
        Method.state == "recorded",
        or_(Method.valid_to.is_(None), Method.valid_to >= method.valid_from),
    )
    if method.valid_to is not None:
        query = query.where(Method.valid_from <= method.valid_to)
    return list(session.scalars(query.order_by(Method.version_no)))
