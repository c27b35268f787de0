"""Tracks 轨迹: upload with datum and zone, list, one with its checks, link, take off, withdraw."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker.access import tracks as track_access
from tracker.models.tracks import TRACK_DATUMS, Track, TrackFile
from tracker.web import context, policy, track_views, tracks
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Asked, Body, FileField, FirmAnswer, Lines, Text, Word
from tracker.web.api.upload_shapes import UploadAnswer, WithdrawBody

blp = Noun("tracks", "轨迹", "Positions of vehicles over time, and what they prove of a route.")


class TracksAsked(Asked):
    """Filters."""

    state = Word(*tracks.STATES)
    q = Text(80)


class TrackUpload(Body):
    """A file of one or several vehicles."""

    file = FileField(required=True)


class DeclaredAsked(Asked):
    """What the firm declares of the file; nothing of it is guessed."""

    datum = Word(*TRACK_DATUMS, required=True)
    zone = Text(
        40,
        load_default="",
        metadata={"description": "Of times without an offset, such as +08:00 or Asia/Shanghai."},
    )


class NumbersBody(Body):
    """Plates, boxes or waybills, each with its day of departure where needed."""

    numbers = Lines(100_000, required=True)


class TrackFileAnswer(UploadAnswer):
    """轨迹文件."""

    firm = fields.Nested(FirmAnswer)
    datum = fields.String()
    zone = fields.String()
    reading = fields.Dict(keys=fields.String(), allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String()


class TrackAnswer(Answer):
    """轨迹: one vehicle."""

    id = fields.Integer()
    file_id = fields.Integer(attribute="track_file_id")
    firm = fields.Nested(FirmAnswer, attribute="file.firm")
    plate = fields.String()
    first_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    points = fields.Integer()
    sha256 = fields.String(metadata={"description": "Of the places, in order."})
    datum = fields.String(attribute="file.datum")
    zone = fields.String(attribute="file.zone")


class TrackLinkAnswer(Answer):
    """轨迹关联."""

    id = fields.Integer()
    shipment_id = fields.Integer()
    label = fields.String(attribute="shipment.label")
    by_hand = fields.Function(lambda one: one.user_id is not None)
    linked_at = fields.AwareDateTime()


class FindingAnswer(Answer):
    """一项发现."""

    code = fields.String()
    section = fields.String()
    bearing = fields.String(
        metadata={"description": "contradicts, open, supports or notice: what it does."}
    )
    text = fields.String()


class SectionAnswer(Answer):
    """一段的结论."""

    name = fields.String()
    verdict = fields.String()
    proven_km_tenths = fields.Integer()
    bridged_km_tenths = fields.Integer()
    missing_km_tenths = fields.Integer()


class TrackCheckAnswer(Answer):
    """轨迹核验, one version of it."""

    id = fields.Integer(attribute="check.id")
    shipment_id = fields.Integer(attribute="check.shipment_id")
    corridor = fields.String(attribute="check.route.corridor")
    network = fields.String(attribute="check.route.network_version.sha256")
    checker = fields.String(attribute="check.checker")
    checked_at = fields.AwareDateTime(attribute="check.checked_at")
    standing = fields.Boolean(attribute="check.standing")
    verdict = fields.String(attribute="check.outcome")
    sections = fields.List(fields.Nested(SectionAnswer))
    findings = fields.List(fields.Nested(FindingAnswer))
    datum_suspected = fields.String()
    progress = fields.List(
        fields.List(fields.Integer()),
        attribute="check.body.progress",
        metadata={"description": "Epoch seconds, tenths of km on the corridor, 1 on it."},
    )


class TrackOne(TrackAnswer):
    """轨迹，附关联与核验."""

    links = fields.List(fields.Nested(TrackLinkAnswer))
    checks = fields.List(fields.Nested(TrackCheckAnswer), metadata={"description": "Newest first."})
    copies = fields.List(
        fields.String(), metadata={"description": "What is told of the same points elsewhere."}
    )


@blp.listing("", "轨迹列表", TrackAnswer, TracksAsked)
@policy.may("see_tracks")
def listed(pages: Pages) -> list[Track]:
    """The vehicles one may see, newest first."""
    return part(tracks.filtered(context.user()).order_by(Track.id.desc()), pages)


@blp.writing(
    "",
    "上传轨迹",
    TrackFileAnswer,
    TrackUpload,
    status=201,
    location="files",
    asks=DeclaredAsked,
)
@policy.may("upload_track")
def upload(
    body: Mapping[str, Any], declared: Mapping[str, Any]
) -> tuple[object, Mapping[str, str]]:
    """Upload a file with the datum and the zone of its positions."""
    sent = body["file"]
    zone = declared["zone"]
    taken = tracks.take_in(sent.filename or "", sent.stream, declared["datum"], zone, source="api")
    return made(taken, "tracks/files", taken.id)


@blp.listing("/files", "轨迹文件列表", TrackFileAnswer)
@policy.may("see_track_files")
def file_list(pages: Pages) -> list[TrackFile]:
    """One's own uploads, newest first."""
    query = track_access.visible_track_files(context.user())
    return part(query.order_by(TrackFile.id.desc()), pages)


@blp.reading("/files/<int:key>", "一份轨迹文件", TrackFileAnswer)
@policy.may("see_track_files")
def file(key: int) -> TrackFile:
    """One upload: its state, and what reading found."""
    return tracks.the_file(key)


@blp.file("/files/<int:key>/bytes", "下载轨迹文件", "application/octet-stream")
@policy.may("see_track_files")
def file_bytes(key: int) -> Response:
    """The bytes as they were uploaded."""
    return tracks.bytes_of(key)


@blp.writing("/files/<int:key>/withdraw", "撤回轨迹文件", TrackFileAnswer, WithdrawBody)
@policy.may("upload_track")
def withdraw(body: Mapping[str, Any], key: int) -> TrackFile:
    """Take the file back with a reason; it stays in the archive and proves nothing any more."""
    tracks.take_back(key, body["reason"])
    return tracks.the_file(key)


@blp.reading("/<int:key>", "一条轨迹", TrackOne)
@policy.may("see_tracks")
def one(key: int) -> Mapping[str, Any]:
    """One vehicle: the shipments it shows, and what it proves of each."""
    return _one(key)


@blp.writing("/<int:key>/links", "关联轨迹", TrackOne, NumbersBody)
@policy.may("upload_track")
def link(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say by hand which shipments the vehicle shows."""
    tracks.attach(key, body["numbers"])
    return _one(key)


@blp.writing("/links/<int:key>/remove", "取消轨迹关联", TrackOne)
@policy.may("upload_track")
def unlink(key: int) -> Mapping[str, Any]:
    """Take the vehicle off one shipment; the key is the link's."""
    return _one(tracks.detach(key))


def _one(key: int) -> Mapping[str, Any]:
    session, user = context.session(), context.user()
    found = tracks.the_track(key)
    links, checks = tracks.of_track(session, user, found)
    return {
        "id": found.id,
        "track_file_id": found.track_file_id,
        "file": found.file,
        "plate": found.plate,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "points": found.points,
        "sha256": found.sha256,
        "links": links,
        "checks": track_views.views(session, user, checks),
        "copies": track_views.copies_told(session, user, [found]).get(found.id, ()),
    }
