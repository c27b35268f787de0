"""Tracks 轨迹: files of positions stored first, read, linked by hand where need be, withdrawn.

The bytes are kept before anything looks at them, with the datum and the zone as the firm declares
them. Which shipment a vehicle shows, and what that proves, is found in ``tracking``.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import tracks as reading
from ingest.tracks.times import zone_of
from tracker import access, bulk
from tracker.access import tracks as track_access
from tracker.books import audit, queue
from tracker.db import local_day
from tracker.errors import Conflict, Refused, mark
from tracker.models.cargo import Shipment
from tracker.models.people import User
from tracker.models.tracks import TRACK_DATUMS, Track, TrackFile, TrackLink
from tracker.steps import holds, track_copies, uploads
from tracker.steps.evidence_links import Subject

FOLLOW = "follow_tracks"
LIVE_STATES = ("received", "read")
LEAST_PLACES = 20
"""Fewer different places are no way that could be told from another."""


@dataclass(frozen=True)
class Upload:
    """Kept bytes, and what the firm declares of them."""

    name: str
    sha256: str
    size_bytes: int
    datum: str
    zone: str = ""
    """Of times that carry no offset; blank where all do."""
    source: str = "web"


def store(session: Session, user: User, upload: Upload, now: datetime) -> TrackFile:
    """Keep an upload and ask for it to be read, in one transaction.

    Raises ``NotAllowed`` for anyone but a firm's people, ``Refused`` for a datum or a zone that
    there is not, ``Conflict`` for bytes that stand already.
    """
    access.require(user, "upload_track")
    assert user.firm_id is not None
    if upload.datum not in TRACK_DATUMS:
        raise Refused(
            mark("The datum of the positions is not declared."),
            mark("Choose it; whoever runs the vehicle platform knows which one it exports."),
        )
    if upload.zone and zone_of(upload.zone) is None:
        raise Refused(
            mark("There is no such time zone: %(zone)s."),
            mark("Write it such as +08:00 or Asia/Shanghai."),
            zone=upload.zone,
        )
    _stands_once(session, user.firm_id, upload.sha256)
    made = TrackFile(
        firm_id=user.firm_id,
        user_id=user.id,
        file_name=upload.name[:255],
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        datum=upload.datum,
        zone=upload.zone[:40],
        uploaded_at=now,
        source=upload.source,
    )
    session.add(made)
    session.flush()
    queue.enqueue(session, "read_tracks", f"read_tracks:{made.id}", {"file": made.id}, now)
    _audit(session, user, "track.upload", made, now, {"datum": made.datum, "zone": made.zone})
    return made


def read(file: TrackFile, raw: bytes) -> reading.Reading:
    """Read the bytes as they were declared; slow, so before any lock is taken."""
    came, zone = file.uploaded_at, file.zone or None
    return reading.read(file.file_name, raw, datum=file.datum, zone=zone, came=came)


def keep(session: Session, file: TrackFile, found: reading.Reading, now: datetime) -> None:
    """Keep what reading found, a row a vehicle, and ask where they were; once.

    Nothing is kept of an upload that was withdrawn while it was read.
    """
    if file.state != "received":
        return
    file.state = "read" if found.tracks else "refused"
    file.reading = {
        "kind": found.kind,
        "rows_read": found.rows_read,
        "points": found.points,
        "dropped": dict(found.dropped),
        "problems": [
            {"code": one.code, "zh": one.message("zh"), "en": one.message("en")}
            for one in found.problems
        ],
    }
    session.flush()
    made = [_row(file, number, one) for number, one in enumerate(found.tracks, start=1)]
    bulk.insert_all(session, made)
    if made:
        ask(session, file.firm_id, f"read:{file.id}", days_of(made), now)


def days_of(found: Sequence[Track]) -> tuple[date, date]:
    """The first and the last day of departure of what these tracks can show."""
    first, last = min(one.first_at for one in found), max(one.last_at for one in found)
    return local_day(first - timedelta(days=2)), local_day(last + timedelta(days=1))


def ask(session: Session, firm_id: int, cause: str, days: tuple[date, date], now: datetime) -> None:
    """Ask for the firm's tracks of shipments that left on these days to be followed anew."""
    first, last = days
    payload = {"firm": firm_id, "first": first.isoformat(), "last": last.isoformat()}
    queue.enqueue(session, FOLLOW, f"{FOLLOW}:{firm_id}:{cause}", payload, now)


def ask_for(session: Session, touched: Sequence[Shipment], cause: str, now: datetime) -> None:
    """The same for shipments that changed, where their firm has any tracks."""
    with_tracks = set(
        session.scalars(select(TrackFile.firm_id).where(TrackFile.state == "read").distinct())
    )
    for firm_id in sorted({one.firm_id for one in touched} & with_tracks):
        days = [one.departure_date for one in touched if one.firm_id == firm_id]
        ask(session, firm_id, cause, (min(days), max(days)), now)


def link(
    session: Session, user: User, track: Track, shipments: Sequence[Shipment], now: datetime
) -> int:
    """Say that a track shows these shipments; how many links are new.

    Raises ``NotThere`` for what is not theirs, ``Conflict`` for a withdrawn file and while an
    application waits for its approver.
    """
    _require_own(session, user, track)
    standing = {one.shipment_id for one in links_of(session, track)}
    fresh = [one for one in shipments if one.id not in standing]
    for one in fresh:
        access.see(session, access.visible_shipments(user), one.id)
    holds.require_unreviewed(session, user, [Subject("shipment", one.id) for one in fresh])
    made = [
        TrackLink(track_id=track.id, shipment_id=one.id, linked_at=now, user_id=user.id)
        for one in fresh
    ]
    session.add_all(made)
    session.flush()
    if made:
        keys = [one.id for one in fresh]
        _audit(session, user, "track.link", track.file, now, {"track": track.id, "to": keys})
        ask_for(session, fresh, f"link:{made[-1].id}", now)
    return len(made)


def unlink(session: Session, user: User, one: TrackLink, now: datetime) -> None:
    """Say that a track does not show a shipment, whatever its plate; it stays so.

    Raises ``Conflict`` where reviewers look at it.
    """
    _require_own(session, user, one.track)
    holds.require_open(session, user, [Subject("shipment", one.shipment_id)])
    one.removed_at, one.removed_user_id = now, user.id
    session.flush()
    detail = {"track": one.track_id, "from": one.shipment_id}
    _audit(session, user, "track.unlink", one.track.file, now, detail)
    ask_for(session, [one.shipment], f"unlink:{one.id}", now)


def withdraw(session: Session, user: User, file: TrackFile, reason: str, now: datetime) -> None:
    """Take a file back with a reason; it stays in the archive, and proves nothing any more.

    Raises ``Conflict`` where reviewers look at what it shows.
    """
    access.see(session, track_access.visible_track_files(user), file.id)
    access.require(user, "upload_track")
    if file.state == "withdrawn":
        raise Conflict(
            mark("This track file was withdrawn; it is only kept."),
            mark("Upload the file again where it is needed after all."),
        )
    why = uploads.require_reason(reason)
    query = select(TrackLink).join(Track).where(Track.track_file_id == file.id)
    links = session.scalars(query.where(TrackLink.removed_at.is_(None))).all()
    holds.require_open(session, user, [Subject("shipment", one.shipment_id) for one in links])
    for one in links:
        one.removed_at, one.removed_user_id = now, user.id
    file.state = "withdrawn"
    file.withdrawn_at, file.withdrawn_user_id = now, user.id
    file.withdrawn_reason = why
    session.flush()
    _audit(session, user, "track.withdraw", file, now, {"reason": file.withdrawn_reason})
    own = session.scalars(select(Track).where(Track.track_file_id == file.id)).all()
    copies = [one for others in track_copies.of(session, own).values() for one in others]
    for track in (*own[:1], *copies):  # of what is no copy any more the verdict is another
        ask(session, track.file.firm_id, f"withdraw:{file.id}:{track.id}", days_of(own), now)


def links_of(session: Session, track: Track) -> list[TrackLink]:
    """Its standing links, in the order in which they were made."""
    query = select(TrackLink).where(TrackLink.track_id == track.id, TrackLink.removed_at.is_(None))
    return list(session.scalars(query.order_by(TrackLink.id)))


def _row(file: TrackFile, number: int, one: reading.Track) -> Track:
    return Track(
        track_file_id=file.id,
        number=number,
        plate=one.plate[:40],
        first_at=datetime.fromtimestamp(int(one.times[0]), UTC),
        last_at=datetime.fromtimestamp(int(one.times[-1]), UTC),
        points=len(one),
        sha256=_hash(one),
        dropped=dict(one.dropped),
    )


def _hash(one: reading.Track) -> str:
    """Of the places in their order, whatever the times say; with the times where it hardly moved.

    No two receivers agree to the last digit along a way, but two may on one parking lot.
    """
    places = [np.ascontiguousarray(part) for part in (one.lon, one.lat)]
    moved = len(np.unique(np.stack(places), axis=1).T) >= LEAST_PLACES
    parts = places if moved else [*places, np.ascontiguousarray(one.times)]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def _stands_once(session: Session, firm_id: int, sha256: str) -> None:
    same = select(TrackFile).where(TrackFile.firm_id == firm_id, TrackFile.sha256 == sha256)
    uploads.require_once(session, same.where(TrackFile.state.in_(LIVE_STATES)))


def _require_own(session: Session, user: User, track: Track) -> None:
    access.require(user, "upload_track")
    access.see(session, track_access.visible_track_files(user), track.track_file_id)
    if track.file.state != "read":
        raise Conflict(
            mark("This track file was withdrawn; it is only kept."),
            mark("Upload the file again where it is needed after all."),
        )


def _audit(
    session: Session,
    user: User,
    action: str,
    file: TrackFile,
    now: datetime,
    detail: dict[str, Any],
) -> None:
    audit.done(session, user, action, f"track_file {file.id}", now, detail)
