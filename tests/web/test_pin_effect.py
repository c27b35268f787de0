"""Before a route is set by hand the reviewer reads what it changes in money."""

from flask import Flask

from tests import way
from tests.journeys import RATE_FEN
from tests.unrouted import shipped
from tests.web.visitors import visit
from tracker import jobs

ASKED = {"corridor": "T02", "near": "hohhot", "far": "moscow"}


def test_what_the_group_would_earn_is_what_it_then_earns(bench: jobs.Bench, app: Flask) -> None:
    shipped(bench, "10000", "10001")
    officer = visit(app, "league_officer")
    page = officer.see("/unmatched/1", **ASKED)
    assert (
        "These 2 shipments earn 0.00 yuan now; on this route they would earn 1,000.00."
        in page.words
    )
    officer.send(page.form("/unmatched/1", reason=""), reason="电话核实（示例）")
    assert way.stages(bench) == {"accrued": 2 * RATE_FEN}
    again = officer.see("/unmatched/1", **ASKED)
    assert "These 1 shipments earn 500.00 yuan now" in again.words


def test_where_no_method_is_in_force_nobody_knows(bench: jobs.Bench, app: Flask) -> None:
    shipped(bench, "10000")
    other = ASKED | {"near": "ulanqab", "corridor": "T03"}
    page = visit(app, "commerce_officer").see("/unmatched/1", **other)
    assert "What they would earn cannot be told" in page.words
