"""Policy 访问策略: every endpoint says who may ask it; one that says nothing answers nobody.

A view is declared with ``anyone``, ``signed_in``, ``may(action)`` (of ``access``) or ``only``.
The guard runs before every request: who is asking, may they, and does a form carry its token.
What one may see among the rows of a noun is asked of ``access`` by the view itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect

from tracker import access
from tracker.errors import NotAllowed, NotSignedIn, mark
from tracker.models.people import ROLES, User
from tracker.web import context, sessions

View = TypeVar("View", bound=Callable[..., Any])
MARK = "tracker_policy"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
log = structlog.get_logger("tracker.web")


@dataclass(frozen=True)
class Policy:
    """Who may ask an endpoint."""

    roles: tuple[str, ...]
    """Roles that may; empty with ``open``."""
    open: bool = False
    """Anybody may, signed in or not."""

    def lets(self, user: User | None) -> bool:
        """Whether this person (or nobody) may ask."""
        return self.open or (user is not None and user.active and user.role in self.roles)


OPEN = Policy((), open=True)
SIGNED_IN = Policy(ROLES)
FOREIGN = {
    "static": OPEN,
    "api-docs.openapi_json": OPEN,
}
"""Endpoints of the libraries, which cannot be marked."""
SCOPES: dict[str, frozenset[str]] = {
    "push": frozenset(
        {
            "api_me.me",
            "api_manifests.upload",
            "api_manifests.listed",
            "api_manifests.one",
            "api_manifests.problem_list",
            "api_manifests.row_list",
            "api_manifests.failing",
            "api_manifests.template",
        }
    )
}
"""What a token may do that may not do all -> the endpoints; whatever is not named is refused."""


def anyone(view: View) -> View:
    """Declare a view open to everybody."""
    return _declare(view, OPEN)


def signed_in(view: View) -> View:
    """Declare a view open to every role."""
    return _declare(view, SIGNED_IN)


def may(*actions: str) -> Callable[[View], View]:
    """Declare a view open to the roles that may take any of these actions of ``access.POLICY``."""
    roles = tuple(dict.fromkeys(role for action in actions for role in access.POLICY[action]))
    return lambda view: _declare(view, Policy(roles))


def only(*roles: str) -> Callable[[View], View]:
    """Declare a view open to these roles: for steps of a flow, which name their own."""
    assert set(roles) <= set(ROLES), roles
    return lambda view: _declare(view, Policy(roles))


def of(app: Flask, endpoint: str) -> Policy | None:
    """The policy of an endpoint; None where nobody declared one."""
    declared: Policy | None = getattr(app.view_functions[endpoint], MARK, None)
    return declared or FOREIGN.get(endpoint)


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Ask before every request: who it is, whether they may, and for the form's token."""

    @app.before_request
    def guard() -> None:
        g.user = None
        g.bearer = False
        if request.endpoint is None or request.endpoint == "static":
            return
        sessions.identify()
        policy = of(app, request.endpoint)
        if policy is None:
            log.error("endpoint without a policy", endpoint=request.endpoint)
        _require(policy)
        if g.get("scope", "all") != "all" and request.endpoint not in SCOPES[g.scope]:
            raise NotAllowed(
                mark("This token only pushes manifests and asks how they stand."),
                mark("Do it on the page, or make a token that may do all you may."),
            )
        if request.method not in SAFE_METHODS and not g.bearer:
            csrf.protect()


def _require(policy: Policy | None) -> None:
    user = context.visitor()
    if policy is not None and policy.lets(user):
        return
    if user is None:
        raise NotSignedIn(
            mark("You are not signed in, or your session has ended."),
            mark("Sign in and try again."),
        )
    raise NotAllowed(
        mark("Your role does not include this."),
        mark("Ask a colleague whose role does, or sign in as another person."),
    )


def _declare(view: View, policy: Policy) -> View:
    setattr(view, MARK, policy)
    return view
