"""Rows left out 未入库行: which of a manifest stay out, those to be mended and those past it."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.models.cargo import MENDED_STATES, Manifest, ManifestRow
from tracker.models.further import FurtherSheet


def to_mend(manifest: Manifest) -> Select[ManifestRow]:
    """Those that wait for somebody to mend them or to answer."""
    return _of(manifest).where(ManifestRow.reason != "settled")


def settled(manifest: Manifest) -> Select[ManifestRow]:
    """Those whose money has been applied for: nothing in the file lets them in."""
    return _of(manifest).where(ManifestRow.reason == "settled")


def further_rows(session: Session, manifest: Manifest) -> int:
    """How many rows of legs and parcels wait for somebody to mend them or to answer."""
    query = select(FurtherSheet.states).where(FurtherSheet.manifest_id == manifest.id)
    every = session.scalars(query).all()
    return sum(int(states.get(state, 0)) for states in every for state in ("waiting", "refused"))


def _of(manifest: Manifest) -> Select[ManifestRow]:
    return select(ManifestRow).where(
        ManifestRow.manifest_id == manifest.id, ManifestRow.state.in_(MENDED_STATES)
    )
