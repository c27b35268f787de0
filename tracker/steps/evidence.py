"""Evidence 佐证材料: added once, described, attached to what it proves, withdrawn; never deleted.

The same bytes of one owner stand once. Of an invoice over many shipments each has its part, and
the parts never exceed the total. What stands on money that was applied for stays as reviewers saw
it: more may be added, nothing taken away, until the application is returned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import codes
from rules.lines import yuan
from tracker import access
from tracker.access.evidence import linkable, own_evidence
from tracker.books import audit
from tracker.errors import Conflict, NotThere, Refused, mark
from tracker.models.evidence import EVIDENCE_KINDS, EVIDENCE_SUBJECTS, Evidence, EvidenceLink
from tracker.models.people import User
from tracker.steps import evidence_links, holds, uploads
from tracker.steps.evidence_links import Subject

WITH_TOTAL = ("freight_invoice", "payment_proof")
"""Kinds that state an amount."""
WITH_PARTS = ("shipment", "cargo_line")
HOME_CURRENCY = "CNY"


@dataclass(frozen=True)
class File:
    """Kept bytes: what they are and what is to be told of them, as ``ingest.evidence`` says."""

    name: str
    content: str
    sha256: str
    size_bytes: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a person says of a file; the total is in hundredths of its currency."""

    kind: str
    document_no: str = ""
    total_fen: int | None = None
    currency: str = ""
    note: str = ""


def add(
    session: Session, user: User, file: File, told: Told, now: datetime
) -> tuple[Evidence, bool]:
    """Keep a file as evidence of the person's office; whether it is new.

    The same bytes again are the earlier one, as it was described then. Raises as ``_checked``.
    """
    access.require(user, "add_evidence")
    known = _earlier(session, user, file.sha256)
    if known is not None:
        return known, False
    made = Evidence(
        user_id=user.id,
        firm_id=user.firm_id,
        league_id=user.league_id,
        file_name=file.name[:255],
        content=file.content,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        notices=list(file.notices),
        added_at=now,
        **_checked(told),
    )
    session.add(made)
    session.flush()
    _audit(session, user, "evidence.add", made, now, {"sha256": made.sha256, **_checked(told)})
    return made, True


def describe(session: Session, user: User, found: Evidence, told: Told, now: datetime) -> None:
    """Correct what is said of a file; the audit event says what it was before.

    Raises ``Conflict`` where reviewers look at it, ``Refused`` for a total below its parts.
    """
    _require_changeable(session, user, found)
    after = _checked(told)
    before = {name: getattr(found, name) for name in after}
    if after == before:
        return
    parts = evidence_links.parts_sum(session, found)
    if parts > (after["total_fen"] or 0):
        raise _exceeded(parts, after["total_fen"] or 0, after["currency"] or found.currency)
    for name, value in after.items():
        setattr(found, name, value)
    session.flush()
    _audit(session, user, "evidence.describe", found, now, {"before": before, "after": after})


def link(
    session: Session, user: User, found: Evidence, wanted: Sequence[Subject], now: datetime
) -> int:
    """Attach evidence to these things; how many links are new or have another part than before.

    Raises ``NotThere`` for a thing that is not theirs to see, ``Refused`` for parts beyond the
    total, ``Conflict`` for withdrawn evidence and while an application waits for its approver.
    """
    _require_own(session, user, found)
    _require_standing(found)
    wanted = _once(wanted)
    _require_visible(session, user, wanted)
    standing = {
        (one.subject_kind, one.subject_id): one for one in evidence_links.of(session, found)
    }
    fresh = [one for one in wanted if _differs(standing.get((one.kind, one.id)), one)]
    replaced = [one for each in fresh if (one := standing.get((each.kind, each.id)))]
    holds.require_unreviewed(session, user, fresh)
    holds.require_open(session, user, [_subject(one) for one in replaced])
    _require_total(session, found, fresh, replaced)
    _remove(session, user, replaced, now)
    session.add_all(
        EvidenceLink(
            evidence_id=found.id,
            subject_kind=one.kind,
            subject_id=one.id,
            part_fen=one.part_fen,
            user_id=user.id,
            linked_at=now,
        )
        for one in fresh
    )
    session.flush()
    if fresh:
        told = [[one.kind, one.id, one.part_fen] for one in fresh]
        _audit(session, user, "evidence.link", found, now, {"links": told})
    return len(fresh)


def unlink(
    session: Session, user: User, found: Evidence, links: Sequence[EvidenceLink], now: datetime
) -> None:
    """Take evidence off these things; raises ``Conflict`` where reviewers look at it."""
    _require_own(session, user, found)
    holds.require_open(session, user, [_subject(one) for one in links])
    _remove(session, user, links, now)
    told = [[one.subject_kind, one.subject_id, one.part_fen] for one in links]
    _audit(session, user, "evidence.unlink", found, now, {"links": told})


def withdraw(session: Session, user: User, found: Evidence, reason: str, now: datetime) -> None:
    """Take a file back with a reason; it stays in the archive. Raises as ``describe``."""
    _require_changeable(session, user, found)
    why = uploads.require_reason(reason)
    _remove(session, user, evidence_links.of(session, found), now)
    found.withdrawn_at = now
    found.withdrawn_user_id = user.id
    found.withdrawn_reason = why
    session.flush()
    _audit(session, user, "evidence.withdraw", found, now, {"reason": found.withdrawn_reason})


def may_change(session: Session, user: User, found: Evidence) -> bool:
    """Whether the person may correct or withdraw it now."""
    try:
        _require_changeable(session, user, found)
    except (Conflict, NotThere):
        return False
    return True


def _earlier(session: Session, user: User, sha256: str) -> Evidence | None:
    query = select(Evidence).where(
        Evidence.sha256 == sha256, Evidence.withdrawn_at.is_(None), own_evidence(user)
    )
    return session.scalars(query).first()


def _checked(told: Told) -> dict[str, Any]:
    """What is said, as it is kept; raises ``Refused`` for what makes no sense."""
    if told.kind not in EVIDENCE_KINDS:
        raise Refused(mark("There is no such kind of evidence."), mark("Choose one of the list."))
    if told.total_fen is not None and told.kind not in WITH_TOTAL:
        raise Refused(
            mark("Only an invoice or a proof of payment states a total."),
            mark("Choose that kind, or leave the total blank."),
        )
    if told.total_fen is not None and told.total_fen <= 0:
        raise Refused(mark("The total is above zero."), mark("Correct the amount."))
    currency = (told.currency.upper() or HOME_CURRENCY) if told.total_fen is not None else ""
    if currency and currency not in codes.load("currencies").rows:
        raise Refused(
            mark("There is no such currency: %(code)s."),
            mark("Write its code of three letters, such as CNY or USD."),
            code=currency,
        )
    return {
        "kind": told.kind,
        "document_no": told.document_no.strip(),
        "total_fen": told.total_fen,
        "currency": currency,
        "note": told.note.strip(),
    }


def _subject(link: EvidenceLink) -> Subject:
    return Subject(link.subject_kind, link.subject_id)


def _once(wanted: Sequence[Subject]) -> list[Subject]:
    """Each thing once; one that is named twice has its parts together."""
    parts: dict[tuple[str, int], list[int]] = {}
    for one in wanted:
        own = parts.setdefault((one.kind, one.id), [])
        own += [] if one.part_fen is None else [one.part_fen]
    return [Subject(kind, key, sum(own) if own else None) for (kind, key), own in parts.items()]


def _differs(link: EvidenceLink | None, wanted: Subject) -> bool:
    return link is None or (wanted.part_fen is not None and link.part_fen != wanted.part_fen)


def _require_own(session: Session, user: User, found: Evidence) -> None:
    access.see(session, select(Evidence).where(own_evidence(user)), found.id)


def _require_standing(found: Evidence) -> None:
    if found.withdrawn_at is not None:
        raise Conflict(
            mark("This evidence was withdrawn; it is only kept."),
            mark("Upload the file again where it is needed after all."),
        )


def _require_changeable(session: Session, user: User, found: Evidence) -> None:
    _require_own(session, user, found)
    _require_standing(found)
    links = evidence_links.of(session, found)
    holds.require_open(session, user, [_subject(one) for one in links])


def _require_visible(session: Session, user: User, wanted: Sequence[Subject]) -> None:
    allowed = linkable(user)
    keys: dict[str, set[int]] = {}
    for one in wanted:
        assert one.kind in EVIDENCE_SUBJECTS, one.kind
        keys.setdefault(one.kind, set()).add(one.id)
    for kind, asked in keys.items():
        if kind not in allowed or access.seen(session, allowed[kind], asked) != asked:
            raise NotThere(
                mark("There is no such thing, or it is not yours to see."),
                mark("Go back to the list and choose again."),
            )


def _require_total(
    session: Session,
    found: Evidence,
    fresh: Sequence[Subject],
    replaced: Sequence[EvidenceLink],
) -> None:
    """The parts that will stand do not exceed the total; asked under the transaction's lock."""
    given = [one.part_fen for one in fresh if one.part_fen is not None]
    if any(one.part_fen is not None and one.kind not in WITH_PARTS for one in fresh):
        raise Refused(mark("Only a shipment or a cargo line has a part of an invoice."))
    if given and found.total_fen is None:
        raise Refused(
            mark("The total of this file is not stated, so it has no parts."),
            mark("Fill in the total first."),
        )
    before = evidence_links.parts_sum(session, found) - sum(one.part_fen or 0 for one in replaced)
    if (parts := before + sum(given)) > (found.total_fen or 0):
        raise _exceeded(parts, found.total_fen or 0, found.currency)


def _exceeded(parts_fen: int, total_fen: int, currency: str) -> Refused:
    return Refused(
        mark("The parts come to %(parts)s %(currency)s, more than the total of %(total)s."),
        mark("Correct the parts or the total; what is split never exceeds the invoice."),
        parts=yuan(parts_fen),
        total=yuan(total_fen),
        currency=currency,
    )


def _remove(session: Session, user: User, links: Sequence[EvidenceLink], now: datetime) -> None:
    for one in links:
        one.removed_at = now
        one.removed_user_id = user.id
    session.flush()


def _audit(
    session: Session,
    user: User,
    action: str,
    found: Evidence,
    now: datetime,
    detail: Mapping[str, Any],
) -> None:
    audit.done(session, user, action, f"evidence {found.id}", now, detail)
