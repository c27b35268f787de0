"""The main job in a real browser: from an uploaded workbook to money in the firm's account."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import journeys
from tests.browser import hands
from tests.browser.conftest import NARROW, World
from tracker import verify

Picture = Callable[[Page, str], None]
FUND = "示例专项〔2026〕1号"
YUAN = f"{2 * journeys.RATE_FEN // 100:,}.00"


def ugly() -> bytes:
    """Two good trucks, one of them with two waybills, and a row that must come back."""
    return journeys.sheet(
        journeys.row("W1", "蒙A10001"),
        journeys.row("W2", "蒙A10001"),
        journeys.row("W3", "蒙A10002"),
        journeys.row("W4", "蒙A10003", 发车日期="2026-02-30"),
    )


def key_of(page: Page) -> str:
    """The number of the thing whose page this is."""
    found = re.search(r"/(\d+)$", page.url)
    assert found, page.url
    return found[1]


def test_a_manifest_goes_from_upload_to_disbursed_in_the_browser(
    world: World, tmp_path: Path, picture: Picture
) -> None:
    clerk = world.sign_in("clerk")
    uploaded(clerk, tmp_path, picture)
    application = applied(clerk, world, picture)
    filing = filed(world, application, picture)
    approved(world, filing, picture)
    disbursement = disbursed(world, filing, picture)
    clerk.goto(f"/disbursements/{disbursement}")
    expect(clerk.locator("main")).to_contain_text(YUAN)
    expect(clerk.locator("main")).to_contain_text("示例回单1")
    picture(clerk, "firm-sees-it")
    auditor = world.sign_in("auditor")
    auditor.goto("/ledger")
    expect(auditor.locator("main")).to_contain_text("银行已确认到账")
    picture(auditor, "ledger")
    books = verify.verify(world.bench.settings.database_url, rules=journeys.REGISTRY.rules)
    assert books.faults == ()


def uploaded(clerk: Page, folder: Path, picture: Picture) -> None:
    """Upload, see the problem by row and column, commit the good rows, see a shipment."""
    hands.upload(clerk, folder, "发运明细.csv", ugly())
    manifest = key_of(clerk)
    expect(clerk.locator("main")).to_contain_text(YUAN)
    picture(clerk, "preview")
    clerk.goto(f"/manifests/{manifest}/problems")
    row = clerk.locator("tbody tr", has_text="2026-02-30")
    expect(row).to_contain_text("5")
    expect(row).to_contain_text("发车日期")
    picture(clerk, "problems")
    clerk.goto(f"/manifests/{manifest}")
    hands.send(clerk, clerk.locator(f"form[action='/manifests/{manifest}/commit']"))
    to_shipments = clerk.get_by_role("link", name="查看车次（箱）")
    expect(to_shipments).to_be_visible(timeout=hands.SEVERAL_MS)
    to_shipments.click()
    expect(clerk.locator("tbody tr")).to_have_count(2)
    clerk.get_by_role("link", name="蒙A10001").click()
    for said in ("W1", "W2", "第二条", "500.00", "示例"):
        expect(clerk.locator("main")).to_contain_text(said)
    picture(clerk, "shipment")


def applied(clerk: Page, world: World, picture: Picture) -> str:
    """The clerk prepares the application, the manager applies."""
    days = "from=2026-01-01&to=2026-03-31"
    clerk.goto(f"/applications/new?league={journeys.LEAGUE}&programme=freight&{days}")
    hands.send(clerk, clerk.locator("form[action='/applications'][method=post]"))
    application = key_of(clerk)
    hands.send(
        clerk,
        clerk.locator("#fill-in"),
        bank_name="示例银行",
        bank_account="6222000000000001",
        promised="1",
        no_other_subsidy="1",
    )
    hands.take(clerk, "prepare")
    manager = world.sign_in("manager")
    manager.goto(f"/applications/{application}")
    hands.take(manager, "apply")
    expect(manager.locator("main")).to_contain_text(YUAN)
    picture(manager, "application")
    return application


def filed(world: World, application: str, picture: Picture) -> str:
    """The league's officer reviews, the approver passes; they file with the calculation sheet."""
    officer, approver = world.sign_in("league_officer"), world.sign_in("league_approver")
    officer.goto(f"/applications/{application}")
    hands.take(officer, "first_review")
    approver.goto(f"/applications/{application}")
    hands.take(approver, "pass")
    officer.goto("/filings/new")
    hands.send(
        officer,
        officer.locator("form[action='/filings']"),
        document_no="示例呼商字〔2026〕8号",
        basis="示例依据",
        performance_target="示例目标",
    )
    filing = key_of(officer)
    with officer.expect_download() as sheet:
        officer.get_by_role("link", name="清算明细表").first.click()
    assert sheet.value.suggested_filename.endswith(".xlsx")
    hands.take(officer, "prepare")
    approver.goto(f"/filings/{filing}")
    hands.take(approver, "file")
    picture(approver, "filing")
    return filing


def approved(world: World, filing: str, picture: Picture) -> None:
    """Commerce returns nothing this time: two people propose, two of Finance approve."""
    finance = world.sign_in("finance_approver")
    finance.goto("/allotments")
    finance.locator("summary", has_text="专项资金").click()
    hands.send(
        finance,
        finance.locator("form[action='/allotments/funds']"),
        document_no=FUND,
        fiscal_year="2026",
        amount_yuan="1000000.00",
    )
    for login, step, brought in (
        ("commerce_officer", "propose", {}),
        ("commerce_approver", "endorse", {}),
        ("finance_officer", "allocate", {"fund": FUND}),
        ("finance_approver", "approve", {}),
    ):
        person = world.sign_in(login)
        person.goto(f"/filings/{filing}")
        hands.take(person, step, **brought)
        picture(person, f"filing-{step}")


def disbursed(world: World, filing: str, picture: Picture) -> str:
    """Finance allots, the league's finance disburses, the bank confirms."""
    officer, approver = world.sign_in("finance_officer"), world.sign_in("finance_approver")
    officer.goto(f"/allotments/new?filing={filing}")
    assert FUND in officer.locator("main").inner_text()
    hands.send(
        officer,
        officer.locator("form[action='/allotments']"),
        document_no="示例预〔2026〕2号",
        budget_line="2160699",
    )
    allotment = key_of(officer)
    hands.take(officer, "prepare")
    approver.goto(f"/allotments/{allotment}")
    hands.take(approver, "allot")
    picture(approver, "allotment")
    finance, league = world.sign_in("league_finance"), world.sign_in("league_approver")
    finance.goto(f"/allotments/{allotment}")
    hands.send(finance, finance.locator("form[action='/disbursements']"))
    if not re.search(r"/\d+$", finance.url):
        hands.follow(finance, finance.locator("tbody a").first)
    disbursement = key_of(finance)
    hands.take(finance, "prepare")
    league.goto(f"/disbursements/{disbursement}")
    hands.take(league, "instruct")
    finance.goto(f"/disbursements/{disbursement}")
    hands.take(finance, "confirm", bank_answer="示例回单1")
    picture(finance, "disbursement")
    return disbursement


def test_a_phone_and_a_browser_without_script_do_the_first_part_too(
    world: World, tmp_path: Path, picture: Picture
) -> None:
    clerk = world.sign_in("clerk", NARROW, script=False)
    path = tmp_path / "发运.csv"
    path.write_bytes(ugly())
    clerk.goto("/manifests")
    hands.fits(clerk)
    clerk.locator("input[type=file]").set_input_files(path)
    clerk.locator("form:has(input[type=file]) button").click()
    expect(clerk.get_by_role("heading", name="拟入库")).to_be_visible(timeout=hands.SEVERAL_MS)
    hands.fits(clerk)
    picture(clerk, "narrow-preview")
    clerk.locator("form[action$='/commit'] button").click()
    expect(clerk.get_by_role("link", name="查看车次（箱）")).to_be_visible(timeout=hands.SEVERAL_MS)
    hands.follow(clerk, clerk.get_by_role("link", name="查看车次（箱）"))
    hands.follow(clerk, clerk.get_by_role("link", name="蒙A10001"))
    hands.fits(clerk)
    picture(clerk, "narrow-shipment")
