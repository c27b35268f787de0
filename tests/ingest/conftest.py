"""What the tests of `ingest` share."""

import io

import pytest

from ingest.formats import _child, workbook
from ingest.network import Network, load_seed


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read workbooks without a child, which costs a start each; test_hostile.py reads with it."""

    def ask(raw: bytes) -> bytes:
        out = io.BytesIO()
        _child.write(*_child.workbook(raw), out)
        return out.getvalue()

    monkeypatch.setattr(workbook, "_ask", ask)


@pytest.fixture(scope="session")
def network() -> Network:
    """The network that the program comes with."""
    return load_seed()
