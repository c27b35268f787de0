"""Tracks 轨迹: was the declared corridor really driven? Bytes in, a verdict out.

`read` makes tracks of a file, `check` holds one against its corridor, `check_many` many, with the
tracks that are copies of each other. No clock, no network, no database.
"""

from ingest.tracks.check import Ask, check, check_many
from ingest.tracks.datum import wgs84
from ingest.tracks.identify import Fit, identify
from ingest.tracks.reading import DATUMS, MAX_BYTES, read
from ingest.tracks.track import Datum, Reading, Track
from ingest.tracks.verdict import (
    SECTIONS,
    Declared,
    Finding,
    Gap,
    Ledger,
    Outcome,
    Section,
    SectionName,
    Step,
    Verdict,
)

__all__ = [
    "DATUMS",
    "MAX_BYTES",
    "SECTIONS",
    "Ask",
    "Datum",
    "Declared",
    "Finding",
    "Fit",
    "Gap",
    "Ledger",
    "Outcome",
    "Reading",
    "Section",
    "SectionName",
    "Step",
    "Track",
    "Verdict",
    "check",
    "check_many",
    "identify",
    "read",
    "wgs84",
]
