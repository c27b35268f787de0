"""Near pairs 疑似重复: shipments that may be one trip, and what leagues found them to be."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker import access
from tracker.access.near_pairs import visible_near_pairs
from tracker.models.near_pairs import REASONS, VERDICTS
from tracker.web import batches, context, near_pairs, policy
from tracker.web.api.batches import AnsweredAnswer
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    FirmAnswer,
    Key,
    LeagueAnswer,
    Length,
    Sha256,
    Text,
    Word,
)

blp = Noun(
    "near_pairs",
    "疑似重复",
    "Shipments that may be one trip: they hold applications until cleared.",
    under="near-pairs",
)
OPEN_SIDE = {"description": "Null of a side that is another league's, or in none yet."}


class PairsAsked(Asked):
    """Filters."""

    state = Word(*near_pairs.STATES)
    q = Text(80, metadata={"description": "Part of the number, or of a plate or box."})


class GroundAnswer(Answer):
    """缘由: a number that both bear, or that is one character away."""

    kind = fields.String(metadata={"enum": list(near_pairs.KINDS)})
    first = fields.String()
    second = fields.String()


class SideAnswer(Answer):
    """一方: of another league's only the day, its league and what the pair was found by."""

    shipment_id = fields.Integer(allow_none=True, metadata=OPEN_SIDE)
    label = fields.String(allow_none=True, metadata=OPEN_SIDE)
    firm = fields.Nested(FirmAnswer, allow_none=True, metadata=OPEN_SIDE)
    league = fields.Nested(LeagueAnswer, allow_none=True)
    departure_date = fields.Date()
    said = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Kind of number -> what the side says."},
    )
    gross_weight_g = fields.Integer(allow_none=True, metadata=OPEN_SIDE)
    packages = fields.Integer(allow_none=True, metadata=OPEN_SIDE)


class VerdictAnswer(Answer):
    """核实: what a league found last."""

    league = fields.String(attribute="league.code")
    verdict = fields.String()
    reason_code = fields.String()
    reason = fields.String()
    login = fields.String(attribute="user.login")
    said_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry."})


class PairAnswer(Answer):
    """疑似重复: two shipments side by side."""

    id = fields.Integer()
    code = fields.String()
    state = fields.String(
        metadata={"description": "`open`, `same` (holds) or `apart` (cleared), for one's league."}
    )
    standing = fields.Boolean(
        metadata={"description": "False once a side has changed: nothing is held by it then."}
    )
    grounds = fields.List(fields.Nested(GroundAnswer))
    first = fields.Nested(SideAnswer)
    second = fields.Nested(SideAnswer)
    verdicts = fields.List(fields.Nested(VerdictAnswer))
    shown_sha256 = fields.String(
        metadata={"description": "Hash of both sides, to bring back with the verdict."}
    )
    found_at = fields.AwareDateTime()
    seq = fields.Integer(metadata={"description": "Sequence of the entry that tells of it."})


class PairBody(Body):
    """One pair: its key, the hash that was shown, and its own reason where it has one."""

    id = Key(required=True)
    shown_sha256 = Sha256(required=True)
    reason_code = Word("", *REASONS, load_default="")
    reason = Text(300, load_default="")


class JudgeBody(Body):
    """What all of the pairs are, and the reason of those that bring none of their own."""

    verdict = Word(
        *VERDICTS,
        required=True,
        metadata={"description": "`apart`: two trips, cleared; `same`: one trip, held still."},
    )
    items = fields.List(
        fields.Nested(PairBody), required=True, validate=Length(min=1, max=batches.MOST)
    )
    reason_code = Word("", *REASONS, load_default="")
    reason = Text(300, load_default="")


class NearJudgedAnswer(Answer):
    """核实结果: one answer for each pair, in the order in which they were sent."""

    done = fields.Integer(metadata={"description": "How many of them are done."})
    answers = fields.List(fields.Nested(AnsweredAnswer))


@blp.listing("", "疑似重复列表", PairAnswer, PairsAsked)
@policy.may("see_contests")
def listed(pages: Pages) -> list[dict[str, Any]]:
    """The pairs that stand and that one may see, the newest first."""
    user = context.user()
    found = part(near_pairs.filtered(user), pages)
    return [_told(one) for one in near_pairs.told(context.session(), user, found)]


@blp.reading("/<int:key>", "一对疑似重复", PairAnswer)
@policy.may("see_contests")
def one(key: int) -> dict[str, Any]:
    """One pair, also one of which a side has changed since."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_near_pairs(user), key)
    (shown,) = near_pairs.told(session, user, [found])
    return _told(shown)


@blp.writing("/verdicts", "核实疑似重复", NearJudgedAnswer, JudgeBody)
@policy.may("judge_pair")
def judge(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say of each pair what it is, one transaction a pair; each answers, none is skipped.

    The status is 200 also where some are refused: look at each `outcome`, which is `done`,
    `refused`, `needs_reason` or `failed`.
    """
    wanted = [
        batches.Wanted(
            said["id"],
            said["shown_sha256"],
            said["reason_code"] or body["reason_code"],
            said["reason"] or body["reason"],
        )
        for said in body["items"]
    ]
    answers = near_pairs.judge_each(wanted, body["verdict"])
    return {"done": sum(said.outcome == "done" for said in answers), "answers": answers}


def _told(shown: near_pairs.Shown) -> dict[str, Any]:
    pair = shown.pair
    return {
        **{name: getattr(pair, name) for name in ("id", "code", "shown_sha256", "found_at", "seq")},
        **{name: getattr(shown, name) for name in ("state", "standing", "verdicts")},
        "grounds": [
            dict(zip(("kind", "first", "second"), ground, strict=True)) for ground in pair.grounds
        ],
        "first": _side(shown.first),
        "second": _side(shown.second),
    }


def _side(side: near_pairs.Side) -> dict[str, Any]:
    one = side.shipment
    grams, packages = side.goods or (None, None)
    return {
        "shipment_id": one.id if side.open else None,
        "label": one.label if side.open else None,
        "firm": one.firm if side.open else None,
        "league": one.league,
        "departure_date": one.departure_date,
        "said": side.said,
        "gross_weight_g": grams,
        "packages": packages,
    }
