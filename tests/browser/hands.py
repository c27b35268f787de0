"""Hands 操作: what a person does on a page, by what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

SEVERAL_MS = 30_000


def agree(page: Page) -> None:
    """Say yes where the page asks before acting."""
    dialog = page.locator("dialog#confirm")
    dialog.get_by_role("button", name="确定").click()
    dialog.wait_for(state="hidden")


def send(page: Page, form: Locator, **filled: str) -> None:
    """Fill in a form, press its button, agree, and wait for what comes of it."""
    for name, value in filled.items():
        field = form.locator(f"[name={name}]")
        kind = field.evaluate("one => one.type || one.tagName")
        if kind == "checkbox":
            field.check()
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)
    button = form.locator("button").first
    asks = button.get_attribute("data-confirm") is not None
    with page.expect_navigation():
        button.click()
        if asks:
            agree(page)


def follow(page: Page, link: Locator) -> None:
    """Go where a link leads, and be there: what is read next is read on the new page."""
    with page.expect_navigation():
        link.click()


def take(page: Page, step: str, **filled: str) -> None:
    """Take a step that the page offers; where it wants a reason, its form is opened first."""
    form = page.locator(f"form:has(input[name=step][value={step}])")
    if "reason" in filled:
        page.locator(
            "summary", has=page.locator("xpath=../self::details[@class='reasoned']")
        ).filter(has=page.locator(f"xpath=..//input[@name='step' and @value='{step}']")).click()
    send(page, form, **filled)


def upload(page: Page, folder: Path, name: str, content: bytes) -> None:
    """Choose a file, send it, and wait until it is understood."""
    path = folder / name
    path.write_bytes(content)
    page.goto("/manifests")
    page.locator("input[type=file]").set_input_files(path)
    send(page, page.locator("form:has(input[type=file])"))
    expect(page.get_by_role("heading", name="拟入库")).to_be_visible(timeout=SEVERAL_MS)


def fits(page: Page) -> None:
    """Nothing sticks out of the window sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert page.viewport_size
    assert window == page.viewport_size["width"], "the page knows of its window"
    assert wide <= window, f"{page.url} is {wide - window} px too wide"


def every(page: Page, addresses: Sequence[str], *sizes: ViewportSize) -> None:
    """Look at each address: it stands, has one heading, and fits windows of these sizes."""
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {address}"
        assert page.locator("h1").count() == 1, address
        for size in sizes:
            page.set_viewport_size(size)
            fits(page)
