"""Self-evaluations 绩效自评: a league says how the targets of a filing were reached, and why not.

Figures come from the ledger; words, and what the ledger does not count, are the league's. One
officer says them, as they move no money; each saying is a version of its own, told in the ledger.
What was held back of a filing is evaluated with the whole that was sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, ledger
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import Filing
from tracker.models.people import User
from tracker.models.self_evaluations import REACHED, SelfEvaluation
from tracker.steps import filing as filings

STATED = "self_evaluation.state"
MOST_SIGNS = 2000
"""Of each text."""
MOST_RESULT_SIGNS = 200
"""Of what was reached of one target."""
DEAD_STATES = ("returned", "declined", "withdrawn")
"""Of a filing that comes to nothing: what is filed again has an evaluation of its own."""
COUNTED = (*("支持企业数", "支持数量", "报送金额", "审定金额", "下达指标", "兑现金额", "兑现率"),)
"""Targets of these names take their results from the ledger."""


@dataclass(frozen=True)
class Target:
    """One line of the stated performance target, cut at its first colon."""

    name: str
    wanted: str

    @property
    def is_counted(self) -> bool:
        """Whether the ledger has its figure."""
        return self.name in COUNTED


@dataclass(frozen=True)
class Words:
    """What a league says of a filing, named as its row and its entry name it."""

    reached: str
    """One of ``REACHED``."""
    words: str
    reasons: str = ""
    measures: str = ""
    results: Mapping[str, str] = field(default_factory=dict)
    """Name of a target that is not counted -> what was reached."""


def targets(text: str) -> Iterator[Target]:
    """The lines of a stated performance target."""
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, wanted = line.replace(":", "：").partition("：")
        yield Target(name.strip(), wanted.strip())


def to_measure(filing: Filing) -> list[Target]:
    """Targets whose results the league says itself, each name once."""
    found = targets(filing.performance_target)
    return list({one.name: one for one in found if not one.is_counted}.values())


def state(
    session: Session, user: User, filing: Filing, said: Words, seen: int, now: datetime
) -> SelfEvaluation:
    """Say it of a filing, or say it anew; ``seen`` is the newest version the person has read.

    Raises ``NotAllowed`` for anyone but an officer of the filing's league, ``Conflict`` for a
    filing that comes to nothing and where somebody said another version meanwhile, ``Refused``
    for words that are missing, too long, of a target that there is not, or said before.
    """
    access.require(user, "evaluate_filing")
    whole = filings.sent(session, filing)
    if user.league_id != whole.league_id:
        raise NotAllowed(mark("The league that filed evaluates its filing."))
    if whole.state in DEAD_STATES:
        raise Conflict(
            mark("Nothing comes of this filing, so there is nothing to evaluate."),
            mark("Evaluate the filing that was made in its place."),
        )
    past = of(session, whole)
    if seen != len(past):
        raise Conflict(
            mark("Version %(number)s of the self-evaluation was said meanwhile."),
            mark("Read it, then say yours anew."),
            number=len(past),
        )
    told = _checked(whole, said)
    if past and told == content(past[-1]):
        raise Refused(
            mark("The self-evaluation says the same as the newest version."),
            mark("Change something, or leave it as it is."),
        )
    return _kept(session, user, whole, len(past) + 1, told, now)


def _kept(
    session: Session, user: User, filing: Filing, number: int, told: Words, now: datetime
) -> SelfEvaluation:
    said = asdict(told)
    detail = {"filing": filing.code, "version": number, **said}
    cause = f"self_evaluation:{filing.code}:{number}"
    entry = ledger.tell(session, STATED, cause, user.login, detail, now)
    made = SelfEvaluation(
        filing_id=filing.id,
        version_no=number,
        **said,
        user_id=user.id,
        stated_at=now,
        seq=entry.seq,
    )
    session.add(made)
    session.flush()
    audit.done(session, user, STATED, f"filing:{filing.code}", now, {"version": number})
    return made


def of(session: Session, filing: Filing) -> list[SelfEvaluation]:
    """Every version of what is said of the filing as it was sent, the oldest first."""
    whole = filings.sent(session, filing)
    query = select(SelfEvaluation).where(SelfEvaluation.filing_id == whole.id)
    return list(session.scalars(query.order_by(SelfEvaluation.version_no)))


def content(said: SelfEvaluation) -> Words:
    """What a version says."""
    return Words(said.reached, said.words, said.reasons, said.measures, said.results)


def _checked(filing: Filing, said: Words) -> Words:
    """The words without blanks around them. Raises ``Refused``."""
    if said.reached not in REACHED:
        raise Refused(
            mark("Say whether all, part or none of the targets was reached."),
            mark("Choose one of the three."),
        )
    results = {name: text.strip() for name, text in said.results.items() if text.strip()}
    told = Words(
        said.reached, said.words.strip(), said.reasons.strip(), said.measures.strip(), results
    )
    _check_results(filing, results)
    if not told.words:
        raise Refused(
            mark("How the targets were reached is not said."),
            mark("Say what was done, and what came of it."),
        )
    if told.reached != "all" and not (told.reasons and told.measures):
        raise Refused(
            mark("Not all was reached, and why, or what will be done, is not said."),
            mark("Fill in both."),
        )
    if max(map(len, (told.words, told.reasons, told.measures))) > MOST_SIGNS:
        raise Refused(
            mark("A text of the self-evaluation is longer than %(most)s characters."),
            mark("Shorten it; attach what is longer as evidence."),
            most=MOST_SIGNS,
        )
    return told


def _check_results(filing: Filing, results: Mapping[str, str]) -> None:
    known = {one.name for one in to_measure(filing)}
    for name, text in results.items():
        if name not in known:
            raise Refused(
                mark("“%(name)s” is no target whose result the league says."),
                mark("Say results of the filing's targets only; the ledger counts its own."),
                name=name,
            )
        if len(text) > MOST_RESULT_SIGNS:
            raise Refused(
                mark("The result of “%(name)s” is longer than %(most)s characters."),
                mark("Give the figure here, and the words below."),
                name=name,
                most=MOST_RESULT_SIGNS,
            )
