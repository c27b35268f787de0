"""Filings 报送: a league's request with its calculation sheet, and the province's review of it."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import select

from tracker import access
from tracker.models.filings import FILING_STATES, Decision, Filing, FilingLine
from tracker.steps import filing as steps
from tracker.steps import review
from tracker.web import (
    acting,
    asked,
    context,
    deadlines,
    downloads,
    filings,
    letters,
    lines,
    policy,
    totals,
)
from tracker.web.api.line_shapes import LineAnswer, Reduction
from tracker.web.api.nouns import Noun, Pages, made, part, start
from tracker.web.api.shape import (
    Answer,
    Asked,
    Body,
    Day,
    Keys,
    LeagueAnswer,
    Lines,
    StepBody,
    TakenAnswer,
    Text,
    Timed,
    Word,
    names,
)

blp = Noun("filings", "报送", "A league's request to the province, and its review.")


class FilingsAsked(Asked):
    """Filters."""

    state = Word(*FILING_STATES)
    league = Text(6)
    q = Text(80)


class FilingLinesAsked(Asked):
    """Order."""

    sort = Word(*lines.SORTS)


class FilingBody(Body):
    """Which passed applications are filed, and on what the request rests."""

    applications = Keys(least=1, required=True)
    document_no = Text(60, least=1, required=True)
    basis = Lines(2000, least=1, required=True)
    performance_target = Lines(2000, load_default="")
    minutes_no = Text(60, load_default="", metadata={"description": "Of the panel's minutes."})
    panel_on = Day(load_default=None, allow_none=True)


class FilingStep(StepBody):
    """A step of a filing; `allocate` names the fund it draws on."""

    step = Word(*names("filing"), required=True)
    fund = Text(60, metadata={"description": "Document number of the special fund."})


class FilingAnswer(Answer):
    """报送."""

    id = fields.Integer(attribute="filing.id")
    code = fields.String(attribute="filing.code")
    league = fields.Nested(LeagueAnswer, attribute="filing.league")
    programme = fields.String(attribute="filing.programme.code")
    kind = fields.String(attribute="filing.kind")
    document_no = fields.String(attribute="filing.document_no")
    state = fields.String(attribute="filing.state")
    count = fields.Integer()
    filed_fen = fields.Integer()
    reduced_fen = fields.Integer()
    held_fen = fields.Integer(metadata={"description": "On hold: stays filed when approved."})
    rest_of = fields.String(
        attribute="filing.rest_of",
        metadata={"description": "Of what was held back: the filing as the league sent it."},
    )
    odd = fields.Integer(metadata={"description": "How many lines stand out."})


class FirmSums(Answer):
    """分企业合计."""

    firm = fields.String()
    filed_fen = fields.Integer()
    reduced_fen = fields.Integer()
    held_fen = fields.Integer()
    approved_fen = fields.Integer()


class FilingOne(FilingAnswer, Timed):
    """报送，附依据、测算表、办理记录."""

    approved_fen = fields.Integer()
    rests = fields.List(
        fields.String(), metadata={"description": "What was held back of it and decided later."}
    )
    basis = fields.String(attribute="filing.basis")
    performance_target = fields.String(attribute="filing.performance_target")
    minutes_no = fields.String(
        attribute="filing.minutes_no",
        metadata={"description": "Of the panel's minutes; empty where no panel sat."},
    )
    panel_on = fields.Date(attribute="filing.panel_on", allow_none=True)
    sheet_sha256 = fields.String(
        attribute="filing.sheet_sha256",
        metadata={"description": "Of the calculation sheet; empty until it is made."},
    )
    sheet_seq = fields.Integer(attribute="filing.sheet_seq", allow_none=True)
    sheet_head = fields.String(
        attribute="filing.sheet_head",
        metadata={"description": "The ledger's head that is printed on the sheet."},
    )
    fund = fields.String(metadata={"description": "The fund the allocation draws on."})
    by_firm = fields.List(fields.Nested(FirmSums))
    balances_fen = fields.Dict(keys=fields.String(), values=fields.Integer())


@blp.listing("", "报送列表", FilingAnswer, FilingsAsked)
@policy.may("see_filings")
def listed(pages: Pages) -> list[filings.Listed]:
    """The filings one may see, those that wait first."""
    user = context.user()
    query = filings.ordered(filings.filtered(user), user)
    return filings.listed(context.session(), part(query, pages))


@blp.writing("", "起草报送并生成测算表", FilingOne, FilingBody, status=201)
@policy.may("draft_filing")
def draft(body: Mapping[str, Any]) -> Any:  # noqa: ANN401  an answer with its address
    """Draft a filing over passed applications and make its calculation sheet."""
    said = {name: value for name, value in body.items() if name != "applications"}
    key = filings.make(body["applications"], steps.Request(**said))
    return made(_one(key), "filings", key)


@blp.reading("/<int:key>", "一份报送：依据、合计、办理记录、可办环节", FilingOne)
@policy.may("see_filings")
def one(key: int) -> Mapping[str, Any]:
    """One filing: the request, its sums by firm, what was decided, and the steps one may take."""
    return _one(key)


@blp.listing("/<int:key>/lines", "报送明细", LineAnswer, FilingLinesAsked)
@policy.may("see_filing_lines")
def line_list(key: int, pages: Pages) -> list[lines.Shown]:
    """The lines: computed, filed, reduced and left side by side."""
    session, found = context.session(), _found(key)
    total = lines.sums(session, found)
    pages.item_count = total.count
    sort = asked.one_of("sort", lines.SORTS) or "odd"
    return lines.part(session, found, total, sort, pages.page_size, start(pages))


@blp.writing("/lines/<int:key>/reduction", "审核核减一行", FilingOne, Reduction, method="PUT")
@policy.may("reduce_filing")
def reduce(body: Mapping[str, Any], key: int) -> Mapping[str, Any]:
    """Take a part off a line while Commerce examines the filing; zero undoes it."""
    return _one(filings.reduce_line(key, **body))


@blp.writing("/<int:key>/steps", "办理报送环节", TakenAnswer, FilingStep)
@policy.only(*acting.takers("filing"))
def step(body: Mapping[str, Any], key: int) -> Decision:
    """Take a step on what was shown; `allocate` names the fund."""
    detail = {"fund": body["fund"]} if "fund" in body else {}
    rest = {name: value for name, value in body.items() if name != "fund"}
    return acting.press(access.visible_filings, key, detail=detail, **rest)


@blp.writing("/<int:key>/sheet", "重新生成测算表", FilingOne)
@policy.may("draft_filing")
def make_sheet(key: int) -> Mapping[str, Any]:
    """Make the calculation sheet of a draft anew."""
    filings.attach_sheet(key)
    return _one(key)


@blp.file("/<int:key>/sheet", "下载测算表", downloads.BOOK_TYPE)
@policy.may("see_filing_lines")
def sheet(key: int) -> Response:
    """The calculation sheet: the very bytes that were filed."""
    return filings.sheet_of(key)


@blp.file("/<int:key>/papers.zip", "下载全套文书", downloads.ZIP_TYPE)
@policy.may("see_filing_lines")
def bundle(key: int) -> Response:
    """请示, 测算表, 公示表 and 绩效表 in Word and Excel, the lines as a PDF, in one file."""
    return letters.bundle_of(key)


@blp.file("/<int:key>/papers/<kind>", "下载一件文书", downloads.DOCX_TYPE)
@policy.may("see_filing_lines")
def letter(key: int, kind: str) -> Response:
    """`request`, `publication` or `performance` of a filing, in Word."""
    return letters.letter_of(key, kind)


@blp.file("/<int:key>/tables/<kind>", "下载一件表格文书", downloads.BOOK_TYPE)
@policy.may("see_filing_lines")
def book(key: int, kind: str) -> Response:
    """`publication` or `performance` of a filing, in Excel."""
    return letters.book_of(key, kind)


@blp.file("/<int:key>/lines/pdf", "下载明细清单", downloads.PDF_TYPE)
@policy.may("see_filing_lines")
def line_pdf(key: int) -> Response:
    """The lines as a PDF, up to a thousand of them."""
    return letters.line_list_of(key)


def _found(key: int) -> Filing:
    return access.see(context.session(), access.visible_filings(context.user()), key)


def _one(key: int) -> Mapping[str, Any]:
    session, found = context.session(), _found(key)
    (row,) = filings.listed(session, [found])
    items = select(FilingLine.item_id).where(FilingLine.filing_id == found.id)
    return {
        "filing": found,
        "count": row.count,
        "filed_fen": row.filed_fen,
        "reduced_fen": row.reduced_fen,
        "held_fen": row.held_fen,
        "approved_fen": row.filed_fen - row.reduced_fen - row.held_fen,
        "rests": [one.code for one in steps.later(session, found)],
        "odd": row.odd,
        "fund": review.drawn_on(session, found),
        "by_firm": [
            {
                "firm": firm,
                "filed_fen": sums.filed_fen,
                "reduced_fen": sums.reduced_fen,
                "held_fen": sums.held_fen,
                "approved_fen": sums.approved_fen,
            }
            for firm, sums in steps.by_firm(session, found)
        ],
        "balances_fen": totals.of_items(session, items),
        "offer": acting.offer(session, found),
        "deadline": deadlines.of(found),
        "decisions": acting.history(session, found),
    }
