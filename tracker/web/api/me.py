"""Me 我: who is asking, what their role includes, and the token a browser's form needs."""

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_wtf.csrf import generate_csrf
from marshmallow import fields

from tracker import access
from tracker.web import context, filters, policy
from tracker.web.api.nouns import Noun
from tracker.web.api.shape import Answer, FirmAnswer, LeagueAnswer

blp = Noun("me", "我", "Who is asking and what they may do.")


class MeAnswer(Answer):
    """本人."""

    login = fields.String(attribute="user.login")
    name = fields.String(attribute="user.name")
    role = fields.String(attribute="user.role")
    role_label = fields.String()
    firm = fields.Nested(FirmAnswer, attribute="user.firm", allow_none=True)
    league = fields.Nested(LeagueAnswer, attribute="user.league", allow_none=True)
    actions = fields.List(
        fields.String(), metadata={"description": "What the role includes beside steps of flows."}
    )
    language = fields.String()
    form_token = fields.String(
        metadata={"description": "For the header X-CSRFToken; empty for who sent a token."}
    )


@blp.reading("", "我是谁、何角色、可办什么", MeAnswer, tagged=False)
@policy.signed_in
def me() -> Mapping[str, Any]:
    """Who am I, in which role, and what may I do."""
    user = context.user()
    return {
        "user": user,
        "role_label": filters.role(user.role),
        "actions": [action for action in access.POLICY if access.may(user, action)],
        "language": filters.tongue(),
        "form_token": "" if g.bearer else generate_csrf(),
    }
