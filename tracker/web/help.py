"""Help 帮助: one short page per role: what one does here, in which order, and the words."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, PROVINCE_ROLES
from tracker.web import context, policy

bp = Blueprint("help", __name__)


@bp.get("/help")
@policy.anyone
def help_page() -> ResponseReturnValue:
    """The help for whoever is signed in; before that, how to sign in."""
    user = context.visitor()
    role = user.role if user else ""
    return render_template(
        "help/help.html",
        role_now=role,
        side=_side(role),
    )


def _side(role: str) -> str:
    if role in FIRM_ROLES:
        return "firm"
    if role in LEAGUE_ROLES:
        return "league"
    if role in PROVINCE_ROLES:
        return "province"
    return role or "stranger"
