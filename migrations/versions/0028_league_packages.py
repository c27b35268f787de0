"""League packages 盟市数据包, and receipts 测算说明单 of a matter."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    PrimaryKeyConstraint,
    String,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
BEFORE = "'shipment', 'application', 'firm_year'"
AFTER = "'shipment', 'matter', 'application', 'firm_year'"


def upgrade() -> None:
    """Make the table, and let a receipt be of a matter."""
    op.create_table(
        "league_package",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("state", String(8), nullable=False),
        Column("seq", KEY, nullable=False),
        Column("head", String(64), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=True),
        one_of("league_package", "state", "asked", "made", "dropped", "failed"),
        CheckConstraint(
            "(state IN ('made', 'dropped')) = (sha256 <> '')", name=op.f("ck_league_package_made")
        ),
        to("league_package", "league_id", "league"),
        to("league_package", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_league_package"),
    )
    op.create_index("ix_league_package_league_id", "league_package", ["league_id"])
    if op.get_bind().dialect.name == "sqlite":
        parts.reword("receipt", BEFORE, AFTER)
    else:
        op.drop_constraint(op.f("ck_receipt_kind"), "receipt")
        op.create_check_constraint(op.f("ck_receipt_kind"), "receipt", f"kind IN ({AFTER})")


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
