"""Division 资金分配: a pool divided in proportion among all who claim it, once the league says so.

Before that a shipment brings a claim and accrues nothing: nobody knows what it comes to. The
officer drafts a division over every claim that stands, of all firms, and sees the totals; the
approver divides, and each share accrues in that same transaction, by the rule itself, which is
given what the pool was settled to. What is claimed or corrected later never moves a share of
another: it waits for a further division of what is left, and a share that turns out too large goes
back to the pool.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from rules import prorating
from rules.lines import Line, yuan
from rules.outcome import Tally
from rules.registry import Registry
from rules.tally import Run, assess
from tracker.db import canonical, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.divisions import OPEN_STATES, Division
from tracker.models.filings import Decision
from tracker.models.methods import Method, Programme
from tracker.models.money import Assessment, Entry, Item
from tracker.models.people import League, User
from tracker.steps import accrual, assessment, flow

NAME_LENGTH = 120
COMPUTED = ("prepare", "divide")
"""Steps before which every claim is looked at anew."""


@dataclass(frozen=True)
class Waiting:
    """A pool that is claimed and not divided: what it is called, what is in it, what is asked."""

    counter: str
    name_zh: str
    name_en: str
    limit_fen: int
    before_fen: int
    """What earlier divisions gave and still stands."""
    claims: int
    asked_fen: int

    @property
    def room_fen(self) -> int:
        """What there is to divide."""
        return max(self.limit_fen - self.before_fen, 0)


@dataclass(frozen=True)
class Claim:
    """One shipment's claim on a pool, as its rule states it before the division."""

    place: int
    """Where it stands in its method's run."""
    line: Line
    order: int
    unit_key: str
    uscc: str


@dataclass(frozen=True)
class Part:
    """The claims under one version of the method, and the run that gives them their shares."""

    method: Method
    dues: Sequence[assessment.Due]
    run: Run
    claims: Sequence[Claim]


@dataclass(frozen=True)
class Divided:
    """A pool as it would be divided now."""

    counter: str
    numbers: Mapping[str, int]
    parts: Sequence[Part]

    @property
    def awards(self) -> Iterator[tuple[Claim, int]]:
        """Each claim, and its award in fen."""
        for part in self.parts:
            yield from ((claim, part.run.awards[claim.place]) for claim in part.claims)


def waiting(session: Session, league: League, programme: Programme) -> list[Waiting]:
    """The pools of the league that are claimed and wait to be divided, in the order of their keys.

    As the standing assessments say; what a division makes of them is computed by its draft.
    """
    kind = subjects.of(programme)
    query = (
        select(Assessment)
        .join(Item, Item.id == Assessment.item_id)
        .join(kind.table, kind.table.id == kind.item_key)
        .join(Method, Method.id == Assessment.method_id)
        .where(
            Item.league_id == league.id,
            Item.programme_id == programme.id,
            Assessment.id.in_(assessment.last_of(league.id, programme.id)),
            Assessment.outcome == "waiting",
            assessment.tells(prorating.PENDING),
            Method.state == "recorded",
            kind.table.stands,
            kind.table.league_id == league.id,
        )
    )
    asked: dict[str, list[Line]] = defaultdict(list)
    method: Method | None = None
    for made in session.scalars(query):
        line = assessment.claimed(Tally.from_json(made.tally))
        if line is not None and line.counter is not None:
            asked[line.counter].append(line)
            method = made.method
    held = assessment.opening_of(session, method, frozenset()) if method is not None else {}
    return [
        Waiting(
            key,
            *_names(found[0]),
            found[0].limit_fen or 0,
            held.get(key, 0),
            len(found),
            sum(line.before_fen or 0 for line in found),
        )
        for key, found in sorted(asked.items())
    ]


def compute(
    session: Session, registry: Registry, league: League, programme: Programme, counter: str
) -> Divided:
    """Divide the pool among all that is claimed of it now, under every version in force.

    Raises ``Refused`` where nothing is claimed or nothing is left, or versions differ on the total.
    """
    tried = list(_tried(session, registry, league, programme, counter))
    claims = [claim for part in tried for claim in part.claims]
    if not sum(claim.line.before_fen or 0 for claim in claims):
        raise Refused(
            mark("Nothing is claimed of this pool."), mark("It is divided once something is.")
        )
    rooms = {(claim.line.limit_fen or 0, claim.line.used_before or 0) for claim in claims}
    if len(rooms) > 1:
        raise Refused(
            mark("Two versions of the method state different totals for this pool."),
            mark("Register a version in force from the first day of its year, with one total."),
        )
    limit, before = rooms.pop()
    if limit <= before:
        raise Refused(
            mark("Nothing is left in this pool."), mark("It was divided to the last fen before.")
        )
    asked = [(claim.line.before_fen or 0, claim.order) for claim in claims]
    numbers = prorating.division(counter, asked, limit - before)
    parts = [replace(part, run=_again(part, numbers)) for part in tried]
    return Divided(counter, numbers, parts)


def draft(
    session: Session,
    registry: Registry,
    user: User,
    programme: Programme,
    counter: str,
) -> Division:
    """Draft a division of a pool of the officer's league over all that is claimed of it.

    Raises ``NotAllowed`` for anyone else, ``Conflict`` while another one of it is open, and as
    ``compute``.
    """
    if user.role != "league_officer" or user.league_id is None:
        raise NotAllowed(mark("Only a league officer divides a pool."))
    league = session.get_one(League, user.league_id)
    is_open = select(Division.code).where(
        Division.league_id == league.id,
        Division.programme_id == programme.id,
        Division.counter == counter,
        Division.state.in_(OPEN_STATES),
    )
    if (other := session.scalar(is_open)) is not None:
        raise Conflict(
            mark("%(division)s of this pool is not finished yet."),
            mark("Finish or withdraw it first."),
            division=other,
        )
    made = compute(session, registry, league, programme, counter)
    number = next_number(session, Division.id)
    division = _division(f"FP-{number:05d}", league, programme, made)
    session.add(division)
    session.flush()
    return division


def shown(session: Session, division: Division) -> dict[str, Any]:
    """What a person decides on: the pool, its totals, every firm's share."""
    del session
    return {
        "code": division.code,
        "league": division.league.code,
        "pool": told(division),
        "shares": division.shares,
        "claims": division.claims_sha256,
    }


def told(division: Division) -> dict[str, Any]:
    """The figures of a division, as its entry in the ledger keeps them."""
    figures = ("limit_fen", "before_fen", "claims", "asked_fen", "given_fen", "rest", "place")
    return {"counter": division.counter} | {name: getattr(division, name) for name in figures}


def given(division: Division) -> Select[Assessment]:
    """The assessments that gave the shares of a division, in the order of the books."""
    stem = f"accrue:division:{division.code}:"
    return (
        select(Assessment)
        .join(Entry, Entry.seq == Assessment.seq)
        .where(Entry.cause.startswith(stem, autoescape=True))
        .order_by(Assessment.id)
    )


def take(session: Session, division: Division, name: str, taking: flow.Taking) -> Decision:
    """A step of a division; ``divide`` accrues every share. Raises as ``flow.take``.

    ``Conflict`` too where what is claimed is no longer what was drafted. Needs the registry.
    """
    step = flow.step_named("division", name)
    made = None
    if name in COMPUTED and division.state in step.before:
        made = _unchanged(session, division, taking.registry)
    if name == "divide":
        taking = replace(taking, detail={**taking.detail, "pool": told(division)})
    decision = flow.take(session, division, name, taking)
    if made is not None and name == "divide":
        cause = accrual.Cause(f"division:{division.code}", taking.user.login, taking.now)
        for part in made.parts:
            places = [claim.place for claim in part.claims]
            accrual.post(session, part.method, part.dues, part.run, cause, places)
    session.flush()
    return decision


def _unchanged(session: Session, division: Division, registry: Registry | None) -> Divided:
    assert registry is not None, "a division is computed by rules"
    made = compute(session, registry, division.league, division.programme, division.counter)
    if _sha256(made) != division.claims_sha256:
        raise Conflict(
            mark("What is claimed of the pool is no longer what it was when this was drafted."),
            mark("Open it again if it was passed on, withdraw it, and draft a new one."),
        )
    return made


def _tried(
    session: Session, registry: Registry, league: League, programme: Programme, counter: str
) -> Iterator[Part]:
    """Each version in force with what is claimed of the pool under it."""
    query = select(Method).where(
        Method.league_id == league.id,
        Method.programme_id == programme.id,
        Method.state == "recorded",
    )
    for method in session.scalars(query.order_by(Method.valid_from)):
        ran = assessment.run_from(session, registry, method)
        if ran is None:
            continue
        dues, run = ran
        claims = [
            Claim(place, line, due.facts.order, due.subject.key, due.subject.firm.uscc)
            for place, due in enumerate(dues)
            if run.outcomes[place] == "waiting"
            and (line := assessment.claimed(run.tally(place))) is not None
            and line.counter == counter
        ]
        if claims:
            yield Part(method, dues, run, claims)


def _again(part: Part, numbers: Mapping[str, int]) -> Run:
    """The same run, given what the pool is settled to."""
    facts = [due.facts for due in part.dues]
    return assess(part.run.rule, part.run.params, facts, {**part.run.opening, **numbers})


def _division(code: str, league: League, programme: Programme, made: Divided) -> Division:
    shares: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for claim, award in made.awards:
        sums = shares[claim.uscc]
        for at, more in enumerate((1, claim.line.before_fen or 0, award)):
            sums[at] += more
    first = made.parts[0].claims[0].line
    names, limit, before = _names(first), first.limit_fen or 0, first.used_before or 0
    asked = made.numbers[_key(made, prorating.TOTAL)]
    return Division(
        code=code,
        league_id=league.id,
        programme_id=programme.id,
        counter=made.counter,
        name_zh=names[0][:NAME_LENGTH],
        name_en=names[1][:NAME_LENGTH],
        ends_on=_ends_on(made),
        limit_fen=limit,
        before_fen=before,
        claims=sum(claims for claims, *_ in shares.values()),
        asked_fen=asked,
        given_fen=min(asked, limit - before),
        rest=made.numbers[_key(made, prorating.REST)],
        place=made.numbers[_key(made, prorating.PLACE)],
        shares=[[uscc, *sums] for uscc, sums in sorted(shares.items())],
        claims_sha256=_sha256(made),
    )


def _names(line: Line) -> tuple[str, str]:
    """What a line calls its pool, before it tells how much is in it."""
    limit = yuan(line.limit_fen or 0)
    return line.title_zh.partition(f"{limit} 元")[0], line.title_en.partition(f" {limit} CNY")[0]


def _key(made: Divided, name: str) -> str:
    return f"{made.counter}{prorating.NUMBER}{name}"


def _sha256(made: Divided) -> str:
    """Hash over every claim, what it brings and is given, and what the pool is settled to."""
    claims = [
        [claim.uscc, claim.unit_key, claim.order, claim.line.before_fen, award]
        for claim, award in made.awards
    ]
    return hashlib.sha256(canonical([claims, dict(made.numbers)]).encode()).hexdigest()


def _ends_on(made: Divided) -> date | None:
    """The last day of the pool's year, as its method begins years."""
    words = dict(word.partition("=")[::2] for word in made.counter.split("|")[1:])
    if "year" not in words:
        return None
    month = int(made.parts[0].method.params["year_start_month"])
    return date(int(words["year"]) + 1, month, 1) - timedelta(days=1)
