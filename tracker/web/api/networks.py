"""Networks 路网: the versions of the route network, each as the file it can be brought in from."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy import select

from ingest.network.exchange import FORMAT
from tracker import access
from tracker.models.networks import NetworkVersion
from tracker.steps import networks as steps
from tracker.web import context, policy
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import Answer

blp = Noun("networks", "路网", "Versions of the network of corridors; a version is never edited.")


class NetworkAnswer(Answer):
    """路网版本."""

    id = fields.Integer(attribute="version.id")
    sha256 = fields.String(attribute="version.sha256")
    valid_from = fields.Date(attribute="version.valid_from")
    note = fields.String(attribute="version.note")


class NetworkOne(NetworkAnswer):
    """路网版本，附全部内容."""

    file = fields.Dict(
        keys=fields.String(), metadata={"description": "As POST /proposals takes it."}
    )


@blp.listing("", "路网版本列表", NetworkAnswer)
@policy.may("see_networks")
def listed(pages: Pages) -> list[Mapping[str, Any]]:
    """The versions, the one that begins last first."""
    query = select(NetworkVersion).order_by(NetworkVersion.valid_from.desc())
    return [{"version": one} for one in part(query, pages)]


@blp.reading("/<int:key>", "一个路网版本：通道、地点、口岸", NetworkOne)
@policy.may("see_networks")
def one(key: int) -> Mapping[str, Any]:
    """One version with all that is in it."""
    found = access.see(context.session(), select(NetworkVersion), key)
    body = steps.opened(found).as_json()
    return {"version": found, "file": {"format": FORMAT, "network": body}}
