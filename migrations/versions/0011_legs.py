"""Legs 分段 and parcel lists 包裹清单: the further sheets of a manifest."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _further_sheet()
    _leg()
    _parcel_list()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _further_sheet() -> None:
    op.create_table(
        "further_sheet",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("kind", String(8), nullable=False),
        Column("sheet", String(120), nullable=False),
        Column("header_row", Integer(), nullable=False),
        Column("mapping", Text(), nullable=False),
        Column("unknown", Text(), nullable=False),
        Column("rows_read", Integer(), nullable=False),
        Column("states", Text(), nullable=False),
        CheckConstraint("kind IN ('legs', 'parcels')", name=op.f("ck_further_sheet_kind")),
        _to("further_sheet", "manifest_id", "manifest"),
        PrimaryKeyConstraint("id", name="pk_further_sheet"),
    )
    op.create_index("ix_further_sheet_manifest_id", "further_sheet", ["manifest_id"])


def _leg() -> None:
    op.create_table(
        "leg",
        Column("id", KEY, nullable=False),
        Column("further_sheet_id", KEY, nullable=False),
        Column("row_no", Integer(), nullable=False),
        Column("unit_key", String(200), nullable=False),
        Column("leg_no", Integer(), nullable=False),
        Column("fields", Text(), nullable=False),
        Column("content_sha256", String(64), nullable=False),
        Column("state", String(12), nullable=False),
        Column("shipment_id", KEY, nullable=True),
        Column("version_no", Integer(), nullable=True),
        CheckConstraint(
            "state IN ('new', 'unchanged', 'changed', 'held')", name=op.f("ck_leg_state")
        ),
        _to("leg", "further_sheet_id", "further_sheet"),
        _to("leg", "shipment_id", "shipment"),
        PrimaryKeyConstraint("id", name="pk_leg"),
        UniqueConstraint("further_sheet_id", "row_no", name="uq_leg_further_sheet_id_row_no"),
    )
    op.create_index("ix_leg_shipment_id", "leg", ["shipment_id"])


def _parcel_list() -> None:
    op.create_table(
        "parcel_list",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("unit_key", String(200), nullable=False),
        Column("departure_date", Date(), nullable=False),
        Column("row_count", KEY, nullable=False),
        Column("parcel_count", KEY, nullable=False),
        Column("list_count", KEY, nullable=False),
        Column("value_fen", Text(), nullable=True),
        Column("weight_g", KEY, nullable=True),
        Column("hashes", LargeBinary(), nullable=False),
        Column("content_sha256", String(64), nullable=False),
        Column("state", String(12), nullable=False),
        Column("shipment_id", KEY, nullable=True),
        Column("version_no", Integer(), nullable=True),
        CheckConstraint(
            "state IN ('new', 'unchanged', 'changed', 'held', 'claimed')",
            name=op.f("ck_parcel_list_state"),
        ),
        _to("parcel_list", "manifest_id", "manifest"),
        _to("parcel_list", "shipment_id", "shipment"),
        PrimaryKeyConstraint("id", name="pk_parcel_list"),
        UniqueConstraint("manifest_id", "unit_key", name="uq_parcel_list_manifest_id_unit_key"),
    )
    op.create_index("ix_parcel_list_shipment_id", "parcel_list", ["shipment_id"])
