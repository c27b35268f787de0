"""Track copies 相同轨迹: the same places under another name or time, in this or any other file.

What is the same point by point cannot be true twice, whatever plates and times say. It is told from
a hash of the places, so that nobody's positions are opened to compare them. Whoever showed
the points first is believed; taking a file back and uploading it anew costs nobody that place.
A copy that was blurred as well, as ``ingest.tracks.copies`` tells it of tracks in one hand, is not
looked for: that would take the positions of other firms.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.db import chunks
from tracker.models.tracks import Track


def of(session: Session, found: Sequence[Track]) -> dict[int, list[Track]]:
    """Track id -> other live tracks of the same points, oldest first; without any, left out.

    The same drive of the same vehicle uploaded twice by one firm is no copy.
    """
    alike = _alike(session, found)
    others = {
        one.id: [other for other in alike[one.sha256] if _is_live(other) and _is_other(one, other)]
        for one in found
    }
    return {key: own for key, own in others.items() if own}


def originals(session: Session, found: Sequence[Track]) -> dict[int, int]:
    """Track id -> the live track of somebody who showed these points before; others left out."""
    alike = _alike(session, found)
    first: dict[int, int] = {}
    for one in found:
        own = min(other.id for other in alike[one.sha256] if not _is_other(one, other))
        for other in alike[one.sha256]:
            if other.id < own and _is_live(_newest(alike[one.sha256], other)):
                first.setdefault(one.id, _newest(alike[one.sha256], other).id)
    return first


def _alike(session: Session, found: Sequence[Track]) -> dict[str, list[Track]]:
    """Hash -> all tracks of these points that ever were, oldest first."""
    alike: dict[str, list[Track]] = defaultdict(list)
    for part in chunks(sorted({one.sha256 for one in found})):
        query = select(Track).where(Track.sha256.in_(part)).order_by(Track.id)
        for one in session.scalars(query):
            alike[one.sha256].append(one)
    return alike


def _newest(alike: Sequence[Track], one: Track) -> Track:
    """The newest upload of the same drive among these."""
    return max((other for other in alike if not _is_other(one, other)), key=lambda own: own.id)


def _is_live(one: Track) -> bool:
    return one.file.state == "read"


def _is_other(one: Track, other: Track) -> bool:
    return _drive(one) != _drive(other)


def _drive(one: Track) -> tuple[int, str, datetime]:
    return one.file.firm_id, one.plate, one.first_at
