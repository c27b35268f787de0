"""League packages 盟市数据包: asked for by a person, made by the worker, kept until later ones are.

The file lies under its hash, so that two workers never write over each other; who asked, when, and
the hash stay on record when the file is long gone.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, ledger, queue
from tracker.errors import NotThere, mark
from tracker.models.packages import LeaguePackage
from tracker.models.people import League, User

JOB = "pack_league"
FOLDER = "packages"
KEPT = 3
"""Packages of a league whose files are kept."""


@dataclass(frozen=True)
class File:
    """What the worker made."""

    head: ledger.Head
    sha256: str
    size_bytes: int


def ask(session: Session, user: User, league: League, now: datetime) -> LeaguePackage:
    """Ask for a league's package; who asks while one is being made gets that one.

    Having books packed changes nothing in them, so that an auditor may.
    """
    access.require(user, "see_packages")
    waits = select(LeaguePackage).where(
        LeaguePackage.league_id == league.id, LeaguePackage.state == "asked"
    )
    if (waiting := session.scalar(waits)) is not None:
        return waiting
    one = LeaguePackage(league_id=league.id, user_id=user.id, asked_at=now)
    session.add(one)
    session.flush()
    queue.enqueue(session, JOB, f"{JOB}:{one.id}", {"package": one.id}, now)
    audit.done(session, user, "package.ask", _named(one), now, {"league": league.code})
    return one


def keep(
    session: Session, home: Path, one: LeaguePackage, made: File, now: datetime
) -> LeaguePackage:
    """Say what was made, and let the files of the league's older packages go."""
    one.state, one.made_at = "made", now
    one.seq, one.head = made.head.seq, made.head.hash
    one.sha256, one.size_bytes = made.sha256, made.size_bytes
    session.flush()
    told = {"seq": one.seq, "sha256": one.sha256}
    audit.record(
        session, at=now, login="system", action="package.make", subject=_named(one), detail=told
    )
    query = select(LeaguePackage).where(
        LeaguePackage.league_id == one.league_id, LeaguePackage.state == "made"
    )
    for old in session.scalars(query.order_by(LeaguePackage.id.desc()).offset(KEPT)):
        old.state = "dropped"
        path(home, old).unlink(missing_ok=True)
    return one


def give_up(session: Session, one: LeaguePackage) -> None:
    """Nothing was made; it may be asked for again."""
    one.state = "failed"
    session.flush()


def fetch(session: Session, user: User, home: Path, one: LeaguePackage, now: datetime) -> Path:
    """Where the file lies, for who takes it; recorded. Raises ``NotThere`` once it is gone."""
    found = path(home, one)
    if one.state != "made" or not found.exists():
        raise NotThere(
            mark("The file of this package is not here."), mark("Make a package as things stand.")
        )
    audit.done(session, user, "package.fetch", _named(one), now, {"sha256": one.sha256})
    return found


def path(home: Path, one: LeaguePackage) -> Path:
    """Where the file of a package lies."""
    return home / FOLDER / f"{one.sha256}.zip"


def _named(one: LeaguePackage) -> str:
    return f"package:{one.id}"
