"""Tracks 轨迹: files of positions, the vehicles in them, what each proves of a shipment."""

from collections import defaultdict
from collections.abc import Sequence
from typing import IO

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from tracker import access
from tracker.access import tracks as track_access
from tracker.errors import TrackerError
from tracker.models.people import FIRM_ROLES, User
from tracker.models.tracks import VERDICTS, Track, TrackCheck, TrackFile, TrackLink
from tracker.steps import finding, track_copies
from tracker.steps import tracks as steps
from tracker.web import asked, context, downloads, policy, track_views, uploads
from tracker.web.filters import tongue

bp = Blueprint("tracks", __name__, url_prefix="/tracks")

ACCEPT = ".csv,.txt,.xlsx,.xls,.et,.json,.geojson,.gpx,.xml"
STATES = ("linked", "loose", *VERDICTS)
RELOAD_SECONDS = 3
FILES_SHOWN = 20
MOST_TOLD, NAME_LENGTH = 10, 60
PASTED_LENGTH = 100_000


@bp.get("")
@policy.may("see_tracks")
def tracks() -> ResponseReturnValue:
    """The visible vehicles, newest first; for a firm its files and the place to add one."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(Track.id.desc()).limit(paged.rows).offset(paged.offset)
    found = list(session.scalars(part))
    files = track_access.visible_track_files(user).order_by(TrackFile.id.desc())
    return render_template(
        "tracks/list.html",
        rows=found,
        shows=shown(session, user, found),
        copied=track_copies.of(session, found),
        paged=paged,
        states=[(state, state_label(state)) for state in STATES],
        files=session.scalars(files.limit(FILES_SHOWN)).all(),
        may_upload=access.may(user, "upload_track"),
        shows_firm=user.role not in FIRM_ROLES,
        accept=ACCEPT,
        datums=track_views.datums(),
        zones=track_views.zones(),
        limit_mb=context.settings().upload_limit_bytes // (1 << 20),
    )


@bp.post("")
@policy.may("upload_track")
def upload() -> ResponseReturnValue:
    """Take in one file or several of one datum and zone; each stands or falls by itself."""
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files:
        flash(gettext("No file was chosen."), "error")
    zone = request.form.get("zone", "")
    zone = "" if zone == "own" else asked.clean(zone, 40)
    datum = request.form.get("datum", "")
    taken: list[int] = []
    told: list[str] = []
    for one in files:
        name = one.filename or ""
        try:
            taken.append(take_in(name, one.stream, datum, zone, source="web").id)
        except TrackerError as error:
            told.append(f"{asked.clean(name, NAME_LENGTH)}：{' '.join(context.words_of(error))}")
    for words in told[:MOST_TOLD]:
        flash(words, "warning")
    if len(taken) == 1:
        return redirect(url_for("tracks.file", key=taken[0]), code=303)
    return redirect(url_for("tracks.tracks"), code=303)


@bp.get("/files/<int:key>")
@policy.may("see_track_files")
def file(key: int) -> ResponseReturnValue:
    """One upload: how it was read, what was left out and why, the vehicles in it."""
    session, user = context.session(), context.user()
    found = the_file(key)
    own = session.scalars(
        select(Track).where(Track.track_file_id == found.id).order_by(Track.number)
    ).all()
    problems = [one[tongue()] for one in (found.reading or {}).get("problems", [])]
    return render_template(
        "tracks/file.html",
        file=found,
        rows=own,
        shows=shown(session, user, own),
        problems=problems,
        busy=found.state == "received",
        reload_seconds=RELOAD_SECONDS,
        datum=dict(track_views.datums())[found.datum],
        may_change=access.may(user, "upload_track") and found.state in steps.LIVE_STATES,
    )


@bp.get("/files/<int:key>/bytes")
@policy.may("see_track_files")
def file_bytes(key: int) -> ResponseReturnValue:
    """The bytes as they were uploaded, as a download."""
    return bytes_of(key)


@bp.get("/<int:key>")
@policy.may("see_tracks")
def one(key: int) -> ResponseReturnValue:
    """One vehicle: the shipments it shows, and what it proves of each."""
    session, user = context.session(), context.user()
    found = the_track(key)
    links, checks = of_track(session, user, found)
    may_change = access.may(user, "upload_track") and found.file.state == "read"
    return render_template(
        "tracks/one.html",
        track=found,
        links=links,
        views=track_views.views(session, user, [one for one in checks if one.standing]),
        earlier=[one for one in checks if not one.standing],
        copies=track_views.copies_told(session, user, [found]).get(found.id, ()),
        datum=dict(track_views.datums())[found.file.datum],
        may_see_file=access.may(user, "see_track_files"),
        may_change=may_change,
    )


@bp.post("/<int:key>/links")
@policy.may("upload_track")
def link(key: int) -> ResponseReturnValue:
    """Say by hand which shipments the vehicle shows."""
    count = attach(key, request.form.get("numbers", "")[:PASTED_LENGTH])
    flash(gettext("Linked to %(count)s.", count=count), "success")
    return redirect(url_for("tracks.one", key=key), code=303)


@bp.post("/links/<int:key>/remove")
@policy.may("upload_track")
def unlink(key: int) -> ResponseReturnValue:
    """Take the vehicle off one shipment; the key is the link's."""
    track = detach(key)
    flash(gettext("Taken off."), "success")
    return redirect(url_for("tracks.one", key=track), code=303)


@bp.post("/files/<int:key>/withdraw")
@policy.may("upload_track")
def withdraw(key: int) -> ResponseReturnValue:
    """Take the file back with a reason; it stays in the archive."""
    take_back(key, asked.clean(request.form.get("reason", ""), 300))
    flash(gettext("Withdrawn; the file stays in the archive."), "success")
    return redirect(url_for("tracks.file", key=key), code=303)


def take_in(name: str, stream: IO[bytes], datum: str, zone: str, *, source: str) -> TrackFile:
    """Keep the bytes, then the row and the job; raises as ``uploads.keep`` and ``steps.store``."""
    upload, now = steps.Upload(*uploads.keep(name, stream), datum, zone, source), context.now()

    def work(db: Session, person: User) -> TrackFile:
        made = steps.store(db, person, upload, now)
        db.refresh(made)
        return made

    return context.write(work)


def attach(key: int, text: str) -> int:
    """Link a visible track to the shipments that a pasted list means; how many links are new."""
    now = context.now()
    entries = finding.read(text)

    def work(db: Session, person: User) -> int:
        track = access.see(db, track_access.visible_tracks(person), key)
        found = finding.find(db, access.visible_shipments(person), entries)
        return steps.link(db, person, track, [shipment for shipment, _ in found], now)

    return context.write(work)


def detach(key: int) -> int:
    """Take a link off, by its key; returns the track's."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        found = access.see(db, track_access.visible_track_links(person), key)
        steps.unlink(db, person, found, now)
        return found.track_id

    return context.write(work)


def take_back(key: int, reason: str) -> None:
    """Withdraw a visible file as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        found = access.see(db, track_access.visible_track_files(person), key)
        steps.withdraw(db, person, found, reason, now)

    context.write(work)


def filtered(user: User) -> Select[Track]:
    """The visible ones that the address asks for; those of withdrawn files only at their own."""
    query = track_access.visible_tracks(user).join(TrackFile).where(TrackFile.state == "read")
    linked = select(TrackLink.track_id).where(TrackLink.removed_at.is_(None))
    state = asked.one_of("state", STATES)
    if state in {"linked", "loose"}:
        query = query.where(Track.id.in_(linked) == (state == "linked"))
    elif state:
        said = track_access.visible_track_checks(user).where(
            TrackCheck.standing, TrackCheck.outcome == state
        )
        query = query.where(Track.id.in_(said.with_only_columns(TrackCheck.track_id)))
    if text := asked.text("q"):
        query = query.where(Track.plate.icontains(text, autoescape=True))
    return query


def shown(
    session: Session, user: User, found: Sequence[Track]
) -> dict[int, list[tuple[TrackLink, str]]]:
    """Track id -> its standing links, each with the outcome of its standing check; "" for none."""
    keys = [one.id for one in found]
    links = track_access.visible_track_links(user).where(TrackLink.track_id.in_(keys))
    links = links.options(joinedload(TrackLink.shipment)).order_by(TrackLink.id)
    checks = track_access.visible_track_checks(user).where(TrackCheck.track_id.in_(keys))
    columns = (TrackCheck.track_id, TrackCheck.shipment_id, TrackCheck.outcome)
    outcomes = {
        (track_id, shipment_id): outcome
        for track_id, shipment_id, outcome in session.execute(
            checks.where(TrackCheck.standing).with_only_columns(*columns)
        )
    }
    told: dict[int, list[tuple[TrackLink, str]]] = defaultdict(list)
    for one in session.scalars(links):
        told[one.track_id].append((one, outcomes.get((one.track_id, one.shipment_id), "")))
    return told


def of_track(
    session: Session, user: User, track: Track
) -> tuple[Sequence[TrackLink], Sequence[TrackCheck]]:
    """Its standing links and all its checks, as far as one may see, newest first."""
    links = track_access.visible_track_links(user).where(TrackLink.track_id == track.id)
    checks = track_access.visible_track_checks(user).where(TrackCheck.track_id == track.id)
    return (
        session.scalars(links.order_by(TrackLink.id)).all(),
        session.scalars(checks.order_by(TrackCheck.id.desc())).all(),
    )


def the_file(key: int) -> TrackFile:
    """A visible file; raises ``NotThere``."""
    return access.see(context.session(), track_access.visible_track_files(context.user()), key)


def the_track(key: int) -> Track:
    """A visible track; raises ``NotThere``."""
    return access.see(context.session(), track_access.visible_tracks(context.user()), key)


def bytes_of(key: int) -> Response:
    """A visible file as a download under its own name, never opened by the browser."""
    found = the_file(key)
    return downloads.original(found.file_name, found.sha256)


def state_label(state: str) -> str:
    """What a filter of the list says."""
    if state in VERDICTS:
        return track_views.verdict_label(state)
    return str(gettext("shows a shipment") if state == "linked" else gettext("shows none yet"))


@bp.app_context_processor
def _panels() -> dict[str, object]:
    return {"tracks_of": track_views.panel}


bp.add_app_template_filter(track_views.verdict_label, "verdict_label")
bp.add_app_template_filter(track_views.verdict_tone, "verdict_tone")
bp.add_app_template_filter(track_views.bearing_tone, "bearing_tone")
