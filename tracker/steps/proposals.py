"""Proposals 线路建议: a league proposes a corridor, Commerce approves it, the network moves on.

What Commerce itself brings goes the same way, a whole network too: one person proposes, another
approves with a day in force. Only then is a version of the network made.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ingest.network import Network
from ingest.network.amendment import Amendment
from ingest.network.text import sha256
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.filings import Decision
from tracker.models.networks import NetworkVersion
from tracker.models.people import User
from tracker.models.proposals import Proposal
from tracker.steps import flow, networks

Content = Network | Amendment
PROPOSERS = ("league_officer", "commerce_officer")
NOTE_LENGTH = 200


def draft(
    session: Session,
    user: User,
    content: Content,
    *,
    document_no: str,
    note: str,
    now: datetime,
    is_sample: bool = False,
) -> Proposal:
    """Draft a proposal against the network in force today; nothing changes before it is approved.

    Raises ``NotAllowed`` for anyone else, and for a league that brings a whole network; ``Refused``
    naming the faults of what would come of it, ``Conflict`` where nothing would change.
    """
    whole = isinstance(content, Network)
    if user.role not in PROPOSERS or (whole and user.league_id is not None):
        raise NotAllowed(
            mark("Only an officer of a league or of Commerce proposes; a whole network, Commerce."),
            mark("Propose single corridors, or ask Commerce to import the network."),
        )
    based_on = networks.in_force(session, local_day(now))
    if based_on is None:
        raise Conflict(mark("No network of corridors is in force on this day."))
    base = networks.opened(based_on)
    changed = apply(content, base)
    if replace(changed, before=base.before) == base:
        raise Conflict(
            mark("Nothing is otherwise than in the version in force on this day."),
            mark("Change something first."),
        )
    networks.require_sound(changed)
    number = next_number(session, Proposal.id)
    body = content.as_json()
    made = Proposal(
        code=f"XL-{number:05d}",
        league_id=user.league_id,
        user_id=user.id,
        kind="network" if whole else "amendment",
        body=body,
        body_sha256=sha256(body),
        document_no=document_no,
        note=note,
        based_on_id=based_on.id,
        proposed_at=now,
        is_sample=is_sample,
    )
    session.add(made)
    session.flush()
    return made


def content(proposal: Proposal) -> Content:
    """What is proposed, as a value."""
    kind = Network if proposal.kind == "network" else Amendment
    found = kind.from_json(proposal.body)
    assert sha256(found.as_json()) == proposal.body_sha256, f"{proposal.code} was altered"
    return found


def apply(proposed: Content, network: Network) -> Network:
    """The network with what is proposed; ``Refused`` for names of a place that it does not have."""
    if isinstance(proposed, Network):
        return proposed
    try:
        return proposed.apply(network)
    except KeyError as error:
        raise Refused(
            mark("The network has no place %(place)s."),
            mark("Add the place as well, or correct its id."),
            place=str(error.args[0]),
        ) from error


def shown(session: Session, proposal: Proposal) -> dict[str, Any]:
    """What a person decides on: whose, on what document, and what would change, by its hash."""
    del session
    return {
        "code": proposal.code,
        "league": proposal.league.code if proposal.league else None,
        "kind": proposal.kind,
        "document_no": proposal.document_no,
        "note": proposal.note,
        "body": proposal.body_sha256,
        "based_on": proposal.based_on.sha256,
    }


def take(session: Session, proposal: Proposal, name: str, taking: flow.Taking) -> Decision:
    """A step of a proposal; ``approve`` makes the version, in force from ``valid_from`` on.

    Raises as ``flow.take``; ``Refused`` for a missing day, ``Conflict`` where what it replaces has
    changed since or a later version would lack it, and as ``networks.amend``.
    """
    step = flow.step_named("proposal", name)
    can = proposal.state in step.before and taking.user.role in step.roles
    if can and name in {"submit", "withdraw"} and proposal.league_id != taking.user.league_id:
        raise NotAllowed(mark("This proposal is another office's."))
    if can and name == "approve":
        version = _approve(session, proposal, taking)
        proposal.valid_from, proposal.network_version_id = version.valid_from, version.id
        days = {"valid_from": version.valid_from.isoformat(), "network": version.sha256}
        taking = replace(taking, detail=days)
    else:
        taking = replace(taking, detail={})
    return flow.take(session, proposal, name, taking)


def _approve(session: Session, proposal: Proposal, taking: flow.Taking) -> NetworkVersion:
    day = _day(taking.detail)
    before = networks.in_force(session, day)
    if before is None:
        raise Conflict(
            mark("No network of corridors is in force on this day."),
            mark("Choose a later day, or import a network from that day on."),
        )
    proposed = content(proposal)
    then, now = networks.opened(proposal.based_on), networks.opened(before)
    changed = (
        (before.sha256,) * (before.id != proposal.based_on_id)
        if isinstance(proposed, Network)
        else proposed.overtaken(then, now)
    )
    if changed:
        raise Conflict(
            mark("What it replaces is no longer what it was when this was proposed: %(names)s."),
            mark("Return it, and have it proposed again on the network in force."),
            names="、".join(changed),
        )
    _, last = networks.days_of(session, before)
    if last != date.max:
        raise Conflict(
            mark("A later version begins on %(day)s, in which this change would be missing."),
            mark("Choose that day's morrow or a later day."),
            day=(last + timedelta(days=1)).isoformat(),
        )
    return networks.amend(
        session,
        lambda network: apply(proposed, network),
        day,
        actor=taking.user.login,
        now=taking.now,
        note=" ".join(filter(None, (proposal.code, proposal.document_no, proposal.note)))[
            :NOTE_LENGTH
        ],
    )


def _day(detail: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(detail.get("valid_from", "")))
    except ValueError as error:
        raise Refused(
            mark("The first day in force is missing."),
            mark("Write it as 2026-03-09."),
        ) from error
