"""Batches 批量办理: one step on each of several things, each answering by itself."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.steps import flow
from tracker.steps.kinds import SUBJECTS
from tracker.web import batches, context, policy
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import Answer, Body, Key, Length, Sha256, Text, Word, names

blp = Noun("batches", "批量办理", "One step on each of several things.")

STEPS = tuple(dict.fromkeys(name for kind in SUBJECTS for name in names(kind)))


class ChosenAnswer(Answer):
    """可办事项: what waits for a step, and the hash to bring back with the decision."""

    id = fields.Integer(attribute="key")
    code = fields.String()
    state = fields.String()
    amount_fen = fields.Integer(
        allow_none=True,
        metadata={"description": "What it comes to; none where it moves no money of its own."},
    )
    steps = fields.List(fields.String(), attribute="offer.names")
    shown_sha256 = fields.String(attribute="offer.shown_sha256")
    barred = fields.Boolean(
        attribute="offer.barred",
        metadata={"description": "A step waits that one's own earlier step bars one from."},
    )


class WantedBody(Body):
    """One thing: its key, the hash of what was shown of it, and its own reason where it has one."""

    id = Key(required=True)
    shown_sha256 = Sha256(required=True)
    reason_code = Word("", *flow.REASON_CODES, load_default="")
    reason = Text(300, load_default="")


class BatchBody(Body):
    """The step, the things, and the reason of all that bring none of their own."""

    step = Word(*STEPS, required=True)
    items = fields.List(
        fields.Nested(WantedBody), required=True, validate=Length(min=1, max=batches.MOST)
    )
    reason_code = Word("", *flow.REASON_CODES, load_default="")
    reason = Text(300, load_default="")
    fund = Text(60, metadata={"description": "For `allocate`: document number of the fund."})


class AnsweredAnswer(Answer):
    """逐项答复: what became of one thing."""

    id = fields.Integer(attribute="key")
    code = fields.String(metadata={"description": "Empty where it is not there, or not one's own."})
    outcome = fields.String(metadata={"enum": list(batches.OUTCOMES)})
    message = fields.String(metadata={"description": "Why it is not done; empty where it is."})
    mend = fields.String()
    state_after = fields.String(metadata={"description": "Empty where it is not done."})
    seq = fields.Integer(
        allow_none=True, metadata={"description": "Sequence of the ledger entry the step wrote."}
    )


class BatchAnswer(Answer):
    """批量办理结果: one answer for each thing, in the order in which they were sent."""

    done = fields.Integer(metadata={"description": "How many of them are done."})
    answers = fields.List(fields.Nested(AnsweredAnswer))


@blp.listing("/<kind>", "可批量办理的事项", ChosenAnswer)
@policy.only(*batches.TAKERS)
def waits(kind: str, pages: Pages) -> list[batches.Chosen]:
    """What waits for a step of one's own role in this flow (`application`, `filing`, …)."""
    query = batches.waits(kind)
    return batches.each_chosen(context.session(), kind, part(query, pages))


@blp.writing("/<kind>", "逐项办理同一环节", BatchAnswer, BatchBody)
@policy.only(*batches.TAKERS)
def take(body: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Take one step on each thing, one transaction a thing; each answers, none is skipped.

    The status is 200 also where some are refused: look at each `outcome`, which is `done`,
    `refused`, `needs_reason` or `failed`.
    """
    wanted = [
        batches.Wanted(
            one["id"],
            one["shown_sha256"],
            one["reason_code"] or body["reason_code"],
            one["reason"] or body["reason"],
        )
        for one in body["items"]
    ]
    asked = batches.DETAILS.get((kind, body["step"]), ())
    detail = {name: body[name] for name in asked if name in body}
    answers = batches.take_each(kind, body["step"], wanted, detail)
    return {"done": sum(one.outcome == "done" for one in answers), "answers": answers}
