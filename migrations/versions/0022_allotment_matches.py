"""Allotment matches 指标对应: what of an allotment is for which filing; the year's end of one."""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
)

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
BEFORE = "'draft', 'prepared', 'allotted', 'withdrawn'"
AFTER = "'draft', 'prepared', 'allotted', 'lapsing', 'carrying', 'lapsed', 'withdrawn'"
FILL = (
    "INSERT INTO allotment_match (allotment_id, filing_id, amount_fen, seq)"
    " SELECT allotment.id, filing_id, amount_fen, decision.seq FROM allotment"
    " JOIN decision ON subject_kind = 'allotment' AND subject_id = allotment.id AND step = 'allot'"
    " WHERE filing_id IS NOT NULL AND state = 'allotted' ORDER BY allotment.id"
)


def upgrade() -> None:
    """Make the table, fill it for what was allotted, let allotments end, keep the table."""
    op.create_table(
        "allotment_match",
        Column("id", KEY, nullable=False),
        Column("allotment_id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("seq", KEY, nullable=False),
        CheckConstraint("amount_fen <> 0", name=op.f("ck_allotment_match_amount")),
        ForeignKeyConstraint(
            ["allotment_id"], ["allotment.id"], name="fk_allotment_match_allotment_id_allotment"
        ),
        ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name="fk_allotment_match_filing_id_filing"
        ),
        PrimaryKeyConstraint("id", name="pk_allotment_match"),
    )
    op.create_index("ix_allotment_match_allotment_id", "allotment_match", ["allotment_id"])
    op.create_index("ix_allotment_match_filing_id", "allotment_match", ["filing_id"])
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    bind.exec_driver_sql(FILL)
    if bind.dialect.name == "sqlite":
        _reword(bind)
    else:
        op.drop_constraint(op.f("ck_allotment_state"), "allotment")
        op.create_check_constraint(op.f("ck_allotment_state"), "allotment", f"state IN ({AFTER})")
    file = Path(__file__).parents[1] / "sql" / f"0022_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _reword(bind: Connection) -> None:
    """SQLite changes no constraint: its wording is put right in the schema, as 0017 did."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'allotment'"
    said = str(bind.exec_driver_sql(query).scalar_one())
    assert said.count(BEFORE) == 1, said
    told = said.replace(BEFORE, AFTER).replace("'", "''")
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql(
        f"UPDATE sqlite_master SET sql = '{told}' WHERE type = 'table' AND name = 'allotment'"  # noqa: S608  as it was
    )
    version = int(bind.exec_driver_sql("PRAGMA schema_version").scalar_one())
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
    assert bind.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
