"""League packages 盟市数据包, and receipts 测算说明单 of a matter."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
)

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
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
        CheckConstraint(
            "state IN ('asked', 'made', 'dropped', 'failed')",
            name=op.f("ck_league_package_state"),
        ),
        CheckConstraint(
            "(state IN ('made', 'dropped')) = (sha256 <> '')", name=op.f("ck_league_package_made")
        ),
        ForeignKeyConstraint(
            ["league_id"], ["league.id"], name="fk_league_package_league_id_league"
        ),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_league_package_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_league_package"),
    )
    op.create_index("ix_league_package_league_id", "league_package", ["league_id"])
    bind = op.get_bind().execution_options(no_parameters=True)
    if bind.dialect.name == "sqlite":
        _reword(bind)
    else:
        op.drop_constraint(op.f("ck_receipt_kind"), "receipt")
        op.create_check_constraint(op.f("ck_receipt_kind"), "receipt", f"kind IN ({AFTER})")


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _reword(bind: Connection) -> None:
    """SQLite changes no constraint: its wording is put right in the schema, as 0017 did."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'receipt'"
    said = str(bind.exec_driver_sql(query).scalar_one())
    assert said.count(BEFORE) == 1, said
    told = said.replace(BEFORE, AFTER).replace("'", "''")
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql(
        f"UPDATE sqlite_master SET sql = '{told}' WHERE type = 'table' AND name = 'receipt'"  # noqa: S608  as it was
    )
    version = int(bind.exec_driver_sql("PRAGMA schema_version").scalar_one())
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
    assert bind.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
