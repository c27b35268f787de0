"""Track views 轨迹核验: checks as pages and the API show them: verdicts, findings, the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from ingest.match import Match
from ingest.tracks import words
from tracker import access
from tracker.access import tracks as track_access
from tracker.errors import mark
from tracker.models.cargo import Shipment
from tracker.models.people import FIRM_ROLES, User
from tracker.models.tracks import SECTIONS, Track, TrackCheck, TrackLink
from tracker.papers import journeys
from tracker.steps import track_copies, track_verdicts
from tracker.web import context, rooms, routes
from tracker.web.filters import tongue

DATUMS: dict[str, str] = {
    "WGS84": mark("WGS-84 or CGCS2000 (satellite receivers, BeiDou and GPS platforms)"),
    "GCJ02": mark("GCJ-02 (exported from Amap or Tencent maps)"),
    "BD09": mark("BD-09 (exported from Baidu maps)"),
}
ZONES: dict[str, str] = {
    "+08:00": mark("UTC+8: Beijing, Ulaanbaatar, Irkutsk"),
    "+09:00": mark("UTC+9: Chita, Zabaikalsk"),
    "+07:00": mark("UTC+7: Novosibirsk, Krasnoyarsk"),
    "+05:00": mark("UTC+5: Yekaterinburg, Kazakhstan"),
    "+03:00": mark("UTC+3: Moscow, Minsk"),
    "+00:00": mark("UTC"),
    "": mark("every time states its own offset"),
}
"""Zones that vehicle platforms on these corridors print -> msgid."""
TONES = {"proven": "good", "contradicted": "bad", "not_proven": "warn"}
BEARINGS = {"contradicts": "bad", "open": "warn", "supports": "good", "notice": "plain"}
SUSPECTED = "datum_suspected"


@dataclass(frozen=True)
class SectionView:
    """The verdict on one section, with its km in tenths: proven, presumed, not shown."""

    name: str
    label: str
    verdict: str
    proven_km_tenths: int
    bridged_km_tenths: int
    missing_km_tenths: int


@dataclass(frozen=True)
class FindingView:
    """One finding in words; ``bearing`` is what it does to the verdict."""

    code: str
    section: str
    bearing: str
    text: str


@dataclass(frozen=True)
class CheckView:
    """A check of one track against one shipment."""

    check: TrackCheck
    track: Track
    sections: tuple[SectionView, ...]
    findings: tuple[FindingView, ...]
    datum_suspected: str
    """What is told where the positions do not look like the declared datum; otherwise blank."""
    copies: tuple[str, ...]
    """What is told of the same points elsewhere."""
    picture: Markup
    url: str


@dataclass(frozen=True)
class Panel:
    """The tracks of a shipment on its page."""

    whole: str
    """Verdict over all tracks; blank where nothing is checked yet."""
    sections: tuple[tuple[str, str], ...]
    """(label, verdict) over all tracks."""
    checks: tuple[CheckView, ...]
    earlier: tuple[TrackCheck, ...]
    waiting: tuple[tuple[TrackLink, str], ...]
    """Links without a check yet, with the track's address."""
    may_add: bool


def panel(shipment: Shipment) -> Panel | None:
    """The tracks of a visible shipment; None where one sees no tracks."""
    session, user = context.session(), context.user()
    if not access.may(user, "see_tracks"):
        return None
    seen = track_access.visible_track_checks(user).where(TrackCheck.shipment_id == shipment.id)
    checks = session.scalars(seen.order_by(TrackCheck.id.desc())).all()
    standing = [one for one in checks if one.standing]
    links = session.scalars(
        track_access.visible_track_links(user).where(TrackLink.shipment_id == shipment.id)
    ).all()
    checked = {one.track_id for one in standing}
    shown = track_verdicts.of(session, [shipment.id]).get(shipment.id)
    verdicts = (shown.track_province, shown.track_domestic, shown.track_abroad) if shown else ()
    return Panel(
        whole=(shown.track or "") if shown else "",
        sections=tuple(
            (section_label(name), verdict or "")
            for name, verdict in zip(SECTIONS, verdicts, strict=bool(verdicts))
        ),
        checks=tuple(views(session, user, standing)),
        earlier=tuple(one for one in checks if not one.standing),
        waiting=tuple(
            (one, rooms.address("tracks.one", key=one.track_id))
            for one in links
            if one.track_id not in checked
        ),
        may_add=access.may(user, "upload_track"),
    )


def views(session: Session, user: User, checks: Sequence[TrackCheck]) -> list[CheckView]:
    """The checks as they are shown."""
    copies = copies_told(session, user, [one.track for one in checks])
    return [view(one, copies.get(one.track_id, ())) for one in checks]


def view(one: TrackCheck, copies: tuple[str, ...] = ()) -> CheckView:
    """One check in words, with its picture."""
    language = tongue()
    body = one.body
    ledgers: dict[str, Mapping[str, Any]] = {part["name"]: part for part in body["sections"]}
    told = [
        FindingView(
            found["code"],
            section_label(found["section"]) if found["section"] else "",
            found["severity"],
            words.sentence(found["code"], found["values"], language),
        )
        for found in body["findings"]
    ]
    suspected = [found.text for found in told if found.code == SUSPECTED]
    return CheckView(
        check=one,
        track=one.track,
        sections=tuple(
            SectionView(
                name,
                section_label(name),
                getattr(one, name),
                ledgers[name]["proven_km_tenths"],
                ledgers[name]["bridged_km_tenths"],
                ledgers[name]["missing_km_tenths"],
            )
            for name in SECTIONS
        ),
        findings=tuple(found for found in told if found.code != SUSPECTED),
        datum_suspected=suspected[0] if suspected else "",
        copies=copies,
        picture=Markup(picture(one)),  # noqa: S704  made by us; names are escaped there
        url=rooms.address("tracks.one", key=one.track_id),
    )


def picture(one: TrackCheck) -> str:
    """The journey over the strip of the route it was checked against."""
    language = tongue()
    start = Match.from_json(one.route.match).start_km_tenths or 0
    title = gettext("Where %(plate)s was when", plate=one.track.plate or gettext("the vehicle"))
    journey = journeys.read(one.body, start)
    return journeys.picture(routes.stops_of(one.route, language), journey, title, language)


def copies_told(session: Session, user: User, found: Sequence[Track]) -> dict[int, tuple[str, ...]]:
    """Track id -> what is told of copies: to a firm that there are some, to reviewers which."""
    copies = track_copies.of(session, found)
    others = [other.id for own in copies.values() for other in own]
    seen = access.seen(session, track_access.visible_tracks(user), others)
    return {
        key: tuple(_copy(user, one, one.id in seen) for one in own) for key, own in copies.items()
    }


def _copy(user: User, other: Track, seen: bool) -> str:  # noqa: FBT001  a fact of the copy
    if not seen:
        return str(
            gettext("Point by point this is another truck's track; one of the two is not true.")
        )
    firm = "" if user.role in FIRM_ROLES else other.file.firm.name
    return str(
        gettext(
            "Point by point this is also the track of %(plate)s %(firm)s (no. %(number)s);"
            " one of the two is not true.",
            plate=other.plate or gettext("a vehicle without a plate"),
            firm=firm,
            number=other.id,
        )
    )


def section_label(name: str) -> str:
    """A section in the language of the page."""
    return words.SECTION_NAMES[name][tongue() == "en"]


def verdict_label(verdict: str) -> str:
    """A verdict in the language of the page."""
    return words.OUTCOMES[verdict][tongue() == "en"]


def verdict_tone(verdict: str) -> str:
    """How a verdict shows."""
    return TONES[verdict]


def bearing_tone(bearing: str) -> str:
    """How a finding shows."""
    return BEARINGS[bearing]


def datums() -> list[tuple[str, str]]:
    """The datums to be declared, in words."""
    return [(code, gettext(label)) for code, label in DATUMS.items()]


def zones() -> list[tuple[str, str]]:
    """The zones to be declared, in words."""
    return [(code or "own", gettext(label)) for code, label in ZONES.items()]
