"""Labels 名称: what people read for the machine's words, and whose turn it is.

One table for roles, stages and states, so that a page, a sheet and a receipt use the same words.
The English text is the msgid; the Chinese stands in the catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.errors import mark
from tracker.steps.flows import BACKWARD, FLOWS
from tracker.steps.step import Step

ROLES: dict[str, str] = {
    "firm_clerk": mark("Firm, clerk"),
    "firm_manager": mark("Firm, manager"),
    "league_officer": mark("League commerce, officer"),
    "league_approver": mark("League commerce, approver"),
    "league_finance": mark("League finance"),
    "commerce_officer": mark("Department of Commerce, officer"),
    "commerce_approver": mark("Department of Commerce, approver"),
    "finance_officer": mark("Department of Finance, officer"),
    "finance_approver": mark("Department of Finance, approver"),
    "auditor": mark("Auditor"),
    "admin": mark("Administrator"),
    "system": mark("The system"),
}
"""Role -> msgid; ``system`` is the worker, for whom people wait."""

SUBJECT_HEADS: dict[str, tuple[str, str]] = {
    "shipment": (mark("Departure"), mark("Vehicle or box")),
    "period": (mark("Last day of the year"), mark("Matter")),
    "": (mark("Departure or last day"), mark("Vehicle, box or matter")),
}
"""Subject of a programme, none where several stand together -> heads of its items' day and name."""

SOURCES: dict[str, str] = {
    "web": mark("page"),
    "api": mark("API"),
    "inbox": mark("inbox"),
}
"""How an upload came -> msgid."""


@dataclass(frozen=True)
class Look:
    """How a state shows: its words, and its tone (plain, busy, good, warn, bad)."""

    label: str
    tone: str = "plain"


COMMON: dict[str, Look] = {
    "draft": Look(mark("Draft")),
    "prepared": Look(mark("Ready for approval"), "busy"),
    "returned": Look(mark("Returned, to be mended"), "warn"),
    "declined": Look(mark("Declined"), "bad"),
    "withdrawn": Look(mark("Withdrawn")),
    "closed": Look(mark("Closed"), "good"),
}
"""States that mean the same in every life."""

STATES: dict[str, dict[str, Look]] = {
    "manifest": {
        "received": Look(mark("Received, being checked"), "busy"),
        "checked": Look(mark("Checked, look at the preview"), "warn"),
        "refused": Look(mark("Cannot be used"), "bad"),
        "committing": Look(mark("Being committed"), "busy"),
        "committed": Look(mark("Committed"), "good"),
    },
    "track_file": {
        "received": Look(mark("Received, being read"), "busy"),
        "read": Look(mark("Read"), "good"),
        "refused": Look(mark("Cannot be used"), "bad"),
    },
    "cross_check_file": {
        "received": Look(mark("Received, being read"), "busy"),
        "read": Look(mark("Read and compared"), "good"),
        "refused": Look(mark("Cannot be used"), "bad"),
    },
    "cross_check": {
        "differs": Look(mark("Differs"), "bad"),
        "no_answer": Look(mark("No answer"), "warn"),
        "near": Look(mark("Near"), "plain"),
        "agrees": Look(mark("Agrees"), "good"),
    },
    "cross_row": {
        "named": Look(mark("Names a shipment"), "good"),
        "several": Look(mark("Fits several"), "warn"),
        "unnamed": Look(mark("Names none of ours")),
        "doubled": Look(mark("Twice in this file")),
        "not_data": Look(mark("Not data")),
    },
    "row": {
        "new": Look(mark("New"), "good"),
        "unchanged": Look(mark("Unchanged")),
        "changed": Look(mark("Changed"), "warn"),
        "replaces": Look(mark("Replaces an earlier one"), "warn"),
        "contested": Look(mark("Contested"), "bad"),
        "doubled": Look(mark("Twice in this file"), "warn"),
        "refused": Look(mark("To be mended"), "bad"),
        "asked": Look(mark("Please check"), "warn"),
        "not_data": Look(mark("Not data")),
    },
    "shipment": {
        "standing": Look(mark("Stands"), "good"),
        "contested": Look(mark("Contested"), "bad"),
    },
    "route": {
        "matched": Look(mark("Matched"), "good"),
        "ambiguous": Look(mark("More than one route fits"), "warn"),
        "unmatched": Look(mark("On no registered route"), "bad"),
    },
    "method": {
        "submitted": Look(mark("Submitted for record"), "busy"),
        "examined": Look(mark("Examined"), "busy"),
        "recorded": Look(mark("Recorded"), "good"),
        "superseded": Look(mark("Superseded")),
    },
    "matter": {
        "submitted": Look(mark("Submitted to the league"), "busy"),
        "confirmed": Look(mark("Confirmed"), "good"),
    },
    "application": {
        "prepared": Look(mark("Ready for the manager"), "busy"),
        "applied": Look(mark("Applied"), "busy"),
        "first_reviewed": Look(mark("First review done"), "busy"),
        "passed": Look(mark("Passed by the league"), "good"),
        "in_filing": Look(mark("In a filing"), "busy"),
        "closed": Look(mark("Decided by the province"), "good"),
    },
    "filing": {
        "filed": Look(mark("Filed to the province"), "busy"),
        "proposed": Look(mark("Allocation proposed"), "busy"),
        "endorsed": Look(mark("Proposal endorsed"), "busy"),
        "allocated": Look(mark("Allocation reviewed"), "busy"),
        "approved": Look(mark("Approved"), "good"),
        "closed": Look(mark("Allotted in full"), "good"),
    },
    "proposal": {
        "submitted": Look(mark("Proposed to Commerce"), "busy"),
        "approved": Look(mark("Approved"), "good"),
        "returned": Look(mark("Returned"), "warn"),
    },
    "publication": {"published": Look(mark("Published"), "good")},
    "objection": {
        "draft": Look(mark("Taken down, to be passed on"), "busy"),
        "submitted": Look(mark("Waits for the approver"), "busy"),
        "sustained": Look(mark("Upheld"), "bad"),
        "dismissed": Look(mark("Dismissed"), "good"),
    },
    "forecast": {
        "submitted": Look(mark("Submitted to the province"), "good"),
        "replaced": Look(mark("Replaced by a later one")),
        "recalled": Look(mark("Recalled by the league"), "warn"),
    },
    "level": {
        "submitted": Look(mark("Submitted"), "busy"),
        "settled": Look(mark("In force"), "good"),
        "ending": Look(mark("Ending proposed"), "busy"),
        "ended": Look(mark("Ended")),
        "returned": Look(mark("Returned"), "warn"),
    },
    "division": {"divided": Look(mark("Divided"), "good")},
    "allotment": {
        "allotted": Look(mark("Allotted"), "good"),
        "lapsing": Look(mark("Taking back proposed"), "busy"),
        "carrying": Look(mark("Carrying over proposed"), "busy"),
        "lapsed": Look(mark("What was left is taken back")),
    },
    "disbursement": {
        "instructed": Look(mark("Instructed, bank has not answered"), "busy"),
        "disbursed": Look(mark("Disbursed"), "good"),
        "failed": Look(mark("Refused by the bank"), "bad"),
    },
    "adjustment": {
        "asked": Look(mark("Asked for"), "busy"),
        "proposed": Look(mark("Put forward to be confirmed"), "busy"),
        "adjusted": Look(mark("Adjusted"), "good"),
        "declined": Look(mark("Not adjusted"), "bad"),
    },
    "recovery": {
        "recoverable": Look(mark("To be recovered"), "warn"),
        "recovered": Look(mark("All came back"), "good"),
        "lifting": Look(mark("Lifting proposed"), "busy"),
        "lifted": Look(mark("Lifted")),
    },
    "inbox_file": {
        "seen": Look(mark("Seen, taken at the next look"), "busy"),
        "taken": Look(mark("Taken"), "good"),
        "known": Look(mark("Same file as before")),
        "not_taken": Look(mark("Not taken"), "bad"),
    },
    "package": {
        "asked": Look(mark("Being made"), "busy"),
        "made": Look(mark("Ready to take"), "good"),
        "dropped": Look(mark("No longer kept")),
        "failed": Look(mark("Failed, ask again"), "bad"),
    },
    "job": {
        "waiting": Look(mark("Waiting"), "busy"),
        "running": Look(mark("Running"), "busy"),
        "done": Look(mark("Done"), "good"),
        "dead": Look(mark("Failed, needs a look"), "bad"),
    },
}
"""Kind of thing -> its states, beside the common ones."""
LIKE_ROWS = ("new", "unchanged", "changed", "doubled", "refused", "asked", "not_data")
STATES["further"] = {
    "accepted": Look(mark("Good"), "good"),
    "held": Look(mark("Waits for its shipment"), "warn"),
    "claimed": Look(mark("With parcels of another shipment"), "bad"),
    **{state: STATES["row"][state] for state in LIKE_ROWS},
}
"""Legs, parcel lists and the rows of their sheets; what is like a row is called like one."""

TURNS: dict[tuple[str, str], tuple[str, ...]] = {
    ("manifest", "received"): ("system",),
    ("manifest", "checked"): ("firm_clerk",),
    ("manifest", "committing"): ("system",),
    ("application", "passed"): ("league_officer",),
    ("publication", "published"): ("league_officer",),
    ("objection", "submitted"): ("league_approver",),
    ("filing", "approved"): ("finance_officer",),
    ("filing", "returned"): ("league_officer",),
    ("job", "waiting"): ("system",),
    ("job", "dead"): ("admin",),
}
"""Whose turn it is where no step of a flow says so."""


def look(kind: str, state: str) -> Look:
    """How a state shows; a state without a label is a mistake of ours and raises ``KeyError``."""
    own = STATES[kind]
    return own[state] if state in own else COMMON[state]


def turn(kind: str, state: str, rows: Sequence[Step] | None = None) -> tuple[str, ...]:
    """The roles that carry the thing forward from this state; nobody at its end.

    ``rows`` are those of its flow with who takes each step on it; the usual ones where not said.
    """
    if (kind, state) in TURNS:
        return TURNS[kind, state]
    for step in FLOWS.get(kind, ()) if rows is None else rows:
        if state in step.before and step.name not in BACKWARD:
            return step.roles
    return ()
