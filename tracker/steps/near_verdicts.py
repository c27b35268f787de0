"""Near verdicts 疑似重复核实: a league's reviewer says what a pair is, with a reason, for good.

Nothing said is taken back: who finds otherwise says so, and the newest counts. What was shown is
kept by its hash, and a pair of which a side has changed is another pair.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, ledger
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.near_pairs import REASONS, VERDICTS, NearPair, NearVerdict
from tracker.models.people import League, User
from tracker.steps import flow, near_holds

JUDGED = "near_pair.judge"
"""Kind of the entry, and of the audit event."""
WORDS = {
    "apart": mark("Two trips"),
    "same": mark("One trip"),
}
"""Verdict -> msgid."""
RESTS_ON = {
    "papers": mark("Papers of both compared"),
    "crossing": mark("Records of the port or customs"),
    "track": mark("Tracks of the vehicles"),
    "said": mark("Both firms asked"),
}
"""Reason -> msgid."""
assert (*WORDS,) == VERDICTS
assert (*RESTS_ON,) == REASONS


@dataclass(frozen=True)
class Found:
    """What a person says of a pair."""

    verdict: str
    reason_code: str
    reason: str
    shown_sha256: str
    """Of the two sides as they were shown."""


def judge(session: Session, user: User, pair: NearPair, found: Found, now: datetime) -> NearVerdict:
    """Say for the person's league what a pair is; the shipments themselves stay as they are.

    Raises ``NotAllowed`` for whom it does not concern, ``Refused`` without a verdict, a reason or
    words, ``Conflict`` where a side has changed since, or where the league said the same before.
    """
    access.require(user, "judge_pair")
    league = session.get_one(League, user.league_id)
    if league.id not in {pair.first.league_id, pair.second.league_id}:
        raise NotAllowed(mark("A league says it of its own shipments."))
    if found.verdict not in VERDICTS or found.reason_code not in ("", *REASONS):
        raise Refused(mark("What the pair is was not said."), mark("Choose one of the list."))
    if not found.reason_code or not found.reason.strip():
        raise flow.ReasonMissing(
            mark("A reason is needed."),
            mark("Choose what it rests on, and say in words what was compared."),
        )
    if not stands(pair) or found.shown_sha256 != pair.shown_sha256:
        raise Conflict(
            mark("A side of the pair has changed since it was shown."),
            mark("Look at both sides again and decide on what you see."),
        )
    before = near_holds.newest(session, [pair.id], league.id).get(pair.id)
    if before is not None and before.verdict == found.verdict:
        raise Conflict(
            mark("%(who)s said so of %(pair)s before."),
            mark("Nothing more is needed; only another finding is recorded."),
            who=before.user.name,
            pair=pair.code,
        )
    return _keep(session, user, league, pair, found, now)


def stands(pair: NearPair) -> bool:
    """Whether both sides stand as they were found."""
    return all(
        side.stands and side.version_no == version_no
        for side, version_no in (
            (pair.first, pair.first_version_no),
            (pair.second, pair.second_version_no),
        )
    )


def of(session: Session, pair_ids: list[int]) -> dict[int, list[NearVerdict]]:
    """Id of each pair -> what each league found of it last, by league."""
    query = select(NearVerdict).where(NearVerdict.pair_id.in_(pair_ids)).order_by(NearVerdict.id)
    last = {(one.pair_id, one.league.code): one for one in session.scalars(query)}
    found: dict[int, list[NearVerdict]] = {key: [] for key in pair_ids}
    for (key, _), one in sorted(last.items()):
        found[key].append(one)
    return found


def _keep(
    session: Session, user: User, league: League, pair: NearPair, found: Found, now: datetime
) -> NearVerdict:
    said = {
        "verdict": found.verdict,
        "reason_code": found.reason_code,
        "reason": found.reason.strip(),
        "shown_sha256": pair.shown_sha256,
    }
    cause = ledger.next_cause(session, f"near_pair:{pair.code}:{league.code}")
    detail = {"pair": pair.code, "league": league.code, **said}
    entry = ledger.tell(session, JUDGED, cause, user.login, detail, now)
    made = NearVerdict(
        **said, pair_id=pair.id, league_id=league.id, user_id=user.id, said_at=now, seq=entry.seq
    )
    session.add(made)
    session.flush()
    told = {"league": league.code, "verdict": found.verdict, "reason_code": found.reason_code}
    audit.done(session, user, JUDGED, f"near_pair:{pair.code}", now, told)
    return made
