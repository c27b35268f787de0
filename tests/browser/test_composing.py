"""An officer puts a rule together in a real browser, registers a method by it and submits it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import hands
from tests.browser.conftest import NARROW, World

DOCUMENT = {
    "document_no": "示例办〔2027〕9号",
    "issued_on": "2026-12-01",
    "valid_from": "2027-01-01",
}


def press(page: Page, do: str) -> None:
    """Press a button of the form and be there."""
    with page.expect_navigation():
        page.locator(f"button[name=do][value='{do}']").first.click()


def add(page: Page, kind: str, what: str) -> None:
    """Add a block of a kind, which then stands open."""
    page.get_by_label(f"再加一{kind}").select_option(label=what)
    press(page, "add.params" if kind == "项数值" else "add.articles")


def test_an_officer_composes_a_rule_and_submits_a_method_by_it(
    world: World, picture: Callable[[Page, str], None]
) -> None:
    page = world.sign_in("league_officer")
    page.goto("/methods")
    hands.follow(page, page.get_by_role("link", name="组合规则"))
    hands.follow(page, page.get_by_role("link", name="拟订一条规则"))
    with page.expect_navigation():
        page.get_by_role("button", name="开始", exact=True).click()
    page.fill("[name='title.zh']", "按大箱定额，单笔封顶（示例）")
    page.fill("[name=source]", "示例办〔2027〕9号")
    add(page, "项数值", "金额")
    page.fill("[name='params.0.zh']", "每大箱补贴")
    page.select_option("[name='params.0.per']", label="元/大箱(FEU)")
    page.fill("[name='params.0.sample']", "四千")
    add(page, "条", "补贴：几项相乘")
    expect(page.locator("#wrong-params-0-sample")).to_contain_text(
        "“四千”不是至多 2 位小数的非负数"
    )
    page.locator("#params-0 [name='params.0.sample']").fill("4000.00")
    factors = page.locator("select[name='articles.0.factors']")
    factors.nth(0).select_option(label="每大箱补贴（元/大箱(FEU)）")
    factors.nth(1).select_option(label="全程里程（公里）")
    expect(page.locator("#told")).to_contain_text("元·公里/大箱(FEU)")
    factors.nth(1).select_option(label="箱量（大箱(FEU)）")
    expect(page.locator("#told")).to_contain_text("已是一条完整的规则，可以定稿。")
    expect(page.locator("#wrong-params-0-sample")).to_have_text("")
    expect(page.locator("#said-articles-0")).to_have_text("第一条 补贴金额为每大箱补贴 × 箱量。")
    picture(page, "composing")
    press(page, "keep")
    expect(page.get_by_role("status")).to_contain_text("已定稿")
    picture(page, "composed")
    address = page.url
    hands.follow(page, page.get_by_role("link", name="用它登记办法"))
    hands.send(page, page.locator("main form"), **DOCUMENT)
    expect(page.locator("section[aria-labelledby=trial] .badge-state.good").first).to_be_visible()
    expect(page.locator("section[aria-labelledby=trial] .badge-state.bad")).to_have_count(0)
    hands.take(page, "submit")
    expect(page.locator("main .head")).to_contain_text("已提交备案")
    hands.every(page, ["/composed", address, "/composing/new"], NARROW)
