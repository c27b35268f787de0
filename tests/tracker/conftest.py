"""What tests of the program share beside the world: a firm's inbox that is open."""

from pathlib import Path

import pytest

from tests.inboxes import Box
from tracker import jobs


@pytest.fixture
def box(bench: jobs.Bench, tmp_path: Path) -> Box:
    """The inbox of the first firm, opened by its manager."""
    made = Box(bench, tmp_path / "inbox")
    made.open()
    return made
