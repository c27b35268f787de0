"""Letters 文书: papers of a filing and an application in Word, as their templates have them. Pure.

A template is a .docx file with names in double braces; a league or Commerce may put its own in the
place of any. The built-in ones are templates too, to be downloaded and changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tracker.papers.applied_letters import APPLICATION, PROMISE
from tracker.papers.docx import Line, Table, document
from tracker.papers.filling import Known


@dataclass(frozen=True)
class Letter:
    """A kind of paper: what it is called, and the built-in template."""

    label: str
    blocks: tuple[Line | Table, ...]


VALUES: Mapping[str, str] = {
    "示例": "示例数据时为“示例，不作依据”，否则为空",
    "盟市": "盟市名称",
    "单位": "报送单位，盟市名称加“商务局”",
    "项目": "补贴项目名称",
    "期间": "申报期间",
    "文号": "请示文号",
    "报送编号": "本系统的报送编号",
    "日期": "报送或申报日期，尚未提交时留空待填",
    "依据": "请示依据",
    "集体研究": "集体研究一句话，含日期与纪要文号；未填写时为空",
    "办法": "期间内有效的补贴办法及文号",
    "绩效目标": "盟市填写的绩效目标全文",
    "自评结论": "目标全部完成、部分完成或未完成；尚未填写时为“（由盟市填写）”",
    "自评说明": "盟市填写的完成情况",
    "未完成原因": "盟市填写的未完成原因，没有时为空",
    "改进措施": "盟市填写的改进措施，没有时为空",
    "自评填写": "自评第几版、由谁何时填写及其分录号",
    "企业数": "企业家数",
    "数量": "车次、箱或事项数",
    "量词": "“车次（箱）”或“项”",
    "申报金额": "企业申报金额，元",
    "核减金额": "初审核减金额，元",
    "报送金额": "报送金额，元",
    "报送金额万元": "报送金额，万元，两位小数",
    "公示编号": "本系统的公示编号",
    "公示起": "公示日期",
    "公示止": "公示截止日期",
    "公示工作日": "公示工作日数",
    "公示地点": "公示地点",
    "异议受理": "异议受理方式",
    "公示金额": "公示金额合计，元",
    "公示情况": "公示情况一段话",
    "企业": "申报企业名称，用于申请表、承诺书",
    "信用代码": "申报企业的统一社会信用代码",
    "申报编号": "本系统的申报编号",
    "开户行": "申报企业的开户银行",
    "账号": "申报企业的银行账号",
    "经办人": "备齐申报的企业经办人，尚未备齐时为空",
    "负责人": "提交申报的企业负责人，尚未提交时为空",
    "不重复申报声明": "未就同一车次（箱）或事项享受、申请其他补贴的一句话",
    "明细说明": "明细较多、只列出一部分时的一句话，否则为空",
    "取数说明": "申请表、承诺书按何时的内容填制的一句话",
    "台账序号": "取数时台账的分录号",
    "台账链头": "取数时台账链头的哈希",
}
"""Name of a value -> what it is, for whoever writes a template."""

LISTS: Mapping[str, Mapping[str, str]] = {
    "逐户": {
        "序号": "序号",
        "企业": "企业名称",
        "信用代码": "统一社会信用代码",
        "数量": "车次、箱或事项数",
        "申报金额": "申报金额，元",
        "核减金额": "核减金额，元",
        "报送金额": "报送金额，元",
    },
    "公示": {
        "序号": "序号",
        "企业": "企业名称",
        "申报编号": "申报编号",
        "数量": "车次、箱或事项数",
        "金额": "公示金额，元",
    },
    "绩效": {
        "序号": "序号",
        "指标": "绩效目标每行冒号前的文字",
        "目标值": "冒号后的文字",
        "完成值": "同名台账数据，没有的为盟市在自评中所填，尚未填写的留空",
    },
    "自评": {
        "栏目": "目标完成情况、完成情况说明、未完成原因、改进措施",
        "内容": "盟市所填，没有内容的栏目不列；尚未自评时各栏留空",
    },
    "分项": {
        "类别": "公路、铁路或申报事项",
        "通道": "登记通道编号",
        "线路": "登记通道名称",
        "数量": "车次、箱或事项数",
        "申报金额": "申报金额，元",
    },
    "明细": {
        "序号": "序号",
        "日期": "发车日期，或申报事项年度的末日",
        "名称": "车牌号、箱号或申报事项",
        "类别": "公路、铁路或申报事项",
        "通道": "登记通道编号",
        "线路": "登记通道名称",
        "申报金额": "申报金额，元",
    },
    "台账": {
        "指标": "台账数据名称",
        "数值": "数值与单位",
        "口径": "怎样取得",
    },
}
"""Name of a list -> its columns with what they are; each row of a table is repeated for its rows.
"""

KNOWN = Known(frozenset(VALUES), {name: frozenset(columns) for name, columns in LISTS.items()})

REQUEST = (
    Line("{{ 示例 }}", "mark"),
    Line("{{ 文号 }}", "number"),
    Line("{{ 单位 }}关于申请{{ 项目 }}资金的请示", "title"),
    Line("", "receiver"),
    Line("自治区商务厅：", "receiver"),
    Line(
        "根据{{ 依据 }}，我单位组织完成了{{ 期间 }}{{ 项目 }}的企业申报与初审，"
        "现将有关情况请示如下。"
    ),
    Line("一、申报与初审情况", "heading"),
    Line(
        "本期共有{{ 企业数 }}家企业的{{ 数量 }}{{ 量词 }}通过初审，申报金额{{ 申报金额 }}元，"
        "核减{{ 核减金额 }}元，报送金额{{ 报送金额 }}元（{{ 报送金额万元 }}万元）。"
    ),
    Table(
        (8, 37, 13, 21, 21),
        ("序号", "企业名称", "数量", "申报金额（元）", "报送金额（元）"),
        (
            (
                "{{ 逐户.序号 }}",
                "{{ 逐户.企业 }}",
                "{{ 逐户.数量 }}",
                "{{ 逐户.申报金额 }}",
                "{{ 逐户.报送金额 }}",
            ),
            ("", "合计", "{{ 数量 }}", "{{ 申报金额 }}", "{{ 报送金额 }}"),
        ),
        frozenset({2, 3, 4}),
    ),
    Line("二、公示情况", "heading"),
    Line("{{ 公示情况 }}"),
    Line("{{ 集体研究 }}"),
    Line("三、请示事项", "heading"),
    Line("恳请审核上述资金需求，商自治区财政厅下达资金{{ 报送金额 }}元。"),
    Line("妥否，请批示。"),
    Line(""),
    Line("附件：1.清算明细表（{{ 报送编号 }}）"),
    Line("　　　2.公示表"),
    Line("　　　3.绩效目标及自评表"),
    Line(""),
    Line("{{ 单位 }}", "office"),
    Line("{{ 日期 }}", "signed"),
    Line("（联系人：　　　　联系电话：　　　　　　）"),
)
PUBLICATION = (
    Line("{{ 示例 }}", "mark"),
    Line("{{ 单位 }}关于{{ 项目 }}拟支持企业的公示", "title"),
    Line("", "receiver"),
    Line(
        "根据{{ 办法 }}，经企业申报、盟市初审，现将{{ 期间 }}拟支持的企业及金额予以公示。"
        "公示期为{{ 公示起 }}至{{ 公示止 }}（{{ 公示工作日 }}个工作日，公示当日不计）。"
        "对公示内容有异议的，请在公示期内反映，并提供必要的证明材料。异议受理：{{ 异议受理 }}。"
    ),
    Table(
        (8, 35, 24, 11, 22),
        ("序号", "企业名称", "申报编号", "数量", "拟支持金额（元）"),
        (
            (
                "{{ 公示.序号 }}",
                "{{ 公示.企业 }}",
                "{{ 公示.申报编号 }}",
                "{{ 公示.数量 }}",
                "{{ 公示.金额 }}",
            ),
            ("", "合计", "", "{{ 数量 }}", "{{ 公示金额 }}"),
        ),
        frozenset({3, 4}),
    ),
    Line(
        "公示编号：{{ 公示编号 }}　公示地点：{{ 公示地点 }}　数量单位：{{ 量词 }}　"
        "台账第{{ 台账序号 }}号，链头{{ 台账链头 }}",
        "note",
    ),
    Line(""),
    Line("{{ 单位 }}", "office"),
    Line("{{ 公示起 }}", "signed"),
)
PERFORMANCE = (
    Line("{{ 示例 }}", "mark"),
    Line("{{ 项目 }}绩效目标及自评表", "title"),
    Line("", "receiver"),
    Line("单位：{{ 单位 }}　　报送编号：{{ 报送编号 }}", "note"),
    Line("期间：{{ 期间 }}", "note"),
    Line("一、绩效目标及完成情况", "heading"),
    Table(
        (8, 36, 26, 30),
        ("序号", "绩效指标", "目标值", "实际完成值"),
        (("{{ 绩效.序号 }}", "{{ 绩效.指标 }}", "{{ 绩效.目标值 }}", "{{ 绩效.完成值 }}"),),
    ),
    Line("二、台账数据", "heading"),
    Table(
        (22, 25, 53),
        ("指标", "数值", "口径"),
        (("{{ 台账.指标 }}", "{{ 台账.数值 }}", "{{ 台账.口径 }}"),),
        frozenset({1}),
    ),
    Line(
        "绩效目标由盟市填写；实际完成值中与台账数据同名的取自台账，其余由盟市填写。"
        "台账第{{ 台账序号 }}号，链头{{ 台账链头 }}。",
        "note",
    ),
    Line("三、自评说明", "heading"),
    Table((22, 78), ("栏目", "内容"), (("{{ 自评.栏目 }}", "{{ 自评.内容 }}"),)),
    Line("{{ 自评填写 }}", "note"),
    Line("{{ 单位 }}", "office"),
    Line("{{ 日期 }}", "signed"),
)
LETTERS: Mapping[str, Letter] = {
    "request": Letter("请示", REQUEST),
    "publication": Letter("公示表", PUBLICATION),
    "performance": Letter("绩效表", PERFORMANCE),
    "application": Letter("申请表", APPLICATION),
    "promise": Letter("承诺书", PROMISE),
}
"""Kind -> the paper; a template is of one of them."""


@cache
def built_in(kind: str) -> bytes:
    """The template that comes with the program."""
    return document(LETTERS[kind].blocks)


def dated(day: date) -> str:
    """A day as letters write it: ``2026年5月4日``."""
    return f"{day.year}年{day.month}月{day.day}日"
