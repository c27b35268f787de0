"""What the tests of `ingest` share."""

import pytest

from ingest.formats import _process
from ingest.network import Network, load_seed
from tests.ingest import apart


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files without a child, which costs a start each; test_hostile.py reads with it."""
    monkeypatch.setattr(_process, "ask", apart.ask)


@pytest.fixture(scope="session")
def network() -> Network:
    """The network that the program comes with."""
    return load_seed()
