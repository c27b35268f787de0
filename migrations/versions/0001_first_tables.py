"""First tables 初始数据表: people, methods and networks, as the tracker began."""

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
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _firm()
    _league()
    _user_account()
    _api_token()
    _sign_in()
    _programme()
    _method()
    _network_version()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _firm() -> None:
    op.create_table(
        "firm",
        Column("id", KEY, nullable=False),
        Column("uscc", String(18), nullable=False),
        Column("name", String(100), nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_firm"),
        UniqueConstraint("uscc", name="uq_firm_uscc"),
    )


def _league() -> None:
    op.create_table(
        "league",
        Column("id", KEY, nullable=False),
        Column("code", String(6), nullable=False),
        Column("name_zh", String(40), nullable=False),
        Column("name_en", String(60), nullable=False),
        PrimaryKeyConstraint("id", name="pk_league"),
        UniqueConstraint("code", name="uq_league_code"),
    )


def _user_account() -> None:
    op.create_table(
        "user_account",
        Column("id", KEY, nullable=False),
        Column("login", String(60), nullable=False),
        Column("name", String(60), nullable=False),
        Column("role", String(24), nullable=False),
        Column("password_hash", String(200), nullable=False),
        Column("firm_id", KEY, nullable=True),
        Column("league_id", KEY, nullable=True),
        Column("active", Boolean(), nullable=False),
        Column("failed_sign_ins", Integer(), nullable=False),
        Column("locked_until", DateTime(timezone=True), nullable=True),
        CheckConstraint(
            "(role IN ('firm_clerk', 'firm_manager')) = (firm_id IS NOT NULL)",
            name=op.f("ck_user_account_firm"),
        ),
        CheckConstraint(
            "(role IN ('league_officer', 'league_approver', 'league_finance')) = "
            "(league_id IS NOT NULL)",
            name=op.f("ck_user_account_league"),
        ),
        CheckConstraint(
            "role IN ('firm_clerk', 'firm_manager', 'league_officer', 'league_approver', "
            "'league_finance', 'commerce_officer', 'commerce_approver', 'finance_officer', "
            "'finance_approver', 'auditor', 'admin')",
            name=op.f("ck_user_account_role"),
        ),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_user_account_firm_id_firm"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_user_account_league_id_league"),
        PrimaryKeyConstraint("id", name="pk_user_account"),
        UniqueConstraint("login", name="uq_user_account_login"),
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        Column("id", KEY, nullable=False),
        Column("token_sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("name", String(60), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("revoked_at", DateTime(timezone=True), nullable=True),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_api_token_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_api_token"),
        UniqueConstraint("token_sha256", name="uq_api_token_token_sha256"),
    )
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        Column("id", KEY, nullable=False),
        Column("token_sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_sign_in_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_sign_in"),
        UniqueConstraint("token_sha256", name="uq_sign_in_token_sha256"),
    )
    op.create_index("ix_sign_in_user_id", "sign_in", ["user_id"])


def _programme() -> None:
    op.create_table(
        "programme",
        Column("id", KEY, nullable=False),
        Column("code", String(30), nullable=False),
        Column("name_zh", String(60), nullable=False),
        Column("name_en", String(80), nullable=False),
        PrimaryKeyConstraint("id", name="pk_programme"),
        UniqueConstraint("code", name="uq_programme_code"),
    )


def _method() -> None:
    op.create_table(
        "method",
        Column("id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("version_no", Integer(), nullable=False),
        Column("title", String(120), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("issued_on", Date(), nullable=False),
        Column("valid_from", Date(), nullable=False),
        Column("rule_id", String(80), nullable=False),
        Column("rule_sha256", String(64), nullable=False),
        Column("params", Text(), nullable=False),
        Column("valid_to", Date(), nullable=True),
        Column("is_sample", Boolean(), nullable=False),
        Column("state", String(16), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'examined', 'returned', 'recorded', "
            "'superseded', 'withdrawn')",
            name=op.f("ck_method_state"),
        ),
        CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_method_validity")
        ),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_method_league_id_league"),
        ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_method_programme_id_programme"
        ),
        PrimaryKeyConstraint("id", name="pk_method"),
        UniqueConstraint(
            "league_id",
            "programme_id",
            "version_no",
            name="uq_method_league_id_programme_id_version_no",
        ),
    )


def _network_version() -> None:
    op.create_table(
        "network_version",
        Column("id", KEY, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("body", Text(), nullable=False),
        Column("valid_from", Date(), nullable=False),
        Column("note", String(200), nullable=False),
        PrimaryKeyConstraint("id", name="pk_network_version"),
        UniqueConstraint("sha256", name="uq_network_version_sha256"),
        UniqueConstraint("valid_from", name="uq_network_version_valid_from"),
    )
