"""Letters 文书: the templates of papers; the papers stand with their filings and applications."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker.models.letter_templates import LETTER_KINDS
from tracker.web import context, downloads, letters, policy
from tracker.web.api.nouns import Noun, Pages, cut
from tracker.web.api.shape import Answer, Body, FileField

blp = Noun("letters", "文书", "Templates of the papers of filings and applications in Word.")


class TemplateFile(Body):
    """A template."""

    file = FileField(required=True)


class TemplateAnswer(Answer):
    """在用模板."""

    kind = fields.String()
    sha256 = fields.String(metadata={"description": "Empty for the built-in one."})
    file_name = fields.String()
    league = fields.String(
        allow_none=True, metadata={"description": "Whose it is; none for Commerce's, built-in."}
    )
    added_at = fields.AwareDateTime(allow_none=True)


@blp.listing("", "在用的文书模板", TemplateAnswer)
@policy.may("see_templates")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """Every paper with the template one's office uses."""
    found = letters.in_use(context.session(), context.user())
    return [_told(one) for one in cut(found, pages)]


@blp.file("/<kind>", "下载在用模板", downloads.DOCX_TYPE)
@policy.may("see_templates")
def template(kind: str) -> Response:
    """The template in use for a paper, by its kind."""
    return letters.template_of(kind)


@blp.writing("/<kind>", "更换模板", TemplateAnswer, TemplateFile, location="files")
@policy.may("bring_template")
def bring(files: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Put a file in the place of the template; refused with all that is wrong with it."""
    file = files["file"]
    letters.keep(kind, file.filename or "", file.stream)
    return _one(kind)


@blp.writing("/<kind>/back", "恢复上一级模板", TemplateAnswer)
@policy.may("bring_template")
def back(kind: str) -> Mapping[str, Any]:
    """Go back to Commerce's template, or to the built-in one."""
    letters.put_back(kind)
    return _one(kind)


def _one(kind: str) -> Mapping[str, Any]:
    found = letters.in_use(context.session(), context.user())
    return _told(found[LETTER_KINDS.index(kind)])


def _told(one: letters.InUse) -> Mapping[str, Any]:
    found = one.template
    return {
        "kind": one.kind,
        "sha256": found.sha256 if found else "",
        "file_name": found.file_name if found else "",
        "league": found.league.code if found and found.league else None,
        "added_at": found.added_at if found else None,
    }
