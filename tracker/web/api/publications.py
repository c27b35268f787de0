"""Publications 公示: what leagues show before they file, and whether they have to."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields

from tracker import access
from tracker.access.publications import visible_publications
from tracker.models.filings import Decision
from tracker.models.publications import MOST_WORKING_DAYS, PUBLICATION_STATES, Publication
from tracker.steps import programmes, publish_setting
from tracker.steps import publication as steps
from tracker.web import acting, context, downloads, letters, policy, publications
from tracker.web.api.nouns import Noun, Pages, cut, made, part
from tracker.web.api.shape import (
    Acted,
    Answer,
    Asked,
    Body,
    Day,
    LeagueAnswer,
    Sha256,
    StepBody,
    TakenAnswer,
    Text,
    Truth,
    Whole,
    Word,
    names,
)

blp = Noun("publications", "公示", "What passed is shown for some working days before it is filed.")


class PublicationsAsked(Asked):
    """Filters."""

    state = Word(*PUBLICATION_STATES)
    running = Word("yes", metadata={"description": "Its last day is still to come."})
    league = Text(6)


class ReadyAsked(Asked):
    """Which programme and period."""

    programme = Text(30, least=1, required=True)
    first = Day(data_key="from", required=True)
    last = Day(data_key="to", required=True)


class PublicationBody(Body):
    """What is published, as `ready` showed it, and what the notice says."""

    programme = Text(30, least=1, required=True)
    period_from = Day(required=True)
    period_to = Day(required=True)
    working_days = Whole(1, MOST_WORKING_DAYS, required=True)
    place = Text(publications.NOTICE_LENGTH, least=1, required=True)
    contact = Text(publications.NOTICE_LENGTH, least=1, required=True)
    shown_sha256 = Sha256(required=True)


class SettingBody(Body):
    """Whether the league publishes before it files."""

    programme = Text(30, least=1, required=True)
    needed = Truth(required=True)
    working_days = Whole(1, MOST_WORKING_DAYS, required=True)
    document_no = Text(60, least=1, required=True)


class PublicationStep(StepBody):
    """A step of a publication."""

    step = Word(*names("publication"), required=True)


class SettingAnswer(Answer):
    """公示设置."""

    programme = fields.String()
    needed = fields.Boolean()
    working_days = fields.Integer()
    document_no = fields.String(metadata={"description": "Empty where nothing was chosen."})


class PublicationAnswer(Answer):
    """公示."""

    id = fields.Integer(attribute="publication.id")
    code = fields.String(attribute="publication.code")
    league = fields.Nested(LeagueAnswer, attribute="publication.league")
    programme = fields.String(attribute="publication.programme.code")
    period_from = fields.Date(attribute="publication.period_from")
    period_to = fields.Date(attribute="publication.period_to")
    working_days = fields.Integer(attribute="publication.working_days")
    published_on = fields.Date(attribute="publication.published_on")
    ends_on = fields.Date(
        attribute="publication.ends_on",
        metadata={"description": "The last day; the day it was published is not counted."},
    )
    place = fields.String(attribute="publication.place")
    contact = fields.String(attribute="publication.contact")
    state = fields.String(attribute="publication.state")
    firms = fields.Integer(metadata={"description": "How many applications it shows."})
    items = fields.Integer()
    amount_fen = fields.Integer()


class PublishedLine(Answer):
    """公示明细."""

    id = fields.Integer()
    application = fields.String(attribute="application.code")
    firm = fields.String(attribute="firm_name")
    items = fields.Integer()
    amount_fen = fields.Integer()


class ReadyLine(Answer):
    """待公示的申报."""

    application = fields.String(attribute="application.code")
    firm = fields.String(attribute="application.firm.name")
    items = fields.Integer()
    amount_fen = fields.Integer()


class ReadyAnswer(Answer):
    """待公示的内容."""

    lines = fields.List(fields.Nested(ReadyLine), attribute="rows")
    working_days = fields.Integer(attribute="setting.working_days")
    ends_on = fields.Date(metadata={"description": "If published today, for these days."})
    uncounted = fields.List(
        fields.Integer(),
        metadata={"description": "Years of which the calendar has no notice: only weekends."},
    )
    shown_sha256 = fields.String(attribute="sha256")


class PublicationOne(PublicationAnswer, Acted):
    """公示，附明细与办理记录."""

    head_seq = fields.Integer(attribute="publication.head_seq")
    head_hash = fields.String(attribute="publication.head_hash")
    lines = fields.List(fields.Nested(PublishedLine))


@blp.listing("", "公示列表", PublicationAnswer, PublicationsAsked)
@policy.may("see_publications")
def listed(pages: Pages) -> list[publications.Listed]:
    """The publications one may see, newest first."""
    query = publications.filtered(context.user()).order_by(Publication.id.desc())
    return publications.listed(context.session(), part(query, pages))


@blp.reading("/ready", "待公示的内容", ReadyAnswer, ReadyAsked)
@policy.may("publish")
def ready(asked: Mapping[str, Any]) -> publications.Ready:
    """What would be published of a programme and period now, and the hash to bring back."""
    del asked  # checked by now; read from the address like the page's
    return publications.ready(publications.asked_for(request.args))


@blp.writing("", "公示", PublicationOne, PublicationBody, status=201)
@policy.may("publish")
def publish(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Publish what was shown; it does not change any more."""
    programme = programmes.named(context.session(), body["programme"])
    wanted = publications.Wanted(programme, body["period_from"], body["period_to"])
    notice = steps.Notice(body["working_days"], body["place"], body["contact"])
    key = publications.make(wanted, notice, body["shown_sha256"])
    return made(_one(key), "publications", key)


@blp.listing("/settings", "公示设置", SettingAnswer)
@policy.may("see_publications")
def setting_list(pages: Pages) -> list[Mapping[str, Any]]:
    """What one's league has chosen for each programme."""
    found = [_setting(*one) for one in publications.settings(context.session(), context.user())]
    return cut(found, pages)


@blp.writing("/settings", "设置是否须先公示", SettingAnswer, SettingBody, method="PUT")
@policy.may("set_publishing")
def choose(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say whether the league publishes before it files."""
    wanted = publish_setting.Setting(body["needed"], body["working_days"])
    publications.put_setting(body["programme"], wanted, body["document_no"])
    found = publications.settings(context.session(), context.user())
    return next(_setting(*one) for one in found if one[0].code == body["programme"])


@blp.reading("/<int:key>", "一次公示：明细、办理记录、可办环节", PublicationOne)
@policy.may("see_publications")
def one(key: int) -> Mapping[str, Any]:
    """One publication: what it shows, what was decided, and the steps one may take."""
    return _one(key)


@blp.file("/<int:key>/table", "下载公示表", downloads.DOCX_TYPE)
@policy.may("see_publications")
def table(key: int) -> Response:
    """The 公示表 in Word, as it was frozen."""
    return letters.table_of(key)


@blp.file("/<int:key>/table/xlsx", "下载公示表（Excel）", downloads.BOOK_TYPE)
@policy.may("see_publications")
def table_book(key: int) -> Response:
    """The 公示表 in Excel, as it was frozen."""
    return letters.table_book_of(key)


@blp.file("/<int:key>/table/pdf", "下载公示表（PDF）", downloads.PDF_TYPE)
@policy.may("see_publications")
def table_pdf(key: int) -> Response:
    """The 公示表 as a PDF with embedded fonts, as it was frozen."""
    return letters.table_pdf_of(key)


@blp.writing("/<int:key>/steps", "办理公示环节", TakenAnswer, PublicationStep)
@policy.only(*acting.takers("publication"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `withdraw` ends it without effect."""
    return acting.press(visible_publications, key, **body)


def _setting(programme: Any, one: publish_setting.Setting) -> Mapping[str, Any]:  # noqa: ANN401  a row
    document_no = one.chosen.document_no if one.chosen else ""
    return {
        "programme": programme.code,
        "needed": one.needed,
        "working_days": one.working_days,
        "document_no": document_no,
    }


def _one(key: int) -> Mapping[str, Any]:
    session = context.session()
    found = access.see(session, visible_publications(context.user()), key)
    (row,) = publications.listed(session, [found])
    return {
        "publication": found,
        "firms": row.firms,
        "items": row.items,
        "amount_fen": row.amount_fen,
        "lines": steps.lines(session, found),
        "offer": acting.offer(session, found),
        "decisions": acting.history(session, found),
    }
