"""Uploads 上传文件: what holds of every kept file: its bytes stand once, it goes with a reason."""

from sqlalchemy import Select
from sqlalchemy.orm import Session

from tracker.errors import Conflict, Refused, mark
from tracker.models.cargo import Manifest
from tracker.models.cross_checks import CrossCheckFile
from tracker.models.tracks import TrackFile


def require_once(
    session: Session, same: Select[Manifest] | Select[TrackFile] | Select[CrossCheckFile]
) -> None:
    """Raise ``Conflict`` where the same bytes stand already, as the query finds them."""
    known = session.scalar(same)
    if known is not None:
        raise Conflict(
            mark("The same file was uploaded before as “%(name)s” (no. %(number)s)."),
            mark("Nothing is lost and nothing counts twice; open the earlier upload."),
            name=known.file_name,
            number=known.id,
        )


def require_reason(reason: str) -> str:
    """The reason why a file is withdrawn, as it is kept; raises ``Refused`` for none."""
    if not reason.strip():
        raise Refused(mark("A reason is needed."), mark("Say in words why it is withdrawn."))
    return reason.strip()
