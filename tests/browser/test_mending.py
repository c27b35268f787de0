"""A file with faults is mended on its page: a column answered once, a cell corrected in place."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import journeys
from tests.browser import hands
from tests.browser.conftest import NARROW, World


def faulty() -> bytes:
    """Two trucks whose office lost its zero; one of them lacks a weight."""
    lost = {"出境口岸": "705"}
    return journeys.sheet(
        journeys.row("W1", "蒙A10001", **lost),
        journeys.row("W2", "蒙A10002", **(lost | {"毛重(KG)": "八吨"})),
    )


def test_a_lost_zero_is_restored_once_and_a_weight_is_corrected_in_place(
    world: World, tmp_path: Path
) -> None:
    clerk = world.sign_in("clerk")
    hands.upload(clerk, tmp_path, "示例缺零.csv", faulty())
    address = clerk.url
    expect(said(clerk)).to_contain_text("待修改 1 + 请核对 1")
    hands.send(clerk, clerk.locator("form.action", has_text="补上前导零"))
    clerk.wait_for_url(address)
    expect(said(clerk)).to_contain_text("新增 1 + 待修改 1", timeout=hands.SEVERAL_MS)
    clerk.get_by_role("link", name="在线更正这 1 行").click()
    clerk.get_by_label("毛重").fill("8000")
    with clerk.expect_navigation():
        clerk.get_by_role("button", name="保存更正并重新读取").click()
    expect(said(clerk)).to_contain_text("新增 2", timeout=hands.SEVERAL_MS)
    expect(clerk.locator(".frame[aria-label=回答与更正记录]")).to_contain_text("单元格 T3")
    hands.every(clerk, [address, f"{address}/mend", "/manifests/fields"], NARROW)


def said(page: Page) -> Locator:
    """The sum of the rows' states."""
    return page.locator("p.sum")
