"""Performance 绩效: a filing's targets, what the ledger counts of them, and what the league says.

Of what was held back of a filing, ask for the filing as it was sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.db import local_day
from tracker.models import subjects
from tracker.models.applications import ApplicationLine
from tracker.models.filings import (
    APPROVED_STATES,
    AllotmentMatch,
    Disbursement,
    Filing,
    FilingLine,
)
from tracker.models.money import Item
from tracker.models.people import Firm
from tracker.models.self_evaluations import SelfEvaluation
from tracker.papers.filling import Lists, Values
from tracker.papers.letters import LISTS, dated
from tracker.steps import filing as filings
from tracker.steps import self_evaluations

UNITS = {"shipment": "车次（箱）", "matter": "项"}
"""What items are due for -> what they are counted in."""
BY_HAND = "（由盟市填写）"
NOT_SAID = "自评尚未填写。"
REACHED: Mapping[str, str] = {"all": "全部完成", "part": "部分完成", "none": "未完成"}
"""How much of the targets was reached -> in words."""
EVALUATED: Mapping[str, str] = {
    "自评结论": "目标完成情况",
    "自评说明": "完成情况说明",
    "未完成原因": "未完成原因",
    "改进措施": "改进措施",
}
"""Name of a value -> what stands beside it in the table of the self-evaluation."""


@dataclass(frozen=True)
class Sums:
    """A firm: how many of its items are filed, and its sums in fen."""

    firm: Firm
    items: int
    applied_fen: int
    reduced_fen: int
    filed_fen: int


def of_filing(session: Session, filing: Filing, rows: Sequence[Sums]) -> tuple[Values, Lists]:
    """What 绩效表 says of these sums of the filing: the league's words, and the tables."""
    figures = list(_figures(session, filing, rows))
    said = next(reversed(self_evaluations.of(session, filing)), None)
    evaluated = _evaluated(said)
    return evaluated, {
        "绩效": list(_targets(filing.performance_target, figures, said.results if said else {})),
        "自评": _told_rows(evaluated, to_write=said is None),
        "台账": [dict(zip(LISTS["台账"], one, strict=True)) for one in figures],
    }


def by_firm(session: Session, filing: Filing) -> list[Sums]:
    """What each firm applied for, and what of it is filed."""
    whole = FilingLine.filing_id.in_(filings.family(filing))
    query = (
        select(
            Firm,
            func.count(FilingLine.id),
            func.sum(ApplicationLine.applied_fen),
            func.sum(ApplicationLine.reduced_fen),
            func.coalesce(func.sum(FilingLine.filed_fen), 0),
        )
        .join(Item, Item.id == ApplicationLine.item_id)
        .join(Firm, Firm.id == Item.firm_id)
        .outerjoin(FilingLine, (FilingLine.item_id == ApplicationLine.item_id) & whole)
        .where(filings.applied(filing))
        .group_by(Firm.id)
        .order_by(Firm.id)
    )
    return [Sums(firm, *map(int, rest)) for firm, *rest in session.execute(query)]


def _figures(
    session: Session, filing: Filing, rows: Sequence[Sums]
) -> Iterator[tuple[str, str, str]]:
    """Name, figure and how it is told, as the ledger stands."""
    unit = UNITS[subjects.of(filing.programme).name]
    whole = filings.family(filing)
    allotted = session.scalar(
        select(func.sum(AllotmentMatch.amount_fen)).where(AllotmentMatch.filing_id.in_(whole))
    )
    paid = session.scalar(
        select(func.sum(Disbursement.amount_fen)).where(
            Disbursement.filing_id.in_(whole), Disbursement.state == "disbursed"
        )
    )
    allotted, paid = int(allotted or 0), int(paid or 0)
    approved = _approved(session, whole)
    told = (
        (f"{len(rows)} 家", "本次报送的企业"),
        (f"{sum(row.items for row in rows):,} {unit}", "本次报送的明细"),
        (f"{yuan(sum(row.filed_fen for row in rows))} 元", "初审核定、报送自治区的金额"),
        (_or_not(approved), "报送金额减商务厅核减"),
        (f"{yuan(allotted)} 元", "已下达并用于本次报送的预算指标，含提前下达的部分"),
        (f"{yuan(paid)} 元", "银行已确认到账的拨付，未扣除追缴"),
        (_rate(paid, approved), "兑现金额占审定金额，舍去第三位小数"),
    )
    for name, (figure, basis) in zip(self_evaluations.COUNTED, told, strict=True):
        yield name, figure, basis


def _approved(session: Session, whole: Select[int]) -> int | None:
    """What of these filings is approved by now; None before any of it was decided so."""
    left = FilingLine.filed_fen - FilingLine.reduced_fen
    query = select(func.sum(left)).join(Filing, Filing.id == FilingLine.filing_id)
    fen = session.scalar(query.where(Filing.id.in_(whole), Filing.state.in_(APPROVED_STATES)))
    return None if fen is None else int(fen)


def _targets(
    text: str, figures: Sequence[tuple[str, str, str]], results: Mapping[str, str]
) -> Iterator[Values]:
    """Each line of the stated target, with the ledger's figure or what the league measured."""
    known = {**results, **{name: figure for name, figure, _ in figures}}
    for number, one in enumerate(self_evaluations.targets(text), 1):
        told = (str(number), one.name, one.wanted, known.get(one.name, ""))
        yield dict(zip(LISTS["绩效"], told, strict=True))


def _evaluated(said: SelfEvaluation | None) -> dict[str, str]:
    """What the league says of the targets; blank to be written by hand before it does."""
    if said is None:
        return {"自评结论": BY_HAND, "自评填写": NOT_SAID}
    by = f"{said.user.name}于{dated(local_day(said.stated_at))}填写"
    return {
        "自评结论": REACHED[said.reached],
        "自评说明": said.words,
        "未完成原因": said.reasons,
        "改进措施": said.measures,
        "自评填写": f"自评第{said.version_no}版，{by}，台账第{said.seq}号分录。",
    }


def _told_rows(told: Values, *, to_write: bool) -> list[Values]:
    """The same as rows: all while they are still to be written, then those that are said."""
    rows = [(head, told.get(name, "")) for name, head in EVALUATED.items()]
    return [dict(zip(LISTS["自评"], row, strict=True)) for row in rows if row[1] or to_write]


def _or_not(fen: int | None) -> str:
    return "尚未审定" if fen is None else f"{yuan(fen)} 元"


def _rate(paid: int, approved: int | None) -> str:
    if not approved:
        return "—"
    parts = paid * 10_000 // approved
    return f"{parts // 100}.{parts % 100:02d}%"
