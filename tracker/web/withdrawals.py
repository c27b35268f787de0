"""Withdrawals 撤回与替换: a committed upload is taken back, or another takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker import access
from tracker.models.cargo import Manifest, Shipment
from tracker.models.corrections import ManifestReplacement, ManifestWithdrawal
from tracker.steps import further, replacement, withdrawal
from tracker.web import asked, context, policy, uploads

bp = Blueprint("withdrawals", __name__, url_prefix="/manifests")


@dataclass(frozen=True)
class Touched:
    """A shipment that a withdrawal would touch, and its money."""

    shipment: Shipment
    accrued_fen: int
    settled: bool


@dataclass(frozen=True)
class Replacing:
    """What an upload is to replace: what leaves, what it comes to, and what is in the way."""

    link: ManifestReplacement
    leaving: tuple[replacement.Leaving, ...]
    hindrances: tuple[str, ...]
    """In words, each with how to mend it."""
    further: tuple[int, int]
    """Legs and parcel lists that leave."""


@bp.get("/<int:key>/withdrawal")
@policy.may("see_manifests")
def preview(key: int) -> ResponseReturnValue:
    """What taking a committed upload back would touch, before anything counts."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    affected = withdrawal.affected(session, found)
    paged = asked.paged(len(affected.shipments))
    part = affected.shipments[paged.offset : paged.offset + paged.rows]
    return render_template(
        "withdrawals/preview.html",
        manifest=found,
        affected=affected,
        touched=touched(affected, part),
        paged=paged,
        asked=withdrawal.asked(session, found),
        named=replacement.named,
        may_withdraw=access.may(user, "upload_manifest") and found.state == "committed",
    )


@bp.post("/<int:key>/replace")
@policy.may("upload_manifest")
def replace(key: int) -> ResponseReturnValue:
    """Take in a file that is to take the place of this upload."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(gettext("No file was chosen."), "error")
        return redirect(url_for("manifests.manifest", key=key), code=303)
    taken = uploads.take_in(file.filename, file.stream, replaces=key, source="web")
    return redirect(url_for("manifests.manifest", key=taken.id), code=303)


@bp.get("/<int:key>/leaving")
@policy.may("see_manifests")
def leaving(key: int) -> ResponseReturnValue:
    """The lines that leave when this upload takes the place of another."""
    session, user = context.session(), context.user()
    found = access.see(session, access.visible_manifests(user), key)
    link = replacement.of(session, found)
    lines = leaving_by(session, link) if link else []
    paged = asked.paged(len(lines))
    return render_template(
        "withdrawals/leaving.html",
        manifest=found,
        link=link,
        lines=lines[paged.offset : paged.offset + paged.rows],
        paged=paged,
    )


def replacing(session: Session, found: Manifest) -> Replacing | None:
    """What the upload is to replace while it waits for that; None where it replaces nothing."""
    link = replacement.of(session, found)
    if link is None:
        return None
    gone = leaving_by(session, link)
    hindered = replacement.hindrances(session, link, gone) if found.state == "checked" else []
    said = tuple(
        f"{gettext(one.message) % one.values} {gettext(one.mend)}".strip() for one in hindered
    )
    left = (
        (0, 0)
        if link.manifest.state != "checked"
        else further.leaving(session, link.manifest, link.replaced)
    )
    return Replacing(link, tuple(gone), said, left)


def leaving_by(session: Session, link: ManifestReplacement) -> list[replacement.Leaving]:
    """The lines that leave by a replacement, while it waits."""
    if link.manifest.state != "checked":
        return []
    return replacement.leaving(session, link.manifest, link.replaced)


def refused(asking: ManifestWithdrawal | None) -> str:
    """Why the last asking to take an upload back came to nothing, in words; empty otherwise."""
    if asking is None or asking.state not in {"refused", "failed"}:
        return ""
    if asking.state == "failed":
        return str(gettext("It could not be withdrawn; it stands as before. Ask again."))
    return str(
        gettext(
            "It was not withdrawn: money of %(labels)s had been applied for meanwhile.",
            labels=replacement.named(asking.settled),
        )
    )


def touched(affected: withdrawal.Affected, part: Sequence[Shipment]) -> list[Touched]:
    """Some of the shipments with their money."""
    fen = affected.accrued_fen
    return [Touched(one, fen.get(one.id, 0), one.id in affected.settled) for one in part]
