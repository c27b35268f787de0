"""Walks: the way of the money up to where a test begins, and the forms on it that tests fill."""

from __future__ import annotations

from tests import journeys, way
from tests.web.visitors import Form, Page, People, Values, found
from tracker import jobs
from tracker.models.filings import Filing


def drafted(people: People, login: str = "clerk") -> Page:
    """Draft over the quarter, by way of the list of what can be applied for."""
    firm = people[login]
    (look,) = {link for link in firm.see("/applications/new").links if "from=2026-01-01" in link}
    return firm.send(firm.see(look).form("/applications"))


def filled(people: People, page: Page, **other: Values) -> Page:
    """Fill in the form of a draft."""
    form = page.form(f"{page.address}/form")
    promises: dict[str, Values] = {"promised": "1", "no_other_subsidy": "1"}
    account: dict[str, Values] = {"bank_name": "示例银行", "bank_account": "6222 0000"}
    return people["clerk"].send(form, **(promises | account | other))


def taken(people: People, login: str, address: str, step: str, **brought: Values) -> Page:
    """Look at a page as this person and take a step that it offers."""
    return people[login].press(people[login].see(address), step, **brought)


def applied(bench: jobs.Bench) -> str:
    """An application of the firm, by steps and not by clicks; answers where it stands."""
    return f"/applications/{way.applied(bench)}"


def passed(bench: jobs.Bench) -> str:
    """The same, and passed by the league."""
    return f"/applications/{way.passed(bench)}"


def filing_drafted(people: People) -> Page:
    """Draft a filing over every passed application."""
    officer = people["league_officer"]
    return officer.send(
        officer.see("/filings/new").form("/filings"),
        document_no="示例呼商字〔2026〕8号",
        basis="示例依据",
        performance_target="示例目标：支持 2 个车次",
    )


def filed(bench: jobs.Bench) -> str:
    """A filing over it before the province; answers where it stands."""
    return f"/filings/{way.filed(bench)}"


def endorsed(bench: jobs.Bench) -> str:
    """The same, proposed and endorsed by Commerce."""
    key = way.filed(bench)
    journeys.act_on(bench, Filing, key, "commerce_officer", "propose")
    journeys.act_on(bench, Filing, key, "commerce_approver", "endorse")
    return f"/filings/{key}"


def reduction(page: Page, number: int = 0) -> Form:
    """The form that takes a part off a line, counted as they stand on the page."""
    forms = [form.get("action", "") for form in found(page.tree, "//tbody//form")]
    return page.form([action for action in forms if action.endswith("/reduce")][number])


def reduced(people: People, login: str, address: str, yuan: str, **brought: Values) -> Page:
    """Take this much off the first line that stands on the page."""
    why: dict[str, Values] = {"reason_code": "weight_differs", "reason": "重量以海关数据为准"}
    form = reduction(people[login].see(address))
    return people[login].send(form, reduced_yuan=yuan, **(why | brought))
