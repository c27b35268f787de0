"""Cross-checks 数据比对: sheets of customs, ports and railways, held against our own shipments.

Values only: the bytes of somebody else's sheet become rows, rows name shipments, and what both say
is compared field by field. Nothing here decides anything: it tells who says what.
"""

from ingest.cross_checks.comparison import (
    VERSION,
    Compared,
    Finding,
    cross_check,
    outcome_of,
)
from ingest.cross_checks.held import Held, Stated, told_of
from ingest.cross_checks.sheet import SPOKEN, Row, Sheet, read
from ingest.cross_checks.table import COMPARED, DAYS, FOUND_BY, TAKEN

__all__ = [
    "COMPARED",
    "DAYS",
    "FOUND_BY",
    "SPOKEN",
    "TAKEN",
    "VERSION",
    "Compared",
    "Finding",
    "Held",
    "Row",
    "Sheet",
    "Stated",
    "cross_check",
    "outcome_of",
    "read",
    "told_of",
]
