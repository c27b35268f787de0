"""Files around a manifest 发运明细表: the template, the rows to be mended, what columns may say."""

from dataclasses import dataclass
from pathlib import PurePath

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ingest.fields import Field
from tracker import access
from tracker.errors import NotThere, mark
from tracker.papers import failing as paper
from tracker.papers import needs, template
from tracker.steps import manifests as steps
from tracker.web import context, downloads, policy
from tracker.web.filters import tongue

bp = Blueprint("manifest_files", __name__, url_prefix="/manifests")


@dataclass(frozen=True)
class Asked:
    """A field as the documentation lists it, in the language of the page."""

    name: str
    heading: str
    others: str
    note: str
    need: str
    kind: str
    choices: str


@bp.get("/template")
@policy.may("upload_manifest")
def blank() -> ResponseReturnValue:
    """The template to fill."""
    return template_book()


@bp.get("/<int:key>/failing")
@policy.may("see_manifests")
def failing(key: int) -> ResponseReturnValue:
    """The rows of an upload that stay out until they are mended, as a workbook to mend."""
    return failing_book(key)


@bp.get("/fields")
@policy.may("see_manifests")
def fields() -> ResponseReturnValue:
    """Every column that is understood, what belongs in it and when it is needed."""
    sheets = [
        (kind, gettext(name), [*map(_asked, template.columns(kind))])
        for kind, name in template.NAMES.items()
    ]
    return render_template("manifests/fields.html", sheets=sheets)


def template_book() -> Response:
    """The template in the language of the page, as a download."""
    return downloads.workbook(template.write(tongue()), gettext(template.TITLE))


def failing_book(key: int) -> Response:
    """The failing rows of a visible manifest as a download; ``NotThere`` where there are none.

    They are read from the stored bytes again, as on the day of the upload.
    """
    session = context.session()
    found = access.see(session, access.visible_manifests(context.user()), key)
    report = steps.read_stored(session, context.settings().home, found)
    if not paper.rows(report):
        raise NotThere(
            mark("This file has no row that could be mended by itself."),
            mark("Look at the problems of the upload; they say what to do."),
        )
    stem, what = PurePath(found.file_name).stem, gettext("rows to be mended")
    return downloads.workbook(paper.failing(report, tongue()), f"{stem}_{what}")


def _asked(one: Field) -> Asked:
    language = tongue()
    others = dict.fromkeys(text for text in one.headings() if text != one.label(language))
    return Asked(
        name=one.name,
        heading=template.heading(one, language),
        others=" · ".join(others),
        note=one.note(language),
        need=needs.need(one, language),
        kind=needs.kind(one, language),
        choices=needs.listed(one, language),
    )
