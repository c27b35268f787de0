"""Books 台账内容: entries with what moved, as far as one may see; for page and API alike.

An account's owner is a natural code; here it is put into words, with the names of league and firm.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from tracker import access
from tracker.access.ledger import visible_entries, visible_postings
from tracker.errors import mark
from tracker.models import subjects
from tracker.models.money import LIMIT_STAGES, MONEY_STAGES, Account, Entry, Item, Posting
from tracker.models.people import PROVINCE_ROLES, Firm, League, User
from tracker.steps import flow
from tracker.steps.codes import POSTING_CODES
from tracker.web import asked, filters

KINDS: dict[str, str] = {
    "accrue": mark("Accrual"),
    "accrue.release": mark("Accrual given back"),
    "manifest.commit": mark("Manifest committed"),
    "manifest.withdraw": mark("Manifest withdrawn"),
    "network.record": mark("Route network recorded"),
    "route.pin": mark("Route set by a reviewer"),
    "fund.record": mark("Fund entered"),
    "calendar.record": mark("Calendar written"),
    "publish.set": mark("Publishing set"),
    "requirement.set": mark("Requirement set"),
    "taker.set": mark("Body named for a step"),
    "sample.draw": mark("Sample drawn"),
    "near_pair.find": mark("Shipments that look alike"),
    "near_pair.judge": mark("Said what a pair is"),
    "hold.place": mark("Lines put on hold"),
    "hold.lift": mark("Hold lifted"),
    "hold.reply": mark("Reply to a hold"),
    "self_evaluation.state": mark("Self-evaluation said"),
    "deadline.set": mark("Deadline set"),
    "window.open": mark("Applications called for"),
    "window.close": mark("Period of applications closed"),
}
"""Kind of an entry that is no step of a flow -> msgid."""

SUBJECTS: dict[str, str] = {
    "method": mark("Method"),
    "matter": mark("Matter"),
    "application": mark("Application"),
    "filing": mark("Filing"),
    "forecast": mark("Forecast of need"),
    "division": mark("Division"),
    "allotment": mark("Allotment"),
    "disbursement": mark("Disbursement"),
    "adjustment": mark("Adjustment"),
    "recovery": mark("Recovery"),
    "proposal": mark("Proposal for the network"),
    "publication": mark("Publication"),
    "objection": mark("Objection"),
    "level": mark("Level of approval"),
}
"""Flow -> msgid of its subject."""

ANOTHERS: dict[str, str] = {
    "manifest": mark("Manifest of another firm"),
    "matter": mark("Matter of another firm"),
}
"""Begins the cause of what a manifest caused, or of money that a matter moved: then comes the
firm's credit code, then the file's hash or the matter's code. -> what it is called where it is
another firm's, as msgid."""
OWN_KINDS = tuple(f"{kind}.{step.name}" for kind, steps in flow.FLOWS.items() for step in steps)


@dataclass(frozen=True)
class Line:
    """One posting as it shows."""

    line_no: int
    unit: str
    source_stage: str
    target_stage: str
    owner: str
    amount_fen: int
    item: str
    shipment_id: int | None
    matter_id: int | None
    label: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    kind: str
    firm: str
    league: str
    item: str
    stage: str
    first: date | None
    last: date | None


def asked_now() -> Asked:
    """What the address of this page asks for."""
    return Asked(
        kind=asked.one_of("kind", (*KINDS, *OWN_KINDS)),
        firm=asked.text("firm"),
        league=asked.text("league"),
        item=asked.text("item"),
        stage=asked.one_of("stage", (*MONEY_STAGES, *LIMIT_STAGES)),
        first=asked.day("from"),
        last=asked.day("to"),
    )


def entries(user: User, wanted: Asked) -> Select[Entry]:
    """The visible entries that are asked for; by firm, league and item only where one may see."""
    query = visible_entries(user)
    if wanted.kind:
        query = query.where(Entry.kind == wanted.kind)
    if wanted.first:
        query = query.where(Entry.business_date >= wanted.first)
    if wanted.last:
        query = query.where(Entry.business_date <= wanted.last)
    if wanted.stage:
        query = query.where(Entry.id.in_(_through(user, wanted.stage)))
    if wanted.firm or wanted.league or wanted.item:
        query = query.where(Entry.id.in_(_about(user, wanted)))
    return query


def _through(user: User, stage: str) -> Select[int]:
    """Entries with a visible line that comes out of the stage or goes into it."""
    accounts = select(Account.id).where(Account.stage == stage)
    through = Posting.source_id.in_(accounts) | Posting.target_id.in_(accounts)
    return visible_postings(user).where(through).with_only_columns(Posting.entry_id)


def _about(user: User, wanted: Asked) -> Select[int]:
    """Entries with a visible line for these items."""
    items = select(Item.id)
    if wanted.firm:
        named = Firm.name.icontains(wanted.firm, autoescape=True) | (Firm.uscc == wanted.firm)
        items = items.where(Item.firm_id.in_(select(Firm.id).where(named)))
    if wanted.league:
        chosen = select(League.id).where(League.code == wanted.league)
        items = items.where(Item.league_id.in_(chosen))
    if wanted.item:
        items = items.where(Item.code.icontains(wanted.item, autoescape=True))
    about = visible_postings(user).where(Posting.item_id.in_(items))
    return about.with_only_columns(Posting.entry_id)


def lines(
    session: Session, user: User, keys: Sequence[int], most: int | None = None
) -> dict[int, list[Line]]:
    """Entry -> its visible lines in order, at most ``most`` of each."""
    found: dict[int, list[Line]] = {key: [] for key in keys}
    names = Names(session)
    for posting, source, target, code, due_for, label in _rows(session, user, keys):
        listed = found[posting.entry_id]
        if most is not None and len(listed) >= most:
            continue
        reason = POSTING_CODES.get(posting.reason_code, posting.reason_code)
        listed.append(
            Line(
                line_no=posting.line_no,
                unit=source.unit,
                source_stage=source.stage,
                target_stage=target.stage,
                owner=names.owner(target if source.is_source else source),
                amount_fen=posting.amount,
                item=code or "",
                shipment_id=due_for[0],
                matter_id=due_for[1],
                label=label or "",
                reason=gettext(reason) if reason else "",
            )
        )
    return found


def visible_count(session: Session, user: User, keys: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Entry -> how many of its lines one may see, and the money they move in fen."""
    money = select(Account.id).where(Account.unit == "fen")
    seen = visible_postings(user).where(Posting.entry_id.in_(keys)).subquery()
    fen = func.sum(seen.c.amount).filter(seen.c.source_id.in_(money))
    query = select(seen.c.entry_id, func.count(), fen).group_by(seen.c.entry_id)
    return {key: (count, int(total or 0)) for key, count, total in session.execute(query)}


def kind_label(kind: str) -> str:
    """The kind of an entry in words."""
    if kind in KINDS:
        return str(gettext(KINDS[kind]))
    subject, _, name = kind.partition(".")
    if subject in flow.FLOWS and any(step.name == name for step in flow.FLOWS[subject]):
        step = flow.step_named(subject, name)
        return f"{gettext(SUBJECTS[subject])} · {gettext(step.label)}"
    return kind


def cause_words(user: User, entry: Entry) -> str:
    """What caused the entry, in words: the number people quote where there is one."""
    parts = entry.cause.split(":")
    if parts[0] in SUBJECTS:
        return f"{gettext(SUBJECTS[parts[0]])} {':'.join(parts[1:-2])}"
    if parts[0] in {"fund", "sample", "hold"}:
        return ":".join(parts[1:])
    place = _firms_own(entry)
    if place is None:
        return entry.cause
    if is_anothers(user, entry):
        return str(gettext(ANOTHERS[parts[place]]))
    if parts[place] == "matter":
        return f"{gettext(SUBJECTS['matter'])} {parts[place + 2]}"
    return str(gettext("Manifest of the firm %(code)s", code=parts[place + 1]))


def cause(user: User, entry: Entry) -> str:
    """The key of what caused the entry; without whose doing it was where that is another's."""
    place = _firms_own(entry)
    if place is not None and is_anothers(user, entry):
        return ":".join(entry.cause.split(":")[: place + 1])
    return entry.cause


def actor(user: User, entry: Entry) -> str:
    """Who caused the entry, by sign-in name; nobody where it was another firm."""
    return "" if is_anothers(user, entry) else entry.actor


def is_anothers(user: User, entry: Entry) -> bool:
    """Whether something of another firm caused it: a firm learns neither whose nor by whom.

    A correction may free a limit that firms of a league share, and so change what others are due.
    """
    place = _firms_own(entry)
    whose = "" if place is None else entry.cause.split(":")[place + 1]
    return user.firm is not None and whose not in {"", user.firm.uscc}


def _firms_own(entry: Entry) -> int | None:
    """Where in the cause a firm's own doing begins; None where none did it, or a step says who."""
    parts = entry.cause.split(":")
    if parts[0] in SUBJECTS:
        return None
    return next((place for place, part in enumerate(parts[:2]) if part in ANOTHERS), None)


def body_is_open(user: User, entry: Entry, seen: int) -> bool:
    """Whether the whole body may be shown: nothing in it is about somebody else.

    An accrual names every shipment of a league's method, also those that earned nothing.
    """
    if user.role in access.SEES_ALL:
        return True
    if seen != entry.posting_count:
        return False
    if entry.kind in OWN_KINDS:
        return True
    if entry.kind == "accrue":
        return user.league_id is not None and seen > 0
    return entry.kind == "fund.record" and user.role in PROVINCE_ROLES


def body(entry: Entry) -> str:
    """The body as it was hashed, laid out for reading."""
    content: Mapping[str, Any] = json.loads(entry.body)
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)


@dataclass
class Names:
    """Names of leagues and firms by their codes, looked up once a page."""

    session: Session

    def __post_init__(self) -> None:
        """Look them up."""
        self.leagues = {one.code: one for one in self.session.scalars(select(League))}
        self.firms = dict(self.session.execute(select(Firm.uscc, Firm.name)).all())

    def owner(self, account: Account) -> str:
        """Whose account it is, in words."""
        if account.unit == "limit":
            sort, _, number = account.owner.partition(":")
            label = {"fund": mark("Fund"), "allotment": mark("Allotment")}.get(sort, sort)
            return f"{gettext(label)} {number}"
        code, *rest = account.owner.split("|")
        league = filters.said(self.leagues[code], "name") if code in self.leagues else code
        firms = [self.firms.get(uscc, uscc) for uscc in rest[:-1]]
        return " · ".join([*firms, league])


def _rows(session: Session, user: User, keys: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    source, target = aliased(Account), aliased(Account)
    seen = visible_postings(user).with_only_columns(Posting.id)
    query = (
        select(Posting, source, target, Item.code, Item.shipment_id, Item.matter_id, subjects.LABEL)
        .join(source, source.id == Posting.source_id)
        .join(target, target.id == Posting.target_id)
        .outerjoin(Item, Item.id == Posting.item_id)
        .where(Posting.entry_id.in_(keys), Posting.id.in_(seen))
        .order_by(Posting.entry_id, Posting.line_no)
    )
    for posting, giver, taker, code, *due_for, label in session.execute(subjects.joined(query)):
        yield posting, giver, taker, code, due_for, label
