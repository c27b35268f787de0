"""Further sheets of the demo 示例附表: legs with a change of tractors at the border, and parcels.

Made from the cargo lines, so that both say the same; carriers and numbers are made up.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

LEGS = (
    *("运单号", "货物运输批次号", "段号", "运输方式", "承运人", "承运人国别", "牵引车车牌号"),
    *("挂车号", "起点", "终点", "出发时间", "到达时间", "换装方式"),
)
PARCELS = (
    *("运单号", "货物运输批次号", "物流运单编号", "订单编号", "电商平台代码", "清单编号"),
    *("品名", "数量", "计量单位", "货值", "币制"),
)
Row = Mapping[str, str]


def legs(lines: Sequence[Row], border: str, beyond: str) -> list[list[str]]:
    """Two legs a truck: to the place beyond the border, and on from there with another tractor.

    ``lines`` are cargo lines by heading; ``border`` is the town where the trailer is left, and
    ``beyond`` a country's code.
    """
    rows: list[list[str]] = []
    trucks = {line["货物运输批次号"]: line for line in reversed(lines)}
    for number, line in enumerate(reversed(trucks.values()), start=1):
        left, crossed = line["发车日期"], line["出境日期"]
        arrived = (date.fromisoformat(crossed) + timedelta(days=1)).isoformat()
        same = {name: line[name] for name in ("运单号", "货物运输批次号", "挂车号")}
        same |= {"运输方式": "公路"}
        home = {
            "段号": "1",
            "承运人": "示例物流有限公司",
            "承运人国别": "CN",
            "牵引车车牌号": line["车牌号"],
            "起点": line["始发地"],
            "终点": border,
            "出发时间": f"{left} 08:00",
            "到达时间": f"{crossed} 12:00",
            "换装方式": "甩挂",
        }
        abroad = {
            "段号": "2",
            "承运人": "示例蒙古运输公司",
            "承运人国别": beyond,
            "牵引车车牌号": f"{1000 + number}УБА",
            "起点": border,
            "终点": line["目的地"],
            "出发时间": f"{crossed} 18:00",
            "到达时间": f"{arrived} 09:00",
            "换装方式": "不换装",
        }
        rows += [[(same | leg).get(heading, "") for heading in LEGS] for leg in (home, abroad)]
    return rows


def parcels(line: Row) -> list[list[str]]:
    """As many parcels as the line names lists, which together have the line's value."""
    count, yuan = int(line["清单票数"]), int(line["货值"].partition(".")[0])
    each, more = divmod(yuan, count)
    day = line["发车日期"].replace("-", "")
    same = {name: line[name] for name in ("运单号", "货物运输批次号", "品名", "币制")}
    made = []
    for number in range(count):
        own = {
            "物流运单编号": f"SLPK{day}{number:06d}",
            "订单编号": f"SLDD{day}{number:06d}",
            "电商平台代码": "无",
            "清单编号": f"0705{day[:4]}E{number:09d}",
            "数量": "1",
            "计量单位": "件",
            "货值": f"{each + (number < more)}.00",
        }
        made.append([(same | own).get(heading, "") for heading in PARCELS])
    return made
