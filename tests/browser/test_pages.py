"""Every room as every role: it stands, fits a desk and a phone, in both languages, offline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import journeys
from tests.browser import hands
from tests.browser.conftest import NARROW, WIDE, World

Picture = Callable[[Page, str], None]
LOGINS = (
    *("clerk", "manager", "league_officer", "league_approver", "league_finance"),
    *("commerce_officer", "finance_approver", "auditor", "admin"),
)

DRAWN_MS = 30_000
"""The page of the interface draws everything it offers at once, on a busy machine slowly."""


def shipped(world: World) -> None:
    """Something to look at."""
    rows = [journeys.row(f"W{n}", f"蒙A1000{n}") for n in range(3)]
    journeys.take_in(world.bench, *rows)


def rooms(page: Page) -> list[str]:
    """Where the bar at the top leads."""
    links = page.get_by_role("navigation").first.get_by_role("link").all()
    return [link.get_attribute("href") or "" for link in links]


def test_every_room_fits_desk_and_phone_for_every_role(world: World, picture: Picture) -> None:
    shipped(world)
    for login in LOGINS:
        page = world.sign_in(login)
        found = rooms(page)
        assert len(found) > 1, login
        hands.every(page, found, WIDE, NARROW)
        page.goto("/")
        for name, size in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(size)
            picture(page, f"home-{login}-{name}")
        page.context.close()


def test_a_page_speaks_english_when_asked_and_remembers_it(world: World) -> None:
    page = world.sign_in("clerk")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/manifests")
    expect(page.get_by_role("heading", name="Manifests", exact=True)).to_be_visible()


def test_the_page_of_the_interface_lists_what_it_offers_without_asking_outside(
    world: World, picture: Picture
) -> None:
    page = world.sign_in("clerk")
    page.goto("/api/docs")
    expect(page.locator("rapi-doc")).to_be_visible()
    listed = page.get_by_text("/api/v1/manifests", exact=False).first
    expect(listed).to_be_visible(timeout=DRAWN_MS)
    picture(page, "api-docs")


def test_keyboard_alone_reaches_the_content_and_the_menu(world: World) -> None:
    page = world.sign_in("clerk")
    page.goto("/manifests")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("details.menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()

    world.settle()


@pytest.mark.parametrize("agreed", [False, True])
def test_a_grave_step_asks_first(world: World, *, agreed: bool) -> None:
    key = journeys.upload(world.bench, journeys.sheet(journeys.row("W1")))
    page = world.sign_in("clerk")
    page.goto(f"/manifests/{key}")
    page.locator("form[action$='/withdraw'] button").click()
    dialog = page.locator("dialog#confirm")
    expect(dialog).to_be_visible()
    if agreed:
        with page.expect_navigation():
            dialog.get_by_role("button", name="确定").click()
        expect(page.locator("#messages")).to_contain_text("撤回")
    else:
        dialog.get_by_role("button", name="取消").click()
        page.reload()
        expect(page.locator("form[action$='/withdraw']")).to_have_count(1)
