"""Proposals 线路建议: changes to the network with their life; kept versions stay as they are."""

from pathlib import Path

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

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
SQL = Path(__file__).parents[1] / "sql"
SUBJECTS = (
    *("shipment", "cargo_line", "manifest", "application"),
    *("filing", "allotment", "disbursement", "method", "matter", "proposal"),
)
COLUMNS = (
    "id, evidence_id, subject_kind, subject_id, user_id, linked_at, part_fen,"
    " removed_at, removed_user_id"
)


def upgrade() -> None:
    """Make the table, let evidence belong to it, then the triggers that keep both."""
    _proposal()
    if op.get_bind().dialect.name == "sqlite":
        _evidence_link_anew()
    else:
        op.drop_constraint(op.f("ck_evidence_link_subject_kind"), "evidence_link")
        op.create_check_constraint(
            op.f("ck_evidence_link_subject_kind"),
            "evidence_link",
            _listed("subject_kind", SUBJECTS),
        )
    for statement in _statements(f"0018_{op.get_bind().dialect.name}.sql"):
        _run(statement)


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _proposal() -> None:
    op.create_table(
        "proposal",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=True),
        Column("user_id", KEY, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("body", Text(), nullable=False),
        Column("body_sha256", String(64), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("note", String(200), nullable=False),
        Column("based_on_id", KEY, nullable=False),
        Column("proposed_at", DateTime(timezone=True), nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("valid_from", Date(), nullable=True),
        Column("network_version_id", KEY, nullable=True),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            _listed("state", ("draft", "submitted", "approved", "returned", "withdrawn")),
            name=op.f("ck_proposal_state"),
        ),
        CheckConstraint(_listed("kind", ("amendment", "network")), name=op.f("ck_proposal_kind")),
        CheckConstraint(
            "kind = 'amendment' OR league_id IS NULL", name=op.f("ck_proposal_of_province")
        ),
        CheckConstraint(
            "(network_version_id IS NULL) = (valid_from IS NULL)"
            " AND (state <> 'approved' OR valid_from IS NOT NULL)",
            name=op.f("ck_proposal_approved"),
        ),
        _to("proposal", "league_id", "league"),
        _to("proposal", "user_id", "user_account"),
        _to("proposal", "based_on_id", "network_version"),
        _to("proposal", "network_version_id", "network_version"),
        PrimaryKeyConstraint("id", name="pk_proposal"),
        UniqueConstraint("code", name="uq_proposal_code"),
    )
    op.create_index("ix_proposal_league_id", "proposal", ["league_id"])


def _evidence_link_anew() -> None:
    """SQLite changes no constraint: the table is made anew, as 0010 made it, its rows kept."""
    _run(f"CREATE TABLE evidence_link_before AS SELECT {COLUMNS} FROM evidence_link")  # noqa: S608  our own columns
    op.drop_table("evidence_link")
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
        CheckConstraint(
            _listed("subject_kind", SUBJECTS), name=op.f("ck_evidence_link_subject_kind")
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
    _run(f"INSERT INTO evidence_link ({COLUMNS}) SELECT {COLUMNS} FROM evidence_link_before")  # noqa: S608  likewise
    op.drop_table("evidence_link_before")
    op.create_index(
        "uq_evidence_link_standing",
        "evidence_link",
        ["evidence_id", "subject_kind", "subject_id"],
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
    )
    op.create_index("ix_evidence_link_subject", "evidence_link", ["subject_kind", "subject_id"])
    for statement in _statements("0010_sqlite.sql"):
        if " ON evidence_link " in statement:
            _run(statement)


def _statements(name: str) -> list[str]:
    found = []
    for statement in (SQL / name).read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            found.append("\n".join(lines))
    return found


def _run(statement: str) -> None:
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    bind.exec_driver_sql(statement)


def _listed(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")
