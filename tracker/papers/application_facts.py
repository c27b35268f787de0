"""Application facts 申报数据: what the names in a firm's papers stand for, read from the books.

Before it goes in, an application is told as it stands at the newest entry; afterwards as it went
in, at the entry of its applying: the lines and the form are settled then, and what the shipments
are is read from what was assessed by then.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.books import ledger
from tracker.chinese import in_chinese
from tracker.db import local_day
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import Route
from tracker.models.filings import Decision
from tracker.models.money import Assessment, Entry, Item
from tracker.models.people import User
from tracker.papers import letter_facts
from tracker.papers.filling import Values
from tracker.papers.letter_facts import Facts
from tracker.papers.letters import LISTS, dated
from tracker.papers.receipt import MODES
from tracker.steps import application as steps
from tracker.steps import flow, networks

MOST_LISTED = 200
"""Lines that a paper lists one by one, some eight pages; all of them are in the file of lines."""
AT_HOME_STATES = ("draft", "prepared", "withdrawn")
"""Of an application that is not with its league."""
MATTER = "申报事项"
NO_ROUTE = "—"
NOT_ELSEWHERE: Mapping[str, str] = {
    "shipment": "我单位未就上述车次（箱）在任何地方享受或申请其他补贴。",
    "period": "我单位未就上述事项在任何地方享受或申请其他补贴。",
}
"""Subject of a programme -> 不重复申报声明, as the form has the firm declare it."""
AS_IT_STANDS = "本文书按取数时的申报草稿填制，尚未提交，以提交时的内容为准。"
WITHDRAWN = "本申报已撤回，本文书不作申报依据。"
AS_IT_WENT_IN = "本文书按企业提交申报时的内容填制。"


@dataclass(frozen=True)
class Told:
    """A line in words: its kind and route, and what was applied for."""

    day: str
    name: str
    category: str
    corridor: str
    route: str
    fen: int


def of_application(session: Session, application: Application) -> Facts:
    """What 申请表 and 承诺书 of an application may say."""
    past = flow.history(session, application)
    went_in = None if application.state in AT_HOME_STATES else _last(past, "apply")
    head = _entry(session, went_in) if went_in else ledger.head(session)
    lines = _lines(session, application, head)
    total = yuan(sum(one.fen for one in lines))
    period = (application.period_from, application.period_to)
    firm, league, programme = application.firm, application.league, application.programme
    values = {
        **letter_facts.common(session, league, programme, period),
        "日期": dated(local_day(went_in.decided_at)) if went_in else letter_facts.NO_DAY,
        "企业": firm.name,
        "信用代码": firm.uscc,
        "申报编号": application.code,
        "开户行": application.bank_name,
        "账号": application.bank_account,
        "经办人": _who(session, None if application.state == "draft" else _last(past, "prepare")),
        "负责人": _who(session, went_in),
        "企业数": "1",
        "数量": f"{len(lines):,}",
        "申报金额": total,
        "不重复申报声明": NOT_ELSEWHERE[programme.subject],
        "取数说明": _as_of(application),
        "台账序号": str(head.seq),
        "台账链头": head.hash,
    }
    values["明细说明"] = _left_out(len(lines), values["量词"])
    if firm.is_sample:
        values["示例"] = letter_facts.SAMPLE
    return letter_facts.whole(values), {
        **dict.fromkeys(LISTS, ()),
        "分项": list(_parts(lines)),
        "明细": [_listed(number, one) for number, one in enumerate(lines[:MOST_LISTED], 1)],
    }


def _as_of(application: Application) -> str:
    """As of when a paper is filled in, or that nothing comes of it."""
    if application.state == "withdrawn":
        return WITHDRAWN
    return AS_IT_STANDS if application.state in AT_HOME_STATES else AS_IT_WENT_IN


def _last(past: Sequence[Decision], step: str) -> Decision | None:
    return next((one for one in reversed(past) if one.step == step), None)


def _who(session: Session, decision: Decision | None) -> str:
    """Who took the step, by name; nobody where none did."""
    return session.get_one(User, decision.user_id).name if decision else ""


def _entry(session: Session, decision: Decision) -> ledger.Head:
    query = select(Entry.seq, Entry.hash).where(Entry.seq == decision.seq)
    return ledger.Head(*session.execute(query).one())


def _lines(session: Session, application: Application, head: ledger.Head) -> list[Told]:
    """Every line by its day, as it had been assessed at this entry."""
    mine = select(ApplicationLine.item_id).where(ApplicationLine.application_id == application.id)
    newest = (
        select(func.max(Assessment.id))
        .where(Assessment.item_id.in_(mine), Assessment.seq <= head.seq)
        .group_by(Assessment.item_id)
    )
    query = select(Assessment.item_id, Assessment.facts).where(Assessment.id.in_(newest))
    facts: dict[int, dict[str, Any]] = dict(session.execute(query).all())
    names = _corridors(session, mine)
    return [_told(one, facts[one.item_id], names) for one in steps.lines(session, application)]


def _corridors(session: Session, items: Select[int]) -> dict[str, str]:
    """Code of a corridor -> its name in the newest network that matched a shipment of these."""
    shipments = select(Item.shipment_id).where(Item.id.in_(items))
    versions = select(Route.network_version_id).where(Route.shipment_id.in_(shipments)).distinct()
    names = networks.corridor_names(session, set(session.scalars(versions)))
    return {code: name for (_, code), name in sorted(names.items())}


def _told(line: ApplicationLine, facts: Mapping[str, Any], names: Mapping[str, str]) -> Told:
    item, nowhere = line.item, (MATTER, NO_ROUTE, NO_ROUTE)
    told = Told(item.subject.day.isoformat(), item.subject.label, *nowhere, line.applied_fen)
    if item.matter is not None:
        return replace(told, name=f"{item.matter.code} {item.matter.title}")
    corridor, mode = facts["corridor"] or NO_ROUTE, MODES[facts["mode"]]
    route = names.get(corridor, NO_ROUTE)
    return replace(told, category=in_chinese(mode), corridor=corridor, route=route)


def _parts(lines: Sequence[Told]) -> Iterator[Values]:
    """How many, and how much, of each kind on each route."""
    parts: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in lines:
        parts[one.category, one.corridor, one.route].append(one.fen)
    for part, amounts in sorted(parts.items()):
        told = (*part, f"{len(amounts):,}", yuan(sum(amounts)))
        yield dict(zip(LISTS["分项"], told, strict=True))


def _listed(number: int, line: Told) -> Values:
    kind = (line.category, line.corridor, line.route)
    told = (str(number), line.day, line.name, *kind, yuan(line.fen))
    return dict(zip(LISTS["明细"], told, strict=True))


def _left_out(count: int, unit: str) -> str:
    """What a paper that does not list all lines says of it."""
    if count <= MOST_LISTED:
        return ""
    return (
        f"共{count:,}{unit}，本表按日期列出前{MOST_LISTED}{unit}，合计为全部；"
        "其余见本系统该申报的明细清单。"
    )
