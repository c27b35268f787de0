"""Money tables 资金数据表: the chain, the ledger, jobs and the audit log."""

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

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
KEY = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _account()
    _chain_head()
    _entry()
    _item()
    _assessment()
    _item_stage()
    _posting()
    _audit_event()
    _job()


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")


def _account() -> None:
    op.create_table(
        "account",
        Column("id", KEY, nullable=False),
        Column("unit", String(8), nullable=False),
        Column("stage", String(16), nullable=False),
        Column("owner", String(120), nullable=False),
        Column("is_source", Boolean(), nullable=False),
        Column("balance", BigInteger(), nullable=False),
        CheckConstraint(
            "(unit = 'limit') = (stage IN ('granted', 'headroom', 'used'))",
            name=op.f("ck_account_stage_of_unit"),
        ),
        CheckConstraint(
            "is_source = (stage IN ('entitlement', 'granted'))", name=op.f("ck_account_source")
        ),
        CheckConstraint(
            "stage IN ('entitlement', 'accrued', 'applied', 'filed', 'approved', "
            "'instructed', 'disbursed', 'recoverable', 'granted', 'headroom', 'used')",
            name=op.f("ck_account_stage"),
        ),
        CheckConstraint("unit IN ('fen', 'limit')", name=op.f("ck_account_unit")),
        CheckConstraint("is_source OR balance >= 0", name=op.f("ck_account_floor")),
        PrimaryKeyConstraint("id", name="pk_account"),
        UniqueConstraint("unit", "stage", "owner", name="uq_account_unit_stage_owner"),
    )


def _chain_head() -> None:
    op.create_table(
        "chain_head",
        Column("id", Integer(), nullable=False),
        Column("seq", KEY, nullable=False),
        Column("hash", String(64), nullable=False),
        CheckConstraint("id = 1", name=op.f("ck_chain_head_one")),
        PrimaryKeyConstraint("id", name="pk_chain_head"),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        Column("id", KEY, nullable=False),
        Column("seq", KEY, nullable=False),
        Column("kind", String(30), nullable=False),
        Column("cause", String(250), nullable=False),
        Column("business_date", Date(), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("actor", String(60), nullable=False),
        Column("posting_count", Integer(), nullable=False),
        Column("body", Text(), nullable=False),
        Column("body_sha256", String(64), nullable=False),
        Column("previous_hash", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        PrimaryKeyConstraint("id", name="pk_entry"),
        UniqueConstraint("cause", name="uq_entry_cause"),
        UniqueConstraint("hash", name="uq_entry_hash"),
        UniqueConstraint("seq", name="uq_entry_seq"),
    )


def _item() -> None:
    op.create_table(
        "item",
        Column("id", KEY, nullable=False),
        Column("code", String(250), nullable=False),
        Column("shipment_id", KEY, nullable=False),
        Column("programme_id", KEY, nullable=False),
        Column("firm_id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_item_firm_id_firm"),
        ForeignKeyConstraint(["league_id"], ["league.id"], name="fk_item_league_id_league"),
        ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name="fk_item_programme_id_programme"
        ),
        ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name="fk_item_shipment_id_shipment"),
        PrimaryKeyConstraint("id", name="pk_item"),
        UniqueConstraint("code", name="uq_item_code"),
    )
    op.create_index("ix_item_firm_id", "item", ["firm_id"])
    op.create_index("ix_item_league_id", "item", ["league_id"])
    op.create_index("ix_item_shipment_id", "item", ["shipment_id"])


def _assessment() -> None:
    op.create_table(
        "assessment",
        Column("id", KEY, nullable=False),
        Column("item_id", KEY, nullable=False),
        Column("method_id", KEY, nullable=False),
        Column("seq", KEY, nullable=False),
        Column("shipment_version_no", Integer(), nullable=False),
        Column("run_sha256", String(64), nullable=False),
        Column("outcome", String(8), nullable=False),
        Column("award_fen", BigInteger(), nullable=False),
        Column("facts", Text(), nullable=False),
        Column("tally", Text(), nullable=False),
        Column("consumption", Text(), nullable=False),
        CheckConstraint(
            "outcome IN ('awarded', 'zero', 'refused', 'waiting')",
            name=op.f("ck_assessment_outcome"),
        ),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_assessment_item_id_item"),
        ForeignKeyConstraint(["method_id"], ["method.id"], name="fk_assessment_method_id_method"),
        PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_item_seq", "assessment", ["item_id", "seq"])
    op.create_index("ix_assessment_method_id", "assessment", ["method_id"])


def _item_stage() -> None:
    op.create_table(
        "item_stage",
        Column("item_id", KEY, nullable=False),
        Column("stage", String(16), nullable=False),
        Column("balance", BigInteger(), nullable=False),
        CheckConstraint("balance >= 0", name=op.f("ck_item_stage_floor")),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_stage_item_id_item"),
        PrimaryKeyConstraint("item_id", "stage", name="pk_item_stage"),
    )


def _posting() -> None:
    op.create_table(
        "posting",
        Column("id", KEY, nullable=False),
        Column("entry_id", KEY, nullable=False),
        Column("line_no", Integer(), nullable=False),
        Column("source_id", KEY, nullable=False),
        Column("target_id", KEY, nullable=False),
        Column("amount", BigInteger(), nullable=False),
        Column("item_id", KEY, nullable=True),
        Column("reason_code", String(40), nullable=False),
        CheckConstraint("amount > 0", name=op.f("ck_posting_amount")),
        CheckConstraint("source_id <> target_id", name=op.f("ck_posting_moves")),
        ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_posting_entry_id_entry"),
        ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_posting_item_id_item"),
        ForeignKeyConstraint(["source_id"], ["account.id"], name="fk_posting_source_id_account"),
        ForeignKeyConstraint(["target_id"], ["account.id"], name="fk_posting_target_id_account"),
        PrimaryKeyConstraint("id", name="pk_posting"),
        UniqueConstraint("entry_id", "line_no", name="uq_posting_entry_id_line_no"),
    )
    op.create_index("ix_posting_item", "posting", ["item_id"])


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        Column("id", KEY, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("login", String(60), nullable=False),
        Column("action", String(60), nullable=False),
        Column("subject", String(120), nullable=False),
        Column("outcome", String(8), nullable=False),
        Column("previous_hash", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        Column("address", String(45), nullable=False),
        Column("detail", Text(), nullable=False),
        CheckConstraint(
            "outcome IN ('done', 'refused', 'failed')", name=op.f("ck_audit_event_outcome")
        ),
        PrimaryKeyConstraint("id", name="pk_audit_event"),
        UniqueConstraint("hash", name="uq_audit_event_hash"),
        UniqueConstraint("previous_hash", name="uq_audit_event_previous_hash"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])


def _job() -> None:
    op.create_table(
        "job",
        Column("id", KEY, nullable=False),
        Column("kind", String(40), nullable=False),
        Column("slot", String(120), nullable=False),
        Column("payload", Text(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("run_after", DateTime(timezone=True), nullable=False),
        Column("state", String(8), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("lease_until", DateTime(timezone=True), nullable=True),
        Column("token", String(32), nullable=False),
        Column("finished_at", DateTime(timezone=True), nullable=True),
        Column("last_error", Text(), nullable=False),
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'dead')", name=op.f("ck_job_state")
        ),
        PrimaryKeyConstraint("id", name="pk_job"),
        UniqueConstraint("slot", name="uq_job_slot"),
    )
    op.create_index("ix_job_state_run_after", "job", ["state", "run_after"])
