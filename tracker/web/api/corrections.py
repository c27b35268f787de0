"""Corrections 更正: rows confirmed side by side, committed uploads withdrawn and replaced."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.errors import Refused, mark
from tracker.models.cargo import Manifest
from tracker.models.corrections import VERDICTS
from tracker.steps import replacement, withdrawal
from tracker.web import changes, context, policy, uploads, withdrawals
from tracker.web.api.correction_shapes import ChangedAnswer
from tracker.web.api.manifests import ManifestOne, UploadBody, one_of
from tracker.web.api.nouns import Noun, Pages, cut, made, part
from tracker.web.api.shape import Answer, Asked, Body, Keys, Truth, Word

blp = Noun(
    "corrections",
    "更正",
    "What changes of a committed upload, seen before it counts.",
    under="manifests",
)


class ChangesAsked(Asked):
    """Filters."""

    waiting = Word("", "1")


class VerdictBody(Body):
    """Of these rows, or of all that wait: what they are."""

    verdict = Word(*VERDICTS, required=True)
    rows = Keys(load_default=list)
    all = Truth(load_default=False)


class TouchedAnswer(Answer):
    """撤回所涉车次."""

    shipment = fields.Integer(attribute="shipment.id")
    label = fields.String(attribute="shipment.label")
    state = fields.String(attribute="shipment.state")
    accrued_fen = fields.Integer()
    settled = fields.Boolean(metadata={"description": "Its money has been applied for."})


class LeavingAnswer(Answer):
    """替换后不再计入的明细行."""

    shipment = fields.Integer(attribute="shipment_id")
    label = fields.String()
    waybill_no = fields.String()
    sheet = fields.String()
    row = fields.Integer(attribute="row_no")


@blp.listing("/<int:key>/changes", "改动的行，逐行并列", ChangedAnswer, ChangesAsked)
@policy.may("see_manifests")
def change_list(key: int, pages: Pages) -> list[changes.Change]:
    """Every row that changes what stands, beside it; `waiting=1` leaves those that went in."""
    found = _found(key)
    return changes.beside(context.session(), found, part(changes.filtered(found), pages))


@blp.writing("/<int:key>/confirmations", "确认改动的行", ManifestOne, VerdictBody)
@policy.may("upload_manifest")
def confirm(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say of rows by their `id` what they are: `confirm`, `apart` (another shipment) or `wait`.

    Rows of a committed upload go in at once, in the background; 409 where one waits no more.
    """
    if body["all"] == bool(body["rows"]):
        raise Refused(mark("Name the rows, or say that all are meant."))
    changes.keep(key, body["verdict"], None if body["all"] else body["rows"])
    return one_of(key)


@blp.listing("/<int:key>/withdrawal", "撤回前预览：所涉车次", TouchedAnswer)
@policy.may("see_manifests")
def withdrawal_preview(key: int, pages: Pages) -> list[withdrawals.Touched]:
    """What taking a committed upload back would touch, as the books stand."""
    affected = withdrawal.affected(context.session(), _found(key))
    chosen = cut(affected.shipments, pages)
    return withdrawals.touched(affected, chosen)


@blp.writing(
    "/<int:key>/replace", "上传替换文件", ManifestOne, UploadBody, status=201, location="files"
)
@policy.may("upload_manifest")
def replace(body: Mapping[str, Any], key: int) -> Any:  # noqa: ANN401  an answer with its address
    """Upload a file that is to take the place of a committed one; committed like any other.

    `replaces` tells what leaves, by how much the accrued money changes, and what is in the way.
    """
    file = body["file"]
    taken = uploads.take_in(file.filename or "", file.stream, replaces=key, source="api")
    return made(one_of(taken.id), "manifests", taken.id)


@blp.listing("/<int:key>/leaving", "替换后不再计入的明细行", LeavingAnswer)
@policy.may("see_manifests")
def leaving(key: int, pages: Pages) -> list[replacement.Leaving]:
    """The lines that leave when this upload takes the place of another."""
    session, found = context.session(), _found(key)
    link = replacement.of(session, found)
    lines = withdrawals.leaving_by(session, link) if link else []
    return cut(lines, pages)


def _found(key: int) -> Manifest:
    return access.see(context.session(), access.visible_manifests(context.user()), key)
