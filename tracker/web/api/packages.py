"""Packages 盟市数据包: asked for, watched until they are made, and taken."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracker.models.packages import PACKAGE_STATES, LeaguePackage
from tracker.web import context, downloads, packages, policy
from tracker.web.api.nouns import Noun, Pages, made, part
from tracker.web.api.shape import Answer, Asked, Body, Text, Word

blp = Noun(
    "packages", "盟市数据包", "A league's books in one file, proved without the tracker's database."
)


class PackagesAsked(Asked):
    """Filters."""

    league = Text(6)
    state = Word(*PACKAGE_STATES)


class PackageBody(Body):
    """Whose books."""

    league = Text(6, load_default="", metadata={"description": "Code; a league's own if blank."})


class PackageAnswer(Answer):
    """盟市数据包."""

    id = fields.Integer()
    league = fields.String(attribute="league.code")
    state = fields.String()
    seq = fields.Integer()
    head = fields.String()
    sha256 = fields.String()
    size_bytes = fields.Integer()
    asked_by = fields.String(attribute="user.login")
    asked_at = fields.AwareDateTime()
    made_at = fields.AwareDateTime(allow_none=True)


@blp.listing("", "盟市数据包列表", PackageAnswer, PackagesAsked)
@policy.may("see_packages")
def listed(pages: Pages) -> list[LeaguePackage]:
    """The packages of the leagues one may have packed, newest first."""
    return part(packages.filtered(context.user()).order_by(LeaguePackage.id.desc()), pages)


@blp.writing("", "制作盟市数据包", PackageAnswer, PackageBody, status=202)
@policy.may("see_packages")
def ask(body: Mapping[str, Any]) -> tuple[object, Mapping[str, str]]:
    """Ask for a package as things stand; the state tells when it is made."""
    key = packages.make(body["league"])
    return made(packages.seen(key), "packages", key)


@blp.reading("/<int:key>", "一个盟市数据包", PackageAnswer)
@policy.may("see_packages")
def one(key: int) -> LeaguePackage:
    """One package: its state, its newest entry and the hash of its file."""
    return packages.seen(key)


@blp.file("/<int:key>/file", "下载盟市数据包", downloads.ZIP_TYPE)
@policy.may("see_packages")
def file(key: int) -> Response:
    """The file; ``python -m tracker.verify`` proves it."""
    return packages.file(key)
