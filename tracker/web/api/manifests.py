"""Manifests 发运明细表: upload, see what is wrong and what it would earn, commit, withdraw."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker import access
from tracker.models.answers import ManifestAnswer as ManifestAnswerRow
from tracker.models.cargo import MANIFEST_STATES, ROW_STATES, Manifest
from tracker.steps import answers as answer_steps
from tracker.steps import by_itself, confirmations, further, replacement, withdrawal
from tracker.steps import manifests as steps
from tracker.web import (
    answers,
    asked,
    changes,
    context,
    downloads,
    manifest_files,
    manifests,
    policy,
    previews,
    problems,
    uploads,
    withdrawals,
)
from tracker.web.api.answer_shapes import AnswerBody, GivenAnswer, as_given
from tracker.web.api.correction_shapes import (
    ChangedAnswer,
    ReplacesAnswer,
    WithdrawalAnswer,
)
from tracker.web.api.further_shapes import FurtherAnswer
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Asked, Body, FileField, FirmAnswer, Text, Word
from tracker.web.api.upload_shapes import FileProblemAnswer, UploadAnswer

RETRY_SECONDS = "2"
blp = Noun("manifests", "发运明细表", "What a firm uploads, row by row, until it is committed.")


class ManifestsAsked(Asked):
    """Filters."""

    state = Word(*MANIFEST_STATES)
    q = Text(80)


class ProblemsAsked(Asked):
    """Filters."""

    severity = Word(*problems.SEVERITIES)
    code = Text(60)


class RowsAsked(Asked):
    """Filters."""

    state = Word(*ROW_STATES)


class UploadAsked(Asked):
    """Wishes: `commit=when_clean` lets it go in by itself where no person has to decide."""

    commit = Word("by_hand", "when_clean", load_default="by_hand")


class UploadBody(Body):
    """A workbook (.xlsx) or a text table (.csv)."""

    file = FileField(required=True)


class ManifestAnswer(UploadAnswer):
    """发运明细表."""

    firm = fields.Nested(FirmAnswer)
    rows_done = fields.Integer()
    rows_total = fields.Integer()
    estimate_fen = fields.Integer(allow_none=True)
    committed_at = fields.AwareDateTime(allow_none=True)
    source = fields.String(metadata={"description": "web, api or inbox."})
    commits_itself = fields.Boolean(
        metadata={"description": "It goes in by itself if its first reading is clean."}
    )


class ColumnAnswer(Answer):
    """一列怎样理解."""

    letter = fields.String()
    heading = fields.String()
    field = fields.String()
    label = fields.String()


class ControlAnswer(Answer):
    """控制合计: over the accepted rows."""

    rows = fields.Integer()
    shipments = fields.Integer()
    waybills = fields.Integer()
    packages = fields.Integer()
    gross_weight_g = fields.Integer()
    freight = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        attribute="freight_fen",
        metadata={"description": "Currency -> hundredths."},
    )
    goods_value = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        attribute="goods_value_fen",
        metadata={"description": "Currency -> hundredths."},
    )


class PreviewAnswer(Answer):
    """预览: what committing would do; the counts add up to the rows read."""

    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rows_read = fields.Integer()
    shipments = fields.Integer()
    estimate_fen = fields.Integer(allow_none=True)


class FaultAnswer(FileProblemAnswer):
    """问题归类."""

    field = fields.String(allow_none=True)
    column = fields.String(attribute="column_letter", allow_none=True)
    count = fields.Integer()


class ManifestOne(ManifestAnswer):
    """发运明细表，附预览."""

    held_by = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={
            "description": "Checked, but left to a person: row state (or `file`) -> how many."
        },
    )
    stuck = fields.Boolean(metadata={"description": "Its background work failed for good."})
    actions = fields.List(fields.String())
    kind = fields.String(allow_none=True)
    encoding = fields.String(allow_none=True)
    columns = fields.List(fields.Nested(ColumnAnswer))
    preview = fields.Nested(PreviewAnswer, allow_none=True)
    control = fields.Nested(ControlAnswer, allow_none=True)
    further = fields.List(fields.Nested(FurtherAnswer))
    changed = fields.List(fields.Nested(ChangedAnswer))
    waiting = fields.Integer(metadata={"description": "Rows that wait to be confirmed."})
    replaces = fields.Nested(ReplacesAnswer, allow_none=True)
    replaced_by = fields.List(fields.Integer())
    withdrawal = fields.Nested(WithdrawalAnswer, allow_none=True)
    faults = fields.List(fields.Nested(FaultAnswer))
    problems = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "By severity."}
    )


class CellAnswer(FileProblemAnswer):
    """问题: where it is, what is wrong, how to mend it."""

    sheet = fields.String(allow_none=True)
    row = fields.Integer(attribute="row_no", allow_none=True)
    column = fields.String(attribute="column_letter", allow_none=True)
    field = fields.String(allow_none=True)
    value = fields.String(allow_none=True)


class RowAnswer(Answer):
    """清单行: with the one state it ended in."""

    sheet = fields.String()
    row = fields.Integer(attribute="row_no")
    state = fields.String()
    reason = fields.String()
    unit_key = fields.String(allow_none=True)
    values = fields.Dict(attribute="fields", keys=fields.String(), allow_none=True)


@blp.listing("", "发运明细表列表", ManifestAnswer, ManifestsAsked)
@policy.may("see_manifests")
def listed(pages: Pages) -> list[Manifest]:
    """The uploads, newest first."""
    return part(manifests.filtered(context.user()).order_by(Manifest.id.desc()), pages)


@blp.writing(
    "",
    "上传发运明细表",
    ManifestOne,
    UploadBody,
    status=201,
    location="files",
    asks=UploadAsked,
)
@policy.may("upload_manifest")
def upload(body: Mapping[str, Any], asked: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Upload a file; it is read and checked in the background.

    With `?commit=when_clean` it goes in by itself if every row is new or unchanged and nothing has
    to be asked; otherwise it stays `checked`, and `held_by` says what a person has to look at. The
    same bytes again are refused with 409, and `values.number` is the earlier upload: nothing counts
    twice, so a push may be repeated until it is answered.
    """
    wish = asked["commit"] == "when_clean"
    file = body["file"]
    taken = uploads.take_in(file.filename or "", file.stream, source="api", commits_itself=wish)
    return made(one_of(taken.id), "manifests", taken.id)


@blp.reading("/<int:key>", "一份明细表：进度、问题、预览、测算", ManifestOne)
@policy.may("see_manifests")
def one(key: int) -> Any:  # noqa: ANN401  an answer, with when to ask again
    """One upload: progress, how it was understood, problems, preview and estimate.

    While it is read or committed, `Retry-After` says in how many seconds to ask again.
    """
    found = one_of(key)
    return found, {"Retry-After": RETRY_SECONDS} if found["state"] in manifests.BUSY else {}


@blp.listing("/<int:key>/problems", "问题清单", CellAnswer, ProblemsAsked)
@policy.may("see_manifests")
def problem_list(key: int, pages: Pages) -> list[problems.Cell]:
    """Every problem with its row, column, value, message and remedy."""
    found = part(manifests.problems_of(_found(key)), pages)
    return [problems.said(one) for one in found]


@blp.listing("/<int:key>/rows", "逐行状态", RowAnswer, RowsAsked)
@policy.may("see_manifests")
def row_list(key: int, pages: Pages) -> list[Mapping[str, Any]]:
    """Every row of the file with the one state it ended in."""
    return [
        {
            "sheet": row.sheet,
            "row_no": row.row_no,
            "state": row.state,
            "reason": problems.why(row.reason),
            "unit_key": row.unit_key,
            "fields": row.fields,
        }
        for row in part(manifests.rows_of(_found(key)), pages)
    ]


@blp.file("/<int:key>/file", "下载原始文件", "application/octet-stream")
@policy.may("see_manifests")
def original(key: int) -> Response:
    """The bytes as they were uploaded."""
    return manifests.bytes_of(key)


@blp.file("/template", "下载模板", downloads.BOOK_TYPE)
@policy.may("upload_manifest")
def template() -> Response:
    """The template workbook to fill, in the language that is asked for."""
    return manifest_files.template_book()


@blp.file("/<int:key>/failing", "下载待改行", downloads.BOOK_TYPE)
@policy.may("see_manifests")
def failing(key: int) -> Response:
    """The rows that stay out until they are mended, in the file's own columns; 404 without any."""
    return manifest_files.failing_book(key)


@blp.listing("/<int:key>/answers", "回答记录", GivenAnswer)
@policy.may("see_manifests")
def answer_list(key: int, pages: Pages) -> list[ManifestAnswerRow]:
    """Every answer ever given about the upload, the newest first."""
    return part(answer_steps.every(_found(key)), pages)


@blp.writing("/<int:key>/answers", "回答一个问题并重新读取", ManifestOne, AnswerBody, status=202)
@policy.may("upload_manifest")
def answer(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Answer one question about the file; it is read again in the background."""
    answers.keep(key, lambda _db, _found: [as_given(body)])
    return one_of(key)


@blp.writing("/<int:key>/commit", "入库", ManifestOne, status=202)
@policy.may("upload_manifest")
def commit(key: int) -> Mapping[str, Any]:
    """Ask for the good rows to go in; done in the background."""
    manifests.press("commit", key)
    return one_of(key)


@blp.writing("/<int:key>/withdraw", "撤回", ManifestOne)
@policy.may("upload_manifest")
def withdraw(key: int) -> Mapping[str, Any]:
    """Take the upload back; nothing is deleted.

    At once where it does not count yet; a committed one in the background, `withdrawal` says how
    far that is. 409 names the shipments whose money has been applied for.
    """
    manifests.press("withdraw", key)
    return one_of(key)


def _found(key: int) -> Manifest:
    return access.see(context.session(), access.visible_manifests(context.user()), key)


def one_of(key: int) -> Mapping[str, Any]:
    """One visible upload with all that the page says of it."""
    session, user, found = context.session(), context.user(), _found(key)
    seen = found.reading is not None
    reading = found.reading or {}
    plain = {name: getattr(found, name) for name in ManifestAnswer().fields if hasattr(found, name)}
    return {
        **plain,
        "user": found.user,
        "held_by": by_itself.held_by(session, found) if found.state == "checked" else {},
        "stuck": manifests.stuck(session, found),
        "actions": manifests.actions(user, found),
        "kind": reading.get("kind"),
        "encoding": reading.get("encoding"),
        "columns": previews.columns(found),
        "preview": steps.preview_of(session, found) if seen else None,
        "control": previews.sums(session, found) if seen else None,
        "further": further.sheets(session, found),
        "changed": changes.first(session, found),
        "waiting": asked.count(session, confirmations.waiting(found)),
        "replaces": withdrawals.replacing(session, found),
        "replaced_by": [one.id for one in replacement.successors(session, found)],
        "withdrawal": withdrawal.asked(session, found),
        "faults": problems.faults(session, found) if seen else [],
        "problems": problems.by_severity(session, found),
    }
