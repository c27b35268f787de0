"""Cross-checks 数据比对: files of customs, ports and railways, their rows and results."""

from alembic import op
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
LIVE = "state NOT IN ('refused', 'withdrawn')"
KINDS = ("sheet", "header", "column", "fill", "reading", "cell", "leave_out", "confirm")


def upgrade() -> None:
    """Make the tables, then the triggers that keep them."""
    _file()
    _answer()
    _reading()
    _row()
    _comparison()
    _result()
    _named()
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


def _once(name: str, table: str, columns: list[str], sqlite: str, postgresql: str = "") -> None:
    where = text(sqlite), text(postgresql or sqlite)
    op.create_index(
        name, table, columns, unique=True, sqlite_where=where[0], postgresql_where=where[1]
    )


def _file() -> None:
    name = "cross_check_file"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=True),
        Column("user_id", KEY, nullable=False),
        Column("source", String(8), nullable=False),
        Column("source_name", String(100), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("first_day", Date(), nullable=False),
        Column("last_day", Date(), nullable=False),
        Column("mode", String(4), nullable=False),
        Column("port", String(4), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size_bytes", KEY, nullable=False),
        Column("uploaded_at", DateTime(timezone=True), nullable=False),
        Column("state", String(12), nullable=False),
        Column("readings", Integer(), nullable=False),
        Column("withdrawn_at", DateTime(timezone=True), nullable=True),
        Column("withdrawn_user_id", KEY, nullable=True),
        Column("withdrawn_reason", String(300), nullable=False),
        one_of(name, "source", "customs", "port", "railway", "other"),
        one_of(name, "state", "received", "read", "refused", "withdrawn"),
        one_of(name, "mode", "", "ROAD", "RAIL"),
        CheckConstraint("first_day <= last_day", name=op.f(f"ck_{name}_days")),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')"
            " AND (withdrawn_at IS NULL) = (withdrawn_user_id IS NULL)",
            name=op.f(f"ck_{name}_withdrawn"),
        ),
        to(name, "league_id", "league"),
        to(name, "user_id", "user_account"),
        to(name, "withdrawn_user_id", "user_account"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_league_id", name, ["league_id"])
    _once(f"uq_{name}_league", name, ["league_id", "sha256"], f"{LIVE} AND league_id IS NOT NULL")
    _once(f"uq_{name}_commerce", name, ["sha256"], f"{LIVE} AND league_id IS NULL")


def _answer() -> None:
    name = "cross_check_answer"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("file_id", KEY, nullable=False),
        Column("answer_no", Integer(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("answered_at", DateTime(timezone=True), nullable=False),
        Column("kind", String(12), nullable=False),
        Column("sheet", String(120), nullable=False),
        Column("row_no", Integer(), nullable=True),
        Column("column_letter", String(8), nullable=True),
        Column("field", String(40), nullable=True),
        Column("code", String(60), nullable=True),
        Column("value", Text(), nullable=True),
        one_of(name, "kind", *KINDS),
        to(name, "file_id", "cross_check_file"),
        to(name, "user_id", "user_account"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
        UniqueConstraint("file_id", "answer_no", name=f"uq_{name}_file_id_answer_no"),
    )


def _reading() -> None:
    name = "cross_check_reading"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("file_id", KEY, nullable=False),
        Column("number", Integer(), nullable=False),
        Column("read_at", DateTime(timezone=True), nullable=False),
        Column("rows", KEY, nullable=False),
        Column("understood", Text(), nullable=False),
        Column("problems", Text(), nullable=False),
        Column("problem_count", Integer(), nullable=False),
        to(name, "file_id", "cross_check_file"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
        UniqueConstraint("file_id", "number", name=f"uq_{name}_file_id_number"),
    )


def _row() -> None:
    name = "cross_check_row"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("reading_id", KEY, nullable=False),
        Column("row_no", Integer(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("fields", Text(), nullable=False),
        Column("unread", Text(), nullable=False),
        Column("reason", String(40), nullable=False),
        one_of(name, "state", "data", "doubled", "not_data"),
        to(name, "reading_id", "cross_check_reading"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
        UniqueConstraint("reading_id", "row_no", name=f"uq_{name}_reading_id_row_no"),
    )


def _comparison() -> None:
    name = "cross_check_comparison"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("file_id", KEY, nullable=False),
        Column("reading_id", KEY, nullable=False),
        Column("comparer", String(16), nullable=False),
        Column("compared_at", DateTime(timezone=True), nullable=False),
        Column("several", Text(), nullable=False),
        to(name, "file_id", "cross_check_file"),
        to(name, "reading_id", "cross_check_reading"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_file_id", name, ["file_id"])


def _result() -> None:
    name = "cross_check_result"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("file_id", KEY, nullable=False),
        Column("comparison_id", KEY, nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("shipment_version_no", Integer(), nullable=False),
        Column("outcome", String(12), nullable=False),
        Column("findings", Text(), nullable=False),
        Column("standing", Boolean(), nullable=False),
        one_of(name, "outcome", "differs", "no_answer", "near", "agrees"),
        to(name, "file_id", "cross_check_file"),
        to(name, "comparison_id", "cross_check_comparison"),
        to(name, "shipment_id", "shipment"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_comparison_id", name, ["comparison_id"])
    op.create_index(f"ix_{name}_shipment_id", name, ["shipment_id"])
    pair = ["file_id", "shipment_id"]
    _once(f"uq_{name}_standing", name, pair, "standing = 1", "standing")


def _named() -> None:
    name = "cross_check_named"
    op.create_table(
        name,
        Column("id", KEY, nullable=False),
        Column("result_id", KEY, nullable=False),
        Column("row_id", KEY, nullable=False),
        to(name, "result_id", "cross_check_result"),
        to(name, "row_id", "cross_check_row"),
        PrimaryKeyConstraint("id", name=f"pk_{name}"),
        UniqueConstraint(
            "result_id",
            "row_id",
            name=f"uq_{name}_result_id_row_id",
        ),
    )
    op.create_index(f"ix_{name}_row_id", name, ["row_id"])
