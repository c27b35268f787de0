"""Applied papers 申报文书: 申请表 and 承诺书 of an application in Word, the first as a PDF too.

They are made anew each time; the firm prints and stamps them, and attaches the scan as evidence.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from tracker.models.applications import Application
from tracker.papers import application_facts, letters, pdf
from tracker.papers.filed_papers import template
from tracker.papers.filling import Lists, Values, fill
from tracker.papers.paper import Grid, Heading, Paper

FACTS: Mapping[str, str] = {
    "申报企业": "{企业}",
    "统一社会信用代码": "{信用代码}",
    "申报项目": "{项目}",
    "受理单位": "{单位}",
    "申报期间": "{期间}",
    "申报编号": "{申报编号}",
    "申报数量": "{数量}{量词}",
    "申报金额": "{申报金额}元",
    "开户银行": "{开户行}",
    "银行账号": "{账号}",
    "经办人": "{经办人}",
    "负责人": "{负责人}",
    "申报日期": "{日期}",
}
"""What stands above the tables -> the values it says."""
PARTS = (
    *(Heading("类别", 2), Heading("通道", 2), Heading("线路", 8)),
    *(Heading("数量", 2, numeric=True), Heading("申报金额（元）", 3, numeric=True)),
)
LINES = (
    *(Heading("序号", 2), Heading("日期", 3), Heading("车牌号、箱号或事项", 6)),
    *(Heading("类别", 2), Heading("通道", 2), Heading("申报金额（元）", 3, numeric=True)),
)
LINE = ("序号", "日期", "名称", "类别", "通道", "申报金额")


def letter(session: Session, home: Path, application: Application, kind: str) -> bytes:
    """One paper of an application, from the template its league uses."""
    facts = application_facts.of_application(session, application)
    return fill(template(session, home, application.league_id, kind), *facts)


def form(session: Session, application: Application, now: datetime) -> bytes:
    """The 申请表 as a PDF."""
    return pdf.write(form_paper(*application_facts.of_application(session, application)), now)


def form_paper(values: Values, lists: Lists) -> Paper:
    """The 申请表, laid out."""
    total = values["申报金额"]
    parts = tuple(tuple(one.values()) for one in lists["分项"])
    lines = tuple(tuple(one[name] for name in LINE) for one in lists["明细"])
    grids = (
        Grid("分项金额", PARTS, parts, ("合计", "", "", values["数量"], total)),
        Grid("申报明细", LINES, lines, ("", "合计", "", "", "", total)),
    )
    declared = f"不重复申报声明：{values['不重复申报声明']}"
    notes = (values["明细说明"], declared, "申报企业（盖章）：", "负责人（签字）：")
    return Paper(
        lang="zh",
        title=f"{values['项目']}资金{letters.LETTERS['application'].label}",
        mark=values["示例"],
        facts=tuple((label, said.format_map(values)) for label, said in FACTS.items()),
        grids=grids,
        notes=tuple(filter(None, (*notes, values["取数说明"]))),
        foot=f"台账第{values['台账序号']}号，链头{values['台账链头']}",
    )
