"""Cross-checks 数据比对: upload with what is stated, list, results, rows, columns, withdraw."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from ingest.answers import Answer as Said
from tracker.models.cross_checks import (
    CROSS_FILE_STATES,
    CROSS_MODES,
    CROSS_OUTCOMES,
    CROSS_SOURCES,
    CrossCheckAnswer,
    CrossCheckFile,
    CrossCheckRow,
)
from tracker.steps import cross_checks as steps
from tracker.web import asked, context, cross_files, cross_problems, cross_views, policy
from tracker.web.api.answer_shapes import AnswerBody, GivenAnswer, as_given
from tracker.web.api.cross_shapes import CrossResultAnswer
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    Day,
    FileField,
    LeagueAnswer,
    Text,
    Word,
)
from tracker.web.api.upload_shapes import FileProblemAnswer, UploadAnswer, WithdrawBody

MOST_ANSWERS = 200
blp = Noun(
    "cross_checks",
    "数据比对",
    "Data of customs, ports and railways, held against the shipments; no amount follows from it.",
    under="cross-checks",
)


class FilesAsked(Asked):
    """Filters."""

    state = Word(*CROSS_FILE_STATES)
    source = Word(*CROSS_SOURCES)


class ResultsAsked(Asked):
    """Filters."""

    outcome = Word(*CROSS_OUTCOMES)


class RowsAsked(Asked):
    """Filters."""

    state = Word(*cross_views.ROW_STATES)


class CrossUpload(Body):
    """Their file as it is."""

    file = FileField(required=True)


class StatedAsked(Asked):
    """What is stated of the file: whose data it is, and what it covers."""

    source = Word(*CROSS_SOURCES, required=True)
    source_name = Text(100, least=1, required=True)
    document_no = Text(60, load_default="")
    first_day = Day(required=True)
    last_day = Day(required=True)
    mode = Word(*CROSS_MODES, load_default="")
    port = Text(4, load_default="", metadata={"description": "Customs office; blank for several."})


class AnswersBody(Body):
    """What columns mean, where the headings stand and how cells are read; all read at once.

    Of kind sheet, header, column or reading; about the sheet that is read where none is named.
    """

    answers = fields.List(
        fields.Nested(AnswerBody), required=True, validate=validate.Length(1, MOST_ANSWERS)
    )


class CrossFileAnswer(UploadAnswer):
    """数据比对文件."""

    league = fields.Nested(LeagueAnswer, allow_none=True)
    source = fields.String()
    source_name = fields.String()
    document_no = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    mode = fields.String()
    port = fields.String()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String()


class OfferedAnswer(Answer):
    """可选的回答."""

    kind = fields.String()
    sheet = fields.String()
    column = fields.String()
    field = fields.String()
    code = fields.String()
    value = fields.String()


class CrossProblemAnswer(FileProblemAnswer):
    """一类问题."""

    column = fields.String()
    field = fields.String()
    count = fields.Integer()
    rows = fields.List(fields.Integer(), metadata={"description": "The first of them."})
    answers = fields.List(
        fields.Nested(OfferedAnswer), metadata={"description": "Either can be sent back as it is."}
    )


class CrossFileOne(Answer):
    """一份数据比对文件：怎样读懂、结果合计."""

    file = fields.Nested(CrossFileAnswer)
    understood = fields.Dict(keys=fields.String())
    problems = fields.List(fields.Nested(CrossProblemAnswer))
    outcomes = fields.Dict(keys=fields.String(), values=fields.Integer())
    rows = fields.Dict(keys=fields.String(), values=fields.Integer())


class CrossRowAnswer(Answer):
    """第三方数据行."""

    row = fields.Integer()
    state = fields.String()
    shipment_id = fields.Integer(allow_none=True)
    values = fields.Dict(keys=fields.String(), values=fields.String())
    unread = fields.List(fields.String())


@blp.listing("", "数据比对文件列表", CrossFileAnswer, FilesAsked)
@policy.may("see_cross_files")
def listed(pages: Pages) -> list[CrossCheckFile]:
    """The files of one's own office, newest first."""
    query = cross_files.filtered(context.user())
    return part(query.order_by(CrossCheckFile.id.desc()), pages)


@blp.writing(
    "",
    "上传数据比对文件",
    CrossFileAnswer,
    CrossUpload,
    status=201,
    location="files",
    asks=StatedAsked,
)
@policy.may("upload_cross_check")
def upload(body: Mapping[str, Any], stated: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Upload somebody else's file with what it covers."""
    sent = body["file"]
    taken = cross_files.take_in(sent.filename or "", sent.stream, stated)
    return made(taken, "cross-checks", taken.id)


@blp.reading("/<int:key>", "一份数据比对文件", CrossFileOne)
@policy.may("see_cross_files")
def one(key: int) -> Mapping[str, Any]:
    """One file: how it was understood, its problems, and the sums of its results."""
    return _one(key)


@blp.listing("/<int:key>/results", "比对结果", CrossResultAnswer, ResultsAsked)
@policy.may("see_cross_files")
def result_list(key: int, pages: Pages) -> list[cross_views.ResultView]:
    """What it says of each shipment that one may see; those that differ first."""
    session, user = context.session(), context.user()
    found = cross_files.the_file(key)
    query = cross_views.results(user, found, asked.one_of("outcome", CROSS_OUTCOMES))
    return cross_views.views(session, user, part(query, pages))


@blp.listing("/<int:key>/rows", "第三方数据行", CrossRowAnswer, RowsAsked)
@policy.may("see_cross_files")
def row_list(key: int, pages: Pages) -> list[Mapping[str, Any]]:
    """Its rows as they were read, and the shipment each names."""
    session, user = context.session(), context.user()
    found = cross_files.the_file(key)
    query = cross_views.rows(session, user, found, asked.one_of("state", cross_views.ROW_STATES))
    rows: list[CrossCheckRow] = part(query, pages)
    told = cross_views.states_of(session, user, found, rows)
    return [
        {
            "row": row.row_no,
            "state": state,
            "shipment_id": named.id if named else None,
            "values": row.fields,
            "unread": row.unread,
        }
        for row in rows
        for state, named in (told[row.id],)
    ]


@blp.file("/<int:key>/original", "下载数据比对文件", "application/octet-stream")
@policy.may("see_cross_files")
def original(key: int) -> Response:
    """The bytes as they were uploaded."""
    return cross_files.bytes_of(key)


@blp.listing("/<int:key>/answers", "比对文件的回答记录", GivenAnswer)
@policy.may("see_cross_files")
def answer_list(key: int, pages: Pages) -> list[CrossCheckAnswer]:
    """Every answer ever given about the file, the newest first."""
    return part(steps.every_answer(cross_files.the_file(key)), pages)


@blp.writing(
    "/<int:key>/answers", "指明列的含义与读法并重新读取", CrossFileOne, AnswersBody, status=202
)
@policy.may("upload_cross_check")
def answer(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say what columns mean and how they are read; the file is read again in the background."""

    def given(db: Session, file: CrossCheckFile) -> list[Said]:
        reading = steps.newest_reading(db, file)
        read = str(reading.understood["sheet"]) if reading else ""
        named = (one["value"] for one in body["answers"] if one["kind"] == "sheet")
        sheet = next(named, read)
        return [as_given(one, sheet) for one in body["answers"]]

    cross_files.answer(key, given)
    return _one(key)


@blp.writing("/<int:key>/withdraw", "撤回数据比对文件", CrossFileOne, WithdrawBody)
@policy.may("upload_cross_check")
def withdraw(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Take the file back with a reason; it stays in the archive and tells nothing any more."""
    cross_files.withdraw(key, body["reason"])
    return _one(key)


def _one(key: int) -> Mapping[str, Any]:
    session, user = context.session(), context.user()
    found = cross_files.the_file(key)
    reading = steps.newest_reading(session, found)
    counts = cross_views.counts(session, user, found)
    return {
        "file": found,
        "understood": reading.understood if reading else {},
        "problems": cross_problems.told(reading) if reading else [],
        "outcomes": counts.outcomes,
        "rows": counts.rows,
    }
