"""Assessment 测算: run the rule of the method in force over the shipments it covers.

What should stand accrued is a function of the standing shipments, or matters, in order of
acceptance and the recorded methods. Money that has been applied for is settled: its stored
consumption opens the counters, and it is never recomputed here.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from ingest.shipments import ShipmentUnit
from rules.batch import Facts
from rules.conformance import divides
from rules.lines import Line, gap_text
from rules.outcome import Tally
from rules.prorating import DIVIDED_ONCE, NUMBER, TOTAL, UNDIVIDED, UNDIVIDED_YET
from rules.registry import Registry
from rules.rule import Rule
from rules.subject import Record
from rules.tally import Run, assess
from tracker.db import chunks
from tracker.errors import mark
from tracker.models import subjects
from tracker.models.divisions import Division
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Item, ItemStage
from tracker.models.subjects import Subject
from tracker.steps import facts, matter_facts, methods, shipments

OUTCOMES: dict[str, str] = {
    "awarded": mark("Awarded"),
    "zero": mark("Nothing due"),
    "refused": mark("Not supported"),
    "waiting": mark("Waits"),
    "": mark("Not assessed"),
}
"""What an assessment came to, or that there is none -> English msgid."""


IN_POOL = mark("It shares a pool in proportion; the period is not settled yet.")
"""What a shipment or matter waits for whose pool is not divided yet."""

TOTALS = ("cap_total", "whole_total")
"""Kinds of lines that draw on a total which nobody may overdraw, however it is shared."""

FACTS: dict[str, Callable[..., Mapping[int, Record]]] = {
    "shipment": facts.of,
    "matter": matter_facts.of,
}
"""Kind of subject -> what reads its facts: from the session, some of them, and known units."""


@dataclass(frozen=True)
class Due:
    """One shipment or matter under one method, ready for the rule."""

    subject: Subject
    method: Method
    facts: Record


def estimate(
    session: Session, registry: Registry, dry: Sequence[tuple[Method, Facts]]
) -> int | None:
    """Fen that shipments not yet committed would earn after all that stands, method by method.

    None where all of them share pools that are not divided yet: nobody knows.
    """
    total: int | None = None
    for method, known in dry:
        rule = methods.pinned(registry, method)
        if divides(rule, method.params):
            continue
        opening = opening_of(session, method, frozenset())
        total = (total or 0) + sum(assess(rule, method.params, known, opening).awards)
    return total


def newest(session: Session, item_ids: Sequence[int]) -> dict[int, Assessment]:
    """Item id -> the assessment that stands."""
    found: dict[int, Assessment] = {}
    for keys in chunks(item_ids):
        newest_ids = (
            select(func.max(Assessment.id))
            .where(Assessment.item_id.in_(keys))
            .group_by(Assessment.item_id)
        )
        query = select(Assessment).where(Assessment.id.in_(newest_ids))
        found |= {one.item_id: one for one in session.scalars(query)}
    return found


def methods_of(
    session: Session, programme: Programme, found: Sequence[Subject]
) -> dict[int, Method]:
    """The methods of what stands and has its league, by id; one without says why it waits."""
    days = {(one.league_id, one.day) for one in found if one.league_id is not None}
    in_force = {
        (league_id, day): methods.in_force(session, league_id, programme.id, day)
        for league_id, day in days
    }
    pools: dict[int, Method] = {}
    for one in found:
        if not one.stands or one.league_id is None:
            continue
        method = in_force[one.league_id, one.day]
        one.waits_for = "" if method else subjects.of(programme).lawless
        if method is not None:
            pools[method.id] = method
    return pools


def methods_before(
    session: Session, programme: Programme, found: Sequence[Subject]
) -> dict[int, set[int]]:
    """Method id -> those of the shipments or matters that it was the last to assess."""
    item_key = subjects.of(programme).item_key
    before: dict[int, set[int]] = defaultdict(set)
    for keys in chunks([one.id for one in found]):
        newest_ids = (
            select(func.max(Assessment.id))
            .join(Item, Item.id == Assessment.item_id)
            .where(item_key.in_(keys), Item.programme_id == programme.id)
            .group_by(Assessment.item_id)
        )
        query = select(Assessment.method_id, item_key).join_from(Assessment, Item)
        for method_id, key in session.execute(query.where(Assessment.id.in_(newest_ids))):
            before[method_id].add(key)
    return before


def run_pool(
    session: Session,
    registry: Registry,
    method: Method,
    changed: Sequence[Subject],
    units: Mapping[int, ShipmentUnit] = MappingProxyType({}),
) -> tuple[list[Due], Run] | None:
    """The rule over what changed and everything unsettled of the method after it.

    In order of acceptance; what came before the first changed one cannot be touched by it, so its
    stored consumption opens the counters, as that of settled ones does. Facts are taken anew only
    for the changed; the others' are as stored.
    """
    first = min(one.accepted_seq or 0 for one in changed)
    return run_from(session, registry, method, first, {one.id for one in changed}, units)


def run_from(
    session: Session,
    registry: Registry,
    method: Method,
    first: int = 0,
    changed: Collection[int] = (),
    units: Mapping[int, ShipmentUnit] = MappingProxyType({}),
) -> tuple[list[Due], Run] | None:
    """The rule over all that is unsettled of the method from this place in the queue on.

    None where there is none. What was given a share of a pool is settled too.
    """
    rule = methods.pinned(registry, method)
    kind = subjects.of(method.programme)
    members = methods.covered(session, method, first)
    settled = shipments.settled(session, [one.id for one in members], kind)
    settled |= shares(session, rule, method, members).keys()
    unsettled = [one for one in members if one.id not in settled]
    known = _stored_facts(session, rule, method, unsettled, changed)
    known |= FACTS[kind.name](session, [one for one in unsettled if one.id not in known], units)
    if not unsettled:
        return None
    dues = [Due(one, method, known[one.id]) for one in unsettled]
    opening = opening_for(session, rule, method, frozenset(one.id for one in unsettled))
    return dues, assess(rule, method.params, [due.facts for due in dues], opening)


def run_again(
    session: Session, registry: Registry, method: Method, subject: Subject, share: Assessment
) -> tuple[list[Due], Run] | None:
    """What has its share of a pool, corrected: computed anew in the same proportion.

    None where that is more: what others were given stays, so nothing is added. What is less goes
    back to the pool.
    """
    rule = methods.pinned(registry, method)
    known = FACTS[subjects.of(method.programme).name](session, [subject])
    due = Due(subject, method, known[subject.id])
    seen = _seen(share)
    given = numbers(share)
    others = {
        key: number
        for key, number in _pools_of(session, method).items()
        if f"{key.partition(NUMBER)[0]}{NUMBER}{TOTAL}" not in given
    }
    opening = others | seen | given
    run = assess(rule, method.params, [due.facts], opening)
    return None if run.awards[0] > share.award_fen else ([due], run)


def run_anew(
    session: Session,
    registry: Registry,
    method: Method,
    subject: Subject,
    old: Assessment,
    held: Mapping[str, int],
    known: Mapping[int, Record] = MappingProxyType({}),
) -> tuple[Due, Run] | None:
    """What is settled, computed anew at its own place: as it stood then, but for what changed.

    ``held`` is what each counter holds by now, this one's part included. Where it takes more of a
    total than it did, what others took since counts too: a total is never overdrawn. None where
    that leaves less than it has, or where it would take more of a pool that was divided: then
    nothing is added. Facts that are ``known`` are not read again.
    """
    rule = methods.pinned(registry, method)
    known = known or FACTS[subjects.of(method.programme).name](session, [subject])
    due = Due(subject, method, known[subject.id])
    own = {key: use["used"] for key, use in old.consumption.items() if NUMBER not in key}
    others = {key: max(total - own.get(key, 0), 0) for key, total in held.items()}
    pools = _pools_of(session, method) if divides(rule, method.params) else {}
    given = numbers(old)
    opening = others | ({} if given else pools) | _seen(old) | given
    run = assess(rule, method.params, [due.facts], opening)
    if run.awards[0] <= old.award_fen:
        return due, run
    if given:
        return None
    totals = {line.counter for line in run.tally(0).lines if line.kind in TOTALS}
    late = {key: fen for key, fen in others.items() if key in totals and fen > opening[key]}
    if late:
        run = assess(rule, method.params, [due.facts], opening | late)
    return None if run.awards[0] < old.award_fen else (due, run)


def _seen(made: Assessment) -> dict[str, int]:
    """What each counter held when an assessment came to it."""
    lines = made.tally["lines"]
    return {line["counter"]: line["used_before"] for line in lines if line["counter"] is not None}


def shares(
    session: Session, rule: Rule, method: Method, found: Sequence[Subject]
) -> dict[int, int]:
    """Id of a subject -> the assessment that gave it its share of a pool, where that still stands.

    One whose money went back when it was withdrawn or left the league has no share any more, nor
    has one that an article refuses by now.
    """
    given: dict[int, int] = {}
    if not divides(rule, method.params):
        return given
    item_key = subjects.of(method.programme).item_key
    columns = (item_key, Assessment.id, Assessment.award_fen)
    for keys in chunks([one.id for one in found]):
        query = (
            select(*columns, ItemStage.balance)
            .join_from(Assessment, Item)
            .outerjoin(ItemStage, (ItemStage.item_id == Item.id) & (ItemStage.stage == "accrued"))
            .where(
                Assessment.id.in_(last(method).where(item_key.in_(keys))),
                Assessment.method_id == method.id,
                Assessment.outcome.in_(("awarded", "zero")),
                tells(TOTAL),
            )
        )
        for key, made_id, award_fen, stands in session.execute(query):
            failed = award_fen == 0 and _failed(session.get_one(Assessment, made_id))
            if not failed and (stands or 0) >= award_fen:
                given[key] = made_id
    return given


def tells(name: str) -> ColumnElement[bool]:
    """Of an assessment: that it keeps this number of a pool, asked of its text."""
    kept: ColumnElement[str] = type_coerce(Assessment.consumption, Text)
    return kept.contains(f'{NUMBER}{name}"', autoescape=True)


def numbers(made: Assessment) -> dict[str, int]:
    """How the pools of an assessment stood: what each was settled to, or that it was not yet."""
    return {key: use["before"] for key, use in made.consumption.items() if NUMBER in key}


def claimed(tally: Tally) -> Line | None:
    """The line of the pool that a tally waits for, and for nothing else; None otherwise."""
    only = gap_text((UNDIVIDED,))[0]
    if tally.outcome != "waiting" or any(reason.zh != only for reason in tally.reasons):
        return None
    return next(line for line in tally.lines if line.kind == "prorate")


def _failed(made: Assessment) -> bool:
    return any(line["passed"] is False for line in made.tally["lines"])


def _stored_facts(
    session: Session,
    rule: Rule,
    method: Method,
    members: Sequence[Subject],
    changed: Collection[int],
) -> dict[int, Record]:
    """Facts of what nothing touched, from its standing assessment."""
    item_key = subjects.of(method.programme).item_key
    wanted = {one.id: one for one in members if one.id not in changed}
    found: dict[int, Record] = {}
    for keys in chunks(list(wanted)):
        query = select(item_key, Assessment.version_no, Assessment.facts)
        query = query.join_from(Assessment, Item).where(
            Assessment.id.in_(last(method).where(item_key.in_(keys))),
            Assessment.method_id == method.id,
        )
        for key, version_no, known in session.execute(query):
            if version_no == wanted[key].version_no:
                found[key] = rule.record.from_json(known)
    return found


def opening_for(
    session: Session, rule: Rule, method: Method, exclude: frozenset[int]
) -> dict[str, int]:
    """The counters a run of the method begins with; pools that are divided wait for that."""
    held = opening_of(session, method, exclude)
    return held | (_pools_of(session, method) if divides(rule, method.params) else {})


def _pools_of(session: Session, method: Method) -> dict[str, int]:
    """That pools wait for their division, and which were divided before."""
    before = select(Division.counter).where(
        Division.league_id == method.league_id,
        Division.programme_id == method.programme_id,
        Division.state == "divided",
    )
    told = {f"{counter}{DIVIDED_ONCE}": 1 for counter in session.scalars(before)}
    return told | {UNDIVIDED_YET: 1}


def opening_of(session: Session, method: Method, exclude: frozenset[int]) -> dict[str, int]:
    """Counters as the standing assessments of the league's programme leave them.

    All versions of the method count: a firm's year goes on when a document is amended. What stands
    no longer, or in another league now, gives back what it took.
    """
    kind = subjects.of(method.programme)
    query = select(kind.item_key, Assessment.consumption).join_from(Assessment, Item)
    totals: dict[str, int] = defaultdict(int)
    counting = query.join(kind.table, kind.table.id == kind.item_key).where(
        Assessment.id.in_(last(method)),
        Assessment.consumption != {},
        kind.table.stands,
        kind.table.league_id == method.league_id,
    )
    for key, consumption in session.execute(counting):
        if key not in exclude:
            for counter, use in consumption.items():
                if NUMBER not in counter:
                    totals[counter] += use["used"]
    return dict(totals)


def last(method: Method) -> Select[int]:
    """The ids of the standing assessments of the method's league and programme."""
    return last_of(method.league_id, method.programme_id)


def last_of(league_id: int, programme_id: int) -> Select[int]:
    """The ids of the standing assessments of a league's programme."""
    return (
        select(func.max(Assessment.id))
        .join(Item, Item.id == Assessment.item_id)
        .where(Item.league_id == league_id, Item.programme_id == programme_id)
        .group_by(Assessment.item_id)
    )
