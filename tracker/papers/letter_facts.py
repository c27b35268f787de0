"""Letter facts 文书数据: what the names in a letter's template stand for, read from the books."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.lines import yuan
from tracker.books import ledger
from tracker.db import local_day
from tracker.models import subjects
from tracker.models.applications import Application
from tracker.models.filings import Decision, Filing
from tracker.models.methods import Method, Programme
from tracker.models.people import League
from tracker.models.publications import OPEN_STATES, Objection, Publication, PublicationLine
from tracker.papers import performance
from tracker.papers.filling import Lists, Values
from tracker.papers.formulas import ten_thousands
from tracker.papers.letters import LISTS, VALUES, dated
from tracker.steps import filing as filings
from tracker.steps import publication as publications

SAMPLE = "示例，不作依据"
NO_DAY = "　　　　年　　月　　日"
WITHDRAWN = "（已撤回）"
NOT_PUBLISHED = "（未公示）"
Facts = tuple[Values, Lists]
Shown = tuple[str, str, int, int]
"""Firm, code of its application, how many items, and fen, as published."""


def of_filing(session: Session, filing: Filing, now: datetime) -> Facts:
    """What every letter of a filing may say; the amounts are those filed.

    What was held back of a filing has the letters with which the whole of it was sent.
    """
    filing = filings.sent(session, filing)
    inside = filings.applications(session, filing)
    shown = list(publications.standing(session, inside).values())
    rows = performance.by_firm(session, filing)
    filed_fen = sum(row.filed_fen for row in rows)
    first, last = _period(inside)
    head = ledger.head(session)
    evaluated, tables = performance.of_filing(session, filing, rows)
    values = {
        **evaluated,
        **common(session, filing.league, filing.programme, (first, last)),
        **_published(shown),
        "文号": filing.document_no,
        "报送编号": filing.code,
        "日期": _filed_on(session, filing),
        "依据": "；".join(filing.basis.splitlines()),
        "绩效目标": filing.performance_target,
        "集体研究": _panel(filing),
        "企业数": str(len(rows)),
        "数量": f"{sum(row.items for row in rows):,}",
        "申报金额": yuan(sum(row.applied_fen for row in rows)),
        "核减金额": yuan(sum(row.reduced_fen for row in rows)),
        "报送金额": yuan(filed_fen),
        "报送金额万元": f"{ten_thousands(filed_fen):,}",
        "公示金额": yuan(filed_fen),
        "公示情况": _said(session, inside, shown, local_day(now)),
        "台账序号": str(head.seq),
        "台账链头": head.hash,
    }
    if any(row.firm.is_sample for row in rows):
        values["示例"] = SAMPLE
    return whole(values), {
        **dict.fromkeys(LISTS, ()),
        "逐户": [_firm(number, row) for number, row in enumerate(rows, 1)],
        "公示": [_shown(number, row) for number, row in enumerate(to_show(session, filing), 1)],
        **tables,
    }


def _panel(filing: Filing) -> str:
    if filing.panel_on is None:
        return ""
    return f"上述支持意见已于{dated(filing.panel_on)}经集体研究（{filing.minutes_no}）。"


def of_publication(session: Session, publication: Publication) -> Facts:
    """What the table of a publication says: exactly what was frozen."""
    lines = publications.lines(session, publication)
    total = yuan(sum(one.amount_fen for one in lines))
    period = (publication.period_from, publication.period_to)
    values = {
        **common(session, publication.league, publication.programme, period),
        **_published(lines),
        "企业数": str(len({one.firm_name for one in lines})),
        "数量": f"{sum(one.items for one in lines):,}",
        "公示金额": total,
        "台账序号": str(publication.head_seq),
        "台账链头": publication.head_hash,
    }
    if publication.state == "withdrawn":
        values["公示编号"] += WITHDRAWN
    if any(one.application.firm.is_sample for one in lines):
        values["示例"] = SAMPLE
    listed = [_shown(number, row) for number, row in enumerate(map(frozen, lines), 1)]
    return whole(values), {**dict.fromkeys(LISTS, ()), "公示": listed}


def whole(values: Values) -> Values:
    """With nothing for each name that is not said here."""
    return {**dict.fromkeys(VALUES, ""), **values}


def common(
    session: Session, league: League, programme: Programme, period: tuple[date, date]
) -> dict[str, str]:
    """What every letter of a league, a programme and a period says."""
    query = select(Method).where(
        Method.league_id == league.id,
        Method.programme_id == programme.id,
        Method.state.in_(("recorded", "superseded")),
        Method.valid_from <= period[1],
        Method.valid_to.is_(None) | (Method.valid_to >= period[0]),
    )
    methods = list(session.scalars(query.order_by(Method.valid_from, Method.version_no)))
    return {
        "示例": SAMPLE if any(one.is_sample for one in methods) else "",
        "盟市": league.name_zh,
        "单位": f"{league.name_zh}商务局",
        "项目": programme.name_zh,
        "期间": f"{dated(period[0])}至{dated(period[1])}",
        "办法": "、".join(f"《{one.title}》（{one.document_no}）" for one in methods),
        "量词": performance.UNITS[subjects.of(programme).name],
    }


def _published(lines: Sequence[PublicationLine]) -> dict[str, str]:
    """Of the publications of these lines, each told once."""
    found = list({one.publication_id: one.publication for one in lines}.values())
    told = {
        "公示编号": [one.code for one in found],
        "公示起": [dated(one.published_on) for one in found],
        "公示止": [dated(one.ends_on) for one in found],
        "公示工作日": [str(one.working_days) for one in found],
        "公示地点": [one.place for one in found],
        "异议受理": [one.contact for one in found],
    }
    return {name: "、".join(dict.fromkeys(words)) or NOT_PUBLISHED for name, words in told.items()}


def _said(
    session: Session,
    inside: Sequence[Application],
    lines: Sequence[PublicationLine],
    today: date,
) -> str:
    """How the applications were published, and what came of it."""
    found = list({one.publication_id: one.publication for one in lines}.values())
    if not found:
        return "本次报送的内容未经公示。"
    told = [
        f"{dated(one.published_on)}至{dated(one.ends_on)}在{one.place}公示{one.working_days}个工作日"
        + ("，公示期尚未届满" if today <= one.ends_on else "")
        for one in found
    ]
    missing = len(inside) - len(lines)
    return "".join(
        (
            f"上述内容于{'；'.join(told)}。",
            _objected(session, lines, over=all(today > one.ends_on for one in found)),
            f"另有{missing}件申报未经公示。" if missing else "",
        )
    )


def _objected(session: Session, lines: Sequence[PublicationLine], *, over: bool) -> str:
    query = select(Objection.state).where(Objection.line_id.in_([one.id for one in lines]))
    states = list(session.scalars(query))
    open_ones = sum(state in OPEN_STATES for state in states)
    if not states:
        return "公示期间未收到异议。" if over else "截至目前未收到异议。"
    decided = f"其中{open_ones}件尚未作出决定" if open_ones else "经核查均不成立"
    since = "公示期间" if over else "截至目前"
    return f"{since}共收到异议{len(states)}件，{decided}。"


def _firm(number: int, row: performance.Sums) -> Values:
    money = map(yuan, (row.applied_fen, row.reduced_fen, row.filed_fen))
    told = (str(number), row.firm.name, row.firm.uscc, f"{row.items:,}", *money)
    return dict(zip(LISTS["逐户"], told, strict=True))


def to_show(session: Session, filing: Filing) -> Iterator[Shown]:
    """Each application of a filing as it was published, or would be."""
    inside = filings.applications(session, filing)
    shown = publications.standing(session, inside)
    for one in inside:
        if one.id in shown:
            yield frozen(shown[one.id])
        else:
            row = publications.row(session, one)
            yield one.firm.name, one.code, row.items, row.amount_fen


def frozen(line: PublicationLine) -> Shown:
    """A published line as it was shown."""
    return line.firm_name, line.application.code, line.items, line.amount_fen


def _shown(number: int, row: Shown) -> Values:
    firm, code, items, amount_fen = row
    told = (str(number), firm, code, f"{items:,}", yuan(amount_fen))
    return dict(zip(LISTS["公示"], told, strict=True))


def _period(inside: Sequence[Application]) -> tuple[date, date]:
    return min(one.period_from for one in inside), max(one.period_to for one in inside)


def _filed_on(session: Session, filing: Filing) -> str:
    query = select(Decision.decided_at).where(
        Decision.subject_kind == "filing", Decision.subject_id == filing.id, Decision.step == "file"
    )
    filed_at = session.scalar(query)
    return dated(local_day(filed_at)) if filed_at else NO_DAY
