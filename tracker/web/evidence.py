"""Evidence 佐证材料: the room of files that prove what is stated; upload, attach, look, withdraw.

A file is always a download by what it is. Only JPEG and PNG show in the page, from an address of
their own that may do nothing: a PDF can carry scripts, and a sandbox strict enough for it shows
nothing in most browsers.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ingest import evidence as contents
from tracker import access, blobs
from tracker.access.evidence import own_evidence, visible_evidence, visible_evidence_links
from tracker.errors import NotThere, Refused, TrackerError, mark
from tracker.models.cargo import Manifest
from tracker.models.evidence import (
    EVIDENCE_KINDS,
    EVIDENCE_SUBJECTS,
    Evidence,
    EvidenceLink,
)
from tracker.models.people import FIRM_ROLES, User
from tracker.steps import evidence as steps
from tracker.steps import evidence_links, finding
from tracker.steps.evidence import Told
from tracker.steps.evidence_links import Subject
from tracker.web import (
    amounts,
    asked,
    context,
    downloads,
    evidence_panels,
    evidence_uploads,
    evidence_words,
    lacking,
    policy,
)

bp = Blueprint("evidence", __name__, url_prefix="/evidence")

STATES = ("standing", "withdrawn", "loose")
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
PASTED_LENGTH = 100_000
LINKS_SHOWN = 500
MOST_TOLD = 10


@bp.get("")
@policy.may("see_evidence")
def evidence() -> ResponseReturnValue:
    """The visible files that fit the filters, newest first, and the place to add some."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    part = query.order_by(Evidence.id.desc()).limit(paged.rows).offset(paged.offset)
    found = list(session.scalars(part))
    return render_template(
        "evidence/list.html",
        files=evidence_panels.listed(session, user, found),
        paged=paged,
        kinds=evidence_words.kinds(),
        states=STATES,
        may_add=access.may(user, "add_evidence"),
        shows_owner=user.role not in FIRM_ROLES,
        accept=evidence_uploads.ACCEPT,
        limit_mb=context.settings().evidence_limit_bytes // (1 << 20),
    )


@bp.post("")
@policy.may("add_evidence")
def upload() -> ResponseReturnValue:
    """Take in one file or several of one kind; each stands or falls by itself."""
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files:
        flash(gettext("No file was chosen."), "error")
    told, wanted = told_in(request.form), subjects_in(request.form)
    taken: list[int] = []
    notes: list[str] = []
    for one in files:
        name = one.filename or ""
        try:
            made, fresh = evidence_uploads.take_in(name, one.stream, told, wanted)
            taken.append(made.id)
            if not fresh:
                notes.append(evidence_uploads.again(name, made))
        except TrackerError as error:
            notes.append(f"{asked.clean(name, 60)}：{' '.join(context.words_of(error))}")
    if taken:
        flash(gettext("Kept: %(count)s files.", count=len(taken)), "success")
    for words in notes[:MOST_TOLD]:
        flash(words, "warning")
    if wanted and (back := evidence_panels.address(wanted[0])):
        return redirect(back, code=303)
    where = url_for("evidence.one", key=taken[0]) if len(taken) == 1 else url_for(".evidence")
    return redirect(where, code=303)


@bp.get("/<int:key>")
@policy.may("see_evidence")
def one(key: int) -> ResponseReturnValue:
    """One file: what it is, what it proves with which parts, and what to do with it."""
    session, user = context.session(), context.user()
    found = the_file(key)
    links = session.scalars(links_seen(user, found).limit(LINKS_SHOWN)).all()
    may_add = _is_own(session, user, found) and found.withdrawn_at is None
    return render_template(
        "evidence/one.html",
        file=found,
        links=evidence_words.belongs(session, list(links)),
        links_total=asked.count(session, links_seen(user, found)),
        parts_fen=evidence_links.parts_sum(session, found),
        alike=evidence_panels.alike(session, user, found),
        kinds=evidence_words.kinds(),
        splits=evidence_words.splits(),
        with_total=steps.WITH_TOTAL,
        manifests=_manifests(session, user) if may_add else [],
        may_add=may_add,
        may_change=may_add and steps.may_change(session, user, found),
        shows=shows(found),
    )


@bp.get("/<int:key>/file")
@policy.may("see_evidence")
def file(key: int) -> ResponseReturnValue:
    """The bytes as they were uploaded, as a download."""
    return bytes_of(key)


@bp.get("/<int:key>/picture")
@policy.may("see_evidence")
def picture(key: int) -> ResponseReturnValue:
    """A JPEG or PNG to be shown in the page; it may do nothing there."""
    found = the_file(key)
    if not shows(found):
        raise NotThere(mark("This file is not shown here; download it."))
    path = blobs.path(context.settings().home, found.sha256)
    response = send_file(path, mimetype=contents.TAKEN[found.content].media_type, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.post("/<int:key>/details")
@policy.may("add_evidence")
def describe(key: int) -> ResponseReturnValue:
    """Correct what is said of the file."""
    keep_told(key, told_in(request.form))
    flash(gettext("Saved."), "success")
    return redirect(url_for("evidence.one", key=key), code=303)


@bp.post("/<int:key>/links")
@policy.may("add_evidence")
def link(key: int) -> ResponseReturnValue:
    """Attach the file to one thing, to pasted plates, boxes and waybills, or to a manifest's."""
    form = request.form
    wanted = subjects_in(form)
    count = attach(
        key,
        wanted,
        text=form.get("numbers", "")[:PASTED_LENGTH],
        manifest=asked.key(form.get("manifest", "")),
        how=form.get("split", "none"),
    )
    flash(gettext("Attached to %(count)s.", count=count), "success")
    back = evidence_panels.address(wanted[0]) if wanted else ""
    return redirect(back or url_for("evidence.one", key=key), code=303)


@bp.post("/links")
@policy.may("add_evidence")
def link_one() -> ResponseReturnValue:
    """Attach a file that is here already to the thing whose page it was chosen on."""
    return link(asked.key(request.form.get("evidence", "")))


@bp.post("/links/<int:key>/remove")
@policy.may("add_evidence")
def unlink(key: int) -> ResponseReturnValue:
    """Take the file off one thing; the key is the link's."""
    owner = detach(key)
    flash(gettext("Taken off."), "success")
    return redirect(url_for("evidence.one", key=owner), code=303)


@bp.post("/<int:key>/withdraw")
@policy.may("add_evidence")
def withdraw(key: int) -> ResponseReturnValue:
    """Take the file back with a reason; it stays in the archive."""
    take_back(key, asked.clean(request.form.get("reason", ""), 300))
    flash(gettext("Withdrawn; the file stays in the archive."), "success")
    return redirect(url_for("evidence.one", key=key), code=303)


def bytes_of(key: int) -> Response:
    """A visible file as a download, under a name that ends as what it is."""
    found = the_file(key)
    media_type = contents.TAKEN[found.content].media_type
    name = contents.download_name(found.file_name, found.content)
    return downloads.kept(found.sha256, media_type, name)


def shows(found: Evidence) -> bool:
    """Whether a page shows the picture."""
    return found.content in contents.PICTURES and "large" not in found.notices


def filtered(user: User) -> Select[Evidence]:
    """The visible ones that the address asks for; those that stand, unless it says otherwise."""
    query = visible_evidence(user)
    state = asked.one_of("state", STATES)
    withdrawn = Evidence.withdrawn_at.is_not(None)
    query = query.where(withdrawn if state == "withdrawn" else ~withdrawn)
    if state == "loose":
        used = select(EvidenceLink.evidence_id).where(EvidenceLink.removed_at.is_(None))
        query = query.where(Evidence.id.not_in(used))
    if kind := asked.one_of("kind", EVIDENCE_KINDS):
        query = query.where(Evidence.kind == kind)
    if text := asked.text("q"):
        said = (Evidence.file_name, Evidence.document_no, Evidence.note)
        tests = [column.icontains(text, autoescape=True) for column in said]
        query = query.where(tests[0] | tests[1] | tests[2])
    return query


def links_seen(user: User, found: Evidence) -> Select[EvidenceLink]:
    """Its standing links to what one may see."""
    query = visible_evidence_links(user).where(EvidenceLink.evidence_id == found.id)
    return query.order_by(EvidenceLink.id)


def told_in(form: Mapping[str, str]) -> Told:
    """What a form says of a file; raises ``Refused`` for a total that is no amount."""
    total = asked.clean(form.get("total_yuan", ""))
    return Told(
        kind=form.get("kind", ""),
        document_no=asked.clean(form.get("document_no", ""), 60),
        total_fen=amounts.read_yuan(total) if total else None,
        currency=asked.clean(form.get("currency", ""), 3),
        note=asked.clean(form.get("note", ""), 300),
    )


def subjects_in(form: Mapping[str, str]) -> list[Subject]:
    """The one thing a panel's form speaks of, as ``kind:number``; none in the room's own."""
    kind, _, number = form.get("subject", "").partition(":")
    return [Subject(kind, asked.key(number))] if kind in EVIDENCE_SUBJECTS else []


def keep_told(key: int, told: Told) -> None:
    """Correct what is said of a visible file as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        steps.describe(db, person, _seen(db, person, key), told, now)

    context.write(work)


def attach(
    key: int, wanted: list[Subject], *, text: str = "", manifest: int = 0, how: str = "none"
) -> int:
    """Attach a visible file as the signed-in person; how many links are new or changed."""
    now = context.now()
    entries = finding.read(text)
    if how not in finding.SPLITS:
        raise Refused(mark("There is no such way to split."), mark("Choose one of the list."))

    def work(db: Session, person: User) -> int:
        found = _seen(db, person, key)
        trucks = finding.subjects(db, person, found, entries, manifest, how)
        if not (wanted or trucks):
            raise Refused(
                mark("Nothing was named to attach it to."),
                mark("Paste plates, boxes or waybills, or choose a manifest."),
            )
        return steps.link(db, person, found, [*wanted, *trucks], now)

    return context.write(work)


def detach(key: int) -> int:
    """Take a file off one thing, by the key of the link; returns the file's."""
    now = context.now()

    def work(db: Session, person: User) -> int:
        link = access.see(db, visible_evidence_links(person), key)
        found = _seen(db, person, link.evidence_id)
        steps.unlink(db, person, found, [link], now)
        return found.id

    return context.write(work)


def take_back(key: int, reason: str) -> None:
    """Withdraw a visible file as the signed-in person."""
    now = context.now()

    def work(db: Session, person: User) -> None:
        steps.withdraw(db, person, _seen(db, person, key), reason, now)

    context.write(work)


def _seen(db: Session, person: User, key: int) -> Evidence:
    return access.see(db, visible_evidence(person), key)


def the_file(key: int) -> Evidence:
    """A visible file; raises ``NotThere``."""
    return _seen(context.session(), context.user(), key)


def _is_own(session: Session, user: User, found: Evidence) -> bool:
    own = select(Evidence.id).where(Evidence.id == found.id, own_evidence(user))
    return access.may(user, "add_evidence") and session.scalar(own) is not None


def _manifests(session: Session, user: User) -> list[tuple[int, str]]:
    query = access.visible_manifests(user).where(Manifest.state == "committed")
    newest = session.scalars(query.order_by(Manifest.id.desc()).limit(asked.PAGE_ROWS))
    return [(one.id, f"{one.id} · {one.file_name}") for one in newest]


@bp.app_context_processor
def _panels() -> dict[str, object]:
    return {
        "evidence_of": evidence_panels.of,
        "lacks_of": lacking.lacks_of,
        "lacking_in": lacking.of_application,
    }


bp.add_app_template_filter(evidence_words.kind_label, "evidence_kind")
bp.add_app_template_filter(evidence_words.notice_badge, "evidence_badge")
bp.add_app_template_filter(evidence_words.notice_label, "evidence_notice")
