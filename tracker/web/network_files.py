"""Network files 路网文件: a version, or a corridor of it, as files that can be brought in again."""

from flask import Blueprint, Response
from sqlalchemy import select

from ingest.network import Corridor, Network
from ingest.network.amendment import Amendment
from ingest.network.exchange import write
from tracker import access
from tracker.models.networks import NetworkVersion
from tracker.papers import stations as papers
from tracker.steps import networks as steps
from tracker.web import context, downloads, policy
from tracker.web.networks import corridor_of

bp = Blueprint("network_files", __name__, url_prefix="/networks")


@bp.get("/<int:key>/network.json")
@policy.may("see_networks")
def network(key: int) -> Response:
    """A whole version."""
    version = _version(key)
    name = f"network-{version.valid_from.isoformat()}-{version.sha256[:8]}"
    return downloads.json_file(write(steps.opened(version)), name)


@bp.get("/<int:key>/corridors/<name>/corridor.json")
@policy.may("see_networks")
def corridor(key: int, name: str) -> Response:
    """One corridor, as an amendment: change it and propose it."""
    _, found = _corridor(key, name)
    return downloads.json_file(write(Amendment(corridors=(found,))), found.id)


@bp.get("/<int:key>/corridors/<name>/stations.xlsx")
@policy.may("see_networks")
def stations(key: int, name: str) -> Response:
    """The table of stations of one corridor, to be filled in with official km."""
    opened, found = _corridor(key, name)
    return downloads.workbook(papers.write(opened, found, context.now()), f"{found.id}-stations")


def _version(key: int) -> NetworkVersion:
    return access.see(context.session(), select(NetworkVersion), key)


def _corridor(key: int, name: str) -> tuple[Network, Corridor]:
    opened = steps.opened(_version(key))
    return opened, corridor_of(opened, name)
