"""Receipts 测算说明单: what is computed of a shipment, matter, application or year, as told.

The content is taken from the books at one link of the chain, as far as whoever asks may see, and
kept as canonical JSON: page, file and paper say the same years later. Whoever holds a receipt may
ask with its code whether it is true, and learns nothing that does not stand on it.
"""

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from rules import hint_words
from rules.periods import PERIOD_FACTS
from tracker import access
from tracker.books import audit, ledger
from tracker.db import SHANGHAI, canonical, chunks
from tracker.errors import Refused, mark
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import CargoLine
from tracker.models.filings import FilingLine
from tracker.models.matters import Matter, MatterVersion
from tracker.models.methods import Method
from tracker.models.money import Assessment, Item, ItemStage
from tracker.models.people import Firm, User
from tracker.models.receipts import Receipt
from tracker.steps import assessment, matters, receipt_ways
from tracker.steps import filing as filings

FORMAT = 2
"""Since 2 that of a shipment has the marks of its route and its tracks."""
ISSUED = "receipt.issue"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no sign looks like another."""
SIGNS, GROUP = 16, 4
TITLE_LENGTH = 120
LANGUAGES = ("zh", "en")
YEARS = (2000, 2999)
NOTHING = mark("Nothing is computed here yet that a receipt could tell.")
WAIT = mark("Ask again once an amount has been computed.")

Content = dict[str, Any]


def issue(session: Session, user: User, content: Content, firm: Firm, now: datetime) -> Receipt:
    """Keep what the books say now as a receipt, under a code of chance."""
    access.require(user, "issue_receipt")
    head = ledger.head(session)
    whole = {
        "format": FORMAT,
        **content,
        "firm": {"name": firm.name, "uscc": firm.uscc},
        "as_of": {
            "seq": head.seq,
            "hash": head.hash,
            "at": now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        },
    }
    made = Receipt(
        code=new_code(),
        kind=content["kind"],
        title=content["title"],
        firm_id=firm.id,
        seq=head.seq,
        total_fen=content["total_fen"],
        content=whole,
        sha256=hashlib.sha256(canonical(whole).encode()).hexdigest(),
        made_at=now,
        user_id=user.id,
        is_sample=content["is_sample"],
        office_firm_id=user.firm_id,
        office_league_id=user.league_id,
    )
    session.add(made)
    session.flush()
    audit.done(
        session,
        user,
        ISSUED,
        f"receipt:{made.id}",
        now,
        {"kind": made.kind, "title": made.title, "sha256": made.sha256},
    )
    return made


def new_code() -> str:
    """Eighty bits of chance, in groups that are read out and typed in."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))
    return "-".join(signs[start : start + GROUP] for start in range(0, SIGNS, GROUP))


def read_code(typed: str) -> str:
    """The code a person meant: small letters, blanks and look-alikes are forgiven."""
    plain = typed.upper().translate(str.maketrans("OIL", "011", " -－—　"))[:SIGNS]
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def by_code(session: Session, typed: str) -> Receipt | None:
    """The receipt of a code; None where none bears it."""
    return session.scalar(select(Receipt).where(Receipt.code == read_code(typed)))


def of_shipment(session: Session, user: User, key: int) -> tuple[Content, Firm]:
    """What one shipment is due, article by article, in every league one may see."""
    found = access.see(session, access.visible_shipments(user), key)
    dues = _dues(session, user, Item.shipment_id == found.id)
    waybills = select(CargoLine.waybill_no).where(
        CargoLine.shipment_id == found.id, CargoLine.standing
    )
    content = {
        "kind": "shipment",
        "title": found.label,
        "is_sample": _made_up(found.firm, dues),
        "about": {
            "unit_key": found.unit_key,
            "version_no": found.version_no,
            "mode": found.mode,
            "direction": found.direction,
            "departed_on": found.departure_date.isoformat(),
            "exited_on": found.border_exit_date.isoformat() if found.border_exit_date else None,
            "waybills": sorted(set(session.scalars(waybills))),
            **receipt_ways.of(session, user, found),
        },
        "dues": dues,
        "total_fen": sum(due["award_fen"] for due in dues),
    }
    return content, found.firm


def of_matter(session: Session, user: User, key: int) -> tuple[Content, Firm]:
    """What a firm's year is due as it was confirmed, article by article, and what it rests on."""
    found = access.see(session, access.visible_matters(user), key)
    if found.state == "withdrawn" or not found.version_no:
        raise Refused(NOTHING, WAIT)
    dues = _dues(session, user, Item.matter_id == found.id)
    version = matters.version(session, found, found.version_no)
    content = {
        "kind": "matter",
        "title": f"{found.code} {version.title}"[:TITLE_LENGTH],
        "is_sample": _made_up(found.firm, dues),
        "about": {
            "code": found.code,
            "title": version.title,
            "league": _league(found),
            "programme": _programme(found),
            "first_day": found.first_day.isoformat(),
            "last_day": found.last_day.isoformat(),
            "state": found.state,
            "version_no": version.version_no,
            "version_sha256": version.sha256,
            "basis": version.basis,
        },
        "stated": _stated(version),
        "dues": dues,
        "total_fen": sum(due["award_fen"] for due in dues),
    }
    return content, found.firm


def of_application(session: Session, user: User, key: int) -> tuple[Content, Firm]:
    """What was applied for, what was taken off and why, and what is left, line by line."""
    found = access.see(session, access.visible_applications(user), key)
    query = (
        select(ApplicationLine, Item, FilingLine)
        .join(Item, Item.id == ApplicationLine.item_id)
        .outerjoin(
            FilingLine,
            (FilingLine.item_id == Item.id)
            & (FilingLine.application_id == found.id)
            & filings.decided(),
        )
        .where(ApplicationLine.application_id == found.id)
        .order_by(subjects.DAY, Item.code)
    )
    rows = session.execute(subjects.joined(query).options(*subjects.eager())).all()
    standing = assessment.newest(session, [item.id for _, item, _ in rows])
    lines = [_line(line, item, later, standing[item.id]) for line, item, later in rows]
    if not lines:
        raise Refused(NOTHING, WAIT)
    ended = found.state in ("declined", "withdrawn")
    left = sum(line["applied_fen"] - line["reduced_fen"] for line in lines)
    content = {
        "kind": "application",
        "title": found.code,
        "is_sample": _is_sample(found.firm, standing),
        "about": {
            "league": _league(found),
            "programme": _programme(found),
            "period_from": found.period_from.isoformat(),
            "period_to": found.period_to.isoformat(),
            "state": found.state,
        },
        "lines": lines,
        "balances": _balances(session, [item.id for _, item, _ in rows]),
        "total_fen": 0 if ended else left,
    }
    return content, found.firm


def of_firm_year(session: Session, user: User, firm: Firm, year: int) -> tuple[Content, Firm]:
    """What a firm's items of one year came to, by month, league and programme."""
    if not YEARS[0] <= year <= YEARS[1]:
        raise Refused(NOTHING, mark("Choose a year in which shipments departed."))
    days = (date(year, 1, 1), date(year, 12, 31))
    query = (
        subjects.joined(access.visible_items(user).add_columns(subjects.DAY))
        .where(Item.firm_id == firm.id, subjects.DAY.between(*days))
        .order_by(Item.code)
    )
    rows = session.execute(query).all()
    standing = assessment.newest(session, [item.id for item, _ in rows])
    groups: dict[tuple[str, str, str], list[Item]] = defaultdict(list)
    for item, day in rows:
        if item.id in standing:
            groups[f"{day:%Y-%m}", item.league.code, item.programme.code].append(item)
    if not groups:
        raise Refused(NOTHING, WAIT)
    lines: list[Content] = [
        {
            "month": month,
            "league": _league(items[0]),
            "programme": _programme(items[0]),
            "shipments": len(items),
            "computed_fen": sum(standing[item.id].award_fen for item in items),
            "balances": _balances(session, [item.id for item in items]),
        }
        for (month, _, _), items in sorted(groups.items())
    ]
    content = {
        "kind": "firm_year",
        "title": f"{firm.name} {year}",
        "is_sample": _is_sample(firm, standing),
        "about": {"year": year},
        "lines": lines,
        "balances": dict(sum((Counter(line["balances"]) for line in lines), Counter())),
        "total_fen": sum(line["computed_fen"] for line in lines),
    }
    return content, firm


def _line(line: ApplicationLine, item: Item, later: FilingLine | None, one: Assessment) -> Content:
    """One line: what both reviews took off it, and why."""
    cuts = [cut for cut in (line, later) if cut is not None and cut.reduced_fen]
    return {
        "label": item.subject.label,
        "item": item.code,
        "departed_on": item.subject.day.isoformat(),
        "method": one.method.document_no,
        "computed_fen": one.award_fen,
        "applied_fen": line.applied_fen,
        "reduced_fen": sum(cut.reduced_fen for cut in cuts),
        "reasons": [{"code": cut.reason_code, "words": cut.reason} for cut in cuts],
    }


def _stated(version: MatterVersion) -> list[Content]:
    """The facts of a version, in the words that they have today."""
    said = [(name, value, False) for name, value in version.firm_facts.items()]
    said += [(name, value, True) for name, value in version.league_facts.items()]
    order = list(PERIOD_FACTS)
    return [
        {
            "fact": name,
            "names": {"zh": PERIOD_FACTS[name].zh, "en": PERIOD_FACTS[name].en},
            "value": value,
            "shown": dict(zip(LANGUAGES, hint_words.shown(PERIOD_FACTS[name], value), strict=True)),
            "by_league": by_league,
        }
        for name, value, by_league in sorted(said, key=lambda one: order.index(one[0]))
    ]


def _dues(session: Session, user: User, of: ColumnElement[bool]) -> list[Mapping[str, Any]]:
    """What stands computed of it in every league one may see; refused where nothing does."""
    items = session.scalars(access.visible_items(user).where(of).order_by(Item.code)).all()
    standing = assessment.newest(session, [item.id for item in items])
    dues = [_due(session, item, standing[item.id]) for item in items if item.id in standing]
    if not dues:
        raise Refused(NOTHING, WAIT)
    return dues


def _made_up(firm: Firm, dues: Sequence[Mapping[str, Any]]) -> bool:
    return firm.is_sample or any(due["method"]["is_sample"] for due in dues)


def _due(session: Session, item: Item, one: Assessment) -> Mapping[str, Any]:
    return {
        "item": item.code,
        "league": _league(item),
        "programme": _programme(item),
        "method": _method(one.method),
        "outcome": one.outcome,
        "award_fen": one.award_fen,
        "lines": one.tally["lines"],
        "reasons": one.tally["reasons"],
        "facts": one.facts,
        "run_sha256": one.run_sha256,
        "assessed_seq": one.seq,
        "balances": ledger.item_balances(session, item.id),
    }


def _method(method: Method) -> Mapping[str, Any]:
    return {
        "title": method.title,
        "document_no": method.document_no,
        "version_no": method.version_no,
        "valid_from": method.valid_from.isoformat(),
        "rule_id": method.rule_id,
        "rule_sha256": method.rule_sha256,
        "params": method.params,
        "is_sample": method.is_sample,
    }


def _is_sample(firm: Firm, standing: Mapping[int, Assessment]) -> bool:
    return firm.is_sample or any(one.method.is_sample for one in standing.values())


def _league(of: Item | Application | Matter) -> Mapping[str, str]:
    return {"code": of.league.code, "zh": of.league.name_zh, "en": of.league.name_en}


def _programme(of: Item | Application | Matter) -> Mapping[str, str]:
    return {"code": of.programme.code, "zh": of.programme.name_zh, "en": of.programme.name_en}


def _balances(session: Session, items: Sequence[int]) -> dict[str, int]:
    """Stage -> fen of these items that stand there, without the empty ones."""
    found: Counter[str] = Counter()
    for part in chunks(items):
        query = (
            select(ItemStage.stage, func.sum(ItemStage.balance))
            .where(ItemStage.item_id.in_(part), ItemStage.balance > 0)
            .group_by(ItemStage.stage)
        )
        found.update({stage: int(fen) for stage, fen in session.execute(query)})
    return dict(found)


OF: dict[str, Callable[[Session, User, int], tuple[Content, Firm]]] = {
    "shipment": of_shipment,
    "matter": of_matter,
    "application": of_application,
}
"""Kind of a receipt of one thing -> what it says."""
