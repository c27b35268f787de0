"""Near pairs 疑似重复: shipments that may be one trip, and what leagues found them to be.

What stands already is looked through by a job, part by part: a pair that is found is an entry.
"""

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    text,
)

from migrations import parts
from migrations.parts import KEY, one_of, to

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
SIDES = ["first_id", "second_id", "first_version_no", "second_version_no"]
ASK = (
    "INSERT INTO job (kind, slot, payload, created_at, run_after, state, attempts, token,"
    " last_error) SELECT 'find_near_pairs', 'find_near_pairs:0', :payload, :now, :now,"
    " 'waiting', 0, '', '' WHERE EXISTS (SELECT 1 FROM shipment)"
)


def upgrade() -> None:
    """Make the tables and the indexes they are found by, the triggers, and ask for the job."""
    op.create_table(
        "near_pair",
        Column("id", KEY, nullable=False),
        Column("code", String(40), nullable=False),
        Column("first_id", KEY, nullable=False),
        Column("first_version_no", Integer(), nullable=False),
        Column("second_id", KEY, nullable=False),
        Column("second_version_no", Integer(), nullable=False),
        Column("grounds", Text(), nullable=False),
        Column("shown_sha256", String(64), nullable=False),
        Column("found_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        to("near_pair", "first_id", "shipment"),
        to("near_pair", "second_id", "shipment"),
        PrimaryKeyConstraint("id", name="pk_near_pair"),
        UniqueConstraint("code", name="uq_near_pair_code"),
    )
    op.create_index("uq_near_pair_sides", "near_pair", SIDES, unique=True)
    op.create_index("ix_near_pair_second_id", "near_pair", ["second_id"])
    _verdict()
    op.create_index("ix_shipment_label", "shipment", ["label"])
    op.create_index("ix_cargo_line_waybill_no", "cargo_line", ["waybill_no"])
    parts.keep(revision)
    ask(op.get_bind())


def ask(connection: Connection) -> None:
    """Ask for the job that looks through what stands, where anything does."""
    said = text(ASK).bindparams(bindparam("now", type_=DateTime(timezone=True)))
    connection.execute(said, {"now": datetime.now(UTC), "payload": '{"after":0}'})


def downgrade() -> None:
    """History is never taken back."""
    parts.never()


def _verdict() -> None:
    op.create_table(
        "near_verdict",
        Column("id", KEY, nullable=False),
        Column("pair_id", KEY, nullable=False),
        Column("league_id", KEY, nullable=False),
        Column("verdict", String(8), nullable=False),
        Column("reason_code", String(12), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("shown_sha256", String(64), nullable=False),
        Column("user_id", KEY, nullable=False),
        Column("said_at", DateTime(timezone=True), nullable=False),
        Column("seq", KEY, nullable=False),
        one_of("near_verdict", "verdict", "apart", "same"),
        one_of("near_verdict", "reason_code", "papers", "crossing", "track", "said"),
        to("near_verdict", "pair_id", "near_pair"),
        to("near_verdict", "league_id", "league"),
        to("near_verdict", "user_id", "user_account"),
        PrimaryKeyConstraint("id", name="pk_near_verdict"),
    )
    op.create_index("ix_near_verdict_pair_id_league_id", "near_verdict", ["pair_id", "league_id"])
