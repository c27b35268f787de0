"""Withheld 不在包内: a league's package is the league's alone, and says what it cannot show.

The chain of links is whole; bodies, lines and files of others are not there. What follows from that
is told in words beside the verdict, never left for the reader to find out.
"""

from collections.abc import Iterator

from tracker.verify.chain import Walk
from tracker.verify.reading import Fault, Rows

ALWAYS = (
    "本包是否缺少本盟市的分录，单凭本包无法证明：请与系统或另一时点的数据包对照",
    "本盟市的车次、箱是否另被其他盟市占用：其他盟市的唯一键不在包内",
    "审批层级、环节要求和经办单位的设定不在包内：加签、各项要求是否齐备和由谁经办未核对",
    "公示、疑似重复、需求测算、暂缓、绩效自评、数据比对、测算说明单、佐证材料、轨迹、审计日志和银行账户不在包内",
)


def told(rows: Rows, walk: Walk) -> Iterator[str]:
    """What could not be checked, one sentence each."""
    if walk.withheld:
        yield f"{walk.withheld} 条分录的正文不属于或不只属于本盟市，不在包内：只核对其在链上的位置"
    for seq, lines in walk.loose.items():
        yield f"分录 {seq} 的正文另涉其他盟市，不在包内：本盟市的 {lines} 行记账行只计入余额"
    if walk.shared:
        yield f"{len(walk.shared)} 个限额账户由各盟市共用：其余额未核对"
    query = "SELECT count(*) FROM manifest WHERE bytes_sha256 = ''"
    for (count,) in rows(query):
        if count:
            yield f"{count} 份发运明细表另有不属于本盟市的内容：原始文件不在包内，只有其哈希"
    yield from ALWAYS


def foreign(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Nothing in it is another league's: the package says what it is."""
    query = "SELECT code FROM league ORDER BY code"
    codes = [code for (code,) in rows(query)]
    if codes != [walk.league]:
        yield Fault("范围", f"应只有盟市 {walk.league}，实有 {'、'.join(codes)}")
