"""Evidence words 佐证说明: kinds, what it belongs to, what is told, refusals."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import mark
from tracker.models.applications import Application
from tracker.models.cargo import CargoLine, Manifest, Shipment
from tracker.models.evidence import EVIDENCE_KINDS, EvidenceLink
from tracker.models.filings import Allotment, Disbursement, Filing
from tracker.models.forecasts import Forecast
from tracker.models.matters import Matter
from tracker.models.methods import Method
from tracker.models.proposals import Proposal
from tracker.models.publications import Objection, Publication
from tracker.web import books, rooms

KINDS: dict[str, str] = {
    "declaration": mark("Declaration"),
    "list_export": mark("Export of the 9610 lists"),
    "waybill": mark("Waybill document"),
    "cmr": mark("CMR"),
    "tir_page": mark("TIR page"),
    "freight_invoice": mark("Freight invoice"),
    "payment_proof": mark("Proof of payment abroad"),
    "track": mark("Track"),
    "stamped_scan": mark("Stamped scan"),
    "third_party": mark("Report of a third party"),
    "other": mark("Other evidence"),
}
NOTICES: dict[str, tuple[str, str]] = {
    "ending": (
        mark("other name ending"),
        mark("The name says another kind of file than it is; a download has the right one."),
    ),
    "protected": (
        mark("encrypted"),
        mark("The PDF is encrypted; if it asks for a password, reviewers cannot open it."),
    ),
    "active": (
        mark("with a script"),
        mark("The PDF carries a script or another file; open it with care."),
    ),
    "large": (
        mark("large picture"),
        mark("The picture is too large to be shown here; download it."),
    ),
}
"""Notice of ``ingest.evidence`` -> what is told of a file, in a word and in a sentence."""
AGAIN = mark("Choose another file.")
FAULTS: dict[str, tuple[str, str]] = {
    "empty": (mark("The file is empty."), AGAIN),
    "program": (mark("This is a program; programs are never taken."), AGAIN),
    "html": (
        mark("This is a web page or holds a drawing that can run; it is not taken."),
        mark("Print it to a PDF and upload that."),
    ),
    "script": (
        mark("This is a script; scripts are never taken."),
        mark("Save the data as .csv or .txt and upload that."),
    ),
    "macros": (
        mark("The workbook holds macros; it is not taken."),
        mark("Save it as .xlsx without macros and upload that."),
    ),
    "archive": (
        mark("This is an archive; nobody could see what is in it."),
        mark("Unpack it and upload its files, several at once."),
    ),
    "document": (
        mark("This is a text or slide document; it can still be changed."),
        mark("Print it to a PDF, or scan the signed paper."),
    ),
    "picture": (
        mark("Not every reviewer can open this kind of picture."),
        mark("Save it as JPEG or PNG and upload that."),
    ),
    "encrypted": (
        mark("The workbook is protected by a password."),
        mark("Remove the password, save it and upload that."),
    ),
    "doctype": (
        mark("The XML declares a document type; it is not taken."),
        mark("Export the original message again."),
    ),
    "unpacked": (
        mark("The file would unpack to far more than it is."),
        mark("Save it anew, or split it."),
    ),
    "broken": (
        mark("The file is broken or cut off."),
        mark("Open it, save it anew and upload that."),
    ),
    "unknown": (
        mark("It is not clear what this file is."),
        mark("Taken are PDF, OFD, JPEG, PNG, TIFF, XLSX, XLS, ET, CSV, TXT, XML and JSON."),
    ),
}
"""Fault of ``ingest.evidence`` -> what it says, and how to mend it."""
SPLITS: dict[str, str] = {
    "none": mark("do not split the amount"),
    "evenly": mark("evenly"),
    "weight": mark("by gross weight"),
    "freight": mark("by the freight of the manifest"),
    "given": mark("by the amounts written behind each"),
}
SUBJECTS: dict[str, str] = {
    **books.SUBJECTS,
    "shipment": mark("Shipment"),
    "cargo_line": mark("Cargo line"),
    "manifest": mark("Manifest"),
}
TABLES: dict[str, tuple[Any, str, str]] = {
    "shipment": (Shipment, "label", "shipments.shipment"),
    "cargo_line": (CargoLine, "waybill_no", "shipments.shipment"),
    "manifest": (Manifest, "file_name", "manifests.manifest"),
    "application": (Application, "code", "applications.application"),
    "matter": (Matter, "code", "matters.matter"),
    "filing": (Filing, "code", "filings.filing"),
    "allotment": (Allotment, "document_no", "allotments.allotment"),
    "disbursement": (Disbursement, "code", "disbursements.disbursement"),
    "method": (Method, "title", "methods.method"),
    "proposal": (Proposal, "code", "proposals.proposal"),
    "publication": (Publication, "code", "publications.publication"),
    "objection": (Objection, "code", "objections.objection"),
    "forecast": (Forecast, "code", "forecasts.forecast"),
}
"""Kind of thing -> its table, what it is called, and its page."""


@dataclass(frozen=True)
class Belongs:
    """A link in words: to what, and where that is shown."""

    link: EvidenceLink
    kind: str
    label: str
    url: str
    day: str = ""


def kinds() -> list[tuple[str, str]]:
    """The kinds with their words, for a choice."""
    return [(kind, kind_label(kind)) for kind in EVIDENCE_KINDS]


def kind_label(kind: str) -> str:
    """A kind of evidence in words."""
    return str(gettext(KINDS[kind]))


def notice_badge(notice: str) -> str:
    """What is told of a file, in a word."""
    return str(gettext(NOTICES[notice][0]))


def notice_label(notice: str) -> str:
    """What is told of a file, in a sentence."""
    return str(gettext(NOTICES[notice][1]))


def splits() -> list[tuple[str, str]]:
    """How an invoice may be split, for a choice."""
    return [(name, gettext(label)) for name, label in SPLITS.items()]


def belongs(session: Session, links: list[EvidenceLink]) -> list[Belongs]:
    """The links in words, in their order."""
    things: dict[tuple[str, int], object] = {}
    for kind, (table, _, _) in TABLES.items():
        keys = [one.subject_id for one in links if one.subject_kind == kind]
        if keys:
            found = session.scalars(select(table).where(table.id.in_(keys)))
            things |= {(kind, one.id): one for one in found}
    told = []
    for link in links:
        thing = things[link.subject_kind, link.subject_id]
        _, name, endpoint = TABLES[link.subject_kind]
        key = thing.shipment_id if isinstance(thing, CargoLine) else link.subject_id
        day = thing.departure_date.isoformat() if isinstance(thing, Shipment) else ""
        told.append(
            Belongs(
                link=link,
                kind=str(gettext(SUBJECTS[link.subject_kind])),
                label=str(getattr(thing, name)),
                url=rooms.address(endpoint, key=key),
                day=day,
            )
        )
    return told
