"""Networks 路网: the versions of the route network, each as the file it can be brought in from."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy import select

from ingest.network.exchange import FORMAT
from tracker import access
from tracker.models.networks import NetworkVersion
from tracker.steps import networks as steps
from tracker.web import context, maps, policy, volumes
from tracker.web.api.nouns import Noun, Pages, part
from tracker.web.api.shape import Answer, Asked, Month

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


class VolumesAsked(Asked):
    """Which month."""

    month = Month(load_default=None, metadata={"description": "The newest where it is not said."})


class VolumeAnswer(Answer):
    """一条通道一个月的运量."""

    corridor = fields.String(attribute="id")
    name = fields.String()
    mode = fields.String(
        metadata={"description": "Empty where the month's network lacks the corridor."}
    )
    shipments = fields.Integer()
    teu = fields.Integer(metadata={"description": "A box of 20 feet is 1, a longer one 2."})
    amount_fen = fields.Integer(
        metadata={"description": "What was accrued, at whatever stage it stands now."}
    )


class VolumesAnswer(Answer):
    """月度运量: every corridor of the month's network, and the sums."""

    month = fields.String()
    corridors = fields.List(fields.Nested(VolumeAnswer), attribute="volumes")
    shipments = fields.Integer()
    teu = fields.Integer()
    amount_fen = fields.Integer()


@blp.reading("/volumes", "按月、按通道的运量", VolumesAnswer, VolumesAsked)
@policy.may("see_shipments")
def month(asked: Mapping[str, Any]) -> volumes.Month:
    """Shipments, boxes and money by corridor of a month of departure, as far as one sees them."""
    session, user = context.session(), context.user()
    first = asked["month"] or maps.newest(volumes.months(session, user))
    return volumes.of_month(session, user, first)
