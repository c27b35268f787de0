"""Publications 公示: what is shown before filing, objections, working days, templates of papers."""

from alembic import op
from sqlalchemy import (
    BigInteger,
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
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
SUBJECTS = (
    *("shipment", "cargo_line", "manifest", "application", "filing", "allotment"),
    *("disbursement", "method", "matter", "proposal", "publication", "objection"),
)


def upgrade() -> None:
    """Make the tables, let evidence belong to them, then the triggers that keep them."""
    _calendar()
    _setting()
    _publication()
    _line()
    _objection()
    _template()
    parts.link_evidence_to(*SUBJECTS)
    parts.keep(revision)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


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
        to("publish_setting", "league_id", "league"),
        to("publish_setting", "programme_id", "programme"),
        to("publish_setting", "user_id", "user_account"),
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
        one_of("publication", "state", "draft", "published", "withdrawn"),
        CheckConstraint("period_to >= period_from", name=op.f("ck_publication_period")),
        CheckConstraint("ends_on > published_on", name=op.f("ck_publication_ends_on")),
        to("publication", "league_id", "league"),
        to("publication", "programme_id", "programme"),
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
        to("publication_line", "publication_id", "publication"),
        to("publication_line", "application_id", "application"),
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
        one_of("objection", "state", "draft", "submitted", "sustained", "dismissed"),
        to("objection", "league_id", "league"),
        to("objection", "line_id", "publication_line"),
        to("objection", "user_id", "user_account"),
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
        one_of("letter_template", "kind", "request", "publication", "performance"),
        to("letter_template", "league_id", "league"),
        to("letter_template", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_letter_template"),
    )
    op.create_index("ix_letter_template_league_id_kind", "letter_template", ["league_id", "kind"])
