"""Triggers 触发器: what the database itself refuses and keeps, and the chain's first row.

The statements are in ``migrations/sql``, one file a database, apart by empty lines. They never
change: a later version drops a trigger by name and makes it anew from a file of its own.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
GENESIS = "0" * 64


def upgrade() -> None:
    """Give the chain its first row, then make the triggers that keep it."""
    bind = op.get_bind().execution_options(no_parameters=True)  # a percent sign is one
    bind.exec_driver_sql(f"INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')")  # noqa: S608  a constant
    file = Path(__file__).parents[1] / "sql" / f"0005_{bind.dialect.name}.sql"
    for statement in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if lines:
            bind.exec_driver_sql("\n".join(lines))


def downgrade() -> None:
    """History is never taken back; an assertion fails."""
    raise AssertionError("books are added to, never taken back: restore a backup instead")
