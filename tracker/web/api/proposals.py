"""Proposals 线路建议: changes to the network that leagues and Commerce ask for."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from ingest.network import exchange
from tracker import access
from tracker.access.proposals import visible_proposals
from tracker.errors import mark
from tracker.models.filings import Decision
from tracker.models.proposals import PROPOSAL_STATES, Proposal
from tracker.steps import networks
from tracker.steps import proposals as steps
from tracker.web import acting, context, policy, proposals, proposing
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    LeagueAnswer,
    Spoken,
    StepBody,
    TakenAnswer,
    Text,
    Word,
    names,
)

blp = Noun("proposals", "线路建议", "Changes to the network; an approved one becomes a version.")


class ProposalsAsked(Asked):
    """Filters."""

    state = Word(*PROPOSAL_STATES)
    league = Text(6)


class NetworkFile(Spoken, fields.Dict):
    """A file of the network."""

    own = {"invalid": mark("It is not an object of keys and values.")}  # noqa: RUF012  a table


class ProposalBody(Body):
    """What is proposed: a file of the network, and the document it rests on."""

    file = NetworkFile(
        required=True,
        keys=fields.String(),
        metadata={"description": "As GET /networks/{id} gives it, or with an amendment."},
    )
    document_no = Text(60, least=1, required=True)
    note = Text(120, load_default="")


class ProposalStep(StepBody):
    """A step of a proposal; to approve, the first day in force too."""

    step = Word(*names("proposal"), required=True)
    valid_from = Day(load_default=None, allow_none=True)


class ProposalAnswer(Answer):
    """线路建议."""

    id = fields.Integer(attribute="proposal.id")
    code = fields.String(attribute="proposal.code")
    league = fields.Nested(
        LeagueAnswer,
        attribute="proposal.league",
        allow_none=True,
        metadata={"description": "None where Commerce itself brings it."},
    )
    kind = fields.String(attribute="proposal.kind")
    document_no = fields.String(attribute="proposal.document_no")
    note = fields.String(attribute="proposal.note")
    state = fields.String(attribute="proposal.state")
    proposed_at = fields.AwareDateTime(attribute="proposal.proposed_at")
    valid_from = fields.Date(attribute="proposal.valid_from", allow_none=True)
    network_id = fields.Integer(attribute="proposal.network_version_id", allow_none=True)
    is_sample = fields.Boolean(attribute="proposal.is_sample")


class NetworkChangeAnswer(Answer):
    """一项改动."""

    kind = fields.String()
    id = fields.String()
    what = fields.String()
    before = fields.String()
    after = fields.String()


class ProposalOne(ProposalAnswer, Acted):
    """线路建议，附改动与办理记录."""

    changes = fields.List(fields.Nested(NetworkChangeAnswer))


@blp.listing("", "线路建议列表", ProposalAnswer, ProposalsAsked)
@policy.may("see_proposals")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The proposals one may see, newest first."""
    query = proposals.filtered(context.user()).order_by(Proposal.id.desc())
    return [{"proposal": one} for one in part(query, pages)]


@blp.writing("", "起草线路建议", ProposalOne, ProposalBody, status=201)
@policy.may("draft_proposal")
def draft(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Draft a proposal from a file of the network; nothing changes before it is approved."""
    content = proposing.opened(lambda: exchange.of(body["file"]))
    key = proposals.make(content, body["document_no"], body["note"])
    return made(_one(key), "proposals", key)


@blp.reading("/<int:key>", "一条线路建议：改动、办理记录、可办环节", ProposalOne)
@policy.may("see_proposals")
def one(key: int) -> Mapping[str, Any]:
    """One proposal: what would change, what was decided, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/steps", "办理线路建议环节", TakenAnswer, ProposalStep)
@policy.only(*acting.takers("proposal"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `approve` makes a version, in force from `valid_from` on."""
    taken = {name: value for name, value in body.items() if name != "valid_from"}
    day = body["valid_from"]
    detail = {"valid_from": day.isoformat()} if day else {}
    return acting.press(visible_proposals, key, **taken, detail=detail)


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_proposals(context.user()), key)
    base = networks.opened(found.based_on)
    after = steps.apply(steps.content(found), base)
    return {
        "proposal": found,
        "changes": proposals.what_changes(base, after),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
