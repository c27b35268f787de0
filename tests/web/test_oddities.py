"""A reviewer reads oddities on lines and shipments, on pages and by API; a firm never reads one."""

from flask import Flask

from tests import journeys, way
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs

FIGURE = "307%"
"""Of the odd freight against the median, in whichever language."""
TOLD = "运费为同通道"
SAID = "freight is 307% of the median (52,000.00 CNY) of 10 others"


def test_reviewers_read_oddities_and_a_firm_reads_none(bench: jobs.Bench, app: Flask) -> None:
    rows = [journeys.row(f"W{n}", f"蒙A{10_000 + n}") for n in range(10)]
    rows.append(journeys.row("W10", "蒙A10010", 运费="160000.00"))
    journeys.take_in(bench, *rows)
    application = way.applied(bench)
    filing = way.filed(bench, application)
    lists = [f"applications/{application}", f"filings/{filing}"]

    for reviewer in ("league_officer", "commerce_officer", "auditor"):
        pages, api = visit(app, reviewer), call(app, reviewer)
        for one in lists:
            assert pages.see(f"/{one}").words.count(SAID) == 1
            told = [FIGURE in " ".join(line["flags"]) for line in api.get(f"{one}/lines")]
            assert sorted(told) == [False] * 10 + [True]
        assert SAID in pages.see("/shipments/11").words
        assert FIGURE in api.get("shipments/11")["oddities"][0]
        assert "Oddities" not in pages.see("/shipments/1").words
        assert api.get("shipments/1")["oddities"] == []
    assert TOLD in visit(app, "league_officer", "zh").see("/shipments/11").words

    for firm in ("clerk", "manager"):
        pages, api = visit(app, firm), call(app, firm)
        for address in (f"/{lists[0]}", "/shipments/11"):
            words = pages.see(address).words
            assert FIGURE not in words
            assert "Oddities" not in words
        assert FIGURE not in str(api.get(f"{lists[0]}/lines"))
        assert api.get("shipments/11")["oddities"] == []
        assert FIGURE not in visit(app, firm, "zh").see("/shipments/11").words
