"""Parts 部件: what versions from 0024 on are made of, said once.

As a version stays what it was once books stand on it, so does this: a part is added, never changed.
"""

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
    text,
)

KEY = BigInteger().with_variant(Integer(), "sqlite")
SQL = Path(__file__).parent / "sql"
LINK = (
    "id, evidence_id, subject_kind, subject_id, user_id, linked_at, part_fen,"
    " removed_at, removed_user_id"
)


def never() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    """A foreign key to the id of another table."""
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def one_of(table: str, column: str, *values: str) -> CheckConstraint:
    """A column holds one of these texts."""
    return CheckConstraint(listed(column, *values), name=op.f(f"ck_{table}_{column}"))


def listed(column: str, *values: str) -> str:
    """The condition that a column holds one of these texts."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def run(statement: str) -> None:
    """Run a statement as it is."""
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    bind.exec_driver_sql(statement)


def statements(revision: str) -> list[str]:
    """The statements that a version keeps beside it for this kind of database."""
    file = SQL / f"{revision}_{op.get_bind().dialect.name}.sql"
    found = []
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            found.append("\n".join(lines))
    return found


def keep(revision: str) -> None:
    """Run them all: the triggers that keep what the version made."""
    for statement in statements(revision):
        run(statement)


def link_evidence_to(*subjects: str) -> None:
    """Let evidence belong to these kinds of things.

    SQLite changes no constraint: the table is made anew, as 0010 made it, its rows kept.
    """
    if op.get_bind().dialect.name != "sqlite":
        name = op.f("ck_evidence_link_subject_kind")
        op.drop_constraint(name, "evidence_link")
        op.create_check_constraint(name, "evidence_link", listed("subject_kind", *subjects))
        return
    run(f"CREATE TABLE evidence_link_before AS SELECT {LINK} FROM evidence_link")  # noqa: S608  our own columns
    op.drop_table("evidence_link")
    _evidence_link(*subjects)
    run(f"INSERT INTO evidence_link ({LINK}) SELECT {LINK} FROM evidence_link_before")  # noqa: S608  likewise
    op.drop_table("evidence_link_before")
    op.create_index(
        "uq_evidence_link_standing",
        "evidence_link",
        ["evidence_id", "subject_kind", "subject_id"],
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
    )
    op.create_index("ix_evidence_link_subject", "evidence_link", ["subject_kind", "subject_id"])
    for statement in statements("0010"):
        if " ON evidence_link " in statement:
            run(statement)


def _evidence_link(*subjects: str) -> None:
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
        one_of("evidence_link", "subject_kind", *subjects),
        CheckConstraint("part_fen IS NULL OR part_fen >= 0", name=op.f("ck_evidence_link_part")),
        CheckConstraint(
            "part_fen IS NULL OR subject_kind IN ('shipment', 'cargo_line')",
            name=op.f("ck_evidence_link_part_of"),
        ),
        CheckConstraint(
            "(removed_at IS NULL) = (removed_user_id IS NULL)",
            name=op.f("ck_evidence_link_removed"),
        ),
        to("evidence_link", "evidence_id", "evidence"),
        to("evidence_link", "user_id", "user_account"),
        to("evidence_link", "removed_user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_evidence_link"),
    )


def reword(table: str, before: str, after: str) -> None:
    """Let a constraint of SQLite say something else, as 0017 did: it changes none itself."""
    query = f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'"  # noqa: S608  our own names
    bind = op.get_bind().execution_options(no_parameters=True)
    said = str(bind.exec_driver_sql(query).scalar_one())
    assert said.count(before) == 1, said
    told = said.replace(before, after).replace("'", "''")
    run("PRAGMA writable_schema = ON")
    run(f"UPDATE sqlite_master SET sql = '{told}' WHERE type = 'table' AND name = '{table}'")  # noqa: S608  as it was
    version = int(bind.exec_driver_sql("PRAGMA schema_version").scalar_one())
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = RESET")
    assert bind.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
