"""Cargo tables 货物数据表: manifests, shipments, routes and claims."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _shipment()
    _claim_key()
    _manifest()
    _route()
    _manifest_problem()
    _manifest_row()
    _cargo_line()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _shipment() -> None:
    op.create_table(
        "shipment",
        Column("id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("unit_key", String(200), nullable=False),
        Column("mode", String(8), nullable=False),
        Column("direction", String(1), nullable=False),
        Column("departure_date", Date(), nullable=False),
        Column("border_exit_date", Date(), nullable=True),
        Column("label", String(60), nullable=False),
        Column("unit", Text(), nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("accepted_seq", KEY, nullable=False),
        Column("accepted_at", DateTime(timezone=True), nullable=False),
        Column("state", String(12), nullable=False),
        Column("league_id", KEY, nullable=True),
        Column("waits_for", String(200), nullable=False),
        CheckConstraint(
            "state IN ('standing', 'contested', 'withdrawn')", name=op.f("ck_shipment_state")
        ),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_shipment_firm_id_firm"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_shipment_league_id_league"),
        PrimaryKeyConstraint("id", name="pk_shipment"),
        UniqueConstraint("accepted_seq", name="uq_shipment_accepted_seq"),
        UniqueConstraint("firm_id", "unit_key", name="uq_shipment_firm_id_unit_key"),
    )
    op.create_index("ix_shipment_departure_date", "shipment", ["departure_date"])
    op.create_index("ix_shipment_firm_id", "shipment", ["firm_id"])
    op.create_index("ix_shipment_league_id", "shipment", ["league_id"])
    op.create_index("ix_shipment_unit_key", "shipment", ["unit_key"])


def _claim_key() -> None:
    op.create_table(
        "claim_key",
        Column("id", KEY, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("claim", String(200), nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("released_seq", KEY, nullable=True),
        ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name="fk_claim_key_shipment_id_shipment"
        ),
        PrimaryKeyConstraint("id", name="pk_claim_key"),
    )
    op.create_index("ix_claim_key_shipment_id", "claim_key", ["shipment_id"])
    op.create_index(
        "uq_claim_key_live",
        "claim_key",
        ["kind", "claim"],
        unique=True,
        sqlite_where=text("released_seq IS NULL"),
        postgresql_where=text("released_seq IS NULL"),
    )


def _manifest() -> None:
    op.create_table(
        "manifest",
        Column("id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("uploaded_at", DateTime(timezone=True), nullable=False),
        Column("state", String(16), nullable=False),
        Column("rows_done", Integer(), nullable=False),
        Column("rows_total", Integer(), nullable=False),
        Column("reading", Text(), nullable=True),
        Column("estimate_fen", BigInteger(), nullable=True),
        Column("committed_at", DateTime(timezone=True), nullable=True),
        CheckConstraint(
            "state IN ('received', 'checked', 'refused', 'committing', 'committed', 'withdrawn')",
            name=op.f("ck_manifest_state"),
        ),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_manifest_firm_id_firm"),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_manifest_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_manifest"),
    )
    op.create_index("ix_manifest_firm_id", "manifest", ["firm_id"])
    op.create_index(
        "uq_manifest_live",
        "manifest",
        ["firm_id", "sha256"],
        unique=True,
        sqlite_where=text("state NOT IN ('refused', 'withdrawn')"),
        postgresql_where=text("state NOT IN ('refused', 'withdrawn')"),
    )


def _route() -> None:
    op.create_table(
        "route",
        Column("id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("network_version_id", KEY, nullable=False),
        Column("shipment_version_no", Integer(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("corridor", String(20), nullable=True),
        Column("hub", String(20), nullable=True),
        Column("port", String(20), nullable=True),
        Column("league_code", String(6), nullable=True),
        Column("distance_km_tenths", Integer(), nullable=True),
        Column("confidence", Integer(), nullable=False),
        Column("match", Text(), nullable=False),
        Column("standing", Boolean(), nullable=False),
        CheckConstraint(
            "state IN ('matched', 'ambiguous', 'unmatched')", name=op.f("ck_route_state")
        ),
        ForeignKeyConstraint(
            ["network_version_id"],
            ["network_version.id"],
            name="fk_route_network_version_id_network_version",
        ),
        ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name="fk_route_shipment_id_shipment"
        ),
        PrimaryKeyConstraint("id", name="pk_route"),
    )
    op.create_index("ix_route_shipment_id", "route", ["shipment_id"])
    op.create_index(
        "uq_route_standing",
        "route",
        ["shipment_id"],
        unique=True,
        sqlite_where=text("standing = 1"),
        postgresql_where=text("standing"),
    )


def _manifest_problem() -> None:
    op.create_table(
        "manifest_problem",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("severity", String(8), nullable=False),
        Column("code", String(60), nullable=False),
        Column("sheet", String(120), nullable=True),
        Column("row_no", Integer(), nullable=True),
        Column("column_letter", String(8), nullable=True),
        Column("field", String(40), nullable=True),
        Column("value", String(500), nullable=True),
        Column("values", Text(), nullable=False),
        CheckConstraint(
            "severity IN ('refuse', 'ask', 'notice')", name=op.f("ck_manifest_problem_severity")
        ),
        ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name="fk_manifest_problem_manifest_id_manifest"
        ),
        PrimaryKeyConstraint("id", name="pk_manifest_problem"),
    )
    op.create_index("ix_manifest_problem_manifest_id", "manifest_problem", ["manifest_id"])


def _manifest_row() -> None:
    op.create_table(
        "manifest_row",
        Column("id", KEY, nullable=False),
        Column("manifest_id", KEY, nullable=False),
        Column("sheet", String(120), nullable=False),
        Column("row_no", Integer(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("fields", Text(), nullable=True),
        Column("unit_key", String(200), nullable=True),
        Column("line_key", String(300), nullable=True),
        Column("content_sha256", String(64), nullable=True),
        Column("reason", String(200), nullable=False),
        CheckConstraint(
            "state IN ('new', 'unchanged', 'changed', 'replaces', 'contested', 'doubled', "
            "'refused', 'asked', 'not_data')",
            name=op.f("ck_manifest_row_state"),
        ),
        ForeignKeyConstraint(
            ["manifest_id"], ["manifest.id"], name="fk_manifest_row_manifest_id_manifest"
        ),
        PrimaryKeyConstraint("id", name="pk_manifest_row"),
        UniqueConstraint(
            "manifest_id", "sheet", "row_no", name="uq_manifest_row_manifest_id_sheet_row_no"
        ),
    )


def _cargo_line() -> None:
    op.create_table(
        "cargo_line",
        Column("id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("manifest_row_id", KEY, nullable=False),
        Column("line_key", String(300), nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("waybill_no", String(37), nullable=False),
        Column("supervision_mode", String(4), nullable=False),
        Column("goods_name", String(250), nullable=False),
        Column("gross_weight_g", KEY, nullable=False),
        Column("packages", KEY, nullable=False),
        Column("fields", Text(), nullable=False),
        Column("content_sha256", String(64), nullable=False),
        Column("standing", Boolean(), nullable=False),
        ForeignKeyConstraint(
            ["manifest_row_id"],
            ["manifest_row.id"],
            name="fk_cargo_line_manifest_row_id_manifest_row",
        ),
        ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name="fk_cargo_line_shipment_id_shipment"
        ),
        PrimaryKeyConstraint("id", name="pk_cargo_line"),
        UniqueConstraint(
            "shipment_id",
            "line_key",
            "version_no",
            name="uq_cargo_line_shipment_id_line_key_version_no",
        ),
    )
    op.create_index(
        "uq_cargo_line_standing",
        "cargo_line",
        ["shipment_id", "line_key"],
        unique=True,
        sqlite_where=text("standing = 1"),
        postgresql_where=text("standing"),
    )
