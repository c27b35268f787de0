"""Pins 人工定线: corridors that reviewers set shipments on, and what keeps them."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, then the triggers that keep it."""
    op.create_table(
        "pin",
        Column("id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("asked_sha256", String(64), nullable=False),
        Column("corridor", String(20), nullable=False),
        Column("places", Text(), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("pinned_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name="fk_pin_shipment_id_shipment"),
        ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_pin_user_id_user_account"),
        PrimaryKeyConstraint("id", name="pk_pin"),
    )
    op.create_index("ix_pin_shipment_id", "pin", ["shipment_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0020_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")
