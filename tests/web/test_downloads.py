"""A download says where it ends."""

import pytest
from flask import Flask

from tests import way
from tests.web.visitors import visit
from tracker import jobs
from tracker.web import downloads


@pytest.mark.parametrize("address", ["/shipments/list.csv", "/ledger/entries.csv"])
def test_a_download_that_is_cut_says_so_in_its_last_line(
    bench: jobs.Bench, app: Flask, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    way.shipped(bench, 3)
    clerk = visit(app, "clerk")
    whole = clerk.see(address).text.splitlines()
    assert len(whole) == 1 + 3
    monkeypatch.setattr(downloads, "MOST_ROWS", 3)
    assert clerk.see(address).text.splitlines() == whole
    monkeypatch.setattr(downloads, "MOST_ROWS", 2)
    cut = clerk.see(address).text.splitlines()
    assert cut[:3] == whole[:3]
    assert cut[3:] == ["Only the first 2 rows are here; narrow the filter for the rest."]
