"""Ledger 台账: the entries one may see, one with its postings and its link, and the head."""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.access.ledger import visible_entries
from tracker.books import ledger
from tracker.errors import NotThere, mark
from tracker.models.money import Entry
from tracker.models.people import User
from tracker.web import books, context, policy
from tracker.web.api.nouns import FURTHEST, Noun, Pages, part
from tracker.web.api.shape import Answer, Asked, Day, Text, Word

blp = Noun("ledger", "台账", "Every move of every fen, in a chain of hashes.")


class EntriesAsked(Asked):
    """Filters."""

    kind = Word(*books.KINDS, *books.OWN_KINDS)
    firm = Text(80)
    league = Text(6)
    item = Text(80)
    first = Day(data_key="from")
    last = Day(data_key="to")


class EntryAnswer(Answer):
    """分录."""

    seq = fields.Integer(attribute="entry.seq")
    kind = fields.String(attribute="entry.kind")
    label = fields.String()
    cause = fields.String()
    business_date = fields.Date(attribute="entry.business_date")
    recorded_at = fields.AwareDateTime(attribute="entry.recorded_at")
    actor = fields.String(metadata={"description": "Empty where it was another firm."})
    posting_count = fields.Integer(attribute="entry.posting_count")
    visible_count = fields.Integer(metadata={"description": "How many of them one may see."})
    visible_fen = fields.Integer(metadata={"description": "The money these move."})
    body_sha256 = fields.String(attribute="entry.body_sha256")
    previous_hash = fields.String(attribute="entry.previous_hash")
    hash = fields.String(attribute="entry.hash")


class PostingAnswer(Answer):
    """记账行."""

    line_no = fields.Integer()
    unit = fields.String()
    source_stage = fields.String()
    target_stage = fields.String()
    owner = fields.String()
    amount_fen = fields.Integer()
    item = fields.String()
    shipment_id = fields.Integer(allow_none=True)
    matter_id = fields.Integer(allow_none=True)
    label = fields.String()
    reason = fields.String()


class EntryOne(EntryAnswer):
    """分录，附记账行."""

    postings = fields.List(fields.Nested(PostingAnswer))
    body = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "What was hashed; null where it speaks of others too."},
    )


class HeadAnswer(Answer):
    """链首: an anchor to print and compare."""

    seq = fields.Integer()
    hash = fields.String()


@blp.listing("/entries", "分录列表", EntryAnswer, EntriesAsked)
@policy.may("see_ledger")
def entries(pages: Pages) -> list[Mapping[str, Any]]:
    """The entries one may see, newest first."""
    session, user = context.session(), context.user()
    found = part(books.entries(user, books.asked_now()).order_by(Entry.seq.desc()), pages)
    counts = books.visible_count(session, user, [one.id for one in found])
    return [_said(user, one, counts.get(one.id, (0, 0))) for one in found]


@blp.reading("/entries/<int:seq>", "一笔分录：记账行与哈希链", EntryOne)
@policy.may("see_ledger")
def entry(seq: int) -> Mapping[str, Any]:
    """One entry: what caused it, what it moved as far as one may see, and its link."""
    session, user = context.session(), context.user()
    query = visible_entries(user).where(Entry.seq == min(seq, FURTHEST))
    found = session.scalar(query)
    if found is None:
        raise NotThere(
            mark("There is no such thing, or it is not yours to see."),
            mark("Go back to the list and choose again."),
        )
    count = books.visible_count(session, user, [found.id]).get(found.id, (0, 0))
    shown = books.body_is_open(user, found, count[0])
    return {
        **_said(user, found, count),
        "postings": books.lines(session, user, [found.id])[found.id],
        "body": json.loads(found.body) if shown else None,
    }


@blp.reading("/head", "链首", HeadAnswer)
@policy.may("see_ledger")
def head() -> ledger.Head:
    """The newest link of the chain."""
    return ledger.head(context.session())


def _said(user: User, one: Entry, count: tuple[int, int]) -> dict[str, Any]:
    return {
        "entry": one,
        "label": books.kind_label(one.kind),
        "cause": books.cause(user, one),
        "actor": books.actor(user, one),
        "visible_count": count[0],
        "visible_fen": count[1],
    }
