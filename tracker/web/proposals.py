"""Proposals 线路建议: what leagues and Commerce want changed in the network."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ingest.network import Network
from ingest.network.changes import changes
from ingest.network.exchange import write
from ingest.network.official import TableError
from tracker import access
from tracker.access.proposals import visible_proposals
from tracker.db import local_day
from tracker.errors import Conflict, Refused, mark
from tracker.models.networks import NetworkVersion
from tracker.models.people import League, User
from tracker.models.proposals import PROPOSAL_STATES, Proposal
from tracker.steps import networks
from tracker.steps import proposals as steps
from tracker.web import acting, asked, context, downloads, network_words, policy, proposing
from tracker.web import networks as pages
from tracker.web.filters import tongue

bp = Blueprint("proposals", __name__, url_prefix="/proposals")

OWN_FORM = ("approve",)
"""Steps the page asks for in a form of its own."""
MOST_SHOWN = 500
"""Lines of what would change; the file has them all."""


@bp.get("")
@policy.may("see_proposals")
def proposals() -> ResponseReturnValue:
    """The proposals one may see, newest first."""
    session, user = context.session(), context.user()
    query = filtered(user)
    paged = asked.paged(asked.count(session, query))
    newest = query.order_by(Proposal.id.desc()).limit(paged.rows).offset(paged.offset)
    return render_template(
        "proposals/list.html",
        listed=session.scalars(newest).all(),
        paged=paged,
        states=PROPOSAL_STATES,
        leagues=session.scalars(select(League).order_by(League.code)).all(),
        may_draft=access.may(user, "draft_proposal"),
    )


@bp.get("/new")
@policy.may("draft_proposal")
def new() -> ResponseReturnValue:
    """The form, built on a corridor of the network in force."""
    network = in_force(context.session())
    wanted = asked.text("corridor")
    corridor = next((one for one in network.corridors if one.id == wanted), network.corridors[0])
    return _form(network, proposing.begin(corridor))


@bp.post("")
@policy.may("draft_proposal")
def draft() -> ResponseReturnValue:
    """Draft it from the form or from a file; what is wrong is told, and nothing typed is lost."""
    network, given = in_force(context.session()), proposing.filled()
    file = request.files.get("file")
    try:
        content = (
            proposing.from_file(network, given, file)
            if file and file.filename
            else proposing.from_form(network, pages.corridor_of(network, given.base), given)
        )
        key = make(content, given.values["document_no"], given.values["note"])
    except TableError as error:
        return _form(network, replace(given, messages={"": proposing.said(error, network)})), 422
    except (Refused, Conflict) as error:
        told = " ".join(filter(None, context.words_of(error)))
        return _form(network, replace(given, messages={"": told})), 422
    flash(gettext("Drafted. Look at what would change, then propose it."), "success")
    return redirect(url_for("proposals.proposal", key=key), code=303)


@bp.get("/<int:key>")
@policy.may("see_proposals")
def proposal(key: int) -> ResponseReturnValue:
    """One proposal: on what document, what would change, what was decided, what to do."""
    session, user = context.session(), context.user()
    found = access.see(session, visible_proposals(user), key)
    base = networks.opened(found.based_on)
    content = steps.content(found)
    after = steps.apply(content, base)
    told, lines = what_changes(base, after), proposed_lines(content, after)
    offer = acting.offer(session, found)
    made = session.get(NetworkVersion, found.network_version_id or 0)
    return render_template(
        "proposals/one.html",
        proposal=found,
        lines=lines,
        changes=told[:MOST_SHOWN],
        count=len(told),
        made=made,
        offer=offer,
        others=offer.without(*OWN_FORM),
        may_approve="approve" in offer.names,
        tomorrow=local_day(context.now()) + timedelta(days=1),
        reasons=acting.reasons(),
        decisions=acting.history(session, found),
    )


@bp.get("/<int:key>/proposal.json")
@policy.may("see_proposals")
def download(key: int) -> Response:
    """What is proposed, as the file it can be proposed from."""
    found = access.see(context.session(), visible_proposals(context.user()), key)
    return downloads.json_file(write(steps.content(found)), found.code)


@bp.post("/<int:key>/steps")
@policy.only(*acting.takers("proposal"))
def step(key: int) -> ResponseReturnValue:
    """Take a step on what was shown; approving it makes a version of the network."""
    acting.press_from_form(visible_proposals, key, details=("valid_from",))
    flash(gettext("Done, and recorded with your name."), "success")
    return redirect(url_for("proposals.proposal", key=key), code=303)


def filtered(user: User) -> Select[Proposal]:
    """The visible ones that the address asks for."""
    query = visible_proposals(user)
    if state := asked.one_of("state", PROPOSAL_STATES):
        query = query.where(Proposal.state == state)
    return asked.of_league(query, Proposal.league_id)


def what_changes(base: Network, after: Network) -> Sequence[network_words.Told]:
    """What it would change in the network it was compared with, in words."""
    return network_words.told(changes(base, after), base, after)


def proposed_lines(content: steps.Content, after: Network) -> list[pages.Drawn]:
    """The corridors that are proposed one by one, as their pages would show them."""
    if isinstance(content, Network):
        return []
    return [pages.drawn(after, one) for one in content.corridors]


def make(content: steps.Content, document_no: str, note: str) -> int:
    """Draft a proposal as the signed-in person; returns its key."""
    now, is_sample = context.now(), context.ground().is_sample
    if not document_no:
        raise Refused(
            mark("The document number is missing."),
            mark("Write the number of the document that the change rests on."),
        )

    def work(db: Session, person: User) -> int:
        return steps.draft(
            db,
            person,
            content,
            document_no=document_no,
            note=note,
            now=now,
            is_sample=is_sample,
        ).id

    return context.write(work)


def in_force(session: Session) -> Network:
    """The network in force today."""
    found = networks.in_force(session, local_day(context.now()))
    if found is None:
        raise Conflict(mark("No network of corridors is in force on this day."))
    return networks.opened(found)


def _form(network: Network, given: proposing.Filled) -> str:
    found = next((one for one in network.corridors if one.id == given.base), network.corridors[0])
    rows = proposing.rows(network, found, given)
    return render_template(
        "proposals/new.html",
        corridor=found,
        corridors=[(one.id, f"{one.id} {one.names.text(tongue())}") for one in network.corridors],
        given=given,
        values=given.values,
        rows=rows,
        stations=[(row.key, row.name) for row in rows],
        errors=given.messages,
        by_file=request.values.get("by") == "file",
        may_import=context.user().league_id is None,
    )
