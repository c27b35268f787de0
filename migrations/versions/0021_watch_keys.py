"""Watch keys 查重标识: numbers that two shipments should not both bear, found by an index."""

import json
from collections.abc import Iterator

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    text,
)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
SHIPMENTS = (
    "SELECT id, coalesce(border_exit_date, departure_date), direction, unit FROM shipment"
    " WHERE state = 'standing'"
)
LINES = (
    "SELECT shipment_id, fields FROM cargo_line JOIN shipment ON shipment.id = shipment_id"
    " WHERE standing AND state = 'standing'"
)
FILL = "INSERT INTO watch_key (kind, claim, shipment_id) VALUES (:kind, :claim, :shipment)"


def upgrade() -> None:
    """Make the table, and fill it from the shipments that stand."""
    op.create_table(
        "watch_key",
        Column("id", KEY, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("claim", String(200), nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("released_seq", KEY, nullable=True),
        ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name="fk_watch_key_shipment_id_shipment"
        ),
        PrimaryKeyConstraint("id", name="pk_watch_key"),
    )
    op.create_index("ix_watch_key_shipment_id", "watch_key", ["shipment_id"])
    op.create_index("ix_watch_key_claim", "watch_key", ["claim"])
    fill(op.get_bind())


def fill(connection: Connection) -> None:
    """Write what every standing shipment bears."""
    names = ("shipment", "kind", "claim")
    rows = [dict(zip(names, row, strict=True)) for row in sorted(set(_borne(connection)))]
    if rows:
        connection.execute(text(FILL), rows)


def _borne(connection: Connection) -> Iterator[tuple[int, str, str]]:
    for key, day, direction, said in connection.execute(text(SHIPMENTS)):
        unit = json.loads(said)
        trailer = unit["trailer_plate"] and f"{unit['trailer_plate']}|{day}|{direction}"
        for kind, claim in (
            ("carnet", unit["tir_carnet_no"]),
            ("batch", unit["trip_batch_no"]),
            ("trailer", trailer),
        ):
            if claim:
                yield key, kind, claim
    for key, said in connection.execute(text(LINES)):
        for seal in json.loads(said).get("seal_no", "").split(";"):
            if seal.strip():
                yield key, "seal", seal.strip()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")
