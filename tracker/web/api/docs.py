"""Docs 接口文档: the API's documentation, drawn by RapiDoc from the OpenAPI file, all our own."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.web import policy

bp = Blueprint("docs", __name__, url_prefix="/api")


@bp.get("/docs")
@policy.anyone
def docs() -> ResponseReturnValue:
    """The page of the documentation; it shows nobody's data."""
    return render_template("api/docs.html")
