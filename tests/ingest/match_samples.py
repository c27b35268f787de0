"""Samples of matching: how a test asks for the match of a shipment, and what it reads of it."""

from collections.abc import Callable

from ingest.match import Match

Route = Callable[..., Match]
"""Fields of an ``Ask`` that are said otherwise -> the match."""


def codes(found: Match) -> list[str]:
    """The codes of the reasons, in order."""
    return [reason.code for reason in found.reasons]
