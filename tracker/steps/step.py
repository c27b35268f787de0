"""Step 环节: one row of a flow, and the roles that often share one."""

from dataclasses import dataclass

FIRM = ("firm_clerk", "firm_manager")
LEAGUE = ("league_officer", "league_approver")
COMMERCE = ("commerce_officer", "commerce_approver")
FINANCE = ("finance_officer", "finance_approver")
LEAGUE_BODIES = (*LEAGUE, "league_finance")


@dataclass(frozen=True)
class Step:
    """One row of a flow."""

    name: str
    label: str
    """English msgid of the button."""
    before: tuple[str, ...]
    after: str
    roles: tuple[str, ...]
    checks: str | None = None
    """The maker's step this one checks: another person, shown the same."""
    needs_reason: bool = False
