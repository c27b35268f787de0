"""Kinds 事项种类: what has a flow and what else waits for people, and what one sees of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select

from tracker import access
from tracker.access.adjustments import visible_adjustments
from tracker.access.forecasts import visible_forecasts
from tracker.access.levels import own_levels
from tracker.access.proposals import visible_proposals
from tracker.access.publications import visible_objections, visible_publications
from tracker.errors import mark
from tracker.models.people import User

SUBJECTS: dict[str, Callable[[User], Select[Any]]] = {
    "method": access.visible_methods,
    "matter": access.visible_matters,
    "application": access.visible_applications,
    "publication": visible_publications,
    "objection": visible_objections,
    "filing": access.visible_filings,
    "forecast": visible_forecasts,
    "division": access.visible_divisions,
    "adjustment": visible_adjustments,
    "allotment": access.visible_allotments,
    "disbursement": access.visible_disbursements,
    "recovery": access.visible_recoveries,
    "proposal": visible_proposals,
    "level": own_levels,
}
"""Kind of what has a flow -> what one sees of it; of levels, what one's own body sets."""

KINDS = {
    "manifest": mark("Manifests"),
    "shipment": mark("Shipments"),
    "method": mark("Methods"),
    "matter": mark("Matters"),
    "application": mark("Applications"),
    "publication": mark("Publications"),
    "objection": mark("Objections"),
    "filing": mark("Filings"),
    "forecast": mark("Forecasts of need"),
    "division": mark("Divisions"),
    "adjustment": mark("Adjustments"),
    "allotment": mark("Allotments"),
    "disbursement": mark("Disbursements"),
    "recovery": mark("Recoveries"),
    "proposal": mark("Proposals for the network"),
    "cross_check": mark("Cross-checks"),
    "silent": mark("Shipments"),
    "level": mark("Levels of approval"),
    "hold": mark("Holds"),
    "near_pair": mark("Claimed twice"),
    "token": mark("Tokens"),
    "job": mark("Background work"),
}
"""Kind -> msgid."""
