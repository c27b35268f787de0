"""Applications 企业申报: draft, fill in, apply; the league's first review line by line."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import select

from tracker import access
from tracker.models.applications import APPLICATION_STATES, Application, ApplicationLine
from tracker.models.filings import Decision
from tracker.web import (
    acting,
    applications,
    asked,
    context,
    deadlines,
    downloads,
    lacking,
    letters,
    lines,
    near_pairs,
    policy,
    published,
    totals,
)
from tracker.web.api.line_shapes import LineAnswer, Reduction
from tracker.web.api.nouns import Noun, Pages, made, part, start
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    Day,
    FirmAnswer,
    Keys,
    LeagueAnswer,
    StepBody,
    TakenAnswer,
    Text,
    Timed,
    Truth,
    Word,
    names,
)

blp = Noun("applications", "企业申报", "A firm's request for a period, until the league passes it.")


class ApplicationsAsked(Asked):
    """Filters."""

    state = Word(*APPLICATION_STATES)
    league = Text(6)
    q = Text(80)
    filing = Word(
        *published.READINESS,
        metadata={"description": "For leagues: passed ones that can be filed, or wait for this."},
    )
    until = Day(metadata={"description": "With `running`: the last day of the publication."})


class LinesAsked(Asked):
    """Order."""

    sort = Word(*lines.SORTS)


class DraftBody(Body):
    """For which league, programme and days."""

    league = Text(6, least=1, required=True)
    programme = Text(30, least=1, required=True)
    period_from = Day(required=True)
    period_to = Day(required=True)


class FormBody(Body):
    """The form; `left_out` names lines of the draft to leave out."""

    bank_name = Text(80, required=True)
    bank_account = Text(40, required=True)
    promised = Truth(required=True)
    no_other_subsidy = Truth(required=True)
    left_out = Keys(load_default=list)


class ApplicationStep(StepBody):
    """A step of an application."""

    step = Word(*names("application"), required=True)


class ApplicationAnswer(Answer):
    """企业申报."""

    id = fields.Integer(attribute="application.id")
    code = fields.String(attribute="application.code")
    firm = fields.Nested(FirmAnswer, attribute="application.firm")
    league = fields.Nested(LeagueAnswer, attribute="application.league")
    programme = fields.String(attribute="application.programme.code")
    period_from = fields.Date(attribute="application.period_from")
    period_to = fields.Date(attribute="application.period_to")
    state = fields.String(attribute="application.state")
    count = fields.Integer()
    amount_fen = fields.Integer()
    reduced_fen = fields.Integer()
    odd = fields.Integer(metadata={"description": "How many lines stand out."})


class LackAnswer(Answer):
    """还缺什么: how many shipments lack it."""

    name = fields.String()
    label = fields.String()
    count = fields.Integer()


class HeldAnswer(Answer):
    """待核实的车次: a shipment that is checked against another before the application passes."""

    shipment_id = fields.Integer()
    label = fields.String()
    pair = fields.String(attribute="code", metadata={"description": "Empty for the firm."})
    state = fields.String(metadata={"enum": list(near_pairs.STATES)})


class ApplicationOne(ApplicationAnswer, Timed):
    """企业申报，附表单、办理记录."""

    approved_fen = fields.Integer()
    bank_name = fields.String(attribute="application.bank_name")
    bank_account = fields.String(attribute="application.bank_account")
    promised = fields.Boolean(attribute="application.promised")
    no_other_subsidy = fields.Boolean(attribute="application.no_other_subsidy")
    balances_fen = fields.Dict(keys=fields.String(), values=fields.Integer())
    lacks = fields.List(fields.Nested(LackAnswer))
    held = fields.List(fields.Nested(HeldAnswer))


@blp.listing("", "企业申报列表", ApplicationAnswer, ApplicationsAsked)
@policy.may("see_applications")
def listed(pages: Pages) -> list[applications.Listed]:
    """The applications one may see; for the league those to review first."""
    user = context.user()
    query = applications.ordered(applications.filtered(user), user)
    return applications.listed(context.session(), part(query, pages))


@blp.writing("", "起草申报", ApplicationOne, DraftBody, status=201)
@policy.may("draft_application")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft an application over everything of the period that can be applied for."""
    key = applications.make(**body)
    return made(_one(key), "applications", key)


@blp.reading("/<int:key>", "一份申报：表单、合计、办理记录、可办环节", ApplicationOne)
@policy.may("see_applications")
def one(key: int) -> Mapping[str, Any]:
    """One application: its form, its sums, what was decided, and the steps one may take."""
    return _one(key)


@blp.writing("/<int:key>/form", "填写申报表单", ApplicationOne, FormBody, method="PUT")
@policy.may("draft_application")
def fill_in(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Keep the form of a draft and leave the named lines out."""
    applications.keep_form(key, **body)
    return _one(key)


@blp.listing("/<int:key>/lines", "申报明细", LineAnswer, LinesAsked)
@policy.may("see_applications")
def line_list(key: int, pages: Pages) -> list[lines.Shown]:
    """The lines: computed, applied for, reduced and left side by side."""
    session, found = context.session(), _found(key)
    total = lines.sums(session, found)
    pages.item_count = total.count
    sort = asked.one_of("sort", lines.SORTS) or "day"
    return lines.part(session, found, total, sort, pages.page_size, start(pages))


@blp.file("/<int:key>/papers/<kind>", "下载一件申报文书", downloads.DOCX_TYPE)
@policy.may("see_applications")
def paper(key: int, kind: str) -> Response:
    """`application` (申请表) or `promise` (承诺书), filled in, in Word."""
    return letters.applied_of(key, kind)


@blp.file("/<int:key>/form/pdf", "下载申请表", downloads.PDF_TYPE)
@policy.may("see_applications")
def form(key: int) -> Response:
    """The 申请表, filled in, as a PDF."""
    return letters.form_of(key)


@blp.writing("/lines/<int:key>/reduction", "初审核减一行", ApplicationOne, Reduction, method="PUT")
@policy.may("review_lines")
def reduce(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Take a part off a line under first review, with a reason; zero undoes it."""
    return _one(applications.reduce_line(key, **body))


@blp.writing("/<int:key>/steps", "办理申报环节", TakenAnswer, ApplicationStep)
@policy.only(*acting.takers("application"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown."""
    return acting.press(access.visible_applications, key, **body)


def _found(key: int) -> Application:
    return access.see(context.session(), access.visible_applications(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    (row,) = applications.listed(session, [found])
    mine = ApplicationLine.application_id == found.id
    items = select(ApplicationLine.item_id).where(mine)
    return {
        "application": found,
        "count": row.count,
        "amount_fen": row.amount_fen,
        "reduced_fen": row.reduced_fen,
        "approved_fen": row.amount_fen - row.reduced_fen,
        "odd": row.odd,
        "balances_fen": totals.of_items(session, items),
        "lacks": lacking.of_application(found),
        "held": near_pairs.held(session, context.user(), found),
        "offer": acting.offer(session, found),
        "deadline": deadlines.of(found),
        "decisions": acting.history(session, found),
    }
