"""Commerce draws lines by chance: nobody chooses them, and anybody draws them again."""

import hashlib
import json

from flask import Flask
from sqlalchemy import select

from tests import way
from tests.web import money
from tests.web.api.callers import call
from tests.web.visitors import visit
from tracker import jobs
from tracker.books import ledger
from tracker.models.money import Entry, Item


def test_the_seed_is_the_link_before_and_draws_the_same_lines_again(
    bench: jobs.Bench, app: Flask
) -> None:
    address = f"/filings/{money.filed(bench, 5)}"
    with bench.database.reading() as session:
        seed = ledger.head(session).hash
        codes = session.scalars(select(Item.code)).all()
    commerce = visit(app, "commerce_officer")
    page = commerce.send(commerce.see(address).form(f"{address}/samples"), count="2")
    assert seed in page.words
    expected = sorted(codes, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest())
    (told,) = call(app, "auditor").get(f"{address[1:]}/samples")["samples"]
    assert (told["seed"], told["items"]) == (seed, expected[:2])
    with bench.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.seq == told["seq"])).one()
        detail = json.loads(entry.body)["detail"]
    assert detail["items"] == expected[:2]
    assert "Sample drawn" in visit(app, "auditor").see(f"/ledger/{told['seq']}").words
    (listed,) = visit(app, "auditor").see("/ledger", kind="sample.draw").table()[1:]
    assert listed[1:3] == ["Sample drawn", "BS-00001"]
    assert way.proven(bench)


def test_every_drawing_stays_and_draws_by_another_seed(bench: jobs.Bench, app: Flask) -> None:
    address = f"filings/{money.filed(bench, 5)}/samples"
    api = call(app, "commerce_officer")
    api.post(address, 201, count=1)
    told = api.post(address, 201, count=5)["samples"]
    assert [len(one["items"]) for one in told] == [1, 5]
    assert told[0]["seed"] != told[1]["seed"]
    assert len(set(told[1]["items"])) == 5


def test_a_sample_is_of_the_filing_and_drawn_while_commerce_examines_it(
    bench: jobs.Bench, app: Flask
) -> None:
    filing = money.filed(bench, 2)
    address = f"filings/{filing}/samples"
    api = call(app, "commerce_officer")
    assert "2 行" in str(api.post(address, 422, count=3))
    assert api.post(address, 422, count=0)
    for other in ("commerce_approver", "league_officer", "auditor"):
        assert call(app, other).post(address, 403, count=1)
    way.a_fund(bench)
    way.approve(bench, filing)
    assert "审核期间" in str(api.post(address, 409, count=1))
    assert "/samples" not in visit(app, "commerce_officer").see(f"/filings/{filing}").text
