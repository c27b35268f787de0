"""Evidence panels 佐证栏: the evidence of one thing as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.access.evidence import linkable, own_evidence, visible_evidence, visible_evidence_links
from tracker.models.cargo import CargoLine
from tracker.models.evidence import Evidence, EvidenceLink
from tracker.models.people import FIRM_ROLES, User
from tracker.steps import evidence_links
from tracker.steps.evidence_links import Subject
from tracker.web import context, evidence_uploads, evidence_words, rooms

CHOICES = 50
"""Files offered to be attached, the newest of one's own."""


@dataclass(frozen=True)
class Listed:
    """A file in a list: how often it is attached, and what is to be told of it."""

    file: Evidence
    count: int = 0
    part_fen: int | None = None
    doubled: bool = False


@dataclass(frozen=True)
class Panel:
    """The evidence of one thing."""

    kind: str
    id: int
    files: list[Listed]
    may_add: bool
    choices: list[tuple[int, str]] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    """What a file may be attached to from here, as ``kind:number``: the thing, and its lines."""
    kinds: list[tuple[str, str]] = field(default_factory=list)
    accept: str = evidence_uploads.ACCEPT


@dataclass(frozen=True)
class Alike:
    """Other files with the same bytes or number: how many, and those one may open."""

    count: int
    seen: list[int]


def of(kind: str, key: int) -> Panel | None:
    """The panel of a thing whose page is shown; None where one sees no evidence."""
    session, user = context.session(), context.user()
    if not access.may(user, "see_evidence"):
        return None
    own = (EvidenceLink.subject_kind == kind) & (EvidenceLink.subject_id == key)
    its = evidence_links.covering([key]) if kind == "shipment" else own
    query = (
        visible_evidence_links(user)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(its, Evidence.withdrawn_at.is_(None))
        .with_only_columns(EvidenceLink.evidence_id, func.sum(EvidenceLink.part_fen))
        .group_by(EvidenceLink.evidence_id)
    )
    parts = dict(session.execute(query).all())
    found = session.scalars(
        select(Evidence).where(Evidence.id.in_(parts)).order_by(Evidence.kind, Evidence.id)
    ).all()
    twice = evidence_links.doubled(session, list(parts)) if user.role not in FIRM_ROLES else set()
    files = [Listed(one, 0, _whole(parts[one.id]), one.id in twice) for one in found]
    may_add = access.may(user, "add_evidence") and _attaches(session, user, kind, key)
    if not may_add:
        return Panel(kind, key, files, may_add=False)
    choices = _choices(session, user, set(parts))
    places = _places(session, kind, key)
    kinds = evidence_words.kinds()
    return Panel(kind, key, files, may_add=True, choices=choices, places=places, kinds=kinds)


def listed(session: Session, user: User, found: Sequence[Evidence]) -> list[Listed]:
    """Files with how many visible things each belongs to; a firm is not told of others' doubles."""
    keys = [one.id for one in found]
    query = (
        visible_evidence_links(user)
        .where(EvidenceLink.evidence_id.in_(keys))
        .with_only_columns(EvidenceLink.evidence_id, func.count(EvidenceLink.id))
        .group_by(EvidenceLink.evidence_id)
    )
    counts = dict(session.execute(query).all())
    twice = evidence_links.doubled(session, keys) if user.role not in FIRM_ROLES else set()
    return [Listed(one, int(counts.get(one.id, 0)), None, one.id in twice) for one in found]


def alike(session: Session, user: User, found: Evidence) -> dict[str, Alike]:
    """Other files with the same bytes or number; a firm is told of its own only, by number."""
    told: dict[str, Alike] = {}
    for name, others in evidence_links.alike(session, found).items():
        keys = [one.id for one in others if user.role not in FIRM_ROLES or _mine(user, one)]
        seen = visible_evidence(user).where(Evidence.id.in_(keys))
        if keys:
            told[name] = Alike(len(keys), sorted(one.id for one in session.scalars(seen)))
    return told


def _mine(user: User, one: Evidence) -> bool:
    return one.firm_id == user.firm_id


def address(subject: Subject) -> str:
    """Where the thing a panel speaks of is shown; no panel speaks of a cargo line."""
    if subject.kind == "cargo_line":
        return ""
    return rooms.address(evidence_words.TABLES[subject.kind][2], key=subject.id)


def _whole(part: object) -> int | None:
    return None if part is None else int(str(part))


def _attaches(session: Session, user: User, kind: str, key: int) -> bool:
    query = linkable(user).get(kind)
    return query is not None and key in access.seen(session, query, [key])


def _places(session: Session, kind: str, key: int) -> list[tuple[str, str]]:
    whole = [(f"{kind}:{key}", gettext("all of it"))]
    if kind != "shipment":
        return whole
    standing = CargoLine.shipment_id == key, CargoLine.standing
    lines = session.scalars(select(CargoLine).where(*standing).order_by(CargoLine.line_key)).all()
    if len(lines) <= 1:
        return whole
    return whole + [
        (f"cargo_line:{one.id}", gettext("waybill %(number)s", number=one.waybill_no))
        for one in lines
    ]


def _choices(session: Session, user: User, there: set[int]) -> list[tuple[int, str]]:
    own = select(Evidence).where(
        Evidence.withdrawn_at.is_(None), own_evidence(user), Evidence.id.not_in(there)
    )
    newest = session.scalars(own.order_by(Evidence.id.desc()).limit(CHOICES))
    return [(one.id, _offered(one)) for one in newest]


def _offered(one: Evidence) -> str:
    kind = evidence_words.kind_label(one.kind)
    return f"{one.id} · {kind} · {one.document_no or one.file_name}"
