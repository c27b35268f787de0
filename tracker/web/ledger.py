"""Ledger 台账: every entry one may see; one with its postings and its link; what stands where."""

from collections.abc import Iterator
from functools import partial
from itertools import count

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from tracker import access
from tracker.access.ledger import visible_entries
from tracker.books import anchors as kept_anchors
from tracker.books import ledger as book
from tracker.db import chunks
from tracker.errors import NotThere, mark
from tracker.models.cargo import Manifest
from tracker.models.filings import Decision
from tracker.models.money import LIMIT_STAGES, MONEY_STAGES, STANDING_STAGES, Entry
from tracker.models.people import FIRM_ROLES, Firm, League, User
from tracker.papers import paper_book, statement
from tracker.steps import people, positions
from tracker.web import asked, balances, books, context, downloads, filters, policy, rooms

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

CSV_BATCH = 200
PAGES_OF = {
    "method": "methods.method",
    "matter": "matters.matter",
    "application": "applications.application",
    "filing": "filings.filing",
    "forecast": "forecasts.forecast",
    "division": "divisions.division",
    "allotment": "allotments.allotment",
    "disbursement": "disbursements.disbursement",
    "adjustment": "adjustments.adjustment",
    "recovery": "recoveries.recovery",
    "proposal": "proposals.proposal",
    "publication": "publications.publication",
    "objection": "objections.objection",
    "level": "levels.level",
}
"""Flow -> the page that shows its subject."""


@bp.get("")
@policy.may("see_ledger")
def ledger() -> ResponseReturnValue:
    """The entries one may see, newest first."""
    session, user = context.session(), context.user()
    query = books.entries(user, books.asked_now())
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = query.order_by(Entry.seq.desc()).limit(paged.rows).offset(paged.offset)
    found = session.scalars(part).all()
    head = book.head(session)
    return render_template(
        "ledger/list.html",
        entries=found,
        counts=books.visible_count(session, user, [one.id for one in found]),
        paged=paged,
        kinds=sorted((kind, books.kind_label(kind)) for kind in (*books.KINDS, *books.OWN_KINDS)),
        stages=(*MONEY_STAGES, *LIMIT_STAGES),
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        kind_label=books.kind_label,
        cause_words=partial(books.cause_words, user),
        actor=partial(books.actor, user),
        is_firm=user.role in FIRM_ROLES,
        ledger_head=(head.seq, head.hash),
        head_now=head,
        may_state=access.may(user, "see_statements"),
    )


@bp.get("/entries.csv")
@policy.may("see_ledger")
def ledger_file() -> ResponseReturnValue:
    """Every line of the same entries as CSV, oldest first."""
    header = [
        gettext("Entry"),
        gettext("Kind"),
        gettext("Business day"),
        gettext("Recorded at"),
        gettext("By"),
        gettext("Cause"),
        gettext("From stage"),
        gettext("To stage"),
        gettext("Whose"),
        filters.name_head(),
        gettext("Amount (yuan)"),
        gettext("Reason"),
        gettext("Item"),
        gettext("Hash"),
    ]
    return downloads.csv_file(gettext("Ledger") + ".csv", header, _cells())


@bp.get("/balances")
@policy.may("see_ledger")
def standing() -> ResponseReturnValue:
    """What stands in each stage, summed as asked, and what is left of each limit; now or then."""
    session, user = context.session(), context.user()
    wanted = asked.one_of("by", tuple(positions.BY))
    whole = balances.known(session)
    now = book.head(session).seq
    seq = whole.seq if whole else 0
    then = None if seq == now else seq
    usual = ("league",) if user.role in FIRM_ROLES else ("league", "firm")
    tables = (wanted,) if wanted else usual
    return render_template(
        "ledger/balances.html",
        tables=[(by, _heads(by), positions.at(session, user, by, then)) for by in tables],
        by=tuple((one, " · ".join(_heads(one))) for one in positions.BY),
        limits=balances.limits(session, user, then),
        names=partial(statement.names, lang=filters.tongue()),
        owner=_owner,
        stages=STANDING_STAGES,
        known=whole,
        is_now=then is None,
        may_state=access.may(user, "see_statements"),
        ledger_head=(whole.seq, whole.hash) if whole else (0, ""),
    )


@bp.get("/balances.xlsx")
@policy.may("see_ledger")
def balances_file() -> Response:
    """The same as a workbook: of one entry the same bytes whenever it is asked for."""
    session, user = context.session(), context.user()
    by = asked.one_of("by", tuple(positions.BY)) or "league"
    whole = balances.known(session)
    if whole is None:
        raise NotThere(mark("Nothing stands anywhere yet."), mark("Come back when money moves."))
    rows = positions.at(session, user, by, whole.seq)
    is_sample = people.any_sample(session)
    paper = statement.balances(by, rows, whole, lang=filters.tongue(), is_sample=is_sample)
    label = gettext("Balances")
    name = f"{label}_{by}_{whole.seq}"
    return downloads.workbook(paper_book.write(paper, whole.recorded_at), name)


def _heads(by: str) -> list[str]:
    return [gettext(one) for one in statement.BY[by]]


def _owner(row: positions.Position) -> dict[str, str]:
    """What the list of entries is filtered by to show where a figure comes from."""
    firm = {"firm": row.part.uscc} if isinstance(row.part, Firm) else {}
    return {"league": row.league.code, **firm}


@bp.get("/anchors")
@policy.may("see_anchors")
def anchors() -> ResponseReturnValue:
    """What the clock kept outside the database, newest first, and whether the ledger holds it."""
    session = context.session()
    kept = kept_anchors.kept(context.settings().anchors_file)[::-1]
    hashes: dict[int, str] = {}
    for part in chunks([one.seq for one in kept]):
        known = select(Entry.seq, Entry.hash).where(Entry.seq.in_(part))
        hashes |= dict(session.execute(known).all())
    listed = [(one, one.hash and hashes.get(one.seq) == one.hash) for one in kept]
    paged = asked.paged(len(listed))
    return render_template(
        "ledger/anchors.html",
        anchors=listed[paged.offset : paged.offset + paged.rows],
        paged=paged,
        failing=sum(bool(one.hash) and not holds for one, holds in listed),
        file=context.settings().anchors_file.name,
    )


@bp.get("/<int:seq>")
@policy.may("see_ledger")
def entry(seq: int) -> ResponseReturnValue:
    """One entry: its cause, what it moved as far as one may see, its hash and the one before."""
    session, user = context.session(), context.user()
    seen = visible_entries(user).where(Entry.seq == seq) if 0 < seq < 1 << 62 else None
    found = session.scalar(seen) if seen is not None else None
    if found is None:
        raise NotThere(
            mark("There is no such thing, or it is not yours to see."),
            mark("Go back to the list and choose again."),
        )
    count, fen = books.visible_count(session, user, [found.id]).get(found.id, (0, 0))
    lines = books.lines(session, user, [found.id])[found.id]
    paged = asked.paged(len(lines))
    head = book.head(session)
    decision = session.scalar(select(Decision).where(Decision.seq == found.seq))
    return render_template(
        "ledger/one.html",
        entry=found,
        lines=lines[paged.offset : paged.offset + paged.rows],
        paged=paged,
        fen=fen,
        hidden=found.posting_count - count,
        body=books.body(found) if books.body_is_open(user, found, count) else "",
        kind_label=books.kind_label,
        cause_words=partial(books.cause_words, user),
        actor=partial(books.actor, user),
        subject_url=_subject_url(found, decision),
        reached=access.may(user, "see_shipments"),
        ledger_head=(head.seq, head.hash),
        head_now=head,
    )


def _subject_url(found: Entry, decision: Decision | None) -> str:
    """Where this person can open what the entry is about; nothing where they cannot."""
    if decision is not None:
        return rooms.address(PAGES_OF[decision.subject_kind], key=decision.subject_id)
    if found.cause.startswith("manifest:"):
        _, uscc, sha256, *_ = found.cause.split(":")
        firms = select(Firm.id).where(Firm.uscc == uscc)
        uploads = access.visible_manifests(context.user()).where(
            Manifest.sha256 == sha256,
            Manifest.firm_id.in_(firms),
            Manifest.committed_at.is_not(None),
        )
        upload = context.session().scalar(uploads.order_by(Manifest.id.desc()).limit(1))
        return rooms.address("manifests.manifest", key=upload.id) if upload else ""
    if found.kind == "fund.record":
        return rooms.address("allotments.allotments")
    return rooms.address("networks.networks") if found.kind == "network.record" else ""


def _cells() -> Iterator[list[object]]:
    session, user = context.session(), context.user()
    query = books.entries(user, books.asked_now()).order_by(Entry.seq)
    for start in count(0, CSV_BATCH):
        part = session.scalars(query.limit(CSV_BATCH).offset(start)).all()
        lines = books.lines(session, user, [one.id for one in part])
        for one in part:
            yield from (_row(user, one, line) for line in lines[one.id])
        if len(part) < CSV_BATCH:
            return


def _row(user: User, one: Entry, line: books.Line) -> list[object]:
    return [
        one.seq,
        books.kind_label(one.kind),
        one.business_date,
        filters.moment(one.recorded_at),
        books.actor(user, one),
        books.cause_words(user, one),
        filters.stage(line.source_stage),
        filters.stage(line.target_stage),
        line.owner,
        line.label,
        downloads.fen_as_yuan(line.amount_fen),
        line.reason,
        line.item,
        one.hash,
    ]
