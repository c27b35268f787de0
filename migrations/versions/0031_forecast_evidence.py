"""Forecast evidence 需求测算佐证: stamped scans may belong to a forecast."""

from migrations import parts

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
SUBJECTS = (
    *("shipment", "cargo_line", "manifest", "application", "filing", "allotment"),
    *("disbursement", "method", "matter", "proposal", "publication", "objection", "forecast"),
)


def upgrade() -> None:
    """Let evidence belong to forecasts."""
    parts.link_evidence_to(*SUBJECTS)


def downgrade() -> None:
    """History is never taken back."""
    parts.never()
