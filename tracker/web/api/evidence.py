"""Evidence 佐证材料: upload, describe, attach, take off, withdraw, download; what still lacks."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker.models.evidence import EVIDENCE_KINDS, EVIDENCE_SUBJECTS, Evidence, EvidenceLink
from tracker.steps import evidence as steps
from tracker.steps import evidence_links, finding
from tracker.steps.evidence import Told
from tracker.steps.evidence_links import Subject
from tracker.web import context, evidence, evidence_uploads, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    Fen,
    FileField,
    FirmAnswer,
    Key,
    LeagueAnswer,
    Lines,
    Text,
    Word,
)
from tracker.web.api.upload_shapes import WithdrawBody

blp = Noun("evidence", "佐证材料", "Files that prove what is stated, and what they belong to.")


class EvidenceAsked(Asked):
    """Filters."""

    kind = Word(*EVIDENCE_KINDS)
    state = Word(*evidence.STATES)
    q = Text(80)


class EvidenceFile(Body):
    """A file; it is of kind `other` until its details say more."""

    file = FileField(required=True)


class DetailsBody(Body):
    """What is said of a file; the total is in hundredths of the currency."""

    kind = Word(*EVIDENCE_KINDS, required=True)
    document_no = Text(60, load_default="")
    total_fen = Fen(1, load_default=None, allow_none=True)
    currency = Text(3, load_default="")
    note = Text(300, load_default="")


class LinkBody(Body):
    """One thing by kind and id, or shipments by their numbers or their manifest."""

    subject_kind = Word(*EVIDENCE_SUBJECTS, load_default=None, allow_none=True)
    subject_id = Key(load_default=None, allow_none=True)
    part_fen = Fen(load_default=None, allow_none=True)
    numbers = Lines(100_000, load_default="")
    manifest = Key(load_default=None, allow_none=True)
    split = Word(*finding.SPLITS, load_default="none")


class EvidenceAnswer(Answer):
    """佐证材料."""

    id = fields.Integer(attribute="evidence.id")
    kind = fields.String(attribute="evidence.kind")
    file_name = fields.String(attribute="evidence.file_name")
    content = fields.String(
        attribute="evidence.content", metadata={"description": "What the bytes are."}
    )
    sha256 = fields.String(attribute="evidence.sha256")
    size_bytes = fields.Integer(attribute="evidence.size_bytes")
    notices = fields.List(fields.String(), attribute="evidence.notices")
    document_no = fields.String(attribute="evidence.document_no")
    total_fen = fields.Integer(attribute="evidence.total_fen", allow_none=True)
    currency = fields.String(attribute="evidence.currency")
    note = fields.String(attribute="evidence.note")
    firm = fields.Nested(FirmAnswer, attribute="evidence.firm", allow_none=True)
    league = fields.Nested(LeagueAnswer, attribute="evidence.league", allow_none=True)
    added_at = fields.AwareDateTime(attribute="evidence.added_at")
    added_by = fields.String(attribute="evidence.user.name")
    withdrawn_at = fields.AwareDateTime(attribute="evidence.withdrawn_at", allow_none=True)
    withdrawn_reason = fields.String(attribute="evidence.withdrawn_reason")


class EvidenceLinkAnswer(Answer):
    """佐证关系."""

    id = fields.Integer()
    subject_kind = fields.String()
    subject_id = fields.Integer()
    part_fen = fields.Integer(allow_none=True)
    linked_at = fields.AwareDateTime()


class EvidenceOne(EvidenceAnswer):
    """佐证材料，附分摊."""

    parts_fen = fields.Integer(metadata={"description": "What the standing parts come to."})


@blp.listing("", "佐证材料列表", EvidenceAnswer, EvidenceAsked)
@policy.may("see_evidence")
def listed(pages: Pages) -> list[Mapping[str, Evidence]]:
    """The files one may see, newest first."""
    found = part(evidence.filtered(context.user()).order_by(Evidence.id.desc()), pages)
    return [{"evidence": one} for one in found]


@blp.writing("", "上传佐证材料", EvidenceOne, EvidenceFile, status=201, location="files")
@policy.may("add_evidence")
def upload(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Upload a file; the same bytes again answer with the earlier one."""
    sent = body["file"]
    taken, _ = evidence_uploads.take_in(sent.filename or "", sent.stream, Told("other"))
    return made(_one(taken.id), "evidence", taken.id)


@blp.reading("/<int:key>", "一份佐证材料", EvidenceOne)
@policy.may("see_evidence")
def one(key: int) -> Mapping[str, Any]:
    """One file: what it is, and how much of its total is split."""
    return _one(key)


@blp.file("/<int:key>/file", "下载佐证材料", "application/octet-stream")
@policy.may("see_evidence")
def file(key: int) -> Response:
    """The bytes as they were uploaded."""
    response = evidence.bytes_of(key)
    response.headers["Content-Type"] = "application/octet-stream"
    return response


@blp.listing("/<int:key>/links", "佐证关系列表", EvidenceLinkAnswer)
@policy.may("see_evidence")
def link_list(key: int, pages: Pages) -> list[EvidenceLink]:
    """What it belongs to, as far as one may see."""
    return part(evidence.links_seen(context.user(), evidence.the_file(key)), pages)


@blp.writing("/<int:key>/details", "填写佐证材料说明", EvidenceOne, DetailsBody, method="PUT")
@policy.may("add_evidence")
def describe(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Say what the file is; a correction is an audit event."""
    evidence.keep_told(key, steps.Told(**body))
    return _one(key)


@blp.writing("/<int:key>/links", "关联佐证材料", EvidenceOne, LinkBody)
@policy.may("add_evidence")
def link(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Attach the file; the parts of an invoice never exceed its total."""
    wanted = []
    if body["subject_kind"] and body["subject_id"]:
        wanted = [Subject(body["subject_kind"], body["subject_id"], body["part_fen"])]
    evidence.attach(
        key, wanted, text=body["numbers"], manifest=body["manifest"] or 0, how=body["split"]
    )
    return _one(key)


@blp.writing("/links/<int:key>/remove", "取消关联", EvidenceOne)
@policy.may("add_evidence")
def unlink(key: int) -> Mapping[str, Any]:
    """Take the file off one thing; the key is the link's."""
    return _one(evidence.detach(key))


@blp.writing("/<int:key>/withdraw", "撤回佐证材料", EvidenceOne, WithdrawBody)
@policy.may("add_evidence")
def withdraw(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Take the file back with a reason; it stays in the archive."""
    evidence.take_back(key, body["reason"])
    return _one(key)


def _one(key: int) -> Mapping[str, Any]:
    found = evidence.the_file(key)
    return {"evidence": found, "parts_fen": evidence_links.parts_sum(context.session(), found)}
