"""People of the demo 示例人员: three firms, four leagues, the province, an auditor, an admin."""

from collections.abc import Iterator
from dataclasses import dataclass

USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_BASE = len(USCC_LETTERS)
"""Characters of GB 32100 in order of value; the check character is modulo 31."""


@dataclass(frozen=True)
class SampleFirm:
    """A made-up firm."""

    login: str
    body: str
    """First 17 characters of a made-up credit code."""
    name: str
    account: str
    """The number of its made-up account."""

    @property
    def uscc(self) -> str:
        """The credit code with its check character (GB 32100-2015: weights 3^i modulo 31)."""
        total = sum(
            USCC_LETTERS.index(character) * pow(3, place, USCC_BASE)
            for place, character in enumerate(self.body)
        )
        return self.body + USCC_LETTERS[-total % USCC_BASE]


@dataclass(frozen=True)
class SamplePerson:
    """A made-up person with one role."""

    login: str
    name: str
    role: str
    firm: str | None = None
    """Login stem of the firm."""
    league: str | None = None
    """Code of the league."""


FIRMS = (
    SampleFirm("caoyuan", "91150100MA0EXMPL1", "示例·草原国际物流有限公司", "6200000000000000001"),
    SampleFirm("beijiang", "91150900MA0EXMPL2", "示例·北疆供应链有限公司", "6200000000000000002"),
    SampleFirm("manou", "91150781MA0EXMPL3", "示例·满欧运输有限公司", "6200000000000000003"),
)
LEAGUES = {"150100": "hohhot", "150900": "ulanqab", "152501": "erenhot", "150781": "manzhouli"}
"""Code -> login stem of the four leagues that have people and a recorded sample method."""
LEAGUE_PEOPLE = (("officer", "经办"), ("approver", "审批"), ("finance", "财政"))
PROVINCE_PEOPLE = (
    SamplePerson("commerce_officer", "商务厅经办（示例）", "commerce_officer"),
    SamplePerson("commerce_approver", "商务厅审批（示例）", "commerce_approver"),
    SamplePerson("finance_officer", "财政厅经办（示例）", "finance_officer"),
    SamplePerson("finance_approver", "财政厅审批（示例）", "finance_approver"),
    SamplePerson("auditor", "审计人员（示例）", "auditor"),
    SamplePerson("admin", "系统管理员（示例）", "admin"),
)


def people(league_names: dict[str, str]) -> Iterator[SamplePerson]:
    """Everybody, in the order in which the sign-in details are printed."""
    for firm in FIRMS:
        short = firm.name.removeprefix("示例·")[:2]
        yield SamplePerson(
            f"{firm.login}_clerk", f"{short}经办（示例）", "firm_clerk", firm=firm.login
        )
        yield SamplePerson(
            f"{firm.login}_manager", f"{short}负责人（示例）", "firm_manager", firm=firm.login
        )
    for code, stem in LEAGUES.items():
        for role, label in LEAGUE_PEOPLE:
            yield SamplePerson(
                f"{stem}_{role}",
                f"{league_names[code]}{label}（示例）",
                f"league_{role}",
                league=code,
            )
    yield from PROVINCE_PEOPLE
