"""Rooms 导航: what stands in the bar at the top, and what every page knows beside its own.

A room shows where its endpoint exists and its policy lets the person in, so the bar never offers
what would be refused.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext

from tracker.errors import mark
from tracker.models import subjects
from tracker.models.subjects import Subject
from tracker.web import context, policy
from tracker.web.words import LOCALES

ROOMS: tuple[tuple[str, str], ...] = (
    ("home.home", mark("Home")),
    ("manifests.manifests", mark("Manifests")),
    ("shipments.shipments", mark("Shipments")),
    ("matters.matters", mark("Matters")),
    ("evidence.evidence", mark("Evidence")),
    ("tracks.tracks", mark("Tracks")),
    ("cross_checks.cross_checks", mark("Cross-checks")),
    ("divisions.divisions", mark("Divisions")),
    ("applications.applications", mark("Applications")),
    ("publications.publications", mark("Publications")),
    ("filings.filings", mark("Filings")),
    ("deadlines.deadlines", mark("Deadlines")),
    ("requirements.requirements", mark("How the money goes")),
    ("forecasts.forecasts", mark("Forecasts of need")),
    ("allotments.allotments", mark("Allotments")),
    ("disbursements.disbursements", mark("Disbursements")),
    ("adjustments.adjustments", mark("Adjustments")),
    ("recoveries.recoveries", mark("Recoveries")),
    ("receipts.receipts", mark("Receipts")),
    ("ledger.ledger", mark("Ledger")),
    ("methods.methods", mark("Methods")),
    ("networks.networks", mark("Route network")),
    ("jobs.jobs", mark("Background work")),
    ("audit.audit", mark("Audit log")),
    ("users.users", mark("People")),
)
"""Endpoint -> its name in the bar; an endpoint that does not exist (yet) shows nowhere."""

SUBJECT_PAGES = {"shipment": "shipments.shipment", "matter": "matters.matter"}
"""Kind of what an item is due for -> the endpoint of one."""

LANGUAGE_COOKIE = "tracker_language"
LANGUAGES: tuple[tuple[str, str], ...] = (("zh", "中文"), ("en", "English"))


@dataclass(frozen=True)
class Viewer:
    """Who is looking, as the frame of the page shows them."""

    name: str
    role: str
    unit: str


def install(app: Flask) -> None:
    """Give every template the frame of the page."""
    app.context_processor(frame)
    app.add_template_global(address)
    app.add_template_global(subject_address)


def chosen_language() -> str:
    """``zh`` or ``en``: as chosen, otherwise as the installation says.

    A system that asks the API has no cookie of ours; there ``Accept-Language`` is its choice.
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LOCALES:
        return chosen
    asked = request.accept_languages if request.path.startswith("/api/v1/") else None
    return (asked and asked.best_match(LOCALES)) or context.settings().language


def frame() -> dict[str, Any]:
    """What ``_layout.html`` needs; asks the database nothing, so that error pages stand too."""
    person = g.get("user")
    viewer = None
    if person is not None:
        unit = person.firm.name if person.firm else ""
        if person.league:
            unit = person.league.name_en if chosen_language() == "en" else person.league.name_zh
        viewer = Viewer(person.name, person.role, unit)
    return {
        "nav": rooms() if person is not None else (),
        "viewer": viewer,
        "sample_data": context.ground().is_sample,
        "languages": [
            (code, label, url_for("home.language", code=code, next=_here()))
            for code, label in LANGUAGES
        ],
        "sign_out_url": url_for("auth.sign_out"),
        "sign_in_url": url_for("auth.sign_in"),
        "help_url": url_for("help.help_page"),
        "request_id": g.get("request_id", ""),
    }


def rooms() -> list[tuple[str, str]]:
    """The rooms open to whoever is signed in."""
    return [(endpoint, gettext(label)) for endpoint, label in ROOMS if is_open(endpoint)]


def is_open(endpoint: str) -> bool:
    """Whether there is such a page and whoever asks may open it."""
    if endpoint not in current_app.view_functions:
        return False
    declared = policy.of(current_app, endpoint)
    return declared is not None and declared.lets(context.visitor())


def address(endpoint: str, **values: Any) -> str:  # noqa: ANN401  whatever the address takes
    """Where whoever asks can open this; nothing where they cannot, so no link leads nowhere."""
    return url_for(endpoint, **values) if is_open(endpoint) else ""


def subject_address(one: Subject) -> str:
    """Where whoever asks can open what an item is due for; nothing where they cannot."""
    return address(SUBJECT_PAGES[subjects.kind_of(one).name], key=one.id)


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("home.home")
