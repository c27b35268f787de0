"""By itself 自动入库: what a firm's own system pushed goes in where no person has to decide.

Clean is a first reading whose every row is new or unchanged and that leaves nothing to be asked.
A changed, contested, doubled, refused or asked row leaves the whole upload to a person, and so does
an answer: what a person touched, a person commits.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit
from tracker.models.cargo import Manifest, ManifestProblem, ManifestRow
from tracker.steps import further, manifests

GRAVE = ("refuse", "ask")
"""Severities of problems that a person has to see."""
WHOLE = "file"
"""Stands for what is wrong with the file itself, no row of it."""


def pushed(manifest: Manifest, source: str, *, commits_itself: bool) -> None:
    """Keep how the upload came, and whether it goes in by itself when it is clean."""
    manifest.source = source
    manifest.commits_itself = commits_itself


def held_by(session: Session, manifest: Manifest) -> Mapping[str, int]:
    """What leaves a checked manifest to a person: row states, or the file, with their counts.

    Empty where nothing does; ``file`` counts what is wrong or asked about no row in particular, or
    that the file has no row at all.
    """
    states = (
        select(ManifestRow.state, func.count())
        .where(ManifestRow.manifest_id == manifest.id)
        .group_by(ManifestRow.state)
    )
    counts: dict[str, int] = dict(session.execute(states).all())
    held = {
        state: count
        for state, count in sorted(counts.items())
        if state not in manifests.CLEAN_STATES
    }
    whole = select(func.count()).where(
        ManifestProblem.manifest_id == manifest.id,
        ManifestProblem.severity.in_(GRAVE),
        ManifestProblem.row_no.is_(None),
    )
    asked = session.scalar(whole) or 0
    held |= further.stay_out(session, manifest)
    if not held and (asked or not counts.keys() - {"not_data"}):
        held[WHOLE] = max(asked, 1)
    return held


def commit_if_clean(session: Session, manifest: Manifest, now: datetime) -> bool:
    """Ask for a manifest that was just read to be committed, if it may go in by itself.

    It is committed in the name of whose push it was, as long as they may still upload.
    """
    person = manifest.user
    if not (manifest.commits_itself and manifest.readings == 1 and manifest.state == "checked"):
        return False
    if not access.may(person, "upload_manifest") or held_by(session, manifest):
        return False
    manifests.ask_commit(session, person, manifest, now, by_itself=True)
    audit.record(
        session,
        at=now,
        login="system",
        action="manifest.commit_by_itself",
        subject=f"manifest {manifest.id}",
        detail={"source": manifest.source, "for": person.login},
    )
    return True
