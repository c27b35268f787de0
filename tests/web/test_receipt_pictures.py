"""A receipt of a shipment shows its route, and where the truck was when, as they stood then."""

from typing import Any

from flask import Flask

from tests import journeys, tracked, way
from tests.web.test_receipts import made
from tests.web.visitors import Page, visit
from tracker import jobs
from tracker.models.receipts import Receipt
from tracker.papers import pdf, receipt

PLATE = "蒙A10000"


def titles(page: Page) -> list[str]:
    """Of the drawings that lie."""
    found = page.tree.xpath("//figure[@class='journey']/*[local-name()='svg' and @class='lying']")
    return [one.get("aria-label") for one in found]


def content(bench: jobs.Bench) -> dict[str, Any]:
    with bench.database.reading() as session:
        return dict(session.get_one(Receipt, 1).content)


def test_the_route_is_drawn_with_hub_port_and_end(bench: jobs.Bench, app: Flask) -> None:
    way.shipped(bench)
    page = made(visit(app, "clerk"), "/shipments/1")
    assert titles(page) == ["Route"]
    drawn = page.tree.xpath("string(//figure[@class='journey'])")
    for word in ("Hohhot", "Erenhot", "Moscow", "no national boundary"):
        assert word in drawn
    assert "Track check" not in page.words


def test_a_track_is_drawn_with_its_verdict_and_stays_when_it_is_withdrawn(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench)
    file = tracked.upload(bench, tracked.drive(PLATE, tracked.CORRIDOR, tracked.TO_BORDER))
    clerk = visit(app, "clerk")
    page = made(clerk, "/shipments/1")
    assert titles(page) == [f"Where {PLATE} was when: not proven"]
    assert f"{PLATE} inside Inner Mongolia proven" in page.words
    raw = clerk.client.get(f"{page.address}/receipt.pdf").data
    tracked.withdraw(bench, file)
    assert titles(clerk.see(page.address)) == titles(page)
    assert clerk.client.get(f"{page.address}/receipt.pdf").data == raw
    assert titles(made(clerk, "/shipments/1")) == ["Route"]


def test_a_print_bears_the_drawing_and_a_receipt_of_before_has_none(
    bench: jobs.Bench, app: Flask
) -> None:
    way.shipped(bench)
    made(visit(app, "clerk"), "/shipments/1")
    now = content(bench)
    about = {name: value for name, value in now["about"].items() if name not in ("stops", "tracks")}
    before = now | {"format": 1, "about": about}
    sizes = []
    for one in (now, before):
        paper = receipt.laid_out(one, code="X", sha256="0" * 64, lang="zh")
        sizes.append((len(paper.pictures), len(pdf.write(paper, journeys.NOW))))
    (drawn, long), (bare, short) = sizes
    assert (drawn, bare) == (1, 0)
    assert long > short
