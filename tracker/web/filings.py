"""Filings 报送: a league's request with its calculation sheet, and the province's review of it."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from tracker import access
from tracker.errors import Conflict, NotThere, Refused, mark
from tracker.models.applications import Application
from tracker.models.filings import (
    FILING_STATES,
    Allotment,
    AllotmentMatch,
    Filing,
    FilingLine,
    Fund,
)
from tracker.models.methods import Programme
from tracker.models.people import PROVINCE_ROLES, League, User
from tracker.papers import sheets
from tracker.steps import filing as steps
from tracker.steps import funds, matches, review
from tracker.web import (
    acting,
    amounts,
    applications,
    asked,
    context,
    downloads,
    holds,
    leagues,
    letters,
    lines,
    policy,
    published,
    requirements,
    samples,
    self_evaluations,
    totals,
)

bp = Blueprint("filings", __name__, url_prefix="/filings")

WORDS_LENGTH = 2000


@dataclass(frozen=True)
class Listed:
    """A filing in the list, with its sums."""

    filing: Filing
    count: int
    filed_fen: int
    reduced_fen: int
    held_fen: int
    odd: int


@dataclass(frozen=True)
class Drawable:
    """A fund on which the approval of a filing may draw."""

    fund: Fund
    headroom_fen: int
    covered_fen: int
    """What the league's allotments in advance of the fund cover of the filing."""
    reaches: bool


@bp.get("")
@policy.may("see_filings")
def filings() -> ResponseReturnValue:
    """The filings one may see, the odd ones that wait first; what each league asked for."""
    session, user = context.session(), context.user()
    query = filtered(user)
    total = asked.count(session, query)
    paged = asked.paged(total)
    part = ordered(query, user).limit(paged.rows).offset(paged.offset)
    return render_template(
        "filings/list.html",
        listed=listed(session, list(session.scalars(part))),
        paged=paged,
        states=FILING_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_draft=access.may(user, "draft_filing"),
        ready=len(to_file(session, user)),
        side_by_side=_side_by_side(session, user),
        sees_lines=access.may(user, "see_filing_lines"),
    )


@bp.get("/new")
@policy.may("draft_filing")
def new() -> ResponseReturnValue:
    """Choose passed applications, and say the document number, the basis and the target."""
    session, user = context.session(), context.user()
    ready = to_file(session, user)
    return render_template(
        "filings/new.html",
        listed=applications.listed(session, ready),
        lacks=published.told(session, ready),
        required=requirements.before_filing(session, ready),
    )


@bp.post("")
@policy.may("draft_filing")
def draft() -> ResponseReturnValue:
    """Draft the filing and make its calculation sheet."""
    form = request.form
    said = steps.Request(
        document_no=asked.clean(form.get("document_no", ""), 60),
        basis=asked.clean_lines(form.get("basis", ""), WORDS_LENGTH),
        performance_target=asked.clean_lines(form.get("performance_target", ""), WORDS_LENGTH),
        minutes_no=asked.clean(form.get("minutes_no", ""), 60),
        panel_on=asked.read_day(form.get("panel_on", "")),
    )
    key = make([asked.key(one) for one in form.getlist("applications")], said)
    flash(gettext("Drafted, with its calculation sheet. Look at both, then pass it on."), "success")
    return redirect(url_for("filings.filing", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_filings")
def filing(key: int) -> ResponseReturnValue:
    """One filing: the request, its sheet, lines or sums by firm, decisions, and what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_filings(user), key)
    total = lines.sums(session, found)
    sort = asked.one_of("sort", lines.SORTS) or "odd"
    sees_lines = access.may(user, "see_filing_lines")
    shown, paged = lines.page(session, found, total, sort) if sees_lines else ([], None)
    inside = steps.applications(session, found)
    may_allot = found.state == "approved" and matches.left(session, found) > 0
    return render_template(
        "filings/one.html",
        filing=found,
        lines=shown,
        paged=paged,
        sort=sort,
        total=total,
        sees_lines=sees_lines,
        by_firm=steps.by_firm(session, found),
        applications=_applications(session, user, found),
        offer=acting.offer(session, found),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
        published=published.lines(session, inside),
        lacks=published.lacks(session, user, found, inside),
        balances=totals.of_items(
            session, select(FilingLine.item_id).where(FilingLine.filing_id == found.id)
        ),
        drawable=_drawable(session, user, found, total.approved_fen),
        fund=review.drawn_on(session, found),
        allotments=_allotments(session, user, found),
        samples=samples.of(session, found) if sees_lines else [],
        may_draw=found.state == "filed" and access.may(user, "draw_sample"),
        holds=holds.of(session, user, found),
        may_reduce=found.state == "filed" and access.may(user, "reduce_filing"),
        may_sheet=found.state == "draft" and access.may(user, "draft_filing"),
        evaluation=self_evaluations.of(session, user, found),
        papers=letters.listed(),
        sees_sheet=sees_lines and bool(found.sheet_sha256),
        may_allot=may_allot and access.may(user, "draft_allotment"),
    )


@bp.get("/<int:key>/lines.csv")
@policy.may("see_filing_lines")
def line_file(key: int) -> ResponseReturnValue:
    """All lines as CSV."""
    session = context.session()
    found = access.see(session, access.visible_filings(context.user()), key)
    return downloads.lines_file(found, lines.every(session, found))


@bp.post("/<int:key>/sheet")
@policy.may("draft_filing")
def make_sheet(key: int) -> ResponseReturnValue:
    """Make the calculation sheet of a draft anew."""
    attach_sheet(key)
    flash(gettext("The calculation sheet was made anew."), "success")
    return redirect(url_for("filings.filing", key=key), code=303)


@bp.get("/<int:key>/sheet")
@policy.may("see_filing_lines")
def sheet(key: int) -> ResponseReturnValue:
    """The calculation sheet: the very bytes that were filed."""
    return sheet_of(key)


def sheet_of(key: int) -> Response:
    """The calculation sheet of a visible filing as a download."""
    found = access.see(context.session(), access.visible_filings(context.user()), key)
    if not found.sheet_sha256:
        raise NotThere(mark("The calculation sheet has not been made yet."))
    name = gettext("calculation sheet")
    return downloads.kept(found.sheet_sha256, downloads.BOOK_TYPE, f"{found.code}_{name}.xlsx")


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("filing"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; reviewing the allocation names the fund."""
    acting.press_from_form(access.visible_filings, key, details=("fund",))
    session = context.session()
    query = access.visible_filings(context.user()).where(Filing.id == key)
    if session.scalar(query) is None:
        flash(gettext("Done. It is back with the league."), "success")
        return redirect(url_for("filings.filings"), code=303)
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("filings.filing", key=key), code=303)


@bp.post("/lines/<int:key>/reduce")
@policy.may("reduce_filing")
def reduce(key: int) -> ResponseReturnValue:
    """Take a part off a line, with a reason; zero undoes it."""
    form = request.form
    owner = reduce_line(
        key,
        0 if "undo" in form else amounts.read_yuan(form.get("reduced_yuan", "")),
        form.get("reason_code", ""),
        asked.clean(form.get("reason", ""), acting.REASON_LENGTH),
    )
    flash(gettext("Saved."), "success")
    address = url_for("filings.filing", key=owner, page=form.get("page") or None)
    return redirect(f"{address}#line-{key}", code=303)


def make(keys: list[int], said: steps.Request) -> int:
    """Draft a filing over these applications, with its sheet; returns its key."""
    now, home = context.now(), context.settings().home

    def work(db: Session, person: User) -> int:
        chosen = [access.see(db, access.visible_applications(person), one) for one in keys]
        programmes = {one.programme_id for one in chosen}
        if len(programmes) > 1:
            raise Refused(
                mark("The chosen applications belong to different programmes."),
                mark("File each programme by itself."),
            )
        if not chosen:
            raise Refused(mark("Choose at least one application that passed the first review."))
        made = steps.draft(db, person, db.get_one(Programme, programmes.pop()), chosen, said)
        sheets.attach(db, home, made, now)
        return made.id

    return context.write(work)


def attach_sheet(key: int) -> None:
    """Make the sheet of a visible draft anew. Raises ``Conflict`` for one that is no draft."""
    now, home = context.now(), context.settings().home

    def work(db: Session, person: User) -> None:
        found = access.see(db, access.visible_filings(person), key)
        if found.state != "draft":
            raise Conflict(mark("Only a draft can be changed."), mark("Open it again first."))
        sheets.attach(db, home, found, now)

    context.write(work)


def reduce_line(key: int, reduced_fen: int, reason_code: str, reason: str) -> int:
    """Take a part off a visible line as the signed-in person; returns the filing's key."""

    def work(db: Session, person: User) -> int:
        line = access.see(db, access.visible_filing_lines(person), key)
        review.reduce(db, line, reduced_fen, reason_code, reason)
        return line.filing_id

    return context.write(work)


def filtered(user: User) -> Select[Filing]:
    """The visible ones that the address asks for."""
    query = access.visible_filings(user)
    if state := asked.one_of("state", FILING_STATES):
        query = query.where(Filing.state == state)
    query = asked.of_league(query, Filing.league_id)
    if text := asked.text("q"):
        found = Filing.code.icontains(text, autoescape=True)
        query = query.where(found | Filing.document_no.icontains(text, autoescape=True))
    return query


def ordered(query: Select[Filing], user: User) -> Select[Filing]:
    """Newest first; for the province those under review, and of these the odd ones, on top."""
    if user.role not in PROVINCE_ROLES:
        return query.order_by(Filing.id.desc())
    waits = case((Filing.state.in_(leagues.UNDER_REVIEW), 0), else_=1)
    return query.order_by(waits, *lines.most_odd(Filing), Filing.id.desc())


def listed(session: Session, found: list[Filing]) -> list[Listed]:
    """The filings with their sums."""
    keys = [one.id for one in found]
    query = (
        select(
            FilingLine.filing_id,
            func.count(FilingLine.id),
            *steps.SUMS,
        )
        .where(FilingLine.filing_id.in_(keys))
        .group_by(FilingLine.filing_id)
    )
    summed = {key: tuple(rest) for key, *rest in session.execute(query)}
    odd = lines.odd_count(session, Filing, keys)
    return [
        Listed(one, int(count), int(filed), int(reduced), int(held), odd.get(one.id, 0))
        for one in found
        for count, filed, reduced, held in [summed.get(one.id, (0, 0, 0, 0))]
    ]


def to_file(session: Session, user: User) -> list[Application]:
    """Passed applications that a league officer may put into a filing."""
    if not access.may(user, "draft_filing"):
        return []
    query = access.visible_applications(user).where(Application.state == "passed")
    return list(session.scalars(query.order_by(Application.id)))


def _side_by_side(session: Session, user: User) -> list[leagues.Row]:
    sees = user.role in (*PROVINCE_ROLES, *access.SEES_ALL)
    return leagues.side_by_side(session, user) if sees else []


def _applications(session: Session, user: User, found: Filing) -> list[Application]:
    keys = select(FilingLine.application_id).where(FilingLine.filing_id == found.id)
    query = access.visible_applications(user).where(Application.id.in_(keys))
    return list(session.scalars(query.order_by(Application.id)))


def _drawable(session: Session, user: User, found: Filing, fen: int) -> list[Drawable]:
    """The funds, each with what its allotments in advance would cover of the filing."""
    drawable: list[Drawable] = []
    for one in funds.listed(session, user):
        covered = sum(part for _, part in matches.cover(session, found, one.fund, fen))
        reaches = one.limit.headroom_fen >= fen - covered
        drawable.append(Drawable(one.fund, one.limit.headroom_fen, covered, reaches))
    return drawable


def _allotments(session: Session, user: User, found: Filing) -> list[tuple[Allotment, int]]:
    """The allotments for the filing, each with what of it is for the filing, drafts whole."""
    matched = select(AllotmentMatch.allotment_id).where(AllotmentMatch.filing_id == found.id)
    query = access.visible_allotments(user).where(
        (Allotment.filing_id == found.id) | Allotment.id.in_(matched),
        Allotment.state != "withdrawn",
    )
    return [
        (one, matches.of(session, one).get(found.id, 0) if one.is_issued else one.amount_fen)
        for one in session.scalars(query.order_by(Allotment.id))
    ]
