"""Staged 资金所处阶段: the shipments whose money stands somewhere, of those that one sees."""

from sqlalchemy import Select

from tracker import access
from tracker.models.money import Item, ItemStage
from tracker.models.people import User


def in_stage(user: User, stage: str) -> Select[int | None]:
    """Keys of the shipments with money at this stage."""
    return (
        access.visible_items(user)
        .with_only_columns(Item.shipment_id)
        .join(ItemStage, ItemStage.item_id == Item.id)
        .where(ItemStage.stage == stage, ItemStage.balance > 0)
    )
