"""Request tables 申报数据表: applications, filings, allotments, disbursements, decisions."""

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

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _application()
    _application_line()
    _fund()
    _filing()
    _allotment()
    _decision()
    _disbursement()
    _filing_line()
    _disbursement_line()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _application() -> None:
    op.create_table(
        "application",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("period_from", Date(), nullable=False),
        Column("period_to", Date(), nullable=False),
        Column("state", String(16), nullable=False),
        Column("bank_name", String(80), nullable=False),
        Column("bank_account", String(40), nullable=False),
        Column("promised", Boolean(), nullable=False),
        Column("no_other_subsidy", Boolean(), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'applied', 'first_reviewed', 'passed', "
            "'in_filing', 'closed', 'declined', 'withdrawn')",
            name=op.f("ck_application_state"),
        ),
        CheckConstraint("period_to >= period_from", name=op.f("ck_application_period")),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_application_firm_id_firm"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_application_league_id_league"),
        ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_application_programme_id_programme"
        ),
        PrimaryKeyConstraint("id", name="pk_application"),
        UniqueConstraint("code", name="uq_application_code"),
    )
    op.create_index("ix_application_firm_id", "application", ["firm_id"])
    op.create_index("ix_application_league_id", "application", ["league_id"])


def _application_line() -> None:
    op.create_table(
        "application_line",
        Column("id", KEY, nullable=False),
        Column("application_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("applied_fen", BigInteger(), nullable=False),
        Column("reduced_fen", BigInteger(), nullable=False),
        Column("reason_code", String(40), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("is_open", Boolean(), nullable=False),
        CheckConstraint(
            "reduced_fen = 0 OR reason_code <> ''", name=op.f("ck_application_line_reason")
        ),
        CheckConstraint(
            "reduced_fen >= 0 AND reduced_fen <= applied_fen",
            name=op.f("ck_application_line_reduced"),
        ),
        ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name="fk_application_line_application_id_application",
        ),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_application_line_item_id_item"),
        PrimaryKeyConstraint("id", name="pk_application_line"),
        UniqueConstraint(
            "application_id", "item_id", name="uq_application_line_application_id_item_id"
        ),
    )
    op.create_index(
        "uq_application_line_open",
        "application_line",
        ["item_id"],
        unique=True,
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open"),
    )


def _fund() -> None:
    op.create_table(
        "fund",
        Column("id", KEY, nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("fiscal_year", Integer(), nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("is_sample", Boolean(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_fund"),
        UniqueConstraint("document_no", name="uq_fund_document_no"),
    )
    op.create_index("ix_fund_fiscal_year", "fund", ["fiscal_year"])


def _filing() -> None:
    op.create_table(
        "filing",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("basis", Text(), nullable=False),
        Column("performance_target", Text(), nullable=False),
        Column("state", String(16), nullable=False),
        Column("sheet_sha256", String(64), nullable=False),
        Column("sheet_seq", KEY, nullable=True),
        Column("sheet_head", String(64), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint("kind IN ('forecast', 'settlement')", name=op.f("ck_filing_kind")),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'filed', 'proposed', 'endorsed', 'allocated', "
            "'approved', 'returned', 'declined', 'withdrawn', 'closed')",
            name=op.f("ck_filing_state"),
        ),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_filing_league_id_league"),
        ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_filing_programme_id_programme"
        ),
        PrimaryKeyConstraint("id", name="pk_filing"),
        UniqueConstraint("code", name="uq_filing_code"),
    )
    op.create_index("ix_filing_league_id", "filing", ["league_id"])


def _allotment() -> None:
    op.create_table(
        "allotment",
        Column("id", KEY, nullable=False),
        Column("document_no", String(60), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("fund_id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=True),
        Column("budget_line", String(60), nullable=False),
        Column("fiscal_year", Integer(), nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("issued_on", Date(), nullable=False),
        Column("state", String(12), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'allotted', 'withdrawn')",
            name=op.f("ck_allotment_state"),
        ),
        CheckConstraint("amount_fen > 0", name=op.f("ck_allotment_amount")),
        ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_allotment_filing_id_filing"),
        ForeignKeyConstraint(["fund_id"], ["fund.id"], name="fk_allotment_fund_id_fund"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_allotment_league_id_league"),
        PrimaryKeyConstraint("id", name="pk_allotment"),
        UniqueConstraint("document_no", name="uq_allotment_document_no"),
    )
    op.create_index("ix_allotment_league_id", "allotment", ["league_id"])


def _decision() -> None:
    op.create_table(
        "decision",
        Column("id", KEY, nullable=False),
        Column("subject_kind", String(16), nullable=False),
        Column("subject_id", KEY, nullable=False),
        Column("step", String(24), nullable=False),
        Column("state_before", String(16), nullable=False),
        Column("state_after", String(16), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("login", String(60), nullable=False),
        Column("decided_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        Column("shown_sha256", String(64), nullable=False),
        Column("reason_code", String(40), nullable=False),
        Column("reason", String(500), nullable=False),
        Column("maker_id", KEY, nullable=True),
        Column("maker_decision_id", KEY, nullable=True),
        Column("detail", Text(), nullable=False),
        CheckConstraint(
            "(maker_id IS NULL) = (maker_decision_id IS NULL)", name=op.f("ck_decision_maker")
        ),
        CheckConstraint(
            "maker_id IS NULL OR maker_id <> user_id", name=op.f("ck_decision_two_people")
        ),
        ForeignKeyConstraint(
            ["maker_decision_id"], ["decision.id"], name="fk_decision_maker_decision_id_decision"
        ),
        ForeignKeyConstraint(
            ["maker_id"], ["user_account.id"], name="fk_decision_maker_id_user_account"
        ),
        ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_decision_user_id_user_account"
        ),
        PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_subject", "decision", ["subject_kind", "subject_id"])


def _disbursement() -> None:
    op.create_table(
        "disbursement",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("allotment_id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        Column("bank_name", String(80), nullable=False),
        Column("bank_account", String(40), nullable=False),
        Column("state", String(12), nullable=False),
        Column("bank_answer", String(120), nullable=False),
        Column("revision", Integer(), nullable=False),
        CheckConstraint(
            "state IN ('draft', 'prepared', 'instructed', 'disbursed', 'failed', 'withdrawn')",
            name=op.f("ck_disbursement_state"),
        ),
        CheckConstraint("amount_fen > 0", name=op.f("ck_disbursement_amount")),
        ForeignKeyConstraint(
            ["allotment_id"], ["allotment.id"], name="fk_disbursement_allotment_id_allotment"
        ),
        ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_disbursement_filing_id_filing"),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_disbursement_firm_id_firm"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_disbursement_league_id_league"),
        PrimaryKeyConstraint("id", name="pk_disbursement"),
        UniqueConstraint("code", name="uq_disbursement_code"),
    )
    op.create_index("ix_disbursement_allotment_id", "disbursement", ["allotment_id"])
    op.create_index("ix_disbursement_filing_id", "disbursement", ["filing_id"])
    op.create_index("ix_disbursement_firm_id", "disbursement", ["firm_id"])
    op.create_index("ix_disbursement_league_id", "disbursement", ["league_id"])


def _filing_line() -> None:
    op.create_table(
        "filing_line",
        Column("id", KEY, nullable=False),
        Column("filing_id", KEY, nullable=False),
        Column("application_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("filed_fen", BigInteger(), nullable=False),
        Column("reduced_fen", BigInteger(), nullable=False),
        Column("reason_code", String(40), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("is_open", Boolean(), nullable=False),
        CheckConstraint("reduced_fen = 0 OR reason_code <> ''", name=op.f("ck_filing_line_reason")),
        CheckConstraint(
            "reduced_fen >= 0 AND reduced_fen <= filed_fen", name=op.f("ck_filing_line_reduced")
        ),
        ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_filing_line_application_id_application"
        ),
        ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_filing_line_filing_id_filing"),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_filing_line_item_id_item"),
        PrimaryKeyConstraint("id", name="pk_filing_line"),
        UniqueConstraint("filing_id", "item_id", name="uq_filing_line_filing_id_item_id"),
    )
    op.create_index(
        "uq_filing_line_open",
        "filing_line",
        ["item_id"],
        unique=True,
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open"),
    )


def _disbursement_line() -> None:
    op.create_table(
        "disbursement_line",
        Column("id", KEY, nullable=False),
        Column("disbursement_id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("amount_fen", BigInteger(), nullable=False),
        CheckConstraint("amount_fen > 0", name=op.f("ck_disbursement_line_amount")),
        ForeignKeyConstraint(
            ["disbursement_id"],
            ["disbursement.id"],
            name="fk_disbursement_line_disbursement_id_disbursement",
        ),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_disbursement_line_item_id_item"),
        PrimaryKeyConstraint("id", name="pk_disbursement_line"),
        UniqueConstraint(
            "disbursement_id", "item_id", name="uq_disbursement_line_disbursement_id_item_id"
        ),
    )
    op.create_index("ix_disbursement_line_item_id", "disbursement_line", ["item_id"])
