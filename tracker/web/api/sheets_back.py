"""Sheets back 回传测算表: a filing's calculation sheet, filled in and uploaded again."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from tracker.web import context, policy, sheets_back
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, Body, FileField
from tracker.web.sheets_back import Returned

blp = Noun("sheets_back", "回传测算表", "What was typed into a calculation sheet.", under="filings")


class SheetFile(Body):
    """The workbook that came back."""

    file = FileField(required=True)


class ProposedAnswer(Answer):
    """一行拟核减."""

    row = fields.Integer()
    item = fields.String(attribute="line.code")
    label = fields.String(attribute="line.label")
    filed_fen = fields.Integer(attribute="line.filed_fen")
    reduced_fen_now = fields.Integer(attribute="line.reduced_fen")
    reduced_fen = fields.Integer()
    reason_code = fields.String()
    reason = fields.String()


class WrongAnswer(Answer):
    """一行有误."""

    row = fields.Integer(metadata={"description": "0 for a line that has no row."})
    label = fields.String()
    code = fields.String()
    what = fields.Function(lambda one: sheets_back.words(one)["what"], metadata={"type": "string"})
    how = fields.Function(lambda one: sheets_back.words(one)["how"], metadata={"type": "string"})


class SheetAnswer(Answer):
    """回传的测算表与现状对照."""

    sha256 = fields.String(metadata={"description": "By which it is asked for again."})
    unchanged = fields.Boolean(metadata={"description": "It is the very file that was filed."})
    same = fields.Integer(attribute="found.same")
    proposed = fields.List(fields.Nested(ProposedAnswer), attribute="found.proposed")
    problems = fields.List(fields.Nested(WrongAnswer), attribute="found.problems")


@blp.writing("/<int:key>/sheets-back", "回传测算表", SheetAnswer, SheetFile, location="files")
@policy.may("see_filing_lines")
def upload(body: Mapping[str, Any], key: int) -> Returned:
    """Look at a workbook that came back; nothing is changed by it."""
    return _one(key, sheets_back.kept(key, sheets_back.chosen(body["file"])))


@blp.reading("/<int:key>/sheets-back/<sha256>", "一份回传的测算表", SheetAnswer)
@policy.may("see_filing_lines")
def back(key: int, sha256: str) -> Returned:
    """What it says beside what stands."""
    return _one(key, sha256)


@blp.writing("/<int:key>/sheets-back/<sha256>", "采纳回传测算表中的核减", SheetAnswer)
@policy.may("reduce_filing")
def take(key: int, sha256: str) -> Returned:
    """Take over everything it proposes, or nothing where anything in it is wrong."""
    sheets_back.taken(key, sha256)
    return _one(key, sha256)


def _one(key: int, sha256: str) -> Returned:
    return sheets_back.returned(context.session(), context.user(), key, sha256)
