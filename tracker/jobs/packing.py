"""Packing 打包: makes the package of a league that somebody asked for."""

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from tracker import packages
from tracker.books import ledger
from tracker.jobs.bench import Bench, Claimed, Effect
from tracker.models.packages import LeaguePackage
from tracker.models.work import Job
from tracker.papers import template
from tracker.steps import league_packages


def pack_league(bench: Bench, job: Claimed) -> Effect:
    """Write the package under its hash, then say so; a disk that refuses makes the job fail."""
    key, now = job.payload["package"], datetime.now(UTC)
    home = bench.settings.home
    with bench.database.reading() as session:
        league_id = session.get_one(LeaguePackage, key).league_id
    folder = home / league_packages.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as fresh:
        target = Path(fresh) / "package.zip"
        common = template.texts()
        made = packages.pack_league(bench.database, home, target, now, league_id, common)
        with target.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = target.stat().st_size
        target.replace(folder / f"{sha256}.zip")
    file = league_packages.File(ledger.Head(made.seq, made.head), sha256, size)

    def effect(session: Session) -> None:
        one = session.get_one(LeaguePackage, key)
        league_packages.keep(session, home, one, file, now)

    return effect


def leave(session: Session, job: Job) -> None:
    """A package whose making was given up can be asked for again."""
    league_packages.give_up(session, session.get_one(LeaguePackage, job.payload["package"]))
