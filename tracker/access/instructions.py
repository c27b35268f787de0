"""Instructions access 支付权限: who sees the lists of payments and what the bank answered.

They hold firms' accounts: a league sees its own, the auditor all. The actions stand with all others
in ``tracker.access``.
"""

from sqlalchemy import ColumnElement, Select, false, select, true

from tracker.access import SEES_ALL, may
from tracker.models.instructions import BankFile, InstructionList
from tracker.models.people import User


def visible_lists(user: User) -> Select[InstructionList]:
    """The league's own lists."""
    return select(InstructionList).where(_seen(user, InstructionList.league_id == user.league_id))


def visible_bank_files(user: User) -> Select[BankFile]:
    """The league's own files of answers."""
    return select(BankFile).where(_seen(user, BankFile.league_id == user.league_id))


def _seen(user: User, own: ColumnElement[bool]) -> ColumnElement[bool]:
    if not may(user, "see_instruction_lists"):
        return false()
    return true() if user.role in SEES_ALL else own
