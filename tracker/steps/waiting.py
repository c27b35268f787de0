"""Waiting 待办: what waits for a person, and by when; the home page and the digest say the same."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from tracker import access
from tracker.access import pins
from tracker.access.adjustments import visible_adjustments
from tracker.access.cross_checks import visible_cross_files
from tracker.access.holds import visible_holds
from tracker.access.near_pairs import visible_near_pairs
from tracker.access.publications import visible_publications
from tracker.db import local_day
from tracker.errors import mark
from tracker.models.adjustments import Adjustment, AdjustmentLine
from tracker.models.applications import Application
from tracker.models.cargo import Manifest, Shipment
from tracker.models.cross_checks import CrossCheckFile
from tracker.models.holds import Hold
from tracker.models.levels import COUNTING_STATES, Level
from tracker.models.methods import Method
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, ApiToken, User
from tracker.models.publications import Publication
from tracker.models.recoveries import Recovery
from tracker.models.work import Job
from tracker.steps import (
    application,
    clocks,
    confirmations,
    cross_verdicts,
    disbursement,
    excess,
    flow,
    methods,
    near_holds,
    publication,
    replies,
    requirements,
    staged,
    takers,
    unanswered,
    windows,
)
from tracker.steps.agreeing import AGREE
from tracker.steps.flows import BACKWARD, FLOWS
from tracker.steps.kinds import KINDS, SUBJECTS

SOON = timedelta(days=30)
AFTERWARDS: dict[tuple[str, str, str], str] = {
    ("league_approver", "objection", "submitted"): mark("Decide them: uphold or dismiss"),
    ("finance_officer", "filing", "approved"): mark("Allot for approved filings"),
}
"""What one does next where it begins something new, or where one chooses between two ends."""

WARNED = ("league_officer", "league_approver", "commerce_officer", "commerce_approver")
"""Who is told of methods that end."""


@dataclass(frozen=True)
class Waits:
    """Some things that wait for a person."""

    kind: str
    label: str
    """What is to be done with them, as msgid."""
    count: int
    narrow: Mapping[str, str] = field(default_factory=dict)
    """What narrows the list of their kind down to them."""
    first: date | None = None
    """The first of the days by which it is to be done, where there are such."""
    since: date | None = None
    """The oldest of the days from which it waits, where that matters."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the label names."""


def waiting(session: Session, user: User, now: datetime) -> list[Waits]:
    """What waits for this person: their forward steps of every flow, and what has no step."""
    parts = (
        *(
            _manifests,
            _silent,
            _applying,
            _flows,
            _passed,
            _agreements,
            _ending,
            _unmatched,
            _crossed,
        ),
        *(_held, _alike, _unpublished, _running),
        *(_drawable, _over, _owed, _tokens, _given_up),
    )
    return [one for part in parts for one in part(session, user, now) if one.count]


def words(one: Waits, say: Callable[..., str]) -> str:
    """What waits, what is to be done with it and by when, in the language that ``say`` speaks."""
    said = [say(KINDS[one.kind]), say(one.label, **one.values)]
    if one.first:
        said.append(say(mark("the first by %(day)s"), day=one.first))
    if one.since:
        said.append(say(mark("the oldest from %(day)s"), day=one.since))
    return " · ".join(said)


def count(session: Session, query: Select[Any]) -> int:
    """How many rows a query of one table answers."""
    table = query.column_descriptions[0]["entity"]
    return _counted(session, query, table.id)[0]


def _manifests(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    del now
    if user.role not in FIRM_ROLES:
        return
    for wanted, name, value, label in (
        (Manifest.state == "checked", "state", "checked", mark("Look at the preview and commit")),
        (Manifest.state == "refused", "state", "refused", mark("Mend and upload again")),
        (confirmations.unsaid(), "waiting", "yes", mark("Confirm changed rows")),
    ):
        found = count(session, access.visible_manifests(user).where(wanted))
        yield Waits("manifest", label, found, {name: value})


def _applying(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """What a firm can apply for in days that a league has set and that run now."""
    if user.firm_id is None:
        return
    calls = windows.open_on(session, local_day(now))
    found = [
        (min(closing), count)
        for league_id, programme_id, day, count, _ in application.open_days(session, user.firm_id)
        if (
            closing := [
                one.closes_on
                for one in calls
                if (one.league_id, one.programme_id) == (league_id, programme_id)
                and one.period_from <= day <= one.period_to
            ]
        )
    ]
    first = min((day for day, _ in found), default=None)
    yield Waits("application", mark("Apply in time"), sum(count for _, count in found), {}, first)


def _silent(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Payments that the bank should have answered by now: whoever records its answers asks it."""
    if user.role != "league_finance":
        return
    silent = access.visible_disbursements(user).where(unanswered.silent(now))
    found, oldest = _counted(session, silent, unanswered.since())
    label = mark("No answer from the bank for more than %(days)s days: ask it")
    since = oldest and local_day(oldest)
    values = {"days": unanswered.DAYS}
    yield Waits("disbursement", label, found, {"silent": "yes"}, since=since, values=values)


def _flows(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    book, day = takers.read(session), local_day(now)
    for kind, visible in SUBJECTS.items():
        query = visible(user)
        table = query.column_descriptions[0]["entity"]
        wanted = [
            (mark("Returned, to be mended") if state == "returned" else step.label, state, those)
            for step in FLOWS[kind]
            if step.name not in BACKWARD
            and not step.name.startswith(AGREE)
            and (those := book.theirs(kind, step, user.role, table, day)) is not None
            for state in step.before
        ]
        wanted += [
            (label, state, true())
            for (role, subject, state), label in AFTERWARDS.items()
            if (role, subject) == (user.role, kind)
        ]
        for label, state, those in wanted:
            narrowed = query.where(table.state == state, those)
            found = count(session, narrowed)
            first = clocks.first_due(session, narrowed) if found else None
            yield Waits(kind, label, found, {"state": state}, first)


def _passed(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """What passed the first review: what can be filed now, and what waits until which day."""
    if not access.may(user, "draft_filing"):
        return
    query = access.visible_applications(user).where(Application.state == "passed")
    found = session.scalars(query.order_by(Application.id)).all()
    waits = publication.readiness(session, found, local_day(now)).values()
    names = Counter(one.why if one else "ready" for one in waits)
    days = Counter(one.ends_on for one in waits if one and one.ends_on)
    for name, label in (
        ("ready", mark("File passed applications")),
        ("objected", mark("Passed, and an objection is not decided: file them after it")),
    ):
        yield Waits("application", label, names[name], {"state": "passed", "filing": name})
    label = mark("Passed, and their publication runs until %(day)s: file them after it")
    for day, count in sorted(days.items()):
        narrow = {"state": "passed", "filing": "running", "until": day.isoformat()}
        yield Waits("application", label, count, narrow, values={"day": day})


def _agreements(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Things that wait for this person's agreement, as a level or their league asks for it."""
    wanted = select(Level.subject_kind, Level.step).where(
        Level.state.in_(COUNTING_STATES), Level.role == user.role
    )
    levelled = {(kind, name) for kind, name in session.execute(wanted)}
    for kind, name in sorted(levelled | requirements.joint_of(session, user)):
        step = flow.step_named(kind, AGREE + name)
        query = SUBJECTS[kind](user)
        table = query.column_descriptions[0]["entity"]
        found = [
            one
            for one in session.scalars(query.where(table.state == step.after))
            if step.name in {at.name for at in flow.allowed(session, one, user, local_day(now))}
        ]
        yield Waits(kind, step.label, len(found), {"state": step.after})


def _ending(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Methods that end before long with none to follow, for who drafts and who records them."""
    if user.role not in WARNED:
        return
    soon = access.visible_methods(user).where(methods.ends_unfollowed(local_day(now)))
    mine = {"league": user.league.code} if user.league else {}
    if user.league:
        soon = soon.where(Method.league_id == user.league_id)
    found, first = _counted(session, soon, Method.valid_to)
    label = mark("End soon, and none follows")
    yield Waits("method", label, found, {"ending": "yes", **mine}, first)


def _unmatched(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    del now
    if access.may(user, "pin_route"):
        yield Waits("shipment", mark("Set the route"), count(session, pins.unmatched(user)))


def _crossed(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Data of others that nothing could be made of, and what its first review waits for."""
    del now
    if not access.may(user, "upload_cross_check"):
        return
    files = visible_cross_files(user).where(CrossCheckFile.state == "refused")
    label = mark("Say what the columns are, or withdraw the file")
    yield Waits("cross_check", label, count(session, files), {"state": "refused"})
    if user.role in LEAGUE_ROLES:
        silent = access.visible_shipments(user).where(
            cross_verdicts.says(Shipment.id, "no_answer"),
            Shipment.id.in_(staged.in_stage(user, "applied")),
        )
        label = mark("Applied for, and no answer in data of others: ask them, or the firm")
        narrow = {"crossed": "no_answer", "stage": "applied"}
        yield Waits("silent", label, count(session, silent), narrow)


def _held(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Holds that the league has not replied to, and those that Commerce has a reply to."""
    del now
    if access.may(user, "reply_to_hold"):
        wanted, value, label = ~replies.replied(), "no", mark("Reply to what is held")
    elif access.may(user, "place_hold"):
        wanted, value, label = replies.replied(), "yes", mark("Read the reply, and decide")
    else:
        return
    query = visible_holds(user).where(Hold.lifted_at.is_(None), wanted)
    found = list(session.scalars(query))
    days = replies.due(session, found) if value == "no" else {}
    first = min(days.values(), default=None)
    yield Waits("hold", label, len(found), {"replied": value}, first)


def _alike(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Shipments that look alike: the application of either waits until its league has looked."""
    del now
    if user.league_id is not None and access.may(user, "judge_pair"):
        query = near_holds.open_of(visible_near_pairs(user), user.league_id)
        label = mark("Look alike: say whether they are one trip")
        yield Waits("near_pair", label, count(session, query), {"state": "open"})


def _unpublished(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """What passed the first review, where the league has to publish before it files."""
    del now
    if user.league and access.may(user, "publish"):
        found = len(publication.owed(session, user.league))
        yield Waits("publication", mark("Passed and not published yet"), found)


def _running(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """What is being shown: until its last day somebody may object."""
    if access.may(user, "record_objection"):
        running = visible_publications(user).where(publication.runs(local_day(now)))
        found, first = _counted(session, running, Publication.ends_on)
        label = mark("Being shown: take down what is objected")
        yield Waits("publication", label, found, {"running": "yes"}, first)


def _drawable(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    found = len(disbursement.drawable(session, user, now))
    yield Waits("disbursement", mark("Draft the disbursements"), found)


def _owed(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """What was demanded back: for the firm at once, for its league from when the day is near."""
    owed = access.visible_recoveries(user).where(Recovery.state == "recoverable")
    label = mark("Pay it back")
    if user.role in LEAGUE_ROLES:
        owed = owed.where(Recovery.due_on <= local_day(now) + SOON)
        label = mark("To be paid back soon, or overdue")
    elif user.role not in FIRM_ROLES:
        return
    found, first = _counted(session, owed, Recovery.due_on)
    yield Waits("recovery", label, found, {"state": "recoverable"}, first)


def _over(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """Adjustments that left more than is due, as far as it is paid and nobody demands it yet."""
    del now
    if not access.may(user, "draft_recovery"):
        return
    left = select(AdjustmentLine.adjustment_id).where(AdjustmentLine.excess_fen > 0)
    query = visible_adjustments(user).where(Adjustment.state == "adjusted", Adjustment.id.in_(left))
    found = sum(bool(excess.demandable(session, one)) for one in session.scalars(query))
    label = mark("Demand back what was paid too much")
    yield Waits("adjustment", label, found, {"state": "adjusted"})


def _tokens(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    """One's own tokens that end: the program that sends one is refused from then on."""
    mine = select(ApiToken).where(
        ApiToken.user_id == user.id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at.between(now, now + SOON),
    )
    found, first = _counted(session, mine, ApiToken.expires_at)
    label = mark("End soon: make new ones")
    yield Waits("token", label, found, first=first and local_day(first))


def _given_up(session: Session, user: User, now: datetime) -> Iterator[Waits]:
    del now
    if user.role == "admin":
        dead = select(Job).where(Job.state == "dead")
        label = mark("Given up: look, and start it again")
        yield Waits("job", label, count(session, dead), {"state": "dead"})


def _counted(session: Session, query: Select[Any], column: Any) -> tuple[int, Any]:  # noqa: ANN401  any column
    """How many rows, and the least value of a column."""
    table = query.column_descriptions[0]["entity"]
    columns = (func.count(table.id), func.min(column))
    asked = query.with_only_columns(*columns, maintain_column_froms=True).order_by(None)
    found, least = session.execute(asked).one()
    return found, least
