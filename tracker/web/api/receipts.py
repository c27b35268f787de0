"""Receipts 测算说明单: made of what stands now, listed, and read with their whole content."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker.models.receipts import RECEIPT_KINDS, Receipt
from tracker.web import context, downloads, policy, receipts
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import MOST_KEY, Answer, Asked, Body, Text, Whole, Word

blp = Noun(
    "receipts", "测算说明单", "What stood computed at a link of the chain; no ground for payment."
)


class ReceiptsAsked(Asked):
    """Filters."""

    kind = Word(*RECEIPT_KINDS)
    q = Text(80)


class ReceiptBody(Body):
    """What to tell of."""

    kind = Word(*RECEIPT_KINDS, required=True)
    of = Whole(
        0,
        MOST_KEY,
        load_default=0,
        metadata={
            "description": "Id of the shipment, the matter, the application, or (offices) the firm."
        },
    )
    year = Whole(0, 9999, load_default=0, metadata={"description": "Of departure: a firm's year."})


class ReceiptAnswer(Answer):
    """测算说明单."""

    id = fields.Integer()
    code = fields.String()
    kind = fields.String()
    title = fields.String()
    firm = fields.String(attribute="firm.name")
    seq = fields.Integer()
    total_fen = fields.Integer()
    sha256 = fields.String()
    made_at = fields.AwareDateTime()
    is_sample = fields.Boolean()


class ReceiptOne(ReceiptAnswer):
    """测算说明单，附全部内容."""

    content = fields.Dict(keys=fields.String())


@blp.listing("", "说明单列表", ReceiptAnswer, ReceiptsAsked)
@policy.may("see_receipts")
def listed(pages: Pages) -> list[Receipt]:
    """The receipts of one's own office, newest first."""
    query = receipts.filtered(context.user())
    return part(query.order_by(Receipt.id.desc()), pages)


@blp.writing("", "出具说明单", ReceiptOne, ReceiptBody, status=201)
@policy.may("issue_receipt")
def issue(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Make a receipt of a shipment, a matter, an application or a firm's year, as it stands now."""
    key = receipts.make(body["kind"], body["of"], body["year"])
    return made(receipts.seen(key), "receipts", key)


@blp.reading("/<int:key>", "一份说明单的全部内容", ReceiptOne)
@policy.may("see_receipts")
def one(key: int) -> Receipt:
    """One receipt; its hash is that of the content as canonical JSON."""
    return receipts.seen(key)


@blp.file("/<int:key>/pdf", "下载 PDF", downloads.PDF_TYPE)
@policy.may("see_receipts")
def pdf_file(key: int) -> Response:
    """The paper, in the language that is asked for."""
    return receipts.pdf_file(key)


@blp.file("/<int:key>/xlsx", "下载 Excel", downloads.BOOK_TYPE)
@policy.may("see_receipts")
def book_file(key: int) -> Response:
    """The workbook, in the language that is asked for."""
    return receipts.book_file(key)
