"""What the tests of `ingest` share."""

import importlib
import io

import pytest

from ingest.formats import _child, _process
from ingest.network import Network, load_seed


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files without a child, which costs a start each; test_hostile.py reads with it."""

    def ask(module: str, raw: bytes) -> bytes:
        out = io.BytesIO()
        _child.write(importlib.import_module(module).read(raw), out)
        return out.getvalue()

    monkeypatch.setattr(_process, "ask", ask)


@pytest.fixture(scope="session")
def network() -> Network:
    """The network that the program comes with."""
    return load_seed()
