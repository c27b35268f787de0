"""Instructions access 支付权限: who sees the lists of payments and what the bank answered.

They hold firms' accounts: a league sees its own, the auditor all. The actions stand with all others
in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.models.instructions import BankFile, InstructionList
from tracker.models.people import User


def visible_lists(user: User) -> Select[InstructionList]:
    """The league's own lists."""
    mine = own(user, None, InstructionList.league_id, "see_instruction_lists")
    return select(InstructionList).where(mine)


def visible_bank_files(user: User) -> Select[BankFile]:
    """The league's own files of answers."""
    return select(BankFile).where(own(user, None, BankFile.league_id, "see_instruction_lists"))
