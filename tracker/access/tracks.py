"""Track access 轨迹权限: positions are sensitive, so a track is shown with the shipment it proves.

A firm sees its own; a league and Commerce those linked to shipments they see; the auditor all. The
files themselves, with every vehicle in them, only the firm and the auditor. The actions stand with
all others in ``tracker.access``.
"""

from sqlalchemy import Select, false, select

from tracker.access import keys_of, may, own, visible_shipments
from tracker.models.people import User
from tracker.models.tracks import Track, TrackCheck, TrackFile, TrackLink


def visible_track_files(user: User) -> Select[TrackFile]:
    """The firm's own uploads; all for the auditor."""
    return select(TrackFile).where(own(user, TrackFile.firm_id, None, "see_track_files"))


def visible_tracks(user: User) -> Select[Track]:
    """Single vehicles: own ones, and those that show a shipment one may see."""
    query = select(Track)
    if not may(user, "see_tracks"):
        return query.where(false())
    if may(user, "see_track_files"):
        files = visible_track_files(user).with_only_columns(TrackFile.id)
        return query.where(Track.track_file_id.in_(files))
    shown = visible_track_links(user).with_only_columns(TrackLink.track_id)
    return query.where(Track.id.in_(shown))


def visible_track_links(user: User) -> Select[TrackLink]:
    """Standing links to the shipments one may see."""
    query = select(TrackLink).where(TrackLink.removed_at.is_(None))
    if not may(user, "see_tracks"):
        return query.where(false())
    return query.where(TrackLink.shipment_id.in_(keys_of(visible_shipments(user))))


def visible_track_checks(user: User) -> Select[TrackCheck]:
    """Checks, standing or not, against shipments one may see."""
    query = select(TrackCheck)
    if not may(user, "see_tracks"):
        return query.where(false())
    return query.where(TrackCheck.shipment_id.in_(keys_of(visible_shipments(user))))
