"""Oddities 风险提示 in words, for reviewers: a firm that read them would learn to avoid them."""

from collections.abc import Sequence

from tracker import access
from tracker.models.cargo import Shipment
from tracker.steps import oddities
from tracker.web import context
from tracker.web.filters import tongue


def told(shipment_ids: Sequence[int]) -> dict[int, list[str]]:
    """Shipment id -> its oddities in words; nothing at all to who may not see them."""
    if not access.may(context.user(), "see_oddities"):
        return {}
    found = oddities.of(context.session(), shipment_ids)
    return {key: [one.text(tongue()) for one in odd] for key, odd in found.items()}


def of(shipment: Shipment) -> list[str]:
    """Those of one shipment."""
    return told([shipment.id]).get(shipment.id, [])
