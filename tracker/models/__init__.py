"""Models 数据表: one file a subject; importing the package makes every table known to the base."""

from tracker.models import (
    answers,
    applications,
    cargo,
    composed,
    corrections,
    divisions,
    evidence,
    filings,
    further,
    inbox,
    methods,
    money,
    networks,
    people,
    recoveries,
    work,
)

__all__ = [
    "answers",
    "applications",
    "cargo",
    "composed",
    "corrections",
    "divisions",
    "evidence",
    "filings",
    "further",
    "inbox",
    "methods",
    "money",
    "networks",
    "people",
    "recoveries",
    "work",
]
