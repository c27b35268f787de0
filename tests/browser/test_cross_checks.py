"""An officer brings what a port sent, says what a column means, and reads both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import crossed, way
from tests.browser import hands
from tests.browser.conftest import NARROW, WIDE, World

Picture = Callable[[Page, str], None]
HEADINGS = ("过卡车辆", *crossed.HEADINGS[1:])


def test_a_foreign_column_is_explained_and_both_sides_stand_side_by_side(
    world: World, tmp_path: Path, picture: Picture
) -> None:
    way.shipped(world.bench, 3)
    path = tmp_path / "示例_口岸过卡.csv"
    rows = (crossed.row(0), crossed.row(1, 毛重="9000"), crossed.row(77, 毛重="见磅单"))
    path.write_bytes(crossed.sheet(*rows, headings=HEADINGS))
    page = world.sign_in("league_officer")
    page.goto("/cross-checks")
    page.locator("input[type=file]").set_input_files(path)
    form = page.locator("form:has(input[type=file])")
    days = {"first_day": "2026-03-01", "last_day": "2026-03-31"}
    hands.send(page, form, source="port", source_name="示例口岸", **days)
    address = page.url
    world.settle()
    page.goto(address)
    expect(page.locator("main")).to_contain_text("没有一列能用来找到车次")
    hands.every(page, [address], WIDE, NARROW)
    page.get_by_label("A 列的含义").select_option("truck_plate")
    with page.expect_navigation():
        page.get_by_role("button", name="按此重新读取").click()
    world.settle()
    page.goto(address)
    expect(page.locator("main")).to_contain_text("不一致 毛重(KG)")
    page.get_by_text("项", exact=False).locator("xpath=self::summary").first.click()
    rest = ["/cross-checks", f"{address}/rows", "/shipments/2", "/shipments?crossed=differs"]
    hands.every(page, [address, *rest], WIDE, NARROW)
    for name, where in (("file", address), ("list", "/cross-checks"), ("shipment", "/shipments/2")):
        page.goto(where)
        for size, told in ((WIDE, "wide"), (NARROW, "narrow")):
            page.set_viewport_size(size)
            picture(page, f"cross-check-{name}-{told}")
