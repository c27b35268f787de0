"""Track verdicts 轨迹结论: what all tracks of a shipment come to, as its facts have it.

A section is contradicted where any track contradicts it, whatever another shows: that is for a
reviewer to look at. Otherwise it is proven where any track proves it: a tractor may be left at the
border while its trailer goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tracker.db import chunks
from tracker.models.tracks import SECTIONS, TrackCheck

BY_WEIGHT = ("contradicted", "proven", "not_proven")


class Shown(NamedTuple):
    """The facts about a shipment's tracks; without any, its verdicts are unknown."""

    tracked: bool = False
    track: str | None = None
    """Of the whole way: proven where every section is."""
    track_province: str | None = None
    track_domestic: str | None = None
    track_abroad: str | None = None


NONE = Shown()


def of(session: Session, shipment_ids: Sequence[int]) -> dict[int, Shown]:
    """Shipment id -> what its standing checks come to; one without any is left out."""
    found: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    columns = [getattr(TrackCheck, name) for name in ("outcome", *SECTIONS)]
    for part in chunks(shipment_ids):
        query = select(TrackCheck.shipment_id, *columns)
        query = query.where(TrackCheck.shipment_id.in_(part), TrackCheck.standing)
        for key, *verdicts in session.execute(query):
            found[key].append(tuple(verdicts))
    return {key: together(checks) for key, checks in found.items()}


def speaks_against(shipment_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Of whatever has such a column: a standing check contradicts what its shipment declares."""
    check = aliased(TrackCheck)
    found = select(check.id).where(
        check.shipment_id == shipment_id,
        check.standing,
        or_(*(getattr(check, name) == "contradicted" for name in ("outcome", *SECTIONS))),
    )
    return found.correlate(shipment_id.class_).exists()


def together(checks: Sequence[tuple[str, ...]]) -> Shown:
    """What these checks come to: of each its outcome, then every section; there is at least one."""
    outcome, *sections = [_first(verdicts) for verdicts in zip(*checks, strict=True)]
    proven = set(sections) == {"proven"} and outcome != "contradicted"
    whole = "proven" if proven else _first({outcome, *sections} - {"proven"})
    return Shown(True, whole, *sections)  # noqa: FBT003  a fact


def _first(verdicts: Iterable[str]) -> str:
    there = set(verdicts)
    return next(one for one in BY_WEIGHT if one in there)
