"""Publications 公示: what is shown before filing, objections, working days, templates of papers."""

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

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")
SQL = Path(__file__).parents[1] / "sql"
SUBJECTS = (
    *("shipment", "cargo_line", "manifest", "application", "filing", "allotment"),
    *("disbursement", "method", "matter", "proposal", "publication", "objection"),
)
COLUMNS = (
    "id, evidence_id, subject_kind, subject_id, user_id, linked_at, part_fen,"
    " removed_at, removed_user_id"
)


def upgrade() -> None:
    """Make the tables, let evidence belong to them, then the triggers that keep them."""
    _calendar()
    _setting()
    _publication()
    _line()
    _objection()
    _template()
    if op.get_bind().dialect.name == "sqlite":
        _evidence_link_anew()
    else:
        op.drop_constraint(op.f("ck_evidence_link_subject_kind"), "evidence_link")
        op.create_check_constraint(
            op.f("ck_evidence_link_subject_kind"),
            "evidence_link",
            _listed("subject_kind", SUBJECTS),
        )
    for statement in _statements(f"{revision}_{op.get_bind().dialect.name}.sql"):
        _run(statement)


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _calendar() -> None:
    op.create_table(
        "calendar_day",
        Column("id", KEY, nullable=False),
        Column("day", Date(), nullable=False),
        Column("working", Boolean(), nullable=False),
        Column("name", String(40), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("login", String(60), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        PrimaryKeyConstraint("id", name="pk_calendar_day"),
    )
    op.create_index("ix_calendar_day_day", "calendar_day", ["day"])


def _setting() -> None:
    op.create_table(
        "publish_setting",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("needed", Boolean(), nullable=False),
        Column("working_days", Integer(), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("set_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        CheckConstraint(
            "working_days BETWEEN 1 AND 60", name=op.f("ck_publish_setting_working_days")
        ),
        _to("publish_setting", "league_id", "league"),
        _to("publish_setting", "programme_id", "programme"),
        _to("publish_setting", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_publish_setting"),
    )
    op.create_index(
        "ix_publish_setting_league_id_programme_id",
        "publish_setting",
        ["league_id", "programme_id"],
    )


def _publication() -> None:
    op.create_table(
        "publication",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("period_from", Date(), nullable=False),
        Column("period_to", Date(), nullable=False),
        Column("working_days", Integer(), nullable=False),
        Column("published_on", Date(), nullable=False),
        Column("ends_on", Date(), nullable=False),
        Column("place", String(200), nullable=False),
        Column("contact", String(200), nullable=False),
        Column("head_seq", KEY, nullable=False),
        Column("head_hash", String(64), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            _listed("state", ("draft", "published", "withdrawn")),
            name=op.f("ck_publication_state"),
        ),
        CheckConstraint("period_to >= period_from", name=op.f("ck_publication_period")),
        CheckConstraint("ends_on > published_on", name=op.f("ck_publication_ends_on")),
        _to("publication", "league_id", "league"),
        _to("publication", "programme_id", "programme"),
        PrimaryKeyConstraint("id", name="pk_publication"),
        UniqueConstraint("code", name="uq_publication_code"),
    )
    op.create_index("ix_publication_league_id", "publication", ["league_id"])


def _line() -> None:
    op.create_table(
        "publication_line",
        Column("id", KEY, nullable=False),
        Column("publication_id", KEY, nullable=False),
        Column("application_id", KEY, nullable=False),
        Column("firm_name", String(100), nullable=False),
        Column("items", Integer(), nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("pass_seq", KEY, nullable=False),
        _to("publication_line", "publication_id", "publication"),
        _to("publication_line", "application_id", "application"),
        PrimaryKeyConstraint("id", name="pk_publication_line"),
        UniqueConstraint(
            "publication_id",
            "application_id",
            name="uq_publication_line_publication_id_application_id",
        ),
    )
    op.create_index("ix_publication_line_application_id", "publication_line", ["application_id"])


def _objection() -> None:
    op.create_table(
        "objection",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("line_id", KEY, nullable=False),
        Column("objector", String(100), nullable=False),
        Column("contact", String(100), nullable=False),
        Column("received_on", Date(), nullable=False),
        Column("words", Text(), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            _listed("state", ("draft", "submitted", "sustained", "dismissed")),
            name=op.f("ck_objection_state"),
        ),
        _to("objection", "league_id", "league"),
        _to("objection", "line_id", "publication_line"),
        _to("objection", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_objection"),
        UniqueConstraint("code", name="uq_objection_code"),
    )
    op.create_index("ix_objection_league_id", "objection", ["league_id"])
    op.create_index("ix_objection_line_id", "objection", ["line_id"])


def _template() -> None:
    op.create_table(
        "letter_template",
        Column("id", KEY, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("league_id", KEY, nullable=True),
        Column("sha256", String(64), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("added_at", DateTime(timezone=True), nullable=False),
        CheckConstraint(
            _listed("kind", ("request", "publication", "performance")),
            name=op.f("ck_letter_template_kind"),
        ),
        _to("letter_template", "league_id", "league"),
        _to("letter_template", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_letter_template"),
    )
    op.create_index("ix_letter_template_league_id_kind", "letter_template", ["league_id", "kind"])


def _evidence_link_anew() -> None:
    """SQLite changes no constraint: the table is made anew, as 0010 made it, its rows kept."""
    _run(f"CREATE TABLE evidence_link_before AS SELECT {COLUMNS} FROM evidence_link")  # noqa: S608
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
    _run(f"INSERT INTO evidence_link ({COLUMNS}) SELECT {COLUMNS} FROM evidence_link_before")  # noqa: S608
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
