"""Walks: the way of the money through the forms of the pages, up to where a test begins."""

from __future__ import annotations

from tests.web.visitors import Form, Page, People, Values, found


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


def applied(people: People) -> str:
    """Draft, fill in, prepare and apply; answers where the application stands."""
    page = people["clerk"].press(filled(people, drafted(people)), "prepare")
    taken(people, "manager", page.address, "apply")
    return page.address


def passed(people: People) -> str:
    """The same, and passed by the league."""
    address = applied(people)
    taken(people, "league_officer", address, "first_review")
    taken(people, "league_approver", address, "pass")
    return address


def filing_drafted(people: People) -> Page:
    """Draft a filing over every passed application."""
    officer = people["league_officer"]
    return officer.send(
        officer.see("/filings/new").form("/filings"),
        document_no="示例呼商字〔2026〕8号",
        basis="示例依据",
        performance_target="示例目标：支持 2 个车次",
    )


def filed(people: People) -> str:
    """Apply, pass, draft the filing, prepare and file; answers where the filing stands."""
    passed(people)
    page = people["league_officer"].press(filing_drafted(people), "prepare")
    taken(people, "league_approver", page.address, "file")
    return page.address


def endorsed(people: People) -> str:
    """The same, proposed and endorsed by Commerce."""
    address = filed(people)
    taken(people, "commerce_officer", address, "propose")
    taken(people, "commerce_approver", address, "endorse")
    return address


def reduction(page: Page, number: int = 0) -> Form:
    """The form that takes a part off a line, counted as they stand on the page."""
    forms = [form.get("action", "") for form in found(page.tree, "//tbody//form")]
    return page.form([action for action in forms if action.endswith("/reduce")][number])


def reduced(people: People, login: str, address: str, yuan: str, **brought: Values) -> Page:
    """Take this much off the first line that stands on the page."""
    why: dict[str, Values] = {"reason_code": "weight_differs", "reason": "重量以海关数据为准"}
    form = reduction(people[login].see(address))
    return people[login].send(form, reduced_yuan=yuan, **(why | brought))
