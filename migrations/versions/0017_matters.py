"""Matters 申报事项: what is stated of a firm's year, and items that are due for it.

SQLite adds no constraint to a table that is there, and loosens none: the two tables that items and
evidence need otherwise are described anew in its schema, as its manual says for changes that touch
no row. Nothing is copied, so no trigger is lost and none has to rest.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
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

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
HELD = "state <> 'withdrawn'"
SUBJECT = "(shipment_id IS NULL) <> (matter_id IS NULL)"
LINKED = "'filing', 'allotment', 'disbursement', 'method'"


def upgrade() -> None:
    """Make the tables, let items name a matter, then make the triggers that keep them."""
    _matter()
    _matter_version()
    # a column with its check in one statement: SQLite adds no constraint to a table afterwards
    op.execute(
        "ALTER TABLE programme ADD COLUMN subject VARCHAR(8) DEFAULT 'shipment' NOT NULL"
        " CONSTRAINT ck_programme_subject CHECK (subject IN ('shipment', 'period'))"
    )
    op.alter_column("assessment", "shipment_version_no", new_column_name="version_no")
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    {"sqlite": _described_anew, "postgresql": _altered}[bind.dialect.name](bind)
    op.create_index("ix_item_matter_id", "item", ["matter_id"])
    file = Path(__file__).parents[1] / "sql" / f"0017_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _to(table: str, column: str, other: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _matter() -> None:
    op.create_table(
        "matter",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("year", Integer(), nullable=False),
        Column("first_day", Date(), nullable=False),
        Column("last_day", Date(), nullable=False),
        Column("title", String(120), nullable=False),
        Column("newest_no", Integer(), nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("accepted_seq", KEY, nullable=True),
        Column("state", String(12), nullable=False),
        Column("waits_for", String(200), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'confirmed', 'withdrawn')",
            name=op.f("ck_matter_state"),
        ),
        CheckConstraint("last_day > first_day", name=op.f("ck_matter_days")),
        CheckConstraint(
            "(accepted_seq IS NULL) = (version_no = 0)", name=op.f("ck_matter_accepted")
        ),
        CheckConstraint("version_no <= newest_no", name=op.f("ck_matter_version")),
        _to("matter", "firm_id", "firm"),
        _to("matter", "league_id", "league"),
        _to("matter", "programme_id", "programme"),
        PrimaryKeyConstraint("id", name="pk_matter"),
        UniqueConstraint("code", name="uq_matter_code"),
        UniqueConstraint("accepted_seq", name="uq_matter_accepted_seq"),
    )
    op.create_index("ix_matter_firm_id", "matter", ["firm_id"])
    op.create_index("ix_matter_league_id", "matter", ["league_id"])
    op.create_index(
        "uq_matter_held",
        "matter",
        ["firm_id", "programme_id", "year"],
        unique=True,
        sqlite_where=text(HELD),
        postgresql_where=text(HELD),
    )


def _matter_version() -> None:
    op.create_table(
        "matter_version",
        Column("id", KEY, nullable=False),
        Column("matter_id", KEY, nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("title", String(120), nullable=False),
        Column("firm_facts", Text(), nullable=False),
        Column("league_facts", Text(), nullable=False),
        Column("basis", Text(), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("stated_at", DateTime(timezone=True), nullable=False),
        _to("matter_version", "matter_id", "matter"),
        _to("matter_version", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_matter_version"),
        UniqueConstraint("matter_id", "version_no", name="uq_matter_version_matter_id_version_no"),
    )


def _altered(bind: Connection) -> None:
    del bind
    op.alter_column("item", "shipment_id", nullable=True)
    op.add_column("item", Column("matter_id", KEY, nullable=True))
    op.create_foreign_key("fk_item_matter_id_matter", "item", "matter", ["matter_id"], ["id"])
    op.create_check_constraint(op.f("ck_item_subject"), "item", SUBJECT)
    op.drop_constraint(op.f("ck_evidence_link_subject_kind"), "evidence_link")
    op.create_check_constraint(
        op.f("ck_evidence_link_subject_kind"),
        "evidence_link",
        f"subject_kind IN ('shipment', 'cargo_line', 'manifest', 'application', {LINKED},"
        " 'matter')",
    )


def _described_anew(bind: Connection) -> None:
    """Of SQLite: the wording of both tables put right in its schema."""
    bind.exec_driver_sql("ALTER TABLE item ADD COLUMN matter_id INTEGER")
    fresh = (
        ", CONSTRAINT fk_item_matter_id_matter FOREIGN KEY(matter_id) REFERENCES matter (id)"
        f", CONSTRAINT ck_item_subject CHECK ({SUBJECT})"
    )
    _reword(bind, "item", "shipment_id INTEGER NOT NULL", "shipment_id INTEGER", fresh)
    _reword(bind, "evidence_link", LINKED, f"{LINKED}, 'matter'")
    assert bind.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert bind.exec_driver_sql("PRAGMA foreign_key_check(item)").first() is None


def _reword(bind: Connection, table: str, before: str, after: str, fresh: str = "") -> None:
    query = f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'"  # noqa: S608  our own names
    said = str(bind.exec_driver_sql(query).scalar_one())
    assert said.count(before) == 1, said
    told = said.replace(before, after).rstrip()
    assert told.endswith(")"), said
    told = f"{told[:-1].rstrip()}{fresh})".replace("'", "''")
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql(
        f"UPDATE sqlite_master SET sql = '{told}' WHERE type = 'table' AND name = '{table}'"  # noqa: S608  as it was
    )
    version = int(bind.exec_driver_sql("PRAGMA schema_version").scalar_one())
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
