"""Evidence 佐证材料: files that prove what is stated, what they belong to, and what keeps both."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    text,
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, then the triggers that keep them."""
    _evidence()
    _evidence_link()
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    file = Path(__file__).parents[1] / "sql" / f"0010_{bind.dialect.name}.sql"
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


def _standing(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, unique=True, sqlite_where=text(where), postgresql_where=text(where)
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        Column("id", KEY, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("content", String(8), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("notices", Text(), nullable=False),
        Column("added_at", DateTime(timezone=True), nullable=False),
        Column("firm_id", KEY, nullable=True),
        Column("league_id", KEY, nullable=True),
        Column("document_no", String(60), nullable=False),
        Column("total_fen", BigInteger(), nullable=True),
        Column("currency", String(3), nullable=False),
        Column("note", String(300), nullable=False),
        Column("withdrawn_at", DateTime(timezone=True), nullable=True),
        Column("withdrawn_user_id", KEY, nullable=True),
        Column("withdrawn_reason", String(300), nullable=False),
        _one_of(
            "evidence",
            "kind",
            *("declaration", "list_export", "waybill", "cmr", "tir_page"),
            *("freight_invoice", "payment_proof", "track", "stamped_scan", "other"),
        ),
        CheckConstraint("firm_id IS NULL OR league_id IS NULL", name=op.f("ck_evidence_owner")),
        CheckConstraint(
            "total_fen IS NULL OR (total_fen > 0 AND currency <> '')",
            name=op.f("ck_evidence_total"),
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            name=op.f("ck_evidence_withdrawn"),
        ),
        _to("evidence", "user_id", "user_account"),
        _to("evidence", "firm_id", "firm"),
        _to("evidence", "league_id", "league"),
        _to("evidence", "withdrawn_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    standing = "withdrawn_at IS NULL AND {} IS NOT NULL"
    for owner in ("firm", "league"):
        column = f"{owner}_id"
        _standing(f"uq_evidence_{owner}", "evidence", [column, "sha256"], standing.format(column))
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])
    op.create_index("ix_evidence_kind_document_no", "evidence", ["kind", "document_no"])


def _evidence_link() -> None:
    op.create_table(
        "evidence_link",
        Column("id", KEY, nullable=False),
        Column("evidence_id", KEY, nullable=False),
        Column("subject_kind", String(12), nullable=False),
        Column("subject_id", KEY, nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("linked_at", DateTime(timezone=True), nullable=False),
        Column("part_fen", BigInteger(), nullable=True),
        Column("removed_at", DateTime(timezone=True), nullable=True),
        Column("removed_user_id", KEY, nullable=True),
        _one_of(
            "evidence_link",
            "subject_kind",
            *("shipment", "cargo_line", "manifest", "application"),
            *("filing", "allotment", "disbursement", "method"),
        ),
        CheckConstraint("part_fen IS NULL OR part_fen >= 0", name=op.f("ck_evidence_link_part")),
        CheckConstraint(
            "part_fen IS NULL OR subject_kind IN ('shipment', 'cargo_line')",
            name=op.f("ck_evidence_link_part_of"),
        ),
        CheckConstraint(
            "(removed_at IS NULL) = (removed_user_id IS NULL)",
            name=op.f("ck_evidence_link_removed"),
        ),
        _to("evidence_link", "evidence_id", "evidence"),
        _to("evidence_link", "user_id", "user_account"),
        _to("evidence_link", "removed_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_evidence_link"),
    )
    _standing(
        "uq_evidence_link_standing",
        "evidence_link",
        ["evidence_id", "subject_kind", "subject_id"],
        "removed_at IS NULL",
    )
    op.create_index("ix_evidence_link_subject", "evidence_link", ["subject_kind", "subject_id"])
