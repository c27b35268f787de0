"""Tracks 轨迹: files of positions, their vehicles, links and checks, and what keeps them."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
VERDICTS = ("proven", "contradicted", "not_proven")
OUTCOMES = ("outcome", "province", "domestic", "abroad")


def upgrade() -> None:
    """Make the tables, then the triggers that keep them."""
    _track_file()
    _track()
    _track_link()
    _track_check()
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0019_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _one_of(table: str, column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _once(name: str, table: str, columns: list[str], sqlite: str, postgresql: str = "") -> None:
    where = text(sqlite), text(postgresql or sqlite)
    op.create_index(
        name, table, columns, unique=True, sqlite_where=where[0], postgresql_where=where[1]
    )


def _track_file() -> None:
    op.create_table(
        "track_file",
        Column("id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("datum", String(8), nullable=False),
        Column("zone", String(40), nullable=False),
        Column("uploaded_at", DateTime(timezone=True), nullable=False),
        Column("source", String(8), nullable=False),
        Column("state", String(12), nullable=False),
        Column("reading", Text(), nullable=True),
        Column("withdrawn_at", DateTime(timezone=True), nullable=True),
        Column("withdrawn_user_id", KEY, nullable=True),
        Column("withdrawn_reason", String(300), nullable=False),
        _one_of("track_file", "datum", "WGS84", "GCJ02", "BD09"),
        _one_of("track_file", "state", "received", "read", "refused", "withdrawn"),
        _one_of("track_file", "source", "web", "api", "inbox"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            name=op.f("ck_track_file_withdrawn"),
        ),
        _to("track_file", "firm_id", "firm"),
        _to("track_file", "user_id", "user_account"),
        _to("track_file", "withdrawn_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_track_file"),
    )
    op.create_index("ix_track_file_firm_id", "track_file", ["firm_id"])
    live = "state NOT IN ('refused', 'withdrawn')"
    _once("uq_track_file_live", "track_file", ["firm_id", "sha256"], live)


def _track() -> None:
    op.create_table(
        "track",
        Column("id", KEY, nullable=False),
        Column("track_file_id", KEY, nullable=False),
        Column("number", Integer(), nullable=False),
        Column("plate", String(40), nullable=False),
        Column("first_at", DateTime(timezone=True), nullable=False),
        Column("last_at", DateTime(timezone=True), nullable=False),
        Column("points", Integer(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("dropped", Text(), nullable=False),
        _to("track", "track_file_id", "track_file"),
        PrimaryKeyConstraint("id", name="pk_track"),
        UniqueConstraint("track_file_id", "number", name="uq_track_track_file_id_number"),
    )
    op.create_index("ix_track_sha256", "track", ["sha256"])


def _track_link() -> None:
    op.create_table(
        "track_link",
        Column("id", KEY, nullable=False),
        Column("track_id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("linked_at", DateTime(timezone=True), nullable=False),
        Column("user_id", KEY, nullable=True),
        Column("removed_at", DateTime(timezone=True), nullable=True),
        Column("removed_user_id", KEY, nullable=True),
        CheckConstraint(
            "removed_user_id IS NULL OR removed_at IS NOT NULL",
            name=op.f("ck_track_link_removed"),
        ),
        _to("track_link", "track_id", "track"),
        _to("track_link", "shipment_id", "shipment"),
        _to("track_link", "user_id", "user_account"),
        _to("track_link", "removed_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_track_link"),
    )
    op.create_index("ix_track_link_track_id", "track_link", ["track_id"])
    op.create_index("ix_track_link_shipment_id", "track_link", ["shipment_id"])
    pair = ["track_id", "shipment_id"]
    _once("uq_track_link_standing", "track_link", pair, "removed_at IS NULL")


def _track_check() -> None:
    op.create_table(
        "track_check",
        Column("id", KEY, nullable=False),
        Column("track_id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("route_id", KEY, nullable=False),
        Column("checker", String(16), nullable=False),
        Column("declared", Text(), nullable=False),
        Column("checked_at", DateTime(timezone=True), nullable=False),
        Column("outcome", String(12), nullable=False),
        Column("province", String(12), nullable=False),
        Column("domestic", String(12), nullable=False),
        Column("abroad", String(12), nullable=False),
        Column("body", Text(), nullable=False),
        Column("standing", Boolean(), nullable=False),
        *(_one_of("track_check", name, *VERDICTS) for name in OUTCOMES),
        _to("track_check", "track_id", "track"),
        _to("track_check", "shipment_id", "shipment"),
        _to("track_check", "route_id", "route"),
        PrimaryKeyConstraint("id", name="pk_track_check"),
    )
    op.create_index("ix_track_check_track_id", "track_check", ["track_id"])
    op.create_index("ix_track_check_shipment_id", "track_check", ["shipment_id"])
    pair = ["track_id", "shipment_id"]
    _once("uq_track_check_standing", "track_check", pair, "standing = 1", "standing")
