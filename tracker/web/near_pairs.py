"""Near pairs 疑似重复 as they show: both sides, what they say alike, and what was found of them.

A league reads its own side whole. Of a side that lies in another league, or in none yet, it reads
the day and the numbers that the pair was found by, and not whose it is; each league says what the
pair is for its own side, and Commerce reads both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from ingest import alike
from ingest.shipments import ShipmentUnit
from tracker import access
from tracker.access.near_pairs import visible_near_pairs
from tracker.errors import mark
from tracker.models.applications import Application
from tracker.models.cargo import Shipment
from tracker.models.near_pairs import FIRST, SECOND, NearPair, NearVerdict, stands
from tracker.models.people import LEAGUE_ROLES, User
from tracker.steps import near_holds, near_verdicts, shipments
from tracker.web import asked, batches, context

STATES: dict[str, str] = {
    "open": mark("Not cleared yet"),
    "same": mark("One trip"),
    "apart": mark("Two trips"),
}
"""What was found of a pair -> msgid."""
TONES = {"open": "warn", "same": "bad", "apart": "good"}
KINDS: dict[str, str] = {
    "truck": mark("Truck"),
    "trailer": mark("Trailer"),
    "carnet": mark("TIR carnet"),
    "seal": mark("Seal numbers"),
    "box": mark("Boxes"),
    "waybill": mark("Waybill"),
    "batch": mark("Trip batch number"),
}
"""Kind of number that two bear -> msgid."""


@dataclass(frozen=True)
class Side:
    """One side, and as much of it as this person is told."""

    shipment: Shipment
    open: bool
    """Whether it is told whole."""
    said: dict[str, str]
    """Kind of number -> what it says; of a side that is not open, what the pair was found by."""
    goods: tuple[int, int] | None
    """Grams and packages, where it is open."""


@dataclass(frozen=True)
class Shown:
    """A pair as it shows."""

    pair: NearPair
    first: Side
    second: Side
    verdicts: list[NearVerdict]
    """What each league found last."""
    state: str
    """Of ``STATES``: for the person's league, or as far as all leagues have come."""
    standing: bool
    may_judge: bool

    @property
    def grounds(self) -> list[str]:
        """In words, what they were found by."""
        return [
            gettext("%(kind)s the same", kind=gettext(KINDS[kind]))
            if one == other
            else gettext("%(kind)s one character apart", kind=gettext(KINDS[kind]))
            for kind, one, other in self.pair.grounds
        ]


@dataclass(frozen=True)
class Line:
    """A shipment of an application that is held until its pair is cleared."""

    label: str
    shipment_id: int
    code: str
    """Of the pair; blank for the firm."""
    state: str

    @property
    def words(self) -> str:
        """What was found of the pair."""
        return str(gettext(STATES[self.state]))

    @property
    def tone(self) -> str:
        """How it shows."""
        return TONES[self.state]


def filtered(user: User) -> Select[NearPair]:
    """The pairs that stand and that the address asks for, the newest first."""
    query = visible_near_pairs(user).where(stands())
    if state := asked.one_of("state", tuple(STATES)):
        verdict = "" if state == "open" else state
        query = query.where(_found_as(user, verdict))
    if code := asked.text("q"):
        query = query.where(
            NearPair.code.icontains(code, autoescape=True)
            | FIRST.label.icontains(code, autoescape=True)
            | SECOND.label.icontains(code, autoescape=True)
        )
    return query.order_by(NearPair.id.desc())


def _found_as(user: User, verdict: str) -> Any:  # noqa: ANN401  a condition
    """For a league what it found itself; for others what the league of either side did."""
    if user.role in LEAGUE_ROLES:
        return near_holds.found_as(verdict, user.league_id or 0)
    first, second = (near_holds.found_as(verdict, side.league_id) for side in (FIRST, SECOND))
    return first & second if verdict == "apart" else first | second


def told(session: Session, user: User, found: Sequence[NearPair]) -> list[Shown]:
    """The pairs with both sides as this person is told of them."""
    sides = {side.id: side for one in found for side in (one.first, one.second)}
    units = shipments.units_of(session, list(sides.values()))
    verdicts = near_verdicts.of(session, [one.id for one in found])
    return [_shown(user, one, units, verdicts[one.id]) for one in found]


def _shown(
    user: User, pair: NearPair, units: dict[int, ShipmentUnit], verdicts: list[NearVerdict]
) -> Shown:
    first, second = (
        _side(user, side, units.get(side.id), pair, place)
        for place, side in ((1, pair.first), (2, pair.second))
    )
    standing = near_verdicts.stands(pair)
    leagues = {pair.first.league_id, pair.second.league_id}
    if user.role in LEAGUE_ROLES:
        leagues = {user.league_id}
    found = dict.fromkeys(leagues, "open") | {
        one.league_id: one.verdict for one in verdicts if one.league_id in leagues
    }
    return Shown(
        pair=pair,
        first=first,
        second=second,
        verdicts=verdicts,
        state=next(state for state in STATES if state in found.values()),
        standing=standing,
        may_judge=standing and access.may(user, "judge_pair"),
    )


def _side(user: User, one: Shipment, unit: ShipmentUnit | None, pair: NearPair, place: int) -> Side:
    opens = user.role not in LEAGUE_ROLES or one.league_id == user.league_id
    if opens and unit is not None:
        numbers = {kind: "、".join(sorted(found)) for kind, found in alike.borne(unit).items()}
        return Side(one, opens, numbers, (unit.gross_weight_g, unit.packages))
    by: dict[str, list[str]] = {}
    for ground in pair.grounds:
        if ground[place] not in by.setdefault(ground[0], []):
            by[ground[0]].append(ground[place])
    return Side(one, opens, {kind: "、".join(found) for kind, found in by.items()}, None)


def judge_each(wanted: Sequence[batches.Wanted], verdict: str) -> list[batches.Answered]:
    """Say of each pair what it is, one transaction a pair; one answer for each, in their order.

    Raises ``Refused`` for a batch that is empty or too large.
    """
    batches.require_few(len(wanted))
    session, user = context.session(), context.user()
    seen = visible_near_pairs(user).where(NearPair.id.in_([one.key for one in wanted]))
    codes = {one.id: one.code for one in session.scalars(seen)}
    now = context.now()

    def one_of(said: batches.Wanted) -> batches.Answered:
        found = near_verdicts.Found(verdict, said.reason_code, said.reason, said.shown_sha256)

        def work(db: Session, person: User) -> tuple[str, int]:
            pair = access.see(db, visible_near_pairs(person), said.key)
            made = near_verdicts.judge(db, person, pair, found, now)
            return made.verdict, made.seq

        return batches.answered(
            said.key, codes.get(said.key, ""), near_verdicts.JUDGED, lambda: context.write(work)
        )

    return [one_of(said) for said in wanted]


def held(session: Session, user: User, application: Application) -> list[Line]:
    """What holds an application under first review; for its firm only that it is looked into."""
    if application.state not in near_holds.AHEAD:
        return []
    found = near_holds.of(session, application)
    if user.firm_id is not None:
        waits = {one.shipment_id: one.label for one in found if not one.cleared}
        return [Line(label, key, "", "open") for key, label in waits.items()]
    return [
        Line(
            one.label,
            one.shipment_id,
            one.pair.code,
            one.verdict.verdict if one.verdict else "open",
        )
        for one in found
    ]
